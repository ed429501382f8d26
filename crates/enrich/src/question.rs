//! What can be asked, of whom, and about whom.

use clap::ValueEnum;
use lake::cache::Subject;

/// A service that is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Service {
    Musicbrainz,
    Listenbrainz,
    Spotify,
    Wikidata,
    Nominatim,
    Openweather,
}

impl Service {
    pub(crate) const ALL: [Self; 6] =
        [Self::Musicbrainz, Self::Listenbrainz, Self::Spotify, Self::Wikidata, Self::Nominatim, Self::Openweather];

    /// Its name in the cache and in the typed tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Musicbrainz => "musicbrainz",
            Self::Listenbrainz => "listenbrainz",
            Self::Spotify => "spotify",
            Self::Wikidata => "wikidata",
            Self::Nominatim => "nominatim",
            Self::Openweather => "openweather",
        }
    }

    /// What people call it.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Musicbrainz => "MusicBrainz",
            Self::Listenbrainz => "ListenBrainz",
            Self::Spotify => "Spotify",
            Self::Wikidata => "Wikidata",
            Self::Nominatim => "Nominatim",
            Self::Openweather => "OpenWeather",
        }
    }

    fn group(self) -> Group {
        match self {
            Self::Musicbrainz => Group::Musicbrainz,
            Self::Listenbrainz => Group::Listenbrainz,
            Self::Spotify => Group::Spotify,
            Self::Wikidata | Self::Nominatim | Self::Openweather => Group::Geo,
        }
    }

    pub(crate) fn is_in(self, groups: &[Group]) -> bool {
        groups.is_empty() || groups.contains(&self.group())
    }
}

/// Services that belong together, as people name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Group {
    /// MusicBrainz.
    Musicbrainz,
    /// ListenBrainz.
    Listenbrainz,
    /// Where places lie: Wikidata, Nominatim, OpenWeather.
    Geo,
    /// Spotify's catalogue.
    Spotify,
}

/// A way of asking. Its name stands in the cache, so it cannot change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Method {
    /// MusicBrainz: which artists have these addresses at Spotify.
    ArtistUrls,
    /// MusicBrainz: who is credited for the recordings of an ISRC.
    Isrc,
    /// The same for many.
    Isrcs,
    /// MusicBrainz: artists of a name.
    ArtistSearch,
    /// ListenBrainz: who made the track of this title.
    ArtistNames,
    /// Spotify: a track, with its artists.
    Track,
    /// The same for many.
    Tracks,
    /// MusicBrainz: many artists.
    Artists,
    /// MusicBrainz: one artist, also when it was merged into another.
    Artist,
    /// ListenBrainz: tags of many artists.
    ArtistTags,
    /// ListenBrainz: how many people hear them.
    Popularity,
    /// MusicBrainz: which recordings have these addresses at Spotify.
    TrackUrls,
    /// ListenBrainz: how many people hear these recordings.
    RecordingPopularity,
    /// ListenBrainz: how many people hear these albums, whatever their editions.
    AlbumPopularity,
    /// MusicBrainz: tags of the release groups of artists without genres.
    ReleaseGroups,
    /// MusicBrainz: tags of the recordings of artists whose release groups have none either.
    Recordings,
    /// MusicBrainz: many areas, with what they are part of.
    Areas,
    /// MusicBrainz: one area.
    Area,
    /// Wikidata: where many areas lie.
    Coordinates,
    /// Nominatim: where a place of this name lies.
    Place,
    /// OpenWeather: the same.
    Geocode,
    /// MusicBrainz: which releases have these addresses at Spotify.
    AlbumUrls,
    /// MusicBrainz: many releases.
    Releases,
    /// MusicBrainz: one release, also when it was merged into another.
    Release,
    /// Spotify: an album.
    Album,
    /// The same for many.
    Albums,
    /// Spotify: genres and popularity of many artists, for apps that still get them.
    SpotifyArtists,
}

