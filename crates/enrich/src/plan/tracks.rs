//! Questions about tracks: which recording of MusicBrainz they are, and how much those are heard.

use std::collections::HashSet;

use clients::listenbrainz::MAX_MBIDS;
use clients::musicbrainz::MAX_RESOURCES;

use super::{Situation, batches, full, subject};
use crate::question::{Kind, Method, Question, Service, has_sound_id, is_mbid};

/// `more_may_come` where artists are still looked for, by recordings of theirs.
pub(super) fn questions(situation: &Situation<'_>, more_may_come: bool) -> Vec<Question> {
    use Method::{RecordingPopularity, TrackUrls};
    let mut questions = Vec::new();
    if situation.may_ask(Service::Musicbrainz) {
        let kind = Kind::SpotifyTrack;
        let tracks = situation.heard.tracks.iter().map(|(uri, _)| uri.as_str());
        let due = tracks.filter(|uri| has_sound_id(uri) && situation.is_in_scope(uri));
        let due = due.filter(|uri| situation.is_due(kind, TrackUrls, uri)).map(|uri| subject(uri, None, None));
        let size = situation.batch(TrackUrls, MAX_RESOURCES);
        questions.extend(batches(Service::Musicbrainz, TrackUrls, kind, size, due));
    }
    if situation.may_ask(Service::Listenbrainz) {
        let more_may_come = more_may_come || !questions.is_empty();
        let kind = Kind::Recording;
        let due = situation.recordings().into_iter().filter(|mbid| situation.is_due(kind, RecordingPopularity, mbid));
        let due = due.map(|mbid| subject(mbid, None, None));
        let size = situation.batch(RecordingPopularity, MAX_MBIDS);
        let due = batches(Service::Listenbrainz, RecordingPopularity, kind, size, due);
        questions.extend(full(due, size, more_may_come));
    }
    questions
}

impl Situation<'_> {
    /// The recordings that were heard, the most important first. A limit does not hold for them: a thousand are one
    /// request.
    fn recordings(&self) -> Vec<&str> {
        let told = self.heard.recordings.iter().map(|(mbid, _)| mbid.as_str());
        let tracks = self.heard.tracks.iter().filter_map(|(uri, _)| self.known.recording_of(uri));
        let found = self.known.recordings.iter().map(String::as_str);
        let mut seen = HashSet::new();
        told.chain(tracks).chain(found).filter(|mbid| is_mbid(mbid) && seen.insert(*mbid)).collect()
    }
}
