use crate::page::{EXCERPT_CHARS, Row};
use serde_json::{Value, json};

use super::*;

/// A track with all the fields that are read and some that are not.
fn track() -> Value {
    json!({
        "album": {
            "album_type": "album",
            "artists": [{"id": "r1", "name": "First of the Album", "type": "artist", "uri": "spotify:artist:r1"}],
            "available_markets": ["DE", "FR"],
            "id": "a1", "images": [], "name": "The Album",
            "release_date": "2019-03", "release_date_precision": "month",
            "type": "album", "uri": "spotify:album:a1"
        },
        "artists": [
            {"id": "r2", "name": "Someone", "type": "artist", "uri": "spotify:artist:r2"},
            {"id": "r3", "name": "Guest", "type": "artist", "uri": "spotify:artist:r3"}
        ],
        "available_markets": ["DE", "FR"],
        "duration_ms": 211_333,
        "external_ids": {"isrc": "XXA011900001"},
        "id": "t1", "is_local": false, "name": "We \"Fight\"", "popularity": 12,
        "type": "track", "uri": "spotify:track:t1"
    })
}

/// 2026-02-25T20:30:00Z
const RECEIVED_AT: UnixMs = 1_772_051_400_000;

/// A page of one item.
fn body(track: Value, played_at: Value, context: Value) -> Vec<u8> {
    json!({"items": [{"track": track, "played_at": played_at, "context": context}], "next": null})
        .to_string()
        .into_bytes()
}

/// The play and the credits of a page with this one track.
fn read_track(track: Value) -> (Play<'static>, Vec<Credit<'static>>) {
    let body = body(track, "2026-02-25T20:15:20.497Z".into(), Value::Null);
    let mut page = parse(body.leak(), RECEIVED_AT).unwrap();
    assert_eq!(page.rejected, []);
    let row = page.rows.remove(0);
    (row.play, row.credits)
}

/// A track with one field set.
fn track_with(key: &str, value: Value) -> Value {
    let mut track = track();
    track[key] = value;
    track
}

fn check_time(played_at: &str, expected: UnixMs) {
    let body = body(track(), played_at.into(), Value::Null);
    let page = parse(&body, RECEIVED_AT).unwrap();
    assert_eq!(page.rows[0].play.at, expected, "{played_at}");
    assert_eq!(&*page.rows[0].play.time_raw, played_at);
}

fn check_rejected(item: &str, reason: &str, detail: &str) {
    let body = format!("{{\"items\": [{item}]}}");
    let page = parse(body.as_bytes(), RECEIVED_AT).unwrap();
    assert_eq!(page.rows, []);
    let rejected = &page.rejected[0];
    assert_eq!((rejected.reason, rejected.index, rejected.byte_offset), (reason, 0, 11), "{rejected:?}");
    assert!(rejected.detail.contains(detail), "{rejected:?}");
    assert!(item.starts_with(&rejected.excerpt));
}

#[test]
fn a_track_with_all_fields() {
    let context = json!({"type": "playlist", "uri": "spotify:playlist:p1", "href": "https://api.spotify.com/…"});
    let body = body(track(), "2026-02-25T20:15:20.497Z".into(), context);
    let page = parse(&body, RECEIVED_AT).unwrap();
    let mut play = Play::at(1_772_050_520_497, "2026-02-25T20:15:20.497Z".into(), Clock::End, Precision::Millisecond);
    play.kind = Kind::Track;
    play.other_end = Some(1_772_050_520_497 - 211_333);
    play.duration_ms = Some(211_333);
    play.track_uri = Some("spotify:track:t1".into());
    play.track_name = Some("We \"Fight\"".into());
    play.track_isrc = Some("XXA011900001".into());
    play.album_uri = Some("spotify:album:a1".into());
    play.album_name = Some("The Album".into());
    play.album_release_date = Some("2019-03".into());
    play.album_release_date_precision = Some("month".into());
    play.album_artist_name = Some("First of the Album".into());
    play.context_uri = Some("spotify:playlist:p1".into());
    let credit = |name: &'static str, uri: &'static str| Credit {
        artist_name: name.into(),
        artist_uri: Some(uri.into()),
        artist_mbid: None,
        join_phrase: None,
    };
    let credits = vec![credit("Someone", "spotify:artist:r2"), credit("Guest", "spotify:artist:r3")];
    assert_eq!(page, Page { rows: vec![Row { index: 0, play, credits }], rejected: vec![] });
}

