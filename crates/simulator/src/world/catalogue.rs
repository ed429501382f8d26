//! What there is to listen to.

use std::ops::Range;

use crate::dice::Wheel;

/// What kind of thing was played, in the words of the typed tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A track of Spotify's catalogue.
    Track,
    /// A podcast episode.
    Episode,
    /// A chapter of an audiobook.
    Audiobook,
    /// A file from the listener's own disk.
    Local,
    /// A play whose names Spotify lost.
    Unattributed,
}

impl Kind {
    /// The word for it, such as `track`.
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

/// Who makes music.
#[derive(Debug, Clone)]
pub struct Artist {
    /// 22 characters of base 62; absent for the artist of a local file.
    pub id: Option<String>,
    /// The name; no two artists share one.
    pub name: String,
}

impl Artist {
    /// `spotify:artist:…`; absent for the artist of a local file.
    pub fn uri(&self) -> Option<String> {
        self.id.as_ref().map(|id| format!("spotify:artist:{id}"))
    }
}

/// What a [`Collection`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CollectionKind {
    /// An album, a single or a compilation.
    Album,
    /// A podcast.
    Show,
    /// An audiobook.
    Audiobook,
    /// The album that the tags of local files name.
    LocalAlbum,
}

/// An album, a podcast or an audiobook.
#[derive(Debug, Clone)]
pub struct Collection {
    /// What it is.
    pub kind: CollectionKind,
    /// 22 characters of base 62; absent for local albums.
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// The album artist (an index into [`Catalogue::artists`]); none for shows and books.
    pub artist: Option<u32>,
    /// Who made the album together with that artist; plays of an export do not name them.
    pub also_by: Option<u32>,
    /// The album artist, the publisher or the author.
    pub artist_name: String,
    /// `album`, `single` or `compilation`.
    pub album_type: &'static str,
    /// As Spotify gives it: `1999`, `1999-10` or `1999-10-04`.
    pub release_date: String,
    /// `year`, `month` or `day`.
    pub release_date_precision: &'static str,
    /// Its items, as indices into [`Catalogue::items`].
    pub items: Range<u32>,
}

impl Collection {
    /// `spotify:album:…` or `spotify:show:…`; absent for local albums.
    pub fn uri(&self) -> Option<String> {
        let kind = if self.kind == CollectionKind::Album { "album" } else { "show" };
        self.id.as_ref().map(|id| format!("spotify:{kind}:{id}"))
    }
}

/// A track, an episode, a chapter or a local file.
#[derive(Debug, Clone)]
pub struct Item {
    /// What it is; never [`Kind::Unattributed`].
    pub kind: Kind,
    /// 22 characters of base 62; absent for local files.
    pub id: Option<String>,
    /// `spotify:track:…`, `spotify:episode:…` or `spotify:local:…`.
    pub uri: String,
    /// Its title.
    pub title: String,
    /// The credited artists in order, as indices into [`Catalogue::artists`].
    pub artists: Vec<u32>,
    /// The album, show or book, as an index into [`Catalogue::collections`].
    pub collection: u32,
    /// The ISRC; some tracks have none, alternates share it.
    pub isrc: Option<String>,
    /// The recording: alternates of a track (the single, the deluxe album, a compilation)
    /// have other URIs but the same recording.
    pub recording: u32,
    /// How long it is.
    pub duration_ms: u32,
    /// Which disc it is on.
    pub disc_number: u32,
    /// Which place it has on the disc.
    pub track_number: u32,
    /// Whether it is marked explicit.
    pub explicit: bool,
    /// Spotify's popularity, 0 to 100.
    pub popularity: u32,
    /// Whether an episode is a video.
    pub is_video: bool,
}

/// Everything there is to listen to, the same for all accounts of a world.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// All artists, the best known first, then those of local files.
    pub artists: Vec<Artist>,
    /// All albums, then shows, books and local albums.
    pub collections: Vec<Collection>,
    /// Everything that can be played, collection by collection.
    pub items: Vec<Item>,
    /// The albums of each artist of Spotify's catalogue.
    pub(super) albums_of: Vec<Vec<u32>>,
    pub(super) shows: Vec<u32>,
    pub(super) books: Vec<u32>,
    pub(super) locals: Range<u32>,
}

impl Catalogue {
    /// The item with this index.
    pub fn item(&self, index: u32) -> &Item {
        &self.items[index as usize]
    }

    /// The album, show or book with this index.
    pub fn collection(&self, index: u32) -> &Collection {
        &self.collections[index as usize]
    }

    /// The artist with this index.
    pub fn artist(&self, index: u32) -> &Artist {
        &self.artists[index as usize]
    }

    /// A wheel over the artists of Spotify's catalogue: few are heard by all.
    pub(super) fn popularity(&self) -> Wheel {
        Wheel::long_tail(self.albums_of.len(), 8.0)
    }
}
