//! The jobs of this program, as the command line and tests call them.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::Path;

use lake::manifest::Manifest;
use lake::schema::PLAYS;
use platform::{JobContext, Stop, Summary, progress};

use crate::basis::Basis;
use crate::build::{self, Built, Run};
use crate::columns;
use crate::corrections::Corrections;
use crate::engine::fault::without_codes;
use crate::engine::memory::with_growing_memory;
use crate::engine::session::Limits;
use crate::engine::sources::{self, Sources};
use crate::engine::warehouse::{Open, Warehouse};
use crate::project::{Problem, Project, Selection, SqlTree, portable, stop_on};
use crate::publish::{self, Published};
use crate::query::{Format, Reader};
use crate::record::Folder;
use crate::results;
use crate::summary;
use crate::trial::{Trials, try_cases};

/// How many runs keep the rows that broke their tests.
const KEPT_FAILURES: usize = 10;

/// Builds the selected models and runs their tests, all or nothing.
///
/// # Errors
/// When a model or a test of severity `error` fails; the warehouse is then as before.
pub fn build(
    context: &JobContext,
    sql_dir: Option<&Path>,
    full_refresh: bool,
    selection: &Selection,
) -> anyhow::Result<Summary> {
    told(|| {
        let tree = tree(context, sql_dir)?;
        let project = Project::of(&tree)?;
        let mut warehouse = open(context, full_refresh)?;
        let built = build_into(context, &mut warehouse, &tree, &project, selection)?;
        let mut summary = summary_of(&built, &warehouse);
        summary.warnings.extend(of_own_models(&tree, &project, &built)?);
        Ok(summary)
    })
}

/// Runs the tests on what was built.
///
/// # Errors
/// When a test of severity `error` fails; a [`Stop::Usage`] when nothing was built yet, or for
/// another data folder.
pub fn test(context: &JobContext, sql_dir: Option<&Path>, selection: &Selection) -> anyhow::Result<Summary> {
    told(|| {
        let project = project(context, sql_dir)?;
        let warehouse = existing(context)?;
        let run = run_of(context)?;
        let outcome = growing(context, &warehouse, || build::test(&warehouse.duckdb, &project, selection, &run))
            .map_err(|error| match error.to_string().contains("No files found that match") {
                true => {
                    error.context("the files that the warehouse was built from are gone: run `music-tracker build`")
                }
                false => error,
            })?;
        let mut summary = Summary::text(format!("{} tests passed", outcome.tests - outcome.breaches.len()))
            .count("tests", outcome.tests)
            .count("tests_warned", outcome.breaches.len());
        summary.warnings.extend(outcome.warnings().map(warning));
        Ok(summary)
    })
}

/// Publishes what was built.
///
/// # Errors
/// A [`Stop::Usage`] when nothing was built yet, or for another data folder; when files cannot be
/// written. The old state then stays current.
pub fn publish(context: &JobContext) -> anyhow::Result<Summary> {
    told(|| {
        let mut summary = Summary::default();
        add_publication(&mut summary, &publish_from(context, &existing(context)?)?);
        Ok(summary)
    })
}

/// Builds, tests and publishes.
///
/// # Errors
/// As [`build`] and [`publish`].
pub fn refresh(context: &JobContext, sql_dir: Option<&Path>, full_refresh: bool) -> anyhow::Result<Summary> {
    told(|| {
        let tree = tree(context, sql_dir)?;
        let project = Project::of(&tree)?;
        let mut warehouse = open(context, full_refresh)?;
        let built = build_into(context, &mut warehouse, &tree, &project, &Selection::all())?;
        let mut summary = summary_of(&built, &warehouse);
        summary.warnings.extend(of_own_models(&tree, &project, &built)?);
        add_publication(&mut summary, &publish_from(context, &warehouse)?);
        Ok(summary)
    })
}

/// [`refresh`], unless what is published is made of the plays, accounts and models there are:
/// then nothing is done. It asks for the state and not for what happened, so that it makes up
/// for whatever an earlier run was kept from.
///
/// # Errors
/// As [`build`] and [`publish`].
pub fn refresh_if_changed(context: &JobContext, sql_dir: Option<&Path>) -> anyhow::Result<Summary> {
    let Some(changed) = Basis::behind(context, &tree(context, sql_dir)?)? else {
        return Ok(Summary::default().count("up_to_date", true));
    };
    tracing::info!(changed, "the star schema is out of date");
    refresh(context, sql_dir, false)
}

