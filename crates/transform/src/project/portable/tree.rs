//! What DuckDB's own parse tree tells about a query.

use serde_json::Value;

use super::functions;

/// What stands in a query and not on every engine: the byte of the text where that is known, and
/// what to write.
pub(super) type Found = Vec<(Option<usize>, String)>;

/// Looks through the tree of a query.
pub(super) fn unportable(tree: &Value) -> Found {
    let mut found = Found::new();
    walk(tree, &Around::default(), &mut found);
    found
}

/// What is known of the nodes around one.
#[derive(Debug, Clone, Copy, Default)]
struct Around {
    /// Where the nearest node begins that has a place.
    place: Option<usize>,
    /// Whether the value is cast, so that its type is said.
    is_cast: bool,
}

fn walk(node: &Value, around: &Around, found: &mut Found) {
    let fields = match node {
        Value::Array(children) => return children.iter().for_each(|child| walk(child, around, found)),
        Value::Object(fields) => fields,
        _ => return,
    };
    let around = Around { place: place(node).or(around.place), ..*around };
    let kind = text(node, "class").or_else(|| text(node, "type")).unwrap_or_default();
    match kind {
        "TABLE_FUNCTION" => return table_function(node, &around, found),
        "SELECT_NODE" => select(node, found),
        "SET_OPERATION_NODE" if text(node, "setop_type") == Some("UNION_BY_NAME") => {
            let why = "`union by name` is for DuckDB alone: name the columns in one order on both sides";
            found.push((first_place(&node["right"]), why.to_owned()));
        }
        _ => {
            let at = around.place.or_else(|| first_place(node));
            judge(node, kind, &around, &mut |why| found.push((at, why)));
        }
    }
    if fields.get("sample").is_some_and(|sample| !sample.is_null()) {
        let why = "`tablesample` gives other rows every time: a rebuild must give the same";
        found.push((around.place.or_else(|| first_place(node)), why.to_owned()));
    }
    let inner = Around { is_cast: kind == "CAST", ..around };
    fields.values().for_each(|child| walk(child, &inner, found));
}

/// One node by itself.
fn judge(node: &Value, kind: &str, around: &Around, refuse: &mut dyn FnMut(String)) {
    match kind {
        "FUNCTION" => function(node, around, refuse),
        "WINDOW" => window(node, refuse),
        "CAST" => cast(node, refuse),
        "OPERATOR" => operator(text(node, "type").unwrap_or_default(), refuse),
        "STAR" => star(node, refuse),
        "JOIN" => join(text(node, "ref_type").unwrap_or_default(), refuse),
        "LAMBDA" => refuse("`lambda` is written differently on every engine: no lists in models".to_owned()),
        "COLLATE" => refuse("`collate` does not run on every engine: use `lower(…)`".to_owned()),
        "POSITIONAL_REFERENCE" | "PARAMETER" => {
            refuse("`#1`, `$1` and `?` are for DuckDB alone: name the column".to_owned());
        }
        "LIMIT_PERCENT_MODIFIER" => refuse("`limit …%` is for DuckDB alone: use `percent_rank()`".to_owned()),
        "SHOW_REF" => refuse("`describe`, `show` and `summarize` are no queries of a model".to_owned()),
        _ => {}
    }
}

/// A function that gives a table: only `range`, with a name for its column.
fn table_function(node: &Value, around: &Around, found: &mut Found) {
    let function = &node["function"];
    let name = text(function, "function_name").unwrap_or_default();
    let place = place(function).or(around.place);
    match name {
        "range" if items(node, "column_name_alias").is_empty() => {
            let why = "the column of `range` has another name on every engine: `from range(0, n) as numbers(i)`";
            found.push((place, why.to_owned()));
        }
        "range" => {}
        _ => {
            let why = functions::refused(name).unwrap_or_else(|| format!("`from {name}(…)` is for DuckDB alone"));
            found.push((place, why));
        }
    }
    walk(&function["children"], around, found);
}

