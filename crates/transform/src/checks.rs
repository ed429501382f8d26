//! Tests: declared in headers or written as queries, run before a build takes the place of the last.

mod of_some;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use duckdb::Connection;
use platform::files::{partial_path, put_in_place};

use crate::engine::fault::{Fault, words};
use crate::engine::sql::{count, literal, path_literal, quoted, quoted_list, rows_of};
use crate::increments::State;
use crate::project::{Allowed, Check, Declared, Model, Project, Severity, SqlTest};

pub(crate) use of_some::Known;
use of_some::of_some;

/// At most this many failing rows of one test are kept.
const KEPT_ROWS: usize = 10_000;

/// A test that rows broke.
#[derive(Debug, Clone)]
pub(crate) struct Breach {
    /// The model, or the name of the query in `tests/`.
    pub of: String,
    /// What must hold, as a person reads it.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// How many rows break it (for `unique`: how many values occur more than once).
    pub rows: i64,
    /// Where the rows are.
    pub kept: Option<PathBuf>,
    file_name: String,
    evidence: String,
}

/// A test that ran, broken or not.
#[derive(Debug, Clone)]
pub(crate) struct Tested {
    /// The model, or the name of the query in `tests/`.
    pub of: String,
    /// What must hold.
    pub rule: String,
    /// How many rows break it.
    pub rows: i64,
    /// Whether that is not more than may.
    pub holds: bool,
}

impl Tested {
    fn held(model: &Model, test: &Declared) -> Self {
        Self { of: model.name.clone(), rule: rule(&test.check), rows: 0, holds: true }
    }
}

/// What a run of tests found.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// How many tests ran.
    pub tests: usize,
    /// What each of them found.
    pub results: Vec<Tested>,
    /// The broken ones.
    pub breaches: Vec<Breach>,
}

impl Outcome {
    /// Breaches of severity `error`.
    pub(crate) fn errors(&self) -> impl Iterator<Item = &Breach> {
        self.breaches.iter().filter(|breach| breach.severity == Severity::Error)
    }

    /// Breaches that are only reported.
    pub(crate) fn warnings(&self) -> impl Iterator<Item = &Breach> {
        self.breaches.iter().filter(|breach| breach.severity == Severity::Warn)
    }
}

/// Runs every declared test that concerns the tables in `names`, and these queries.
///
/// What is declared of a table that `is_empty` holds. Where a person wrote it, DuckDB is asked all the
/// same: a column that does not exist is told today, and not when the first row comes. Rows that are `known`
/// to be as they were are not asked what was true of them before.
pub(crate) fn run(
    duckdb: &Connection,
    project: &Project,
    names: &BTreeSet<String>,
    queries: &[&SqlTest],
    is_empty: &dyn Fn(&str) -> bool,
    known: Option<&Known<'_>>,
) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::default();
    for model in &project.models {
        let own = names.contains(&model.name);
        let concerned = model.header.tests.iter().filter(|test| match &test.check {
            Check::References { model: target, .. } => own || names.contains(target),
            _ => own,
        });
        let concerned: Vec<&Declared> = concerned.collect();
        if project.is_checked && is_empty(&model.name) {
            outcome.tests += concerned.len();
            outcome.results.extend(concerned.iter().map(|test| Tested::held(model, test)));
        } else {
            of_model(duckdb, project, model, &concerned, known, &mut outcome)?;
        }
    }
    for test in queries {
        of_query(duckdb, project, test, known, &mut outcome)?;
    }
    Ok(outcome)
}

/// Copies the rows that break a test to Parquet below `folder`, while what holds them
/// is still there.
pub(crate) fn keep_rows(duckdb: &Connection, outcome: &mut Outcome, folder: &Path) -> anyhow::Result<()> {
    for breach in &mut outcome.breaches {
        fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        let path = folder.join(format!("{}.parquet", breach.file_name));
        let partial = partial_path(&path);
        let copy = format!(
            "copy (select * from ({}) limit {KEPT_ROWS}) to {} (format parquet)",
            breach.evidence,
            path_literal(&partial)
        );
        duckdb.execute_batch(&copy).with_context(|| format!("keeping the failing rows of {}", breach.of))?;
        put_in_place(&partial, &path).with_context(|| format!("keeping {}", path.display()))?;
        breach.kept = Some(path);
    }
    Ok(())
}

