//! Names that only DuckDB lets a query use: the alias of a column in the same select list or in
//! `where`.
//!
//! An alias that is a column of what is read as well means that column, on every engine. So it
//! must be known which columns each table, subquery and CTE has; where that cannot be told,
//! nothing is said.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::tree::{Found, items, place, text};

/// The columns of a relation; `None` where they cannot be told.
pub(super) type Columns = Option<Vec<String>>;

/// What a query can name where it stands.
#[derive(Clone)]
struct Scope<'s> {
    tables: &'s BTreeMap<String, Columns>,
    ctes: BTreeMap<String, Columns>,
    /// Columns of the queries around this one.
    outer: BTreeSet<String>,
}

/// The columns that a query gives, and the aliases it uses too early.
pub(super) fn resolve(node: &Value, tables: &BTreeMap<String, Columns>) -> (Columns, Found) {
    let mut found = Found::new();
    let scope = Scope { tables, ctes: BTreeMap::new(), outer: BTreeSet::new() };
    (outputs(node, &scope, &mut found), found)
}

fn outputs(node: &Value, scope: &Scope<'_>, found: &mut Found) -> Columns {
    let mut scope = scope.clone();
    for entry in items(&node["cte_map"], "map") {
        let columns = outputs(&entry["value"]["query"]["node"], &scope, found);
        let columns = renamed(columns, items(&entry["value"], "aliases"));
        scope.ctes.insert(entry["key"].as_str().unwrap_or_default().to_lowercase(), columns);
    }
    match text(node, "type") {
        Some("SELECT_NODE") => select(node, &scope, found),
        Some("SET_OPERATION_NODE") => {
            let left = outputs(&node["left"], &scope, found);
            outputs(&node["right"], &scope, found);
            left
        }
        _ => None,
    }
}

fn select(node: &Value, scope: &Scope<'_>, found: &mut Found) -> Columns {
    let mut relations = Vec::new();
    read(&node["from_table"], scope, &mut relations, found);
    let known: Columns =
        relations.iter().map(|(_, columns)| columns.clone()).collect::<Option<Vec<_>>>().map(|all| all.concat());
    let mut inner = scope.clone();
    inner.outer.extend(known.iter().flatten().cloned());
    let mut aliases: BTreeSet<String> = BTreeSet::new();
    let mut names: Columns = Some(Vec::new());
    for item in items(node, "select_list") {
        let is_alias = |name: &str| known.is_some() && aliases.contains(name) && !inner.outer.contains(name);
        uses(item, &is_alias, &inner, found, "a column of the same `select`: compute it in a step before");
        let alias = text(item, "alias").filter(|alias| !alias.is_empty()).map(str::to_lowercase);
        aliases.extend(alias.clone());
        let given = if text(item, "class") == Some("STAR") {
            star(item, &relations)
        } else {
            let column = || items(item, "column_names").last().and_then(Value::as_str).map(str::to_lowercase);
            Some(vec![alias.or_else(column).unwrap_or_default()])
        };
        names = names.zip(given).map(|(names, given)| [names, given].concat());
    }
    let is_alias = |name: &str| known.is_some() && aliases.contains(name) && !inner.outer.contains(name);
    uses(&node["where_clause"], &is_alias, &inner, found, "a column of this `select`: filter in the step behind it");
    for key in ["group_expressions", "having", "qualify", "modifiers", "from_table"] {
        uses(&node[key], &|_| false, &inner, found, "");
    }
    names
}

/// Finds names in an expression that are only aliases, and looks into its subqueries.
fn uses(node: &Value, is_alias: &dyn Fn(&str) -> bool, scope: &Scope<'_>, found: &mut Found, what: &str) {
    match node {
        Value::Array(children) => children.iter().for_each(|child| uses(child, is_alias, scope, found, what)),
        Value::Object(fields) => {
            let class = text(node, "class");
            if class == Some("SUBQUERY") {
                outputs(&node["subquery"]["node"], scope, found);
                return uses(&node["child"], is_alias, scope, found, what);
            }
            // Relations are looked into where they are read.
            if class.is_none() && matches!(text(node, "type"), Some("SUBQUERY")) {
                return;
            }
            if class == Some("COLUMN_REF")
                && let [Value::String(name)] = items(node, "column_names")
                && is_alias(&name.to_lowercase())
            {
                found.push((place(node), format!("`{name}` is {what}")));
            }
            fields.values().for_each(|child| uses(child, is_alias, scope, found, what));
        }
        _ => {}
    }
}

/// What is read, by the name it has in the query.
fn read(node: &Value, scope: &Scope<'_>, relations: &mut Vec<(String, Columns)>, found: &mut Found) {
    let name = |own: &str| text(node, "alias").filter(|alias| !alias.is_empty()).unwrap_or(own).to_lowercase();
    let renames = items(node, "column_name_alias");
    match text(node, "type") {
        Some("EMPTY") => {}
        Some("JOIN") => {
            read(&node["left"], scope, relations, found);
            read(&node["right"], scope, relations, found);
        }
        Some("BASE_TABLE") => {
            let table = text(node, "table_name").unwrap_or_default().to_lowercase();
            let columns = scope.ctes.get(&table).or_else(|| scope.tables.get(&table)).cloned().flatten();
            relations.push((name(&table), renamed(columns, renames)));
        }
        Some("SUBQUERY") => {
            let columns = outputs(&node["subquery"]["node"], scope, found);
            relations.push((name(""), renamed(columns, renames)));
        }
        _ => relations.push((name(""), renamed(None, renames))),
    }
}

/// `(a, b)` behind a name; without any, the columns are as they were.
fn renamed(columns: Columns, names: &[Value]) -> Columns {
    if names.is_empty() {
        return columns;
    }
    let names: Vec<String> = names.iter().filter_map(Value::as_str).map(str::to_lowercase).collect();
    let rest = columns.unwrap_or_default().into_iter().skip(names.len());
    Some(names.iter().cloned().chain(rest).collect())
}

/// The columns that `*` or `table.*` stands for.
fn star(item: &Value, relations: &[(String, Columns)]) -> Columns {
    let of = text(item, "relation_name").unwrap_or_default().to_lowercase();
    let meant = relations.iter().filter(|(name, _)| of.is_empty() || *name == of);
    meant.map(|(_, columns)| columns.clone()).collect::<Option<Vec<_>>>().map(|all| all.concat())
}
