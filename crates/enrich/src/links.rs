//! Which artist of MusicBrainz somebody is, by every way of finding out.

use std::collections::HashMap;
use std::sync::LazyLock;

use lake::play::UnixMs;

use crate::question::Kind;

/// The seed of the models: what a way of finding out is worth must be the same here and there.
const METHODS: &str = include_str!("../../../sql/seeds/link_methods.csv");

static WORTH: LazyLock<HashMap<(String, String), u8>> = LazyLock::new(|| {
    let rows = csv::Reader::from_reader(METHODS.as_bytes()).into_deserialize().filter_map(Result::ok);
    rows.map(|(subject, method, worth): (String, String, u8)| ((subject, method), worth)).collect()
});

/// The MBID that a source told together with a name.
pub(crate) const BY_CREDITS: &str = "credits";

/// What is found by a name alone: no more than a guess.
pub(crate) const BY_SEARCH: &str = "search";

/// Who somebody is, by one way of finding out.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) method: String,
    pub(crate) mbid: String,
    /// When it was told, and by which answer.
    pub(crate) told: (UnixMs, String),
}

/// How much a way of finding out is worth.
pub(crate) fn worth(kind: Kind, method: &str) -> u8 {
    WORTH.get(&(kind.name().to_owned(), method.to_owned())).copied().unwrap_or_default()
}

/// All links; the newest of each way of finding out.
#[derive(Debug, Default)]
pub(crate) struct Links(HashMap<(Kind, String), Vec<Link>>);

impl Links {
    /// Takes in a link of somebody, who is named by URI or by the key of a name.
    pub(crate) fn add(&mut self, kind: Kind, subject: String, link: Link) {
        let links = self.0.entry((kind, subject)).or_default();
        match links.iter_mut().find(|one| one.method == link.method) {
            Some(one) if one.told <= link.told => *one = link,
            Some(_) => {}
            None => links.push(link),
        }
    }

    /// The best link of somebody, of those that were not withdrawn.
    pub(crate) fn best(&self, kind: Kind, subject: &str, is_withdrawn: impl Fn(&str) -> bool) -> Option<&Link> {
        let links = self.0.get(&(kind, subject.to_owned()))?.iter();
        links.filter(|link| !is_withdrawn(&link.method)).max_by_key(|link| worth(kind, &link.method))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(kind: Kind, methods: &[&str]) -> Links {
        let mut links = Links::default();
        for method in methods {
            let link = Link { method: (*method).to_owned(), mbid: format!("by {method}"), told: (0, String::new()) };
            links.add(kind, "x".to_owned(), link);
        }
        links
    }

    #[track_caller]
    fn best(kind: Kind, methods: &[&str], withdrawn: &str, expected: &str) {
        let links = links(kind, methods);
        let best = links.best(kind, "x", |method| method == withdrawn).map(|link| link.mbid.as_str());
        assert_eq!(best, Some(expected));
    }

    #[test]
    fn a_name_is_looked_up_by_two_titles_and_an_artist_of_spotify_by_one() {
        best(Kind::ArtistName, &["search", "names"], "", "by names");
        best(Kind::SpotifyArtist, &["names", "search"], "", "by search");
        best(Kind::SpotifyArtist, &["search", "isrc", "url"], "", "by url");
        best(Kind::SpotifyArtist, &["search", "isrc", "url"], "url", "by isrc");
        assert!(worth(Kind::ArtistName, BY_CREDITS) > worth(Kind::ArtistName, "names"));
    }
}
