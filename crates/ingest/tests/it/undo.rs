//! Taking an import back.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use lake::schema::{PLAYS, REJECTED};
use serde_json::Value;

use crate::upstream::Upstream;
use crate::world::{AUDIO, Ran, World, row, rows};

#[test]
fn what_only_that_import_held_goes_and_what_another_held_stays() {
    let world = World::new();
    world.import(&world.zip("a.zip", &[(AUDIO, rows((0..100).map(|n| row(n, n))))])).expect_ok();
    let alone = world.plays();
    let b = world.zip("b.zip", &[(AUDIO, rows((50..180).map(|n| row(n, n)))), ("endsong_1.json", "[{}]".into())]);
    let run = world.import(&b).expect_ok().report.run_id;
    assert_eq!(world.rows(&REJECTED, &[]).len(), 1);
    assert_eq!(world.ingest(&["import", "--undo", &run]).expect_ok().count("gone"), 80);
    assert_eq!(world.plays(), alone);
    assert_eq!(world.rows(&REJECTED, &[]).len(), 0);
}

#[test]
fn a_row_passes_to_the_other_import_that_held_it() {
    let world = World::new();
    let first = world.import(&world.zip("a.zip", &[(AUDIO, rows((0..100).map(|n| row(n, n))))])).expect_ok();
    world.import(&world.zip("b.zip", &[(AUDIO, rows((40..140).map(|n| row(n, n))))])).expect_counts(40, 60, 0, 0);
    world.ingest(&["import", "--undo", &first.report.run_id]).expect_ok();
    let fresh = World::new();
    fresh.import(&fresh.zip("b.zip", &[(AUDIO, rows((40..140).map(|n| row(n, n))))])).expect_ok();
    assert_eq!(world.plays(), fresh.plays());
}

/// What ListenBrainz gave out in a world, as it stands in an export of ListenBrainz.
fn export_of_listens(world: &World) -> String {
    let bodies = world.files("raw").into_iter().filter(|path| path.extension().is_some_and(|it| it == "zst"));
    let listens = |path: PathBuf| -> Vec<Value> {
        let body: Value = serde_json::from_slice(&zstd::decode_all(File::open(path).unwrap()).unwrap()).unwrap();
        body["payload"]["listens"].as_array().cloned().unwrap_or_default()
    };
    let lines: Vec<String> = bodies.flat_map(listens).map(|listen| listen.to_string()).collect();
    lines.join("\n")
}

#[test]
fn listens_that_were_fetched_too_come_back_with_the_next_fetch() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.connect_listenbrainz(&upstream);
    let calm = world.twin();
    calm.job(&upstream, &["listenbrainz"]).expect_ok();
    let export = world.file("listens.jsonl", export_of_listens(&calm));
    let run = world.import(&export).expect_ok().report.run_id;
    // No page holds anything new, so none is kept.
    let fetched = world.job(&upstream, &["listenbrainz"]).expect_ok();
    assert_eq!((fetched.count("stored"), world.plays_stored()), (0, calm.plays_stored()));
    let said = world.said_to_people(&["import", "--undo", &run]);
    assert!(said.contains("listenbrainz` had been given as well, it fetches again"), "{said}");
    assert_eq!(world.plays_stored(), 0);
    world.job(&upstream, &["listenbrainz"]).expect_ok();
    assert_eq!(world.plays(), calm.plays());
}

#[test]
fn the_same_archive_imported_twice_needs_two_undos() {
    let world = World::new();
    let zip = world.zip("a.zip", &[(AUDIO, rows((0..10).map(|n| row(n, n))))]);
    let first = world.import(&zip).expect_ok().report.run_id;
    let second = world.import(&zip).expect_counts(0, 10, 0, 0).report.run_id;
    let said = world.said_to_people(&["import", "--undo", &first]);
    assert!(said.contains(&format!("The import {second} holds the same files")), "{said}");
    assert_eq!(world.rows(&PLAYS, &[]).len(), 10, "the second import held them too");
    world.ingest(&["import", "--undo", &second]).expect_ok();
    assert_eq!(world.rows(&PLAYS, &[]).len(), 0);
    assert!(!world.files("raw").iter().any(|path| path.extension().is_some_and(|ending| ending == "zst")));
}

