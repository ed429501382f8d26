//! Genres and other tags, with the votes of listeners.

use crate::dice::{Dice, Wheel};

/// What MusicBrainz counts as genres, the commonest first.
pub(crate) const GENRES: [&str; 64] = [
    "rock",
    "pop",
    "electronic",
    "alternative rock",
    "indie rock",
    "hip hop",
    "pop rock",
    "folk",
    "jazz",
    "ambient",
    "house",
    "techno",
    "singer-songwriter",
    "indie pop",
    "experimental",
    "punk",
    "soul",
    "r&b",
    "classical",
    "heavy metal",
    "hard rock",
    "synth-pop",
    "country",
    "blues",
    "trip hop",
    "downtempo",
    "dance-pop",
    "post-punk",
    "new wave",
    "psychedelic rock",
    "progressive rock",
    "drum and bass",
    "shoegaze",
    "dream pop",
    "post-rock",
    "black metal",
    "death metal",
    "reggae",
    "dub",
    "dancehall",
    "ska",
    "funk",
    "disco",
    "latin",
    "bossa nova",
    "salsa",
    "afrobeat",
    "k-pop",
    "j-pop",
    "chanson",
    "fado",
    "flamenco",
    "bluegrass",
    "americana",
    "idm",
    "industrial",
    "noise",
    "krautrock",
    "grime",
    "trap",
    "hardcore punk",
    "chamber pop",
    "art rock",
    "math rock",
];

/// Tags that are no genres, some of them other ways to write one.
const OTHER: [&str; 16] = [
    "seen live",
    "favorites",
    "female vocalists",
    "british",
    "german",
    "american",
    "00s",
    "80s",
    "trip-hop",
    "electronica",
    "indie",
    "beautiful",
    "instrumental",
    "2008 universal fire victim",
    "under 2000 listeners",
    "hip-hop",
];

/// A word that listeners put on something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// In lower case.
    pub name: &'static str,
    /// How many more like it than not.
    pub votes: u32,
    /// Whether MusicBrainz counts it as a genre.
    pub is_genre: bool,
}

/// The MBID of a genre, the same in every world.
pub(crate) fn genre_mbid(name: &str) -> String {
    Dice::new(0, &format!("genre {name}")).uuid()
}

/// So many genres and other tags, by name as MusicBrainz lists them. `taste` makes those of
/// one artist alike.
pub(super) fn tags(dice: &mut Dice, taste: usize, genres: usize, others: usize) -> Vec<Tag> {
    let wheel = Wheel::long_tail(GENRES.len(), 12.0);
    let mut tags: Vec<Tag> = Vec::new();
    let mut add = |tag: Tag| {
        if !tags.iter().any(|known| known.name == tag.name) {
            tags.push(tag);
        }
    };
    for number in 0..genres {
        let place = if number == 0 { taste } else { wheel.spin(dice) };
        let votes = if number == 0 { 2 + dice.low_below(14) } else { 1 + dice.low_below(6) };
        add(Tag { name: GENRES[place % GENRES.len()], votes: votes as u32, is_genre: true });
    }
    for _ in 0..others {
        let name = OTHER[dice.below(OTHER.len())];
        add(Tag { name, votes: 1 + dice.low_below(9) as u32, is_genre: false });
    }
    tags.sort_unstable_by_key(|tag| tag.name);
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_distinct_and_in_order() {
        let mut dice = Dice::new(3, "tags");
        for _ in 0..200 {
            let tags = tags(&mut dice, 5, 4, 3);
            assert!(tags.is_sorted_by(|left, right| left.name < right.name), "{tags:?}");
            assert!(tags.iter().any(|tag| tag.name == GENRES[5] && tag.votes >= 2));
            assert!(tags.iter().all(|tag| tag.votes > 0 && tag.is_genre == GENRES.contains(&tag.name)));
        }
    }
}
