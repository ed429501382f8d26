//! Spotify's JSON objects, with all fields or with those left for development mode.

use serde_json::{Map, Value, json};

use super::Shape;
use crate::world::{Account, Artist, Catalogue, Collection, Item, Kind, TruePlay};

/// Some of the countries where things can be heard.
const MARKETS: &[&str] = &["AR", "AU", "AT", "BR", "CA", "DE", "FR", "GB", "IN", "JP", "NL", "NZ", "SE", "US", "ZA"];

/// The profile of `/v1/me`.
pub(super) fn profile(account: &Account, shape: Shape) -> Value {
    let id = &account.spotify_id;
    let profile = json!({
        "account_id": account.spotify_account_id,
        "country": "DE",
        "display_name": account.name,
        "email": "secret-mail@example.invalid",
        "explicit_content": {"filter_enabled": false, "filter_locked": false},
        "external_urls": {"spotify": format!("https://open.spotify.com/user/{id}")},
        "followers": {"href": null, "total": 21},
        "href": format!("https://api.spotify.com/v1/users/{id}"),
        "id": id,
        "images": [],
        "product": "premium",
        "type": "user",
        "uri": format!("spotify:user:{id}"),
    });
    without(profile, &["country", "email", "explicit_content", "followers", "product"], shape)
}

/// One item of recently-played.
pub(super) fn history_item(play: &TruePlay<'_>, shape: Shape) -> Value {
    json!({
        "track": if play.item.kind == Kind::Local { local_track(play, shape) } else { track(play.catalogue, play.item, shape) },
        "played_at": play.ended_at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        "context": play.context_uri.as_deref().map(context),
    })
}

/// A track with its album.
pub(super) fn track(catalogue: &Catalogue, item: &Item, shape: Shape) -> Value {
    let mut track = track_of_album(catalogue, item, shape);
    let mut external_ids = Map::new();
    external_ids.extend(item.isrc.iter().map(|isrc| ("isrc".to_owned(), Value::from(isrc.as_str()))));
    track["album"] = album(catalogue, catalogue.collection(item.collection), shape);
    track["external_ids"] = Value::Object(external_ids);
    track["popularity"] = json!(item.popularity);
    without(track, &["popularity"], shape)
}

/// A track as its album lists it: nobody says its ISRC there.
pub(super) fn track_of_album(catalogue: &Catalogue, item: &Item, shape: Shape) -> Value {
    let mut track = object("track", item.id.as_deref());
    track["artists"] = item.artists.iter().map(|index| artist(catalogue.artist(*index))).collect();
    track["available_markets"] = json!(MARKETS);
    track["disc_number"] = json!(item.disc_number);
    track["duration_ms"] = json!(item.duration_ms);
    track["explicit"] = json!(item.explicit);
    track["is_local"] = json!(false);
    track["name"] = json!(item.title);
    track["preview_url"] = Value::Null;
    track["track_number"] = json!(item.track_number);
    without(track, &["available_markets"], shape)
}

/// An album without its tracks.
pub(super) fn album(catalogue: &Catalogue, collection: &Collection, shape: Shape) -> Value {
    let artists = [collection.artist, collection.also_by].into_iter().flatten();
    let cover = collection.id.as_deref().unwrap_or_default().bytes().map(|byte| format!("{byte:02x}"));
    let cover: String = cover.take(12).collect();
    let image = |size: u32, kind: &str| json!({"height": size, "url": format!("https://i.scdn.co/image/ab67616d0000{kind}{cover}"), "width": size});
    let mut album = object("album", collection.id.as_deref());
    album["album_type"] = json!(collection.album_type);
    album["artists"] = artists.map(|index| artist(catalogue.artist(index))).collect();
    album["available_markets"] = json!(MARKETS);
    album["images"] = json!([image(640, "b273"), image(300, "1e02"), image(64, "4851")]);
    album["name"] = json!(collection.name);
    album["release_date"] = json!(collection.release_date);
    album["release_date_precision"] = json!(collection.release_date_precision);
    album["total_tracks"] = json!(collection.items.len());
    without(album, &["available_markets"], shape)
}

/// An artist with a name and nothing else.
pub(super) fn artist(artist: &Artist) -> Value {
    let mut value = object("artist", artist.id.as_deref());
    value["name"] = json!(artist.name);
    value
}

/// The fields that everything in Spotify's catalogue has.
fn object(kind: &str, id: Option<&str>) -> Value {
    let id = id.unwrap_or_default();
    json!({
        "external_urls": {"spotify": format!("https://open.spotify.com/{kind}/{id}")},
        "href": format!("https://api.spotify.com/v1/{kind}s/{id}"),
        "id": id,
        "type": kind,
        "uri": format!("spotify:{kind}:{id}"),
    })
}

/// A file from the listener's disk: names, and nulls for all that Spotify cannot know.
fn local_track(play: &TruePlay<'_>, shape: Shape) -> Value {
    let nobody = |name: &str| json!({"external_urls": {}, "href": null, "id": null, "name": name, "type": "artist", "uri": null});
    let album = json!({
        "album_type": null, "artists": [], "available_markets": [], "external_urls": {}, "href": null, "id": null,
        "images": [], "name": play.collection.name, "release_date": null, "release_date_precision": null,
        "type": "album", "uri": null,
    });
    let track = json!({
        "album": without(album, &["available_markets"], shape),
        "artists": play.artists().map(|artist| nobody(&artist.name)).collect::<Vec<_>>(),
        "available_markets": [],
        "disc_number": 0,
        "duration_ms": play.item.duration_ms,
        "explicit": false,
        "external_ids": {},
        "external_urls": {},
        "href": null,
        "id": null,
        "is_local": true,
        "name": play.item.title,
        "popularity": 0,
        "preview_url": null,
        "track_number": 0,
        "type": "track",
        "uri": play.item.uri,
    });
    without(track, &["available_markets", "popularity"], shape)
}

/// Where it was played from, from its URI.
fn context(uri: &str) -> Value {
    let mut parts = uri.split(':').skip(1);
    let (kind, id) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    json!({
        "external_urls": {"spotify": format!("https://open.spotify.com/{kind}/{id}")},
        "href": format!("https://api.spotify.com/v1/{kind}s/{id}"),
        "type": kind,
        "uri": uri,
    })
}

/// Takes fields away that development mode no longer has.
pub(super) fn without(mut value: Value, removed: &[&str], shape: Shape) -> Value {
    if let (Shape::Development, Some(fields)) = (shape, value.as_object_mut()) {
        fields.retain(|field, _| !removed.contains(&field.as_str()));
    }
    value
}
