//! What people ask looks the same through a pipe (`| less`), and programs ask for JSON.

use crate::home::Home;

/// Questions whose answer is a report.
const QUESTIONS: &[&[&str]] = &[
    &["status"],
    &["import", "--list"],
    &["enrich", "status"],
    &["travel"],
    &["correct", "list"],
    &["correct", "preview", "exclude", "--artist", "Nobody"],
    &["correct", "artist", "list"],
];

const MODELS: &str = "fct_track_played dim_account dim_artist dim_track dim_album bridge_track_artist rpt_trips \
                      rpt_corrected_plays rpt_play_sources";

#[test]
fn a_question_is_answered_for_people_unless_json_is_asked_for() {
    let home = Home::with_models(MODELS);
    home.run("music-tracker", &["import", "export.zip"]);
    for words in QUESTIONS {
        let text = String::from_utf8(home.run("music-tracker", words).stdout).unwrap();
        assert!(!text.trim().is_empty() && !text.contains("{\""), "{words:?}: {text}");
        for json in [&["--json"][..], &["--report", "json"]] {
            let output = home.run("music-tracker", &[words, json].concat());
            let report: Result<serde_json::Value, _> = serde_json::from_slice(&output.stdout);
            assert!(report.is_ok_and(|report| report["status"] == "ok"), "{words:?} {json:?}: {output:?}");
        }
    }
    let output = home.run("music-tracker", &["--json", "query", "select count(*) as plays from fct_track_played"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "{\"plays\":120}\n");
    let plays = home.run("music-tracker", &["export", "--json"]).stdout;
    let plays: Vec<serde_json::Value> = serde_json::from_slice(&plays).unwrap();
    assert_eq!(plays.len(), 120);
    for words in [&["summary"][..], &["ls"], &["account", "list"], &["account", "add", "bo"]] {
        let refused = home.command("music-tracker", &[words, &["--json"]].concat()).output().unwrap();
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(refused.status.code() == Some(2) && said.contains("has no JSON"), "{words:?}: {refused:?}");
    }
}

#[test]
fn a_file_of_an_ending_that_nobody_knows_is_not_written() {
    let home = Home::with_models(MODELS);
    home.run("music-tracker", &["import", "export.zip"]);
    let output = home.command("music-tracker", &["export", "--output", "plays.xlsx"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(".xlsx") && said.contains(".csv, .json, .parquet, .jsonl"), "{said}");
    assert!(!home.path("plays.xlsx").exists());
    home.run("music-tracker", &["export", "--output", "plays.txt", "--format", "csv"]);
    home.run("music-tracker", &["export", "--output", "PLAYS.CSV"]);
    assert_eq!(std::fs::read(home.path("plays.txt")).unwrap(), std::fs::read(home.path("PLAYS.CSV")).unwrap());
}

#[test]
fn each_model_is_one_line_that_ends_where_its_text_does() {
    let home = Home::new();
    let text = String::from_utf8(home.run("music-tracker", &["ls"]).stdout).unwrap();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split_whitespace().collect();
    assert_eq!(header, ["layer", "model", "kind", "grain", "reads"]);
    for line in lines {
        let layers = [" 1_staging ", " 2_intermediate ", " 3_marts ", " 4_reporting ", " seeds "];
        assert!(layers.iter().any(|layer| line.starts_with(layer)), "it begins in the middle: {line:?}");
        assert_eq!(line, line.trim_end());
    }
}
