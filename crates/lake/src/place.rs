//! Where a raw body lies, also for programs that only point at it.

use std::path::{Path, PathBuf};

/// The file of a body, in the folder of its account below `data/raw`.
pub fn of_body(account_folder: &Path, source: &str, raw_id: &str) -> PathBuf {
    account_folder.join(source).join(raw_id.get(..2).unwrap_or("__")).join(format!("{raw_id}.zst"))
}
