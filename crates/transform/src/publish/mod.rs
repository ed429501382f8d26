//! Publishing: the star schema as Parquet that readers can open at any moment.
//!
//! ```text
//! processed/current            → <ddl-hash>/current        the newest, for people and tools
//! processed/<ddl-hash>/current → run-<time>                swapped by rename
//! processed/<ddl-hash>/run-<time>/<model>.<time>.parquet, run.json
//! reporting/reporting-<ddl-hash>.duckdb                    views over <ddl-hash>/current
//! ```
//!
//! The hash is that of the views' text: readers of an old shape keep their folder until they
//! have moved on. Everything is written under a name ending in `.partial`, synced and renamed,
//! so a kill at any moment leaves the old state, and the next run clears the rest away.
//!
//! DuckDB opens a file by its name when it plans and again, in every thread, when it scans, and
//! a view names the link, which may lead elsewhere by then. So the same name must never stand
//! for other rows: all files of a table carry the time of the run that changed any of them. The
//! views, which never change, give a pattern that DuckDB resolves once, when it plans, by
//! listing the one folder the link leads to; whatever it opens afterwards is of that state of
//! the table, or is not there any more. A question that a swap cuts in two (milliseconds) fails
//! with an error about the file, and succeeds when it is asked again. A table of which nothing
//! changed keeps its names and does not even notice. `transform query` and `transform summary`
//! follow the links once, at their start, and then name every file.

mod links;
mod reporting;
mod retention;
pub(crate) mod run_file;
pub(crate) mod views;
mod write;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, ensure};
use chrono::{DateTime, SecondsFormat, Utc};
use duckdb::Connection;
use platform::files::{PARTIAL, partial_path, put_in_place, sync_folder_of, write_whole};
use platform::{DataDir, Stop};

use crate::build::Run;
use crate::record::BuildRecord;
use run_file::{PublishedTable, RunFile};

pub(crate) use links::resolve_current;

/// What a publication did.
#[derive(Debug)]
pub(crate) struct Published {
    /// The hash of the views.
    pub ddl_hash: String,
    /// The folder that `current` names now, such as `run-20261122T151705.123Z`.
    pub run: String,
    /// Whether the views are new, so that dashboards have a new file to open.
    pub new_views: bool,
    /// Files written anew.
    pub written: usize,
    /// Files shared with the run before, because their rows are the same.
    pub unchanged: usize,
    /// Rows over all tables.
    pub rows: i64,
    /// Runs that were removed because newer ones are enough.
    pub removed: usize,
}

