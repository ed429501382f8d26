//! Which tables a query names, from DuckDB's own parse tree.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use duckdb::Connection;
use serde_json::Value;

/// What a query refers to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct References {
    /// Tables and views, without the names its own CTEs define.
    pub(crate) tables: BTreeSet<String>,
    /// Table functions, such as `range`.
    pub(crate) functions: BTreeSet<String>,
}

/// Why a query cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotASelect {
    /// What is wrong, in DuckDB's words where it has some.
    pub(crate) message: String,
    /// The byte of the text where the parser stumbled.
    pub(crate) position: Option<usize>,
}

/// Works with a DuckDB that is there for its parser alone. To open one takes as long as to parse a
/// tree of models, so the next one who asks gets it too.
pub(super) fn with_parser<T>(work: impl FnOnce(&Connection) -> anyhow::Result<T>) -> anyhow::Result<T> {
    static FREE: Mutex<Vec<Connection>> = Mutex::new(Vec::new());
    let free = || FREE.lock().unwrap_or_else(PoisonError::into_inner);
    let left = free().pop();
    let duckdb = left.map_or_else(Connection::open_in_memory, Ok)?;
    let outcome = work(&duckdb);
    free().push(duckdb);
    outcome
}

/// Parses `text` with DuckDB, without running it and without needing any table.
pub(crate) fn references(duckdb: &Connection, text: &str) -> anyhow::Result<Result<References, NotASelect>> {
    Ok(parsed(duckdb, text)?.map(|statement| {
        let mut found = References::default();
        walk(&statement["node"], &BTreeSet::new(), &mut found);
        found
    }))
}

/// DuckDB's parse tree of the one select in `text`.
pub(super) fn parsed(duckdb: &Connection, text: &str) -> anyhow::Result<Result<Value, NotASelect>> {
    let json: String = duckdb.query_row("select json_serialize_sql(?::varchar)::varchar", [text], |row| row.get(0))?;
    let mut tree: Value = serde_json::from_str(&json)?;
    if tree["error"].as_bool() == Some(true) {
        let position = tree["position"].as_str().and_then(|position| position.parse().ok());
        let message = tree["error_message"].as_str().unwrap_or("this is no SQL").to_owned();
        return Ok(Err(NotASelect { message, position }));
    }
    let statements = tree["statements"].as_array_mut().map(Vec::as_mut_slice).unwrap_or_default();
    let [statement] = statements else {
        let message = format!("expected one select, found {} statements", statements.len());
        return Ok(Err(NotASelect { message, position: None }));
    };
    Ok(Ok(statement.take()))
}

/// `ctes` are the names that stand for subqueries where `node` is.
fn walk(node: &Value, ctes: &BTreeSet<String>, found: &mut References) {
    match node {
        Value::Array(children) => children.iter().for_each(|child| walk(child, ctes, found)),
        Value::Object(fields) => {
            let mut inner = ctes.clone();
            let recursive = fields.get("type").and_then(Value::as_str) == Some("RECURSIVE_CTE_NODE");
            if let Some(name) = fields.get("cte_name").and_then(Value::as_str).filter(|_| recursive) {
                inner.insert(name.to_lowercase());
            }
            // A CTE sees the ones before it; what follows sees them all.
            for entry in fields.get("cte_map").and_then(|map| map["map"].as_array()).into_iter().flatten() {
                let name = entry["key"].as_str().unwrap_or_default().to_lowercase();
                walk(&entry["value"], &inner, found);
                inner.insert(name);
            }
            match fields.get("type").and_then(Value::as_str) {
                Some("BASE_TABLE") => {
                    let text = |key: &str| fields.get(key).and_then(Value::as_str).unwrap_or_default().to_lowercase();
                    let (catalog, schema, table) = (text("catalog_name"), text("schema_name"), text("table_name"));
                    if !schema.is_empty() || !catalog.is_empty() {
                        let name: Vec<String> =
                            [catalog, schema, table].into_iter().filter(|part| !part.is_empty()).collect();
                        found.tables.insert(name.join("."));
                    } else if !inner.contains(&table) {
                        found.tables.insert(table);
                    }
                }
                Some("TABLE_FUNCTION") => {
                    let name = fields.get("function").and_then(|function| function["function_name"].as_str());
                    found.functions.insert(name.unwrap_or_default().to_lowercase());
                }
                _ => {}
            }
            for (key, child) in fields.iter().filter(|(key, _)| *key != "cte_map") {
                // The name of a table is a string, never a node: only nodes are walked.
                if key != "table_name" {
                    walk(child, &inner, found);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, tables: &[&str]) {
        let duckdb = Connection::open_in_memory().unwrap();
        let found = references(&duckdb, query).unwrap().unwrap();
        assert_eq!(found.tables, tables.iter().map(|name| (*name).to_owned()).collect(), "{query}");
    }

    #[test]
    fn tables_are_found_anywhere() {
        check("select * from a join b on a.x = b.x where a.y in (select y from c)", &["a", "b", "c"]);
        check("select (select max(x) from a) as m, exists (select 1 from b) as e", &["a", "b"]);
        check("select * from a union all select * from b except select * from c", &["a", "b", "c"]);
        check("from a semi join b using (x)", &["a", "b"]);
    }

    #[test]
    fn names_of_ctes_are_not_tables() {
        check("with p as (select * from a), q as (select * from p) select * from q", &["a"]);
        check("select * from (with p as (select 1) select * from p) as x, p", &["p"]);
    }

    #[test]
    fn a_cte_may_hide_the_table_it_reads() {
        check("with a as (select * from a) select * from a", &["a"]);
    }

    #[test]
    fn files_and_schemas_show() {
        check("select * from 'x.parquet', other.t", &["other.t", "x.parquet"]);
    }

    #[test]
    fn only_one_select_is_accepted() {
        let duckdb = Connection::open_in_memory().unwrap();
        for query in ["select 1; select 2", "create table x as select 1", "selec 1"] {
            assert!(references(&duckdb, query).unwrap().is_err(), "{query}");
        }
    }
}
