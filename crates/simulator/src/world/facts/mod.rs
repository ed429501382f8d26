//! What the world knows about the artists of the catalogue: MusicBrainz with its genres,
//! places and recordings, Wikidata and the geocoders, and ListenBrainz' listeners.
//!
//! It is made after everything else and from dice of its own, so that a world has the same
//! plays as before. MBIDs are the same in every world.

mod artists;
mod atlas;
mod deck;
mod genres;
mod music;
mod names;
mod truth;

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

pub use self::artists::KnownArtist;
use self::artists::Lot;
pub use self::atlas::{Area, Atlas, Point};
pub use self::genres::Tag;
pub(crate) use self::genres::genre_mbid;
pub use self::music::{AlbumFacts, Credit, Recording, Release, ReleaseGroup, SpotifyArtist};
pub(crate) use self::names::normal;
pub use self::truth::{ArtistTruth, GenreSource, Origin};
use crate::dice::Dice;
use crate::world::Catalogue;

/// MusicBrainz's own artist for compilations.
pub const VARIOUS_ARTISTS_MBID: &str = "89ad4ac3-39f7-470e-963a-56509c546377";

/// The first way by which an artist can be found in MusicBrainz.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Found {
    /// The URL at Spotify is linked.
    Linked,
    /// By the ISRC of a recording.
    Isrc,
    /// By a search for the name.
    Search,
    /// By the names of artist and recording, at ListenBrainz.
    NameLookup,
    /// There is no way that is sure.
    Nowhere,
}

/// What the world knows.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Everyone in MusicBrainz.
    pub artists: Vec<KnownArtist>,
    /// What Spotify knows of each of the catalogue's artists.
    pub spotify_artists: Vec<SpotifyArtist>,
    /// What Spotify knows of each of the catalogue's collections.
    pub albums: Vec<AlbumFacts>,
    /// The albums in MusicBrainz.
    pub release_groups: Vec<ReleaseGroup>,
    /// Their editions.
    pub releases: Vec<Release>,
    /// The recordings in MusicBrainz.
    pub recordings: Vec<Recording>,
    lots: Vec<Lot>,
    index: Index,
    /// All names of each artist, as they are compared, made when they are first asked for.
    artist_names: OnceLock<Vec<Vec<String>>>,
    /// The recordings by the names of artist and title, made when they are first asked for.
    names: OnceLock<HashMap<(String, String), usize>>,
}

/// Where things are, by what one asks for.
#[derive(Debug, Clone, Default)]
struct Index {
    artists: HashMap<String, usize>,
    groups: HashMap<String, usize>,
    releases: HashMap<String, usize>,
    recordings: HashMap<String, usize>,
    isrcs: BTreeMap<String, Vec<usize>>,
    recordings_of_items: HashMap<u32, usize>,
    releases_of_albums: HashMap<u32, usize>,
}

impl Facts {
    pub(super) fn of(seed: u64, catalogue: &Catalogue, are_all_linked: bool) -> Self {
        let (artists, lots) = artists::found(seed, catalogue, are_all_linked);
        let (spotify_artists, albums) = (music::spotify_artists(seed, &lots), music::albums(seed, catalogue));
        let (release_groups, releases) = music::releases(seed, catalogue, &lots, &albums);
        let recordings = music::recordings(seed, catalogue, &artists, &lots);
        let mut index = Index::default();
        for (place, artist) in artists.iter().enumerate() {
            index.artists.insert(artist.mbid.clone(), place);
            index.artists.extend(artist.former_mbid.clone().map(|mbid| (mbid, place)));
        }
        index.groups.extend(release_groups.iter().enumerate().map(|(place, group)| (group.mbid.clone(), place)));
        index.releases.extend(releases.iter().enumerate().map(|(place, release)| (release.mbid.clone(), place)));
        index
            .releases_of_albums
            .extend(releases.iter().enumerate().map(|(place, release)| (release.collection, place)));
        for (place, recording) in recordings.iter().enumerate() {
            index.recordings.insert(recording.mbid.clone(), place);
            index.recordings_of_items.entry(recording.recording).or_insert(place);
            for isrc in &recording.isrcs {
                index.isrcs.entry(isrc.clone()).or_default().push(place);
            }
        }
        Self {
            artists,
            spotify_artists,
            albums,
            release_groups,
            releases,
            recordings,
            lots,
            index,
            artist_names: OnceLock::new(),
            names: OnceLock::new(),
        }
    }

