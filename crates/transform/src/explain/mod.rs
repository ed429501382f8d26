//! Why a play is there: everything that was said about it, by whom, and what was made of it; and where a
//! figure comes from, which is many plays.
//!
//! It reads what is published and the typed tables, never the warehouse, so it waits for nobody.

mod artists;
mod ask;
mod figure;
mod which;
mod words;

use platform::{JobContext, Stop};
use serde::Serialize;

use crate::engine::sources;
use crate::jobs::told;
use crate::query::Reader;
pub use which::Of;

/// How an explanation looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Lines for people.
    Text,
    /// One JSON object.
    Json,
}

/// One play with all that was said about it.
#[derive(Debug, Serialize)]
pub(crate) struct Explanation {
    /// Key of the real play.
    pub(crate) play_id: String,
    /// `play`, `excluded` by a correction, or `not_built_yet`.
    pub(crate) state: &'static str,
    /// The play as it is counted; absent where it is not.
    pub(crate) play: Option<Play>,
    /// Whose it is: everybody credited, the first one first.
    pub(crate) artists: Vec<artists::Credited>,
    /// What was said, the canonical report first.
    pub(crate) observations: Vec<Observation>,
    /// The correction that acts on it.
    pub(crate) corrections: Vec<Correction>,
}

/// What the star schema makes of it.
#[derive(Debug, Serialize)]
pub(crate) struct Play {
    pub(crate) account_id: String,
    pub(crate) account_name: String,
    pub(crate) track_id: String,
    pub(crate) track_name: Option<String>,
    pub(crate) artist_name: Option<String>,
    pub(crate) album_name: Option<String>,
    pub(crate) source: String,
    pub(crate) zone: String,
    pub(crate) started_at: Option<String>,
    pub(crate) ended_at: String,
    pub(crate) ended_local: String,
    pub(crate) is_end_estimated: bool,
    pub(crate) ms_listened: Option<i64>,
    pub(crate) is_estimated: bool,
    pub(crate) is_counted: bool,
    pub(crate) counting_rule: String,
}

/// One statement of a source.
#[derive(Debug, Serialize)]
pub(crate) struct Observation {
    pub(crate) observation_id: String,
    pub(crate) play_id: String,
    /// `canonical`, `duplicate` or `older_version`.
    pub(crate) role: String,
    /// Why it has that role.
    pub(crate) why: String,
    pub(crate) rule: Option<String>,
    pub(crate) distance_s: Option<f64>,
    pub(crate) source: String,
    pub(crate) client: Option<String>,
    pub(crate) clock: Option<String>,
    pub(crate) time_precision: Option<String>,
    pub(crate) time_raw: Option<String>,
    pub(crate) started_at: Option<String>,
    pub(crate) ended_at: Option<String>,
    pub(crate) time_estimated: Option<String>,
    pub(crate) ms_played: Option<i64>,
    pub(crate) track_name: Option<String>,
    pub(crate) artists: Option<String>,
    pub(crate) track_uri: Option<String>,
    pub(crate) raw_id: Option<String>,
    /// The file, in the folder `raw` of the data folder.
    pub(crate) raw_file: Option<String>,
    pub(crate) raw_ordinal: Option<i64>,
    pub(crate) run_id: Option<String>,
    pub(crate) ingested_at: Option<String>,
}

/// A correction that acts on it.
#[derive(Debug, Serialize)]
pub(crate) struct Correction {
    pub(crate) correction_id: String,
    pub(crate) action: String,
    pub(crate) account_name: Option<String>,
    pub(crate) to_account_name: Option<String>,
    pub(crate) reason: Option<String>,
}

/// Explains the play that any of its reports names, by its key or the beginning of it.
///
/// # Errors
/// A [`Stop::Usage`] when nothing is published, or no play or several begin so.
pub fn explain(context: &JobContext, play: &str, format: Format) -> anyhow::Result<String> {
    told(|| {
        let reader = Published::open(context, EXPLAINED_BY)?;
        let found = reader.find(play)?;
        let explanation = reader.explain(&found, &context.data)?;
        match format {
            Format::Json => Ok(serde_json::to_string_pretty(&explanation)?),
            Format::Text => Ok(words::text(&explanation, &context.data.raw())),
        }
    })
}

/// Explains the plays that a figure counts.
///
/// # Errors
/// A [`Stop::Usage`] when nothing is published, or there are no such plays.
pub fn explain_figure(context: &JobContext, of: &Of, format: Format) -> anyhow::Result<String> {
    if of.is_empty() {
        let text = "say which play (a play_id), or which plays: --artist, --track, --album, --genre, --country, \
                    --account, --from, --to";
        return Err(Stop::Usage(text.to_owned()).into());
    }
    told(|| {
        let figure = Published::open(context, EXPLAINED_BY)?.figure(of)?;
        match format {
            Format::Json => Ok(serde_json::to_string_pretty(&figure)?),
            Format::Text => Ok(words::of_figure(&figure)),
        }
    })
}

/// What an explanation needs, in words.
const EXPLAINED_BY: &str = "plays are explained by";

/// The tables that tell of a play.
const NEEDED: &[&str] = &[
    "fct_track_played",
    "dim_account",
    "dim_album",
    "dim_artist",
    "dim_track",
    "bridge_track_artist",
    "rpt_corrected_plays",
    "rpt_play_sources",
];

/// What is published, with the typed tables beside it.
pub(crate) struct Published {
    pub(crate) reader: Reader,
}

impl Published {
    /// Opens it; `needs` are words for what somebody is told who lacks one of the tables.
    pub(crate) fn open(context: &JobContext, needs: &str) -> anyhow::Result<Self> {
        let reader = Reader::open(context)?;
        reader.needs(needs, NEEDED)?;
        let sources = sources::sources(context)?.below(&std::path::absolute(context.data.root())?);
        sources::register_typed(reader.duckdb(), &sources)?;
        Ok(Self { reader })
    }
}
