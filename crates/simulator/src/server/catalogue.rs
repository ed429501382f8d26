//! The Web API's catalogue: tracks, albums and artists, one by one or, for apps with extended
//! quota, many at once.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::options::Shape;
use super::shapes;
use super::state::Shared;
use super::web_api::{Refusal, authorize};
use crate::world::{CollectionKind, Kind};

type Answer = Result<Json<Value>, Refusal>;
/// What makes an object of an id.
type Find = fn(&Shared, &str, Shape) -> Option<Value>;

/// `GET /v1/tracks/{id}`
pub(super) async fn track(State(shared): State<Arc<Shared>>, headers: HeaderMap, Path(id): Path<String>) -> Answer {
    one(&shared, &headers, &id, find_track)
}

/// `GET /v1/albums/{id}`
pub(super) async fn album(State(shared): State<Arc<Shared>>, headers: HeaderMap, Path(id): Path<String>) -> Answer {
    one(&shared, &headers, &id, find_album)
}

/// `GET /v1/artists/{id}`
pub(super) async fn artist(State(shared): State<Arc<Shared>>, headers: HeaderMap, Path(id): Path<String>) -> Answer {
    one(&shared, &headers, &id, find_artist)
}

/// `GET /v1/tracks?ids=…`
pub(super) async fn tracks(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Answer {
    many(&shared, &headers, &query, "tracks", 50, find_track)
}

/// `GET /v1/albums?ids=…`
pub(super) async fn albums(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Answer {
    many(&shared, &headers, &query, "albums", 20, find_album)
}

/// `GET /v1/artists?ids=…`
pub(super) async fn artists(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Answer {
    many(&shared, &headers, &query, "artists", 50, find_artist)
}

fn one(shared: &Shared, headers: &HeaderMap, id: &str, find: Find) -> Answer {
    let (place, _) = authorize(shared, headers)?;
    check(id)?;
    let found = find(shared, id, shared.shape_of(shared.name_of(place)));
    found.map(Json).ok_or(Refusal(StatusCode::NOT_FOUND, "Resource not found"))
}

/// Unknown ids give null. Apps in development mode may not ask so.
fn many(
    shared: &Shared,
    headers: &HeaderMap,
    query: &HashMap<String, String>,
    kind: &str,
    most: usize,
    find: Find,
) -> Answer {
    let (place, _) = authorize(shared, headers)?;
    let shape = shared.shape_of(shared.name_of(place));
    if shape == Shape::Development {
        return Err(Refusal(StatusCode::FORBIDDEN, "Forbidden"));
    }
    let ids: Vec<&str> = query.get("ids").map(String::as_str).unwrap_or_default().split(',').collect();
    if ids.len() > most {
        return Err(Refusal(StatusCode::BAD_REQUEST, "Too many ids requested"));
    }
    for id in &ids {
        check(id)?;
    }
    let found: Vec<Option<Value>> = ids.iter().map(|id| find(shared, id, shape)).collect();
    Ok(Json(json!({ kind: found })))
}

fn check(id: &str) -> Result<(), Refusal> {
    let is_one = id.len() == 22 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_one { Ok(()) } else { Err(Refusal(StatusCode::BAD_REQUEST, "Invalid base62 id")) }
}

fn find_track(shared: &Shared, id: &str, shape: Shape) -> Option<Value> {
    let catalogue = shared.world.catalogue();
    let mut tracks = catalogue.items.iter().filter(|item| item.kind == Kind::Track);
    tracks.find(|item| item.id.as_deref() == Some(id)).map(|item| shapes::track(catalogue, item, shape))
}

fn find_album(shared: &Shared, id: &str, shape: Shape) -> Option<Value> {
    let (catalogue, facts) = (shared.world.catalogue(), shared.world.facts());
    let is_it = |album: &crate::Collection| album.kind == CollectionKind::Album && album.id.as_deref() == Some(id);
    let index = catalogue.collections.iter().position(is_it)?;
    let (collection, more) = (&catalogue.collections[index], &facts.albums[index]);
    let mut album = shapes::album(catalogue, collection, shape);
    let tracks: Vec<Value> =
        collection.items.clone().map(|index| shapes::track_of_album(catalogue, catalogue.item(index), shape)).collect();
    let year = collection.release_date.get(..4).unwrap_or_default();
    album["copyrights"] = json!([{"text": format!("{year} {}", more.label), "type": "C"}]);
    album["external_ids"] = json!({"upc": more.upc});
    // Long deprecated, and always empty.
    album["genres"] = json!([]);
    album["label"] = json!(more.label);
    album["popularity"] = json!(more.popularity);
    album["tracks"] = json!({
        "href": format!("https://api.spotify.com/v1/albums/{id}/tracks?offset=0&limit=50"),
        "items": tracks,
        "limit": 50,
        "next": null,
        "offset": 0,
        "previous": null,
        "total": collection.items.len(),
    });
    Some(shapes::without(album, &["label", "popularity"], shape))
}

fn find_artist(shared: &Shared, id: &str, shape: Shape) -> Option<Value> {
    let (catalogue, facts) = (shared.world.catalogue(), shared.world.facts());
    let index = catalogue.artists.iter().position(|artist| artist.id.as_deref() == Some(id))?;
    let more = &facts.spotify_artists[index];
    let mut artist = shapes::artist(&catalogue.artists[index]);
    artist["followers"] = json!({"href": null, "total": more.followers});
    artist["genres"] = json!(more.genres);
    artist["images"] = json!([]);
    artist["popularity"] = json!(more.popularity);
    Some(shapes::without(artist, &["followers", "genres", "popularity"], shape))
}
