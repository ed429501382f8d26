//! What answers say: from a kept answer to rows, and nothing else. There is no clock and no
//! network here, so the same answer says the same again.

mod listenbrainz;
mod musicbrainz;
mod places;
mod spotify;

use std::ops::RangeInclusive;

use lake::cache::{CachedAnswer, Subject};
use lake::facts::{Facts, Lookup};
use serde::de::DeserializeOwned;

use crate::pages;
use crate::question::Method;

/// What came of one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// The answer says something about it.
    Found,
    /// The service knows nothing.
    None,
    /// It may be one of several.
    Ambiguous,
    /// The answer had no room for it among what else it is about: it is to be asked again.
    Crowded,
    /// The service did not want to be asked like this.
    Refused,
    /// The answer is not what the service is known to say.
    Unreadable,
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::None => "none",
            Self::Ambiguous => "ambiguous",
            Self::Crowded => "crowded",
            Self::Refused => "refused",
            Self::Unreadable => "unreadable",
        }
    }
}

/// All that an answer says, with one row of `lookups` for each subject that was asked about.
pub fn interpret(answer: &CachedAnswer) -> Facts {
    let mut said = Said { answer, facts: Facts::default() };
    let question = &answer.question;
    if !matches!(question.status, 200 | 404) {
        let reason = format!("the service answered {}", question.status);
        // For many it is the way of asking that is refused, for one it is the one.
        let is_for_many = Method::of_name(&question.method).is_some_and(Method::is_for_many);
        let is_way = question.subjects.len() > 1 || is_for_many;
        let outcome = if is_way { Outcome::Refused } else { Outcome::None };
        said.all(outcome, &reason);
        return said.facts;
    }
    let read = match Method::of_name(&question.method) {
        Some(Method::ArtistUrls) => musicbrainz::urls::artists(&mut said),
        Some(Method::AlbumUrls) => musicbrainz::urls::albums(&mut said),
        Some(Method::TrackUrls) => musicbrainz::urls::tracks(&mut said),
        Some(Method::Isrc | Method::Isrcs) => musicbrainz::who::by_isrc(&mut said),
        Some(Method::ArtistSearch) => musicbrainz::who::by_name(&mut said),
        Some(Method::Artists) => musicbrainz::artists::many(&mut said),
        Some(Method::Artist) => musicbrainz::artists::one(&mut said),
        Some(Method::ReleaseGroups) => musicbrainz::releases::groups(&mut said),
        Some(Method::Recordings) => musicbrainz::releases::recordings(&mut said),
        Some(Method::Releases) => musicbrainz::releases::many(&mut said),
        Some(Method::Release) => musicbrainz::releases::one(&mut said),
        Some(Method::Areas) => musicbrainz::areas::many(&mut said),
        Some(Method::Area) => musicbrainz::areas::one(&mut said),
        Some(Method::ArtistNames) => listenbrainz::names(&mut said),
        Some(Method::ArtistTags) => listenbrainz::tags(&mut said),
        Some(Method::Popularity) => listenbrainz::popularity(&mut said),
        Some(Method::RecordingPopularity) => listenbrainz::recording_popularity(&mut said),
        Some(Method::AlbumPopularity) => listenbrainz::album_popularity(&mut said),
        Some(Method::Coordinates) => places::wikidata(&mut said),
        Some(Method::Place) => places::nominatim(&mut said),
        Some(Method::Geocode) => places::openweather(&mut said),
        Some(Method::Track | Method::Tracks) => spotify::tracks(&mut said),
        Some(Method::Album | Method::Albums) => spotify::albums(&mut said),
        Some(Method::SpotifyArtists) => spotify::artists(&mut said),
        None if question.method == pages::METHOD => spotify::played(&mut said),
        None => {
            said.all(Outcome::Unreadable, "this version does not know this way of asking");
            Ok(())
        }
    };
    if let Err(error) = read {
        // Half of an answer is no answer.
        said.facts = Facts::default();
        said.all(Outcome::Unreadable, &error.to_string());
    }
    said.facts
}

/// An answer, and what was read from it so far.
struct Said<'a> {
    answer: &'a CachedAnswer,
    facts: Facts,
}

impl<'a> Said<'a> {
    fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.answer.body)
    }

    fn subjects(&self) -> &'a [Subject] {
        &self.answer.question.subjects
    }

    fn id(&self) -> String {
        self.answer.answer_id.clone()
    }

    fn service(&self) -> String {
        self.answer.question.service.clone()
    }

    fn at(&self) -> i64 {
        self.answer.question.fetched_at
    }

    /// Whether the whole question was answered with "not found".
    fn is_not_found(&self) -> bool {
        self.answer.question.status == 404
    }

    fn came_of(&mut self, subject: &Subject, outcome: Outcome, reason: Option<&str>) {
        let question = &self.answer.question;
        self.facts.lookups.push(Lookup {
            answer_id: self.answer.answer_id.clone(),
            service: question.service.clone(),
            method: question.method.clone(),
            subject_type: question.subject_type.clone(),
            subject: subject.id.clone(),
            outcome: outcome.name().to_owned(),
            reason: reason.map(str::to_owned),
            fetched_at: question.fetched_at,
            run_id: question.run_id.clone(),
        });
    }

    /// For those whom an answer had no room for. Where it had room for nobody who was asked about,
    /// it is this way of asking for so many that leads nowhere.
    fn crowded_out(&mut self, subjects: &[&Subject], reason: &str) {
        let is_nobody_left = subjects.len() == self.subjects().len();
        let outcome = if is_nobody_left { Outcome::Refused } else { Outcome::Crowded };
        subjects.iter().for_each(|subject| self.came_of(subject, outcome, Some(reason)));
    }

    /// The same for everybody.
    fn all(&mut self, outcome: Outcome, reason: &str) {
        for subject in self.subjects() {
            self.came_of(subject, outcome, Some(reason));
        }
    }
}

/// The most that anybody counts; what is said to be more is a slip, and not known.
const MOST: i64 = 1_000_000_000;

/// The same of votes: the smallest share that models can tell from none is one of a billion.
const MOST_VOTES: i64 = 1_000_000;

/// A number as far as it can be true: what lies outside is nothing that the models could use.
fn within(number: Option<i64>, range: RangeInclusive<i64>) -> Option<i64> {
    number.filter(|number| range.contains(number))
}

/// The code of a country, of two letters.
fn country(code: Option<String>) -> Option<String> {
    let is_code = |code: &String| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic());
    filled(code).filter(is_code).map(|code| code.to_uppercase())
}

/// A text that says something.
fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}