/// Conditions on single rows are counted in one pass over the rows they are asked of; the others need
/// a query each.
fn of_model(
    duckdb: &Connection,
    project: &Project,
    model: &Model,
    tests: &[&Declared],
    known: Option<&Known<'_>>,
    outcome: &mut Outcome,
) -> anyhow::Result<()> {
    let fault = |line: usize, error: &duckdb::Error| Fault {
        file: format!("{}/{}", project.root, model.path),
        line: Some(line),
        message: words(error),
    };
    let state = known.map_or(State::Unknown, |known| known.increments.state(&model.name, known.freshness));
    let place = |test: &Declared| match &state {
        State::But(fresh) if test.allowed.is_strict(test.severity) => fresh.relation.clone(),
        _ => quoted(&model.name),
    };
    let mut by_row: BTreeMap<String, Vec<(&Declared, String)>> = BTreeMap::new();
    for test in tests {
        if let Some(condition) = breaks(&test.check) {
            by_row.entry(place(test)).or_default().push((test, condition));
        }
    }
    let mut found: Vec<(&Declared, i64)> = Vec::new();
    for (relation, by_row) in by_row {
        let counts: Vec<String> =
            by_row.iter().map(|(_, condition)| format!("count(*) filter (where {condition})")).collect();
        let query = format!("select [{}]::bigint[]::varchar from {relation}", counts.join(", "));
        let list: String = match duckdb.query_row(&query, [], |row| row.get(0)) {
            Ok(list) => list,
            Err(error) => {
                // Planning one condition alone tells which of them DuckDB does not understand.
                for (test, condition) in &by_row {
                    let probe = format!("select ({condition}) from {relation} limit 0");
                    duckdb.prepare(&probe).map_err(|error| fault(test.line, &error))?;
                }
                return Err(fault(by_row.first().map_or(1, |(test, _)| test.line), &error).into());
            }
        };
        let rows: Vec<i64> = serde_json::from_str(&list).context("reading the counts of tests")?;
        found.extend(by_row.iter().map(|(test, _)| *test).zip(rows));
    }
    for test in tests.iter().filter(|test| breaks(&test.check).is_none()) {
        let all = match &test.check {
            Check::Unique(columns) => repeated(&quoted(&model.name), columns),
            other => evidence(&quoted(&model.name), other),
        };
        let some = match known {
            Some(known) if test.allowed.is_strict(test.severity) => of_some(model, test, &state, known)?,
            _ => None,
        };
        let of = |query: &str| {
            count(duckdb, &format!("select count(*) from ({query})")).map_err(|error| fault(test.line, &error))
        };
        // When some rows break it, all that do are told.
        let rows = match &some {
            Some(some) if of(some)? == 0 => 0,
            _ => of(&all)?,
        };
        found.push((test, rows));
    }
    outcome.tests += tests.len();
    for (test, rows) in found {
        let of = || rows_of(duckdb, &quoted(&model.name));
        let holds = holds(test.allowed, rows, of)?;
        outcome.results.push(Tested { of: model.name.clone(), rule: rule(&test.check), rows, holds });
        if holds {
            continue;
        }
        outcome.breaches.push(Breach {
            of: model.name.clone(),
            rule: rule(&test.check),
            severity: test.severity,
            rows,
            kept: None,
            file_name: file_name(&format!("{}__{}_{}", model.name, test.line, test.check.name())),
            evidence: evidence(&quoted(&model.name), &test.check),
        });
    }
    Ok(())
}

