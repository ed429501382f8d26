//! Rows on their way from files to months, on disk: an archive of any size passes through
//! a bounded amount of memory.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use lake::play::{Credit, Play, Source};
use serde::{Deserialize, Serialize};

use crate::month::Month;

/// How much a thread gathers for one month before it writes.
const GATHER_BYTES: usize = 64 << 10;

/// A row and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Row<'a> {
    /// Which receipt, by its place in the order of the history.
    pub receipt: u32,
    /// Which body of that receipt.
    pub item: u32,
    /// Which row of that body.
    pub ordinal: u32,
    /// What it says.
    #[serde(borrow)]
    pub play: Play<'a>,
    /// Who is credited.
    pub credits: Vec<Credit<'a>>,
}

/// Which rows lie together.
pub(crate) type Shelf = (Source, Month);

/// A folder with one file of rows for each month of each source. It is deleted on drop.
#[derive(Debug)]
pub(crate) struct Buckets {
    folder: PathBuf,
    files: Mutex<BTreeMap<Shelf, File>>,
}

impl Buckets {
    /// Empty buckets in `folder`, which is made, or emptied when a killed run left it.
    ///
    /// # Errors
    /// Any I/O error.
    pub(crate) fn new(folder: PathBuf) -> anyhow::Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("emptying {}", folder.display()))?;
        }
        fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        Ok(Self { folder, files: Mutex::default() })
    }

    /// What one thread puts rows into.
    pub(crate) fn writer(&self) -> Writer<'_> {
        Writer { buckets: self, gathered: BTreeMap::new(), scratch: Vec::new() }
    }

    /// The months that got rows.
    pub(crate) fn shelves(&self) -> Vec<Shelf> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect()
    }

    /// The bytes of one month; [`rows`] reads them.
    ///
    /// # Errors
    /// Any I/O error.
    pub(crate) fn read(&self, shelf: Shelf) -> anyhow::Result<Vec<u8>> {
        let path = path(&self.folder, shelf);
        let mut bytes = Vec::new();
        File::open(&path)
            .and_then(|mut file| file.read_to_end(&mut bytes))
            .with_context(|| format!("reading {}", path.display()))?;
        Ok(bytes)
    }

    fn append(&self, shelf: Shelf, bytes: &[u8]) -> anyhow::Result<()> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let path = path(&self.folder, shelf);
        let file = match files.entry(shelf) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(File::options().create(true).append(true).open(&path)?)
            }
        };
        file.write_all(bytes).with_context(|| format!("writing {}", path.display()))
    }
}

impl Drop for Buckets {
    fn drop(&mut self) {
        // Scratch space: what cannot be deleted now is deleted by the next run.
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// Gathers the rows of one thread.
pub(crate) struct Writer<'b> {
    buckets: &'b Buckets,
    gathered: BTreeMap<Shelf, Vec<u8>>,
    scratch: Vec<u8>,
}

impl Writer<'_> {
    /// Adds a row.
    ///
    /// # Errors
    /// Any I/O error.
    pub(crate) fn push(&mut self, source: Source, row: &Row<'_>) -> anyhow::Result<()> {
        let shelf = (source, Month::of(row.play.at));
        self.scratch.clear();
        self.scratch = postcard::to_extend(row, std::mem::take(&mut self.scratch))?;
        let gathered = self.gathered.entry(shelf).or_default();
        gathered.extend_from_slice(&u32::try_from(self.scratch.len())?.to_le_bytes());
        gathered.extend_from_slice(&self.scratch);
        if gathered.len() >= GATHER_BYTES {
            self.buckets.append(shelf, gathered)?;
            gathered.clear();
        }
        Ok(())
    }

    /// Writes what is gathered.
    ///
    /// # Errors
    /// Any I/O error.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        for (shelf, bytes) in &self.gathered {
            self.buckets.append(*shelf, bytes)?;
        }
        Ok(())
    }
}

/// Reads the rows of one month, borrowing their texts.
///
/// # Errors
/// When the bytes are damaged.
pub(crate) fn rows(mut bytes: &[u8]) -> anyhow::Result<Vec<Row<'_>>> {
    let mut rows = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_le_bytes(*length))?;
        let (row, rest) = rest.split_at_checked(length).context("a row on its way to its month was cut off")?;
        rows.push(postcard::from_bytes(row)?);
        bytes = rest;
    }
    Ok(rows)
}

fn path(folder: &Path, (source, month): Shelf) -> PathBuf {
    folder.join(format!("{}-{month}.rows", source.as_str()))
}
