//! The artists that a credit of several names, as programs that know names only write them.

/// What stands between an artist and their guests.
const BEFORE_GUESTS: [&str; 5] = [" featuring ", " feat. ", " feat ", " ft. ", " ft "];

/// What stands between artists, and in the names of many.
const BETWEEN: [&str; 2] = [" & ", ", "];

/// More than that no credit is taken for.
const MOST: usize = 16;

/// The pieces of the key of a name; none where it does not look like several. It is cut at the guests first; a
/// piece may have pieces of its own, where nobody has its name. The models take a name for its pieces where
/// each of them is an artist that is known otherwise (`int_artists_replaced`).
pub(super) fn pieces(key: &str) -> Vec<String> {
    let has = |between: &[&str]| between.iter().any(|between| key.contains(between));
    if key.contains('|') || !(has(&BEFORE_GUESTS) || has(&BETWEEN)) {
        return Vec::new();
    }
    let between: &[&str] = if has(&BEFORE_GUESTS) { &BEFORE_GUESTS } else { &BETWEEN };
    let marked = between.iter().fold(key.to_owned(), |text, between| text.replace(between, "|"));
    let pieces: Vec<String> = marked.split('|').map(|piece| piece.trim().to_owned()).collect();
    if pieces.len() > MOST || pieces.iter().any(String::is_empty) { Vec::new() } else { pieces }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(key: &str, expected: &[&str]) {
        assert_eq!(pieces(key), expected, "{key}");
    }

    #[test]
    fn a_credit_of_several_is_taken_apart() {
        check("a feat. b", &["a", "b"]);
        check("a ft b & c, d featuring e", &["a", "b & c, d", "e"]);
        check("earth, wind & fire feat. b", &["earth, wind & fire", "b"]);
        check("earth, wind & fire", &["earth", "wind", "fire"]);
        check("ac/dc", &[]);
        check("simon and garfunkel", &[]);
        check("a | b & c", &[]);
        check("a, , b", &[]);
    }
}
