//! Rows on their way from files to months, on disk: an archive of any size passes through
//! a bounded amount of memory.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufReader, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use lake::identity;
use lake::play::{Credit, Play, Source, UnixMs};
use serde::{Deserialize, Serialize};

use crate::month::Month;

/// How much a thread gathers for one month before it writes.
const GATHER_BYTES: usize = 64 << 10;

/// How much a thread gathers for all months together before it writes.
const GATHER_ALL_BYTES: usize = 4 << 20;

/// How much of a month is settled at once, about 4,500 rows; a longer month is cut into
/// pieces.
const PIECE_BYTES: u64 = 1 << 20;

/// The file whose age tells when the run began that owns the folder.
pub(crate) const BEGUN: &str = "begun";

/// In front of each row stands its length.
const LENGTH_BYTES: usize = 4;

/// So many files may be open at once: decades of months in several sources are more than some
/// systems let a program open.
const MOST_OPEN: usize = 64;

/// A month is cut into so many pieces at most, all of which are open then.
const MAX_PIECES: usize = 64;

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
    files: Mutex<Files>,
}

#[derive(Debug, Default)]
struct Files {
    spans: BTreeMap<Shelf, Span>,
    /// Those that are written to at the moment.
    open: BTreeMap<Shelf, File>,
}

/// From the first to the last of some instants, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    first: UnixMs,
    last: UnixMs,
}

impl Span {
    /// No instant at all.
    pub(crate) const EMPTY: Self = Self { first: UnixMs::MAX, last: UnixMs::MIN };

    /// Makes room for an instant.
    pub(crate) fn add(&mut self, at: UnixMs) {
        (self.first, self.last) = (self.first.min(at), self.last.max(at));
    }

    /// Makes room for another span.
    fn join(&mut self, other: Self) {
        (self.first, self.last) = (self.first.min(other.first), self.last.max(other.last));
    }

    /// Its first and its last instant, if it has any.
    pub(crate) fn bounds(self) -> Option<(UnixMs, UnixMs)> {
        (self.first <= self.last).then_some((self.first, self.last))
    }

    /// What both have.
    pub(crate) fn meet(self, other: Self) -> Self {
        Self { first: self.first.max(other.first), last: self.last.min(other.last) }
    }

    /// Whether an instant lies in it.
    pub(crate) fn has(self, at: UnixMs) -> bool {
        (self.first..=self.last).contains(&at)
    }
}

impl Default for Span {
    fn default() -> Self {
        Self::EMPTY
    }
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
        File::create(folder.join(BEGUN)).with_context(|| format!("marking {}", folder.display()))?;
        Ok(Self { folder, files: Mutex::default() })
    }

    /// What one thread puts rows into.
    pub(crate) fn writer(&self) -> Writer<'_> {
        Writer { buckets: self, gathered: BTreeMap::new(), bytes: 0 }
    }

    /// The months that got rows.
    pub(crate) fn shelves(&self) -> Vec<Shelf> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).spans.keys().copied().collect()
    }

    /// From the first to the last row of one month.
    pub(crate) fn span(&self, shelf: Shelf) -> Span {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).spans.get(&shelf).copied().unwrap_or_default()
    }

    /// The files of one month, of which [`rows`] reads one at a time. Rows of equal keys are
    /// never parted.
    ///
    /// # Errors
    /// Any I/O error.
    pub(crate) fn pieces(&self, shelf: Shelf) -> anyhow::Result<Vec<PathBuf>> {
        let whole = path(&self.folder, shelf);
        let pieces = usize::try_from(fs::metadata(&whole)?.len() / PIECE_BYTES + 1)?.min(MAX_PIECES);
        if pieces == 1 {
            return Ok(vec![whole]);
        }
        cut(&whole, pieces).with_context(|| format!("cutting {}", whole.display()))
    }

    fn append(&self, shelf: Shelf, gathered: &Gathered) -> anyhow::Result<()> {
        let mut guard = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let files = &mut *guard;
        files.spans.entry(shelf).or_default().join(gathered.span);
        let path = path(&self.folder, shelf);
        let mut write = || -> std::io::Result<()> {
            if files.open.len() >= MOST_OPEN && !files.open.contains_key(&shelf) {
                files.open.clear();
            }
            let file = match files.open.entry(shelf) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(entry) => entry.insert(File::options().create(true).append(true).open(&path)?),
            };
            file.write_all(&gathered.bytes)
        };
        write().with_context(|| format!("writing {}", path.display()))
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
    gathered: BTreeMap<Shelf, Gathered>,
    bytes: usize,
}

