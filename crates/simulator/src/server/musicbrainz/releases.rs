//! Release groups and releases.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::{Answer, Incs, Mbid, Refusal, Wish, albums, recordings, shapes};
use crate::facts::{Facts, Release, ReleaseGroup};
use crate::server::state::Shared;
use crate::{Catalogue, Collection};

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
            let recording = recordings::shown(shared, facts.recording(item.recording)?, incs);
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

fn main_credit(facts: &Facts, group: &ReleaseGroup) -> Value {
    let artist = &facts.artists[group.artist];
    json!([{"artist": shapes::artist_brief(facts, artist), "joinphrase": "", "name": artist.name}])
}

pub(super) fn shown_group(facts: &Facts, group: &ReleaseGroup, incs: &Incs) -> Value {
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

pub(super) fn shown_release(release: &Release, album: &Collection) -> Value {
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
