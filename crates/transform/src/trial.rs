//! Trying one model on a few rows, in memory: given these tables, expect those rows.
//!
//! The models that the tried one reads are built first, over empty source tables, so that
//! given rows get the real types and name only the columns that matter; the rest is null.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::{Context, bail, ensure};
use duckdb::{Connection, params_from_iter};

use crate::build::{build_model, prepare};
use crate::engine::session::{self, Limits};
use crate::engine::sources::Sources;
use crate::engine::sql::{columns, quoted, quoted_list};
use crate::project::Project;
use crate::record::BuildRecord;

/// A small table, written and shown as text: a line of column names, then a line for each
/// row, with `|` between values. `null` is null, quotes (`'null'`, `' '`) make text of
/// anything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    columns: Vec<String>,
    rows: Vec<Vec<Option<String>>>,
}

/// Builds `model` over the `given` tables and returns its rows and the expected ones, both
/// sorted and written the same way. The columns are those that `expect` names.
///
/// # Errors
/// When a table or column does not exist, a value does not fit its type, or DuckDB refuses
/// a model.
pub fn try_model(project: &Project, model: &str, given: &[(&str, &str)], expect: &str) -> anyhow::Result<(Rows, Rows)> {
    let duckdb = session::open(None, &Limits { threads: Some(1), ..Limits::default() }, std::path::Path::new(""))?;
    let needed = needed(project, model)?;
    // Seeds are large beside a few rows: those that nobody reads are left out.
    let is_given = |name: &str| given.iter().any(|(table, _)| *table == name);
    prepare(&duckdb, project, &Sources::default(), |name| needed.contains(name) || is_given(name))?;
    let mut waiting: Vec<(&str, Rows)> = Vec::new();
    for (table, text) in given {
        let rows = Rows::parse(text).with_context(|| format!("the rows given for {table}"))?;
        if project.model(table).is_some() {
            waiting.push((table, rows));
        } else {
            replace(&duckdb, table, &rows)?;
        }
    }
    let there = BTreeMap::new();
    let mut record = BuildRecord::default();
    for current in project.models.iter().filter(|current| needed.contains(current.name.as_str())) {
        record.models.push(build_model(&duckdb, project, current, &record, &there)?);
        if let Some(index) = waiting.iter().position(|(name, _)| *name == current.name) {
            let (name, rows) = waiting.swap_remove(index);
            replace(&duckdb, name, &rows)?;
        }
    }
    if let Some((unread, _)) = waiting.first() {
        bail!("{model} reads {unread} neither itself nor through others");
    }
    let expected = Rows::parse(expect).context("the rows expected")?;
    let types = columns(&duckdb, &quoted(model))?;
    let found = read(&duckdb, model, &expected.columns)?;
    duckdb.execute_batch(&format!("create table expected_rows as select * from {} limit 0", quoted(model)))?;
    for column in &expected.columns {
        ensure!(types.iter().any(|known| known.name == *column), "{model} has no column {column}");
    }
    replace(&duckdb, "expected_rows", &expected)?;
    Ok((found, read(&duckdb, "expected_rows", &expected.columns)?))
}

/// The model and everything it reads, near and far.
fn needed<'p>(project: &'p Project, model: &'p str) -> anyhow::Result<BTreeSet<&'p str>> {
    ensure!(project.model(model).is_some(), "there is no model {model}");
    let mut needed = BTreeSet::from([model]);
    for current in project.models.iter().rev() {
        if needed.contains(current.name.as_str()) {
            needed.extend(current.reads());
        }
    }
    Ok(needed)
}

/// Puts a table with the same columns and these rows in the place of a table or view.
fn replace(duckdb: &Connection, name: &str, rows: &Rows) -> anyhow::Result<()> {
    let table = quoted(name);
    let is_view: i64 =
        duckdb.query_row("select count(*) from duckdb_views() where view_name = ?", [name], |row| row.get(0))?;
    let kind = if is_view > 0 { "view" } else { "table" };
    duckdb
        .execute_batch(&format!(
            "create table replacement as select * from {table} limit 0;
             drop {kind} {table}; alter table replacement rename to {table}"
        ))
        .with_context(|| format!("replacing {name}"))?;
    let places = vec!["?"; rows.columns.len()].join(", ");
    let mut insert =
        duckdb.prepare(&format!("insert into {table} ({}) values ({places})", quoted_list(&rows.columns)))?;
    for row in &rows.rows {
        insert.execute(params_from_iter(row)).with_context(|| format!("giving {name} the row {row:?}"))?;
    }
    Ok(())
}

fn read(duckdb: &Connection, table: &str, columns: &[String]) -> anyhow::Result<Rows> {
    let texts: Vec<String> = columns.iter().map(|column| format!("cast({} as varchar)", quoted(column))).collect();
    let mut query = duckdb.prepare(&format!("select {} from {}", texts.join(", "), quoted(table)))?;
    let rows = query.query_map([], |row| (0..columns.len()).map(|index| row.get(index)).collect())?;
    let mut rows: Vec<Vec<Option<String>>> = rows.collect::<duckdb::Result<_>>()?;
    rows.sort();
    Ok(Rows { columns: columns.to_vec(), rows })
}

impl Rows {
    /// Reads a table from text; empty lines count for nothing.
    fn parse(text: &str) -> anyhow::Result<Self> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<String>>();
        let columns = cells(lines.next().context("a table begins with a line of column names")?);
        let mut rows = Vec::new();
        for line in lines {
            let row: Vec<Option<String>> = cells(line).into_iter().map(value).collect();
            ensure!(row.len() == columns.len(), "{} columns, but {} values in: {line}", columns.len(), row.len());
            rows.push(row);
        }
        Ok(Self { columns, rows })
    }
}

fn value(cell: String) -> Option<String> {
    match cell.strip_prefix('\'').and_then(|cell| cell.strip_suffix('\'')) {
        Some(text) => Some(text.to_owned()),
        None if cell == "null" => None,
        None => Some(cell),
    }
}

impl fmt::Display for Rows {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "null".to_owned());
        let mut lines = vec![self.columns.clone()];
        lines.extend(self.rows.iter().map(|row| row.iter().map(shown).collect()));
        let width = |index: usize| lines.iter().map(|line| line[index].chars().count()).max().unwrap_or_default();
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        for line in &lines {
            let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            writeln!(formatter, "{}", cells.collect::<Vec<_>>().join(" | ").trim_end())?;
        }
        Ok(())
    }
}
