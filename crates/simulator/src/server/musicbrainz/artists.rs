//! Artists: looked up by MBID, searched for by name or by many MBIDs.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::search::{answer, id_fits, is_batch, needed_ids, normal_text_fits, query, tag_fits};
use super::{Answer, Mbid, Refusal, Wish, shapes};
use crate::dice::Dice;
use crate::facts::{Area, Facts, KnownArtist};
use crate::server::options::Batch;
use crate::server::state::Shared;

const INCS: [&str; 18] = [
    "recordings",
    "releases",
    "release-groups",
    "works",
    "aliases",
    "annotation",
    "tags",
    "user-tags",
    "genres",
    "user-genres",
    "ratings",
    "user-ratings",
    "area-rels",
    "artist-rels",
    "url-rels",
    "label-rels",
    "place-rels",
    "series-rels",
];

/// `GET /ws/2/artist/{mbid}`: an MBID that was merged gives the artist it was merged into.
pub(super) async fn lookup(State(shared): State<Arc<Shared>>, Mbid(mbid): Mbid, wish: Wish) -> Answer {
    let incs = wish.incs(&INCS)?;
    let facts = shared.world.facts();
    let artist = facts.artist_by_mbid(&mbid).ok_or_else(Refusal::not_found)?;
    Ok(Json(shapes::artist(facts, artist, &incs)))
}

/// `GET /ws/2/artist?query=…`
pub(super) async fn search(State(shared): State<Arc<Shared>>, wish: Wish) -> Answer {
    let clauses = query(&wish, &["artist", "artistaccent", "alias", "arid", "country", "type", "tag"])?;
    if is_batch(&clauses, "arid") && shared.options.refused_batches.contains(&Batch::Artists) {
        return Err(Refusal::bad("Unable to parse search: too many clauses"));
    }
    let facts = shared.world.facts();
    let needed = needed_ids(&clauses, "arid");
    let may_fit = |(_, artist): &(usize, &KnownArtist)| needed.as_ref().is_none_or(|ids| ids.contains(&artist.mbid));
    let country = |artist: &KnownArtist| artist.area.and_then(|area| facts.atlas().country_code(area));
    let found = answer(
        &wish,
        "artists",
        &clauses,
        facts.artists.iter().enumerate().filter(may_fit),
        |(place, artist), clause| match clause.field.as_deref() {
            Some("arid") => id_fits(clause, &artist.mbid),
            Some("country") => id_fits(clause, country(artist).unwrap_or_default()),
            Some("type") => id_fits(clause, artist.kind.unwrap_or_default()),
            Some("tag") => tag_fits(clause, &artist.tags),
            Some("alias") => normal_text_fits(clause, facts.normal_names(*place).iter().skip(1)),
            _ => prominence(artist) * normal_text_fits(clause, facts.normal_names(*place).iter()),
        },
        |(_, artist)| document(facts, artist),
    );
    Ok(Json(found))
}

/// Of two who share a name, the search thinks some less good.
fn prominence(artist: &KnownArtist) -> f64 {
    if Dice::new(0, &artist.mbid).chance(0.4) { 0.86 } else { 1.0 }
}

/// An artist as searches show it: what is unknown is absent, and there are no genres.
fn document(facts: &Facts, artist: &KnownArtist) -> Value {
    let mut shown = json!({"id": artist.mbid, "name": artist.name, "sort-name": artist.sort_name});
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            shown[key] = value;
        }
    };
    let area = |index: Option<usize>| index.map(|index| area_document(&facts.atlas().areas[index]));
    put("type", artist.kind.map(Value::from));
    put("type-id", artist.kind.map(|kind| shapes::kind_id(kind).into()));
    put("gender", artist.gender.map(|gender| gender.to_lowercase().into()));
    put("gender-id", artist.gender.map(|gender| shapes::gender_id(gender).into()));
    put("country", artist.area.and_then(|area| facts.atlas().country_code(area)).map(Value::from));
    put("area", area(artist.area));
    put("begin-area", area(artist.begin_area));
    put("end-area", area(artist.end_area));
    put("disambiguation", Some(&artist.disambiguation).filter(|text| !text.is_empty()).map(|text| json!(text)));
    let mut life = json!({"ended": if artist.has_ended { Some(true) } else { None }});
    for (key, date) in [("begin", &artist.begin), ("end", &artist.end)] {
        if let Some(date) = date {
            life[key] = json!(date);
        }
    }
    put("life-span", Some(life));
    let aliases = artist.aliases.iter().map(|name| {
        json!({
            "begin-date": null, "end-date": null, "locale": null, "name": name, "primary": null, "sort-name": name,
            "type": null,
        })
    });
    put("aliases", (!artist.aliases.is_empty()).then(|| aliases.collect()));
    let tags = artist.tags.iter().map(|tag| json!({"count": tag.votes, "name": tag.name}));
    put("tags", (!artist.tags.is_empty()).then(|| tags.collect()));
    shown
}

/// An area in a document: with its type, without codes.
pub(super) fn area_document(area: &Area) -> Value {
    let ended = (!area.former_codes.is_empty()).then_some(true);
    let mut shown = json!({"id": area.mbid, "life-span": {"ended": ended}, "name": area.name, "sort-name": area.name});
    if let Some(kind) = area.kind {
        shown["type"] = json!(kind);
        shown["type-id"] = json!(shapes::area_kind_id(kind));
    }
    shown
}
