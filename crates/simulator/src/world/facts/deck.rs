//! Deals what MusicBrainz knows about which artist. It is dealt from a deck and not diced, so
//! that even a small world has one of everything, if there are artists enough.

use super::Found;
use crate::dice::Dice;

/// What is special about the way to an artist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Twist {
    None,
    /// Others have the same name.
    Namesakes,
    /// The name is written in another way.
    OtherName,
    /// Another Spotify id is linked as well.
    TwoIds,
    /// Another Spotify id is linked, this one is not.
    OtherId,
    /// The URL is linked to someone else too.
    SharedUrl,
    /// The URL was linked to someone else once.
    FormerOwner,
    /// The URL was linked once.
    EndedLink,
    /// There was a second MBID.
    Merged,
}

/// One card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Card {
    pub(super) exists: bool,
    pub(super) found: Found,
    pub(super) twist: Twist,
}

/// Of a thousand artists so many; the rest is linked and there is nothing special.
const CARDS: [(usize, Card); 14] = [
    (40, card(false, Found::Nowhere, Twist::None)),
    (30, card(false, Found::Nowhere, Twist::Namesakes)),
    (10, card(true, Found::Nowhere, Twist::Namesakes)),
    (15, card(true, Found::Isrc, Twist::OtherId)),
    (15, card(true, Found::Isrc, Twist::EndedLink)),
    (10, card(true, Found::Isrc, Twist::Namesakes)),
    (10, card(true, Found::Search, Twist::None)),
    (10, card(true, Found::Search, Twist::OtherName)),
    (10, card(true, Found::NameLookup, Twist::Namesakes)),
    (40, card(true, Found::Linked, Twist::Merged)),
    (30, card(true, Found::Linked, Twist::SharedUrl)),
    (30, card(true, Found::Linked, Twist::TwoIds)),
    (20, card(true, Found::Linked, Twist::FormerOwner)),
    (200, card(true, Found::Linked, Twist::OtherName)),
];

/// From where the genres of an artist can be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Genres {
    OfArtist,
    /// The artist has tags, but none is a genre.
    OnlyTags,
    OfReleaseGroups,
    OfRecordings,
    Unknown,
}

const GENRES: [(usize, Genres); 4] =
    [(80, Genres::OnlyTags), (80, Genres::OfReleaseGroups), (50, Genres::OfRecordings), (50, Genres::Unknown)];

/// Where an artist began and is based, as keys of the atlas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Home {
    pub(super) begin_area: Option<&'static str>,
    pub(super) area: Option<&'static str>,
}

/// Origins that are easily got wrong; one artist each.
pub(super) const ODD_HOMES: [Home; 24] = [
    home("springfield-il", "US"),
    home("springfield-mo", "US"),
    home("kowloon", "HK"),
    home("san-juan", "PR"),
    home("kreuzberg", "DE"),
    home("brooklyn", "new-york"),
    Home { begin_area: None, area: Some("US") },
    Home { begin_area: None, area: Some("gothenburg") },
    Home { begin_area: None, area: None },
    home("petersburg", "SU"),
    home("belgrade", "YU"),
    home("old-harbour", "DE"),
    home("nuuk", "GL"),
    home("hamilton-bm", "BM"),
    home("hamilton-on", "CA"),
    home("prague", "XC"),
    home("skye", "GB-SCT"),
    home("kingston", "GB"),
    home("chemnitz", "DD"),
    home("high-plateau", "NO"),
    Home { begin_area: None, area: Some("XW") },
    Home { begin_area: Some("okinawa"), area: None },
    home("saint-denis", "RE"),
    home("GB-WLS", "london"),
];

/// One card for each of so many artists.
pub(super) fn ways(seed: u64, artists: usize) -> Vec<Card> {
    deal(seed, "ways to artists", artists, &CARDS, card(true, Found::Linked, Twist::None))
}

/// From where the genres of each of so many artists can be known.
pub(super) fn genres(seed: u64, artists: usize) -> Vec<Genres> {
    deal(seed, "sources of genres", artists, &GENRES, Genres::OfArtist)
}

/// Which of so many artists have an odd origin.
pub(super) fn homes(seed: u64, artists: usize) -> Vec<Option<Home>> {
    let homes: Vec<(usize, Option<Home>)> = ODD_HOMES.iter().map(|home| (1, Some(*home))).collect();
    deal(seed, "odd homes", artists, &homes, None)
}

/// Deals of each kind its share of a thousand, but at least one, as long as there are hands.
fn deal<T: Copy>(seed: u64, name: &str, hands: usize, kinds: &[(usize, T)], rest: T) -> Vec<T> {
    let one_each = kinds.iter().map(|(_, kind)| *kind);
    let more =
        kinds.iter().flat_map(|(share, kind)| std::iter::repeat_n(*kind, (share * hands / 1_000).saturating_sub(1)));
    let mut cards: Vec<T> = one_each.chain(more).chain(std::iter::repeat(rest)).take(hands).collect();
    Dice::new(seed, name).shuffle(&mut cards);
    cards
}

const fn card(exists: bool, found: Found, twist: Twist) -> Card {
    Card { exists, found, twist }
}

const fn home(begin_area: &'static str, area: &'static str) -> Home {
    Home { begin_area: Some(begin_area), area: Some(area) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_met_and_small_worlds_have_one_of_each() {
        let cards = ways(1, 1_000);
        let count = |is: fn(&Card) -> bool| cards.iter().filter(|card| is(card)).count();
        assert_eq!((count(|card| card.exists), count(|card| card.found == Found::Linked)), (930, 850));
        let cards = ways(2, 20);
        assert!(CARDS.iter().all(|(_, card)| cards.contains(card)));
        assert_ne!(ways(1, 40), ways(2, 40));
        assert_eq!(homes(1, 40).iter().flatten().count(), ODD_HOMES.len());
        assert_eq!(genres(1, 8).len(), 8);
    }
}
