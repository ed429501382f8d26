//! What a collector of logs learns about a run, without a terminal.

use serde_json::Value;

use crate::home::{Home, PLAYS};

/// The log lines of a program.
fn log(home: &Home, program: &str, words: &[&str]) -> Vec<Value> {
    let output = home.command(program, words).env("RUN_ID", "run-1").output().unwrap();
    let lines = String::from_utf8(output.stderr).unwrap();
    lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

fn said<'l>(log: &'l [Value], message: &str) -> &'l Value {
    let mut lines = log.iter().filter(|line| line["message"] == message);
    let line = lines.next().unwrap_or_else(|| panic!("nobody said {message:?}: {log:?}"));
    assert!(lines.next().is_none(), "{message:?} was said twice");
    assert_eq!((&line["level"], &line["span"]["run_id"]), (&"INFO".into(), &"run-1".into()));
    line
}

#[test]
fn a_job_tells_its_start_its_progress_and_its_end_with_counts() {
    let home = Home::new();
    let log = log(&home, "ingest", &["import", "export.zip"]);
    assert_eq!(said(&log, "job started")["span"]["job"], "ingest import");
    assert!(said(&log, "reading")["position"].as_u64() > Some(0));
    let end = said(&log, "job ended");
    assert_eq!((&end["status"], &end["exit_code"]), (&"ok".into(), &0.into()));
    assert!(end["duration_ms"].is_u64() || end["duration_ms"].is_i64(), "{end}");
    let counts: Value = serde_json::from_str(end["counts"].as_str().unwrap()).unwrap();
    assert_eq!(counts["stored"].to_string(), PLAYS);
}

#[test]
fn a_job_that_fails_tells_it_too() {
    let home = Home::new();
    let log = log(&home, "ingest", &["import", "no-such.zip"]);
    let end = said(&log, "job ended");
    assert_eq!((&end["status"], &end["exit_code"]), (&"failed".into(), &2.into()));
}
