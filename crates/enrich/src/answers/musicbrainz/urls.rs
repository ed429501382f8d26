//! Which artists, releases and recordings have an address at Spotify.

use std::collections::{BTreeSet, HashMap};

use lake::cache::Subject;
use lake::facts::{AlbumLink, ArtistLink, TrackFacts};
use serde::Deserialize;

use super::super::{Outcome, Said};
use super::{Named, Relation};
use crate::names;
use crate::question::spotify_id;

/// Relations that mean "this can be heard here". Some are known by type, all by their id.
const STREAMING: [&str; 4] = [
    // "free streaming" and "streaming" of artists
    "769085a1-c2f7-4c24-a532-2375a77693bd",
    "63cc5d1f-f096-4c94-a43f-ecb32ea94161",
    // "free streaming" of releases
    "08445ccf-7b99-4438-9f9a-fb9ac18099ee",
    // "free streaming" of recordings
    "7e41ef12-a124-4324-afdb-fdbae687a89c",
];

/// One address is answered with itself, several with a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Body {
    Several { urls: Vec<Page> },
    One(Page),
}

#[derive(Deserialize)]
struct Page {
    resource: String,
    #[serde(default)]
    relations: Vec<Relation>,
}

impl Relation {
    fn is_streaming(&self) -> bool {
        let is_kind = matches!(self.kind.as_deref(), Some("free streaming" | "streaming"));
        self.ended != Some(true) && (is_kind || self.type_id.as_deref().is_some_and(|id| STREAMING.contains(&id)))
    }
}

/// Who is at each address, by the id at Spotify.
fn pages(
    said: &Said<'_>,
    kind: &str,
    who: impl Fn(Relation) -> Option<Named>,
) -> Result<HashMap<String, BTreeSet<Named>>, serde_json::Error> {
    let mut found: HashMap<String, BTreeSet<Named>> = HashMap::new();
    if said.is_not_found() {
        return Ok(found);
    }
    let body: Body = said.read()?;
    let prefix = format!("https://open.spotify.com/{kind}/");
    let pages = match body {
        Body::Several { urls } => urls,
        Body::One(page) => vec![page],
    };
    for page in pages {
        let Some(id) = page.resource.strip_prefix(&prefix) else { continue };
        let people = page.relations.into_iter().filter(Relation::is_streaming).filter_map(&who);
        found.entry(id.to_owned()).or_default().extend(people);
    }
    Ok(found)
}

/// The artist at each address; of several the one of the right name.
pub(in crate::answers) fn artists(said: &mut Said<'_>) -> Result<(), serde_json::Error> {
    let mut found = pages(said, "artist", |relation| relation.artist)?;
    for subject in said.subjects() {
        let candidates: Vec<Named> = found.remove(spotify_id(&subject.id)).unwrap_or_default().into_iter().collect();
        match one_of(&candidates, subject) {
            Ok(artist) => {
                said.facts.artist_links.push(ArtistLink {
                    answer_id: said.id(),
                    subject_type: said.answer.question.subject_type.clone(),
                    subject: subject.id.clone(),
                    artist_mbid: artist.id.clone(),
                    artist_name: Some(artist.name.clone()),
                    method: "url".to_owned(),
                    score: None,
                    fetched_at: said.at(),
                });
                said.came_of(subject, Outcome::Found, None);
            }
            Err(0) => said.came_of(subject, Outcome::None, Some("no artist has this address")),
            Err(several) => {
                let reason = format!("{several} artists have this address, and not just one of them this name");
                said.came_of(subject, Outcome::Ambiguous, Some(&reason));
            }
        }
    }
    Ok(())
}

/// The only one, else the only one of the right name; else how many there are.
fn one_of<'c>(candidates: &'c [Named], subject: &Subject) -> Result<&'c Named, usize> {
    if let [one] = candidates {
        return Ok(one);
    }
    let name = subject.name.as_deref().map(names::plain);
    let mut same = candidates.iter().filter(|one| Some(names::plain(&one.name)) == name);
    match (same.next(), same.next()) {
        (Some(one), None) => Ok(one),
        _ => Err(candidates.len()),
    }
}

/// The release at each address. Several are editions of one album: the first MBID stands for
/// them, so that the choice stays the same.
pub(in crate::answers) fn albums(said: &mut Said<'_>) -> Result<(), serde_json::Error> {
    let mut found = pages(said, "album", |relation| relation.release)?;
    for subject in said.subjects() {
        match found.remove(spotify_id(&subject.id)).unwrap_or_default().pop_first() {
            Some(release) => {
                said.facts.album_links.push(AlbumLink {
                    answer_id: said.id(),
                    album_uri: subject.id.clone(),
                    release_mbid: release.id,
                    method: "url".to_owned(),
                    fetched_at: said.at(),
                });
                said.came_of(subject, Outcome::Found, None);
            }
            None => said.came_of(subject, Outcome::None, Some("no release has this address")),
        }
    }
    Ok(())
}

/// The recording at each address. Of several the first MBID counts, so that the choice stays the same.
pub(in crate::answers) fn tracks(said: &mut Said<'_>) -> Result<(), serde_json::Error> {
    let mut found = pages(said, "track", |relation| relation.recording)?;
    for subject in said.subjects() {
        match found.remove(spotify_id(&subject.id)).unwrap_or_default().pop_first() {
            Some(recording) => {
                said.facts.tracks.push(TrackFacts {
                    answer_id: said.id(),
                    service: said.service(),
                    track_uri: subject.id.clone(),
                    recording_mbid: Some(recording.id),
                    fetched_at: said.at(),
                    ..TrackFacts::default()
                });
                said.came_of(subject, Outcome::Found, None);
            }
            None => said.came_of(subject, Outcome::None, Some("no recording has this address")),
        }
    }
    Ok(())
}
