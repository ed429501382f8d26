//! Many small parts become one a month. Readers notice nothing: the manifest swaps them in
//! one moment, and the replaced files stay a day from then on.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use std::{fs, io};

use anyhow::Context;
use chrono::{DateTime, Utc};
use platform::DataDir;
use platform::files::PARTIAL;

use crate::manifest::{self, Manifest, Part, Partition};
use crate::parts;
use crate::schema::Table;

/// How long a file that is no longer alive stays for readers of an older manifest.
const GRACE: Duration = Duration::from_hours(24);

/// A month of more parts than this is merged by whoever adds one: all of them are read to tell
/// what is new.
const MOST_PARTS: usize = 16;

/// What a compaction did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Compacted {
    /// Partitions that had several parts.
    pub partitions: u64,
    /// Parts that were merged.
    pub parts: u64,
}

/// Merges the parts of each partition of an account in `table` that has several. `name` names
/// the new parts and must be new; the caller holds the account. Kill it anywhere: the table is
/// as before or as after.
///
/// # Errors
/// When a live file is missing or damaged; what was merged before stays merged.
pub fn compact(
    data: &DataDir,
    table: &Table,
    account_id: &str,
    name: &str,
    now: DateTime<Utc>,
) -> anyhow::Result<Compacted> {
    let manifest = Manifest::read(data, table)?;
    let mut by_partition: BTreeMap<&Partition, Vec<&Part>> = BTreeMap::new();
    for part in manifest.files.iter().filter(|part| part.partition.account_id == account_id) {
        by_partition.entry(&part.partition).or_default().push(part);
    }
    let mut done = Compacted::default();
    for (partition, parts) in by_partition.into_iter().filter(|(_, parts)| parts.len() > 1) {
        merge(data, table, partition, &parts, name, now)?;
        done.partitions += 1;
        done.parts += parts.len() as u64;
    }
    Ok(done)
}

/// Merges the parts of one partition once there are many, as [`compact`] does, and deletes what
/// was replaced there more than a day ago.
///
/// # Errors
/// When a live file is missing or damaged; the table is then as it was.
pub fn keep_few(
    data: &DataDir,
    table: &Table,
    partition: &Partition,
    name: &str,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let manifest = Manifest::read(data, table)?;
    let parts: Vec<&Part> = manifest.partition(partition).collect();
    if parts.len() > MOST_PARTS {
        merge(data, table, partition, &parts, name, now)?;
        sweep_below(data, table, &manifest::table_folder(data, table).join(partition.folder()), now)?;
    }
    Ok(())
}

fn merge(
    data: &DataDir,
    table: &Table,
    partition: &Partition,
    parts: &[&Part],
    name: &str,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let Some((first, others)) = parts.split_first() else { return Ok(()) };
    let mut merged = parts::read(data, table, first)?;
    for part in others {
        merged.vstack_mut_owned(parts::read(data, table, part)?)?;
    }
    let part = parts::write(data, table, partition, name, merged)?;
    let gone = parts.iter().map(|part| part.path.clone()).collect();
    Manifest::exchange(data, table, vec![part], &gone, now)
}

/// Deletes files of the table's folder that no manifest names and that are older than a day.
///
/// # Errors
/// Any I/O error.
pub fn sweep(data: &DataDir, table: &Table, now: DateTime<Utc>) -> anyhow::Result<u64> {
    sweep_below(data, table, &manifest::table_folder(data, table), now)
}

/// The same in what belongs to one account.
///
/// # Errors
/// Any I/O error.
pub fn sweep_account(data: &DataDir, table: &Table, account_id: &str, now: DateTime<Utc>) -> anyhow::Result<u64> {
    sweep_below(data, table, &manifest::table_folder(data, table).join(account_id), now)
}

fn sweep_below(data: &DataDir, table: &Table, folder: &Path, now: DateTime<Utc>) -> anyhow::Result<u64> {
    let alive: HashSet<PathBuf> =
        Manifest::read(data, table)?.files.iter().map(|part| manifest::part_path(data, table, part)).collect();
    let is_old = |path: &Path| -> io::Result<bool> {
        let age = SystemTime::from(now).duration_since(fs::metadata(path)?.modified()?);
        Ok(age.is_ok_and(|age| age > GRACE))
    };
    let mut swept = 0;
    for path in files_below(folder).with_context(|| format!("listing {}", folder.display()))? {
        let leftover = path.extension().is_some_and(|ending| ending == "parquet" || ending == PARTIAL);
        if leftover && !alive.contains(&path) && is_old(&path)? {
            fs::remove_file(&path).with_context(|| format!("deleting {}", path.display()))?;
            swept += 1;
        }
    }
    Ok(swept)
}

fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(files),
        other => other?,
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            files.extend(files_below(&entry.path())?);
        } else {
            files.push(entry.path());
        }
    }
    Ok(files)
}
