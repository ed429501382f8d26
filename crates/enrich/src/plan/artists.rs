//! Questions about artists: who they are at MusicBrainz, then what is known of them there.

use std::collections::HashSet;

use clients::listenbrainz::{MAX_ARTISTS, MAX_MBIDS, MAX_NAMES};
use clients::musicbrainz::{MAX_RESOURCES, MAX_RESULTS};
use clients::spotify::MAX_TRACKS;
use lake::cache::Subject;

use super::{Situation, batches, full, subject};
use crate::heard::{Artist, Named};
use crate::question::{Kind, Method, Question, Service, has_sound_id, is_mbid, joined};

/// Artists whose works with tags are asked for together. The answer has room for a hundred works:
/// whoever found no place in it is asked about again, without those who did.
const ARTISTS_OF_WORKS: usize = 100;

/// Recordings that are asked for together. Some ISRCs have several.
const ISRCS: usize = 50;

/// Names that stand for no artist.
const NOBODY: [&str; 4] = ["various artists", "unknown artist", "unknown", "[unknown]"];

/// Artists of MusicBrainz that stand for nobody, for everybody, or for those whose name is not
/// known. What they made says nothing about anybody, and it is more than any answer holds.
/// <https://musicbrainz.org/doc/Style/Unknown_and_untitled/Special_purpose_artist>
const NO_ARTISTS: [&str; 7] = [
    "89ad4ac3-39f7-470e-963a-56509c546377",
    "f731ccc4-e22a-43af-a747-64213329e088",
    "33cf029c-63b0-41a0-9855-be2a3665fb3b",
    "314e1c25-dde7-4e4d-b2f4-0a7b9f7c56dc",
    "eec63d3c-3b81-4ad4-b1e4-7c147d4d2b61",
    "9be7f096-97ec-4615-8957-8d40b5dcbc41",
    "125ec42a-7229-4250-afc5-e057484327fe",
];

/// Who artists are at MusicBrainz.
pub(super) fn identities(situation: &Situation<'_>) -> Vec<Question> {
    let mut questions = of_spotify_artists(situation);
    questions.extend(of_names(situation));
    questions
}

