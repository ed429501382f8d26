//! What a source says about one play, before it has a name.

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// Unix time in milliseconds.
pub type UnixMs = i64;

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Spotify's recently-played list.
    SpotifyApi,
    /// Spotify's extended streaming history.
    SpotifyExport,
    /// The streaming history inside Spotify's account data: the last year, names only.
    SpotifyAccountData,
    /// ListenBrainz, which other programs submit listens to.
    Listenbrainz,
    /// Last.fm, which other programs scrobble to.
    Lastfm,
    /// Listens that a program sent straight here.
    Submitted,
}

impl Source {
    /// Every source.
    pub const ALL: [Source; 6] = [
        Self::SpotifyApi,
        Self::SpotifyExport,
        Self::SpotifyAccountData,
        Self::Listenbrainz,
        Self::Lastfm,
        Self::Submitted,
    ];

    /// Whether equal rows of one body are several plays. The others have a key of their own
    /// that is never given twice, and nobody begins a track twice in one second: what comes
    /// twice is one play, told twice.
    pub fn numbers_repeats(self) -> bool {
        !matches!(self, Self::SpotifyApi | Self::Listenbrainz | Self::Lastfm)
    }

    /// Whether the number of the repeat is part of a play's name, be it always 0: frozen, as
    /// names are.
    pub fn names_hold_number(self) -> bool {
        !matches!(self, Self::SpotifyApi | Self::Listenbrainz)
    }

    /// The name in files, paths and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SpotifyApi => "spotify_api",
            Self::SpotifyExport => "spotify_export",
            Self::SpotifyAccountData => "spotify_account_data",
            Self::Listenbrainz => "listenbrainz",
            Self::Lastfm => "lastfm",
            Self::Submitted => "submitted",
        }
    }
}

/// What was played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// Music.
    Track,
    /// A podcast episode, with or without video.
    Episode,
    /// A chapter of an audiobook.
    Audiobook,
    /// A file of the listener's own.
    Local,
    /// Something that the source no longer names at all.
    Unattributed,
}

impl Kind {
    /// The name in files and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Track => "track",
            Self::Episode => "episode",
            Self::Audiobook => "audiobook",
            Self::Local => "local",
            Self::Unattributed => "unattributed",
        }
    }
}

/// Which end of the play the source's time stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Clock {
    /// The moment it began.
    Start,
    /// The moment it stopped.
    End,
}

impl Clock {
    /// The name in files and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::End => "end",
        }
    }
}

/// How exact the source's time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Precision {
    /// Milliseconds.
    Millisecond,
    /// Whole seconds.
    Second,
    /// Whole minutes.
    Minute,
}

impl Precision {
    /// The name in files and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Millisecond => "ms",
            Self::Second => "s",
            Self::Minute => "min",
        }
    }
}

/// One statement of a source about one play. The order of the fields is the order of
/// [`crate::identity::observation_id`] and of the comparison that numbers equal rows: it is
/// frozen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Play<'a> {
    /// Its own time, in UTC: the end for [`Clock::End`], else the start.
    pub at: UnixMs,
    /// The same as the source wrote it.
    #[serde(borrow)]
    pub time_raw: Text<'a>,
    /// What `at` stands for.
    pub clock: Clock,
    /// How exact `at` is.
    pub time_precision: Precision,
    /// The submitting program, where the source knows it.
    pub client: Option<Text<'a>>,
    /// What was played.
    pub kind: Kind,
    /// The other end of the play, where it can be worked out.
    pub other_end: Option<UnixMs>,
    /// How long it was heard, where the source says so.
    pub ms_played: Option<i64>,
    /// The length of the recording.
    pub duration_ms: Option<i64>,
    /// The track; for episodes and audiobooks the episode or chapter.
    pub track_uri: Option<Text<'a>>,
    /// Its title.
    pub track_name: Option<Text<'a>>,
    /// Its ISRC.
    pub track_isrc: Option<Text<'a>>,
    /// Its recording at MusicBrainz.
    pub recording_mbid: Option<Text<'a>>,
    /// The album; for audiobooks the book.
    pub album_uri: Option<Text<'a>>,
    /// Its title; for episodes the show.
    pub album_name: Option<Text<'a>>,
    /// As given: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub album_release_date: Option<Text<'a>>,
    /// `year`, `month` or `day`.
    pub album_release_date_precision: Option<Text<'a>>,
    /// The first artist of the album; for audiobooks the author.
    pub album_artist_name: Option<Text<'a>>,
    /// The playlist, album or artist it was played from.
    pub context_uri: Option<Text<'a>>,
    /// The device or its family.
    pub platform: Option<Text<'a>>,
    /// ISO 3166-1 country of the connection.
    pub conn_country: Option<Text<'a>>,
    /// Whether shuffle was on.
    pub shuffle: Option<bool>,
    /// Whether the source calls it skipped.
    pub skipped: Option<bool>,
    /// Whether it was played offline.
    pub offline: Option<bool>,
    /// Whether it was a private session.
    pub incognito: Option<bool>,
    /// Why it began.
    pub reason_start: Option<Text<'a>>,
    /// Why it ended.
    pub reason_end: Option<Text<'a>>,
    /// What names it at its source beside the time, for sources that know no URIs: the MSID of
    /// the recording at ListenBrainz; artist and title at Last.fm; program, artist and title
    /// where it was submitted. It is part of the play's name, and nothing else is read from it.
    pub own_key: Vec<Text<'a>>,
}

impl<'a> Play<'a> {
    /// A play about which only its time is known yet.
    pub fn at(at: UnixMs, time_raw: Text<'a>, clock: Clock, time_precision: Precision) -> Self {
        Self {
            at,
            time_raw,
            clock,
            time_precision,
            client: None,
            kind: Kind::Unattributed,
            other_end: None,
            ms_played: None,
            duration_ms: None,
            track_uri: None,
            track_name: None,
            track_isrc: None,
            recording_mbid: None,
            album_uri: None,
            album_name: None,
            album_release_date: None,
            album_release_date_precision: None,
            album_artist_name: None,
            context_uri: None,
            platform: None,
            conn_country: None,
            shuffle: None,
            skipped: None,
            offline: None,
            incognito: None,
            reason_start: None,
            reason_end: None,
            own_key: Vec::new(),
        }
    }

    /// When it began, if that is known or can be worked out.
    pub fn started_at(&self) -> Option<UnixMs> {
        match self.clock {
            Clock::Start => Some(self.at),
            Clock::End => self.other_end,
        }
    }

    /// When it ended, if that is known or can be worked out.
    pub fn ended_at(&self) -> Option<UnixMs> {
        match self.clock {
            Clock::Start => self.other_end,
            Clock::End => Some(self.at),
        }
    }

    /// Which of the two ends is worked out rather than told.
    pub fn time_estimated(&self) -> Option<&'static str> {
        self.other_end.map(|_| match self.clock {
            Clock::Start => "ended_at",
            Clock::End => "started_at",
        })
    }
}

/// A named artist of a play.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Credit<'a> {
    /// The name as credited.
    #[serde(borrow)]
    pub artist_name: Text<'a>,
    /// The artist at the source.
    pub artist_uri: Option<Text<'a>>,
    /// The artist at MusicBrainz.
    pub artist_mbid: Option<Text<'a>>,
    /// What stands between this name and the next.
    pub join_phrase: Option<Text<'a>>,
}