#[test]
fn nearly_everything_may_be_missing() {
    let (play, credits) = read_track(json!({"uri": "spotify:track:t1"}));
    assert_eq!((play.kind, play.other_end, play.duration_ms), (Kind::Track, None, None));
    assert_eq!((play.track_name, play.album_name, credits), (None, None, vec![]));
}

#[test]
fn or_null() {
    let nulls = json!({
        "album": null, "artists": null, "duration_ms": null, "external_ids": null, "id": null, "is_local": null,
        "name": null, "show": null, "type": null, "uri": "spotify:track:t1"
    });
    assert_eq!(read_track(nulls), read_track(json!({"uri": "spotify:track:t1"})));
}

#[test]
fn a_missing_isrc() {
    for external_ids in [json!({}), json!({"isrc": null}), json!({"isrc": ""}), json!({"ean": "1"}), Value::Null] {
        assert_eq!(read_track(track_with("external_ids", external_ids)).0.track_isrc, None);
    }
}

#[test]
fn names_stay_as_given_and_empty_identifiers_are_none() {
    let album = json!({"name": "", "uri": "", "release_date": "", "release_date_precision": "", "artists": []});
    let (play, _) = read_track(track_with("album", album));
    assert_eq!(play.album_name.as_deref(), Some(""));
    assert_eq!((play.album_uri, play.album_release_date, play.album_artist_name), (None, None, None));
}

#[test]
fn a_local_file() {
    let uri = "spotify:local:Someone:Demo:Tape+1:187";
    let local = json!({
        "album": {"artists": [], "id": null, "name": "Demo", "release_date": null, "uri": null},
        "artists": [{"id": null, "name": "Someone", "uri": null}, {"id": null, "name": "", "uri": null}, {"name": null}],
        "duration_ms": 187_000, "external_ids": {}, "id": null, "is_local": true, "name": "Tape 1", "uri": uri
    });
    let (play, credits) = read_track(local);
    assert_eq!((play.kind, play.track_uri.as_deref()), (Kind::Local, Some(uri)));
    assert_eq!((credits.len(), &*credits[0].artist_name, &credits[0].artist_uri), (1, "Someone", &None));
}

#[test]
fn kinds() {
    let kind = |track: Value| read_track(track).0.kind;
    assert_eq!(kind(json!({"uri": "spotify:local:a:b:c:1", "is_local": false})), Kind::Local);
    assert_eq!(kind(json!({"uri": null, "is_local": true})), Kind::Local);
    assert_eq!(kind(json!({"name": "Tape 1"})), Kind::Local);
    assert_eq!(kind(json!({})), Kind::Unattributed);
    assert_eq!(kind(json!({"uri": ""})), Kind::Unattributed);
    assert_eq!(kind(json!({"uri": "spotify:track:t1", "type": "something new"})), Kind::Track);
}

#[test]
fn an_episode_has_a_show_for_an_album() {
    let (play, credits) = read_track(json!({
        "type": "episode", "uri": "spotify:episode:e1", "name": "Episode 1", "duration_ms": 1_800_000,
        "release_date": "2026-02-01", "show": {"name": "The Show", "publisher": "P", "uri": "spotify:show:s1"}
    }));
    assert_eq!((play.kind, play.track_uri.as_deref()), (Kind::Episode, Some("spotify:episode:e1")));
    assert_eq!((play.album_name.as_deref(), play.album_uri.as_deref()), (Some("The Show"), Some("spotify:show:s1")));
    assert_eq!(credits, []);
}

#[test]
fn times_are_read_leniently() {
    check_time("2026-02-25T20:15:20.497Z", 1_772_050_520_497);
    check_time("2026-02-25T20:15:20Z", 1_772_050_520_000);
    check_time("2026-02-25t20:15:20.4z", 1_772_050_520_400);
    check_time("2026-02-25T20:15:20.497999Z", 1_772_050_520_497);
    check_time("2026-02-25T21:15:20.497+01:00", 1_772_050_520_497);
    check_time("2026-02-25 20:15:20.497Z", 1_772_050_520_497);
    check_time("2026-02-25T20:15:20.497", 1_772_050_520_497);
}

