//! Raw bodies: what a source sent, byte for byte, kept for ever.
//!
//! A body lies under the SHA-256 of its bytes (`raw_id`), compressed with zstd. A receipt
//! says who received which bodies, when and from where; bodies that arrive twice lie there
//! once and are named by two receipts. A body without a receipt is a leftover.

mod body;
mod receipt;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::Context;
use platform::DataDir;

pub use body::{BodyWriter, DamagedBody, HeldBody, StoredBody};
pub use receipt::{Item, Job, Receipt, State};

use crate::place;
use crate::play::Source;

/// The raw files of one account.
#[derive(Debug, Clone)]
pub struct RawStore {
    folder: PathBuf,
}

impl RawStore {
    /// The raw files of `account_id`.
    pub fn new(data: &DataDir, account_id: &str) -> Self {
        Self { folder: data.raw().join(account_id) }
    }

    fn body_path(&self, source: Source, raw_id: &str) -> PathBuf {
        place::of_body(&self.folder, source.as_str(), raw_id)
    }

    fn source_folder(&self, source: Source) -> PathBuf {
        self.folder.join(source.as_str())
    }

    fn receipts_folder(&self) -> PathBuf {
        self.folder.join("receipts")
    }
}

/// The accounts that have a history: at least one receipt that is part of it.
///
/// # Errors
/// Any I/O error; a receipt that cannot be read.
pub fn accounts(data: &DataDir) -> anyhow::Result<BTreeSet<String>> {
    let mut accounts = BTreeSet::new();
    for folder in listed(&data.raw())?.into_iter().filter(|path| path.is_dir()) {
        let store = RawStore { folder };
        if !store.living_receipts(None)?.is_empty() {
            accounts.extend(store.folder.file_name().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    Ok(accounts)
}

/// What lies in a folder; one that is not there is empty.
fn listed(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.with_context(|| format!("listing {}", folder.display()))?,
    };
    entries.map(|entry| Ok(entry?.path())).collect()
}
