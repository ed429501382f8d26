//! Why a play is there, in words and as JSON.

use transform::cli::{Cli, Command};
use transform::correct::artist;
use transform::explain::{Format, Of, explain, explain_figure};
use transform::period::Period;

use crate::correcting::typed;
use crate::correcting_artists::typed as typed_of_artist;
use crate::story::Story;
use crate::world::failure;

/// What these tests look at.
const MODELS: &str = "fct_track_played dim_account dim_album dim_artist dim_track bridge_track_artist rpt_corrected_plays rpt_play_sources rpt_gaps";

fn told() -> Story {
    Story::of(
        MODELS,
        "play_id  | account_id | source         | clock | client | time_precision | time_raw             | kind  | started_at           | ended_at             | time_estimated | ms_played | track_uri | track_name | album_artist_name | raw_id   | raw_ordinal | run_id | ingested_at
         exp-0001 | ANN        | spotify_export | end   | null   | s              | 2024-01-01T10:03:00Z | track | 2024-01-01 10:00:00Z | 2024-01-01 10:03:00Z | started_at     | 180000    | u1        | Song       | Host              | ab12cd   | 41          | run-1  | 2024-02-01 00:00:00Z
         api-0001 | ANN        | spotify_api    | end   | null   | ms             | x                    | track | 2024-01-01 10:00:00Z | 2024-01-01 10:03:01Z | started_at     | null      | u1        | Song       | Host              | cd34ef   | 0           | run-0  | 2024-01-01 11:00:00Z
         sub-0001 | ANN        | submitted      | start | pano   | s              | 1704103200           | track | 2024-01-01 10:00:00Z | null                 | null           | null      | u1        | Song       | Host              | ef56ab   | 0           | run-0  | 2024-01-01 10:00:00Z
         exp-0002 | ANN        | spotify_export | end   | null   | s              | 2024-01-01T12:03:00Z | track | 2024-01-01 12:00:00Z | 2024-01-01 12:03:00Z | started_at     | 180000    | u2        | Other      | Host              | ab12cd   | 42          | run-1  | 2024-02-01 00:00:00Z",
    )
}

#[test]
fn any_report_names_the_play_and_all_reports_are_told() {
    let story = told();
    for name in ["exp-0001", "api-0001", "sub-", "sub-0001"] {
        let text = explain(&story.world.context(), name, Format::Text).unwrap();
        // As it is reached from here: with the data folder as it was given.
        let raw = story.world.data().raw();
        let file = format!("file      {}/{}/spotify_export/ab/ab12cd.zst, row 42", raw.display(), story.ann);
        for part in [
            "Song by Host",
            "2024-01-01 11:03:00 in Europe/Berlin",
            "spotify_export: canonical",
            "by the rule api_same_uri_strict, 1 s apart",
            "submitted (pano): duplicate",
            "by the rule submitted_export_uri, 0 s apart",
            &file,
            "run-1, 2024-02-01T00:00:00.000Z",
        ] {
            assert!(text.contains(part), "{part} is missing from\n{text}");
        }
        assert!(text.find("canonical") < text.find("duplicate"), "{text}");
    }
}

#[test]
fn machines_get_an_object() {
    let story = told();
    let text = explain(&story.world.context(), "api-0001", Format::Json).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["play_id"], "exp-0001");
    assert_eq!(json["state"], "play");
    assert_eq!(json["play"]["is_counted"], true);
    assert_eq!(json["observations"].as_array().unwrap().len(), 3);
    assert_eq!(json["observations"][0]["role"], "canonical");
    assert_eq!(json["observations"][0]["raw_ordinal"], 41);
    let rules: Vec<_> = json["observations"].as_array().unwrap().iter().map(|one| one["rule"].clone()).collect();
    assert!(rules.contains(&"api_same_uri_strict".into()), "{rules:?}");
}

#[test]
fn a_name_must_lead_to_one_play() {
    let story = told();
    for (name, part) in [
        ("exp-", "2 plays begin with \"exp-\": exp-0001, exp-0002"),
        ("nobody", "no play begins with \"nobody\""),
        ("x", "give a play_id"),
        ("' or 1", "is no play"),
    ] {
        let (message, code) = failure(explain(&story.world.context(), name, Format::Text).map(platform::Summary::text));
        assert!(message.contains(part) && code == 2, "{message}");
    }
}

#[test]
fn what_came_after_the_last_refresh_is_explained_as_far_as_it_goes() {
    let mut story = told();
    story.receive(
        "play_id | account_id | source      | clock | kind  | ended_at             | track_uri | track_name | ingested_at
         new-001 | ANN        | spotify_api | end   | track | 2024-02-01 10:00:00Z | u1        | Song       | 2024-02-01 11:00:00Z",
    );
    let text = explain(&story.world.context(), "new-001", Format::Text).unwrap();
    assert!(text.contains("not in what is published yet"), "{text}");
    assert!(text.contains("spotify_api: canonical"), "{text}");
}