/// Rows of one month that are not written yet.
struct Gathered {
    bytes: Vec<u8>,
    span: Span,
}

impl Writer<'_> {
    /// Adds a row.
    ///
    /// # Errors
    /// Any I/O error.
    pub(crate) fn push(&mut self, source: Source, row: &Row<'_>) -> anyhow::Result<()> {
        let shelf = (source, Month::of(row.play.at));
        let gathered = self.gathered.entry(shelf).or_insert_with(|| Gathered { bytes: Vec::new(), span: Span::EMPTY });
        gathered.span.add(row.play.at);
        let bytes = &mut gathered.bytes;
        let start = bytes.len();
        bytes.extend_from_slice(&[0; LENGTH_BYTES]);
        *bytes = postcard::to_extend(row, std::mem::take(bytes))?;
        let length = u32::try_from(bytes.len() - start - LENGTH_BYTES)?;
        bytes[start..start + LENGTH_BYTES].copy_from_slice(&length.to_le_bytes());
        self.bytes += bytes.len() - start;
        if bytes.len() >= GATHER_BYTES {
            self.bytes -= bytes.len();
            self.buckets.append(shelf, gathered)?;
            gathered.bytes.clear();
        } else if self.bytes >= GATHER_ALL_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    /// Writes what is gathered.
    ///
    /// # Errors
    /// Any I/O error.
    pub(crate) fn finish(mut self) -> anyhow::Result<()> {
        self.flush()
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        self.bytes = 0;
        for (shelf, gathered) in std::mem::take(&mut self.gathered) {
            self.buckets.append(shelf, &gathered)?;
        }
        Ok(())
    }
}

/// Deals the rows of a file out to `pieces` files by their keys.
fn cut(whole: &Path, pieces: usize) -> anyhow::Result<Vec<PathBuf>> {
    let paths: Vec<_> = (1..=pieces).map(|piece| whole.with_extension(piece.to_string())).collect();
    let mut files =
        paths.iter().map(|path| Ok(BufWriter::new(File::create(path)?))).collect::<anyhow::Result<Vec<_>>>()?;
    let mut input = BufReader::new(File::open(whole)?);
    let (mut length, mut row) = ([0; LENGTH_BYTES], Vec::new());
    loop {
        match input.read_exact(&mut length) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => break,
            other => other?,
        }
        row.resize(u32::from_le_bytes(length) as usize, 0);
        input.read_exact(&mut row)?;
        let mut hasher = DefaultHasher::new();
        identity::key(&postcard::from_bytes::<Row<'_>>(&row)?.play).hash(&mut hasher);
        let file = &mut files[usize::try_from(hasher.finish() % pieces as u64)?];
        file.write_all(&length)?;
        file.write_all(&row)?;
    }
    files.iter_mut().try_for_each(BufWriter::flush)?;
    Ok(paths)
}

/// Reads the rows of a piece of a month, borrowing their texts.
///
/// # Errors
/// When the bytes are damaged.
pub(crate) fn rows(mut bytes: &[u8]) -> anyhow::Result<Vec<Row<'_>>> {
    let mut encoded = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<LENGTH_BYTES>() {
        let length = usize::try_from(u32::from_le_bytes(*length))?;
        let (row, rest) = rest.split_at_checked(length).context("a row on its way to its month was cut off")?;
        encoded.push(row);
        bytes = rest;
    }
    // Rows are large: a list that grows would hold them twice.
    let mut rows = Vec::with_capacity(encoded.len());
    for row in encoded {
        rows.push(postcard::from_bytes(row)?);
    }
    Ok(rows)
}

fn path(folder: &Path, (source, month): Shelf) -> PathBuf {
    folder.join(format!("{}-{month}.rows", source.as_str()))
}
