//! What was exported can be imported again.

use std::fs;

use crate::home::{Home, PLAYS};

/// What an export is made of.
const MODELS: &str = "fct_track_played dim_account dim_album dim_artist dim_track bridge_track_artist rpt_corrected_plays rpt_play_sources";

#[test]
fn listens_that_come_back_are_the_plays_that_are_there() {
    let home = Home::with_models(MODELS);
    home.run("music-tracker", &["import", "export.zip"]);
    assert_eq!(home.published(), PLAYS);
    home.run("music-tracker", &["export", "--output", "listens.jsonl"]);
    let listens = fs::read_to_string(home.path("listens.jsonl")).unwrap().lines().count();
    assert!(listens > 50, "{listens} listens");
    home.run("music-tracker", &["import", "listens.jsonl"]);
    assert_eq!(home.published(), PLAYS, "nothing is new");
    let question =
        ["query", "--format", "csv", "select count(*) from rpt_play_sources where starts_with(rule, 'listenbrainz_')"];
    let reports = String::from_utf8(home.run("music-tracker", &question).stdout).unwrap();
    assert_eq!(reports.lines().nth(1), Some(listens.to_string().as_str()), "each listen stands beside its play");
    // They are there now, so that nothing is left to give.
    let again = home.command("music-tracker", &["export", "--format", "listenbrainz"]).output().unwrap();
    assert_eq!(again.status.code(), Some(2), "{}", String::from_utf8_lossy(&again.stdout));
}

#[test]
fn plays_go_to_stdout_as_they_are() {
    let home = Home::with_models(MODELS);
    home.run("music-tracker", &["import", "export.zip"]);
    let text = String::from_utf8(home.run("music-tracker", &["export"]).stdout).unwrap();
    let lines = text.lines().count().to_string();
    assert!(text.starts_with("account,play_id,started_at,") && text.ends_with('\n') && !text.ends_with("\n\n"));
    assert_eq!(lines, (PLAYS.parse::<usize>().unwrap() + 1).to_string());
    let parquet = home.command("music-tracker", &["export", "--format", "parquet"]).output().unwrap();
    assert_eq!(parquet.status.code(), Some(2), "Parquet is no text");
}
