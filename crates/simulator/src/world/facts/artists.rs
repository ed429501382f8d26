//! The artists that MusicBrainz knows: those of the catalogue, and others of the same name.

use super::atlas::{Atlas, atlas};
use super::deck::{self, Card, Genres, Home, Twist};
use super::genres::{GENRES, Tag, tags};
use super::names::{other_way, sorted};
use super::{Found, VARIOUS_ARTISTS_MBID, mbid};
use crate::dice::{Dice, Wheel};
use crate::world::Catalogue;

/// An artist in MusicBrainz.
#[derive(Debug, Clone)]
pub struct KnownArtist {
    /// The MBID.
    pub mbid: String,
    /// An MBID that was merged into this one; asked for it, MusicBrainz answers with this one.
    pub former_mbid: Option<String>,
    /// The artist of the catalogue that this is; none for others of the same name.
    pub artist: Option<u32>,
    /// The name, which may be written otherwise than at Spotify.
    pub name: String,
    /// The name to sort by.
    pub sort_name: String,
    /// What tells artists of one name apart; often empty.
    pub disambiguation: String,
    /// `Person`, `Group`, `Orchestra` or `Other`.
    pub kind: Option<&'static str>,
    /// `Female`, `Male` or `Non-binary`, for persons.
    pub gender: Option<&'static str>,
    /// When they were born or founded: a year, a month or a day.
    pub begin: Option<String>,
    /// When they died or parted.
    pub end: Option<String>,
    /// Whether they are no more.
    pub has_ended: bool,
    /// Where they are based, as an index into [`Atlas::areas`].
    pub area: Option<usize>,
    /// Where they come from.
    pub begin_area: Option<usize>,
    /// Where it ended.
    pub end_area: Option<usize>,
    /// Other names.
    pub aliases: Vec<String>,
    /// What listeners call it, by name.
    pub tags: Vec<Tag>,
    /// The Spotify ids whose URLs are linked, and whether the link has ended.
    pub spotify_ids: Vec<(String, bool)>,
    /// The item at Wikidata.
    pub wikidata: Option<String>,
    /// How often and by how many ListenBrainz has seen it played; absent where it has not.
    pub popularity: Option<(u64, u64)>,
}

/// What was dealt to an artist of the catalogue.
#[derive(Debug, Clone)]
pub(super) struct Lot {
    pub(super) card: Card,
    pub(super) genres: Genres,
    /// The genre that all the artist's music has, as an index into [`GENRES`].
    pub(super) taste: usize,
    /// The artist in MusicBrainz.
    pub(super) known: Option<usize>,
}

/// All artists of MusicBrainz, and what was dealt to each artist of the catalogue.
pub(super) fn found(seed: u64, catalogue: &Catalogue, are_all_linked: bool) -> (Vec<KnownArtist>, Vec<Lot>) {
    let famous = catalogue.albums_of.len();
    let (mut cards, sources, homes) = (deck::ways(seed, famous), deck::genres(seed, famous), deck::homes(seed, famous));
    if are_all_linked {
        let unlinked = cards.iter_mut().filter(|card| card.found != Found::Linked);
        unlinked.for_each(|card| *card = Card { exists: true, found: Found::Linked, twist: Twist::None });
    }
    let mut known = Vec::new();
    let mut lots = Vec::new();
    for (index, artist) in catalogue.artists.iter().enumerate() {
        let mut dice = Dice::new(seed, &format!("facts of artist {index}"));
        let unlinked = Card { exists: dice.chance(0.5), found: Found::Search, twist: Twist::None };
        let is_various = index == famous;
        let card = match &artist.id {
            _ if index < famous => cards[index],
            Some(_) => Card { exists: true, found: Found::Linked, twist: Twist::None },
            // Who made a local file: no URL, and only some are known at all.
            None if unlinked.exists => unlinked,
            None => Card { found: Found::Nowhere, ..unlinked },
        };
        let genres = if is_various { Genres::Unknown } else { sources.get(index).copied().unwrap_or(Genres::OfArtist) };
        let taste = Wheel::long_tail(GENRES.len(), 6.0).spin(&mut dice);
        let mut birth = Birth { dice, atlas: atlas(), index };
        let lot = Lot { card, genres, taste, known: card.exists.then_some(known.len()) };
        if card.exists {
            let home = homes.get(index).copied().flatten();
            let mut newborn = birth.artist(&artist.name, artist.id.as_deref(), &lot, home);
            if is_various {
                newborn = various(newborn);
            }
            known.push(newborn);
        }
        birth.others(&artist.name, artist.id.as_deref(), &lot, &mut known);
        lots.push(lot);
    }
    (known, lots)
}

