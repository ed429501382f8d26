//! Which program is started, with what, and what follows it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Command, Output};

/// A folder with `music-tracker` and scripts named as the programs. Each script writes down
/// its arguments; `ingest` reports that it stored `stored` plays and ends with `exit_code`.
struct Bench(tempfile::TempDir);

impl Bench {
    fn new(stored: u32, exit_code: u8) -> Self {
        // On the file system of the binary, so that it can be linked.
        let bench = Self(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap());
        let report = format!(
            r#"{{"job":"ingest import","run_id":"r1","status":"ok","started_at":"2026-01-01T00:00:00Z",
                "duration_ms":1,"counts":{{"stored":{stored}}},"warnings":[],"error":null}}"#
        );
        fs::create_dir(bench.path("bin")).unwrap();
        bench.script(
            "ingest",
            &format!(
                r#"while [ $# -gt 0 ]; do
                     if [ "$1" = --report-file ]; then echo '{report}' >"$2"; fi
                     shift
                   done
                   exit {exit_code}"#
            ),
        );
        bench.script("transform", "");
        fs::hard_link(env!("CARGO_BIN_EXE_music-tracker"), bench.path("bin/music-tracker")).unwrap();
        // As `make demo` leaves it: a link in another folder.
        symlink(bench.path("bin/music-tracker"), bench.path("music-tracker")).unwrap();
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Written by a process of its own: a file that this one has open for writing while
    /// another test starts a program could not be executed for a moment.
    fn script(&self, name: &str, body: &str) {
        let (log, file) = (self.path("log"), self.path("bin").join(name));
        let text = format!("#!/bin/sh\necho {name} \"$*\" >>{}\n{body}\n", log.display());
        let write = r#"printf '%s' "$1" >"$0" && chmod +x "$0""#;
        assert!(Command::new("sh").arg("-c").arg(write).arg(file).arg(text).status().unwrap().success());
    }

    fn type_in(&self, words: &[&str]) -> Output {
        Command::new(self.path("music-tracker")).args(words).output().unwrap()
    }

    /// What was started, without the place of the report.
    fn started(&self) -> Vec<String> {
        let log = fs::read_to_string(self.path("log")).unwrap_or_default();
        log.lines().map(without_report_file).collect()
    }
}

fn without_report_file(line: &str) -> String {
    let mut words: Vec<&str> = line.split(' ').collect();
    if let Some(at) = words.iter().position(|word| *word == "--report-file") {
        words.drain(at..at + 2);
    }
    words.join(" ")
}

fn check(words: &[&str], stored: u32, exit_code: u8, started: &[&str]) {
    let bench = Bench::new(stored, exit_code);
    let output = bench.type_in(words);
    assert_eq!(bench.started(), started, "{output:?}");
    assert_eq!(output.status.code(), Some(exit_code.into()), "{output:?}");
}

#[test]
fn a_question_goes_to_its_program() {
    check(&["query", "select 1"], 0, 0, &["transform query select 1"]);
    check(&["account", "list"], 0, 0, &["ingest account list"]);
    check(&["compact"], 0, 75, &["ingest compact"]);
}

#[test]
fn what_was_stored_reaches_the_star_schema() {
    check(&["import", "a.zip"], 3, 0, &["ingest import a.zip", "transform refresh"]);
    check(&["poll"], 3, 0, &["ingest spotify", "transform refresh"]);
}

#[test]
fn nothing_new_or_a_failure_leaves_it_alone() {
    check(&["import", "a.zip"], 0, 0, &["ingest import a.zip"]);
    check(&["import", "a.zip"], 3, 1, &["ingest import a.zip"]);
    check(&["import", "a.zip"], 3, 75, &["ingest import a.zip"]);
}

#[test]
fn shared_flags_hold_for_both_wherever_they_were_typed() {
    let expected = ["ingest import --data-dir d a.zip", "transform refresh --data-dir d"];
    check(&["--data-dir", "d", "import", "a.zip"], 1, 0, &expected);
    check(&["import", "--data-dir", "d", "a.zip"], 1, 0, &expected);
    check(
        &["import", "--yes", "a.zip", "--data-dir=d"],
        1,
        0,
        &["ingest import --yes a.zip --data-dir=d", "transform refresh --data-dir=d"],
    );
}

#[test]
fn help_comes_from_the_program() {
    check(&["import", "--help"], 0, 0, &["ingest import --help"]);
    check(&["help", "query"], 0, 0, &["transform query --help"]);
}

#[test]
fn a_mistyped_word_is_understood() {
    let output = Bench::new(0, 0).type_in(&["improt", "a.zip"]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(error.contains("import"), "{error}");
}

#[test]
fn a_missing_program_is_named() {
    let bench = Bench::new(0, 0);
    fs::remove_file(bench.path("bin/transform")).unwrap();
    let output = Command::new(bench.path("music-tracker")).arg("ls").env("PATH", "/nowhere").output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(error.contains("transform") && error.contains("make build"), "{error}");
}

#[test]
fn help_teaches_by_example() {
    let output = Bench::new(0, 0).type_in(&["--help"]);
    let help = String::from_utf8_lossy(&output.stdout);
    assert!(help.contains("music-tracker import my_spotify_data.zip"), "{help}");
    assert!(cli::COMMANDS.iter().all(|command| help.contains(command.about)), "{help}");
}
