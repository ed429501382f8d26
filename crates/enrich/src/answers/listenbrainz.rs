//! What ListenBrainz says about names, artists and how much they are heard.
//!
//! <https://listenbrainz.readthedocs.io/en/latest/users/api/metadata.html>

use std::collections::{BTreeMap, HashMap};

use lake::cache::Subject;
use lake::facts::{AlbumFacts, ArtistFacts, ArtistLink, GenreVote, RecordingFacts};
use serde::Deserialize;

use super::{MOST_VOTES, Outcome, Said, filled, within};
use crate::names::plain;
use crate::question::titles;

#[derive(Default, Deserialize)]
struct Match {
    index: Option<usize>,
    artist_credit_name: Option<String>,
    recording_mbid: Option<String>,
    recording_name: Option<String>,
    #[serde(default)]
    artist_mbids: Option<Vec<String>>,
}

/// Who made the tracks of this artist and these titles. Only a credit to one artist of the very
/// name says who the name is, and only when all titles lead to the same one: a name may be that of
/// several, and a title that is not known may be that of another. The answers are numbered, or in the order of the questions.
pub(super) fn names(said: &mut Said<'_>) -> Result<(), serde_json::Error> {
    let matches: Vec<Option<Match>> = said.read()?;
    let is_numbered = matches.iter().flatten().any(|one| one.index.is_some());
    let is_complete = matches.len() == said.subjects().iter().map(|subject| titles(subject).count()).sum::<usize>();
    let mut by_place: HashMap<usize, Match> = HashMap::new();
    for (place, one) in matches.into_iter().enumerate() {
        let one = one.unwrap_or_default();
        match one.index {
            Some(index) => drop(by_place.insert(index, one)),
            None if !is_numbered && is_complete => drop(by_place.insert(place, one)),
            None => {}
        }
    }
    let mut places = 0..;
    for subject in said.subjects() {
        let (mut found, mut known, mut matching) = (BTreeMap::new(), 0, 0);
        let asked = titles(subject).count();
        for (title, place) in titles(subject).zip(places.by_ref()) {
            let one: Match = by_place.remove(&place).unwrap_or_default();
            recording(said, subject, title, &one);
            let (name, mbids) = (one.artist_credit_name, one.artist_mbids.unwrap_or_default());
            known += usize::from(!mbids.is_empty());
            let is_same = name.as_deref().is_some_and(|name| plain(name) == plain(asked_name(subject)));
            if let ([mbid], true) = (&mbids[..], is_same) {
                found.insert(mbid.clone(), name);
                matching += 1;
            }
        }
        match (found.len(), found.pop_first()) {
            (1, Some((artist_mbid, artist_name))) if matching == asked => {
                said.facts.artist_links.push(ArtistLink {
                    answer_id: said.id(),
                    subject_type: said.answer.question.subject_type.clone(),
                    subject: subject.id.clone(),
                    artist_mbid,
                    artist_name,
                    method: "names".to_owned(),
                    score: None,
                    fetched_at: said.at(),
                });
                said.came_of(subject, Outcome::Found, None);
            }
            (0, _) if known == 0 => said.came_of(subject, Outcome::None, Some("the track is not known")),
            (0 | 1, _) if known > matching => {
                said.came_of(subject, Outcome::Ambiguous, Some("the track is credited to others, or to several"));
            }
            (1, _) => said.came_of(subject, Outcome::None, Some("one of the tracks is not known")),
            _ => said.came_of(subject, Outcome::Ambiguous, Some("the tracks are by several artists of this name")),
        }
    }
    Ok(())
}

/// The recording of a title, where it is of this very title and by nobody else: what is found may be
/// another version, by others.
fn recording(said: &mut Said<'_>, subject: &Subject, title: &str, found: &Match) {
    let is_same = |found: &Option<String>, asked: &str| found.as_deref().is_some_and(|one| plain(one) == plain(asked));
    let artist = asked_name(subject);
    if is_same(&found.artist_credit_name, artist)
        && is_same(&found.recording_name, title)
        && let Some(recording_mbid) = found.recording_mbid.clone()
    {
        said.facts.recordings.push(RecordingFacts {
            answer_id: said.id(),
            service: said.service(),
            recording_mbid,
            artist_name: Some(artist.to_owned()),
            track_name: Some(title.to_owned()),
            fetched_at: said.at(),
            ..RecordingFacts::default()
        });
    }
}

fn asked_name(subject: &Subject) -> &str {
    subject.name.as_deref().unwrap_or(&subject.id)
}

#[derive(Deserialize)]
struct Artist {
    artist_mbid: Option<String>,
    mbid: Option<String>,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    gender: Option<String>,
    begin_year: Option<i64>,
    end_year: Option<i64>,
    tag: Option<Tags>,
}

