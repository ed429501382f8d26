//! A small table as text.

use std::collections::BTreeSet;
use std::fmt;

use anyhow::{Context, ensure};

/// A small table, written and shown as text: a line of column names, then a line for each
/// row, with `|` between values. `null` is null, quotes (`'null'`, `' '`) make text of
/// anything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<Option<String>>>,
}

impl Rows {
    /// Reads a table from text; empty lines count for nothing.
    pub(super) fn parse(text: &str) -> anyhow::Result<Self> {
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

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The same rows where the values of the `own` columns begin with `whose`.
    pub(super) fn named(mut self, own: &[String], whose: &str) -> Self {
        for row in &mut self.rows {
            for (value, _) in row.iter_mut().zip(&self.columns).filter(|(_, column)| own.contains(column)) {
                if let Some(text) = value {
                    text.insert_str(0, whose);
                }
            }
        }
        self
    }

    /// All rows of several tables, in all their columns: what a table does not have is null.
    pub(super) fn united(tables: &[Self]) -> Self {
        let columns: BTreeSet<&String> = tables.iter().flat_map(|table| &table.columns).collect();
        let columns: Vec<String> = columns.into_iter().cloned().collect();
        let place = |table: &Self, column: &String| table.columns.iter().position(|known| known == column);
        let rows = tables.iter().flat_map(|table| {
            let places: Vec<Option<usize>> = columns.iter().map(|column| place(table, column)).collect();
            table.rows.iter().map(move |row| places.iter().map(|place| row[(*place)?].clone()).collect())
        });
        let rows = rows.collect();
        Self { columns, rows }
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
