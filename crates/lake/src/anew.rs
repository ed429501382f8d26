//! Which accounts a table that is being made anew still lacks. Typed tables hold everybody, but
//! are made anew one account at a time: killed in between, they are sound, and short.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::{fs, io};

use anyhow::Context;
use platform::DataDir;
use platform::files::{self, FileLock};

use crate::manifest::Manifest;
use crate::schema::{PLAYS, TABLES};

/// The accounts whose raw files are not in the typed tables yet; empty in ordinary times.
///
/// # Errors
/// When the note of them cannot be read.
pub fn missing(data: &DataDir) -> anyhow::Result<BTreeSet<String>> {
    let path = note(data);
    match fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeSet::new()),
        other => other.map_err(anyhow::Error::from).and_then(|bytes| Ok(serde_json::from_slice(&bytes)?)),
    }
    .with_context(|| format!("reading {}", path.display()))
}

/// Notes `accounts` before the first of them is written over tables that are gone or damaged.
///
/// # Errors
/// Any I/O error.
pub fn begin(data: &DataDir, accounts: impl FnOnce() -> anyhow::Result<BTreeSet<String>>) -> anyhow::Result<()> {
    let _lock = lock(data)?;
    let is_lost = Manifest::read(data, &PLAYS).is_ok_and(|plays| plays.generation == 0)
        || TABLES.iter().any(|table| Manifest::read(data, table).is_err());
    // Who is noted already was lost by an earlier run, and stays so until it is its turn.
    if is_lost { write(data, &accounts()?) } else { Ok(()) }
}

/// Strikes out an account whose tables are complete, or that is no more.
///
/// # Errors
/// Any I/O error.
pub fn is_there(data: &DataDir, account_id: &str) -> anyhow::Result<()> {
    let _lock = lock(data)?;
    let mut accounts = missing(data)?;
    if accounts.remove(account_id) { write(data, &accounts) } else { Ok(()) }
}

fn write(data: &DataDir, accounts: &BTreeSet<String>) -> anyhow::Result<()> {
    let path = note(data);
    if accounts.is_empty() {
        return Ok(files::remove_if_there(&path)?);
    }
    files::write_whole(&path, &serde_json::to_vec(accounts)?).with_context(|| format!("writing {}", path.display()))
}

fn lock(data: &DataDir) -> anyhow::Result<FileLock> {
    Ok(FileLock::wait(&data.lock("anew"))?)
}

fn note(data: &DataDir) -> PathBuf {
    data.src().join("accounts-missing.json")
}
