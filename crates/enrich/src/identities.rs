//! Who was heard, by every way in which sources name an artist, and whom of them MusicBrainz knows.
//!
//! An identity is what can be asked about: an id of Spotify, an MBID that a source gave, or a bare name.
//! An artist whom several sources tell of may have several, so identities are no artists: which of them
//! are one artist is decided in SQL, and `rpt_coverage` counts those.

use crate::who::Who;

/// One way in which an artist is named.
pub(crate) struct Identity<'a> {
    /// Who that is at MusicBrainz today, where it is known.
    pub(crate) mbid: Option<&'a str>,
    /// How many reports of plays name the artist so.
    pub(crate) plays: u64,
}

/// All that were heard. Whoever counts as somebody else is not among them: the name of several is its pieces.
pub(crate) fn identities<'a>(who: Who<'a>) -> impl Iterator<Item = Identity<'a>> {
    let artists = who.heard.artists.iter().map(move |one| (who.artist(one), one.listening.plays));
    let is_heard = move |wholes: &[String]| wholes.is_empty() || wholes.iter().any(|whole| who.is_several(whole));
    let names = who.heard.names.iter().filter(move |one| is_heard(&one.pieces_of) && !who.is_several(&one.name));
    let names = names.map(move |one| (who.named(&one.name), one.listening.plays));
    let mbids = who.heard.mbids.iter().map(|(mbid, listening)| (Some(mbid.as_str()), listening.plays));
    let all = artists.chain(names).chain(mbids);
    all.map(move |(mbid, plays)| Identity { mbid: mbid.map(|mbid| who.known.today(mbid)), plays })
}

/// What the word means, for people.
pub(crate) const MEANING: &str = "An identity is an id of Spotify, an MBID or a bare name by which plays name an artist; \
                                  one artist may have several. How many artists are known, and of how many plays: \
                                  `music-tracker query \"from rpt_coverage\"`";
