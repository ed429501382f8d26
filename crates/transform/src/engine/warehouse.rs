//! The warehouse file: opened by one transform at a time, and replaced as a whole by each build.

use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::Context;
use duckdb::Connection;
use platform::files::{FileLock, put_in_place, remove_folder_if_there, remove_if_there};
use platform::{Clock, DataDir, Stop, private};

use super::fault::words;
use super::session::{self, Limits};
use crate::record::BuildRecord;

/// The warehouse of a data folder. While it lives, no other transform runs.
pub(crate) struct Warehouse {
    /// The session.
    pub(crate) duckdb: Connection,
    /// What the person should know about how it was opened.
    pub(crate) notes: Vec<String>,
    /// Of whom the file was that a build from nothing takes the place of.
    pub(crate) replaced: Option<BuildRecord>,
    path: PathBuf,
    /// What a build begins with.
    begins: Option<Begin>,
    scratch: PathBuf,
    _lock: FileLock,
}

/// What to do about the file that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Open {
    /// Work on it; it must be there and readable.
    Existing,
    /// Build on what it holds, if it is there; one that cannot be read is moved aside.
    OrCreate,
    /// Build without it.
    Anew,
}

/// What a working copy holds before anything is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begin {
    WithNothing,
    WithTheOld,
}

impl Warehouse {
    /// Opens the file itself, or gets ready for a build, which works on a copy ([`Self::begin`]).
    pub(crate) fn open(data: &DataDir, limits: &Limits, clock: &dyn Clock, how: Open) -> anyhow::Result<Self> {
        let lock = FileLock::try_take(&data.lock("transform")).context("taking the lock of transform")?;
        let Some(lock) = lock else {
            let reason = "another transform is running on this data folder: wait until it has finished";
            return Err(Stop::Later { reason: reason.to_owned(), retry_at: None }.into());
        };
        // With the lock held, whatever lies here was left by a run that was killed.
        let scratch = data.work("transform");
        remove_folder(&scratch)?;
        fs::create_dir_all(&scratch).with_context(|| format!("making {}", scratch.display()))?;
        let path = data.warehouse();
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        }
        remove_database(&working_copy(&path))?;
        if how == Open::Existing && !path.exists() {
            return Err(not_built().into());
        }
        let duckdb = session::open(limits, &scratch)?;
        session::resolve_from(&duckdb, data)?;
        let (mut begins, mut notes) = (Some(Begin::WithNothing), Vec::new());
        if how == Open::Existing {
            begins = None;
            session::attach(&duckdb, &path).map_err(|error| told(error, &path))?;
        } else if how == Open::OrCreate && path.exists() {
            match session::look_into(&duckdb, &path) {
                Ok(()) => begins = Some(Begin::WithTheOld),
                Err(error) if is_broken(&error) => notes.push(move_aside(&path, &error, clock)?),
                Err(error) => return Err(told(error, &path)),
            }
        }
        let replaced = if how == Open::Anew && path.exists() { record_of(&duckdb, &path) } else { None };
        Ok(Self { duckdb, notes, replaced, path, begins, scratch, _lock: lock })
    }

    /// Begins a build, or begins it once more: the session is then in a working copy of the file, or in
    /// an empty one.
    ///
    /// A copy, because nothing is left of a build that fails, and because one long transaction, which
    /// would do as well, makes DuckDB plan badly: it takes a table for empty until it is committed, and
    /// joins in whatever order the text has. Builds took twice the time and memory.
    pub(crate) fn begin(&self) -> anyhow::Result<()> {
        let copy = working_copy(&self.path);
        session::detach(&self.duckdb)?;
        // A build that ran out of memory committed some of its own.
        session::forget_temporary(&self.duckdb)?;
        remove_database(&copy)?;
        if self.begins == Some(Begin::WithTheOld) {
            for (from, to) in [(&self.path, &copy), (&log_of(&self.path), &log_of(&copy))] {
                if from.exists() {
                    fs::copy(from, to).with_context(|| format!("copying {} to {}", from.display(), to.display()))?;
                }
            }
        }
        session::attach(&self.duckdb, &copy).with_context(|| format!("opening {}", copy.display()))?;
        // DuckDB makes a file that all may read, and the plays are not in it yet.
        private::close(&copy);
        Ok(())
    }

    /// Puts what was built in the place of the file; the session stays in it.
    pub(crate) fn keep(&mut self) -> anyhow::Result<()> {
        self.duckdb.execute_batch("checkpoint").context("writing the warehouse to disk")?;
        // Everything is in the file itself now. A log of the old one, left by a kill, is not of the new one.
        remove_if_there(&log_of(&self.path))?;
        put_in_place(&working_copy(&self.path), &self.path).context("putting the new warehouse in place")?;
        self.begins = None;
        tracing::debug!(path = %self.path.display(), "on disk");
        Ok(())
    }
}

