//! The albums and recordings that MusicBrainz knows, and what Spotify alone knows of albums.

use std::collections::HashMap;

use super::artists::{KnownArtist, Lot};
use super::deck::Genres;
use super::genres::{GENRES, Tag, tags};
use super::{Found, mbid};
use crate::dice::Dice;
use crate::world::{Catalogue, CollectionKind, Item, Kind};

/// What Spotify tells about an album and nobody else needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlbumFacts {
    /// The barcode; Spotify fills some up with zeros to 14 digits.
    pub upc: String,
    /// The label.
    pub label: &'static str,
    /// Spotify's popularity, 0 to 100.
    pub popularity: u32,
}

/// What Spotify tells about an artist to apps with extended quota.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpotifyArtist {
    /// Genres as Spotify sees them; often none.
    pub genres: Vec<&'static str>,
    /// How many follow the artist.
    pub followers: u64,
    /// Spotify's popularity, 0 to 100.
    pub popularity: u32,
}

/// An album as a work, whatever its editions.
#[derive(Debug, Clone)]
pub struct ReleaseGroup {
    /// The MBID.
    pub mbid: String,
    /// The title.
    pub title: String,
    /// `Album`, `Single` or `EP`.
    pub primary_type: &'static str,
    /// Such as `Compilation`.
    pub secondary_types: Vec<&'static str>,
    /// As on the album.
    pub first_release_date: String,
    /// Whose it is, as an index into [`Facts::artists`](super::Facts::artists).
    pub artist: usize,
    /// What listeners call it.
    pub tags: Vec<Tag>,
    /// How often and by how many ListenBrainz has seen it played.
    pub popularity: Option<(u64, u64)>,
}

/// One edition of an album.
#[derive(Debug, Clone)]
pub struct Release {
    /// The MBID.
    pub mbid: String,
    /// The album of the catalogue that this is.
    pub collection: u32,
    /// As an index into [`Facts::release_groups`](super::Facts::release_groups).
    pub group: usize,
    /// The barcode as printed; empty where there is none, absent where nobody looked.
    pub barcode: Option<String>,
    /// Whether the URL of the album at Spotify is linked.
    pub is_linked: bool,
}

/// A recording.
#[derive(Debug, Clone)]
pub struct Recording {
    /// The MBID.
    pub mbid: String,
    /// The [recording](crate::Item::recording) of the catalogue that this is.
    pub recording: u32,
    /// The artist whom Spotify credits first, as an index into
    /// [`Facts::artists`](super::Facts::artists).
    pub artist: usize,
    /// The title, without "(feat. …)".
    pub title: String,
    /// How long it is, where that is known.
    pub length_ms: Option<u32>,
    /// The ISRCs that MusicBrainz has for it.
    pub isrcs: Vec<String>,
    /// Who is credited, in order.
    pub credits: Vec<Credit>,
    /// What listeners call it.
    pub tags: Vec<Tag>,
    /// Whether the URLs of its tracks at Spotify are linked.
    pub is_linked: bool,
    /// How often and by how many ListenBrainz has seen it played.
    pub popularity: Option<(u64, u64)>,
}

/// One credit of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    /// As an index into [`Facts::artists`](super::Facts::artists).
    pub artist: usize,
    /// The name on the cover.
    pub name: String,
    /// What stands between this name and the next.
    pub join_phrase: &'static str,
}

impl Recording {
    /// All names with what stands between them.
    pub fn credit(&self) -> String {
        self.credits.iter().map(|credit| format!("{}{}", credit.name, credit.join_phrase)).collect()
    }
}

const LABELS: [&str; 8] = [
    "Lantern Records",
    "Blue Quarry",
    "Nine Harbours Music",
    "Kettle & Drum",
    "Selbstverlag",
    "Ondes Claires",
    "Tall Pine Recordings",
    "Universal Parrot Group",
];

/// What Spotify knows of each collection.
pub(super) fn albums(seed: u64, catalogue: &Catalogue) -> Vec<AlbumFacts> {
    let facts = (0..catalogue.collections.len()).map(|index| {
        let mut dice = Dice::new(seed, &format!("facts of album {index}"));
        let digits = format!("{:012}", dice.between(10_000_000_000, 999_999_999_999));
        let upc = if dice.chance(0.4) { format!("00{digits}") } else { digits };
        let label = LABELS[dice.below(LABELS.len())];
        AlbumFacts { upc, label, popularity: dice.low_below(100) as u32 }
    });
    facts.collect()
}

/// What Spotify knows of each artist.
pub(super) fn spotify_artists(seed: u64, lots: &[Lot]) -> Vec<SpotifyArtist> {
    let facts = lots.iter().enumerate().map(|(index, lot)| {
        let mut dice = Dice::new(seed, &format!("artist {index} at Spotify"));
        // The best known are at the front.
        let popularity = 90_u32.saturating_sub(index as u32 / 12) + dice.below(10) as u32;
        let genres = if dice.chance(0.6) { vec![GENRES[lot.taste]] } else { Vec::new() };
        SpotifyArtist { genres, followers: u64::from(popularity).pow(3) + dice.below(900) as u64, popularity }
    });
    facts.collect()
}