fn function(node: &Value, around: &Around, refuse: &mut dyn FnMut(String)) {
    let name = text(node, "function_name").unwrap_or_default().to_lowercase();
    let children = items(node, "children");
    let is_ordered = !items(&node["order_bys"], "orders").is_empty();
    match name.as_str() {
        "quantile_cont" if !is_ordered => {
            refuse(
                "`quantile_cont()` is for DuckDB alone; write `percentile_cont(0.5) within group (order by x)`"
                    .to_owned(),
            );
        }
        "quantile_cont" => {}
        // The parser makes the whole number of an interval so.
        "trunc" if place(node).is_none() => {}
        _ if is_ordered => {
            let why = "does not run on every engine with `order by`; write `max_by(value, order)`, or rank and pick";
            refuse(format!("`{name}(… order by …)` {why}"));
        }
        "date_part" => {
            let part = children.first().and_then(|part| part["value"]["value"].as_str()).unwrap_or_default();
            refuse_part(&part.to_lowercase(), refuse);
        }
        "/" if children.iter().any(is_decimal) => {
            refuse(
                "engines round a DECIMAL quotient differently; write `1e0 *` or `/ 3e0` instead of `1.0` and `3.0`"
                    .to_owned(),
            );
        }
        "+" | "-" if !around.is_cast && children.iter().any(is_date) && children.iter().any(is_interval) => {
            refuse("`date + interval` is a date or a timestamp; write `cast(d + interval '1' day as date)` or `date_add(d, 1)`".to_owned());
        }
        "-" if children.len() == 2 && children.iter().all(is_date) => {
            refuse("`date - date` is of another type on every engine; write `unix_date(a) - unix_date(b)`".to_owned());
        }
        _ => {
            if let Some(why) = functions::refused(&name) {
                refuse(why);
            }
        }
    }
}

fn refuse_part(part: &str, refuse: &mut dyn FnMut(String)) {
    let better = match part {
        "year" | "month" | "day" | "hour" | "minute" | "week" | "doy" => return,
        "epoch" => "`unix_millis(ts)`",
        "second" => "`second(ts)`",
        "quarter" => "`quarter(d)`",
        "dow" | "isodow" | "dayofweek" | "weekday" => "`1 + pmod(unix_date(d) + 3, 7)` (Monday is 1)",
        "isoyear" => "the year of the week's Thursday: `year(date_add(d, 4 - weekday))`",
        _ => "year, month, day, hour, minute, week or doy",
    };
    refuse(format!("`extract({part} from …)` is not the same on every engine; write {better}"));
}

fn window(node: &Value, refuse: &mut dyn FnMut(String)) {
    let name = text(node, "function_name").unwrap_or_default();
    let bounds = [text(node, "start"), text(node, "end")].map(Option::unwrap_or_default);
    if bounds.iter().any(|bound| bound.starts_with("EXPR_") && bound.ends_with("_RANGE")) {
        refuse("a `range` frame with a distance gives wrong sums on Sail; write a `rows` frame, or a join".to_owned());
    }
    if bounds.iter().any(|bound| bound.ends_with("_GROUPS")) {
        refuse("a `groups` frame is for DuckDB alone; write a `rows` frame".to_owned());
    }
    if text(node, "exclude_clause").is_some_and(|exclude| exclude != "NO_OTHER") {
        refuse("`exclude` in a window is for DuckDB alone; subtract the row".to_owned());
    }
    if node["ignore_nulls"] == true {
        refuse(
            "`ignore nulls` stands in another place on every engine; write `max_by(…) filter (where … is not null)`"
                .to_owned(),
        );
    }
    if node["distinct"] == true {
        refuse("Spark knows no `count(distinct …) over`; count in a subquery and join it".to_owned());
    }
    if !items(node, "arg_orders").is_empty() {
        refuse(format!("`{name}(… order by …) over` is for DuckDB alone; rank and pick"));
    }
    if let Some(why) = functions::refused(&name.to_lowercase()) {
        refuse(why);
    }
}

fn cast(node: &Value, refuse: &mut dyn FnMut(String)) {
    let is_whole = matches!(text(&node["cast_type"], "id"), Some("TINYINT" | "SMALLINT" | "INTEGER" | "BIGINT"));
    if is_whole && is_interval_part(&node["child"]) {
        return;
    }
    if is_whole && is_fraction(&node["child"]) {
        refuse("a fraction is rounded by DuckDB and cut by Spark when it becomes whole; write `cast(floor(x) as bigint)` or `round(x)`".to_owned());
    }
    if text(&node["cast_type"], "id") == Some("INTERVAL") {
        refuse("write an interval as a number and a unit: `interval '3' day`".to_owned());
    }
}

fn operator(kind: &str, refuse: &mut dyn FnMut(String)) {
    const SAME: &[&str] = &[
        "COMPARE_IN",
        "COMPARE_NOT_IN",
        "OPERATOR_COALESCE",
        "OPERATOR_IS_NULL",
        "OPERATOR_IS_NOT_NULL",
        "OPERATOR_NOT",
        "GROUPING_FUNCTION",
    ];
    match kind {
        _ if SAME.contains(&kind) => {}
        "ARRAY_EXTRACT" | "ARRAY_SLICE" | "STRUCT_EXTRACT" | "ARRAY_CONSTRUCTOR" => {
            refuse("`a[1]`, `a[1:2]` and `a.b` of a value count and read differently; keep lists and structs out of models".to_owned());
        }
        "OPERATOR_TRY" => refuse("`try(…)` is for DuckDB alone; write `try_cast(x as type)` or `nullif`".to_owned()),
        other => refuse(format!("`{}` is not known to run on every engine", other.to_lowercase())),
    }
}

