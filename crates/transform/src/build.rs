//! Building: the models that would come out otherwise and their tests, all of it or nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Context, bail};
use chrono::{DateTime, SecondsFormat, Utc};
use duckdb::{Connection, appender_params_from_iter};
use platform::Stop;

use crate::checks::{self, Known, Outcome};
use crate::columns;
use crate::engine::content::Content;
use crate::engine::fault::Fault;
use crate::engine::session::PRELUDE;
use crate::engine::sources::{self, Sources};
use crate::engine::sql::{ColumnType, columns_of_all, count, drop_other_kind, kind, quoted};
use crate::increments::{Increments, LEDGER};
use crate::marks::{self, Freshness};
use crate::project::{Kind, Model, Project, SeedFile, Selection, SqlTest, stop_on};
use crate::record::{BuildRecord, BuiltModel, Folder, PROGRAM};
use crate::results;

/// Who builds, when, for which data folder, and where rows that break a test go.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    /// Whose plays.
    pub folder: Folder,
    /// Correlates everything this run writes.
    pub run_id: String,
    /// The instant it began.
    pub now: DateTime<Utc>,
    /// The folder for failing rows; made when it is needed.
    pub failed_tests: PathBuf,
    /// The file that keeps what tests found.
    pub results: PathBuf,
}

/// What a build did.
#[derive(Debug)]
pub(crate) struct Built {
    /// What the warehouse holds now.
    pub record: BuildRecord,
    /// How many models were built.
    pub models: usize,
    /// Of how many of them only the rows were that may have changed.
    pub by_rows: usize,
    /// How many are as they were, because nothing that they are made of has changed.
    pub unchanged: usize,
    /// What its tests found.
    pub tests: Outcome,
    /// Whether the warehouse was another data folder's before.
    pub took_over: bool,
}

/// How many new rows DuckDB may take for none before they are committed: it plans by what is committed. A
/// commit writes to the disk, so small tables share one.
const ROWS_UNSEEN: i64 = 20_000;

/// The same where DuckDB knows from the last build how large the tables are, to which little is added.
const MORE_ROWS_UNSEEN: i64 = 100_000;

/// Builds the selected models, or of all those that are out of date, and runs the tests of what
/// is new, in a session that is worth nothing when this fails: when a model or a test of severity
/// `error` does. `step` hears what comes next.
pub(crate) fn build(
    duckdb: &Connection,
    project: &Project,
    sources: &Sources,
    selection: &Selection,
    run: &Run,
    step: &dyn Fn(&str),
) -> anyhow::Result<Built> {
    let names = selection.names(project)?;
    in_transaction(duckdb, true, || {
        let mut unseen = 0;
        let everything = selection.is_all();
        // A part of this folder's models beside the rest of another's would be a star schema of two.
        let before = match everything {
            true => BuildRecord::read(duckdb)?,
            false => BuildRecord::of_this_folder(duckdb, &run.folder)?,
        };
        let took_over = before.as_ref().is_some_and(|record| record.is_of_another(&run.folder));
        let before = before.filter(|record| record.is_of(&run.folder) && (!everything || record.is_of_this_program()));
        let before = before.unwrap_or_default();
        needs_nothing_else(project, &names, &before)?;
        let mut record = if everything { BuildRecord::default() } else { before.clone() };
        let mut freshness = Freshness::of(duckdb, before, (!everything).then_some(&names))?;
        let inputs = marks::inputs(&mut freshness, project, sources);
        prepare(duckdb, project, sources, freshness.there(), |name| inputs.contains(name))?;
        if everything {
            drop_leftovers(duckdb, project, freshness.there())?;
        }
        let increments = Increments::new(duckdb, project, sources, &freshness);
        let mut made: BTreeMap<&str, Option<Content>> = BTreeMap::new();
        let mut updated_by_rows = 0;
        let most_unseen = if freshness.follows_a_whole_build() { MORE_ROWS_UNSEEN } else { ROWS_UNSEEN };
        for model in project.models.iter().filter(|model| names.contains(&model.name)) {
            step(&model.name);
            if !freshness.takes_model(model) {
                continue;
            }
            let updated = increments.update(model, &freshness)?;
            let by_rows = updated.is_some();
            let content = match updated {
                Some(updated) => {
                    unseen += updated.fresh_rows;
                    updated_by_rows += 1;
                    Some(updated.content)
                }
                None => {
                    increments.about_to_make(model, &freshness)?;
                    let rows = make(duckdb, project, model, freshness.there())?;
                    unseen += rows;
                    match model.header.kind {
                        Kind::View => {
                            increments.look_at_view(model, &freshness)?;
                            None
                        }
                        _ if rows == 0 => Some(Content::of_nothing()),
                        _ => Some(Content::of(duckdb, &quoted(&model.name), "true")?),
                    }
                }
            };
            let is_new = freshness.holds(model, content.as_ref());
            increments.made(model, is_new)?;
            let rows = content.as_ref().map(|content| content.rows);
            tracing::debug!(model = model.name, rows, is_new, by_rows, "built");
            made.insert(&model.name, content);
            if unseen > most_unseen {
                duckdb.execute_batch("commit; begin transaction").context("committing what was built so far")?;
                unseen = 0;
            }
        }
        let mut types = columns_of_all(duckdb).context("reading the columns of what was built")?;
        let mut problems = Vec::new();
        for model in project.models.iter().filter(|model| names.contains(&model.name)) {
            let built = match (made.get(model.name.as_str()), freshness.before().model(&model.name)) {
                (None, Some(before)) => before.clone(),
                (content, _) => {
                    let types = types.remove(&model.name).unwrap_or_default();
                    let built = built_model(model, types, content.cloned().flatten(), &record);
                    problems.extend(columns::wrong(model, &built.columns));
                    if model.layer.is_published() {
                        problems.extend(columns::without_meaning(model, &built.columns));
                    }
                    built
                }
            };
            record.models.retain(|other| other.name != model.name);
            record.models.push(built);
        }
        stop_on(&project.root, problems)?;
        let (models, unchanged) = (made.len(), names.len() - made.len());
        let rank: BTreeMap<&str, usize> =
            project.models.iter().enumerate().map(|(index, model)| (model.name.as_str(), index)).collect();
        record.models.sort_by_key(|model| rank.get(model.name.as_str()).copied());
        step("tests");
        let queries: Vec<_> = project.tests.iter().filter(|test| freshness.takes_test(test)).collect();
        record.folder_id = Some(run.folder.id.clone());
        if everything {
            PROGRAM.clone_into(&mut record.program);
        }
        record.run_id.clone_from(&run.run_id);
        record.basis.clone_from(&sources.basis);
        record.built_at = run.now.to_rfc3339_opts(SecondsFormat::Millis, true);
        (record.marks, record.contents, record.texts) = freshness.told();
        record.write(duckdb)?;
        let known = Known { increments: &increments, freshness: &freshness };
        let tests = tested(duckdb, project, freshness.changed(), &queries, run, &record, Some(&known))?;
        if everything {
            increments.close_ledger(&freshness).context("writing down which observations were consumed")?;
        }
        tracing::info!(models, unchanged, tests = tests.tests, "built and tested");
        Ok(Built { record, models, by_rows: updated_by_rows, unchanged, tests, took_over })
    })
}

