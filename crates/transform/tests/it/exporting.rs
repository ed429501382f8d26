//! `transform export`: plays for other programs.

use std::path::{Path, PathBuf};

use transform::correct;
use transform::export::{Format, Request, to_file};
use transform::period::Period;

use crate::story::Story;
use crate::world::{failure, names_in, one_value};
use crate::{correcting, correcting_artists};

/// What these tests look at.
const MODELS: &str = "fct_track_played dim_account dim_album dim_artist dim_track bridge_track_artist rpt_corrected_plays rpt_play_sources";

const SONG: &str = "spotify:track:1111111111111111111111";

fn told() -> Story {
    Story::of(
        MODELS,
        &format!(
        "play_id | account_id | source          | clock | client | kind         | started_at           | ended_at             | time_estimated | ms_played | duration_ms | track_uri | track_name | album_artist_name | album_name | track_isrc   | ingested_at | recording_mbid
         exp-1   | ANN        | spotify_export  | end   | null   | track        | 2024-01-01 22:57:00Z | 2024-01-01 23:00:00Z | started_at     | 180400    | 200000      | {SONG}    | Song, \"1\"| Host              | Album      | DEA123456789 | 2024-02-01 00:00:00Z | null
         sub-1   | ANN        | submitted       | start | pano   | track        | 2024-01-01 22:57:00Z | null                 | null           | null      | null        | {SONG}    | Song, \"1\"| Host              | null       | null         | 2024-02-01 00:00:00Z | 00000000-0000-4000-8000-000000000001
         exp-2   | ANN        | spotify_export  | end   | null   | track        | 2024-01-02 10:00:00Z | 2024-01-02 10:03:00Z | started_at     | 180000    | null        | spotify:track:2 | Secret | Lover         | Hidden     | null         | 2024-02-01 00:00:00Z | null
         exp-3   | ANN        | spotify_export  | end   | null   | episode      | 2024-01-03 10:00:00Z | 2024-01-03 10:03:00Z | started_at     | 180000    | null        | spotify:episode:3 | #1   | null            | Show       | null         | 2024-02-01 00:00:00Z | null
         exp-4   | ANN        | spotify_export  | end   | null   | unattributed | 2024-01-04 10:00:00Z | 2024-01-04 10:03:00Z | started_at     | 180000    | null        | null      | null       | null              | null       | null         | 2024-02-01 00:00:00Z | null
         lb-1    | ANN        | listenbrainz    | start | null   | track        | 2024-01-05 10:00:00Z | null                 | null           | null      | 200000      | null      | Elsewhere  | Other             | null       | null         | 2024-02-01 00:00:00Z | null
         exp-5   | ANN        | spotify_export  | end   | null   | track        | 2024-01-06 10:00:00Z | 2024-01-06 10:03:00Z | started_at     | 180000    | null        | spotify:track:5 | Party | Guest          | null       | null         | 2024-02-01 00:00:00Z | null
         bo-1    | BO         | spotify_export  | end   | null   | track        | 2024-01-02 06:00:00Z | 2024-01-02 06:03:00Z | started_at     | 180000    | null        | {SONG}    | Song, \"1\"| Host              | null       | null         | 2024-02-01 00:00:00Z | null"
    ))
}

fn ann(output: PathBuf) -> Request {
    Request { account: Some("ann".to_owned()), output: Some(output), ..Request::default() }
}

#[track_caller]
fn export(story: &Story, request: &Request) -> (String, String) {
    let path = request.output.clone().unwrap();
    let summary = to_file(&story.world.context(), request, &path).unwrap_or_else(|error| panic!("{error:#}"));
    let folder = names_in(path.parent().unwrap());
    assert!(folder.iter().all(|name| !name.ends_with(".partial")), "{folder:?}");
    (summary.text, std::fs::read_to_string(&path).unwrap_or_default())
}

fn refused(story: &Story, request: &Request) -> String {
    let path = request.output.clone().unwrap();
    let (message, code) = failure(to_file(&story.world.context(), request, &path));
    assert_eq!(code, 2, "{message}");
    message
}

fn file(story: &Story, name: &str) -> PathBuf {
    story.world.data().root().join("out").join(name)
}

/// The fields of a line of CSV, by the names in the first.
fn fields(text: &str, line: usize, names: &[&str]) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let row = reader.records().nth(line).unwrap().unwrap();
    names.iter().map(|name| row[header.iter().position(|column| column == *name).unwrap()].to_owned()).collect()
}

#[test]
fn every_play_is_there_once_in_utc_and_local_time() {
    let story = told();
    let (said, text) = export(&story, &ann(file(&story, "plays.csv")));
    assert!(said.starts_with("exported 6 plays of Ann, 2024-01-02 to 2024-01-06\nto "), "{said}");
    let names = ["account", "play_id", "started_at", "ended_at", "ended_local", "zone", "track_name", "artist_name"];
    assert_eq!(
        fields(&text, 0, &names),
        [
            "Ann",
            "exp-1",
            "2024-01-01T22:57:00.000Z",
            "2024-01-01T23:00:00.000Z",
            "2024-01-02T00:00:00.000",
            "Europe/Berlin",
            "Song, \"1\"",
            "Host"
        ]
    );
    assert_eq!(
        fields(&text, 0, &["track_uri", "isrc", "ms_played", "is_counted"]),
        [SONG, "DEA123456789", "180400", "true"]
    );
    assert_eq!(fields(&text, 3, &["kind", "track_name", "artist_name"]), ["unattributed", "", ""]);
    assert_eq!(text.lines().count(), 7);
}

