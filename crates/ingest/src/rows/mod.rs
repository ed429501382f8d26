//! From bytes of an export to plays: masking, finding rows, reading them.

pub mod account_data;
pub mod extended;
pub mod mask;
pub mod pump;
pub mod scan;

use lake::play::{Credit, Play, UnixMs};

/// Nothing was streamed before Spotify was founded.
const EARLIEST: UnixMs = 1_145_750_400_000; // 2006-04-23

/// Clocks of devices run ahead, but not by more than this.
const AHEAD_MS: i64 = 2 * 24 * 60 * 60 * 1000;

/// A play of one sitting is not longer than a month.
const LONGEST_MS: i64 = 31 * 24 * 60 * 60 * 1000;

/// Why a row was not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// A short name, the same in every report.
    pub reason: &'static str,
    /// In words, with the value.
    pub detail: String,
}

impl Reject {
    pub(crate) fn new(reason: &'static str, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}

/// A row that is well-formed.
pub struct Read<'a> {
    /// The play, or why it cannot be one.
    pub play: Result<Play<'a>, Reject>,
    /// Who is credited, where the source says so.
    pub credits: Vec<Credit<'a>>,
    /// A key that this program does not know.
    pub unknown_key: Option<lake::text::Text<'a>>,
}

/// Nothing was scrobbled before Audioscrobbler was founded, which became Last.fm.
const EARLIEST_LISTEN: UnixMs = 1_009_843_200_000; // 2002-01-01

/// Whether a play on Spotify may have this time.
pub(crate) fn check_time(at: UnixMs, time_raw: &str, received_at: UnixMs) -> Result<(), Reject> {
    check_range(at, time_raw, EARLIEST, received_at)
}

/// Whether a listen may have this time.
pub(crate) fn check_listen_time(at: UnixMs, time_raw: &str, received_at: UnixMs) -> Result<(), Reject> {
    check_range(at, time_raw, EARLIEST_LISTEN, received_at)
}

fn check_range(at: UnixMs, time_raw: &str, earliest: UnixMs, received_at: UnixMs) -> Result<(), Reject> {
    if at < earliest || at > received_at.saturating_add(AHEAD_MS) {
        let detail = format!("the time {time_raw:?} is before there was anything to tell of it, or in the future");
        return Err(Reject::new("time_out_of_range", detail));
    }
    Ok(())
}

/// Whether a play, or a recording, may last so long.
pub(crate) fn check_length(ms: i64) -> Result<(), Reject> {
    if !(0..=LONGEST_MS).contains(&ms) {
        return Err(Reject::new("wrong_value", format!("a length of {ms} ms is impossible")));
    }
    Ok(())
}
