//! Is this someone else's export? Two histories of one person agree where they overlap; of
//! two persons they do not.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::AddAssign;

use lake::manifest::{Manifest, Partition};
use lake::parts;
use lake::play::{Clock, UnixMs};
use lake::raw::{Job, RawStore};
use platform::DataDir;

use crate::buckets::{Row, Span};
use crate::settle::{Origins, is_video, parted};

/// Below this many plays on either side chance decides.
pub(crate) const ENOUGH: u64 = 50;

/// Hardly any track is longer.
const LONGEST_MS: i64 = 600_000;

/// How the incoming rows of some months agree with what is known of the same time. Only the
/// time that both sides cover counts: two halves of one history do not contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Overlap {
    /// Incoming rows in that time.
    pub incoming: u64,
    /// Known observations in that time.
    pub known: u64,
    /// Incoming rows that end in the same minute, or the next, as a known one of that title, or could.
    pub agreeing: u64,
}

impl AddAssign for Overlap {
    fn add_assign(&mut self, other: Self) {
        self.incoming += other.incoming;
        self.known += other.known;
        self.agreeing += other.agreeing;
    }
}

impl Overlap {
    /// Whether a person should be asked: there is enough on both sides, and under a tenth
    /// of the smaller side agrees.
    pub(crate) fn is_suspicious(&self) -> bool {
        let smaller = self.incoming.min(self.known);
        smaller >= ENOUGH && self.agreeing * 10 < smaller
    }

    /// Compares some rows of the month with what is known of it.
    pub(crate) fn add_rows(&mut self, rows: &[Row<'_>], origins: &Origins, titles: &Titles) {
        // A music video is told by no other file: that it agrees with nothing says nothing.
        let compares = |row: &&Row<'_>| !origins[row.receipt as usize][row.item as usize].is_video;
        for row in rows.iter().filter(compares).filter(|row| titles.shared.has(row.play.at)) {
            let (at, title) = (row.play.at, row.play.track_name.as_deref().unwrap_or_default());
            // What is known are ends; of a listen only the start may be told, and how long the track is.
            let latest = match row.play.clock {
                Clock::End => 1,
                Clock::Start => 1 + row.play.duration_ms.unwrap_or(LONGEST_MS).clamp(0, LONGEST_MS) / 60_000,
            };
            let agrees = (-1..=latest).any(|minutes| titles.moments.contains(&moment(at, minutes, title)));
            self.incoming += 1;
            self.agreeing += u64::from(agrees);
        }
    }
}

/// The bodies of music videos that were imported. No other file tells them again, so what is known
/// of them is compared with nothing, like the videos that come in.
///
/// # Errors
/// When a receipt cannot be read.
pub(crate) fn videos(raw: &RawStore) -> anyhow::Result<HashSet<String>> {
    let items = raw.living_receipts(Some(Job::Import))?.into_iter().flat_map(|receipt| receipt.items);
    Ok(items.filter(|item| is_video(parted(&item.name).1)).map(|item| item.raw_id).collect())
}

/// What is known of an account in one month, from whatever source: which titles ended when.
#[derive(Debug)]
pub(crate) struct Titles {
    /// The time that the incoming rows cover as well.
    shared: Span,
    plays: u64,
    moments: HashSet<u64>,
}

impl Titles {
    /// Nothing is known.
    pub(crate) fn none() -> Self {
        Self { shared: Span::EMPTY, plays: 0, moments: HashSet::new() }
    }

    /// Reads them, without those of the bodies `videos`; `incoming` is the time that the incoming rows
    /// of the month cover.
    ///
    /// # Errors
    /// When a live file is missing or damaged.
    pub(crate) fn known(
        data: &DataDir,
        plays: &Manifest,
        partition: &Partition,
        incoming: Span,
        videos: &HashSet<String>,
    ) -> anyhow::Result<Self> {
        let mut titles = Self::none();
        let mut covered = Span::EMPTY;
        let same_month = |part: &&lake::Part| {
            part.partition.account_id == partition.account_id && part.partition.month == partition.month
        };
        for part in plays.files.iter().filter(same_month) {
            parts::titles(data, part, |ended_at, title, raw_id| {
                if videos.contains(raw_id) {
                    return;
                }
                covered.add(ended_at);
                titles.plays += u64::from(incoming.has(ended_at));
                titles.moments.insert(moment(ended_at, 0, title));
            })?;
        }
        titles.shared = covered.meet(incoming);
        Ok(titles)
    }

    /// An overlap without any incoming row.
    pub(crate) fn overlap(&self) -> Overlap {
        Overlap { known: self.plays, ..Overlap::default() }
    }
}

/// A title that ended in a minute, some minutes after that of `at`.
pub(crate) fn moment(at: UnixMs, minutes: i64, title: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (at.div_euclid(60_000) + minutes, title.to_lowercase()).hash(&mut hasher);
    hasher.finish()
}
