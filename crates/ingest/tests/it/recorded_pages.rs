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
