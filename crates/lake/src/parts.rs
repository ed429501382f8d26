//! Writing and reading the Parquet parts of a table.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::Context;
use platform::{DataDir, files};
use polars::prelude::{
    DataFrame, DataType, ParallelStrategy, ParquetCompression, ParquetReader, ParquetWriter, SerReader,
};

use polars::polars_utils::compression::ZstdLevel;

use crate::frames;
pub use crate::frames::Cell;
use crate::identity::Id;
use crate::manifest::{self, Manifest, Part, Partition};
use crate::play::{Credit, Play, Source, UnixMs};
use crate::schema::{PLAY_CREDITS, PLAYS, REJECTED, Table};

/// How much is written to a part at once.
const BUFFER_BYTES: usize = 256 << 10;

/// Fast: a higher level saves little on columns that are mostly dictionaries and hashes.
const ZSTD_LEVEL: i32 = 1;

/// A play with its names and its origin: one row of `plays`.
#[derive(Debug, Clone)]
pub struct Observation<'a> {
    /// Names what was said.
    pub observation_id: Id,
    /// Names the event.
    pub play_id: Id,
    /// Who said it.
    pub source: Source,
    /// What was said.
    pub play: &'a Play<'a>,
    /// Who is credited, in order.
    pub credits: &'a [Credit<'a>],
    /// The body it stands in.
    pub raw_id: &'a str,
    /// Which row of that body, from 0.
    pub raw_ordinal: u32,
    /// The run that received the body.
    pub run_id: &'a str,
    /// When the body was received.
    pub ingested_at: UnixMs,
}

/// A row that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Whose statement it would have been.
    pub source: Source,
    /// The file it stands in.
    pub file_name: String,
    /// The body it stands in.
    pub raw_id: String,
    /// Which row of that body, from 0.
    pub raw_ordinal: u32,
    /// Where it begins in that body.
    pub byte_offset: u64,
    /// A short name of the reason, such as `wrong_type`.
    pub reason: String,
    /// The reason in words.
    pub detail: String,
    /// The beginning of the row, personal values masked.
    pub excerpt: String,
    /// The run that received the body.
    pub run_id: String,
    /// When the body was received.
    pub ingested_at: UnixMs,
}

/// The names that a partition holds already.
#[derive(Debug, Default)]
pub struct Known {
    /// Its observations.
    pub observations: HashSet<Id>,
    /// Its plays.
    pub plays: HashSet<Id>,
}

