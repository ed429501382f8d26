//! Questions about albums: which release of MusicBrainz they are, and what is known of it there; how much
//! they are heard; then Spotify's own words, within its budget.

use clients::listenbrainz::MAX_MBIDS;
use clients::musicbrainz::{MAX_RESOURCES, MAX_RESULTS};
use clients::spotify::MAX_ALBUMS;

use super::{Situation, batches, full, subject};
use crate::question::{Kind, Method, Question, Service, has_sound_id, is_mbid};

/// `more_may_come` where tracks are still asked about, which tell their albums.
pub(super) fn questions(situation: &Situation<'_>, more_may_come: bool) -> Vec<Question> {
    use Method::{Album, AlbumPopularity, AlbumUrls, Albums, Release, Releases};
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
        let (kind, mut seen) = (Kind::Release, std::collections::HashSet::new());
        releases.retain(|mbid| is_mbid(mbid) && seen.insert(*mbid));
        let size = situation.batch(Releases, MAX_RESULTS);
        let due = releases.iter().filter(|mbid| situation.is_due(kind, Releases, mbid));
        let due = due.map(|mbid| subject(mbid, None, None));
        questions.extend(full(batches(service, Releases, kind, size, due), size, more_may_come));
        // Not among those found: perhaps it was merged into another, which only a question about it
        // alone tells.
        let merged = releases
            .iter()
            .filter(|mbid| known.is_missed(kind, Releases, mbid) && situation.is_due(kind, Release, mbid));
        questions.extend(batches(service, Release, kind, 1, merged.map(|mbid| subject(mbid, None, None))));
    }
    if situation.may_ask(Service::Listenbrainz) {
        let more_may_come = more_may_come || !questions.is_empty();
        let (kind, mut seen) = (Kind::ReleaseGroup, std::collections::HashSet::new());
        let groups = albums.iter().filter_map(|(uri, _)| known.release_group_of(known.release_of(uri)?));
        let groups = groups.filter(|mbid| is_mbid(mbid) && seen.insert(*mbid));
        let due = groups.filter(|mbid| situation.is_due(kind, AlbumPopularity, mbid));
        let due = due.map(|mbid| subject(mbid, None, None));
        let size = situation.batch(AlbumPopularity, MAX_MBIDS);
        let due = batches(Service::Listenbrainz, AlbumPopularity, kind, size, due);
        questions.extend(full(due, size, more_may_come));
    }
    if situation.may_ask(Service::Spotify) {
        let kind = Kind::SpotifyAlbum;
        let is_due = |uri: &str| situation.is_due(kind, Albums, uri) && situation.is_due(kind, Album, uri);
        // The day's budget is for what nobody else knows.
        let knows_labels = !situation.is_refused(Albums);
        let is_told = |uri: &str| {
            let is_known = |mbid| !known.is_missed(Kind::Release, Release, mbid) && !known.has_gaps(mbid, knows_labels);
            known.release_of(uri).is_some_and(is_known)
        };
        let unknown = albums.iter().filter(|(uri, _)| !is_told(uri) && is_due(uri));
        let unknown = unknown.filter(|(uri, _)| {
            let is_missed = known.is_missed(kind, AlbumUrls, uri) || known.release_of(uri).is_some();
            !situation.hopes_for(Service::Musicbrainz) || is_missed
        });
        let unknown = unknown.map(|(uri, name)| subject(uri, *name, None));
        questions.extend(if situation.is_refused(Albums) {
            batches(Service::Spotify, Album, kind, 1, unknown)
        } else {
            batches(Service::Spotify, Albums, kind, MAX_ALBUMS, unknown)
        });
    }
    questions
}
