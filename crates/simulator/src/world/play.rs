//! One play, as it is stored and as it is shown.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Timelike, Utc};
use chrono_tz::Tz;

use super::catalogue::{Artist, Catalogue, Collection, Item, Kind};

/// One thing that was really played: the truth that everything else is compared with.
#[derive(Debug, Clone)]
pub struct TruePlay<'w> {
    /// The name of the account.
    pub account: &'w str,
    /// Which play of the account this is, from 0; those on Navidrome follow those on Spotify.
    pub number: usize,
    /// When it began, to the millisecond: `ended_at` less `ms_played`.
    pub started_at: DateTime<Utc>,
    /// When it ended, to the millisecond. No two plays of an account end at the same moment
    /// (doubled rows aside).
    pub ended_at: DateTime<Utc>,
    /// How long it was heard.
    pub ms_played: u32,
    /// What Spotify's exports know it as; see [`kind_as`](Self::kind_as).
    pub kind: Kind,
    /// What was played, also when Spotify lost the names.
    pub item: &'w Item,
    /// The album, show or book of the item.
    pub collection: &'w Collection,
    /// The zone the listener was in when it ended.
    pub zone: Tz,
    /// The wall clock there when it ended.
    pub local: NaiveDateTime,
    /// The country Spotify saw.
    pub conn_country: &'static str,
    /// The device, coarse since 2023-10-19, free text before.
    pub platform: &'static str,
    /// Whether shuffle was on.
    pub shuffle: bool,
    /// What Spotify says about skipping: always false before October 2022, sometimes null.
    pub skipped: Option<bool>,
    /// Whether the device was offline; sometimes null.
    pub offline: Option<bool>,
    /// Whether it was a private session.
    pub incognito: bool,
    /// Why it began.
    pub reason_start: Reason,
    /// Why it ended.
    pub reason_end: Reason,
    /// What it was played from: an album, a playlist or an artist.
    pub context_uri: Option<String>,
    /// Whether recently-played ever shows it: tracks and local files, not in a private
    /// session, as a rule heard for 30 seconds.
    pub in_api: bool,
    /// Whether exports list it in the video file.
    pub in_video_file: bool,
    /// Where it was played.
    pub origin: Origin,
    /// From when on recently-played shows it: when it ended, or later if it is
    /// [late](Self::is_late); `None` when it never does.
    pub listed_at: Option<DateTime<Utc>>,
    /// Whether recently-played shows it late.
    pub is_late: bool,
    /// Whether recently-played should show it and never does.
    pub is_lost: bool,
    /// Whether ListenBrainz is told of it, sooner or later.
    pub in_listenbrainz: bool,
    /// Whether Last.fm is told of it, sooner or later.
    pub in_lastfm: bool,
    pub(crate) catalogue: &'w Catalogue,
}

impl<'w> TruePlay<'w> {
    /// The credited artists, in order.
    pub fn artists(&self) -> impl Iterator<Item = &'w Artist> + use<'w> {
        let (catalogue, item) = (self.catalogue, self.item);
        item.artists.iter().map(|artist| catalogue.artist(*artist))
    }

    /// The artist with this index, such as [`Collection::artist`].
    pub fn artist(&self, index: u32) -> &'w Artist {
        self.catalogue.artist(index)
    }

    /// The kind in an export of the given state.
    pub fn kind_as(&self, attribution: Attribution) -> Kind {
        match attribution {
            Attribution::Missing => self.kind,
            Attribution::Restored => self.item.kind,
        }
    }

    /// The local date on which it ended.
    pub fn local_date(&self) -> NaiveDate {
        self.local.date()
    }

    /// The local hour in which it ended, 0 to 23.
    pub fn local_hour(&self) -> u32 {
        self.local.hour()
    }

    /// The local second of the day at which it ended, 0 to 86,399 (as the clock shows it, also
    /// on days that are longer or shorter).
    pub fn local_second(&self) -> u32 {
        self.local.num_seconds_from_midnight()
    }
}

/// Where something was played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// On Spotify: exports hold it.
    Spotify,
    /// On the listener's own music server.
    Navidrome,
}

impl Origin {
    /// The word for it, such as `spotify`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Spotify => "spotify",
            Self::Navidrome => "navidrome",
        }
    }
}

/// Whether names that Spotify lost for a while are back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Attribution {
    /// The rows have neither names nor a URI.
    #[default]
    Missing,
    /// A later export names them.
    Restored,
}

/// Why a play began or ended, in Spotify's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "Spotify does not explain its words either")]
pub enum Reason {
    TrackDone,
    FwdBtn,
    BackBtn,
    ClickRow,
    PlayBtn,
    AppLoad,
    Remote,
    EndPlay,
    Logout,
    UnexpectedExit,
    UnexpectedExitWhilePaused,
    TrackError,
    SwitchedToVideo,
    UriOpen,
    Unknown,
    Empty,
}

impl Reason {
    /// The word in an export; it may be empty.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TrackDone => "trackdone",
            Self::FwdBtn => "fwdbtn",
            Self::BackBtn => "backbtn",
            Self::ClickRow => "clickrow",
            Self::PlayBtn => "playbtn",
            Self::AppLoad => "appload",
            Self::Remote => "remote",
            Self::EndPlay => "endplay",
            Self::Logout => "logout",
            Self::UnexpectedExit => "unexpected-exit",
            Self::UnexpectedExitWhilePaused => "unexpected-exit-while-paused",
            Self::TrackError => "trackerror",
            Self::SwitchedToVideo => "switched-to-video",
            Self::UriOpen => "uriopen",
            Self::Unknown => "unknown",
            Self::Empty => "",
        }
    }
}

/// What an item was played from. A record keeps it in four bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    None,
    Collection(u32),
    Artist(u32),
    Playlist(u32),
}

impl Context {
    pub(super) fn pack(self) -> u32 {
        match self {
            Self::None => 0,
            Self::Collection(index) => 1 << 30 | index,
            Self::Artist(index) => 2 << 30 | index,
            Self::Playlist(index) => 3 << 30 | index,
        }
    }

    pub(super) fn unpack(packed: u32) -> Self {
        let index = packed & ((1 << 30) - 1);
        match packed >> 30 {
            0 => Self::None,
            1 => Self::Collection(index),
            2 => Self::Artist(index),
            _ => Self::Playlist(index),
        }
    }
}

/// A play as a world keeps it: 32 bytes, so that millions fit into memory. Names, the zone and
/// the local time are looked up when it is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record {
    pub(super) ended_ms: i64,
    pub(super) ms_played: u32,
    pub(super) item: u32,
    pub(super) context: u32,
    pub(super) device: u8,
    pub(super) reason_start: Reason,
    pub(super) reason_end: Reason,
    pub(super) skipped: Option<bool>,
    pub(super) offline: Option<bool>,
    pub(super) shuffle: bool,
    pub(super) incognito: bool,
    pub(super) unattributed: bool,
    pub(super) in_api: bool,
    pub(super) in_video_file: bool,
}

impl Record {
    /// Music that was heard, named and not private: the list of recent plays should show it.
    pub(super) fn belongs_on_the_list(&self, item: &Item) -> bool {
        let is_music = matches!(item.kind, Kind::Track | Kind::Local);
        is_music && self.ms_played >= 30_000 && !self.unattributed && !self.incognito
    }
}

const _: () = assert!(size_of::<Record>() == 32);