/// The albums that MusicBrainz knows.
pub(super) fn releases(
    seed: u64,
    catalogue: &Catalogue,
    lots: &[Lot],
    albums: &[AlbumFacts],
) -> (Vec<ReleaseGroup>, Vec<Release>) {
    let (mut groups, mut releases): (Vec<ReleaseGroup>, Vec<Release>) = (Vec::new(), Vec::new());
    let mut editions: HashMap<(usize, String, &str), usize> = HashMap::new();
    for (index, collection) in catalogue.collections.iter().enumerate() {
        let Some(lot) = collection.artist.map(|artist| &lots[artist as usize]) else { continue };
        let Some(artist) = lot.known.filter(|_| collection.kind == CollectionKind::Album) else { continue };
        let mut dice = Dice::new(seed, &format!("facts of release {index}"));
        let title = collection.name.trim_end_matches(" (Deluxe)").to_owned();
        let primary_type = if collection.album_type == "single" { "Single" } else { "Album" };
        let group = *editions.entry((artist, title.clone(), primary_type)).or_insert_with(|| {
            let is_told = lot.genres == Genres::OfReleaseGroups || (lot.genres == Genres::OfArtist && dice.chance(0.5));
            let genres = if is_told { 1 + dice.below(2) } else { 0 };
            let listeners = dice.below(3_000) as u64;
            groups.push(ReleaseGroup {
                mbid: mbid("release group", index as u32),
                title,
                primary_type,
                secondary_types: if collection.album_type == "compilation" { vec!["Compilation"] } else { Vec::new() },
                first_release_date: collection.release_date.clone(),
                artist,
                tags: tags(&mut dice, lot.taste, genres, 0),
                popularity: dice.chance(0.8).then_some((listeners * 4, listeners)),
            });
            groups.len() - 1
        });
        let barcode = match dice.below(4) {
            0 => None,
            1 => Some(String::new()),
            _ => Some(albums[index].upc.trim_start_matches("00").to_owned()),
        };
        let is_linked = dice.chance(0.5);
        releases.push(Release {
            mbid: mbid("release", index as u32),
            collection: index as u32,
            group,
            barcode,
            is_linked,
        });
    }
    (groups, releases)
}

/// The recordings that MusicBrainz knows.
pub(super) fn recordings(seed: u64, catalogue: &Catalogue, artists: &[KnownArtist], lots: &[Lot]) -> Vec<Recording> {
    let originals =
        catalogue.items.iter().enumerate().filter(|(index, item)| {
            item.recording as usize == *index && matches!(item.kind, Kind::Track | Kind::Local)
        });
    let recordings = originals.filter_map(|(index, item)| recording(seed, index as u32, item, artists, lots));
    recordings.flat_map(with_twin).collect()
}

/// Now and then an ISRC belongs to two recordings, which are one at Spotify.
fn with_twin(recording: Recording) -> impl Iterator<Item = Recording> {
    let mut dice = Dice::new(recording.recording.into(), "twin of a recording");
    let twin = (!recording.isrcs.is_empty() && dice.chance(0.04)).then(|| Recording {
        mbid: dice.uuid(),
        title: format!("{} (single version)", recording.title),
        tags: Vec::new(),
        is_linked: false,
        popularity: None,
        ..recording.clone()
    });
    std::iter::once(recording).chain(twin)
}

fn recording(seed: u64, index: u32, item: &Item, artists: &[KnownArtist], lots: &[Lot]) -> Option<Recording> {
    let mut dice = Dice::new(seed, &format!("facts of recording {index}"));
    let credited: Vec<&Lot> = item.artists.iter().map(|artist| &lots[*artist as usize]).collect();
    let main = *credited.first()?;
    // Nothing is known of who cannot be found; one credit would be enough to find them.
    let is_hidden = credited.iter().any(|lot| lot.known.is_some() && lot.card.found == Found::Nowhere);
    // Of who is found by their recordings, these are known.
    let is_known = matches!(main.card.found, Found::Isrc | Found::NameLookup) || dice.chance(0.85);
    let artist = main.known.filter(|_| is_known && !is_hidden)?;
    // Nor are those found by an ISRC who are to be found by nothing but their names.
    let has_isrc = credited.iter().all(|lot| lot.known.is_none() || lot.card.found <= Found::Isrc);
    let is_told = main.genres == Genres::OfRecordings || (main.genres == Genres::OfArtist && dice.chance(0.3));
    let listeners = dice.below(2_000) as u64;
    let genres = usize::from(is_told);
    Some(Recording {
        mbid: mbid("recording", index),
        recording: index,
        artist,
        title: item.title.split(" (feat. ").next().unwrap_or_default().to_owned(),
        length_ms: dice.chance(0.95).then_some(item.duration_ms / 1_000 * 1_000),
        isrcs: item.isrc.iter().filter(|_| has_isrc).cloned().collect(),
        credits: credits(&mut dice, item, artists, &credited),
        tags: tags(&mut dice, main.taste, genres, 0),
        is_linked: dice.chance(0.2),
        popularity: dice.chance(0.8).then_some((listeners * 3, listeners)),
    })
}

/// Who is credited. Spotify has the main artist first; a cover often has it otherwise.
fn credits(dice: &mut Dice, item: &Item, artists: &[KnownArtist], credited: &[&Lot]) -> Vec<Credit> {
    let mut known: Vec<usize> = credited.iter().filter_map(|lot| lot.known).collect();
    if known.len() > 1 && dice.chance(0.4) {
        known.rotate_left(1);
    }
    let join_phrase = if item.title.contains(" (feat. ") { " feat. " } else { *dice.pick(&[" & ", " x ", ", "]) };
    let last = known.len().saturating_sub(1);
    let credits = known.into_iter().enumerate().map(|(place, artist)| {
        let join_phrase = match place {
            _ if place == last => "",
            0 => join_phrase,
            _ => ", ",
        };
        let spotify_name = artists[artist].aliases.first().filter(|_| dice.chance(0.7));
        let name = spotify_name.unwrap_or(&artists[artist].name).clone();
        Credit { artist, name, join_phrase }
    });
    credits.collect()
}