/// Which artist of MusicBrainz an artist of Spotify is: by address for a hundred at a time, then
/// by ISRC, one by one by name, then by the titles of their songs. Each way is tried when the one
/// before found nothing.
fn of_spotify_artists(situation: &Situation<'_>) -> Vec<Question> {
    use Method::{ArtistNames, ArtistSearch, ArtistUrls, Isrc, Isrcs};
    let kind = Kind::SpotifyArtist;
    let (known, who) = (situation.known, situation.who());
    let due = |method, one: &Artist| situation.is_due(kind, method, &one.uri);
    let missed = |method, one: &Artist| known.is_missed(kind, method, &one.uri);
    let plain = |one: &Artist| subject(&one.uri, one.name.as_deref(), None);
    let open: Vec<&Artist> = situation
        .heard
        .artists
        .iter()
        .filter(|one| has_sound_id(&one.uri) && situation.is_in_scope(&one.uri))
        .filter(|one| who.said_of(one).is_none())
        .collect();
    let mut questions = Vec::new();
    if situation.may_ask(Service::Musicbrainz) {
        let service = Service::Musicbrainz;
        let by_url = open.iter().filter(|one| due(ArtistUrls, one)).map(|one| plain(one));
        questions.extend(batches(service, ArtistUrls, kind, situation.batch(ArtistUrls, MAX_RESOURCES), by_url));
        let unlinked: Vec<&&Artist> = open.iter().filter(|one| missed(ArtistUrls, one) && one.name.is_some()).collect();
        let may_find_more = !questions.is_empty();
        let (mut together, mut alone) = (Vec::new(), Vec::new());
        for one in unlinked {
            // Each time another one, as long as none leads anywhere.
            let misses = known.misses(kind, Isrcs, &one.uri) + known.misses(kind, Isrc, &one.uri);
            match one.isrcs.get(misses.checked_rem(one.isrcs.len()).unwrap_or_default()) {
                Some(isrc) if due(Isrcs, one) && due(Isrc, one) => {
                    let by_isrc = subject(&one.uri, one.name.as_deref(), Some(isrc));
                    if situation.is_refused(Isrcs) { alone.push((Isrc, by_isrc)) } else { together.push(by_isrc) }
                }
                Some(_) if !missed(Isrcs, one) && !missed(Isrc, one) => {}
                _ if due(ArtistSearch, one) => alone.push((ArtistSearch, plain(one))),
                _ => {}
            }
        }
        let size = situation.batch(Isrcs, ISRCS);
        questions.extend(full(batches(service, Isrcs, kind, size, together), size, may_find_more));
        questions.extend(alone.into_iter().flat_map(|(method, one)| batches(service, method, kind, 1, [one])));
    }
    if situation.may_ask(Service::Listenbrainz) && situation.has_listenbrainz_token {
        let lost =
            open.iter().filter(|one| missed(ArtistUrls, one) && missed(ArtistSearch, one) && due(ArtistNames, one));
        let by_names = lost.filter_map(|one| {
            // Each time by another title, as long as none leads anywhere.
            let (titles, misses) = (one.titles.best(), known.misses(kind, ArtistNames, &one.uri));
            let title = titles.get(misses.checked_rem(titles.len())?)?;
            Some(subject(&one.uri, Some(one.name.as_deref()?), Some(title)))
        });
        questions.extend(batches(
            Service::Listenbrainz,
            ArtistNames,
            kind,
            situation.batch(ArtistNames, MAX_NAMES),
            by_names,
        ));
    }
    questions
}

/// Who a bare name is: by the titles of songs, then by a track of Spotify, which names its
/// artists with their URIs, then by the name alone.
fn of_names(situation: &Situation<'_>) -> Vec<Question> {
    use Method::{ArtistNames, ArtistSearch, Track, Tracks};
    let (kind, who) = (Kind::ArtistName, situation.who());
    let is_somebody = |name: &str| !NOBODY.contains(&name.to_lowercase().as_str()) && !who.is_told(name);
    let in_scope = who.names().filter(|one| situation.is_name_in_scope(one));
    let open: Vec<&Named> = in_scope.filter(|one| is_somebody(&one.name)).collect();
    let mut questions = Vec::new();
    let has_title = |one: &Named| situation.has_listenbrainz_token && !one.titles.best().is_empty();
    let waits_for_names =
        |one: &Named| has_title(one) && situation.waits_for(Service::Listenbrainz, kind, ArtistNames, &one.name);
    if situation.may_ask(Service::Listenbrainz) {
        let by_title = open.iter().filter(|one| has_title(one) && situation.is_due(kind, ArtistNames, &one.name));
        // By two titles, where there are two: several artists may have this name.
        let by_title = by_title.map(|one| {
            let titles: Vec<&str> = one.titles.best().iter().take(2).map(String::as_str).collect();
            subject(&one.name, Some(&one.name), Some(&joined(&titles)))
        });
        let size = situation.batch(ArtistNames, MAX_NAMES / 2);
        questions.extend(batches(Service::Listenbrainz, ArtistNames, kind, size, by_title));
    }
    // A link by a search gets as old as any other answer, and gives way to a better one.
    let is_unknown = |one: &Named| match who.named(&one.name) {
        Some(_) => who.is_guessed(&one.name) && situation.is_due(kind, ArtistSearch, &one.name),
        None => true,
    };
    let (unknown, known_names): (Vec<&Named>, Vec<&Named>) = open.iter().partition(|one| is_unknown(one));
    let unknown: Vec<&Named> = unknown.into_iter().filter(|one| !waits_for_names(one)).collect();
    // The track is asked for one at a time or among others. It tells for certain what a search for the name
    // must guess, so it is waited for as long as it fits into the budget of the day. All others are searched
    // for meanwhile, and asked about when there is room.
    let size = if situation.is_refused(Tracks) { 1 } else { MAX_TRACKS };
    let is_open = |uri: &str, method| situation.waits_for(Service::Spotify, Kind::SpotifyTrack, method, uri);
    let has_open_track =
        |one: &&&Named| track_of(one).is_some_and(|(uri, _)| is_open(uri, Tracks) && is_open(uri, Track));
    let waiting = unknown.iter().filter(has_open_track).take(situation.spotify_requests_left.saturating_mul(size));
    let waiting: HashSet<&str> = waiting.map(|one| one.name.as_str()).collect();
    if situation.may_ask(Service::Spotify) {
        let is_due = |uri: &str, method| situation.is_due(Kind::SpotifyTrack, method, uri);
        let guessed = known_names.iter().filter(|one| who.is_guessed(&one.name));
        let tracks = unknown.iter().chain(guessed).filter_map(|one| {
            let (uri, title) = track_of(one).filter(|(uri, _)| is_due(uri, Tracks) && is_due(uri, Track))?;
            Some(subject(uri, title, Some(&one.name)))
        });
        let method = if situation.is_refused(Tracks) { Track } else { Tracks };
        questions.extend(batches(Service::Spotify, method, Kind::SpotifyTrack, size, tracks));
    }
    if situation.may_ask(Service::Musicbrainz) {
        let searched = unknown.iter().filter(|one| !waiting.contains(one.name.as_str()));
        let searched = searched.filter(|one| situation.is_due(kind, ArtistSearch, &one.name));
        let searched = searched.map(|one| subject(&one.name, Some(&one.name), None));
        questions.extend(batches(Service::Musicbrainz, ArtistSearch, kind, 1, searched));
    }
    questions
}