fn star(node: &Value, refuse: &mut dyn FnMut(String)) {
    let has = |key: &str| !items(node, key).is_empty();
    if has("exclude_list") || has("qualified_exclude_list") || has("replace_list") || has("rename_list") {
        refuse("`* exclude`, `replace` and `rename` are for DuckDB alone; name the columns".to_owned());
    }
    if node["columns"] == true || node["expr"].is_object() {
        refuse("`columns(…)` is for DuckDB alone; name the columns".to_owned());
    }
}

fn select(node: &Value, found: &mut Found) {
    if node["qualify"].is_object() {
        let why =
            "Sail knows no `qualify`; write `select … from (select …, row_number() over (…) as place) where place = 1`";
        found.push((first_place(&node["qualify"]), why.to_owned()));
    }
    for targets in items(node, "modifiers").iter().map(|modifier| &modifier["distinct_on_targets"]) {
        if targets.as_array().is_some_and(|targets| !targets.is_empty()) {
            let why = "`distinct on` is for DuckDB alone; rank with `row_number()` and pick";
            found.push((first_place(targets), why.to_owned()));
        }
    }
}

fn join(kind: &str, refuse: &mut dyn FnMut(String)) {
    match kind {
        "REGULAR" | "CROSS" => {}
        "ASOF" => refuse("`asof join` is for DuckDB alone; rank with `row_number()` and join".to_owned()),
        "NATURAL" => refuse("`natural join` follows whatever columns there are; write `using (…)`".to_owned()),
        other => refuse(format!("`{} join` does not run on every engine", other.to_lowercase())),
    }
}

/// Whether the value surely has digits behind the point. The parser knows no types of columns.
fn is_fraction(node: &Value) -> bool {
    let kind = || text(&node["value"]["type"], "id").or_else(|| text(&node["cast_type"], "id"));
    let name = || text(node, "function_name").unwrap_or_default().to_lowercase();
    match text(node, "class") {
        Some("CONSTANT" | "CAST") => matches!(kind(), Some("DECIMAL" | "DOUBLE" | "FLOAT")),
        Some("FUNCTION" | "WINDOW") if functions::gives_fraction(&name()) => true,
        Some("FUNCTION" | "WINDOW") => {
            functions::passes_fraction_on(&name()) && items(node, "children").iter().any(is_fraction)
        }
        Some("OPERATOR") => items(node, "children").iter().any(is_fraction),
        Some("CASE") => {
            let values = items(node, "case_checks").iter().map(|check| &check["then_expr"]);
            values.chain([&node["else_expr"]]).any(is_fraction)
        }
        _ => false,
    }
}

/// The whole number of an interval, which the parser cuts by itself.
fn is_interval_part(node: &Value) -> bool {
    text(node, "function_name") == Some("trunc") && place(node).is_none()
}

fn is_decimal(node: &Value) -> bool {
    text(node, "class") == Some("CONSTANT") && text(&node["value"]["type"], "id") == Some("DECIMAL")
}

fn is_date(node: &Value) -> bool {
    match text(node, "class") {
        Some("CAST") => text(&node["cast_type"], "id") == Some("DATE"),
        Some("FUNCTION") => {
            matches!(text(node, "function_name"), Some("make_date" | "last_day" | "date_add" | "add_months"))
        }
        _ => false,
    }
}

fn is_interval(node: &Value) -> bool {
    match text(node, "function_name") {
        Some("*") => items(node, "children").iter().any(is_interval),
        Some(name) => name.starts_with("to_") && functions::refused(name).is_none(),
        None => text(&node["cast_type"], "id") == Some("INTERVAL"),
    }
}

pub(super) fn text<'v>(node: &'v Value, key: &str) -> Option<&'v str> {
    node.get(key).and_then(Value::as_str)
}

pub(super) fn items<'v>(node: &'v Value, key: &str) -> &'v [Value] {
    node.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The byte where the node was written; what the parser made up itself has none.
pub(super) fn place(node: &Value) -> Option<usize> {
    let place = node.get("query_location").and_then(Value::as_u64).filter(|place| *place != u64::MAX)?;
    usize::try_from(place).ok()
}

/// The first byte of anything below the node.
fn first_place(node: &Value) -> Option<usize> {
    match node {
        Value::Array(children) => children.iter().filter_map(first_place).min(),
        Value::Object(fields) => place(node).into_iter().chain(fields.values().filter_map(first_place)).min(),
        _ => None,
    }
}