/// Writes observations as one part of `plays`; the caller commits it. `name` must be unique
/// within the partition.
///
/// # Errors
/// Any I/O error.
pub fn write_plays(
    data: &DataDir,
    partition: &Partition,
    name: &str,
    rows: &[Observation<'_>],
) -> anyhow::Result<Part> {
    write(data, &PLAYS, partition, name, frames::plays(&partition.account_id, rows)?)
}

/// Writes the credits of observations as one part of `play_credits`; `None` when there are
/// none.
///
/// # Errors
/// Any I/O error.
pub fn write_credits(
    data: &DataDir,
    partition: &Partition,
    name: &str,
    rows: &[Observation<'_>],
) -> anyhow::Result<Option<Part>> {
    if rows.iter().all(|row| row.credits.is_empty()) {
        return Ok(None);
    }
    write(data, &PLAY_CREDITS, partition, name, frames::play_credits(&partition.account_id, rows)?).map(Some)
}

/// Writes rejected rows as one part of `rejected`.
///
/// # Errors
/// Any I/O error.
pub fn write_rejected(data: &DataDir, partition: &Partition, name: &str, rows: &[Rejection]) -> anyhow::Result<Part> {
    write(data, &REJECTED, partition, name, frames::rejected(&partition.account_id, rows)?)
}

/// Reads the names in one partition of `plays`, two columns only.
///
/// # Errors
/// When a live file is missing or damaged.
pub fn known(data: &DataDir, plays: &Manifest, partition: &Partition) -> anyhow::Result<Known> {
    let mut known = Known::default();
    for part in plays.partition(partition) {
        let frame = read_columns(&manifest::part_path(data, &PLAYS, part), Some(&["observation_id", "play_id"]))?;
        known.observations.extend(frames::read_ids(&frame, "observation_id")?);
        known.plays.extend(frames::read_ids(&frame, "play_id")?);
    }
    Ok(known)
}

/// Goes through the end, the title and the body (`raw_id`) of each play of one part.
///
/// # Errors
/// When the file is missing or damaged.
pub fn titles(data: &DataDir, part: &Part, mut each: impl FnMut(UnixMs, &str, &str)) -> anyhow::Result<()> {
    let frame = read_columns(&manifest::part_path(data, &PLAYS, part), Some(&["ended_at", "track_name", "raw_id"]))?;
    let ended_at = frame.column("ended_at")?.cast(&DataType::Int64)?;
    let (titles, bodies) = (frame.column("track_name")?.str()?, frame.column("raw_id")?.str()?);
    for ((ended_at, title), body) in ended_at.i64()?.iter().zip(titles.iter()).zip(bodies.iter()) {
        if let Some(ended_at) = ended_at {
            each(ended_at.div_euclid(1000), title.unwrap_or_default(), body.unwrap_or_default());
        }
    }
    Ok(())
}

/// How many rows of one part came from which run and which body: `(run_id, raw_id)`.
///
/// # Errors
/// When the file is missing or damaged.
pub fn origins(data: &DataDir, part: &Part) -> anyhow::Result<HashMap<(String, String), u64>> {
    let frame = read_columns(&manifest::part_path(data, &PLAYS, part), Some(&["run_id", "raw_id"]))?;
    let (runs, bodies) = (frame.column("run_id")?.str()?, frame.column("raw_id")?.str()?);
    let mut origins: HashMap<(&str, &str), u64> = HashMap::new();
    for origin in runs.iter().zip(bodies.iter()).filter_map(|(run, body)| run.zip(body)) {
        *origins.entry(origin).or_default() += 1;
    }
    Ok(origins.into_iter().map(|((run, body), rows)| ((run.to_owned(), body.to_owned()), rows)).collect())
}

/// Goes through the excerpts of one part of `rejected`.
///
/// # Errors
/// When the file is missing or damaged.
pub fn excerpts(data: &DataDir, part: &Part, each: impl FnMut(&str)) -> anyhow::Result<()> {
    let frame = read_columns(&manifest::part_path(data, &REJECTED, part), Some(&["excerpt"]))?;
    frame.column("excerpt")?.str()?.iter().flatten().for_each(each);
    Ok(())
}

/// When the plays of one part ended, or began where the end is not known.
///
/// # Errors
/// When the file is missing or damaged.
pub fn ends(data: &DataDir, part: &Part) -> anyhow::Result<Vec<UnixMs>> {
    let frame = read_columns(&manifest::part_path(data, &PLAYS, part), Some(&["started_at", "ended_at"]))?;
    let (starts, ends) = (frame.column("started_at")?.datetime()?, frame.column("ended_at")?.datetime()?);
    let times = starts.physical().iter().zip(ends.physical().iter());
    Ok(times.filter_map(|(start, end)| end.or(start)).map(|micros| micros.div_euclid(1000)).collect())
}

/// Goes through some columns of one part, row by row.
///
/// # Errors
/// When the file is missing or damaged, or has no such column.
pub fn each_row(
    data: &DataDir,
    table: &Table,
    part: &Part,
    columns: &[&str],
    mut each: impl FnMut(&[Cell<'_>]),
) -> anyhow::Result<()> {
    let frame = read_columns(&manifest::part_path(data, table, part), Some(columns))?;
    let mut cells = columns.iter().map(|name| frames::cells(frame.column(name)?)).collect::<Result<Vec<_>, _>>()?;
    let mut row = Vec::with_capacity(columns.len());
    for _ in 0..frame.height() {
        row.extend(cells.iter_mut().map(|column| column.next().unwrap_or(Cell::Null)));
        each(&row);
        row.clear();
    }
    Ok(())
}

/// Reads a whole table in the columns of its current version, whichever versions wrote it.
/// For tests and tools: programs that move data go partition by partition.
///
/// # Errors
/// When a live file is missing or damaged.
pub fn read_table(data: &DataDir, table: &Table) -> anyhow::Result<DataFrame> {
    let mut whole = frames::empty(table);
    for part in &Manifest::read(data, table)?.files {
        whole.vstack_mut_owned(read(data, table, part)?)?;
    }
    Ok(whole)
}

/// Reads a whole part in the columns of the current version of its table, whichever version
/// wrote it.
pub(crate) fn read(data: &DataDir, table: &Table, part: &Part) -> anyhow::Result<DataFrame> {
    frames::conform(&read_columns(&manifest::part_path(data, table, part), None)?, table)
}

pub(crate) fn read_columns(path: &Path, columns: Option<&[&str]>) -> anyhow::Result<DataFrame> {
    let read = || -> anyhow::Result<DataFrame> {
        let columns = columns.map(|names| names.iter().map(ToString::to_string).collect());
        Ok(ParquetReader::new(File::open(path)?)
            .with_columns(columns)
            .read_parallel(ParallelStrategy::None)
            .finish()?)
    };
    read().with_context(|| format!("reading {}", path.display()))
}

pub(crate) fn write(
    data: &DataDir,
    table: &Table,
    partition: &Partition,
    name: &str,
    mut frame: DataFrame,
) -> anyhow::Result<Part> {
    let level = ZstdLevel::try_new(ZSTD_LEVEL)?;
    let relative = partition.folder().join(format!("{name}.parquet"));
    let path = manifest::table_folder(data, table).join(&relative);
    let mut bytes = 0;
    files::write_whole_with(&path, |file| {
        // The writer asks for a few bytes at a time.
        let mut file = BufWriter::with_capacity(BUFFER_BYTES, file);
        bytes = ParquetWriter::new(&mut file)
            .with_compression(ParquetCompression::Zstd(Some(level)))
            .set_parallel(false)
            .finish(&mut frame)
            .map_err(io::Error::other)?;
        file.flush()
    })
    .with_context(|| format!("writing {}", path.display()))?;
    Ok(Part {
        path: relative.to_string_lossy().replace('\\', "/"),
        rows: frame.height() as u64,
        bytes,
        schema_version: table.version,
        partition: partition.clone(),
    })
}
