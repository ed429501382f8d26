//! Pages that Spotify really sent. They are not part of this repository; where the folder
//! `shared/recorded` lies beside the checkout, they are read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};

use ingest::spotify::page;
use lake::play::{Kind, Play};
use lake::schema::{PLAY_CREDITS, PLAYS, Table};
use serde_json::Value;

use crate::scrobbles::Lastfm;
use crate::world::World;

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

/// A recorded body of a service, or `None` with a loud word.
pub(crate) fn recorded_of(service: &str, name: &str) -> Option<Vec<u8>> {
    let path = format!("{}/../../../shared/recorded/{service}/{name}", env!("CARGO_MANIFEST_DIR"));
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
    let world = World::new();
    let path = world.file("Streaming_History_Audio_spotify_import_test.json", body);
    world.import(&path).expect_counts(39, 0, 0, 0);
}

/// What the stored plays say, as text: when, title, album, the artists as they were credited, ISRC and
/// MBID of the recording.
fn told(world: &World) -> BTreeSet<[String; 6]> {
    let frame = |table: &Table| lake::parts::read_table(&world.data(), table).unwrap();
    let texts = |table: &Table, name: &str| -> Vec<String> {
        let frame = frame(table);
        let column = frame.column(name).unwrap().str().unwrap();
        column.iter().map(|text| text.unwrap_or_default().to_owned()).collect()
    };
    let credits = frame(&PLAY_CREDITS);
    let positions = credits.column("position").unwrap().i64().unwrap();
    let mut artists: BTreeMap<String, BTreeMap<i64, String>> = BTreeMap::new();
    let named = texts(&PLAY_CREDITS, "observation_id").into_iter().zip(positions.iter());
    let names = texts(&PLAY_CREDITS, "artist_name").into_iter().zip(texts(&PLAY_CREDITS, "join_phrase"));
    for ((observation, position), (name, join)) in named.zip(names) {
        artists.entry(observation).or_default().insert(position.unwrap(), name + &join);
    }
    let artists = texts(&PLAYS, "observation_id")
        .into_iter()
        .map(|observation| artists[&observation].values().map(String::as_str).collect::<String>());
    let columns = ["time_raw", "track_name", "album_name", "track_isrc", "recording_mbid"];
    let [times, titles, albums, isrcs, mbids] = columns.map(|name| texts(&PLAYS, name));
    artists
        .enumerate()
        .map(|(place, artists)| {
            let of = |column: &[String]| column[place].clone();
            [of(&times), of(&titles), of(&albums), artists, of(&isrcs), of(&mbids)]
        })
        .collect()
}

#[test]
fn the_recorded_scrobbles_are_stored_with_what_they_say() {
    let Some(body) = recorded_of("lastfm", "koito__recenttracks-shoko2.json") else { return };
    let pages: Vec<Value> = serde_json::from_slice(&body).unwrap();
    let mut rows: Vec<Value> = pages.iter().flat_map(|page| page["track"].as_array().unwrap().clone()).collect();
    rows.retain(|row| row["date"].is_object());
    rows.reverse();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let said = |row: &Value| {
        let (when, album, artist) = (&row["date"]["uts"], &row["album"]["#text"], &row["artist"]["#text"]);
        [text(when), text(&row["name"]), text(album), text(artist), String::new(), text(&row["mbid"])]
    };
    let expected: BTreeSet<[String; 6]> = rows.iter().map(said).collect();
    assert!(!expected.is_empty());
    let lastfm = Lastfm::of(rows);
    let world = lastfm.connected();
    let ran = lastfm.fetch(&world, 0).expect_ok();
    assert_eq!((ran.count("stored"), ran.count("rejected")), (expected.len() as u64, 0));
    assert_eq!(told(&world), expected);
}

#[test]
fn the_recorded_listens_are_stored_with_what_they_say() {
    let Some(body) = recorded_of("listenbrainz", "lbserver__listenbrainz_listens.jsonl") else { return };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let said = |line: &str| {
        let listen: Value = serde_json::from_str(line).unwrap();
        let metadata = &listen["track_metadata"];
        let (info, mapping) = (&metadata["additional_info"], &metadata["mbid_mapping"]);
        let artists = match mapping["artists"].as_array() {
            Some(artists) => {
                artists.iter().map(|one| text(&one["artist_credit_name"]) + &text(&one["join_phrase"])).collect()
            }
            None => text(&metadata["artist_name"]),
        };
        let mbid = Some(text(&info["recording_mbid"])).filter(|mbid| !mbid.is_empty());
        let mbid = mbid.unwrap_or_else(|| text(&mapping["recording_mbid"]));
        let when = listen["listened_at"].to_string();
        [when, text(&metadata["track_name"]), text(&metadata["release_name"]), artists, text(&info["isrc"]), mbid]
    };
    let lines = String::from_utf8(body.clone()).unwrap();
    let expected: BTreeSet<[String; 6]> = lines.lines().filter(|line| !line.is_empty()).map(said).collect();
    let world = World::new();
    let path = world.file("listens.jsonl", body);
    world.import(&path).expect_counts(expected.len() as u64, 0, 0, 0);
    assert_eq!(told(&world), expected);
}
