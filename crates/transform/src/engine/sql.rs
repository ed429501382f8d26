//! Small pieces of SQL text and small questions to DuckDB.

use std::collections::BTreeMap;

use duckdb::Connection;

/// A column of a table or view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColumnType {
    /// Its name.
    pub(crate) name: String,
    /// DuckDB's name of its type, such as `TIMESTAMP WITH TIME ZONE`.
    pub(crate) data_type: String,
}

/// `it's` → `'it''s'`.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// `name` → `"name"`.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// `a, b` → `"a", "b"`.
pub(crate) fn quoted_list<S: AsRef<str>>(names: &[S]) -> String {
    names.iter().map(|name| quoted(name.as_ref())).collect::<Vec<_>>().join(", ")
}

/// What is created: a view, or a table.
pub(crate) fn kind(is_view: bool) -> &'static str {
    if is_view { "view" } else { "table" }
}

/// Drops a table where a view of that name is to be made, and the other way round; `there` is what
/// the file holds, and whether it is a view.
pub(crate) fn drop_other_kind(
    duckdb: &Connection,
    there: &BTreeMap<String, bool>,
    name: &str,
    is_view: bool,
) -> duckdb::Result<()> {
    match there.get(name) {
        Some(was_view) if *was_view != is_view => {
            duckdb.execute_batch(&format!("drop {} {}", kind(*was_view), quoted(name)))
        }
        _ => Ok(()),
    }
}

/// A path as a string literal. DuckDB reads `*`, `?` and `[` in paths as patterns; our own
/// names never hold them, and folders of users come in by `file_search_path` or as they are.
pub(crate) fn path_literal(path: &std::path::Path) -> String {
    literal(&path.to_string_lossy())
}

/// The columns that `relation` (a table, a view or a parenthesised query) has.
pub(crate) fn columns(duckdb: &Connection, relation: &str) -> duckdb::Result<Vec<ColumnType>> {
    let mut describe = duckdb.prepare(&format!("describe select * from {relation}"))?;
    let rows = describe.query_map([], |row| Ok(ColumnType { name: row.get(0)?, data_type: row.get(1)? }))?;
    rows.collect()
}

/// The columns of every table and view, by its name.
pub(crate) fn columns_of_all(duckdb: &Connection) -> duckdb::Result<BTreeMap<String, Vec<ColumnType>>> {
    let mut query = duckdb.prepare(
        "select table_name, column_name, data_type from duckdb_columns()
         where schema_name = 'main' and database_name = current_database() and not internal
         order by table_name, column_index",
    )?;
    let mut all: BTreeMap<String, Vec<ColumnType>> = BTreeMap::new();
    let rows =
        query.query_map([], |row| Ok((row.get(0)?, ColumnType { name: row.get(1)?, data_type: row.get(2)? })))?;
    for row in rows {
        let (table, column) = row?;
        all.entry(table).or_default().push(column);
    }
    Ok(all)
}

/// How many rows `relation` has.
pub(crate) fn rows_of(duckdb: &Connection, relation: &str) -> duckdb::Result<i64> {
    count(duckdb, &format!("select count(*) from {relation}"))
}

/// One number.
pub(crate) fn count(duckdb: &Connection, query: &str) -> duckdb::Result<i64> {
    duckdb.query_row(query, [], |row| row.get(0))
}