/// Runs the tests on what is in the warehouse and changes nothing.
pub(crate) fn test(
    duckdb: &Connection,
    project: &Project,
    selection: &Selection,
    run: &Run,
) -> anyhow::Result<Outcome> {
    let names = selection.names(project)?;
    in_transaction(duckdb, false, || {
        let record = BuildRecord::of_this_folder(duckdb, &run.folder)?.unwrap_or_default();
        let missing: Vec<&str> = project
            .models
            .iter()
            .map(|model| model.name.as_str())
            .filter(|name| names.contains(*name) && !record.models.iter().any(|built| built.name == *name))
            .collect();
        if !missing.is_empty() {
            return Err(
                Stop::Usage(format!("not built yet: {}; run `music-tracker build` first", missing.join(", "))).into()
            );
        }
        let concerns = |test: &&SqlTest| selection.is_all() || test.reads.iter().any(|table| names.contains(table));
        let queries: Vec<_> = project.tests.iter().filter(concerns).collect();
        tested(duckdb, project, &names, &queries, run, &BuildRecord::default(), None)
    })
}

/// Everything models need to run: macros, and the source tables and seeds that `wanted` names; `there`
/// is what the file holds, and whether it is a view.
pub(crate) fn prepare(
    duckdb: &Connection,
    project: &Project,
    sources: &Sources,
    there: &BTreeMap<String, bool>,
    wanted: impl Fn(&str) -> bool,
) -> anyhow::Result<()> {
    duckdb.execute_batch(PRELUDE).context("defining Spark's functions")?;
    sources::register(duckdb, sources, there, &wanted).context("registering the source tables")?;
    for seed in project.seeds.iter().filter(|seed| wanted(&seed.table)) {
        load_seed(duckdb, seed).with_context(|| format!("loading {}/{}", project.root, seed.path))?;
    }
    Ok(())
}

/// Makes one model, and gives the rows that a table has then; `there` is what the file holds, and
/// whether it is a view.
pub(crate) fn make(
    duckdb: &Connection,
    project: &Project,
    model: &Model,
    there: &BTreeMap<String, bool>,
) -> anyhow::Result<i64> {
    let is_view = model.header.kind == Kind::View;
    drop_other_kind(duckdb, there, &model.name, is_view)?;
    // The file follows on the same line, so DuckDB's line numbers are those of the file.
    let statement = format!("create or replace {} {} as {}", kind(is_view), quoted(&model.name), model.text);
    let made = if is_view { duckdb.execute_batch(&statement).map(|()| 0) } else { count(duckdb, &statement) };
    Ok(made.map_err(|error| fault(project, model, &error))?)
}

