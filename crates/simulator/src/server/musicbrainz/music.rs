//! Release groups, releases and recordings.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::search::{answer, id_fits, is_batch, query, tag_fits, text_fits};
use super::{Answer, Incs, Mbid, Refusal, Wish, albums, shapes};
use crate::facts::{Facts, Recording, Release, ReleaseGroup};
use crate::server::options::Batch;
use crate::server::state::Shared;
use crate::{Catalogue, Collection};

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

/// `GET /ws/2/recording?query=…`
pub(super) async fn search(State(shared): State<Arc<Shared>>, wish: Wish) -> Answer {
    let clauses = query(&wish, &["isrc", "rid", "arid", "recording", "artist", "artistname", "tag"])?;
    if is_batch(&clauses, "isrc") && shared.options.refused_batches.contains(&Batch::Isrcs) {
        return Err(Refusal::bad("Unable to parse search: too many clauses"));
    }
    let facts = shared.world.facts();
    let found = answer(
        &wish,
        "recordings",
        &clauses,
        facts.recordings.iter(),
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
        |recording| document(&shared, recording),
    );
    Ok(Json(found))
}

/// `GET /ws/2/release-group?artist=…`, or `?query=…`
pub(super) async fn release_groups(State(shared): State<Arc<Shared>>, wish: Wish) -> Answer {
    if wish.field("query").is_some() {
        return albums::search_groups(&shared, &wish);
    }
    let incs = wish.incs(&["genres", "tags", "artist-credits", "ratings", "aliases"])?;
    let facts = shared.world.facts();
    let mbid = wish.field("artist").ok_or_else(|| Refusal::bad("artist is a required parameter"))?;
    let artist = facts.artist_by_mbid(mbid).ok_or_else(Refusal::not_found)?;
    let is_by = |group: &&ReleaseGroup| facts.artists[group.artist].mbid == artist.mbid;
    let groups: Vec<&ReleaseGroup> = facts.release_groups.iter().filter(is_by).collect();
    let (limit, offset) = wish.page();
    let page = groups.iter().skip(offset).take(limit).map(|group| shown_group(facts, group, &incs));
    Ok(Json(json!({
        "release-group-count": groups.len(),
        "release-group-offset": offset,
        "release-groups": page.collect::<Vec<_>>(),
    })))
}

/// `GET /ws/2/release-group/{mbid}`
pub(super) async fn release_group(State(shared): State<Arc<Shared>>, Mbid(mbid): Mbid, wish: Wish) -> Answer {
    let incs = wish.incs(&["genres", "tags", "artists", "artist-credits", "releases", "ratings", "url-rels"])?;
    let (facts, catalogue) = (shared.world.facts(), shared.world.catalogue());
    let group = facts.release_group_by_mbid(&mbid).ok_or_else(Refusal::not_found)?;
    let mut shown = shown_group(facts, group, &incs);
    if incs.has("releases") {
        let of_group = facts.releases.iter().filter(|release| facts.release_groups[release.group].mbid == group.mbid);
        let releases = of_group.map(|release| shown_release(release, catalogue.collection(release.collection)));
        shown["releases"] = releases.collect();
    }
    Ok(Json(shown))
}

/// `GET /ws/2/release/{mbid}`
pub(super) async fn release(State(shared): State<Arc<Shared>>, Mbid(mbid): Mbid, wish: Wish) -> Answer {
    let incs = wish.incs(&[
        "artists",
        "artist-credits",
        "labels",
        "recordings",
        "release-groups",
        "media",
        "isrcs",
        "genres",
        "tags",
        "url-rels",
    ])?;
    let (facts, catalogue) = (shared.world.facts(), shared.world.catalogue());
    let release = facts.release_by_mbid(&mbid).ok_or_else(Refusal::not_found)?;
    let album = catalogue.collection(release.collection);
    let mut shown = shown_release(release, album);
    let group = &facts.release_groups[release.group];
    if incs.has("release-groups") {
        shown["release-group"] = shown_group(facts, group, &incs);
    }
    if incs.has("artist-credits") || incs.has("artists") {
        shown["artist-credit"] = main_credit(facts, group);
    }
    if incs.has("labels") {
        let label = facts.albums[release.collection as usize].label;
        shown["label-info"] = json!([{"catalog-number": null, "label": {"disambiguation": "", "name": label}}]);
    }
    if incs.has("media") || incs.has("recordings") {
        shown["media"] = json!([media(&shared, facts, catalogue, album, &incs)]);
    }
    shapes::add_tags(&mut shown, &[], &incs);
    Ok(Json(shown))
}

/// The one medium of a release.
fn media(shared: &Shared, facts: &Facts, catalogue: &Catalogue, album: &Collection, incs: &Incs) -> Value {
    let mut media = json!({"format": "Digital Media", "format-id": "907a28d9-b3b2-3ef6-89a8-7b18d91d4794", "position": 1,
               "title": "", "track-count": album.items.len()});
    if incs.has("recordings") {
        let tracks = album.items.clone().filter_map(|index| {
            let item = catalogue.item(index);
            let recording = shown(shared, facts.recording(item.recording)?, incs);
            Some(json!({
                "length": item.duration_ms, "number": item.track_number.to_string(), "position": item.track_number,
                "recording": recording, "title": recording["title"],
            }))
        });
        media["tracks"] = tracks.collect();
        media["track-offset"] = json!(0);
    }
    media
}

/// A recording that was looked up.
fn shown(shared: &Shared, recording: &Recording, incs: &Incs) -> Value {
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

fn main_credit(facts: &Facts, group: &ReleaseGroup) -> Value {
    let artist = &facts.artists[group.artist];
    json!([{"artist": shapes::artist_brief(facts, artist), "joinphrase": "", "name": artist.name}])
}

fn shown_group(facts: &Facts, group: &ReleaseGroup, incs: &Incs) -> Value {
    let mut shown = json!({
        "disambiguation": "",
        "first-release-date": group.first_release_date,
        "id": group.mbid,
        "primary-type": group.primary_type,
        "primary-type-id": match group.primary_type {
            "Single" => "d6038452-8ee0-3f68-affc-2de9a1ede0b9",
            _ => "f529b476-6e62-324f-b0aa-1f3e33d313fc",
        },
        "secondary-type-ids": group.secondary_types.iter().map(|_| "dd2a21e1-0c00-3729-a7a0-de60b84eb5d1").collect::<Vec<_>>(),
        "secondary-types": group.secondary_types,
        "title": group.title,
    });
    if incs.has("artist-credits") || incs.has("artists") {
        shown["artist-credit"] = main_credit(facts, group);
    }
    shapes::add_tags(&mut shown, &group.tags, incs);
    shown
}

fn shown_release(release: &Release, album: &Collection) -> Value {
    json!({
        "asin": null,
        "barcode": release.barcode,
        "country": "XW",
        "date": album.release_date,
        "disambiguation": "",
        "id": release.mbid,
        "packaging": null,
        "packaging-id": null,
        "quality": "normal",
        "status": "Official",
        "status-id": "4e304316-386d-3409-af2e-78857eec5cfe",
        "text-representation": {"language": null, "script": null},
        "title": album.name,
    })
}