/// Answers a question about the published data on stdout.
///
/// # Errors
/// A [`platform::Stop::Usage`] when the question is wrong or nothing has been published.
pub fn query(context: &JobContext, sql: &str, format: Option<Format>) -> anyhow::Result<String> {
    let default = if io::stdout().is_terminal() { Format::Table } else { Format::Csv };
    let width = terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
    told(|| {
        let reader = Reader::open(context)?;
        reader.open_failed(&context.data)?;
        let mut out = Vec::new();
        reader.answer(sql, format.unwrap_or(default), width, &mut out)?;
        Ok(String::from_utf8(out)?)
    })
}

/// A few answers for people, from the published data.
///
/// # Errors
/// A [`platform::Stop::Usage`] when nothing has been published or nobody has that name.
pub fn summary(context: &JobContext, account: Option<&str>) -> anyhow::Result<String> {
    told(|| summary::summary(&Reader::open(context)?, account))
}

/// The models in the order of building, as a table for people; also those that the settings leave
/// out, since the names for the settings are found here.
///
/// # Errors
/// When the tree of SQL models is wrong.
pub fn ls(context: &JobContext, sql_dir: Option<&Path>) -> anyhow::Result<String> {
    let project = Project::of(&tree(context, sql_dir)?.only(None))?;
    let mut table = comfy_table::Table::new();
    table.load_preset(comfy_table::presets::NOTHING).set_header(["layer", "model", "kind", "grain", "reads"]);
    for model in &project.models {
        let reads = model.reads().collect::<Vec<_>>().join(", ");
        let header = &model.header;
        table.add_row([model.layer.folder(), &model.name, header.kind.as_str(), &header.grain, &reads]);
    }
    if let Some((width, _)) = terminal_size::terminal_size_of(io::stdout()) {
        table.set_content_arrangement(comfy_table::ContentArrangement::Dynamic).set_width(width.0);
    }
    // Where nobody measures lines, each model is one, and ends where its text does.
    Ok(table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n"))
}

/// Refuses what would not run on Spark as it does on DuckDB, with the way to write it, and columns
/// without a meaning; then tries the cases that stand beside the models.
///
/// # Errors
/// A [`Stop::Usage`] with every place, by file and line, with every model some columns of which are
/// wrong or mean nothing, or with every case that does not hold; also when the tree of SQL models is
/// wrong.
pub fn check(context: &JobContext, sql_dir: Option<&Path>) -> anyhow::Result<Summary> {
    let tree = tree(context, sql_dir)?;
    // What the parser cannot read at all may be no more than a word that is of one engine.
    let project = Project::of(&tree).map_err(|error| match portable::spelling_of(&tree) {
        odd if odd.is_empty() => error,
        odd => Stop::Usage([lines(&tree.root, &odd), error.to_string()].join("\n")).into(),
    })?;
    let problems = portable::unportable(&tree, &project)?;
    if !problems.is_empty() {
        return Err(Stop::Usage(lines(&tree.root, &problems)).into());
    }
    let trials = told(|| {
        let trials = Trials::of(&project)?;
        trials.ask_tests()?;
        stop_on(&tree.root, trials.wrong_columns()?)?;
        Ok(trials)
    })?;
    let cases: usize = project.cases.iter().map(|of_model| of_model.cases.len()).sum();
    let bar = progress::count_bar(u64::try_from(cases)?, "trying cases");
    let step = |name: &str| {
        bar.set_message(name.to_owned());
        bar.inc(1);
    };
    let problems = told(|| try_cases(trials, &step))?;
    bar.finish_and_clear();
    if !problems.is_empty() {
        let lines = lines(&tree.root, &problems);
        return Err(Stop::Usage(format!("{} of {cases} cases do not hold\n{lines}", problems.len())).into());
    }
    let (models, tests) = (project.models.len(), project.tests.len());
    let mut text = format!("{models} models and {tests} tests keep to the SQL that DuckDB and Spark share");
    if cases > 0 {
        text += &format!("; {cases} cases hold");
    }
    Ok(Summary::text(text).count("models", models).count("tests", tests).count("cases", cases))
}

/// What to tell whoever builds models of their own that keep to DuckDB, or have columns without a
/// meaning. The ones in the program were checked when it was made.
fn of_own_models(tree: &SqlTree, project: &Project, built: &Built) -> anyhow::Result<Vec<String>> {
    if tree.is_checked {
        return Ok(Vec::new());
    }
    let places = match portable::unportable(tree, project)?.len() {
        0 => None,
        1 => Some("1 place in the models is".to_owned()),
        many => Some(format!("{many} places in the models are")),
    };
    let unportable = places.map(|places| {
        format!("{places} for DuckDB alone and would not run the same on Spark: `music-tracker check` names them")
    });
    Ok(unportable.into_iter().chain(columns::note_of_meaning(&built.record)).collect())
}

fn lines(root: &str, problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("{root}/{problem}")).collect::<Vec<_>>().join("\n")
}

