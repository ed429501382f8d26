//! Who somebody is, where no address tells: by a recording, or by the name. A wrong artist is
//! worse than none, so whatever is not certain is left open.

use std::collections::BTreeMap;

use lake::cache::Subject;
use lake::facts::{ArtistLink, RecordingFacts};
use serde::Deserialize;

use super::super::{Outcome, Said, within};
use super::{Credit, Number};
use crate::names;
use crate::question::Method;

/// The least score of a find. A rival is one with any.
const GOOD_SCORE: i64 = 90;

#[derive(Default, Deserialize)]
struct Recordings {
    /// How many a search found, of which the answer has at most a hundred.
    #[serde(default)]
    count: usize,
    recordings: Vec<Recording>,
}

#[derive(Deserialize)]
struct Recording {
    id: Option<String>,
    /// A search for many tells whose recording it is; a lookup of one does not.
    #[serde(default)]
    isrcs: Option<Vec<String>>,
    #[serde(rename = "artist-credit", default)]
    credits: Vec<Credit>,
}

/// The artist of the right name among all who are credited for the recordings of an ISRC: the
/// first one may be a guest, or the one who was remixed. A search for several says which
/// recording has which. The recordings are worth keeping whoever made them.
pub(in crate::answers) fn by_isrc(said: &mut Said<'_>) -> Result<(), serde_json::Error> {
    let body = if said.is_not_found() { Recordings::default() } else { said.read()? };
    let is_search = said.answer.question.method == Method::Isrcs.name();
    let is_cut = is_search && body.count > body.recordings.len() && said.subjects().len() > 1;
    let mut crowded = Vec::new();
    for subject in said.subjects() {
        let name = subject.name.as_deref().map(names::plain);
        let isrc = subject.hint.as_deref().unwrap_or_default();
        let has_isrc = |recording: &&Recording| {
            let mut isrcs = recording.isrcs.iter().flatten();
            !is_search || isrcs.any(|one| one.eq_ignore_ascii_case(isrc))
        };
        let recordings: Vec<&Recording> = body.recordings.iter().filter(has_isrc).collect();
        for mbid in recordings.iter().filter_map(|recording| recording.id.clone()) {
            said.facts.recordings.push(RecordingFacts {
                answer_id: said.id(),
                service: said.service(),
                recording_mbid: mbid,
                track_isrc: Some(isrc.to_uppercase()),
                fetched_at: said.at(),
                ..RecordingFacts::default()
            });
        }
        let credits = recordings.iter().flat_map(|recording| &recording.credits);
        let same = credits.filter_map(|credit| {
            let artist = credit.artist.as_ref()?;
            let spellings = [credit.name.as_deref(), Some(artist.name.as_str())];
            let is_same = spellings.into_iter().flatten().any(|spelling| Some(names::plain(spelling)) == name);
            is_same.then(|| (artist.id.clone(), artist.name.clone()))
        });
        let same: BTreeMap<String, String> = same.collect();
        if is_cut && same.is_empty() {
            crowded.push(subject);
            continue;
        }
        let nobody = if recordings.is_empty() { "the ISRC is not known" } else { "nobody of this name is credited" };
        decide(said, subject, "isrc", None, same.into_iter().collect(), nobody);
    }
    said.crowded_out(&crowded, "the recordings of others took all the room");
    Ok(())
}

#[derive(Deserialize)]
struct Artists {
    artists: Vec<Candidate>,
}

#[derive(Deserialize)]
struct Candidate {
    id: String,
    #[serde(default)]
    name: String,
    score: Option<Number>,
    #[serde(default)]
    aliases: Vec<Alias>,
}

#[derive(Deserialize)]
struct Alias {
    name: Option<String>,
}

impl Candidate {
    fn has_name(&self, name: &str) -> bool {
        let aliases = self.aliases.iter().filter_map(|alias| alias.name.as_deref());
        aliases.chain([self.name.as_str()]).any(|spelling| names::plain(spelling) == name)
    }
}

/// The artist of this name, when the service is sure and nobody else has it, not even somebody whom it
/// found less good: the score tells which of two is better known, not whom somebody heard.
pub(in crate::answers) fn by_name(said: &mut Said<'_>) -> Result<(), serde_json::Error> {
    let body: Artists = if said.is_not_found() { Artists { artists: Vec::new() } } else { said.read()? };
    for subject in said.subjects() {
        let name = names::plain(subject.name.as_deref().unwrap_or(&subject.id));
        let score = |one: &Candidate| one.score.as_ref().and_then(Number::value).unwrap_or_default();
        let same: Vec<&Candidate> = body.artists.iter().filter(|one| one.has_name(&name)).collect();
        // Who is called so beats who is also called so, unless the service finds that one as good.
        let is_exact = |one: &&&Candidate| names::plain(&one.name) == name;
        let best = same.iter().filter(is_exact).map(|one| score(one)).max();
        let is_rival = |one: &&&Candidate| is_exact(one) || best.is_none_or(|best| score(one) >= best);
        let chosen: Vec<&Candidate> = same.iter().filter(is_rival).copied().collect();
        let best = chosen.iter().map(|one| score(one)).max();
        if best.is_some_and(|best| best < GOOD_SCORE) {
            said.came_of(subject, Outcome::None, Some("nobody of this name was found for certain"));
            continue;
        }
        let chosen = chosen.into_iter().map(|one| (one.id.clone(), one.name.clone())).collect();
        decide(said, subject, "search", best, chosen, "nobody of this name was found");
    }
    Ok(())
}

/// Links the only candidate.
fn decide(
    said: &mut Said<'_>,
    subject: &Subject,
    method: &str,
    score: Option<i64>,
    candidates: Vec<(String, String)>,
    nobody: &str,
) {
    match &candidates[..] {
        [] => said.came_of(subject, Outcome::None, Some(nobody)),
        [(mbid, name)] => {
            said.facts.artist_links.push(ArtistLink {
                answer_id: said.id(),
                subject_type: said.answer.question.subject_type.clone(),
                subject: subject.id.clone(),
                artist_mbid: mbid.clone(),
                artist_name: Some(name.clone()),
                method: method.to_owned(),
                score: within(score, 0..=100),
                fetched_at: said.at(),
            });
            said.came_of(subject, Outcome::Found, None);
        }
        several => {
            let reason = format!("{} artists have this name", several.len());
            said.came_of(subject, Outcome::Ambiguous, Some(&reason));
        }
    }
}