/// The track of a name that Spotify can be asked about, and its title.
fn track_of(one: &Named) -> Option<(&str, Option<&str>)> {
    let (uri, title) = one.track.as_ref()?;
    has_sound_id(uri).then_some((uri.as_str(), title.as_deref()))
}

/// What is known of the artists that were heard. `more_may_come` where some are still to be found.
pub(super) fn descriptions(situation: &Situation<'_>, more_may_come: bool) -> Vec<Question> {
    use Method::{Artist, ArtistTags, Artists, Popularity};
    let kind = Kind::Artist;
    let known = situation.known;
    let heard = situation.mbids();
    let mut questions = Vec::new();
    let due = |method| {
        let heard = &heard;
        move |situation: &Situation<'_>| -> Vec<Subject> {
            let due = heard.iter().filter(|mbid| situation.is_due(kind, method, mbid));
            due.map(|mbid| subject(mbid, None, None)).collect()
        }
    };
    if situation.may_ask(Service::Musicbrainz) {
        let service = Service::Musicbrainz;
        if situation.is_refused(Artists) {
            let is_untold = |mbid: &str| situation.is_due(kind, Artists, mbid) || known.is_missed(kind, Artists, mbid);
            let due = due(Artist)(situation).into_iter().filter(|subject| is_untold(&subject.id));
            questions.extend(batches(service, Artist, kind, 1, due));
        } else {
            let size = situation.batch(Artists, MAX_RESULTS);
            let due = batches(service, Artists, kind, size, due(Artists)(situation));
            questions.extend(full(due, size, more_may_come));
            // Not among those found: perhaps it was merged into another, which only a question
            // about it alone tells.
            let merged = heard
                .iter()
                .filter(|mbid| known.is_missed(kind, Artists, mbid) && situation.is_due(kind, Artist, mbid));
            questions.extend(batches(service, Artist, kind, 1, merged.map(|mbid| subject(mbid, None, None))));
        }
    }
    if situation.may_ask(Service::Listenbrainz) {
        for (method, most) in [(ArtistTags, MAX_ARTISTS), (Popularity, MAX_MBIDS)] {
            let size = situation.batch(method, most);
            let due = batches(Service::Listenbrainz, method, kind, size, due(method)(situation));
            questions.extend(full(due, size, more_may_come));
        }
    }
    // Genres and popularity, which only apps with extended quota still get, for many at a time.
    let (method, kind) = (Method::SpotifyArtists, Kind::SpotifyArtist);
    if situation.may_ask(Service::Spotify) && !situation.is_refused(method) {
        let artists = situation.heard.artists.iter();
        let due = artists.filter(|one| has_sound_id(&one.uri) && situation.is_in_scope(&one.uri));
        let due = due.filter(|one| situation.is_due(kind, method, &one.uri));
        let due = due.map(|one| subject(&one.uri, one.name.as_deref(), None));
        questions.extend(full(batches(Service::Spotify, method, kind, MAX_TRACKS, due), MAX_TRACKS, more_may_come));
    }
    questions
}