/// Runs a job, and tells what DuckDB refused in its words alone.
pub(crate) fn told<T>(job: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    job().map_err(without_codes)
}

/// A folder given by hand, else by the settings, else the embedded tree; of it the models that are
/// wanted.
pub(crate) fn tree(context: &JobContext, sql_dir: Option<&Path>) -> anyhow::Result<SqlTree> {
    let settings = &context.settings.transform;
    Ok(SqlTree::load(sql_dir.or(settings.sql_dir.as_deref()))?.only(settings.models.as_deref()))
}

/// The same, checked.
pub(crate) fn project(context: &JobContext, sql_dir: Option<&Path>) -> anyhow::Result<Project> {
    Project::of(&tree(context, sql_dir)?)
}

fn open(context: &JobContext, full_refresh: bool) -> anyhow::Result<Warehouse> {
    let how = if full_refresh { Open::Anew } else { Open::OrCreate };
    Warehouse::open(&context.data, &Limits::of(&context.settings), &*context.clock, how)
}

fn build_into(
    context: &JobContext,
    warehouse: &mut Warehouse,
    tree: &SqlTree,
    project: &Project,
    selection: &Selection,
) -> anyhow::Result<Built> {
    has_typed_tables(context)?;
    Corrections::check_rules(&context.data, &tree.rules())?;
    forget_old_failures(context);
    let basis = Basis::now(context, tree)?;
    let sources = Sources { basis: selection.is_all().then_some(basis), ..sources::sources(context)? };
    let (limits, run) = (Limits::of(&context.settings), run_of(context)?);
    let steps = selection.names(project)?.len() + 1;
    let built = with_growing_memory(&warehouse.duckdb, &limits, sources.count_of_plays(), || {
        warehouse.begin()?;
        let bar = progress::count_bar(u64::try_from(steps)?, "building");
        let step = |name: &str| {
            bar.set_message(name.to_owned());
            bar.inc(1);
        };
        let built = build::build(&warehouse.duckdb, project, &sources, selection, &run, &step);
        bar.finish_and_clear();
        built
    })?;
    warehouse.keep()?;
    results::keep_build(&context.data, &built.record);
    if built.took_over || warehouse.replaced.as_ref().is_some_and(|record| record.is_of_another(&run.folder)) {
        warehouse.notes.push(run.folder.took_over());
    }
    Ok(built)
}

/// A backup has the raw files and not the tables made of them: an empty schema would be built
/// over the good one.
///
/// # Errors
/// A [`Stop::Usage`] when there are receipts but no table of plays, or not of everybody.
fn has_typed_tables(context: &JobContext) -> anyhow::Result<()> {
    let has_receipts = fs::read_dir(context.data.raw())
        .into_iter()
        .flatten()
        .any(|account| account.is_ok_and(|account| account.path().join("receipts").is_dir()));
    if has_receipts && Manifest::read(&context.data, &PLAYS)?.generation == 0 {
        let text = format!(
            "{} holds a history but {} does not: make it anew with `music-tracker replay`, then run this again",
            context.data.raw().display(),
            context.data.src().display()
        );
        return Err(Stop::Usage(text).into());
    }
    let missing = lake::anew::missing(&context.data)?;
    if !missing.is_empty() {
        let missing: Vec<&str> = missing.iter().map(String::as_str).collect();
        let text = format!(
            "{} was being made anew and does not hold everybody yet: {} missing. Run `music-tracker replay`, \
             then this again",
            context.data.src().display(),
            missing.join(", ")
        );
        return Err(Stop::Usage(text).into());
    }
    Ok(())
}

