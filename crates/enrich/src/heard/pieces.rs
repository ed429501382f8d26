//! The artists that a credit of several names, as programs that know names only write them.

/// What stands between them, in the order in which the models look for it.
const BETWEEN: [&str; 7] = [" featuring ", " feat. ", " feat ", " ft. ", " ft ", " & ", ", "];

/// More than that no credit is taken for.
const MOST: usize = 16;

/// The pieces of the key of a name; none where it does not look like several. The models take such a name for
/// its pieces where each of them is an artist that is known otherwise (`int_artists_replaced`).
pub(super) fn pieces(key: &str) -> Vec<String> {
    if key.contains('|') || !BETWEEN.iter().any(|between| key.contains(between)) {
        return Vec::new();
    }
    let marked = BETWEEN.iter().fold(key.to_owned(), |text, between| text.replace(between, "|"));
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
        check("a ft b & c, d featuring e", &["a", "b", "c", "d", "e"]);
        check("earth, wind & fire", &["earth", "wind", "fire"]);
        check("ac/dc", &[]);
        check("simon and garfunkel", &[]);
        check("a | b & c", &[]);
        check("a, , b", &[]);
    }
}
