//! What a pipeline should find out about an artist of the catalogue.

use std::collections::BTreeMap;

use super::deck::Genres;
use super::{Facts, Found, Point, Tag};

/// What is true about an artist of the catalogue, and what of it can be found out.
#[derive(Debug, Clone)]
pub struct ArtistTruth<'f> {
    /// The MBID of today; none where MusicBrainz does not know the artist.
    pub mbid: Option<&'f str>,
    /// The first way that leads there.
    pub found: Found,
    /// The genres with their votes by name, from the first source that has any.
    pub genres: Vec<(&'static str, u32)>,
    /// All tags of the artist itself with their votes: some are genres under another name.
    pub own_tags: Vec<(&'static str, u32)>,
    /// That source.
    pub genre_source: GenreSource,
    /// Where the artist comes from, else is based.
    pub origin: Option<Origin>,
    /// The country of where the artist is based, as MusicBrainz derives it.
    pub country: Option<&'static str>,
}

/// From where the genres of an artist are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GenreSource {
    /// The artist itself.
    Artist,
    /// Its release groups.
    ReleaseGroups,
    /// Its recordings.
    Recordings,
    /// There are none.
    Nowhere,
}

/// A place and what it is part of.
#[derive(Debug, Clone, PartialEq)]
pub struct Origin {
    /// The MBID of the area.
    pub area_mbid: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The area and all that it is part of today, nearest first, up to the country, as indices
    /// into [`Atlas::areas`](super::Atlas::areas).
    pub ancestry: Vec<usize>,
    /// ISO 3166-2 of the nearest area that has a code.
    pub subdivision: Option<&'static str>,
    /// ISO 3166-1, or the code of a country that is no more; none where areas go in a circle.
    pub country: Option<&'static str>,
    /// Where Wikidata says it is: nowhere, at one place or at two.
    pub wikidata_points: Vec<Point>,
    /// Where Nominatim finds it.
    pub nominatim_point: Option<Point>,
}

impl Facts {
    /// The truth about an artist of the catalogue, by its index.
    ///
    /// # Panics
    /// There is no such artist.
    pub fn artist(&self, index: usize) -> ArtistTruth<'_> {
        let lot = &self.lots[index];
        let known = lot.known.map(|known| &self.artists[known]);
        let (genre_source, tags) = match lot.known {
            Some(known) => self.genres_of(known, lot.genres),
            None => (GenreSource::Nowhere, Vec::new()),
        };
        ArtistTruth {
            mbid: known.map(|known| known.mbid.as_str()),
            found: lot.card.found,
            genres: votes(tags.iter().copied().filter(|tag| tag.is_genre)),
            own_tags: votes(known.into_iter().flat_map(|artist| &artist.tags)),
            genre_source,
            origin: known.and_then(|known| known.begin_area.or(known.area)).map(|area| self.origin(area)),
            country: known.and_then(|known| known.area).and_then(|area| self.atlas().country_code(area)),
        }
    }

    fn genres_of(&self, known: usize, dealt: Genres) -> (GenreSource, Vec<&Tag>) {
        let artist = &self.artists[known];
        if artist.tags.iter().any(|tag| tag.is_genre) {
            return (GenreSource::Artist, artist.tags.iter().collect());
        }
        let groups = self.release_groups.iter().filter(|group| group.artist == known);
        let groups: Vec<&Tag> = groups.flat_map(|group| &group.tags).collect();
        if dealt == Genres::OfReleaseGroups && !groups.is_empty() {
            return (GenreSource::ReleaseGroups, groups);
        }
        let recordings = self.recordings.iter().filter(|recording| recording.artist == known);
        let recordings: Vec<&Tag> = recordings.flat_map(|recording| &recording.tags).collect();
        if dealt == Genres::OfRecordings && !recordings.is_empty() {
            return (GenreSource::Recordings, recordings);
        }
        (GenreSource::Nowhere, Vec::new())
    }

    /// What is true about an area.
    pub fn origin(&self, area: usize) -> Origin {
        let atlas = self.atlas();
        let place = &atlas.areas[area];
        Origin {
            area_mbid: &place.mbid,
            name: place.name,
            ancestry: atlas.ancestry(area),
            subdivision: atlas.subdivision_code(area),
            country: atlas.country_code(area),
            wikidata_points: place.wikidata_points.clone(),
            nominatim_point: place.nominatim_point,
        }
    }
}

/// The votes of each tag, added up.
fn votes<'t>(tags: impl Iterator<Item = &'t Tag>) -> Vec<(&'static str, u32)> {
    let mut votes = BTreeMap::new();
    for tag in tags {
        *votes.entry(tag.name).or_insert(0) += tag.votes;
    }
    votes.into_iter().collect()
}