/// What DuckDB says against a model.
pub(crate) fn fault(project: &Project, model: &Model, error: &duckdb::Error) -> Fault {
    Fault::of(format!("{}/{}", project.root, model.path), &model.text, error)
}

/// What there is to say about a model that was made with columns of these types. `record` knows
/// the models before it.
pub(crate) fn built_model(
    model: &Model,
    types: Vec<ColumnType>,
    content: Option<Content>,
    record: &BuildRecord,
) -> BuiltModel {
    BuiltModel {
        name: model.name.clone(),
        layer: model.layer,
        description: model.header.description.clone(),
        grain: model.header.grain.clone(),
        key: model.header.key.clone(),
        sort: model.header.sort.clone(),
        split: model.header.split.clone(),
        is_view: model.header.kind == Kind::View,
        columns: columns::described(model, types, record),
        content,
    }
}

/// Runs `work` between begin and commit; rolls back when it fails, or always when nothing
/// is to be kept.
fn in_transaction<T>(duckdb: &Connection, keep: bool, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    duckdb.execute_batch("begin transaction")?;
    let outcome = work();
    if outcome.is_ok() && keep {
        duckdb.execute_batch("commit").context("committing the build")?;
    } else if let Err(error) = duckdb.execute_batch("rollback") {
        tracing::debug!(%error, "nothing to roll back");
    }
    outcome
}

/// What `record` tells to have no rows is not asked, and no row that is `known` to be as it was.
fn tested(
    duckdb: &Connection,
    project: &Project,
    names: &BTreeSet<String>,
    queries: &[&SqlTest],
    run: &Run,
    record: &BuildRecord,
    known: Option<&Known<'_>>,
) -> anyhow::Result<Outcome> {
    let is_empty = |name: &str| record.content(name).is_some_and(|content| content.rows == 0);
    let mut outcome = checks::run(duckdb, project, names, queries, &is_empty, known)?;
    results::keep_results(project, &outcome, run);
    checks::keep_rows(duckdb, &mut outcome, &run.failed_tests)?;
    let failed: Vec<String> = outcome
        .errors()
        .map(|breach| {
            let kept = breach.kept.as_deref().map(|path| format!(", kept in {}", path.display())).unwrap_or_default();
            format!("{}: {}: {} rows{kept}", breach.of, breach.rule, breach.rows)
        })
        .collect();
    if !failed.is_empty() {
        let (count, total) = (failed.len(), outcome.tests);
        let rows = outcome.errors().find_map(|breach| breach.kept.as_deref()?.file_stem()?.to_str());
        let ask = rows.map(|rows| format!("\n  the rows: `music-tracker query 'select * from failed.{rows}'`"));
        bail!(
            "{count} of {total} tests failed; everything stays as it was\n  {}{}",
            failed.join("\n  "),
            ask.unwrap_or_default()
        );
    }
    for breach in outcome.warnings() {
        tracing::warn!(of = breach.of, rule = breach.rule, rows = breach.rows, "a test of severity warn is broken");
    }
    Ok(outcome)
}

/// With `--select`, the rest of what the models read must be in the warehouse.
fn needs_nothing_else(project: &Project, names: &BTreeSet<String>, record: &BuildRecord) -> anyhow::Result<()> {
    let there = |name: &str| {
        names.contains(name) || project.model(name).is_none() || record.models.iter().any(|model| model.name == name)
    };
    for model in project.models.iter().filter(|model| names.contains(&model.name)) {
        if let Some(missing) = model.reads().find(|read| !there(read)) {
            let name = &model.name;
            let message = format!("{name} reads {missing}, which is not built yet: use `--select +{name}`");
            return Err(Stop::Usage(message).into());
        }
    }
    Ok(())
}

/// Drops what no file of the tree stands for any more.
fn drop_leftovers(duckdb: &Connection, project: &Project, there: &BTreeMap<String, bool>) -> anyhow::Result<()> {
    for (name, is_view) in there {
        let ours = ["_build", LEDGER].contains(&name.as_str())
            || sources::exists(name)
            || project.model(name).is_some()
            || project.seeds.iter().any(|seed| seed.table == *name);
        if !ours {
            duckdb.execute_batch(&format!("drop {} {}", kind(*is_view), quoted(name)))?;
            tracing::info!(name, "dropped: no model has this name any more");
        }
    }
    Ok(())
}

/// Makes the table of a seed, with all columns as text.
pub(crate) fn load_seed(duckdb: &Connection, seed: &SeedFile) -> anyhow::Result<()> {
    let table = quoted(&seed.table);
    let columns: Vec<String> = seed.columns.iter().map(|column| format!("{} varchar", quoted(column))).collect();
    duckdb.execute_batch(&format!("create or replace table {table} ({})", columns.join(", ")))?;
    // An insert of the largest seed, even of many rows at once, took longer than most models.
    let mut appender = duckdb.appender(&seed.table)?;
    for row in &seed.rows {
        appender.append_row(appender_params_from_iter(row))?;
    }
    Ok(appender.flush()?)
}
