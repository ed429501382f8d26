//! The warehouse file: opened by one transform at a time, replaced when it cannot be read.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use duckdb::Connection;
use platform::files::{FileLock, put_in_place, remove_folder_if_there, remove_if_there};
use platform::{Clock, DataDir, Stop, private};

use super::fault::words;
use super::session::{self, Limits};

/// The open warehouse. While it lives, no other transform runs.
pub(crate) struct Warehouse {
    /// The session.
    pub(crate) duckdb: Connection,
    /// What the person should know about how it was opened.
    pub(crate) notes: Vec<String>,
    path: PathBuf,
    /// Where the file is while it is made anew.
    fresh: Option<PathBuf>,
    limits: Limits,
    scratch: PathBuf,
    _lock: FileLock,
}

/// What to do about the file that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Open {
    /// It must be there and readable.
    Existing,
    /// Use it, or make it; one that cannot be read is moved aside.
    OrCreate,
    /// Leave it alone and make a new one, which takes its place in [`Warehouse::keep`].
    Anew,
}

impl Warehouse {
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
        let fresh = beside(&path, "new");
        remove_database(&fresh)?;
        if how == Open::Existing && !path.exists() {
            return Err(not_built().into());
        }
        let mut notes = Vec::new();
        let opened = if how == Open::Anew { &fresh } else { &path };
        let duckdb = match session::open(Some(opened), limits, &scratch) {
            Ok(duckdb) => duckdb,
            Err(error) if is_held(&error) => {
                let reason = format!(
                    "another program has {} open: close it (dashboards and people read processed/, not this file)",
                    path.display()
                );
                return Err(Stop::Later { reason, retry_at: None }.into());
            }
            Err(error) if how == Open::OrCreate && path.exists() && is_broken(&error) => {
                let aside = beside(&path, &format!("broken-{}", clock.now().format("%Y%m%dT%H%M%SZ")));
                move_aside(&path, &aside)?;
                let note = format!(
                    "the warehouse could not be read and is built anew; the old file is now {} and can be deleted",
                    aside.display()
                );
                tracing::warn!(path = %path.display(), %error, "{note}");
                notes.push(note);
                session::open(Some(&path), limits, &scratch)?
            }
            Err(error) => {
                let hint = if is_broken(&error) { " (`transform build` makes it anew)" } else { "" };
                return Err(error.context(format!("opening the warehouse {}{hint}", path.display())));
            }
        };
        // DuckDB makes a file that all may read, and the plays are not in it yet.
        private::close(opened);
        session::resolve_from(&duckdb, data)?;
        let fresh = (how == Open::Anew).then_some(fresh);
        Ok(Self { duckdb, notes, path, fresh, limits: limits.clone(), scratch, _lock: lock })
    }

    /// Writes everything to the file itself; one that was made anew takes its place now.
    pub(crate) fn keep(&mut self, data: &DataDir) -> anyhow::Result<()> {
        self.duckdb.execute_batch("checkpoint").context("writing the warehouse to disk")?;
        tracing::debug!(path = %self.path.display(), "on disk");
        if let Some(fresh) = self.fresh.take() {
            // The file must be closed to be renamed: its log is folded in at the close.
            let memory = session::open(None, &Limits::default(), &self.scratch)?;
            let session = std::mem::replace(&mut self.duckdb, memory);
            session.close().map_err(|(_, error)| error).context("closing the new warehouse")?;
            remove_if_there(&beside(&self.path, "wal"))?;
            put_in_place(&fresh, &self.path).context("putting the new warehouse in place")?;
            self.duckdb = session::open(Some(&self.path), &self.limits, &self.scratch)?;
            session::resolve_from(&self.duckdb, data)?;
        }
        Ok(())
    }
}

impl Drop for Warehouse {
    fn drop(&mut self) {
        if let Err(error) = remove_folder(&self.scratch) {
            tracing::warn!(path = %self.scratch.display(), %error, "could not delete the scratch folder");
        }
    }
}

/// There is nothing to work on yet.
pub(crate) fn not_built() -> Stop {
    Stop::Usage("the warehouse has not been built yet: run `transform build` first".to_owned())
}

fn remove_folder(folder: &Path) -> anyhow::Result<()> {
    remove_folder_if_there(folder).with_context(|| format!("deleting {}", folder.display()))
}

fn remove_database(path: &Path) -> anyhow::Result<()> {
    remove_if_there(path)?;
    remove_if_there(&beside(path, "wal"))?;
    Ok(())
}

fn move_aside(path: &Path, aside: &Path) -> anyhow::Result<()> {
    let wal = beside(path, "wal");
    if wal.exists() {
        fs::rename(&wal, beside(aside, "wal"))?;
    }
    fs::rename(path, aside).with_context(|| format!("moving {} aside", path.display()))
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

fn is_held(error: &anyhow::Error) -> bool {
    says(error, &["Could not set lock on file", "Conflicting lock"])
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
