//! What ListenBrainz knows of recordings and artists, in JSON.

use serde_json::{Value, json};

use super::put;
use crate::Catalogue;
use crate::facts::{Facts, KnownArtist, Recording, Tag, genre_mbid};

/// What a name means.
pub(super) fn matched(facts: &Facts, catalogue: &Catalogue, recording: &Recording) -> Value {
    let release = facts.release_of(catalogue, recording);
    json!({
        "artist_credit_name": recording.credit(),
        "artist_mbids": recording.credits.iter().map(|credit| &facts.artists[credit.artist].mbid).collect::<Vec<_>>(),
        "recording_mbid": recording.mbid,
        "recording_name": recording.title,
        "release_mbid": release.map(|release| &release.mbid),
        "release_name": release.map(|release| &catalogue.collection(release.collection).name),
    })
}

pub(super) fn recording_shown(facts: &Facts, catalogue: &Catalogue, recording: &Recording, incs: &[&str]) -> Value {
    let mut shown = json!({"recording": {"length": recording.length_ms, "rels": []}});
    let release = facts.release_of(catalogue, recording);
    if incs.contains(&"artist") {
        let artists = recording.credits.iter().map(|credit| {
            let mut artist = artist_shown(facts, &facts.artists[credit.artist]);
            artist["join_phrase"] = json!(credit.join_phrase);
            artist
        });
        shown["artist"] = json!({
            "artist_credit_id": recording.recording + 65, "artists": artists.collect::<Vec<_>>(),
            "name": recording.credit(),
        });
    }
    if incs.contains(&"release") {
        shown["release"] = release.map_or_else(
            || json!({}),
            |release| {
                let (album, group) = (catalogue.collection(release.collection), &facts.release_groups[release.group]);
                let year = album.release_date.get(..4).and_then(|year| year.parse::<i64>().ok());
                json!({
                    "album_artist_name": facts.artists[group.artist].name, "mbid": release.mbid, "name": album.name,
                    "release_group_mbid": group.mbid, "year": year,
                })
            },
        );
    }
    if incs.contains(&"tag") {
        let artists = recording.credits.iter().flat_map(|credit| {
            let artist = &facts.artists[credit.artist];
            tags(&artist.tags, Some(&artist.mbid))
        });
        let group = release.map(|release| tags(&facts.release_groups[release.group].tags, None));
        shown["tag"] = json!({
            "artist": artists.collect::<Vec<_>>(),
            "recording": tags(&recording.tags, None),
            "release_group": group.unwrap_or_default(),
        });
    }
    shown
}

/// An artist with one link of each kind, so that Spotify's may be missing.
pub(super) fn artist_shown(facts: &Facts, artist: &KnownArtist) -> Value {
    let mut rels = json!({"free streaming": format!("https://www.deezer.com/artist/{}", artist.name.len() * 1_069)});
    let wikidata = artist.wikidata.as_ref().map(|item| json!(format!("https://www.wikidata.org/wiki/{item}")));
    put(&mut rels, "wikidata", wikidata);
    let mut shown = json!({"artist_mbid": artist.mbid, "name": artist.name, "rels": rels});
    let year = |date: &Option<String>| date.as_deref()?.get(..4)?.parse::<i64>().ok().map(Value::from);
    put(&mut shown, "area", artist.area.map(|area| facts.atlas().areas[area].name.into()));
    put(&mut shown, "begin_year", year(&artist.begin));
    put(&mut shown, "end_year", year(&artist.end));
    put(&mut shown, "gender", artist.gender.map(Value::from));
    put(&mut shown, "type", artist.kind.map(Value::from));
    shown
}

/// Tags in no order that would mean anything.
pub(super) fn tags(tags: &[Tag], artist_mbid: Option<&str>) -> Vec<Value> {
    let shown = tags.iter().rev().map(|tag| {
        let mut shown = json!({"count": tag.votes, "tag": tag.name});
        put(&mut shown, "artist_mbid", artist_mbid.map(Value::from));
        put(&mut shown, "genre_mbid", tag.is_genre.then(|| genre_mbid(tag.name).into()));
        shown
    });
    shown.collect()
}