fn publish_from(context: &JobContext, warehouse: &Warehouse) -> anyhow::Result<Published> {
    let run = run_of(context)?;
    growing(context, warehouse, || publish::publish(&warehouse.duckdb, &context.data, &run))
}

/// Work on what was built before, with the memory that its size asks for.
fn growing<T>(
    context: &JobContext,
    warehouse: &Warehouse,
    work: impl FnMut() -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let plays = sources::plays(context)?;
    with_growing_memory(&warehouse.duckdb, &Limits::of(&context.settings), plays, work)
}

fn existing(context: &JobContext) -> anyhow::Result<Warehouse> {
    Warehouse::open(&context.data, &Limits::of(&context.settings), &*context.clock, Open::Existing)
}

fn summary_of(built: &Built, warehouse: &Warehouse) -> Summary {
    let rows: i64 =
        built.record.models.iter().filter_map(|model| model.content.as_ref()).map(|content| content.rows).sum();
    let Built { models, unchanged, .. } = *built;
    let tests = built.tests.tests;
    let rest = if unchanged == 0 { String::new() } else { format!(" ({unchanged} others are up to date)") };
    let mut summary = Summary::text(format!("built {models} models{rest}, {tests} tests passed"))
        .count("models", models)
        .count("models_by_rows", built.by_rows)
        .count("models_unchanged", unchanged)
        .count("rows", rows)
        .count("tests", tests)
        .count("tests_warned", built.tests.breaches.len());
    summary.warnings.extend(warehouse.notes.iter().cloned());
    summary.warnings.extend(built.tests.warnings().map(warning));
    summary
}

fn add_publication(summary: &mut Summary, published: &Published) {
    let Published { ddl_hash, run, written, unchanged, rows, .. } = published;
    let line = if *written == 0 && *unchanged > 0 {
        format!("nothing changed since {ddl_hash}/{run}")
    } else {
        format!("published {rows} rows as {ddl_hash}/{run}: {written} files written, {unchanged} unchanged")
    };
    summary.text = [summary.text.as_str(), &line].join("\n").trim_start().to_owned();
    summary.counts.extend([
        ("published_rows".to_owned(), (*rows).into()),
        ("files_written".to_owned(), (*written).into()),
        ("files_unchanged".to_owned(), (*unchanged).into()),
        ("runs_removed".to_owned(), published.removed.into()),
        ("ddl_hash".to_owned(), ddl_hash.as_str().into()),
        ("published_run".to_owned(), run.as_str().into()),
        ("new_views".to_owned(), published.new_views.into()),
    ]);
}

fn warning(breach: &crate::checks::Breach) -> String {
    let rows = breach.kept.as_deref().and_then(|path| path.file_stem()?.to_str());
    let rows = rows.map(|rows| format!(" (`music-tracker query 'select * from failed.{rows}'`)")).unwrap_or_default();
    format!("{}: {}: {} rows{rows}", breach.of, breach.rule, breach.rows)
}

fn run_of(context: &JobContext) -> anyhow::Result<Run> {
    Ok(Run {
        folder: Folder::of(context)?,
        run_id: context.run_id.clone(),
        now: context.clock.now(),
        failed_tests: context.data.failed_tests(&context.run_id),
        results: context.data.test_results(),
    })
}

/// Run ids begin with the time, so the names of the folders sort by age.
fn forget_old_failures(context: &JobContext) {
    let folder = context.data.failed_tests("x");
    let Some(parent) = folder.parent() else { return };
    let Ok(entries) = fs::read_dir(parent) else { return };
    let mut runs: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    runs.sort();
    for old in runs.iter().rev().skip(KEPT_FAILURES) {
        if let Err(error) = fs::remove_dir_all(old) {
            tracing::warn!(path = %old.display(), %error, "could not delete old failing rows");
        }
    }
}