#[test]
fn days_are_those_of_the_listener() {
    let story = told();
    let day = "2024-01-02".parse().ok();
    let request = Request { period: Period { from: day, to: day }, ..ann(file(&story, "plays.csv")) };
    // The first play ended on New Year's Day by UTC.
    assert_eq!(export(&story, &request).1.lines().count(), 3);
    let everyone = Request { account: None, force: true, ..request };
    let (said, text) = export(&story, &everyone);
    assert!(said.starts_with("exported 2 plays of everyone, 2024-01-02\n"), "{said}");
    assert_eq!(fields(&text, 0, &["account"]), ["Ann"], "it was still the first in Denver");
    let moments = Period { from: "2024-01-01T23:00:00Z".parse().ok(), to: "2024-01-02T10:03:00Z".parse().ok() };
    let (_, text) = export(&story, &Request { period: moments, ..everyone });
    assert_eq!(text.lines().count(), 3, "{text}");
}

#[test]
fn the_ending_of_the_file_says_what_it_is() {
    let story = told();
    let (_, text) = export(&story, &ann(file(&story, "plays.json")));
    let rows: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (rows.len(), &rows[0]["track_name"], &rows[0]["ms_played"]),
        (6, &"Song, \"1\"".into(), &180_400.into())
    );
    assert_eq!(rows[0]["ended_local"], "2024-01-02T00:00:00.000");
    let path = file(&story, "plays.parquet");
    to_file(&story.world.context(), &ann(path.clone()), &path).unwrap();
    let duckdb = duckdb::Connection::open_in_memory().unwrap();
    duckdb.execute_batch("set TimeZone = 'UTC'").unwrap();
    let first = format!("select ended_at || ' ' || ended_local from '{}' limit 1", path.display());
    assert_eq!(one_value(&duckdb, &first), "2024-01-01 23:00:00+00 2024-01-02 00:00:00");
}

#[test]
fn corrections_and_masks_hold() {
    let story = told();
    let context = story.world.context();
    correct::add(&context, &correcting::typed(&["exclude", "--artist", "Guest"])).unwrap();
    correct::artist::add(&context, &correcting_artists::typed(&["mask", "Lover", "Artist A"])).unwrap();
    story.refresh();
    let (_, text) = export(&story, &ann(file(&story, "plays.csv")));
    assert!(!text.contains("Guest") && !text.contains("Lover"), "{text}");
    let names = ["artist_name", "artist_names", "album_artist_name", "track_uri", "isrc"];
    assert_eq!(fields(&text, 1, &names), ["Artist A", "Artist A", "Artist A", "", ""]);
    let (said, _) = export(&story, &ann(file(&story, "listens.jsonl")));
    assert!(said.contains("exported 1 play of Ann") && said.contains("1 are of artists you masked"), "{said}");
}

#[test]
fn listenbrainz_gets_what_it_does_not_have() {
    let story = told();
    let (said, text) = export(&story, &ann(file(&story, "listens.jsonl")));
    assert!(said.starts_with("exported 3 plays of Ann"), "{said}");
    assert!(said.contains("; 2 are no music, or nobody knows what they are of; 1 came from ListenBrainz"), "{said}");
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        lines[0],
        serde_json::json!({"listened_at": 1_704_149_820, "track_metadata": {
            "artist_name": "Host", "track_name": "Song, \"1\"", "release_name": "Album",
            "additional_info": {"artist_names": ["Host"], "submission_client": "Music Tracker", "submission_client_version": version,
                "spotify_id": "https://open.spotify.com/track/1111111111111111111111", "music_service": "spotify.com",
                "isrc": "DEA123456789", "recording_mbid": "00000000-0000-4000-8000-000000000001",
                "release_artist_name": "Host", "duration_ms": 200_000, "duration_played": 180}}})
    );
    assert_eq!(lines.len(), 3);
}

#[test]
fn what_cannot_be_exported_is_said() {
    let story = told();
    let output = file(&story, "plays.csv");
    let nobody = Request { account: Some("Zoe".to_owned()), ..ann(output.clone()) };
    assert_eq!(refused(&story, &nobody), "no plays of \"Zoe\" are published; there are: Ann, Bo");
    let until = Period { to: "2020-12-31".parse().ok(), ..Period::default() };
    let early = Request { period: until, ..ann(output.clone()) };
    assert_eq!(
        refused(&story, &early),
        "no plays of Ann until 2020-12-31: their plays are of 2024-01-02 to 2024-01-06"
    );
    let both = Request { account: None, ..ann(file(&story, "all.jsonl")) };
    assert!(refused(&story, &both).contains("of one account: name it with --account (Ann, Bo)"));
    assert!(!output.exists() && !file(&story, "all.jsonl").exists());
    export(&story, &ann(output.clone()));
    assert_eq!(
        refused(&story, &ann(output.clone())),
        format!("{} is there already: --force replaces it", output.display())
    );
    let before = std::fs::read(&output).unwrap();
    refused(&story, &Request { force: true, ..early });
    assert_eq!(std::fs::read(&output).unwrap(), before, "a failure leaves the old file");
    let folder = output.parent().map(Path::to_owned).unwrap();
    assert!(refused(&story, &ann(folder)).ends_with("is a folder: name a file in it"));
    assert_eq!(Request::default().format, None::<Format>);
}
