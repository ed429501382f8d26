//! Receipts: who received which bodies, when and from where.
//!
//! The state of a receipt is its ending, so that it changes in one rename:
//! `.pending.json` (bodies arrived, rows may be missing in `src/`) → `.json` (done) →
//! `.undoing.json` → `.undone.json` (out of the history, kept as a record).

use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::Context;
use platform::files;
use serde::{Deserialize, Serialize};

use super::{RawStore, listed};
use crate::play::{Source, UnixMs};

/// How far a receipt has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Its bodies count, but `src/` may not have their rows yet.
    Pending,
    /// All its rows are in `src/`.
    Done,
    /// Someone took it back; `src/` may still have its rows.
    Undoing,
    /// It is out of the history.
    Undone,
}

impl State {
    const ALL: [State; 4] = [State::Pending, State::Undoing, State::Undone, State::Done];

    fn ending(self) -> &'static str {
        match self {
            Self::Pending => ".pending.json",
            Self::Done => ".json",
            Self::Undoing => ".undoing.json",
            Self::Undone => ".undone.json",
        }
    }

    /// Whether its bodies are part of the history.
    pub fn is_alive(self) -> bool {
        matches!(self, Self::Pending | Self::Done)
    }
}

/// One body of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Which body.
    pub raw_id: String,
    /// Whose statement it is.
    pub source: Source,
    /// The file's name in its archive, or the URL without secrets.
    pub name: String,
    /// The HTTP status, for answers of an API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// SHA-256 before personal values were masked, for exports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_sha256: Option<String>,
    /// Size of the body.
    pub bytes: u64,
    /// From the first to the last play of an export's file of music: what lies between was not lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<(UnixMs, UnixMs)>,
}

/// What kind of job received the bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Job {
    /// An archive that a person handed over.
    Import,
    /// An answer of an API.
    Poll,
}

impl Job {
    const ALL: [Job; 2] = [Job::Import, Job::Poll];

    fn folder(self) -> &'static str {
        match self {
            Self::Import => "imports",
            Self::Poll => "polls",
        }
    }
}

/// What one archive, or one answer, brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Unique within the account; begins with the run id.
    pub receipt_id: String,
    /// What kind of job it was.
    pub job: Job,
    /// The run that received it.
    pub run_id: String,
    /// Its place in the order of the account's history, from 1; clocks may go back.
    #[serde(default)]
    pub number: u64,
    /// Whose history it is.
    pub account_id: String,
    /// When, in Unix milliseconds: the `ingested_at` of all its rows.
    pub received_at_ms: UnixMs,
    /// The archive's file name, or the service.
    pub origin: String,
    /// The bodies; byte-identical files of one archive are one item.
    pub items: Vec<Item>,
    /// Loose files, which may be of several exports: equal rows of two files are one play. In a
    /// zip, as the service made it, they are two.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_loose: bool,
    /// From the first to the last play of the whole export, as programs wrote it before each file
    /// had a span of its own. A replay puts those in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<(UnixMs, UnixMs)>,
}

impl Receipt {
    /// What receipts are ordered by: their number, and where that is missing time and id.
    pub fn order(&self) -> (u64, UnixMs, &str) {
        (self.number, self.received_at_ms, &self.receipt_id)
    }
}

impl RawStore {
    /// Writes a receipt in the state `state`.
    ///
    /// # Errors
    /// Any I/O error.
    pub fn write_receipt(&self, receipt: &Receipt, state: State) -> anyhow::Result<()> {
        let path = self.receipt_path(receipt, state);
        files::write_whole(&path, &serde_json::to_vec_pretty(receipt)?)
            .with_context(|| format!("writing {}", path.display()))
    }