#[test]
fn items_that_are_no_plays() {
    check_rejected(r#"{"played_at": "2026-02-25T20:15:20Z"}"#, "missing_key", "track");
    check_rejected(r#"{"track": null, "played_at": "2026-02-25T20:15:20Z"}"#, "missing_key", "track");
    check_rejected(r#"{"track": {}}"#, "missing_key", "played_at");
    check_rejected(r#"{"track": {}, "played_at": null}"#, "missing_key", "played_at");
    check_rejected(r#"{"track": {}, "played_at": 1772050520497}"#, "wrong_type", "1772050520497");
    check_rejected(r#"{"track": "t1", "played_at": "2026-02-25T20:15:20Z"}"#, "wrong_type", "t1");
    check_rejected(r#"{"track": {"duration_ms": "long"}, "played_at": ""}"#, "wrong_type", "long");
    check_rejected(r#"{"track": {}, "played_at": "yesterday"}"#, "wrong_value", "yesterday");
    check_rejected(r#"{"track": {}, "played_at": "2026-02-30T20:15:20Z"}"#, "wrong_value", "2026-02-30");
    check_rejected(r#"{"track": {}, "played_at": "1970-01-01T00:00:00Z"}"#, "time_out_of_range", "1970");
    check_rejected(r#"{"track": {}, "played_at": "2026-03-01T00:00:00Z"}"#, "time_out_of_range", "2026-03-01");
    check_rejected(r#"{"track": {"duration_ms": -1}, "played_at": "2026-02-25T20:15:20Z"}"#, "wrong_value", "-1");
    let endless = r#"{"track": {"duration_ms": 9223372036854775807}, "played_at": "2026-02-25T20:15:20Z"}"#;
    check_rejected(endless, "wrong_value", "9223372036854775807");
    check_rejected("null", "wrong_type", "null");
    check_rejected("7", "wrong_type", "7");
}

#[test]
fn half_a_character_of_a_title_is_a_play_all_the_same() {
    let page =
        parse(br#"{"items": [{"track": {"name": "A\ud800"}, "played_at": "2026-02-25T20:15:20Z"}]}"#, RECEIVED_AT);
    let name = page.unwrap().rows[0].play.track_name.as_deref().map(str::to_owned);
    assert_eq!(name.as_deref(), Some("A\u{fffd}"));
}

#[test]
fn a_bad_item_leaves_the_others_in_their_places() {
    let good = json!({"track": track(), "played_at": "2026-02-25T20:15:20Z"});
    let body = json!({"items": [good, {"track": "ü".repeat(1_000)}, good]}).to_string();
    let page = parse(body.as_bytes(), RECEIVED_AT).unwrap();
    assert_eq!(page.rows.iter().map(|row| row.index).collect::<Vec<_>>(), [0, 2]);
    let rejected = &page.rejected[0];
    assert_eq!(rejected.index, 1);
    assert_eq!(rejected.excerpt.chars().count(), EXCERPT_CHARS);
    let offset = usize::try_from(rejected.byte_offset).unwrap();
    assert!(body[offset..].starts_with(&rejected.excerpt));
}

#[test]
fn an_empty_page() {
    let page = parse(br#"{"items": [], "next": null, "cursors": null, "limit": 50}"#, RECEIVED_AT).unwrap();
    assert_eq!(page, Page { rows: vec![], rejected: vec![] });
}

#[test]
fn bodies_that_are_no_page() {
    let bodies: [&[u8]; 9] = [
        b"",
        b"<html></html>",
        b"[]",
        b"null",
        b"{}",
        br#"{"items": null}"#,
        br#"{"items": {}}"#,
        br#"{"items": [{"track": {}, "#,
        b"{\"items\": [\"\xff\"]}",
    ];
    for body in bodies {
        assert!(parse(body, RECEIVED_AT).is_err(), "{}", String::from_utf8_lossy(body));
    }
}

#[test]
fn a_body_that_follows_the_page_is_no_page() {
    assert!(parse(br#"{"items": []} {"items": []}"#, RECEIVED_AT).is_err());
}
