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

/// Whether a play may have this time.
pub(crate) fn check_time(at: UnixMs, time_raw: &str, received_at: UnixMs) -> Result<(), Reject> {
    if at < EARLIEST || at > received_at.saturating_add(AHEAD_MS) {
        let detail = format!("the time {time_raw:?} is before Spotify existed or in the future");
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
