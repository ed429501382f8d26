//! Which Parquet files of a table are alive. A table changes in one atomic moment: when its
//! manifest is renamed into place. Files that no manifest names are leftovers; what was replaced
//! bears the time at which it was, for readers that hold an older manifest.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{fs, io};

use anyhow::Context;
use chrono::{DateTime, Utc};
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

    /// Makes new parts visible, in one moment; their files are in place and synced. A part that is
    /// there already takes the place of itself, so it may be repeated.
    ///
    /// # Errors
    /// Any I/O error; the table is then as it was.
    pub fn extend(data: &DataDir, table: &Table, add: Vec<Part>) -> anyhow::Result<()> {
        if add.is_empty() {
            return Ok(());
        }
        let _lock = Self::lock(data, table)?;
        let mut manifest = Self::read(data, table)?;
        manifest.add(add);
        manifest.store(data, table)
    }

    /// Puts parts in the place of the live files `gone`, in one moment. Those stay on disk for readers
    /// that still hold the old manifest, marked as replaced `now`.
    ///
    /// # Errors
    /// Any I/O error, and when one of `gone` is not alive: someone else changed the same months.
    /// The table is then as it was.
    pub fn exchange(
        data: &DataDir,
        table: &Table,
        add: Vec<Part>,
        gone: &BTreeSet<String>,
        now: DateTime<Utc>,
    ) -> anyhow::Result<()> {
        if add.is_empty() && gone.is_empty() {
            return Ok(());
        }
        let _lock = Self::lock(data, table)?;
        let mut manifest = Self::read(data, table)?;
        let alive: BTreeSet<&str> = manifest.files.iter().map(|part| part.path.as_str()).collect();
        if let Some(gone) = gone.iter().find(|path| !alive.contains(path.as_str())) {
            anyhow::bail!("{gone} of the table {} was replaced meanwhile: run the same command again", table.name);
        }
        manifest.retire(data, table, now, |part| gone.contains(&part.path))?;
        manifest.add(add);
        manifest.store(data, table)
    }

    /// Puts parts in the place of all live ones whose partition is `gone`, as [`Manifest::exchange`]
    /// does. With `over_damage` the table is made anew: a manifest that nobody can read counts as
    /// empty, and a file that is missing is missed by nobody.
    ///
    /// # Errors
    /// Any I/O error; the table is then as it was.
    pub fn replace(
        data: &DataDir,
        table: &Table,
        add: Vec<Part>,
        over_damage: bool,
        now: DateTime<Utc>,
        gone: impl Fn(&Partition) -> bool,
    ) -> anyhow::Result<()> {
        let _lock = Self::lock(data, table)?;
        let mut manifest = if over_damage { Self::read_or_empty(data, table) } else { Self::read(data, table)? };
        let before = manifest.files.len();
        manifest.retire(data, table, now, |part| gone(&part.partition))?;
        if add.is_empty() && manifest.files.len() == before && !over_damage {
            return Ok(());
        }
        manifest.add(add);
        manifest.store(data, table)
    }

    /// Takes the parts out that are `gone`, and marks their files: from now on each is only for
    /// readers of the old manifest.
    fn retire(
        &mut self,
        data: &DataDir,
        table: &Table,
        now: DateTime<Utc>,
        gone: impl Fn(&Part) -> bool,
    ) -> anyhow::Result<()> {
        for part in self.files.extract_if(.., |part| gone(part)) {
            let path = part_path(data, table, &part);
            let marked =
                fs::File::options().append(true).open(&path).and_then(|file| file.set_modified(SystemTime::from(now)));
            match marked {
                // Whoever makes a table anew may do so because a file was lost.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                other => other.with_context(|| format!("marking {} as replaced", path.display()))?,
            }
        }
        Ok(())
    }

    fn lock(data: &DataDir, table: &Table) -> anyhow::Result<FileLock> {
        Ok(FileLock::wait(&data.lock(&format!("manifest-{}", table.name)))?)
    }

    fn add(&mut self, parts: Vec<Part>) {
        let added: BTreeSet<&str> = parts.iter().map(|part| part.path.as_str()).collect();
        self.files.retain(|part| !added.contains(part.path.as_str()));
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
