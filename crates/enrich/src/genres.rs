//! Which tags are genres: the list that the models use, read from its seed.

use std::collections::HashSet;
use std::sync::LazyLock;

/// The seeds of the models: what a genre is must be the same here and there.
const SEEDS: [&str; 2] =
    [include_str!("../../../sql/seeds/genres.csv"), include_str!("../../../sql/seeds/genre_synonyms.csv")];

static GENRES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let names = SEEDS.into_iter().flat_map(|seed| {
        let rows = csv::Reader::from_reader(seed.as_bytes()).into_records();
        rows.filter_map(|row| Some(key(row.ok()?.get(0)?))).collect::<Vec<_>>()
    });
    names.collect()
});

/// Whether people mean a genre by this tag.
pub fn is_genre(tag: &str) -> bool {
    GENRES.contains(&key(tag))
}

/// What is left of a tag without what people spell differently; `genre_key` in the models.
fn key(tag: &str) -> String {
    let told_apart = |char: &char| !" -_./’'".contains(*char);
    tag.to_lowercase().replace('&', "and").chars().filter(told_apart).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn genres_are_told_from_other_tags() {
        assert!(is_genre("rock"));
        assert!(is_genre(" Hip-Hop "));
        assert!(is_genre("Drum & Bass"));
        assert!(!is_genre("seen live"));
    }
}
