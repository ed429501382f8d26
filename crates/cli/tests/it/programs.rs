//! Which program is started, with what, and what follows it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Command, Output};

/// A folder with `music-tracker` and scripts named as the programs. Each script writes down
/// its arguments, reports that nothing was stored, and ends with its exit code.
struct Bench(tempfile::TempDir);

const REPORT: &str = r#"{"job":"ingest import","run_id":"r1","status":"ok","started_at":"2026-01-01T00:00:00Z",
    "duration_ms":1,"counts":{"stored":0},"warnings":[],"error":null}"#;

impl Bench {
    fn new(ingest_code: u8, transform_code: u8) -> Self {
        // On the file system of the binary, so that it can be linked.
        let bench = Self(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap());
        fs::create_dir(bench.path("bin")).unwrap();
        for (program, exit_code) in [("ingest", ingest_code), ("enrich", ingest_code), ("transform", transform_code)] {
            bench.script(
                program,
                &format!(
                    r#"case "$*" in *--help*) exit 0 ;; esac
                       while [ $# -gt 0 ]; do
                         if [ "$1" = --report-file ]; then echo '{REPORT}' >"$2"; fi
                         shift
                       done
                       exit {exit_code}"#
                ),
            );
        }
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

/// With a program for plays and one for the star schema that end with `codes`, the last line
/// of what is `started` is over with `exit_code`.
fn check_codes(words: &[&str], codes: (u8, u8), started: &[&str], exit_code: u8) {
    let bench = Bench::new(codes.0, codes.1);
    let output = bench.type_in(words);
    assert_eq!(bench.started(), started, "{output:?}");
    assert_eq!(output.status.code(), Some(exit_code.into()), "{output:?}");
}

fn check(words: &[&str], started: &[&str]) {
    check_codes(words, (0, 0), started, 0);
}

#[test]
fn a_question_goes_to_its_program() {
    check(&["query", "select 1"], &["transform query select 1"]);
    check(&["account", "list"], &["ingest account list"]);
    check_codes(&["status"], (75, 0), &["ingest status"], 75);
}

#[test]
fn the_star_schema_follows_whatever_the_job_says_it_did() {
    check(&["poll"], &["ingest spotify", "transform refresh --if-changed"]);
    check(&["replay"], &["ingest replay", "transform refresh --if-changed"]);
    check(&["compact"], &["ingest compact", "transform refresh --if-changed"]);
    let started = ["ingest import a.zip", "transform refresh --if-changed"];
    check(&["import", "a.zip"], &started);
    for code in [1, 2, 3, 75] {
        check_codes(&["import", "a.zip"], (code, 0), &started, code);
        check_codes(&["import", "a.zip"], (0, code), &started, code);
    }
    check_codes(&["import", "a.zip"], (3, 75), &started, 3);
}

#[test]
fn shared_flags_hold_for_both_wherever_they_were_typed() {
    let expected = ["ingest import --data-dir d a.zip", "transform refresh --if-changed --data-dir d"];
    check(&["--data-dir", "d", "import", "a.zip"], &expected);
    check(&["import", "--data-dir", "d", "a.zip"], &expected);
    check(
        &["import", "--yes", "a.zip", "--data-dir=d"],
        &["ingest import --yes a.zip --data-dir=d", "transform refresh --if-changed --data-dir=d"],
    );
}

/// Whoever wants the report of a job gets that one, wherever it was asked for.
#[track_caller]
fn check_report_file(words: &[&str], started: &[&str]) {
    let bench = Bench::new(3, 0);
    let here = bench.path("report.json");
    let words: Vec<String> = words.iter().map(|word| word.replace("FILE", &here.display().to_string())).collect();
    let output = Command::new(bench.path("music-tracker")).args(&words).output().unwrap();
    assert_eq!(bench.started(), started, "{output:?}");
    let report: serde_json::Value = serde_json::from_slice(&fs::read(here).unwrap()).unwrap();
    assert_eq!(report["job"], "ingest import");
}

#[test]
fn a_report_file_of_ones_own_holds_the_report_of_the_job() {
    let followed = ["ingest import a.zip", "transform refresh --if-changed"];
    check_report_file(&["import", "a.zip", "--report-file", "FILE"], &followed);
    check_report_file(&["import", "--report-file=FILE", "a.zip"], &followed);
    check_report_file(&["--report-file", "FILE", "import", "a.zip"], &followed);
    check_report_file(&["--report-file", "FILE", "ls"], &["transform ls"]);
    check_report_file(&["status", "--report-file", "FILE"], &["ingest status"]);
    // Behind `--` it is the name of a file to import.
    let bench = Bench::new(0, 0);
    bench.type_in(&["import", "a.zip", "--", "--report-file=x"]);
    assert_eq!(bench.started(), ["ingest import a.zip -- --report-file=x", "transform refresh --if-changed"]);
}

#[test]
fn advice_names_the_data_folder_that_was_chosen() {
    let said = |words: &[&str]| String::from_utf8(Bench::new(0, 1).type_in(words).stderr).unwrap();
    let tries_again = |command: &str| format!("`{command}` tries again");
    assert!(said(&["import", "a.zip"]).contains(&tries_again("music-tracker refresh")));
    for words in [&["--data-dir", "a b", "import", "a.zip"], &["import", "a.zip", "--data-dir", "a b"]] {
        assert!(said(words).contains(&tries_again("music-tracker --data-dir 'a b' refresh")), "{}", said(words));
    }
    assert!(said(&["import", "a.zip", "--data-dir=d"]).contains(&tries_again("music-tracker --data-dir d refresh")));
}

#[test]
fn looking_at_imports_changes_nothing() {
    check(&["import", "--list"], &["ingest import --list"]);
}

#[test]
fn a_program_that_is_called_as_its_word_has_words_of_its_own() {
    let followed = |first: &'static str| [first, "transform refresh --if-changed"];
    check(&["enrich"], &followed("enrich run"));
    check(&["enrich", "--limit", "5"], &followed("enrich run --limit 5"));
    check(&["enrich", "run", "--only", "geo"], &followed("enrich run --only geo"));
    check(&["enrich", "replay"], &followed("enrich replay"));
    check(&["enrich", "status"], &["enrich status"]);
    check(&["travel", "--account", "a"], &["transform travel --account a"]);
    check(&["travel", "--dismiss=x"], &["transform travel --dismiss=x", "transform refresh --if-changed"]);
    check(&["correct", "list"], &["transform correct list"]);
    check(&["correct", "--json", "list"], &["transform correct --json list"]);
    let set = "ingest account --data-dir list set ann --zone UTC";
    let words: Vec<&str> = set.split(' ').skip(1).collect();
    check(&words, &[set, "transform refresh --if-changed --data-dir list"]);
    check(&["correct", "artist", "preview", "x"], &["transform correct artist preview x"]);
    check(&["correct", "undo", "x"], &["transform correct undo x", "transform refresh --if-changed"]);
    check(&["enrich", "--help"], &["enrich --help"]);
    check(&["help", "enrich"], &["enrich --help"]);
}

#[test]
fn a_job_that_does_not_come_to_work_changes_nothing() {
    let bench = Bench::new(2, 0);
    bench.script("ingest", "exit 2");
    let output = bench.type_in(&["import", "--nonsense"]);
    assert_eq!((bench.started(), output.status.code()), (vec!["ingest import --nonsense".to_owned()], Some(2)));
}

#[test]
fn help_comes_from_the_program() {
    check(&["import", "--help"], &["ingest import --help"]);
    check(&["help", "query"], &["transform query --help"]);
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