#[test]
fn an_undo_can_be_imported_again() {
    let world = World::new();
    let zip = world.zip("a.zip", &[(AUDIO, rows((0..10).map(|n| row(n, n))))]);
    let run = world.import(&zip).expect_ok().report.run_id;
    world.ingest(&["import", "--undo", &run]).expect_ok();
    world.import(&zip).expect_counts(10, 0, 0, 0);
}

#[test]
fn an_undo_that_was_interrupted_is_listed_as_one_and_the_same_undo_counts_its_rows() {
    let world = World::new();
    let zips = ["a.zip", "b.zip"].map(|name| {
        let from = if name == "a.zip" { 0 } else { 100 };
        world.zip(name, &[(AUDIO, rows((from..from + 100).map(|n| row(n, n))))])
    });
    let words = ["import", zips[0].to_str().unwrap(), zips[1].to_str().unwrap()];
    let run = world.ingest(&words).expect_ok().report.run_id;
    // As a kill leaves it behind its first step, with the second archive not begun.
    let receipts = world.files("raw").into_iter().filter(|path| path.extension().is_some_and(|it| it == "json"));
    let first = receipts.min_by_key(|path| path.as_os_str().len()).unwrap();
    fs::rename(&first, first.with_extension("undoing.json")).unwrap();
    let list = world.said_to_people(&["import", "--list"]);
    for words in ["200  undo not finished", "the same undo again ends it"] {
        assert!(list.contains(words), "{words}: {list}");
    }
    assert!(!list.contains("To take one back"), "{list}");
    let told = world.said_to_people(&["import", "--list", &run]);
    assert!(told.contains("being taken back") && !told.contains("To take this import back"), "{told}");
    let undone = world.said_to_people(&["import", "--undo", &run]);
    assert!(undone.contains("(2 archive(s)): An earlier try was interrupted; 200 rows"), "{undone}");
    let list = world.said_to_people(&["import", "--list"]);
    assert!(list.contains("taken back") && !list.contains("To take one back"), "{list}");
    let told = world.said_to_people(&["import", "--list", &run]);
    assert!(told.contains("It was taken back") && !told.contains("To take this import back"), "{told}");
}

#[test]
fn a_run_that_imported_nothing_is_named() {
    let world = World::new();
    let run = world.import(&world.zip("a.zip", &[(AUDIO, rows([row(1, 1)]))])).expect_ok().report.run_id;
    let ran = world.ingest(&["import", "--undo", "20200101T000000Z-abcdef"]);
    assert_eq!(ran.exit_code, 2);
    assert!(ran.stderr.contains(&run), "it lists the imports there are: {}", ran.stderr);
    world.ingest(&["import", "--undo", &run]).expect_ok();
    assert!(world.ingest(&["import", "--undo", &run]).stderr.contains("undone already"));
}

#[test]
fn an_undo_that_succeeds_only_when_it_is_tried_again_is_told_as_done() {
    let world = World::new();
    let zip = world.zip("a.zip", &[(AUDIO, rows((0..10).map(|n| row(n, n))))]);
    let run = world.import(&zip).expect_ok().report.run_id;
    let of_ending = |ending: &str| {
        let is_it = |path: &PathBuf| path.extension().is_some_and(|it| it == ending);
        world.files("raw").into_iter().find(is_it).unwrap()
    };
    // As a kill leaves it behind its first step.
    let receipt = of_ending("json");
    fs::rename(&receipt, receipt.with_extension("undoing.json")).unwrap();
    // Whoever reads the raw file gets half of it at first, and all of it the second time.
    let body = of_ending("zst");
    let whole = fs::read(&body).unwrap();
    fs::remove_file(&body).unwrap();
    assert!(Command::new("mkfifo").arg(&body).status().unwrap().success());
    let give = |bytes: &[u8]| File::options().write(true).open(&body).unwrap().write_all(bytes).unwrap();
    let mut undo = world.command(&["import", "--undo", &run]);
    let mut undo = undo.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    give(&whole[..whole.len() / 2]);
    let mut log = BufReader::new(undo.stderr.take().unwrap()).lines().map_while(Result::ok);
    assert!(log.any(|line| line.contains("damaged")), "the first try did not fail");
    give(&whole);
    let ran = Ran::of(&undo.wait_with_output().unwrap()).expect_ok();
    assert_eq!((ran.count("archives"), ran.count("gone")), (1, 10), "{:?}", ran.report);
}
