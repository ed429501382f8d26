//! How long old runs stay: a reader may still be in the middle of one.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use super::{children, links};

/// At least so many runs of each shape stay, whatever their age.
const KEPT_RUNS: usize = 3;

/// Younger runs stay, however many there are.
const KEPT_HOURS: i64 = 24;

/// Removes what both rules let go, in the folder of every hash. The folders themselves stay:
/// dashboards may not have moved on from an old shape.
pub(crate) fn remove_old_runs(processed: &Path, now: DateTime<Utc>) -> anyhow::Result<usize> {
    let mut removed = 0;
    for folder in children(processed).into_iter().filter(|path| path.is_dir() && !path.is_symlink()) {
        let current = links::resolve(&folder.join("current"));
        let mut runs: Vec<(PathBuf, DateTime<Utc>)> =
            children(&folder).into_iter().filter_map(|run| Some((run.clone(), time_of(&run)?))).collect();
        runs.sort();
        for (run, time) in runs.into_iter().rev().skip(KEPT_RUNS) {
            if now - time >= TimeDelta::hours(KEPT_HOURS) && current.as_ref() != Some(&run) {
                fs::remove_dir_all(&run).with_context(|| format!("removing the old run {}", run.display()))?;
                removed += 1;
            }
        }
    }
    Ok(removed)
}

/// When the run of this folder was published, by its name.
fn time_of(run: &Path) -> Option<DateTime<Utc>> {
    let name = run.file_name()?.to_str()?;
    let (time, _) = name.strip_prefix("run-")?.split_once('Z')?;
    Some(NaiveDateTime::parse_from_str(time, "%Y%m%dT%H%M%S%.3f").ok()?.and_utc())
}
