//! The real programs, stopped at bad moments: the same command, typed again, makes it good.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::Stdio;

use crate::home::{Home, PLAYS, files_below};

/// Imports the export again: nothing new must be stored, and every play must be published.
#[track_caller]
fn heals(home: &Home) {
    let output = home.run("music-tracker", &["import", "export.zip"]);
    let reports = String::from_utf8_lossy(&output.stdout);
    assert!(reports.contains(r#""stored":0"#), "{reports}");
    assert_eq!(home.published(), PLAYS);
}

#[test]
fn an_import_that_was_stopped_before_it_was_published() {
    let home = Home::of_plays();
    home.run("ingest", &["import", "export.zip"]);
    heals(&home);
}

#[test]
fn what_came_in_beside_a_broken_archive_is_published_and_the_broken_one_told() {
    let home = Home::of_plays();
    fs::write(home.path("broken.zip"), "hello").unwrap();
    let words = ["import", "broken.zip", "export.zip", "--report-file", "report.json"];
    let output = home.command("music-tracker", &words).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert_eq!(home.published(), PLAYS);
    let report: serde_json::Value = serde_json::from_slice(&fs::read(home.path("report.json")).unwrap()).unwrap();
    assert_eq!((&report["job"], &report["status"]), (&"ingest import".into(), &"partial".into()));
    assert_eq!((&report["error"]["exit_code"], &report["counts"]["stored"]), (&2.into(), &120.into()));
    assert!(report["error"]["message"].as_str().unwrap().contains("broken.zip: not a zip"), "{report}");
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.trim_end().lines().last().unwrap();
    for words in
        ["`music-tracker import` did not do everything: ", "broken.zip: not a zip", "What it did store is published"]
    {
        assert!(last.contains(words), "{words}: {said}");
    }
}

#[test]
fn an_import_that_was_killed_while_it_was_published() {
    let home = Home::of_plays();
    home.run("ingest", &["import", "export.zip"]);
    let mut refresh = home.command("transform", &["refresh", "--log-format", "text"]);
    refresh.env("LOG_LEVEL", "transform=debug").stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = refresh.spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    assert!(log.any(|line| line.contains("written")), "the refresh never wrote a table");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!home.path("data/processed/current").exists());
    heals(&home);
}

#[test]
fn erasing_what_came_through_an_api_builds_the_rest_anew() {
    let home = Home::of_plays();
    home.run("music-tracker", &["import", "export.zip"]);
    let older = home.path("data/processed/older.parquet");
    fs::write(&older, "what came through the API").unwrap();
    home.run("music-tracker", &["account", "disconnect", "spotify", "--erase", "--yes"]);
    assert!(!older.exists());
    assert_eq!(home.published(), PLAYS);
}

#[test]
fn published_files_that_somebody_deleted() {
    let home = Home::of_plays();
    home.run("music-tracker", &["import", "export.zip"]);
    fs::remove_dir_all(home.path("data/processed")).unwrap();
    heals(&home);
}

#[test]
fn an_import_that_was_killed_while_it_was_stored() {
    let home = Home::of_plays();
    home.run("ingest", &["import", "export.zip"]);
    // As the kill leaves it between the receipt and the end: pending, and without parts.
    let receipts: Vec<PathBuf> = files_below(&home.path("data/raw"))
        .into_iter()
        .filter(|path| path.extension().is_some_and(|it| it == "json"))
        .collect();
    let [receipt] = &receipts[..] else { panic!("{receipts:?}") };
    fs::rename(receipt, receipt.with_extension("pending.json")).unwrap();
    fs::remove_dir_all(home.path("data/src")).unwrap();
    heals(&home);
}

#[test]
fn a_restored_backup_is_not_published_as_an_empty_history() {
    let home = Home::of_plays();
    home.run("music-tracker", &["import", "export.zip"]);
    fs::remove_dir_all(home.path("data/src")).unwrap();
    let refused = home.command("music-tracker", &["refresh"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("music-tracker replay"), "{refused:?}");
    assert_eq!(home.published(), PLAYS);
    heals(&home);
}

#[test]
fn a_history_that_was_made_anew_for_one_of_two_people_is_not_published_as_all_of_it() {
    let home = Home::of_plays();
    home.run("music-tracker", &["import", "export.zip"]);
    home.run("music-tracker", &["account", "add", "other", "--zone", "UTC"]);
    home.run("music-tracker", &["import", "export.zip", "--account", "other", "--yes"]);
    let both = home.published();
    assert_ne!(both, PLAYS);
    for damage in ["", "{"] {
        fs::write(home.path("data/src/plays/manifest.json"), damage).unwrap();
        home.run("ingest", &["replay", "--account", "other"]);
        let refused = home.command("music-tracker", &["refresh"]).output().unwrap();
        assert_eq!(refused.status.code(), Some(2), "{refused:?}");
        assert_eq!(home.published(), both);
        home.run("music-tracker", &["replay"]);
        assert_eq!(home.published(), both);
    }
}

#[test]
fn nothing_new_builds_nothing() {
    let home = Home::of_plays();
    home.run("music-tracker", &["import", "export.zip"]);
    let output = home.run("music-tracker", &["import", "export.zip"]);
    let reports = String::from_utf8_lossy(&output.stdout);
    assert!(reports.contains(r#""up_to_date":true"#), "{reports}");
    assert_eq!(home.published(), PLAYS);
}

#[test]
fn a_command_that_has_nothing_to_work_on_publishes_nothing() {
    let home = Home::of_plays();
    let output = home.command("music-tracker", &["import", "no-such.zip"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(!home.path("data/processed").exists());
    // What an earlier run left is published then, and is no success of this one.
    home.run("ingest", &["import", "export.zip"]);
    let output = home.command("music-tracker", &["import", "no-such.zip"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.trim_end().lines().last().unwrap();
    assert!(last.contains("`music-tracker import` failed: no-such.zip: cannot be read"), "{said}");
    assert!(last.contains("What is stored so far is published") && home.published() == PLAYS, "{said}");
}
