//! Is this someone else's export? Two histories of one person agree where they overlap; of
//! two persons they do not.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::AddAssign;

use lake::manifest::{Manifest, Partition};
use lake::parts;
use lake::play::UnixMs;
use platform::DataDir;

use crate::buckets::Row;

/// Below this many plays on either side chance decides.
const ENOUGH: u64 = 50;

/// How the incoming rows of some months agree with what is known of the same months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Overlap {
    /// Incoming rows in months that are known.
    pub incoming: u64,
    /// Known observations in those months.
    pub known: u64,
    /// Incoming rows that end in the same minute, or the next, as a known one of that title.
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
    pub(crate) fn add_rows(&mut self, rows: &[Row<'_>], titles: &Titles) {
        if titles.plays == 0 {
            return;
        }
        let agrees = |row: &&Row<'_>| {
            let (at, title) = (row.play.at, row.play.track_name.as_deref().unwrap_or_default());
            (-1..=1).any(|minutes| titles.moments.contains(&moment(at, minutes, title)))
        };
        self.incoming += rows.len() as u64;
        self.agreeing += rows.iter().filter(agrees).count() as u64;
    }
}

/// What is known of an account in one month, from whatever source: which titles ended when.
#[derive(Debug, Default)]
pub(crate) struct Titles {
    plays: u64,
    moments: HashSet<u64>,
}

impl Titles {
    /// Reads them.
    ///
    /// # Errors
    /// When a live file is missing or damaged.
    pub(crate) fn known(data: &DataDir, plays: &Manifest, partition: &Partition) -> anyhow::Result<Self> {
        let mut titles = Self::default();
        let same_month = |part: &&lake::Part| {
            part.partition.account_id == partition.account_id && part.partition.month == partition.month
        };
        for part in plays.files.iter().filter(same_month) {
            titles.plays += part.rows;
            parts::titles(data, part, |ended_at, title| {
                titles.moments.insert(moment(ended_at, 0, title));
            })?;
        }
        Ok(titles)
    }

    /// An overlap without any incoming row.
    pub(crate) fn overlap(&self) -> Overlap {
        Overlap { known: self.plays, ..Overlap::default() }
    }
}

fn moment(at: UnixMs, minutes: i64, title: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (at.div_euclid(60_000) + minutes, title.to_lowercase()).hash(&mut hasher);
    hasher.finish()
}
