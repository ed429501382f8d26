//! Questions about albums: which release of MusicBrainz they are, and what is known of it there;
//! then Spotify's own words, within its budget.

use clients::musicbrainz::{MAX_RESOURCES, MAX_RESULTS};
use clients::spotify::MAX_ALBUMS;

use super::{Situation, batches, full, subject};
use crate::question::{Kind, Method, Question, Service, has_sound_id, is_mbid};

/// `more_may_come` where tracks are still asked about, which tell their albums.
pub(super) fn questions(situation: &Situation<'_>, more_may_come: bool) -> Vec<Question> {
    use Method::{Album, AlbumUrls, Albums, Releases};
    let known = situation.known;
    let albums: Vec<(&str, Option<&str>)> = situation
        .heard
        .albums
        .iter()
        .map(|one| (one.uri.as_str(), one.name.as_deref()))
        .filter(|(uri, _)| has_sound_id(uri) && uri.starts_with("spotify:album:") && situation.is_in_scope(uri))
        .collect();
    let mut questions = Vec::new();
    if situation.may_ask(Service::Musicbrainz) {
        let (service, kind) = (Service::Musicbrainz, Kind::SpotifyAlbum);
        let due = albums.iter().filter(|(uri, _)| situation.is_due(kind, AlbumUrls, uri));
        let due = due.map(|(uri, name)| subject(uri, *name, None));
        let size = situation.batch(AlbumUrls, MAX_RESOURCES);
        questions.extend(full(batches(service, AlbumUrls, kind, size, due), size, more_may_come));
        let more_may_come = more_may_come || !questions.is_empty();
        let mut releases: Vec<&str> = albums.iter().filter_map(|(uri, _)| known.release_of(uri)).collect();
        releases.retain(|mbid| is_mbid(mbid) && situation.is_due(Kind::Release, Releases, mbid));
        let mut seen = std::collections::HashSet::new();
        releases.retain(|mbid| seen.insert(*mbid));
        let size = situation.batch(Releases, MAX_RESULTS);
        let subjects = releases.into_iter().map(|mbid| subject(mbid, None, None));
        questions.extend(full(batches(service, Releases, Kind::Release, size, subjects), size, more_may_come));
    }
    if situation.may_ask(Service::Spotify) {
        let kind = Kind::SpotifyAlbum;
        let is_due = |uri: &str| situation.is_due(kind, Albums, uri) && situation.is_due(kind, Album, uri);
        // The day's budget is for what nobody else knows.
        let unknown = albums.iter().filter(|(uri, _)| known.release_of(uri).is_none() && is_due(uri));
        let unknown = unknown
            .filter(|(uri, _)| !situation.may_ask(Service::Musicbrainz) || known.is_missed(kind, AlbumUrls, uri));
        let unknown = unknown.map(|(uri, name)| subject(uri, *name, None));
        questions.extend(if situation.is_refused(Albums) {
            batches(Service::Spotify, Album, kind, 1, unknown)
        } else {
            batches(Service::Spotify, Albums, kind, MAX_ALBUMS, unknown)
        });
    }
    questions
}