#[derive(Deserialize)]
struct Tags {
    #[serde(default)]
    artist: Option<Vec<Tag>>,
}

#[derive(Deserialize)]
struct Tag {
    tag: Option<String>,
    count: Option<i64>,
    genre_mbid: Option<String>,
}

/// Tags and a few facts of artists.
pub(super) fn tags(said: &mut Said<'_>) -> Result<(), serde_json::Error> {
    let artists: Vec<Artist> = said.read()?;
    let named = artists.into_iter().filter_map(|one| Some((one.artist_mbid.clone().or(one.mbid.clone())?, one)));
    let mut found: HashMap<String, Artist> = named.collect();
    for subject in said.subjects() {
        let Some(artist) = found.remove(&subject.id) else {
            said.came_of(subject, Outcome::None, Some("the artist is not known"));
            continue;
        };
        said.came_of(subject, Outcome::Found, None);
        for tag in artist.tag.and_then(|tag| tag.artist).unwrap_or_default() {
            if let Some(name) = filled(tag.tag)
                && tag.count.is_none_or(|count| count > 0)
            {
                said.facts.genre_votes.push(GenreVote {
                    answer_id: said.id(),
                    service: said.service(),
                    artist_ref: subject.id.clone(),
                    subject_type: "artist".to_owned(),
                    subject: subject.id.clone(),
                    tag: name,
                    genre_mbid: tag.genre_mbid,
                    votes: within(tag.count, 1..=MOST_VOTES),
                    fetched_at: said.at(),
                });
            }
        }
        said.facts.artists.push(ArtistFacts {
            answer_id: said.id(),
            service: said.service(),
            artist_ref: subject.id.clone(),
            artist_name: filled(artist.name),
            artist_type: filled(artist.kind),
            gender: filled(artist.gender),
            life_begin: artist.begin_year.map(|year| year.to_string()),
            life_end: artist.end_year.map(|year| year.to_string()),
            fetched_at: said.at(),
            ..ArtistFacts::default()
        });
    }
    Ok(())
}

#[derive(Deserialize)]
struct Popularity {
    #[serde(alias = "recording_mbid", alias = "release_group_mbid")]
    artist_mbid: Option<String>,
    total_listen_count: Option<i64>,
    total_user_count: Option<i64>,
}

/// How often, and by how many people, something is heard.
struct Heard {
    mbid: String,
    listens: Option<i64>,
    listeners: Option<i64>,
}

/// How often and by how many people artists are heard.
pub(super) fn popularity(said: &mut Said<'_>) -> Result<(), serde_json::Error> {
    for Heard { mbid, listens, listeners } in heard(said, "nobody there hears the artist")? {
        said.facts.artists.push(ArtistFacts {
            answer_id: said.id(),
            service: said.service(),
            artist_ref: mbid,
            listens,
            listeners,
            fetched_at: said.at(),
            ..ArtistFacts::default()
        });
    }
    Ok(())
}

/// The same of recordings.
pub(super) fn recording_popularity(said: &mut Said<'_>) -> Result<(), serde_json::Error> {
    for Heard { mbid, listens, listeners } in heard(said, "nobody there hears the recording")? {
        said.facts.recordings.push(RecordingFacts {
            answer_id: said.id(),
            service: said.service(),
            recording_mbid: mbid,
            listens,
            listeners,
            fetched_at: said.at(),
            ..RecordingFacts::default()
        });
    }
    Ok(())
}

/// The same of albums, whatever their editions.
pub(super) fn album_popularity(said: &mut Said<'_>) -> Result<(), serde_json::Error> {
    for Heard { mbid, listens, listeners } in heard(said, "nobody there hears the album")? {
        said.facts.albums.push(AlbumFacts {
            answer_id: said.id(),
            service: said.service(),
            album_ref: mbid,
            listens,
            listeners,
            fetched_at: said.at(),
            ..AlbumFacts::default()
        });
    }
    Ok(())
}

/// Those of whom anything is counted, with what came of each subject.
fn heard(said: &mut Said<'_>, nobody: &str) -> Result<Vec<Heard>, serde_json::Error> {
    let counts: Vec<Popularity> = said.read()?;
    let mut found: HashMap<String, Popularity> =
        counts.into_iter().filter_map(|one| Some((one.artist_mbid.clone()?, one))).collect();
    let mut heard = Vec::new();
    for subject in said.subjects() {
        let counts = found.remove(&subject.id).map(|one| (one.total_listen_count, one.total_user_count));
        let Some((listens, listeners @ Some(_))) = counts else {
            said.came_of(subject, Outcome::None, Some(nobody));
            continue;
        };
        said.came_of(subject, Outcome::Found, None);
        let count = |number| within(number, 0..=i64::MAX);
        heard.push(Heard { mbid: subject.id.clone(), listens: count(listens), listeners: count(listeners) });
    }
    Ok(heard)
}