struct Birth {
    dice: Dice,
    atlas: &'static Atlas,
    index: usize,
}

impl Birth {
    fn artist(&mut self, spotify_name: &str, id: Option<&str>, lot: &Lot, home: Option<Home>) -> KnownArtist {
        let Card { found, twist, .. } = lot.card;
        let own_mbid = mbid("artist", self.index as u32);
        let (mbid, former_mbid) =
            if twist == Twist::Merged { (self.dice.uuid(), Some(own_mbid)) } else { (own_mbid, None) };
        let mut artist = self.anyone(spotify_name.to_owned(), mbid);
        artist.former_mbid = former_mbid;
        artist.artist = Some(self.index as u32);
        if twist == Twist::OtherName {
            artist.name = other_way(spotify_name, self.dice.below(6));
            // Whom only a search finds, it must find by this name too.
            if found == Found::Search || self.dice.chance(0.7) {
                artist.aliases.push(spotify_name.to_owned());
            }
        }
        if self.dice.chance(0.2) {
            artist.aliases.push(format!("{spotify_name} Official"));
        }
        artist.sort_name = sorted(&artist.name, artist.kind == Some("Person"));
        artist.tags = match lot.genres {
            Genres::OfArtist => {
                let (genres, others) = (1 + self.dice.below(4), self.dice.below(3));
                tags(&mut self.dice, lot.taste, genres, others)
            }
            Genres::OnlyTags => {
                let others = 1 + self.dice.below(3);
                tags(&mut self.dice, lot.taste, 0, others)
            }
            Genres::OfReleaseGroups | Genres::OfRecordings | Genres::Unknown => Vec::new(),
        };
        artist.spotify_ids = self.links(id, lot.card);
        if let Some(Home { begin_area, area }) = home {
            (artist.begin_area, artist.area) = (self.place(begin_area), self.place(area));
        }
        artist
    }

    /// The URLs at Spotify that are linked to an artist.
    fn links(&mut self, id: Option<&str>, card: Card) -> Vec<(String, bool)> {
        let Some(own) = id.map(str::to_owned) else { return Vec::new() };
        let other = self.dice.base62(22);
        match (card.found, card.twist) {
            (Found::Linked, Twist::TwoIds) => vec![(other, false), (own, false)],
            (Found::Linked, _) => vec![(own, false)],
            (_, Twist::OtherId) => vec![(other, false)],
            (_, Twist::EndedLink) => vec![(own, true)],
            _ => Vec::new(),
        }
    }

    /// Everyone else that this artist brings along.
    fn others(&mut self, name: &str, id: Option<&str>, lot: &Lot, known: &mut Vec<KnownArtist>) {
        let link = |has_ended: bool| id.map(|id| (id.to_owned(), has_ended)).into_iter().collect::<Vec<_>>();
        let others: Vec<(String, Vec<(String, bool)>)> = match lot.card.twist {
            Twist::Namesakes => vec![(name.to_owned(), Vec::new()); 2],
            Twist::SharedUrl => vec![(format!("{name} Orchestra"), link(false))],
            Twist::FormerOwner => vec![(format!("Friends of {name}"), link(true))],
            _ => Vec::new(),
        };
        for (place, (name, links)) in others.into_iter().enumerate() {
            let mbid = self.dice.uuid();
            let mut other = self.anyone(name, mbid);
            other.disambiguation = ["wedding band", "1970s session group"][place % 2].into();
            other.popularity = None;
            other.spotify_ids = links;
            known.push(other);
        }
    }

