//! Recordings: by ISRC, by MBID, searched for.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::releases::{shown_group, shown_release};
use super::search::{answer, id_fits, is_batch, needed_ids, query, tag_fits, text_fits};
use super::{Answer, Incs, Mbid, Refusal, Wish, shapes};
use crate::Catalogue;
use crate::facts::{Facts, Recording, Release};
use crate::server::options::Batch;
use crate::server::state::Shared;

const RECORDING_INCS: [&str; 12] = [
    "artists",
    "artist-credits",
    "isrcs",
    "genres",
    "tags",
    "releases",
    "release-groups",
    "aliases",
    "ratings",
    "url-rels",
    "artist-rels",
    "work-rels",
];

/// `GET /ws/2/isrc/{isrc}`
pub(super) async fn isrc(State(shared): State<Arc<Shared>>, Path(isrc): Path<String>, wish: Wish) -> Answer {
    let incs = wish.incs(&[
        "artists",
        "releases",
        "isrcs",
        "artist-credits",
        "aliases",
        "tags",
        "ratings",
        "artist-rels",
        "url-rels",
    ])?;
    let is_one = isrc.len() == 12
        && isrc.bytes().take(2).all(|byte| byte.is_ascii_alphabetic())
        && isrc.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !is_one {
        return Err(Refusal::bad("Invalid isrc."));
    }
    let (facts, isrc) = (shared.world.facts(), isrc.to_uppercase());
    let recordings: Vec<Value> =
        facts.recordings_by_isrc(&isrc).map(|recording| shown(&shared, recording, &incs)).collect();
    if recordings.is_empty() {
        return Err(Refusal::not_found());
    }
    Ok(Json(json!({"isrc": isrc, "recordings": recordings})))
}

/// `GET /ws/2/recording/{mbid}`
pub(super) async fn recording(State(shared): State<Arc<Shared>>, Mbid(mbid): Mbid, wish: Wish) -> Answer {
    let incs = wish.incs(&RECORDING_INCS)?;
    let recording = shared.world.facts().recording_by_mbid(&mbid).ok_or_else(Refusal::not_found)?;
    Ok(Json(shown(&shared, recording, &incs)))
}

/// `GET /ws/2/recording?artist=…`, or `?query=…`
pub(super) async fn recordings(State(shared): State<Arc<Shared>>, wish: Wish) -> Answer {
    if wish.field("query").is_some() { search(&shared, &wish) } else { of_artist(&shared, &wish) }
}

fn of_artist(shared: &Shared, wish: &Wish) -> Answer {
    let incs = wish.incs(&["artist-credits", "isrcs", "genres", "tags", "ratings"])?;
    let facts = shared.world.facts();
    let mbid = wish.field("artist").ok_or_else(|| Refusal::bad("artist is a required parameter"))?;
    let artist = facts.artist_by_mbid(mbid).ok_or_else(Refusal::not_found)?;
    let is_by = |recording: &&Recording| {
        let mut credited = recording.credits.iter().map(|credit| &facts.artists[credit.artist].mbid);
        credited.any(|mbid| *mbid == artist.mbid)
    };
    let recordings: Vec<&Recording> = facts.recordings.iter().filter(is_by).collect();
    let (limit, offset) = wish.page();
    let page = recordings.iter().skip(offset).take(limit).map(|recording| shown(shared, recording, &incs));
    Ok(Json(json!({
        "recording-count": recordings.len(),
        "recording-offset": offset,
        "recordings": page.collect::<Vec<_>>(),
    })))
}

fn search(shared: &Shared, wish: &Wish) -> Answer {
    let clauses = query(wish, &["isrc", "rid", "arid", "recording", "artist", "artistname", "tag"])?;
    if is_batch(&clauses, "isrc") && shared.options.refused_batches.contains(&Batch::Isrcs) {
        return Err(Refusal::bad("Unable to parse search: too many clauses"));
    }
    if is_batch(&clauses, "arid") && shared.options.refused_batches.contains(&Batch::Works) {
        return Err(Refusal::bad("Unable to parse search: too many clauses"));
    }
    let facts = shared.world.facts();
    let (artists, isrcs) = (needed_ids(&clauses, "arid"), needed_ids(&clauses, "isrc"));
    let may_fit = |recording: &&Recording| {
        let mut credited = recording.credits.iter().map(|credit| &facts.artists[credit.artist].mbid);
        artists.as_ref().is_none_or(|needed| credited.any(|mbid| needed.contains(mbid)))
            && isrcs
                .as_ref()
                .is_none_or(|needed| recording.isrcs.iter().any(|isrc| needed.contains(&isrc.to_lowercase())))
    };
    let found = answer(
        wish,
        "recordings",
        &clauses,
        facts.recordings.iter().filter(may_fit),
        |recording, clause| match clause.field.as_deref() {
            Some("isrc") => recording.isrcs.iter().map(|isrc| id_fits(clause, isrc)).fold(0.0, f64::max),
            Some("rid") => id_fits(clause, &recording.mbid),
            Some("tag") => tag_fits(clause, &recording.tags),
            Some("arid") => {
                let artists = recording.credits.iter().map(|credit| &facts.artists[credit.artist]);
                artists.map(|artist| id_fits(clause, &artist.mbid)).fold(0.0, f64::max)
            }
            Some("artist" | "artistname") => {
                let credit = recording.credit();
                let names = std::iter::once(credit.as_str());
                text_fits(clause, names.chain(recording.credits.iter().map(|credit| credit.name.as_str())))
            }
            _ => text_fits(clause, std::iter::once(recording.title.as_str())),
        },
        |recording| document(shared, recording),
    );
    Ok(Json(found))
}