impl Drop for Warehouse {
    fn drop(&mut self) {
        if let Err(error) = remove_folder(&self.scratch) {
            tracing::warn!(path = %self.scratch.display(), %error, "could not delete the scratch folder");
        }
        let copy = working_copy(&self.path);
        if self.begins.is_some()
            && let Err(error) = session::detach(&self.duckdb).and_then(|()| Ok(remove_database(&copy)?))
        {
            tracing::warn!(path = %copy.display(), %error, "could not delete what was built");
        }
    }
}

/// What a file says about itself that goes whatever it is: nothing, where it cannot be read.
fn record_of(duckdb: &Connection, path: &Path) -> Option<BuildRecord> {
    let record = session::read_only(duckdb, path, || BuildRecord::read(duckdb));
    record.unwrap_or_else(|error| {
        tracing::debug!(path = %path.display(), "{error:#}");
        None
    })
}

/// There is nothing to work on yet.
pub(crate) fn not_built() -> Stop {
    Stop::Usage("the warehouse has not been built yet: run `music-tracker build` first".to_owned())
}

fn remove_folder(folder: &Path) -> anyhow::Result<()> {
    remove_folder_if_there(folder).with_context(|| format!("deleting {}", folder.display()))
}

fn remove_database(path: &Path) -> io::Result<()> {
    remove_if_there(path)?;
    remove_if_there(&log_of(path))
}

/// Where the file is while it is built.
fn working_copy(path: &Path) -> PathBuf {
    beside(path, "new")
}

/// What DuckDB has written and not yet put into the file.
fn log_of(path: &Path) -> PathBuf {
    beside(path, "wal")
}

/// Makes room for a warehouse that can be read. Gives what to tell about it.
fn move_aside(path: &Path, why: &anyhow::Error, clock: &dyn Clock) -> anyhow::Result<String> {
    let aside = beside(path, &format!("broken-{}", clock.now().format("%Y%m%dT%H%M%SZ")));
    for (from, to) in [(log_of(path), log_of(&aside)), (path.to_owned(), aside.clone())] {
        if from.exists() {
            fs::rename(&from, to).with_context(|| format!("moving {} aside", from.display()))?;
        }
    }
    let note = format!(
        "the warehouse could not be read and is built anew; the old file is now {} and can be deleted",
        aside.display()
    );
    tracing::warn!(path = %path.display(), error = %why, "{note}");
    Ok(note)
}

/// Why the file could not be opened, and what to do.
fn told(error: anyhow::Error, path: &Path) -> anyhow::Error {
    if says(&error, &["Could not set lock on file", "Conflicting lock"]) {
        let reason = format!(
            "another program has {} open: close it (dashboards and people read processed/, not this file)",
            path.display()
        );
        return Stop::Later { reason, retry_at: None }.into();
    }
    let hint = if is_broken(&error) { " (`music-tracker build` makes it anew)" } else { "" };
    error.context(format!("opening the warehouse {}{hint}", path.display()))
}

/// `x.duckdb` → `x.duckdb.<ending>`.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

fn says(error: &anyhow::Error, phrases: &[&str]) -> bool {
    let text = match error.downcast_ref::<duckdb::Error>() {
        Some(error) => words(error),
        None => format!("{error:#}"),
    };
    phrases.iter().any(|phrase| text.contains(phrase))
}

/// DuckDB has no error codes for this, only words.
fn is_broken(error: &anyhow::Error) -> bool {
    says(
        error,
        &[
            "not a valid DuckDB database",
            "Corrupt",
            "checksum",
            "version number",
            "replaying WAL",
            "Could not read",
            "Serialization Error",
            "INTERNAL Error",
        ],
    )
}
