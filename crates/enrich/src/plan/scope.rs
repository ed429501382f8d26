//! What a run with a limit is about.

use std::collections::HashSet;

use chrono::DateTime;

use super::{Situation, all};
use crate::heard::Heard;
use crate::question::{Kind, Method, Question, Service};

/// The first so many artists, named in whatever way, the first so many albums and the first so many tracks
/// that a run without a limit would ask something about: new ones first, then those that were heard most.
pub(crate) fn scope(situation: &Situation<'_>, limit: usize) -> HashSet<String> {
    // What does not fit into the budget of Spotify is for another day: others come first today.
    let mut left = situation.spotify_requests_left;
    let has_room = |question: &Question| question.service != Service::Spotify || take_one(&mut left);
    let (of_tracks, questions): (Vec<_>, Vec<_>) =
        all(situation).into_iter().partition(|question| question.method == Method::TrackUrls);
    let asked: HashSet<(Kind, String)> = questions
        .into_iter()
        .filter(has_room)
        .flat_map(|question| question.subjects.into_iter().map(move |subject| (question.kind, subject.id)))
        .collect();
    let is_asked = |kind: Kind, id: &str| asked.contains(&(kind, id.to_owned()));
    let (known, who) = (situation.known, situation.who());
    let is_open = |mbid: Option<&str>| {
        mbid.map(|mbid| known.today(mbid)).is_some_and(|mbid| {
            let mut areas = situation.areas_of(mbid).into_iter();
            is_asked(Kind::Artist, mbid) || areas.any(|area| is_asked(Kind::Area, &area))
        })
    };
    let now = DateTime::from_timestamp_millis(situation.now).unwrap_or_default();
    let Heard { artists, albums, tracks, mbids, .. } = situation.heard;
    let artists = artists.iter().map(|one| {
        let kind = Kind::SpotifyArtist;
        let is_open = is_asked(kind, &one.uri) || is_open(who.artist(one));
        (is_open, one.listening, &one.uri)
    });
    let names = who.names().map(|one| {
        let track = one.track.as_ref().is_some_and(|(uri, _)| is_asked(Kind::SpotifyTrack, uri));
        let is_asked = track || is_asked(Kind::ArtistName, &one.name);
        (is_asked || is_open(who.named(&one.name)), one.listening, &one.name)
    });
    let told = mbids.iter().map(|(mbid, listening)| (is_open(Some(mbid)), *listening, mbid));
    let mut people: Vec<_> = artists.chain(names).chain(told).filter(|(is_open, ..)| *is_open).collect();
    people.sort_by_key(|(_, listening, _)| listening.rank(now));
    let albums = albums.iter().filter(|one| {
        let release = known.release_of(&one.uri);
        is_asked(Kind::SpotifyAlbum, &one.uri) || release.is_some_and(|mbid| is_asked(Kind::Release, mbid))
    });
    let people = people.into_iter().take(limit).map(|(_, _, id)| id.clone());
    let of_tracks: HashSet<&str> =
        of_tracks.iter().flat_map(|question| &question.subjects).map(|subject| subject.id.as_str()).collect();
    let tracks = tracks.iter().map(|(uri, _)| uri).filter(|uri| of_tracks.contains(uri.as_str()));
    people.chain(albums.take(limit).map(|one| one.uri.clone())).chain(tracks.take(limit).cloned()).collect()
}

fn take_one(left: &mut usize) -> bool {
    let is_there = *left > 0;
    *left = left.saturating_sub(1);
    is_there
}