/// What people call the works of artists whom nobody gave a genre: their albums, then their
/// recordings. An answer has not always room for all works, so what it says depends on who is asked
/// about together: everybody's albums come before anybody's recordings, and whoever found no room waits
/// for those who had less of a chance. So a run that was killed asks about the same artists together.
pub(super) fn works(situation: &Situation<'_>) -> Vec<Question> {
    use Method::{ArtistTags, Recordings, ReleaseGroups};
    let (service, kind) = (Service::Musicbrainz, Kind::Artist);
    let known = situation.known;
    if !situation.may_ask(service) {
        return Vec::new();
    }
    let heard = situation.mbids();
    // Only when everybody who counts votes for artists has been asked.
    let was_tagged = |mbid: &&&str| !situation.waits_for(Service::Listenbrainz, kind, ArtistTags, mbid);
    let without = heard.iter().filter(|mbid| known.artists.contains_key(**mbid) && !known.has_genre(mbid));
    let without: Vec<&&str> = without.filter(was_tagged).collect();
    for method in [ReleaseGroups, Recordings] {
        let is_next = |mbid: &&&&str| method == ReleaseGroups || !situation.is_open_yet(kind, ReleaseGroups, mbid);
        let due = without.iter().filter(|mbid| situation.is_due(kind, method, mbid));
        let due: Vec<&str> = due.filter(is_next).map(|mbid| **mbid).collect();
        let chances = due.iter().map(|mbid| known.crowded(method, mbid)).min();
        let next = due.into_iter().filter(|mbid| Some(known.crowded(method, mbid)) == chances);
        let size = situation.batch(method, ARTISTS_OF_WORKS);
        let questions = batches(service, method, kind, size, next.map(|mbid| subject(mbid, None, None)));
        if !questions.is_empty() {
            return questions;
        }
    }
    Vec::new()
}

impl Situation<'_> {
    /// The artists of MusicBrainz that were heard and are in scope, the most important first.
    pub(super) fn mbids(&self) -> Vec<&str> {
        let (heard, known, who) = (self.heard, self.known, self.who());
        let artists = heard.artists.iter().filter(|one| self.is_in_scope(&one.uri));
        let artists = artists.filter_map(|one| who.artist(one));
        let names = who.names().filter(|one| self.is_name_in_scope(one));
        let names = names.filter_map(|one| who.named(&one.name));
        let corrected = self.corrected.mbids.iter().map(String::as_str);
        let told = heard.mbids.iter().map(|(mbid, _)| mbid.as_str()).filter(|mbid| self.is_in_scope(mbid));
        let mut seen = HashSet::new();
        corrected
            .chain(artists)
            .chain(names)
            .chain(told)
            .map(|mbid| known.today(mbid))
            .filter(|mbid| is_mbid(mbid) && !NO_ARTISTS.contains(mbid) && seen.insert(*mbid))
            .collect()
    }
}