impl Method {
    pub(crate) const ALL: [Self; 27] = [
        Self::ArtistUrls,
        Self::Isrc,
        Self::Isrcs,
        Self::ArtistSearch,
        Self::ArtistNames,
        Self::Track,
        Self::Tracks,
        Self::Artists,
        Self::Artist,
        Self::ArtistTags,
        Self::Popularity,
        Self::TrackUrls,
        Self::RecordingPopularity,
        Self::AlbumPopularity,
        Self::ReleaseGroups,
        Self::Recordings,
        Self::Areas,
        Self::Area,
        Self::Coordinates,
        Self::Place,
        Self::Geocode,
        Self::AlbumUrls,
        Self::Releases,
        Self::Release,
        Self::Album,
        Self::Albums,
        Self::SpotifyArtists,
    ];

    /// Its name in the cache and in the typed tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ArtistUrls => "url",
            Self::Isrc => "isrc",
            Self::Isrcs => "isrcs",
            Self::ArtistSearch => "search",
            Self::ArtistNames => "names",
            Self::Track => "track",
            Self::Tracks => "tracks",
            Self::Artists => "artists",
            Self::Artist => "artist",
            Self::ArtistTags => "tags",
            Self::Popularity => "popularity",
            Self::TrackUrls => "track_url",
            Self::RecordingPopularity => "recording_popularity",
            Self::AlbumPopularity => "album_popularity",
            Self::ReleaseGroups => "release_groups",
            Self::Recordings => "recordings",
            Self::Areas => "areas",
            Self::Area => "area",
            Self::Coordinates => "coordinates",
            Self::Place => "place",
            Self::Geocode => "geocode",
            Self::AlbumUrls => "album_url",
            Self::Releases => "releases",
            Self::Release => "release",
            Self::Album => "album",
            Self::Albums => "albums",
            Self::SpotifyArtists => "spotify_artists",
        }
    }

    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// Whether the service has a form of its own for many, which it may refuse even for one.
    pub(crate) fn is_for_many(self) -> bool {
        matches!(self, Self::Tracks | Self::Albums | Self::SpotifyArtists)
    }
}

/// What kind of thing is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    /// An artist of Spotify, by URI.
    SpotifyArtist,
    /// An artist of whom only the name is known.
    ArtistName,
    /// An artist of MusicBrainz.
    Artist,
    /// A track of Spotify, by URI.
    SpotifyTrack,
    /// An album of Spotify, by URI.
    SpotifyAlbum,
    /// A release of MusicBrainz.
    Release,
    /// An album of MusicBrainz, whatever its editions.
    ReleaseGroup,
    /// A recording of MusicBrainz.
    Recording,
    /// An area of MusicBrainz.
    Area,
}

impl Kind {
    const ALL: [Self; 9] = [
        Self::SpotifyArtist,
        Self::ArtistName,
        Self::Artist,
        Self::SpotifyTrack,
        Self::SpotifyAlbum,
        Self::Release,
        Self::ReleaseGroup,
        Self::Recording,
        Self::Area,
    ];

    /// Its name in the cache and in the typed tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::SpotifyArtist => "spotify_artist",
            Self::ArtistName => "artist_name",
            Self::Artist => "artist",
            Self::SpotifyTrack => "spotify_track",
            Self::SpotifyAlbum => "spotify_album",
            Self::Release => "release",
            Self::ReleaseGroup => "release_group",
            Self::Recording => "recording",
            Self::Area => "area",
        }
    }

    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One request to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) service: Service,
    pub(crate) method: Method,
    pub(crate) kind: Kind,
    pub(crate) subjects: Vec<Subject>,
}

/// Stands between the titles by which a name is looked up.
const BETWEEN_TITLES: char = '\u{1f}';

/// Titles as a hint.
pub(crate) fn joined(titles: &[&str]) -> String {
    titles.join(&BETWEEN_TITLES.to_string())
}

/// The titles of a hint, one or several.
pub(crate) fn titles(subject: &Subject) -> impl Iterator<Item = &str> {
    subject.hint.as_deref().unwrap_or_default().split(BETWEEN_TITLES)
}

/// The part of a Spotify URI behind its last colon.
pub(crate) fn spotify_id(uri: &str) -> &str {
    uri.rsplit(':').next().unwrap_or(uri)
}

/// Whether a URI of Spotify has an id that can be part of an address.
pub(crate) fn has_sound_id(uri: &str) -> bool {
    let id = spotify_id(uri);
    !id.is_empty() && id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether a text can be an MBID.
pub(crate) fn is_mbid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