    /// The names of the artist at this place, its own first, without what spellings differ in.
    pub(crate) fn normal_names(&self, place: usize) -> &[String] {
        let all = self.artist_names.get_or_init(|| {
            let names = |artist: &KnownArtist| {
                std::iter::once(&artist.name).chain(&artist.aliases).map(|name| normal(name)).collect()
            };
            self.artists.iter().map(names).collect()
        });
        &all[place]
    }

    /// All places.
    pub fn atlas(&self) -> &'static Atlas {
        atlas::atlas()
    }

    /// The artist with this MBID, or whose it became.
    pub fn artist_by_mbid(&self, mbid: &str) -> Option<&KnownArtist> {
        self.index.artists.get(mbid).map(|place| &self.artists[*place])
    }

    /// The release group with this MBID.
    pub fn release_group_by_mbid(&self, mbid: &str) -> Option<&ReleaseGroup> {
        self.index.groups.get(mbid).map(|place| &self.release_groups[*place])
    }

    /// The release with this MBID.
    pub fn release_by_mbid(&self, mbid: &str) -> Option<&Release> {
        self.index.releases.get(mbid).map(|place| &self.releases[*place])
    }

    /// The recording with this MBID.
    pub fn recording_by_mbid(&self, mbid: &str) -> Option<&Recording> {
        self.index.recordings.get(mbid).map(|place| &self.recordings[*place])
    }

    /// The recordings with this ISRC.
    pub fn recordings_by_isrc(&self, isrc: &str) -> impl Iterator<Item = &Recording> {
        self.index.isrcs.get(isrc).into_iter().flatten().map(|place| &self.recordings[*place])
    }

    /// What MusicBrainz knows of a [recording](crate::Item::recording) of the catalogue.
    pub fn recording(&self, recording: u32) -> Option<&Recording> {
        self.index.recordings_of_items.get(&recording).map(|place| &self.recordings[*place])
    }

    /// The edition on which a recording was first heard, if MusicBrainz knows it.
    pub(crate) fn release_of(&self, catalogue: &Catalogue, recording: &Recording) -> Option<&Release> {
        let album = catalogue.item(recording.recording).collection;
        self.index.releases_of_albums.get(&album).map(|place| &self.releases[*place])
    }

    /// The recording that these names mean, as ListenBrainz understands them: the artist is
    /// the whole credit or whoever comes first in it.
    pub fn recording_by_names(&self, artist: &str, title: &str) -> Option<&Recording> {
        let names = self.names.get_or_init(|| {
            let mut names = HashMap::new();
            for (place, recording) in self.recordings.iter().enumerate() {
                let Some(first) = recording.credits.first() else { continue };
                let known = &self.artists[first.artist];
                let artists = [&recording.credit(), &first.name, &known.name].map(|name| normal(name));
                let aliases = known.aliases.iter().map(|name| normal(name));
                for artist in artists.into_iter().chain(aliases) {
                    names.entry((artist, normal(&recording.title))).or_insert(place);
                }
            }
            names
        });
        let title = title.split(" (feat. ").next().unwrap_or_default();
        names.get(&(normal(artist), normal(title))).map(|place| &self.recordings[*place])
    }
}

/// The MBID of something in the catalogue.
pub(crate) fn mbid(kind: &str, index: u32) -> String {
    Dice::new(index.into(), &format!("mbid of a {kind}")).uuid()
}
