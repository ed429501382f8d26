//! What happens besides plays on Spotify: an own music server, ListenBrainz, Last.fm, and how
//! well Spotify's list of recent plays does its work.

use anyhow::ensure;

/// What a listener does besides Spotify, and who is told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Elsewhere {
    /// How many more plays there are on the listener's own music server, which is Navidrome.
    /// Spotify knows nothing of them. Fewer when they do not fit into the pauses.
    pub navidrome_plays: usize,
    /// What reaches ListenBrainz.
    pub listenbrainz: Feeds,
    /// What reaches Last.fm.
    pub lastfm: Feeds,
    /// How many of a thousand plays on Navidrome are told hours or days later, because the
    /// device was offline.
    pub late_per_mille: u32,
}

impl Elsewhere {
    /// Plays on Navidrome, and both services are told of everything.
    pub fn everything(navidrome_plays: usize) -> Self {
        Self { navidrome_plays, listenbrainz: Feeds::ALL, lastfm: Feeds::ALL, late_per_mille: 30 }
    }
}

/// Whose plays a service is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Feeds {
    /// Those on Spotify. ListenBrainz reads Spotify's list of recent plays and keeps the end
    /// of each as its time; Last.fm is told by a scrobbler what was heard for 30 seconds.
    pub spotify: bool,
    /// Those on Navidrome that were heard for 30 seconds.
    pub navidrome: bool,
}

impl Feeds {
    /// Both.
    pub const ALL: Self = Self { spotify: true, navidrome: true };
}

/// What Spotify's list of recent plays does wrong all by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listing {
    /// How many of a thousand plays appear late.
    pub late_per_mille: u32,
    /// The least delay of those, in seconds.
    pub late_from_secs: i64,
    /// The delay is below this, in seconds.
    pub late_to_secs: i64,
    /// How many of a thousand plays never appear, although they were heard.
    pub lost_per_mille: u32,
}

impl Listing {
    /// So many late and lost ones; the late ones by an hour to two days.
    pub fn with(late_per_mille: u32, lost_per_mille: u32) -> Self {
        Self { late_per_mille, lost_per_mille, ..Self::default() }
    }

    pub(super) fn check(&self) -> anyhow::Result<()> {
        ensure!(self.late_per_mille <= 1_000 && self.lost_per_mille <= 1_000, "at most 1,000 of a thousand");
        ensure!(0 < self.late_from_secs && self.late_from_secs < self.late_to_secs, "late plays need a delay");
        Ok(())
    }
}

impl Default for Listing {
    /// Nothing is late or lost.
    fn default() -> Self {
        Self { late_per_mille: 0, late_from_secs: 3_600, late_to_secs: 172_800, lost_per_mille: 0 }
    }
}
