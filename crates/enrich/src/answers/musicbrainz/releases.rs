//! What is known of albums, and the genres of what artists released.

use std::collections::HashSet;

use lake::facts::AlbumFacts;
use serde::Deserialize;

use super::super::{MOST, Outcome, Said, filled, within};
use super::artists::votes;
use super::{Credit, Tag, take_found, take_one};

/// Release groups, or recordings.
#[derive(Default, Deserialize)]
struct Works {
    /// How many there are, of which the answer has at most a hundred.
    #[serde(default)]
    count: usize,
    #[serde(rename = "release-groups", alias = "recordings")]
    works: Vec<Work>,
}

#[derive(Deserialize)]
struct Work {
    id: String,
    #[serde(rename = "artist-credit", default)]
    credits: Vec<Credit>,
    #[serde(default)]
    genres: Option<Vec<Tag>>,
    #[serde(default)]
    tags: Option<Vec<Tag>>,
}

/// Votes for release groups.
pub(in crate::answers) fn groups(said: &mut Said<'_>) -> Result<(), serde_json::Error> {
    works(said, "release_group", "nobody voted for the genre of a release")
}

/// Votes for recordings.
pub(in crate::answers) fn recordings(said: &mut Said<'_>) -> Result<(), serde_json::Error> {
    works(said, "recording", "nobody voted for the genre of a recording")
}

/// Votes for what the artists asked about made alone: a work of several says nothing certain
/// about one of them.
///
/// A search for the works of several that finds none at all may be one that finds none of anybody: the first of
/// them is asked about alone then, which takes no search.
fn works(said: &mut Said<'_>, kind: &str, nobody: &str) -> Result<(), serde_json::Error> {
    let body: Works = if said.is_not_found() { Works::default() } else { said.read()? };
    let is_in_doubt = body.works.is_empty() && said.subjects().len() > 1;
    let asked: HashSet<&str> = said.subjects().iter().map(|subject| subject.id.as_str()).collect();
    let is_cut = body.count > body.works.len() && said.subjects().len() > 1;
    let mut found = HashSet::new();
    for work in body.works {
        let [Credit { artist: Some(artist), .. }] = &work.credits[..] else { continue };
        if !asked.contains(artist.id.as_str()) {
            continue;
        }
        let artist = artist.id.clone();
        let before = said.facts.genre_votes.len();
        votes(said, &artist, kind, &work.id, work.genres, work.tags);
        if said.facts.genre_votes.len() > before {
            found.insert(artist);
        }
    }
    let mut crowded = Vec::new();
    for subject in said.subjects() {
        if found.contains(&subject.id) {
            said.came_of(subject, Outcome::Found, None);
        } else if is_cut {
            crowded.push(subject);
        } else if is_in_doubt && said.facts.lookups.is_empty() {
            said.came_of(subject, Outcome::Crowded, Some("no works of anybody were found"));
        } else {
            said.came_of(subject, Outcome::None, Some(nobody));
        }
    }
    said.crowded_out(&crowded, "the works of others took all the room");
    Ok(())
}

#[derive(Deserialize)]
struct Releases {
    releases: Vec<Release>,
}

#[derive(Deserialize)]
struct Release {
    id: String,
    title: Option<String>,
    date: Option<String>,
    barcode: Option<String>,
    /// A search counts the tracks of the whole release, every answer those of each medium.
    #[serde(rename = "track-count")]
    tracks: Option<i64>,
    #[serde(default)]
    media: Option<Vec<Medium>>,
    #[serde(rename = "artist-credit", default)]
    credits: Vec<Credit>,
    #[serde(rename = "label-info", default)]
    labels: Option<Vec<LabelInfo>>,
    #[serde(rename = "release-group")]
    group: Option<ReleaseGroup>,
}

#[derive(Deserialize)]
struct Medium {
    #[serde(rename = "track-count")]
    tracks: Option<i64>,
}

#[derive(Deserialize)]
struct LabelInfo {
    label: Option<Label>,
}

#[derive(Deserialize)]
struct Label {
    name: Option<String>,
}

#[derive(Deserialize)]
struct ReleaseGroup {
    id: Option<String>,
    #[serde(rename = "primary-type")]
    kind: Option<String>,
    #[serde(rename = "secondary-types", default)]
    further_kinds: Option<Vec<String>>,
}

/// What else an album is, the most telling first: a compilation may be one of live recordings.
const FURTHER_KINDS: [&str; 4] = ["Compilation", "Soundtrack", "Live", "Remix"];

impl ReleaseGroup {
    /// What people call it: an album that is a compilation, or live, is called that. A single or an EP is one,
    /// whatever is on it.
    fn called(&self) -> Option<String> {
        let kind = filled(self.kind.clone());
        if kind.as_deref().is_some_and(|kind| kind != "Album") {
            return kind;
        }
        let further = self.further_kinds.as_deref().unwrap_or_default();
        let telling = FURTHER_KINDS.iter().find(|kind| further.iter().any(|further| further == *kind));
        let any = telling.map(|kind| (*kind).to_owned()).or_else(|| further.first().cloned());
        filled(any).or(kind)
    }
}

/// The releases that a search by MBID found.
pub(in crate::answers) fn many(said: &mut Said<'_>) -> Result<(), serde_json::Error> {
    let body: Releases = said.read()?;
    take_found(said, body.releases, |one| &one.id, "the search knows no release of this MBID", take);
    Ok(())
}

/// One release. Asked for by an MBID that was merged into another, it is told of that one.
pub(in crate::answers) fn one(said: &mut Said<'_>) -> Result<(), serde_json::Error> {
    let nobody = "there is no release of this MBID any more";
    take_one(
        said,
        |one: &Release| &one.id,
        nobody,
        |said, mut one, asked| {
            one.id = asked.unwrap_or(one.id);
            take(said, one);
        },
    )
}

fn take(said: &mut Said<'_>, release: Release) {
    let credit = release.credits.iter().fold(String::new(), |credit, one| {
        let name = one.name.as_deref().or(one.artist.as_ref().map(|artist| artist.name.as_str()));
        credit + name.unwrap_or_default() + one.joinphrase.as_deref().unwrap_or_default()
    });
    let label = release.labels.unwrap_or_default().into_iter().find_map(|info| filled(info.label?.name));
    let date = filled(release.date);
    let media = release.media.unwrap_or_default();
    let counted: Option<i64> = media.iter().map(|medium| medium.tracks).sum();
    said.facts.albums.push(AlbumFacts {
        answer_id: said.id(),
        service: said.service(),
        album_ref: release.id,
        album_name: filled(release.title),
        artist_name: filled(Some(credit)),
        album_type: release.group.as_ref().and_then(ReleaseGroup::called),
        label,
        upc: filled(release.barcode).and_then(|code| upc(&code)),
        release_date_precision: date.as_deref().and_then(precision).map(str::to_owned),
        release_date: date,
        total_tracks: within(release.tracks.or(counted), 1..=MOST),
        release_group_id: release.group.and_then(|group| group.id),
        fetched_at: said.at(),
        ..AlbumFacts::default()
    });
}

/// A barcode without the zeros that fill it up to 12, 13 or 14 digits; one of nothing else is none.
pub(in crate::answers) fn upc(code: &str) -> Option<String> {
    filled(Some(code.trim().trim_start_matches('0').to_owned()))
}

/// How exact a date is, by its length.
fn precision(date: &str) -> Option<&'static str> {
    match date.len() {
        4 => Some("year"),
        7 => Some("month"),
        10 => Some("day"),
        _ => None,
    }
}
