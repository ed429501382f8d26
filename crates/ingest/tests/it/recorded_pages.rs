//! Pages that Spotify really sent. They are not part of this repository; where the folder
//! `shared/recorded` lies beside the checkout, they are read.

use std::fs;
use std::io::{self, Write};

use ingest::spotify::page;
use lake::play::{Kind, Play};
use serde_json::Value;

/// The 48 plays of one evening, with all fields.
pub(crate) const FULL_PAGE: &str = "python-spotify__recently_played_tracks.json";

/// Two plays of 2017, whose tracks had no album and no ISRC.
const OLD_PAGE: &str = "spotify-web-api-php__recently-played.json";

/// 2026-02-26T00:00:00Z, after all of them.
const RECEIVED_AT: i64 = 1_772_064_000_000;

/// A recorded body, or `None` with a loud word.
pub(crate) fn recorded(name: &str) -> Option<Vec<u8>> {
    recorded_of("spotify", name)
}

/// Where a recorded body of a service lies, if it does.
pub(crate) fn path_of(service: &str, name: &str) -> String {
    format!("{}/../../../shared/recorded/{service}/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// A recorded body of a service, or `None` with a loud word.
pub(crate) fn recorded_of(service: &str, name: &str) -> Option<Vec<u8>> {
    let path = path_of(service, name);
    let body = fs::read(&path).ok();
    if body.is_none() {
        // Straight to stderr: the test harness would swallow what the macros print.
        let mut stderr = io::stderr().lock();
        writeln!(stderr, "\nSKIPPED: there is no recorded page at {path}\n").unwrap();
    }
    body
}

#[test]
fn the_recorded_page_has_48_plays() {
    let Some(body) = recorded(FULL_PAGE) else { return };
    let page = page::parse(&body, RECEIVED_AT).unwrap();
    assert_eq!((page.rows.len(), page.rejected.len()), (48, 0));

    let newest = &page.rows[0];
    assert_eq!(newest.play.at, 1_772_050_520_497);
    assert_eq!(newest.play.track_uri.as_deref(), Some("spotify:track:3HRuSJ7VheXVBmjlAXaREd"));
    assert_eq!(newest.play.track_isrc.as_deref(), Some("GXF972482646"));
    assert_eq!(newest.play.album_artist_name.as_deref(), Some("Enchanted Steel"));
    assert_eq!(newest.play.context_uri.as_deref(), Some("spotify:album:0sYsti82VA37zLESxDYVsm"));
    assert_eq!(page.rows[47].play.at, 1_772_028_370_058);
    for row in &page.rows {
        assert_eq!(row.play.kind, Kind::Track);
        assert!(row.play.started_at() < row.play.ended_at());
        assert!(!row.credits.is_empty() && row.credits.iter().all(|credit| credit.artist_uri.is_some()));
    }
}

#[test]
fn development_mode_says_the_same() {
    let Some(body) = recorded(FULL_PAGE) else { return };
    let mut reduced: Value = serde_json::from_slice(&body).unwrap();
    for item in reduced["items"].as_array_mut().unwrap() {
        let track = item["track"].as_object_mut().unwrap();
        track.retain(|key, _| {
            !["available_markets", "linked_from", "popularity", "preview_url"].contains(&key.as_str())
        });
        let album = track["album"].as_object_mut().unwrap();
        album.retain(|key, _| !["available_markets", "album_group"].contains(&key.as_str()));
    }
    let reduced = reduced.to_string().into_bytes();
    assert_eq!(page::parse(&reduced, RECEIVED_AT).unwrap(), page::parse(&body, RECEIVED_AT).unwrap());
}

#[test]
fn an_old_page_is_read_as_well() {
    let Some(body) = recorded(OLD_PAGE) else { return };
    let page = page::parse(&body, RECEIVED_AT).unwrap();
    assert_eq!((page.rows.len(), page.rejected.len()), (2, 0));
    assert_eq!(page.rows[0].credits.len(), 2);
    let bare = |play: &Play<'_>| play.album_uri.is_none() && play.album_name.is_none() && play.track_isrc.is_none();
    assert!(page.rows.iter().all(|row| row.play.kind == Kind::Track && bare(&row.play)));
}

/// Items of the list as ListenBrainz kept them for its own tests.
#[test]
fn recorded_items_are_read_with_and_without_what_may_be_missing() {
    for (name, credits) in [("lbserver__spotify_play_no_isrc.json", 1), ("lbserver__spotify_play_two_artists.json", 2)]
    {
        let Some(body) = recorded(name) else { continue };
        let item: Value = serde_json::from_slice(&body).unwrap();
        let list = serde_json::json!({"items": [item]}).to_string();
        let page = page::parse(list.as_bytes(), RECEIVED_AT).unwrap();
        assert_eq!((page.rows.len(), page.rejected.len()), (1, 0), "{name}");
        assert_eq!(page.rows[0].credits.len(), credits, "{name}");
        assert_eq!(page.rows[0].play.track_isrc.is_none(), name.contains("no_isrc"));
    }
}

#[test]
fn a_recorded_play_is_a_play_without_any_one_of_its_fields() {
    let Some(body) = recorded(FULL_PAGE) else { return };
    let whole: Value = serde_json::from_slice(&body).unwrap();
    let item = &whole["items"][0];
    let mut paths = Vec::new();
    collect(item, "", &mut paths);
    assert!(paths.len() > 60, "{paths:?}");
    for path in paths.iter().filter(|path| !["/played_at", "/track"].contains(&path.as_str())) {
        let mut reduced = item.clone();
        let (parent, key) = path.rsplit_once('/').unwrap();
        let Some(parent) = reduced.pointer_mut(parent).and_then(Value::as_object_mut) else { continue };
        parent.remove(key);
        let list = serde_json::json!({"items": [reduced]}).to_string();
        let page = page::parse(list.as_bytes(), RECEIVED_AT).unwrap();
        assert_eq!((page.rows.len(), page.rejected.len()), (1, 0), "without {path}");
    }
}

fn collect(value: &Value, at: &str, paths: &mut Vec<String>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(key, inner)| (format!("{at}/{key}"), inner)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(place, inner)| (format!("{at}/{place}"), inner)).collect()
        }
        _ => Vec::new(),
    };
    for (path, inner) in inner {
        collect(inner, &path, paths);
        paths.push(path);
    }
}

#[test]
fn the_recorded_export_is_stored_whole() {
    let Some(body) = recorded_of("spotify_export", "koito__Streaming_History_Audio_spotify_import_test.json") else {
        return;
    };
    let world = crate::world::World::new();
    let path = world.file("Streaming_History_Audio_spotify_import_test.json", body);
    world.import(&path).expect_counts(39, 0, 0, 0);
}
