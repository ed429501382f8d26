//! What to ask next. The plan is a pure function of what was heard, what is known and the time:
//! nothing remembers how far a run has come but the answers themselves, so a run that was killed
//! goes on by planning again.

mod albums;
mod artists;
mod cut;
mod places;
mod scope;
mod tracks;

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use lake::cache::Subject;
use lake::play::UnixMs;

pub(crate) use self::scope::scope;
use crate::corrected::Corrected;
use crate::failures::Failures;
use crate::heard::{Heard, Named};
use crate::known::Known;
use crate::question::{Kind, Method, Question, Service};
use crate::who::Who;

/// So many are looked for one by one before others are described: two minutes' work.
const ALONE_IN_A_WAVE: usize = 100;

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
    /// So many requests the budget at Spotify still has today.
    pub(crate) spotify_requests_left: usize,
    /// ListenBrainz looks names up for those who have a token.
    pub(crate) has_listenbrainz_token: bool,
    /// What got no answer, in this run or lately.
    pub(crate) failures: &'s Failures,
    /// The subjects that this run is about; everything when there is no limit.
    pub(crate) scope: Option<&'s HashSet<String>>,
}

/// The questions that can be asked now: those about most subjects first, of equals the most
/// important. None are left when everything is known, or was asked for, or nobody answers.
///
/// A question that has room waits as long as answers to others may bring who fits in, so that
/// few requests suffice. Where many are looked for one by one, which takes hours, only the most
/// important of them are, and whoever was found before is described meanwhile.
pub(crate) fn next(situation: &Situation<'_>) -> Vec<Question> {
    let mut questions = artists::identities(situation);
    let is_long = hold_back(&mut questions);
    ask_about(situation, questions, is_long)
}

/// The same with everybody who is looked for.
fn all(situation: &Situation<'_>) -> Vec<Question> {
    ask_about(situation, artists::identities(situation), false)
}

/// Leaves out what would make a wave of questions about one each too long; says whether it did.
fn hold_back(questions: &mut Vec<Question>) -> bool {
    let (mut alone, before) = (HashMap::<Service, usize>::new(), questions.len());
    questions.retain(|question| {
        let alone = alone.entry(question.service).or_default();
        *alone += usize::from(question.subjects.len() == 1);
        question.subjects.len() > 1 || *alone <= ALONE_IN_A_WAVE
    });
    questions.len() < before
}

/// What can be asked beside these questions, who somebody is. Nobody waits for them in a long wave.
fn ask_about(situation: &Situation<'_>, mut questions: Vec<Question>, is_long: bool) -> Vec<Question> {
    let may_find_artists = !questions.is_empty() && !is_long;
    questions.extend(artists::descriptions(situation, may_find_artists));
    let may_find_facts = !questions.is_empty() && !is_long;
    if questions.is_empty() {
        questions.extend(artists::works(situation));
    }
    questions.extend(places::questions(situation, may_find_facts));
    questions.extend(albums::questions(situation, may_find_artists));
    questions.extend(tracks::questions(situation, may_find_artists));
    questions.sort_by_key(|question| Reverse(question.subjects.len()));
    situation.cut(questions)
}

impl<'s> Situation<'s> {
    /// Who the artists of the plays are, as far as anybody knows.
    fn who(&self) -> Who<'s> {
        Who { heard: self.heard, known: self.known, corrected: self.corrected }
    }

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
        self.known.is_due(kind, method, subject, self.now) || self.known.is_unreadable(kind, method, subject)
    }

    /// Whether it is time to ask. What got no answer in this run is left to the next.
    fn is_due(&self, kind: Kind, method: Method, subject: &str) -> bool {
        self.known.is_due(kind, method, subject, self.now) && !self.failures.is_of_this_run(method, subject)
    }

    fn is_in_scope(&self, subject: &str) -> bool {
        self.scope.is_none_or(|scope| scope.contains(subject))
    }

    /// Whether this run is about a bare name, or about the name of several of which it is a piece.
    fn is_name_in_scope(&self, one: &Named) -> bool {
        self.is_in_scope(&one.name) || one.pieces_of.iter().any(|whole| self.is_in_scope(whole))
    }

    /// How many subjects go into one question.
    fn batch(&self, method: Method, most: usize) -> usize {
        self.known.limit(method, self.now).map_or(most, |limit| limit.min(most))
    }

    /// Whether the service refuses questions of this kind for many at a time.
    fn is_refused(&self, method: Method) -> bool {
        self.known.limit(method, self.now) == Some(1)
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
