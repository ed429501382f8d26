//! What to ask next. The plan is a pure function of what was heard, what is known and the time:
//! nothing remembers how far a run has come but the answers themselves, so a run that was killed
//! goes on by planning again.

mod albums;
mod artists;
mod places;

use std::cmp::Reverse;
use std::collections::HashSet;

use lake::cache::Subject;
use lake::play::UnixMs;

use crate::corrected::Corrected;
use crate::heard::Heard;
use crate::known::Known;
use crate::question::{Kind, Method, Question, Service};

/// What the next questions follow from.
pub(crate) struct Situation<'s> {
    pub(crate) heard: &'s Heard,
    pub(crate) known: &'s Known,
    pub(crate) now: UnixMs,
    /// Who people said that artists are.
    pub(crate) corrected: &'s Corrected,
    /// The services that may be asked and answer.
    pub(crate) services: HashSet<Service>,
    /// Those that do not answer now and will again: they are waited for, and nobody is asked in
    /// their place.
    pub(crate) later: HashSet<Service>,
    /// ListenBrainz looks names up for those who have a token.
    pub(crate) has_listenbrainz_token: bool,
    /// The subjects that this run is about; everything when there is no limit.
    pub(crate) scope: Option<&'s HashSet<String>>,
}

/// The questions that can be asked now: those about most subjects first, of equals the most
/// important. None are left when everything is known, or was asked for, or nobody answers.
///
/// A question that has room waits as long as answers to others may bring who fits in, so that
/// few requests suffice.
pub(crate) fn next(situation: &Situation<'_>) -> Vec<Question> {
    let mut questions = artists::identities(situation);
    let may_find_artists = !questions.is_empty();
    questions.extend(artists::descriptions(situation, may_find_artists));
    let may_find_facts = !questions.is_empty();
    if !may_find_facts {
        questions.extend(artists::works(situation));
    }
    questions.extend(places::questions(situation, may_find_facts));
    questions.extend(albums::questions(situation, may_find_artists));
    questions.sort_by_key(|question| Reverse(question.subjects.len()));
    questions
}

/// The first so many artists, names and albums that something is to be asked about.
pub(crate) fn scope(situation: &Situation<'_>, limit: usize) -> HashSet<String> {
    let mut scope = HashSet::new();
    let Heard { artists, names, albums, .. } = situation.heard;
    let artists = artists.iter().filter(|one| situation.is_open(Kind::SpotifyArtist, Method::ArtistUrls, &one.uri));
    let names = names.iter().filter(|one| situation.is_open(Kind::ArtistName, Method::ArtistSearch, &one.name));
    let people = artists
        .map(|one| (one.listening.plays, one.uri.clone()))
        .chain(names.map(|one| (one.listening.plays, one.name.clone())));
    let mut people: Vec<_> = people.collect();
    people.sort_by_key(|(plays, _)| Reverse(*plays));
    scope.extend(people.into_iter().take(limit).map(|(_, id)| id));
    let albums = albums.iter().filter(|one| situation.is_due(Kind::SpotifyAlbum, Method::AlbumUrls, &one.uri));
    scope.extend(albums.take(limit).map(|one| one.uri.clone()));
    scope
}

impl Situation<'_> {
    fn may_ask(&self, service: Service) -> bool {
        self.services.contains(&service)
    }

    /// Whether this service answers, if not now then later.
    fn hopes_for(&self, service: Service) -> bool {
        self.may_ask(service) || self.later.contains(&service)
    }

    /// Whether an answer is still to come.
    fn waits_for(&self, service: Service, kind: Kind, method: Method, subject: &str) -> bool {
        self.hopes_for(service) && self.is_open_yet(kind, method, subject)
    }

    /// Whether no answer that anybody can read holds today.
    fn is_open_yet(&self, kind: Kind, method: Method, subject: &str) -> bool {
        self.is_due(kind, method, subject) || self.known.is_unreadable(kind, method, subject)
    }

    fn is_due(&self, kind: Kind, method: Method, subject: &str) -> bool {
        self.known.is_due(kind, method, subject, self.now)
    }

    /// Whether something is to be asked about an artist: who it is, or what is known of who it is.
    fn is_open(&self, kind: Kind, first: Method, id: &str) -> bool {
        let linked = self.known.linked(kind, id);
        let is_described = |mbid: &str| !self.is_due(Kind::Artist, Method::Artists, mbid);
        self.is_due(kind, first, id) || linked.is_some_and(|mbid| !is_described(mbid))
    }

    fn is_in_scope(&self, subject: &str) -> bool {
        self.scope.is_none_or(|scope| scope.contains(subject))
    }

    /// How many subjects go into one question: a tenth of what the service refused lately.
    fn batch(&self, method: Method, most: usize) -> usize {
        self.known.refused(method, self.now).map_or(most, |refused| (refused / 10).clamp(1, most))
    }

    /// Whether the service refuses questions of this kind for many at a time.
    fn is_refused(&self, method: Method) -> bool {
        self.known.refused(method, self.now).is_some()
    }
}

/// Cuts subjects into questions.
fn batches(
    service: Service,
    method: Method,
    kind: Kind,
    size: usize,
    subjects: impl IntoIterator<Item = Subject>,
) -> Vec<Question> {
    let subjects: Vec<Subject> = subjects.into_iter().collect();
    let chunks = subjects.chunks(size.max(1));
    chunks.map(|chunk| Question { service, method, kind, subjects: chunk.to_vec() }).collect()
}

/// Leaves out the question that has room, when more may come.
fn full(mut questions: Vec<Question>, size: usize, more_may_come: bool) -> Vec<Question> {
    if more_may_come {
        questions.retain(|question| question.subjects.len() >= size);
    }
    questions
}

fn subject(id: &str, name: Option<&str>, hint: Option<&str>) -> Subject {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Subject { id: id.to_owned(), name: owned(name), hint: owned(hint) }
}
