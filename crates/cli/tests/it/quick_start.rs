//! The README, typed line by line on a machine that knows nothing yet.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

use crate::readme::typed_lines;

/// A newcomer's folder: `./music-tracker` as `make demo` leaves it, and three exports.
fn newcomer() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let programs = Path::new(env!("CARGO_BIN_EXE_music-tracker")).parent().unwrap();
    for name in ["ingest", "transform", "simulator"] {
        assert!(programs.join(name).exists(), "{name} is not built: run `make build` or `make test`");
    }
    symlink(programs.join("music-tracker"), folder.path().join("music-tracker")).unwrap();
    for (file, who) in [
        ("my_spotify_data.zip", "--seed 1 --account me=Europe/Vienna --until 2024-06-01"),
        ("newer_export.zip", "--seed 1 --account me=Europe/Vienna"),
        ("annas_data.zip", "--seed 2 --account anna=America/Denver"),
    ] {
        let simulator = programs.join("simulator");
        let line = format!("{} export --plays 300 --artists 20 {who} --out {file}", simulator.display());
        succeeds(&line, &type_in(&line, folder.path()));
    }
    folder
}

fn type_in(line: &str, folder: &Path) -> Output {
    let path = std::env::var_os("PATH").unwrap_or_default();
    Command::new("sh").args(["-c", line]).current_dir(folder).env_clear().env("PATH", path).output().unwrap()
}

fn succeeds(line: &str, output: &Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "`{line}` ended with {}:\n{said}", output.status);
}

/// The run of the import that reported last.
fn run_of(output: &Output) -> Option<String> {
    let report = String::from_utf8_lossy(&output.stdout);
    let line = report.lines().find(|line| line.contains(r#""job":"ingest import""#))?;
    value_of(line, "run_id")
}

/// The first value of a key in a report.
fn value_of(report: &str, key: &str) -> Option<String> {
    Some(report.split_once(&format!(r#""{key}":""#))?.1.split('"').next()?.to_owned())
}

/// Any play there is.
fn some_play(folder: &Path) -> String {
    let question = "./music-tracker query --format csv 'select min(play_id) from fct_track_played'";
    String::from_utf8_lossy(&type_in(question, folder).stdout).lines().last().unwrap_or_default().to_owned()
}

#[test]
fn every_command_of_the_readme_works() {
    let folder = newcomer();
    let (mut run, mut correction) = (String::new(), String::new());
    for line in typed_lines() {
        // The first needs a compiler, the second an app at Spotify; both are tested elsewhere.
        if line.starts_with("make ") || line == "./music-tracker spotify" {
            continue;
        }
        let mut line = line.replace("RUN", &run).replace("CORRECTION", &correction);
        if line.contains("PLAY_ID") {
            line = line.replace("PLAY_ID", &some_play(folder.path()));
        }
        let output = type_in(&line, folder.path());
        succeeds(&line, &output);
        run = run_of(&output).unwrap_or(run);
        correction = value_of(&String::from_utf8_lossy(&output.stdout), "correction_id").unwrap_or(correction);
    }
    let count = "./music-tracker query --format csv 'select count(*) from fct_track_played'";
    let output = type_in(count, folder.path());
    succeeds(count, &output);
    // Anna's import was the last one, and was taken back.
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().last(), Some("300"));
}