fn of_query(
    duckdb: &Connection,
    project: &Project,
    test: &SqlTest,
    known: Option<&Known<'_>>,
    outcome: &mut Outcome,
) -> anyhow::Result<()> {
    // The text begins with a comment; on its own line it keeps DuckDB's line numbers ours.
    let query = format!("select count(*) from ({}\n)", test.text.trim_end());
    let ask = || -> anyhow::Result<i64> {
        let fault = |error| Fault::of(format!("{}/{}", project.root, test.path), &test.text, &error);
        Ok(count(duckdb, &query).map_err(fault)?)
    };
    let of_some = known.map(|known| known.increments.breaches_of(test, known.freshness, ask)).transpose()?.flatten();
    // When some rows break it, all that do are told.
    let rows = if of_some == Some(0) { 0 } else { ask()? };
    outcome.tests += 1;
    let holds = holds(test.allowed, rows, || Ok(0))?;
    outcome.results.push(Tested { of: test.name.clone(), rule: test.sentence.clone(), rows, holds });
    if !holds {
        outcome.breaches.push(Breach {
            of: test.name.clone(),
            rule: test.sentence.clone(),
            severity: test.severity,
            rows,
            kept: None,
            file_name: file_name(&test.name),
            evidence: format!("{}\n", test.text.trim_end()),
        });
    }
    Ok(())
}

/// A query for the values that occur more than once.
fn repeated(rows: &str, columns: &[String]) -> String {
    format!("select 1 from {rows} group by {} having count(*) > 1", quoted_list(columns))
}

/// Whether a test holds that so many rows break; `of` counts the rows of its table.
fn holds(allowed: Allowed, rows: i64, of: impl FnOnce() -> duckdb::Result<i64>) -> duckdb::Result<bool> {
    Ok(match allowed {
        _ if rows == 0 => true,
        Allowed::Nothing => false,
        Allowed::Rows(most) => rows <= most,
        Allowed::Percent(most) => rows as f64 * 100.0 <= most * of()? as f64,
    })
}

/// The condition that a row breaks; `None` for tests that need more than the row.
fn breaks(check: &Check) -> Option<String> {
    Some(match check {
        Check::NotNull(columns) => {
            columns.iter().map(|column| format!("{} is null", quoted(column))).collect::<Vec<_>>().join(" or ")
        }
        Check::Accepted { column, words } => {
            let words: Vec<String> = words.iter().map(|word| literal(word)).collect();
            format!("cast({} as varchar) not in ({})", quoted(column), words.join(", "))
        }
        Check::Between { column, low, high } => format!("{} not between {low} and {high}", quoted(column)),
        Check::Expression(expression) => format!("not ({expression})"),
        Check::Unique(_) | Check::References { .. } => return None,
    })
}

/// The rows of a table that break a test.
fn evidence(name: &str, check: &Check) -> String {
    match check {
        Check::Unique(columns) => {
            let key = quoted_list(columns);
            format!(
                "select * from (select *, count(*) over (partition by {key}) as rows_of_this_key from {name})
                 where rows_of_this_key > 1 order by {key}"
            )
        }
        Check::References { columns, model: target, targets } => {
            let filled: Vec<String> =
                columns.iter().map(|column| format!("here.{} is not null", quoted(column))).collect();
            format!(
                "select here.* from {name} as here anti join {} as there on {} where {}",
                quoted(target),
                pairs(columns, targets),
                filled.join(" and ")
            )
        }
        other => format!("select * from {name} where {}", breaks(other).unwrap_or_default()),
    }
}

/// That columns here are those there.
fn pairs(columns: &[String], targets: &[String]) -> String {
    let is_same = |(here, there): (&String, &String)| format!("here.{} = there.{}", quoted(here), quoted(there));
    columns.iter().zip(targets).map(is_same).collect::<Vec<_>>().join(" and ")
}

/// The test as a person reads it.
pub(crate) fn rule(check: &Check) -> String {
    match check {
        Check::Unique(columns) => format!("unique {}", columns.join(", ")),
        Check::NotNull(columns) => format!("not_null {}", columns.join(", ")),
        Check::References { columns, model, targets } => {
            format!("references {} {model}.{}", columns.join(", "), targets.join(", "))
        }
        Check::Accepted { column, words } => format!("accepted {column} {}", words.join(", ")),
        Check::Between { column, low, high } => format!("between {column} {low} {high}"),
        Check::Expression(expression) => format!("expression {expression}"),
    }
}

fn file_name(name: &str) -> String {
    name.chars().map(|sign| if sign.is_ascii_alphanumeric() { sign } else { '_' }).take(120).collect()
}
