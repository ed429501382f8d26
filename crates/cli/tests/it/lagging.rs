//! What is shown while more is stored than built: nobody takes old numbers for new ones.

use std::process::Output;

use crate::home::Home;

const MODELS: &str = "fct_track_played agg_daily rpt_listening_calendar rpt_listening_clock rpt_top_artists \
                      rpt_corrected_plays rpt_play_sources bridge_track_artist dim_artist dim_album rpt_trips";

/// The commands that show what is published.
const SHOWING: &[&[&str]] = &[
    &["summary"],
    &["query", "select count(*) as plays from fct_track_played"],
    &["export"],
    &["export", "--output", "plays.csv", "--force"],
    &["travel"],
];

/// The lines for people about what is shown.
fn notes(output: &Output) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stderr);
    text.lines().filter(|line| line.starts_with("note: ")).map(str::to_owned).collect()
}

fn home_of_two_exports() -> Home {
    let home = Home::with_models(MODELS);
    let export = "export --seed 6 --account me=UTC --artists 10 --plays 40 --out newer.zip";
    home.run("simulator", &export.split(' ').collect::<Vec<_>>());
    home.run("music-tracker", &["import", "export.zip"]);
    home
}

#[test]
fn whoever_looks_is_told_that_newer_plays_are_not_built_yet() {
    let home = home_of_two_exports();
    for words in SHOWING {
        assert_eq!(notes(&home.run("music-tracker", words)), [""; 0], "{words:?}");
    }
    home.run("ingest", &["import", "newer.zip", "--yes"]);
    for words in SHOWING {
        let output = home.run("music-tracker", words);
        let [note] = &notes(&output)[..] else { panic!("{words:?}: {output:?}") };
        assert!(note.contains("what is shown was built at 20") && note.contains("not built yet: plays ("), "{note}");
        assert!(note.contains("`music-tracker refresh`"), "{note}");
        assert!(!String::from_utf8_lossy(&output.stdout).contains("note: "), "{words:?}: {output:?}");
    }
    let answer = home.run("music-tracker", SHOWING[1]).stdout;
    assert_eq!(String::from_utf8_lossy(&answer), "plays\n120\n");
    let status = home.run("music-tracker", &["status", "--report", "text"]).stdout;
    let status = String::from_utf8_lossy(&status);
    assert!(
        status.contains("\n! the star schema was built at 20") && status.contains("not built yet: plays"),
        "{status}"
    );
    home.run("music-tracker", &["refresh"]);
    for words in SHOWING {
        assert_eq!(notes(&home.run("music-tracker", words)), [""; 0], "{words:?}");
    }
    let status = home.run("music-tracker", &["status", "--report", "text"]).stdout;
    assert!(!String::from_utf8_lossy(&status).contains("star schema"));
}

#[test]
fn programs_find_in_the_report_what_is_not_built_yet() {
    let home = home_of_two_exports();
    home.run("ingest", &["account", "set", "me", "--zone", "Asia/Tokyo"]);
    let output = home.run("music-tracker", &["export", "--output", "plays.csv", "--report", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let warning = report["warnings"][0].as_str().unwrap();
    assert!(warning.contains("not built yet: accounts and time zones"), "{report}");
    let output = home.run("music-tracker", &["status", "--report", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(report["counts"]["star_schema"]["lacks"].as_str().unwrap().contains("accounts"), "{report}");
}

#[test]
fn plays_that_were_never_published_are_not_asked_for_again() {
    let home = Home::with_models(MODELS);
    let output = home.command("music-tracker", &["summary"]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("import something with"), "{output:?}");
    home.run("ingest", &["import", "export.zip"]);
    for words in SHOWING {
        let output = home.command("music-tracker", words).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{words:?}: {said}");
        assert!(said.contains("but plays are stored: `music-tracker refresh`"), "{words:?}: {said}");
        assert!(!said.contains("import something"), "{words:?}: {said}");
    }
    let status = home.run("music-tracker", &["status", "--report", "text"]).stdout;
    let status = String::from_utf8_lossy(&status);
    assert!(status.contains("\n! nothing is published yet of the plays that are stored"), "{status}");
}

#[test]
fn merged_files_are_no_newer_plays() {
    let home = home_of_two_exports();
    home.run("ingest", &["import", "newer.zip", "--yes"]);
    home.run("music-tracker", &["refresh"]);
    home.run("music-tracker", &["compact"]);
    assert_eq!(notes(&home.run("music-tracker", &["summary"])), [""; 0]);
}
