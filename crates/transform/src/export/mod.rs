//! Out again: the real plays of an account and a period as a file of a common format.
//!
//! It reads what is published, so that it waits for nobody and what people corrected and masked
//! holds. DuckDB writes row after row, within a bound of memory.

mod plays;

use std::fs::{self, File};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use platform::files::{make_folder_durable, partial_path, put_in_place, remove_if_there};
use platform::{JobContext, Stop, Summary, progress};

use crate::engine::sql::path_literal;
use crate::explain::Published;
use crate::jobs::told;
use crate::period::Period;
use plays::{Choice, Counts};

/// What DuckDB may use where the settings say nothing: the rest goes through the disk.
const MEMORY: &str = "256MB";

/// How exported plays look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Comma-separated values with a header line.
    Csv,
    /// One JSON array of objects.
    Json,
    /// Parquet, for programs that read tables.
    Parquet,
    /// A line of JSON for each listen, as ListenBrainz takes and gives them.
    Listenbrainz,
}

/// What to export, and where to.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Request {
    /// What the file is [default: by the ending of FILE (.csv, .json, .parquet, .jsonl), else csv]
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Whose plays [default: everyone's; a file for ListenBrainz is of one account]
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// When the plays ended
    #[command(flatten)]
    pub period: Period,
    /// The file to write [default: stdout]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace the file when it is there already
    #[arg(long, requires = "output")]
    pub force: bool,
}

/// Writes the file that the request names: whole, or not at all.
///
/// # Errors
/// A [`Stop::Usage`] when nothing is published, nobody has that name, there are no such plays, or
/// the file is there already; I/O errors.
pub fn to_file(context: &JobContext, request: &Request, path: &Path) -> anyhow::Result<Summary> {
    format(request)?;
    if path.is_dir() {
        return Err(Stop::Usage(format!("{} is a folder: name a file in it", path.display())).into());
    }
    if path.exists() && !request.force {
        return Err(Stop::Usage(format!("{} is there already: --force replaces it", path.display())).into());
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    make_folder_durable(folder).with_context(|| format!("making {}", folder.display()))?;
    let partial = partial_path(path);
    let written = write(context, request, &partial).and_then(|counts| {
        File::options().write(true).open(&partial)?.sync_all()?;
        put_in_place(&partial, path).with_context(|| format!("putting {} in place", path.display()))?;
        Ok(counts)
    });
    if written.is_err() {
        remove_if_there(&partial)?;
    }
    let counts = written?;
    let bytes = fs::metadata(path)?.len();
    Ok(counts.summary(path, bytes))
}

/// Writes the plays to `out`, or returns them where a terminal reads them.
///
/// # Errors
/// As [`to_file`].
pub fn to_stdout(context: &JobContext, request: &Request) -> anyhow::Result<String> {
    if format(request)? == Format::Parquet {
        return Err(Stop::Usage("Parquet is no text: name a file with --output".to_owned()).into());
    }
    // Whole before the first byte of it is told, so that nobody takes a part for everything.
    let scratch = tempfile::Builder::new().prefix("music-tracker-export-").tempdir()?;
    let file = scratch.path().join("plays");
    let counts = write(context, request, &file)?;
    tracing::info!("{}", counts.text());
    if io::stdout().is_terminal() {
        return Ok(fs::read_to_string(&file)?);
    }
    let mut out = io::stdout().lock();
    match io::copy(&mut File::open(&file)?, &mut out).and_then(|_| out.flush()) {
        // Nobody wants the rest (`| head`).
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(String::new()),
        other => other.map(|()| String::new()).context("writing to stdout"),
    }
}

fn write(context: &JobContext, request: &Request, path: &Path) -> anyhow::Result<Counts> {
    told(|| {
        let published = Published::open(context, "an export needs")?;
        let duckdb = published.reader.duckdb();
        if context.settings.transform.memory_limit.is_none() {
            duckdb.execute_batch(&format!("set memory_limit = '{MEMORY}'"))?;
        }
        let format = format(request)?;
        let bar = progress::count_bar(2, "finding the plays");
        let choice = Choice::of(&published.reader, request, format)?;
        let counts = choice.counts(&published.reader)?;
        bar.inc(1);
        bar.set_message("writing them");
        let options = match format {
            Format::Csv => "format csv, header true, compression none",
            Format::Json => "format json, array true, compression none",
            Format::Listenbrainz => "format json, compression none",
            Format::Parquet => "format parquet, compression zstd",
        };
        let copy = format!("copy ({}) to {} ({options})", choice.query(), path_literal(path));
        duckdb.execute_batch(&copy).with_context(|| format!("writing {}", path.display()))?;
        bar.inc(1);
        bar.finish_and_clear();
        Ok(counts)
    })
}

/// What the endings of files say.
const ENDINGS: [(&str, Format); 4] =
    [("csv", Format::Csv), ("json", Format::Json), ("parquet", Format::Parquet), ("jsonl", Format::Listenbrainz)];

/// As it was asked for, else as the file is called.
fn format(request: &Request) -> Result<Format, Stop> {
    let ending = request.output.as_deref().and_then(Path::extension).map(|ending| ending.to_string_lossy());
    let (None, Some(ending)) = (request.format, ending) else { return Ok(request.format.unwrap_or(Format::Csv)) };
    let known = ENDINGS.iter().find(|(known, _)| ending.eq_ignore_ascii_case(known));
    known.map(|(_, format)| *format).ok_or_else(|| {
        let known = ENDINGS.map(|(known, _)| format!(".{known}")).join(", ");
        Stop::Usage(format!(
            "nobody knows here what a .{ending} file is: the endings are {known} (for ListenBrainz); --format says what \
             a file of another name is to hold"
        ))
    })
}