    /// A life of chance.
    fn anyone(&mut self, name: String, mbid: String) -> KnownArtist {
        let dice = &mut self.dice;
        let kind = match dice.below(20) {
            0 => None,
            1 => Some(*dice.pick(&["Orchestra", "Other", "Choir"])),
            2..11 => Some("Person"),
            _ => Some("Group"),
        };
        let gender = (kind == Some("Person")).then(|| match dice.below(20) {
            0..9 => Some("Female"),
            9..18 => Some("Male"),
            18 => Some("Non-binary"),
            _ => None,
        });
        let begin_year = dice.between(1935, 2012);
        let begin = dice.chance(0.8).then(|| date(dice, begin_year));
        let has_ended = dice.chance(0.25);
        let end = (has_ended && dice.chance(0.8)).then(|| date(dice, begin_year + 12));
        let (begin_area, area) = self.home();
        let dice = &mut self.dice;
        let end_area = if has_ended && dice.chance(0.3) { begin_area } else { None };
        // The best known are at the front, and every tenth is not known to ListenBrainz.
        let listeners = 250_000 / (self.index as u64 + 4) + dice.below(40) as u64;
        let popularity = dice.chance(0.9).then(|| (listeners * (3 + dice.below(60) as u64), listeners));
        KnownArtist {
            mbid,
            former_mbid: None,
            artist: None,
            sort_name: sorted(&name, kind == Some("Person")),
            disambiguation: if dice.chance(0.25) { "from the next town".into() } else { String::new() },
            kind,
            gender: gender.flatten(),
            begin,
            end,
            has_ended,
            area,
            begin_area,
            end_area,
            aliases: Vec::new(),
            tags: Vec::new(),
            spotify_ids: Vec::new(),
            wikidata: dice.chance(0.6).then(|| format!("Q{}", dice.between(1_000_000, 9_000_000))),
            popularity,
            name,
        }
    }

    /// Where someone comes from and where they are based.
    fn home(&mut self) -> (Option<usize>, Option<usize>) {
        let city = self.city();
        let country = |atlas: &Atlas, place: usize| {
            let ancestry = atlas.ancestry(place);
            ancestry.into_iter().find(|above| !atlas.areas[*above].country_codes.is_empty())
        };
        match self.dice.below(20) {
            0 => (None, None),
            1..4 => (None, country(self.atlas, city)),
            4..7 => (None, Some(city)),
            7..9 => (Some(city), Some(self.city())),
            _ => (Some(city), country(self.atlas, city)),
        }
    }

    /// A city that is like any other; the odd ones are dealt.
    fn city(&mut self) -> usize {
        let is_plain = |index: &usize| {
            let area = &self.atlas.areas[*index];
            area.kind == Some("City") && !area.parents.iter().any(|(_, has_ended)| *has_ended)
        };
        let cities: Vec<usize> = (0..self.atlas.areas.len()).filter(is_plain).collect();
        *self.dice.pick(&cities)
    }

    fn place(&self, key: Option<&str>) -> Option<usize> {
        key.and_then(|key| self.atlas.by_key(key))
    }
}

/// MusicBrainz's own artist for compilations, which has its one MBID everywhere.
fn various(artist: KnownArtist) -> KnownArtist {
    KnownArtist {
        mbid: VARIOUS_ARTISTS_MBID.into(),
        disambiguation: "add compilations to this artist".into(),
        kind: Some("Other"),
        gender: None,
        begin: None,
        end: None,
        has_ended: false,
        area: None,
        begin_area: None,
        end_area: None,
        wikidata: None,
        tags: Vec::new(),
        ..artist
    }
}

/// A date that may be no more than a year.
fn date(dice: &mut Dice, year: i64) -> String {
    let (month, day) = (dice.between(1, 13), dice.between(1, 29));
    match dice.below(3) {
        0 => format!("{year}"),
        1 => format!("{year}-{month:02}"),
        _ => format!("{year}-{month:02}-{day:02}"),
    }
}
