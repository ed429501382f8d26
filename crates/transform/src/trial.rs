//! Trying one model, or one test, on a few rows, in memory: given these tables, expect those rows.
//!
//! All models are built once over empty source tables, so that given rows get the real types and
//! name only the columns that matter; the rest is null. Each trial then makes what lies between
//! the given tables and what is tried, and takes it back. What a test finds is a table like any other. Making is most of the work, so cases
//! that name things of their own are tried beside each other.

mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, ensure};
use duckdb::{Connection, params_from_iter};

use crate::build::{built_model, make, prepare};
use crate::engine::session::{self, Limits};
use crate::engine::sources::Sources;
use crate::engine::sql::{self, columns_of_all, quoted, quoted_list};
use crate::project::{Case, Cases, Problem, Project, SqlTest};
use crate::record::BuildRecord;
use crate::{checks, columns};

pub use rows::Rows;

/// Tries every case that stands beside a model of the project; tells of those that do not hold.
/// `step` hears which model was tried.
///
/// # Errors
/// When DuckDB refuses a model.
pub(crate) fn try_cases<'p>(first: Trials<'p>, step: &(dyn Fn(&str) + Sync)) -> anyhow::Result<Vec<Problem>> {
    let project = first.project;
    let all: Vec<(&Cases, Vec<&Case>)> = project
        .cases
        .iter()
        .flat_map(|of_model| of_model.beside_each_other().into_iter().map(move |cases| (of_model, cases)))
        .collect();
    let next = AtomicUsize::new(0);
    let work = |mut trials: Option<Trials<'p>>| -> anyhow::Result<Vec<Problem>> {
        let mut problems = Vec::new();
        while let Some((of_model, cases)) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
            let trials = match &mut trials {
                Some(trials) => trials,
                none => none.insert(Trials::of(project)?),
            };
            problems.extend(trials.breaches(of_model, cases));
            cases.iter().for_each(|_| step(&of_model.of));
        }
        Ok(problems)
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let (work, mut first) = (&work, Some(first));
    let mut problems = std::thread::scope(|scope| {
        let mut begin = |_| {
            let trials = first.take();
            scope.spawn(move || work(trials))
        };
        let workers: Vec<_> = (0..workers).map(&mut begin).collect();
        let mut problems = Vec::new();
        for worker in workers {
            problems.extend(worker.join().map_err(|_| anyhow::anyhow!("a case made this program stop"))??);
        }
        anyhow::Ok(problems)
    })?;
    problems.sort();
    Ok(problems)
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
        self.in_transaction(|| {
            let given = given.iter().map(|(table, rows)| Ok((*table, parsed(table, rows)?)));
            self.build(model, given.collect::<anyhow::Result<_>>()?)?;
            let expected = Rows::parse(expect).context("the rows expected")?;
            has_columns(model, &self.columns(model)?, &expected.columns)?;
            let found = self.read(model, &expected.columns, "true")?;
            Ok((found, self.as_written_by(model, &expected)?))
        })
    }

    /// What headers say wrong about the columns of models, and which columns have no meaning.
    ///
    /// # Errors
    /// When DuckDB does not tell the columns.
    pub(crate) fn wrong_columns(&self) -> anyhow::Result<Vec<Problem>> {
        let mut types = columns_of_all(&self.duckdb)?;
        let (mut record, mut problems) = (BuildRecord::default(), Vec::new());
        for model in &self.project.models {
            let built = built_model(model, types.remove(&model.name).unwrap_or_default(), None, &record);
            problems.extend(columns::wrong(model, &built.columns));
            problems.extend(columns::without_meaning(model, &built.columns));
            record.models.push(built);
        }
        problems.sort();
        problems.dedup();
        Ok(problems)
    }

    /// Whether DuckDB understands the tests; what they find in empty tables is nothing.
    ///
    /// # Errors
    /// When it refuses one.
    pub(crate) fn ask_tests(&self) -> anyhow::Result<()> {
        let names = self.project.models.iter().map(|model| model.name.clone()).collect();
        let queries: Vec<_> = self.project.tests.iter().collect();
        checks::run(&self.duckdb, self.project, &names, &queries, &|_| false, None).map(drop)
    }

    /// How these cases do not hold, if they do not.
    fn breaches(&self, of_model: &Cases, cases: &[&Case]) -> Vec<Problem> {
        let mut beside = None;
        if cases.len() > 1 {
            match self.beside_each_other(of_model, cases) {
                Ok(None) => return Vec::new(),
                Ok(difference) => beside = difference,
                Err(error) => beside = Some(format!("{error:#}")),
            }
        }
        let alone: Vec<Problem> = cases.iter().filter_map(|case| self.breach(of_model, case)).collect();
        match beside {
            Some(difference) if alone.is_empty() => {
                let wrong = format!("every case holds by itself, but not beside the others: {difference}");
                vec![Problem::of(&of_model.path, wrong)]
            }
            _ => alone,
        }
    }

    /// How a case does not hold, if it does not.
    fn breach(&self, of_model: &Cases, case: &Case) -> Option<Problem> {
        let given: Vec<(&str, &str)> = case.given.iter().map(|(name, rows)| (name.as_str(), rows.as_str())).collect();
        let wrong = match self.run(&of_model.of, &given, &case.expect) {
            Ok((found, expected)) if found == expected => return None,
            Ok((found, expected)) => gave(&found, &expected),
            Err(error) => format!("{error:#}"),
        };
        Some(Problem::of(&of_model.path, format!("{:?}: {wrong}", case.holds)))
    }

    /// The first difference, if there is one, when all that the cases give is there at the same time.
    fn beside_each_other(&self, of_model: &Cases, cases: &[&Case]) -> anyhow::Result<Option<String>> {
        let (model, own) = (of_model.of.as_str(), &of_model.own);
        let whose = |index: usize| format!("{index}/");
        let mut given: BTreeMap<&str, Vec<Rows>> = BTreeMap::new();
        for (index, case) in cases.iter().enumerate() {
            for (table, rows) in &case.given {
                given.entry(table).or_default().push(parsed(table, rows)?.named(own, &whose(index)));
            }
        }
        self.in_transaction(|| {
            self.build(model, given.iter().map(|(table, rows)| (*table, Rows::united(rows))).collect())?;
            let known = self.columns(model)?;
            let name = own.iter().find(|name| known.contains(*name));
            let name = name.with_context(|| format!("{model} has none of the columns that are a case's own"))?;
            let mut of_cases = Vec::new();
            for (index, case) in cases.iter().enumerate() {
                let expected = Rows::parse(&case.expect).context("the rows expected")?.named(own, &whose(index));
                has_columns(model, &known, &expected.columns)?;
                let is_own = format!("starts_with({}, '{}')", quoted(name), whose(index));
                of_cases.push((case, self.read(model, &expected.columns, &is_own)?, expected));
            }
            let rows = self.read(model, std::slice::from_ref(name), "true")?.len();
            let of_somebody: usize = of_cases.iter().map(|(_, found, _)| found.len()).sum();
            ensure!(rows == of_somebody, "there are rows of no case");
            for (case, found, expected) in of_cases {
                let expected = self.as_written_by(model, &expected)?;
                if found != expected {
                    return Ok(Some(format!("{:?}: {}", case.holds, gave(&found, &expected))));
                }
            }
            Ok(None)
        })
    }

    /// Does it, and takes it back.
    fn in_transaction<T>(&self, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
        self.duckdb.execute_batch("begin transaction")?;
        let outcome = work();
        self.duckdb.execute_batch("rollback")?;
        outcome
    }

    fn build(&self, model: &str, given: Vec<(&str, Rows)>) -> anyhow::Result<()> {
        let needed = needed(self.project, model)?;
        for (name, rows) in &given {
            ensure!(needed.contains(name), "{model} reads {name} neither itself nor through others");
            self.replace(name, rows)?;
        }
        let mut changed: BTreeSet<&str> = given.iter().map(|(name, _)| *name).collect();
        for current in self.project.models.iter().filter(|current| needed.contains(current.name.as_str())) {
            if current.reads().any(|read| changed.contains(read)) && changed.insert(&current.name) {
                make(&self.duckdb, self.project, current, &BTreeMap::new())?;
            }
        }
        if let Some(test) = test(self.project, model) {
            self.duckdb.execute_batch(&format!("create view {} as {}", quoted(model), test.text))?;
        }
        Ok(())
    }

    fn columns(&self, model: &str) -> duckdb::Result<BTreeSet<String>> {
        Ok(sql::columns(&self.duckdb, &quoted(model))?.into_iter().map(|column| column.name).collect())
    }

    /// The rows as the types of the model write them, which takes the place of what it holds.
    fn as_written_by(&self, model: &str, rows: &Rows) -> anyhow::Result<Rows> {
        self.replace(model, rows)?;
        self.read(model, &rows.columns, "true")
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

    /// The rows of which `condition` is true, sorted.
    fn read(&self, table: &str, columns: &[String], condition: &str) -> anyhow::Result<Rows> {
        let texts: Vec<String> = columns.iter().map(|column| format!("cast({} as varchar)", quoted(column))).collect();
        let mut query =
            self.duckdb.prepare(&format!("select {} from {} where {condition}", texts.join(", "), quoted(table)))?;
        let rows = query.query_map([], |row| (0..columns.len()).map(|index| row.get(index)).collect())?;
        let mut rows: Vec<Vec<Option<String>>> = rows.collect::<duckdb::Result<_>>()?;
        rows.sort();
        Ok(Rows { columns: columns.to_vec(), rows })
    }
}

fn test<'p>(project: &'p Project, name: &str) -> Option<&'p SqlTest> {
    project.tests.iter().find(|test| test.name == name)
}

/// The model or test and everything it reads, near and far.
fn needed<'p>(project: &'p Project, model: &'p str) -> anyhow::Result<BTreeSet<&'p str>> {
    let mut needed = BTreeSet::from([model]);
    match test(project, model) {
        Some(test) => needed.extend(test.reads.iter().map(String::as_str)),
        None => ensure!(project.model(model).is_some(), "there is no model {model}"),
    }
    for current in project.models.iter().rev() {
        if needed.contains(current.name.as_str()) {
            needed.extend(current.reads());
        }
    }
    Ok(needed)
}

fn has_columns(model: &str, known: &BTreeSet<String>, names: &[String]) -> anyhow::Result<()> {
    for name in names {
        ensure!(known.contains(name), "{model} has no column {name}");
    }
    Ok(())
}

fn parsed(table: &str, rows: &str) -> anyhow::Result<Rows> {
    Rows::parse(rows).with_context(|| format!("the rows given for {table}"))
}

fn gave(found: &Rows, expected: &Rows) -> String {
    format!("gave\n\n{found}\nand not\n\n{expected}")
}