/// Writes what the warehouse holds and makes it the current state.
pub(crate) fn publish(duckdb: &Connection, data: &DataDir, run: &Run) -> anyhow::Result<Published> {
    let record = BuildRecord::of_this_folder(duckdb, &run.folder)?.ok_or_else(crate::engine::warehouse::not_built)?;
    let models: Vec<_> = record.models.iter().filter(|model| model.layer.is_published()).collect();
    ensure!(!models.is_empty(), Stop::Usage("there are no marts and no reports to publish".to_owned()));
    let cut = cut(run.now);
    let ddl_hash = views::ddl_hash(duckdb, &models)?;
    let processed = data.processed();
    let folder = processed.join(&ddl_hash);
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    clear_leftovers(data)?;

    let before = links::resolve(&folder.join("current")).filter(|run| run.is_dir());
    let version = duckdb.version()?;
    let old = before.as_deref().and_then(RunFile::read_if_sound).filter(|old| old.duckdb == version);
    let name = free_name(&folder, run.now);
    let stamp = name.trim_start_matches("run-");
    let partial = partial_path(&folder.join(&name));
    fs::create_dir(&partial).with_context(|| format!("making {}", partial.display()))?;
    let mut tables: Vec<PublishedTable> = Vec::new();
    for model in &models {
        let reusable = before.as_deref().zip(old.as_ref());
        let table = write::table(duckdb, model, &partial, stamp, reusable, cut)
            .with_context(|| format!("publishing {}", model.name))?;
        tracing::debug!(table = table.name, "written");
        tables.push(table);
    }
    let files = || tables.iter().flat_map(|table| &table.files);
    let unchanged = files().filter(|file| file.linked).count();
    let written = files().count() - unchanged;
    let rows = files().map(|file| file.rows).sum();
    let same = old.as_ref().is_some_and(|old| written == 0 && old.same_files(&tables));
    let current = if same {
        // Nothing to say: the run that is there stays the current one. What it was made of may
        // have changed all the same, without changing a row.
        fs::remove_dir_all(&partial)?;
        if let Some((run, old)) = before.as_deref().zip(old).filter(|(_, old)| old.basis != record.basis) {
            let file = RunFile { basis: record.basis.clone(), ..old };
            write_whole(&run.join(run_file::NAME), serde_json::to_string_pretty(&file)?.as_bytes())?;
        }
        before.as_deref().and_then(|run| run.file_name()).unwrap_or_default().to_string_lossy().into_owned()
    } else {
        let file = RunFile {
            format: run_file::FORMAT,
            run_id: run.run_id.clone(),
            built_at: record.built_at.clone(),
            published_at: run.now.to_rfc3339_opts(SecondsFormat::Millis, true),
            duckdb: version,
            ddl_hash: ddl_hash.clone(),
            basis: record.basis.clone(),
            tables,
        };
        write_whole(&partial.join(run_file::NAME), serde_json::to_string_pretty(&file)?.as_bytes())?;
        sync_folder_of(&partial.join(run_file::NAME))?;
        put_in_place(&partial, &folder.join(&name)).context("putting the new run in place")?;
        tracing::debug!(run = name, "in place");
        links::point(&folder.join("current"), &name)?;
        name
    };
    tracing::debug!(run = current, "current");
    let new_views = reporting::ensure(data, &ddl_hash, &models)?;
    tracing::debug!(ddl_hash, new_views, "the views are there");
    links::point(&processed.join("current"), &format!("{ddl_hash}/current"))?;
    tracing::debug!(ddl_hash, "newest");
    let removed = retention::remove_old_runs(&processed, run.now)?;
    tracing::info!(run = current, ddl_hash, rows, written, unchanged, removed, "published");
    Ok(Published { ddl_hash, run: current, new_views, written, unchanged, rows, removed })
}

/// The start of last month: what is older is in the file that hardly ever changes.
fn cut(now: DateTime<Utc>) -> chrono::NaiveDate {
    use chrono::Datelike;
    let today = now.date_naive();
    let first = today.with_day(1).unwrap_or(today);
    first.checked_sub_months(chrono::Months::new(1)).unwrap_or(first)
}

/// `run-<time>`, with a number behind it when two runs share a millisecond.
fn free_name(folder: &std::path::Path, now: DateTime<Utc>) -> String {
    let base = format!("run-{}", now.format("%Y%m%dT%H%M%S%.3fZ"));
    let mut name = base.clone();
    let mut number = 1;
    while folder.join(&name).exists() {
        number += 1;
        name = format!("{base}-{number:03}");
    }
    name
}

/// Deletes what a killed run left half written. Only one transform runs at a time.
fn clear_leftovers(data: &DataDir) -> anyhow::Result<()> {
    let mut folders = vec![data.processed(), data.reporting()];
    folders.extend(children(&data.processed()).into_iter().filter(|path| path.is_dir() && !path.is_symlink()));
    for path in folders.iter().flat_map(|folder| children(folder)) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.ends_with(PARTIAL) && !name.contains(&format!(".{PARTIAL}.")) {
            continue;
        }
        let removed =
            if path.is_dir() && !path.is_symlink() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.with_context(|| format!("deleting the leftover {}", path.display()))?;
    }
    Ok(())
}

/// What a folder holds; nothing when it is not there.
fn children(folder: &std::path::Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.flatten().map(|entry| entry.path()).collect()
}
