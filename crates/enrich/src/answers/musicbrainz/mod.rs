//! What MusicBrainz says. Keys that are missing, null and empty mean the same: nothing is known.
//! Only the list that was asked for must be there: without it the answer says nothing at all.
//!
//! <https://musicbrainz.org/doc/MusicBrainz_API>

pub(super) mod areas;
pub(super) mod artists;
pub(super) mod releases;
pub(super) mod urls;
pub(super) mod who;

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Outcome, Said};

/// What a search by MBIDs found, matched with what was asked: `take` gets each find.
fn take_found<T>(
    said: &mut Said<'_>,
    found: Vec<T>,
    mbid: impl Fn(&T) -> &str,
    nobody: &str,
    take: impl Fn(&mut Said<'_>, T),
) {
    let mut found: HashMap<String, T> = found.into_iter().map(|one| (mbid(&one).to_owned(), one)).collect();
    for subject in said.subjects() {
        match found.remove(&subject.id) {
            Some(one) => {
                said.came_of(subject, Outcome::Found, None);
                take(said, one);
            }
            None => said.came_of(subject, Outcome::None, Some(nobody)),
        }
    }
}

/// What a lookup of one MBID found; `take` also gets the MBID that was asked for, where it was
/// merged into another.
fn take_one<T: DeserializeOwned>(
    said: &mut Said<'_>,
    mbid: impl Fn(&T) -> &str,
    nobody: &str,
    take: impl Fn(&mut Said<'_>, T, Option<String>),
) -> Result<(), serde_json::Error> {
    let Some(subject) = said.subjects().first() else { return Ok(()) };
    if said.is_not_found() {
        said.came_of(subject, Outcome::None, Some(nobody));
        return Ok(());
    }
    let one: T = said.read()?;
    said.came_of(subject, Outcome::Found, None);
    let asked = (mbid(&one) != subject.id).then(|| subject.id.clone());
    take(said, one, asked);
    Ok(())
}

/// A relation to something else.
#[derive(Debug, Deserialize)]
struct Relation {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(rename = "type-id")]
    type_id: Option<String>,
    direction: Option<String>,
    #[serde(default)]
    ended: Option<bool>,
    artist: Option<Named>,
    release: Option<Named>,
    recording: Option<Named>,
    area: Option<areas::Area>,
    url: Option<UrlTarget>,
}

/// The site that a relation leads to.
#[derive(Debug, Deserialize)]
struct UrlTarget {
    resource: Option<String>,
}

/// Something with an MBID and a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Named {
    id: String,
    #[serde(default, alias = "title")]
    name: String,
}

/// Who is credited.
#[derive(Debug, Deserialize)]
struct Credit {
    name: Option<String>,
    #[serde(default)]
    joinphrase: Option<String>,
    artist: Option<Named>,
}

/// A tag, with how many voted for it.
#[derive(Debug, Deserialize)]
struct Tag {
    name: Option<String>,
    #[serde(default)]
    count: Option<i64>,
    /// Only genres have an id.
    id: Option<String>,
}

/// A number that some versions of the service write as text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Number {
    Int(i64),
    Text(String),
}

impl Number {
    fn value(&self) -> Option<i64> {
        match self {
            Self::Int(int) => Some(*int),
            Self::Text(text) => text.parse().ok(),
        }
    }
}
