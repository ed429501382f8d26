//! Which Parquet files of a table are alive. A table changes in one atomic moment: when its
//! manifest is renamed into place. Files that no manifest names are leftovers.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::Context;
use platform::DataDir;
use platform::files::{self, FileLock};
use serde::{Deserialize, Serialize};

use crate::schema::Table;

const FORMAT: u32 = 1;

/// The part of a table that one month of one source of one account makes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Partition {
    /// Whose.
    pub account_id: String,
    /// From where, such as `spotify_export`.
    pub source: String,
    /// The UTC month, `YYYY-MM`.
    pub month: String,
}

impl Partition {
    /// The folder of the partition, relative to the table's.
    pub fn folder(&self) -> PathBuf {
        [&self.account_id, &self.source, &self.month].iter().collect()
    }
}

/// A live file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Relative to the table's folder, with forward slashes.
    pub path: String,
    /// Rows in it.
    pub rows: u64,
    /// Its size.
    pub bytes: u64,
    /// The version of the table's schema it was written with.
    pub schema_version: u32,
    /// Where it belongs.
    #[serde(flatten)]
    pub partition: Partition,
}

/// The live files of one table.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    format: u32,
    /// Grows by one with each change.
    pub generation: u64,
    /// In order of path.
    pub files: Vec<Part>,
}

/// A change of a table: parts that come, and parts that go.
#[derive(Debug, Default)]
pub struct Commit {
    /// New files, already in place and synced.
    pub add: Vec<Part>,
    /// Paths of files that are no longer alive; they must be until then. They stay on disk
    /// for readers that still hold the old manifest.
    pub remove: BTreeSet<String>,
}

impl Commit {
    /// Nothing to do.
    pub fn is_empty(&self) -> bool {
        self.add.is_empty() && self.remove.is_empty()
    }
}

impl Manifest {
    /// Reads the manifest of `table`; a table that was never written has none and is empty.
    ///
    /// # Errors
    /// When the file cannot be read, or a newer program wrote it.
    pub fn read(data: &DataDir, table: &Table) -> anyhow::Result<Self> {
        let path = manifest_path(data, table);
        let read = || -> anyhow::Result<Self> {
            let bytes = match fs::read(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Ok(Self { format: FORMAT, generation: 0, files: Vec::new() });
                }
                other => other?,
            };
            let manifest: Self = serde_json::from_slice(&bytes)?;
            anyhow::ensure!(manifest.format == FORMAT, "format {} is not known here", manifest.format);
            Ok(manifest)
        };
        read().with_context(|| format!("reading the manifest {}", path.display()))
    }

    /// Reads the manifest as [`Manifest::read`] does, but takes one that is damaged for empty.
    pub fn read_or_empty(data: &DataDir, table: &Table) -> Self {
        Self::read(data, table).unwrap_or_else(|error| {
            tracing::warn!("{error:#}; the table is made anew");
            Self { format: FORMAT, generation: 0, files: Vec::new() }
        })
    }

    /// Live files of one partition.
    pub fn partition<'m>(&'m self, partition: &'m Partition) -> impl Iterator<Item = &'m Part> {
        self.files.iter().filter(move |part| part.partition == *partition)
    }

    /// Makes a change visible, in one moment. Adding a path again replaces its entry, so a
    /// commit may be repeated.
    ///
    /// # Errors
    /// Any I/O error, and when a file to remove is not alive: someone else changed the same
    /// months. The table is then as it was.
    pub fn commit(data: &DataDir, table: &Table, commit: Commit) -> anyhow::Result<()> {
        if commit.is_empty() {
            return Ok(());
        }
        let _lock = Self::lock(data, table)?;
        let mut manifest = Self::read(data, table)?;
        let alive: BTreeSet<&str> = manifest.files.iter().map(|part| part.path.as_str()).collect();
        if let Some(gone) = commit.remove.iter().find(|path| !alive.contains(path.as_str())) {
            anyhow::bail!("{gone} of the table {} was replaced meanwhile: run the same command again", table.name);
        }
        let added: BTreeSet<&str> = commit.add.iter().map(|part| part.path.as_str()).collect();
        manifest.files.retain(|part| !commit.remove.contains(&part.path) && !added.contains(part.path.as_str()));
        manifest.add(commit.add);
        manifest.store(data, table)
    }

    /// Makes parts visible in place of all live ones that are `gone`, in one moment. With
    /// `over_damage` the table is made anew: a manifest that nobody can read counts as empty.
    ///
    /// # Errors
    /// Any I/O error; the table is then as it was.
    pub fn replace(
        data: &DataDir,
        table: &Table,
        add: Vec<Part>,
        over_damage: bool,
        gone: impl Fn(&Partition) -> bool,
    ) -> anyhow::Result<()> {
        let _lock = Self::lock(data, table)?;
        let mut manifest = if over_damage { Self::read_or_empty(data, table) } else { Self::read(data, table)? };
        let before = manifest.files.len();
        manifest.files.retain(|part| !gone(&part.partition));
        if add.is_empty() && manifest.files.len() == before && !over_damage {
            return Ok(());
        }
        manifest.add(add);
        manifest.store(data, table)
    }

    fn lock(data: &DataDir, table: &Table) -> anyhow::Result<FileLock> {
        Ok(FileLock::wait(&data.lock(&format!("manifest-{}", table.name)))?)
    }

    fn add(&mut self, parts: Vec<Part>) {
        self.files.extend(parts);
        self.files.sort_by(|left, right| left.path.cmp(&right.path));
    }

    fn store(mut self, data: &DataDir, table: &Table) -> anyhow::Result<()> {
        self.generation += 1;
        let path = manifest_path(data, table);
        files::write_whole(&path, &serde_json::to_vec_pretty(&self)?)
            .with_context(|| format!("writing the manifest {}", path.display()))
    }
}

/// The folder of a table.
pub fn table_folder(data: &DataDir, table: &Table) -> PathBuf {
    data.src().join(table.name)
}

/// Where a part lies.
pub fn part_path(data: &DataDir, table: &Table, part: &Part) -> PathBuf {
    table_folder(data, table).join(Path::new(&part.path))
}

fn manifest_path(data: &DataDir, table: &Table) -> PathBuf {
    table_folder(data, table).join("manifest.json")
}
