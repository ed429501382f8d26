//! When two spellings are the same name.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The name without what spellings differ in: case, accents, punctuation, "&" for "and", a
/// leading "The". A name that is nothing but punctuation ("!!!") stays as it is.
pub fn plain(name: &str) -> String {
    let folded: String = name
        .nfkd()
        .filter(|char| !is_combining_mark(*char))
        .flat_map(char::to_lowercase)
        .collect::<String>()
        .replace('&', " and ")
        .replace('ß', "ss")
        .replace('ø', "o")
        .replace('ł', "l");
    let words: Vec<String> = folded
        .split_whitespace()
        .map(|word| word.chars().filter(|char| char.is_alphanumeric()).collect::<String>())
        .filter(|word| !word.is_empty())
        .collect();
    let words = match words.split_first() {
        Some((first, rest)) if first == "the" && !rest.is_empty() && rest != ["the"] => rest,
        _ => &words[..],
    };
    if words.is_empty() { name.trim().to_lowercase() } else { words.join(" ") }
}

/// How SQL compares names: without case and the spaces around.
pub fn key(name: &str) -> String {
    name.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn same(left: &str, right: &str) {
        assert_eq!(plain(left), plain(right));
    }

    #[test]
    fn spellings_of_one_name_are_equal() {
        same("Beyoncé", "BEYONCE");
        same("Simon & Garfunkel", "Simon and Garfunkel");
        same("The Beatles", "Beatles");
        same("AC/DC", "ACDC");
        same("Sigur Rós", "sigur ros");
        same("Mø", "MO");
        same("Guns N’ Roses", "Guns N' Roses");
    }

    #[test]
    fn other_names_are_not() {
        for (left, right) in [("The The", "The"), ("!!!", "???"), ("Air", "Aire"), ("Ye", "Yes"), ("A B", "AB")] {
            assert_ne!(plain(left), plain(right), "{left} {right}");
        }
    }
}