#[test]
fn an_older_version_of_a_report_is_told_as_such() {
    let mut story = told();
    story.receive(
        "observation_id | play_id  | account_id | source         | clock | kind  | ended_at             | ms_played | track_uri | track_name | album_artist_name | conn_country | ingested_at
         fuller         | exp-0002 | ANN        | spotify_export | end   | track | 2024-01-01 12:03:00Z | 180000    | u2        | Other      | Host              | DE           | 2024-03-01 00:00:00Z",
    );
    story.refresh();
    let text = explain(&story.world.context(), "exp-0002", Format::Text).unwrap();
    assert!(text.contains("spotify_export: older version") && text.contains("2 reports of it"), "{text}");
}

fn of_host() -> Of {
    Of { artist: Some("host".into()), ..Of::default() }
}

#[test]
fn a_figure_is_explained_by_sources_rules_and_runs() {
    let story = told();
    let text = explain_figure(&story.world.context(), &of_host(), Format::Text).unwrap();
    for part in [
        "2 plays by \"host\"",
        "2024-01-01 to 2024-01-01",
        "2  spotify_export",
        "1  spotify_api, by the rule api_same_uri_strict",
        "1  submitted, by the rule submitted_export_uri",
        "2  run-1, spotify_export",
        "exp-0002  2024-01-01 13:03:00  Other / Host",
    ] {
        assert!(text.contains(part), "{part} is missing from\n{text}");
    }
    let json = explain_figure(&story.world.context(), &of_host(), Format::Json).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&json["plays"], &json["counted_plays"], &json["minutes_listened"]),
        (&2.into(), &2.into(), &6.0.into())
    );
    assert_eq!(json["merged"].as_array().unwrap().len(), 2);
}

#[test]
fn a_figure_is_of_the_listeners_own_days_and_of_nothing_that_a_correction_took_out() {
    let story = told();
    let context = story.world.context();
    // Both plays end on the first day by the clock in Berlin.
    let day = "2024-01-02".parse().ok();
    let of = Of { period: Period { from: day, to: day }, ..of_host() };
    let (message, code) = failure(explain_figure(&context, &of, Format::Text).map(platform::Summary::text));
    assert!(code == 2 && message.contains("no play by \"host\" from 2024-01-02 to 2024-01-02"), "{message}");
    transform::correct::add(&context, &typed(&["exclude", "--track", "u2"])).unwrap();
    story.refresh();
    let text = explain_figure(&context, &of_host(), Format::Text).unwrap();
    assert!(text.starts_with("1 play by") && text.contains("(exclude), taken back with"), "{text}");
    let (message, code) = failure(explain_figure(&context, &Of::default(), Format::Text).map(platform::Summary::text));
    assert!(code == 2 && message.contains("--artist"), "{message}");
}

#[test]
fn a_figure_counts_music_as_reports_do_and_tells_of_spoken_word_apart() {
    let mut story = told();
    story.receive(
        "play_id  | account_id | source         | clock | kind    | ended_at             | ms_played | track_uri | track_name | album_artist_name | album_name
         pod-0001 | ANN        | spotify_export | end   | episode | 2024-01-01 13:00:00Z | 600000    | e1        | #1         | null              | Show
         bo-00001 | BO         | spotify_export | end   | track   | 2024-01-01 13:00:00Z | 60000     | u3        | Third      | Guest             | Album",
    );
    let context = story.world.context();
    transform::correct::add(&context, &typed(&["reassign", "--track", "u3", "--to-account", "ann"])).unwrap();
    story.refresh();
    let of = |words: &[&str]| {
        let mut all = vec!["transform", "explain"];
        all.extend(words);
        match <Cli as clap::Parser>::try_parse_from(all).unwrap().command {
            Command::Explain { of, .. } => explain_figure(&context, &of, Format::Text).unwrap(),
            other => panic!("{other:?}"),
        }
    };
    let all = of(&["--account", "ann"]);
    assert!(all.contains("3 plays heard by \"ann\"") && all.contains("1 play of podcasts and audiobooks"), "{all}");
    // It is in these numbers, and gone from those of who told it.
    let everybody = of(&["--from", "2024-01-01"]);
    assert!(everybody.contains("3 plays") && !everybody.contains("took out"), "{everybody}");
    assert!(of(&["--account", "bo"]).contains("(reassign), taken back with"));
    assert!(of(&["--album", "album"]).contains("1 play on \"album\""));
    let show = of(&["--album", "Show"]);
    assert!(show.contains("1 play on \"Show\"") && !show.contains("besides"), "{show}");
}

#[test]
fn a_play_tells_whose_it_is_and_what_a_person_said_of_them() {
    let story = told();
    let context = story.world.context();
    artist::add(&context, &typed_of_artist(&["rename", "Host", "The Host"])).unwrap();
    story.refresh();
    let text = explain(&context, "exp-0001", Format::Text).unwrap();
    for part in ["artist    The Host (name:", "credited as \"Host\"", "says: rename Host: The Host", "artist undo"] {
        assert!(text.contains(part), "{part} is missing from\n{text}");
    }
}
