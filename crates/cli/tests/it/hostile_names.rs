//! Names that would command the terminal, on their way to it.

use std::fs;

use crate::home::Home;

const ROW: &str = r#"{"ts":"2024-01-01T10:00:00Z","ms_played":200000,"master_metadata_track_name":"T",
    "master_metadata_album_artist_name":"A","spotify_track_uri":"spotify:track:1111111111111111111111",
    "\u001b]0;unknown key\u0007":1}"#;

#[test]
fn a_summary_shows_them_and_obeys_none() {
    let home = Home::new();
    let file = "Streaming_History_Audio_\u{1b}[2J_0.json";
    fs::write(home.path(file), format!("[{ROW}]")).unwrap();
    let output = home.run("ingest", &["import", "--report", "text", file]);
    let summary = String::from_utf8(output.stdout).unwrap();
    assert!(summary.contains("[2J") && summary.contains("unknown key"), "{summary:?}");
    assert!(!summary.contains(['\u{1b}', '\u{7}']), "{summary:?}");
}

#[test]
fn an_error_obeys_none() {
    let home = Home::new();
    fs::write(home.path("file\u{1b}[2J"), "").unwrap();
    let output = home.command("ingest", &["account", "list", "--data-dir", "file\u{1b}[2J"]).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error:?}");
    assert!(error.contains("[2J") && !error.contains('\u{1b}'), "{error:?}");
}