/// A recording that was looked up.
pub(super) fn shown(shared: &Shared, recording: &Recording, incs: &Incs) -> Value {
    let (facts, catalogue) = (shared.world.facts(), shared.world.catalogue());
    let mut shown = json!({
        "disambiguation": "",
        "first-release-date": first_release_date(catalogue, recording),
        "id": recording.mbid,
        "length": recording.length_ms,
        "title": recording.title,
        "video": false,
    });
    if incs.has("artist-credits") || incs.has("artists") {
        shown["artist-credit"] = credits(facts, recording);
    }
    if incs.has("isrcs") {
        shown["isrcs"] = json!(recording.isrcs);
    }
    if incs.has("releases") {
        let releases = releases_of(shared, recording).map(|release| {
            let mut shown = shown_release(release, catalogue.collection(release.collection));
            if incs.has("release-groups") {
                shown["release-group"] = shown_group(facts, &facts.release_groups[release.group], &Incs(Vec::new()));
            }
            shown
        });
        shown["releases"] = releases.collect();
    }
    if incs.has("aliases") {
        shown["aliases"] = json!([]);
    }
    shapes::add_tags(&mut shown, &recording.tags, incs);
    shown
}

/// A recording as searches show it: what is unknown is absent.
fn document(shared: &Shared, recording: &Recording) -> Value {
    let (facts, catalogue) = (shared.world.facts(), shared.world.catalogue());
    let mut document = json!({
        "artist-credit": credit_documents(facts, recording),
        "first-release-date": first_release_date(catalogue, recording),
        "id": recording.mbid,
        "title": recording.title,
        "video": null,
    });
    if let Some(length_ms) = recording.length_ms {
        document["length"] = json!(length_ms);
    }
    if !recording.isrcs.is_empty() {
        document["isrcs"] = json!(recording.isrcs);
    }
    if !recording.tags.is_empty() {
        let tags = recording.tags.iter().map(|tag| json!({"count": tag.votes, "name": tag.name}));
        document["tags"] = tags.collect();
    }
    document
}

fn releases_of<'s>(shared: &'s Shared, recording: &'s Recording) -> impl Iterator<Item = &'s Release> {
    let (facts, catalogue) = (shared.world.facts(), shared.world.catalogue());
    facts.releases.iter().filter(|release| {
        let mut items = catalogue.collection(release.collection).items.clone();
        items.any(|index| catalogue.item(index).recording == recording.recording)
    })
}

fn first_release_date(catalogue: &Catalogue, recording: &Recording) -> Value {
    json!(catalogue.collection(catalogue.item(recording.recording).collection).release_date)
}

/// Who is credited, as lookups show it.
fn credits(facts: &Facts, recording: &Recording) -> Value {
    let credits = recording.credits.iter().map(|credit| {
        let artist = shapes::artist_brief(facts, &facts.artists[credit.artist]);
        json!({"artist": artist, "joinphrase": credit.join_phrase, "name": credit.name})
    });
    credits.collect()
}

/// Who is credited, as searches show it: the last has no phrase to join.
fn credit_documents(facts: &Facts, recording: &Recording) -> Value {
    let credits = recording.credits.iter().map(|credit| {
        let artist = &facts.artists[credit.artist];
        let mut shown = json!({
            "artist": {"id": artist.mbid, "name": artist.name, "sort-name": artist.sort_name},
            "name": credit.name,
        });
        if !credit.join_phrase.is_empty() {
            shown["joinphrase"] = json!(credit.join_phrase);
        }
        shown
    });
    credits.collect()
}
