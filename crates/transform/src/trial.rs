//! Trying one model on a few rows, in memory: given these tables, expect those rows.
//!
//! All models are built once over empty source tables, so that given rows get the real types and
//! name only the columns that matter; the rest is null. Each trial then makes what lies between
//! the given tables and the tried model, and takes it back.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, ensure};
use duckdb::{Connection, params_from_iter};

use crate::build::{make, prepare};
use crate::engine::session::{self, Limits};
use crate::engine::sources::Sources;
use crate::engine::sql::{columns, quoted, quoted_list};
use crate::project::{Case, Cases, Problem, Project};

/// Tries every case that stands beside a model of the project; tells of those that do not hold.
/// `step` hears which model was tried.
///
/// # Errors
/// When DuckDB refuses a model.
pub(crate) fn try_cases(project: &Project, step: &(dyn Fn(&str) + Sync)) -> anyhow::Result<Vec<Problem>> {
    let all: Vec<(&Cases, &Case)> = project.all_cases().collect();
    let next = AtomicUsize::new(0);
    let work = || -> anyhow::Result<Vec<Problem>> {
        let (mut problems, mut trials) = (Vec::new(), None);
        while let Some((of_model, case)) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
            let trials = match &mut trials {
                Some(trials) => trials,
                none => none.insert(Trials::of(project)?),
            };
            problems.extend(trials.breach(of_model, case));
            step(&of_model.model);
        }
        Ok(problems)
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let mut problems = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let mut problems = Vec::new();
        for worker in workers {
            problems.extend(worker.join().map_err(|_| anyhow::anyhow!("a case made this program stop"))??);
        }
        anyhow::Ok(problems)
    })?;
    problems.sort();
    Ok(problems)
}

/// A small table, written and shown as text: a line of column names, then a line for each
/// row, with `|` between values. `null` is null, quotes (`'null'`, `' '`) make text of
/// anything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    columns: Vec<String>,
    rows: Vec<Vec<Option<String>>>,
}

/// The models of a project over empty source tables.
pub struct Trials<'p> {
    project: &'p Project,
    duckdb: Connection,
}

impl<'p> Trials<'p> {
    /// Builds every model once.
    ///
    /// # Errors
    /// When DuckDB refuses a model.
    pub fn of(project: &'p Project) -> anyhow::Result<Self> {
        let duckdb = session::open(&Limits { threads: Some(1), ..Limits::default() }, std::path::Path::new(""))?;
        prepare(&duckdb, project, &Sources::default(), &BTreeMap::new(), |_| true)?;
        for model in &project.models {
            make(&duckdb, project, model, &BTreeMap::new())?;
        }
        Ok(Self { project, duckdb })
    }

    /// Builds `model` over the `given` tables and returns its rows and the expected ones, both
    /// sorted and written the same way. The columns are those that `expect` names.
    ///
    /// # Errors
    /// When a table or column does not exist, a value does not fit its type, or DuckDB refuses
    /// a model.
    pub fn run(&self, model: &str, given: &[(&str, &str)], expect: &str) -> anyhow::Result<(Rows, Rows)> {
        self.duckdb.execute_batch("begin transaction")?;
        let outcome = self.build(model, given).and_then(|()| self.compare(model, expect));
        self.duckdb.execute_batch("rollback")?;
        outcome
    }

    /// How a case does not hold, if it does not.
    fn breach(&self, of_model: &Cases, case: &Case) -> Option<Problem> {
        let given: Vec<(&str, &str)> = case.given.iter().map(|(name, rows)| (name.as_str(), rows.as_str())).collect();
        let wrong = match self.run(&of_model.model, &given, &case.expect) {
            Ok((found, expected)) if found == expected => return None,
            Ok((found, expected)) => format!("gave\n\n{found}\nand not\n\n{expected}"),
            Err(error) => format!("{error:#}"),
        };
        Some(Problem::of(&of_model.path, format!("{:?}: {wrong}", case.holds)))
    }

    fn build(&self, model: &str, given: &[(&str, &str)]) -> anyhow::Result<()> {
        let needed = needed(self.project, model)?;
        for (name, text) in given {
            ensure!(needed.contains(name), "{model} reads {name} neither itself nor through others");
            let rows = Rows::parse(text).with_context(|| format!("the rows given for {name}"))?;
            self.replace(name, &rows)?;
        }
        let mut changed: BTreeSet<&str> = given.iter().map(|(name, _)| *name).collect();
        for current in self.project.models.iter().filter(|current| needed.contains(current.name.as_str())) {
            if current.reads().any(|read| changed.contains(read)) && changed.insert(&current.name) {
                make(&self.duckdb, self.project, current, &BTreeMap::new())?;
            }
        }
        Ok(())
    }

    fn compare(&self, model: &str, expect: &str) -> anyhow::Result<(Rows, Rows)> {
        let expected = Rows::parse(expect).context("the rows expected")?;
        let types = columns(&self.duckdb, &quoted(model))?;
        for column in &expected.columns {
            ensure!(types.iter().any(|known| known.name == *column), "{model} has no column {column}");
        }
        let found = self.read(model, &expected.columns)?;
        self.replace(model, &expected)?;
        Ok((found, self.read(model, &expected.columns)?))
    }

    /// Puts a table with the same columns and these rows in the place of a table or view.
    fn replace(&self, name: &str, rows: &Rows) -> anyhow::Result<()> {
        let table = quoted(name);
        let drop = if self.is_view(name)? { format!("drop view {table};") } else { String::new() };
        self.duckdb
            .execute_batch(&format!(
                "create or replace temp table shape as select * from {table} limit 0;
                 {drop} create or replace table {table} as select * from temp.shape"
            ))
            .with_context(|| format!("replacing {name}"))?;
        let places = vec!["?"; rows.columns.len()].join(", ");
        let mut insert =
            self.duckdb.prepare(&format!("insert into {table} ({}) values ({places})", quoted_list(&rows.columns)))?;
        for row in &rows.rows {
            insert.execute(params_from_iter(row)).with_context(|| format!("giving {name} the row {row:?}"))?;
        }
        Ok(())
    }

    fn is_view(&self, name: &str) -> anyhow::Result<bool> {
        let query = "select count(*) > 0 from duckdb_views() where view_name = ?";
        Ok(self.duckdb.query_row(query, [name], |row| row.get(0))?)
    }

    fn read(&self, table: &str, columns: &[String]) -> anyhow::Result<Rows> {
        let texts: Vec<String> = columns.iter().map(|column| format!("cast({} as varchar)", quoted(column))).collect();
        let mut query = self.duckdb.prepare(&format!("select {} from {}", texts.join(", "), quoted(table)))?;
        let rows = query.query_map([], |row| (0..columns.len()).map(|index| row.get(index)).collect())?;
        let mut rows: Vec<Vec<Option<String>>> = rows.collect::<duckdb::Result<_>>()?;
        rows.sort();
        Ok(Rows { columns: columns.to_vec(), rows })
    }
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
