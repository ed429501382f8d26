//! What is known of artists.

use std::collections::HashMap;

use lake::facts::{Alias, ArtistFacts, GenreVote};
use serde::Deserialize;

use super::super::{MOST_VOTES, Said, country, filled, within};
use super::{Tag, take_found, take_one};

#[derive(Deserialize)]
struct Artists {
    artists: Vec<Artist>,
}

#[derive(Deserialize)]
struct Artist {
    id: String,
    name: Option<String>,
    #[serde(rename = "sort-name")]
    sort_name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    gender: Option<String>,
    disambiguation: Option<String>,
    country: Option<String>,
    area: Option<AreaRef>,
    #[serde(rename = "begin-area")]
    begin_area: Option<AreaRef>,
    #[serde(rename = "end-area")]
    end_area: Option<AreaRef>,
    #[serde(rename = "life-span")]
    life: Option<Life>,
    #[serde(default)]
    ipis: Option<Vec<Option<String>>>,
    #[serde(default)]
    aliases: Option<Vec<AliasEntry>>,
    #[serde(default)]
    genres: Option<Vec<Tag>>,
    #[serde(default)]
    tags: Option<Vec<Tag>>,
}

#[derive(Deserialize)]
struct AreaRef {
    id: Option<String>,
    name: Option<String>,
}

#[derive(Default, Deserialize)]
struct Life {
    begin: Option<String>,
    end: Option<String>,
    ended: Option<bool>,
}

#[derive(Deserialize)]
struct AliasEntry {
    name: Option<String>,
    locale: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    primary: Option<bool>,
}

/// The artists that a search by MBID found.
pub(in crate::answers) fn many(said: &mut Said<'_>) -> Result<(), serde_json::Error> {
    let body: Artists = said.read()?;
    let nobody = "the search knows no artist of this MBID";
    take_found(said, body.artists, |one| &one.id, nobody, |said, one| take(said, one, None));
    Ok(())
}

/// One artist, who may have been merged into another.
pub(in crate::answers) fn one(said: &mut Said<'_>) -> Result<(), serde_json::Error> {
    take_one(said, |one: &Artist| &one.id, "there is no artist of this MBID any more", take)
}

fn take(said: &mut Said<'_>, artist: Artist, asked: Option<String>) {
    let aliases = artist.aliases.as_ref().map(|aliases| aliases.len() as i64);
    for alias in artist.aliases.unwrap_or_default() {
        if let Some(name) = filled(alias.name) {
            said.facts.artist_aliases.push(Alias {
                answer_id: said.id(),
                artist_mbid: artist.id.clone(),
                alias: name,
                locale: filled(alias.locale),
                alias_type: filled(alias.kind),
                is_primary: alias.primary,
                fetched_at: said.at(),
            });
        }
    }
    votes(said, &artist.id, "artist", &artist.id, artist.genres, artist.tags);
    let life = artist.life.unwrap_or_default();
    let mut ipis: Vec<String> = artist.ipis.unwrap_or_default().into_iter().filter_map(filled).collect();
    ipis.sort_unstable();
    ipis.dedup();
    let part = |area: &Option<AreaRef>| match area {
        Some(area) => (filled(area.id.clone()), filled(area.name.clone())),
        None => (None, None),
    };
    let ((area_id, area_name), (begin_area_id, begin_area_name), (end_area_id, end_area_name)) =
        (part(&artist.area), part(&artist.begin_area), part(&artist.end_area));
    said.facts.artists.push(ArtistFacts {
        answer_id: said.id(),
        service: said.service(),
        artist_ref: artist.id,
        asked_ref: asked,
        artist_name: filled(artist.name),
        sort_name: filled(artist.sort_name),
        artist_type: filled(artist.kind),
        gender: filled(artist.gender).map(|gender| capitalised(&gender)),
        disambiguation: filled(artist.disambiguation),
        country_code: country(artist.country),
        area_id,
        area_name,
        begin_area_id,
        begin_area_name,
        end_area_id,
        end_area_name,
        life_begin: filled(life.begin),
        life_end: filled(life.end),
        is_ended: life.ended,
        alias_count: aliases,
        fetched_at: said.at(),
        ipis: filled(Some(ipis.join(", "))),
        ..ArtistFacts::default()
    });
}

/// A search writes `male`, a lookup `Male`.
fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The votes for one thing. What stands among the genres stands among the tags as well.
pub(super) fn votes(
    said: &mut Said<'_>,
    artist: &str,
    subject_type: &str,
    subject: &str,
    genres: Option<Vec<Tag>>,
    tags: Option<Vec<Tag>>,
) {
    let genres = genres.unwrap_or_default();
    let ids: HashMap<String, String> =
        genres.iter().filter_map(|genre| Some((genre.name.clone()?, genre.id.clone()?))).collect();
    let mut votes: HashMap<String, Option<i64>> = HashMap::new();
    for tag in genres.into_iter().chain(tags.unwrap_or_default()) {
        // Who votes against a tag takes its count to nothing.
        if let Some(name) = filled(tag.name)
            && tag.count.is_none_or(|count| count > 0)
        {
            votes.entry(name).or_insert(tag.count);
        }
    }
    let mut votes: Vec<_> = votes.into_iter().collect();
    votes.sort();
    for (tag, count) in votes {
        said.facts.genre_votes.push(GenreVote {
            answer_id: said.id(),
            service: said.service(),
            artist_ref: artist.to_owned(),
            subject_type: subject_type.to_owned(),
            subject: subject.to_owned(),
            genre_mbid: ids.get(&tag).cloned(),
            tag,
            votes: within(count, 1..=MOST_VOTES),
            fetched_at: said.at(),
        });
    }
}
