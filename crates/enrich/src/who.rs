//! Who the artists of the plays are at MusicBrainz, by all that is known: what people said, what sources told
//! together with a name, and what was found.

use std::collections::BTreeSet;

use crate::corrected::Corrected;
use crate::heard::{Artist, Heard, Named};
use crate::known::Known;
use crate::links::{BY_CREDITS, BY_SEARCH, worth};
use crate::question::{Kind, Method};

/// What tells who somebody is.
#[derive(Clone, Copy)]
pub(crate) struct Who<'a> {
    pub(crate) heard: &'a Heard,
    pub(crate) known: &'a Known,
    pub(crate) corrected: &'a Corrected,
}

impl<'a> Who<'a> {
    /// The artist of MusicBrainz that an artist of Spotify is.
    pub(crate) fn artist(self, one: &Artist) -> Option<&'a str> {
        let found = || Some(self.known.linked(Kind::SpotifyArtist, &one.uri)?.mbid.as_str());
        // What was found out about a name holds for the only artist of Spotify who has it.
        let by_name = || Some(self.found(one.name.as_deref().filter(|_| one.is_only_of_name)?)?.0);
        self.said_of(one).unwrap_or_else(|| found().or_else(by_name))
    }

    /// Who an artist of Spotify is, where a person said it: of the URI, or of the name that means nobody else.
    pub(crate) fn said_of(self, one: &Artist) -> Option<Option<&'a str>> {
        let name = one.name.as_deref().filter(|_| one.is_only_of_name);
        self.corrected.link(&one.uri).or_else(|| self.corrected.link(name?))
    }

    /// The artist of MusicBrainz that a bare name is.
    pub(crate) fn named(self, name: &str) -> Option<&'a str> {
        self.corrected.link(name).unwrap_or_else(|| Some(self.found(name)?.0))
    }

    /// Whether nobody has to find out who a bare name is: a person said it, or it came with an MBID.
    pub(crate) fn is_told(self, name: &str) -> bool {
        self.corrected.link(name).is_some() || self.found(name).is_some_and(|(_, method)| method == BY_CREDITS)
    }

    /// Whether a search for the bare name is all that links it: an answer that is worth more may come.
    pub(crate) fn is_guessed(self, name: &str) -> bool {
        self.found(name).is_some_and(|(_, method)| method == BY_SEARCH)
    }

    /// The bare names that somebody may have: those that were heard, and the pieces of others where nobody has
    /// the name of several.
    pub(crate) fn names(self) -> impl Iterator<Item = &'a Named> {
        self.heard
            .names
            .iter()
            .filter(move |one| one.pieces_of.is_empty() || one.pieces_of.iter().any(|whole| self.is_nobody(whole)))
    }

    /// Whether the name counts as those of several, as it does for the models: nobody has it, and everybody of
    /// its pieces is known.
    pub(crate) fn is_several(self, name: &str) -> bool {
        let pieces = self.heard.pieces_of(name).filter(|_| self.is_nobody(name));
        pieces.is_some_and(|pieces| pieces.iter().all(|piece| self.named(piece).is_some() || self.is_several(piece)))
    }

    /// Who a name is by the best way of finding out, and which that is.
    fn found(self, name: &str) -> Option<(&'a str, &'a str)> {
        let kind = Kind::ArtistName;
        let told: BTreeSet<&str> = self.heard.mbids_of(name).map(|mbid| self.known.today(mbid)).collect();
        let told = told.first().filter(|_| told.len() == 1).map(|mbid| (*mbid, BY_CREDITS));
        let linked = self.known.linked(kind, name).map(|link| (link.mbid.as_str(), link.method.as_str()));
        told.into_iter().chain(linked).max_by_key(|(_, method)| worth(kind, method))
    }

    /// Whether a name was asked for by itself, and nobody has it.
    fn is_nobody(self, name: &str) -> bool {
        let (kind, known) = (Kind::ArtistName, self.known);
        let is_doubtful = |method| known.is_doubtful(kind, method, name);
        known.is_missed(kind, Method::ArtistSearch, name)
            && !is_doubtful(Method::ArtistSearch)
            && !is_doubtful(Method::ArtistNames)
            && self.named(name).is_none()
    }
}