    /// Moves a receipt from one state to the next. That it is already there is no error.
    ///
    /// # Errors
    /// Any I/O error.
    pub fn move_receipt(&self, receipt: &Receipt, from: State, to: State) -> anyhow::Result<()> {
        let (source, target) = (self.receipt_path(receipt, from), self.receipt_path(receipt, to));
        match files::put_in_place(&source, &target) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && target.exists() => Ok(()),
            other => other.with_context(|| format!("moving {} to {}", source.display(), target.display())),
        }
    }

    /// The first of `run_id`, `run_id.2`, `run_id.3` … that no receipt has yet: a run may
    /// bring several archives, and a caller that starts a run again may give it the same id.
    pub fn free_receipt_id(&self, job: Job, run_id: &str) -> String {
        let folder = self.receipts_folder().join(job.folder());
        let is_free =
            |id: &String| State::ALL.iter().all(|state| !folder.join(format!("{id}{}", state.ending())).exists());
        let numbered = (2_u64..).map(|number| format!("{run_id}.{number}"));
        std::iter::once(run_id.to_owned()).chain(numbered).find(is_free).unwrap_or_default()
    }

    /// Forgets a receipt that brought nothing.
    ///
    /// # Errors
    /// Any I/O error.
    pub fn delete_receipt(&self, receipt: &Receipt, state: State) -> anyhow::Result<()> {
        Ok(files::remove_if_there(&self.receipt_path(receipt, state))?)
    }

    /// All receipts with their states, in the order of the history.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn receipts(&self) -> anyhow::Result<Vec<(Receipt, State)>> {
        let mut receipts = Vec::new();
        for job in Job::ALL {
            for (path, state) in self.receipt_files(job)? {
                receipts.push((read(&path)?, state));
            }
        }
        in_order(&mut receipts);
        Ok(receipts)
    }

    /// Receipts of one kind, in the order of the history.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn receipts_of(&self, job: Job) -> anyhow::Result<Vec<(Receipt, State)>> {
        let files = self.receipt_files(job)?.into_iter();
        let mut receipts = files.map(|(path, state)| Ok((read(&path)?, state))).collect::<anyhow::Result<Vec<_>>>()?;
        in_order(&mut receipts);
        Ok(receipts)
    }

    /// The receipts whose bodies are part of the history, in its order; only those of one
    /// kind of job where `job` says so.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn living_receipts(&self, job: Option<Job>) -> anyhow::Result<Vec<Receipt>> {
        let receipts = match job {
            Some(job) => self.receipts_of(job)?,
            None => self.receipts()?,
        };
        Ok(receipts.into_iter().filter(|(_, state)| state.is_alive()).map(|(receipt, _)| receipt).collect())
    }

    /// Receipts that a killed program left in a passing state, in the order of the history.
    /// The others are not opened: there may be tens of thousands.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn unfinished_receipts(&self) -> anyhow::Result<Vec<(Receipt, State)>> {
        let mut receipts = Vec::new();
        for job in Job::ALL {
            for (path, state) in self.receipt_files(job)? {
                if matches!(state, State::Pending | State::Undoing) {
                    receipts.push((read(&path)?, state));
                }
            }
        }
        in_order(&mut receipts);
        Ok(receipts)
    }

    /// Deletes the `.partial` receipts that killed programs left.
    ///
    /// # Errors
    /// Any I/O error.
    pub fn sweep_partial_receipts(&self) -> anyhow::Result<()> {
        for job in Job::ALL {
            for path in listed(&self.receipts_folder().join(job.folder()))? {
                if path.extension().is_some_and(|ending| ending == files::PARTIAL) {
                    files::remove_if_there(&path)?;
                }
            }
        }
        Ok(())
    }

    fn receipt_files(&self, job: Job) -> anyhow::Result<Vec<(PathBuf, State)>> {
        let mut files = Vec::new();
        for path in listed(&self.receipts_folder().join(job.folder()))? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if let Some(state) = State::ALL.into_iter().find(|state| name.ends_with(state.ending())) {
                files.push((path, state));
            }
        }
        Ok(files)
    }

    fn receipt_path(&self, receipt: &Receipt, state: State) -> PathBuf {
        let name = format!("{}{}", receipt.receipt_id, state.ending());
        self.receipts_folder().join(receipt.job.folder()).join(name)
    }
}

fn read(path: &Path) -> anyhow::Result<Receipt> {
    let read = || -> anyhow::Result<Receipt> { Ok(serde_json::from_slice(&fs::read(path)?)?) };
    read().with_context(|| format!("reading the receipt {}", path.display()))
}

fn in_order(receipts: &mut [(Receipt, State)]) {
    receipts.sort_by(|(left, _), (right, _)| left.order().cmp(&right.order()));
}
