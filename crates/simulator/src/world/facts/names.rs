//! The names that MusicBrainz writes, which are not always those of Spotify.

/// Writes a name in another way: as typesetters do, without accents, or with other letters
/// and words for the same. None when there is no other way.
pub(super) fn other_way(name: &str, choice: usize) -> String {
    let ways = [
        name.replace('\'', "’"),
        name.replace(" & ", " and "),
        plain(name),
        name.to_lowercase(),
        name.to_uppercase(),
        name.strip_prefix("The ").unwrap_or(name).to_owned(),
    ];
    let others: Vec<&String> = ways.iter().filter(|other| *other != name).collect();
    // Some scripts know neither capitals nor accents.
    others.get(choice % others.len().max(1)).map_or_else(|| format!("{name} (band)"), |other| (*other).clone())
}

/// The name as one sorts it.
pub(super) fn sorted(name: &str, is_person: bool) -> String {
    if let Some(rest) = name.strip_prefix("The ") {
        return format!("{rest}, The");
    }
    match name.rsplit_once(' ') {
        Some((first, last)) if is_person && name.is_ascii() => format!("{last}, {first}"),
        _ => name.to_owned(),
    }
}

/// A name for comparing: without case, accents, quotes and the two ways to write "and".
pub(crate) fn normal(name: &str) -> String {
    let spelled = plain(name).to_lowercase().replace('&', " and ");
    let letters = spelled.chars().map(|letter| if letter.is_alphanumeric() { letter } else { ' ' });
    let words: String = letters.collect();
    let normal = words.split_whitespace().collect::<Vec<_>>().join(" ");
    // Of some names nothing would be left.
    if normal.is_empty() { name.to_owned() } else { normal }
}

/// Without accents and typographic marks.
fn plain(name: &str) -> String {
    name.chars()
        .map(|letter| match letter {
            'á' | 'à' | 'ä' | 'å' => 'a',
            'Á' | 'À' | 'Ä' | 'Å' => 'A',
            'é' | 'è' | 'ë' | 'ê' => 'e',
            'É' | 'È' | 'Ë' => 'E',
            'í' | 'ï' | 'ì' | 'ı' => 'i',
            'İ' => 'I',
            'ó' | 'ö' | 'ò' | 'ø' => 'o',
            'Ö' | 'Ø' | 'Ó' => 'O',
            'ú' | 'ü' | 'ù' => 'u',
            'Ü' | 'Ú' => 'U',
            'ñ' => 'n',
            'Ñ' => 'N',
            'ç' => 'c',
            'ż' => 'z',
            'Ż' => 'Z',
            '’' => '\'',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_in_other_ways_that_mean_the_same() {
        for name in ["Chloë O'Hara", "Hugo & the Tigers", "The Salty Comets", "ENGINE", "DJ Café"] {
            for choice in 0..6 {
                let other = other_way(name, choice);
                assert_ne!(other, name);
                assert_eq!(normal(&other).trim_start_matches("the "), normal(name).trim_start_matches("the "));
            }
        }
        assert_eq!(other_way("青い灯台", 2), "青い灯台 (band)");
        assert_eq!(sorted("The Salty Comets", false), "Salty Comets, The");
        assert_eq!(sorted("Mira Vale", true), "Vale, Mira");
    }
}
