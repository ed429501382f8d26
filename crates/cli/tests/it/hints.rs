//! Advice and examples name the commands as people type them.

use std::fs;
use std::path::Path;

use platform::hints::program_of;

use crate::home::{Home, files_below};

#[test]
fn hints_know_which_program_does_what_a_word_says() {
    for command in cli::COMMANDS {
        assert_eq!(program_of(command.name), Some(command.program), "{}", command.name);
    }
}

#[test]
fn no_message_names_a_program_that_people_do_not_type() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = Vec::new();
    for name in ["platform", "lake", "clients", "ingest", "enrich", "transform", "cli"] {
        for path in files_below(&crates.join(name).join("src")) {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            let is_wrong =
                |line: &&str| ["`ingest ", "`transform ", "`account ", "`correct "].iter().any(|it| line.contains(it));
            found.extend(lines.filter(is_wrong).map(|line| format!("{}: {}", path.display(), line.trim())));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// The help of a command, which must have these lines; `help` with another name in front is refused.
#[track_caller]
fn check_help(program: &str, words: &[&str], lines: &[&str], never: &str) {
    let help = String::from_utf8(Home::command_anywhere(program, words).output().unwrap().stdout).unwrap();
    for line in lines {
        assert!(help.contains(line), "{line:?} is not in {program} {words:?}: {help}");
    }
    assert!(!help.contains(never), "{never:?} is in {program} {words:?}: {help}");
}

#[test]
fn examples_name_the_program_that_was_typed() {
    let tracker =
        |words: &[&str], line: &str, never: &str| check_help("music-tracker", words, &["Examples:", line], never);
    tracker(&["import", "--help"], "\n  music-tracker import my_spotify_data.zip ", "ingest import");
    tracker(&["account", "--help"], "\n  music-tracker account merge me ann ", "ingest account");
    tracker(&["account", "connect", "--help"], "\n  music-tracker account connect lastfm --user ann", "ingest account");
    tracker(&["query", "--help"], "\n  music-tracker query \"show tables\"", "transform query");
    tracker(
        &["correct", "artist", "add", "--help"],
        "\n  music-tracker correct artist add merge ",
        "transform correct",
    );
    tracker(&["enrich", "--help"], "\n  music-tracker enrich run --limit 200 ", "\n  enrich run");
    for word in ["spotify", "listenbrainz", "lastfm", "status", "refresh", "summary", "correct", "travel", "export"] {
        tracker(&[word, "--help"], &format!("\n  music-tracker {word}"), "transform ");
    }
    check_help("ingest", &["import", "--help"], &["\n  ingest import my_spotify_data.zip "], "music-tracker");
    check_help("transform", &["query", "--help"], &["\n  transform query \"show tables\""], "music-tracker");
    check_help("enrich", &["--help"], &["\n  enrich run --limit 200 ", "\n  enrich status "], "music-tracker");
}

#[test]
fn advice_names_the_program_that_was_typed() {
    let home = Home::new();
    for (program, words, advice) in [
        ("music-tracker", &["listenbrainz"][..], "`music-tracker account connect listenbrainz --user NAME`"),
        ("ingest", &["listenbrainz"], "`ingest account connect listenbrainz --user NAME`"),
        ("ingest", &["--data-dir", "d", "spotify"], "`ingest --data-dir d account connect spotify`"),
        ("transform", &["test"], "`transform build`"),
        ("music-tracker", &["test"], "`music-tracker build`"),
    ] {
        let output = home.command(program, words).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(advice), "{program} {words:?}: {said}");
    }
}
