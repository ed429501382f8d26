//! The list of imports: right after undo, replay and whatever else happened.

use serde_json::Value;

use crate::world::{AUDIO, Ran, World, row, rows};

/// Each import as `state archives rows`, the newest first.
fn listed(ran: &Ran) -> Vec<String> {
    let imports = ran.report.counts["imports"].as_array().unwrap();
    let text = |import: &Value| {
        let archives: Vec<&str> = import["archives"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        format!("{} {} {}", import["state"].as_str().unwrap(), archives.join("+"), import["rows"])
    };
    imports.iter().map(text).collect()
}

fn list(world: &World) -> Vec<String> {
    listed(&world.ingest(&["import", "--list"]).expect_ok())
}

fn import_at(world: &World, now: &str, words: &[&str]) -> Ran {
    Ran::of(&world.command(&[&["import"], words].concat()).env("TRACKER_NOW", now).output().unwrap()).expect_ok()
}

#[test]
fn imports_are_listed_as_their_receipts_tell() {
    let world = World::new();
    assert!(list(&world).is_empty());
    for (words, advice) in [
        (&["import", "--list"][..], "`ingest import ZIP`"),
        (&["import", "--list", "--data-dir", "data"], "`ingest --data-dir data import ZIP`"),
    ] {
        assert!(world.said_to_people(words).contains(advice), "{advice}");
    }
    world.zip("a.zip", &[(AUDIO, rows((0..100).map(|n| row(n, n))))]);
    world.zip("b.zip", &[(AUDIO, rows((90..130).map(|n| row(n, n))))]);
    world.zip("c.zip", &[(AUDIO, rows((120..150).map(|n| row(n, n))))]);
    let first = import_at(&world, "2026-01-01T10:00:00Z", &["a.zip"]);
    let second = import_at(&world, "2026-01-02T10:00:00Z", &["b.zip", "c.zip"]);
    assert_eq!(list(&world), ["imported b.zip+c.zip 50", "imported a.zip 100"]);
    world.ingest(&["import", "--undo", &first.report.run_id]).expect_ok();
    // What the other import said as well is its own now.
    let undone = ["imported b.zip+c.zip 60", "undone a.zip 0"];
    assert_eq!(list(&world), undone);
    world.ingest(&["replay"]).expect_ok();
    assert_eq!(list(&world), undone);
    // A restored backup has no typed tables yet.
    std::fs::remove_dir_all(world.path("data/src")).unwrap();
    assert_eq!(list(&world), ["imported b.zip+c.zip null", "undone a.zip 0"]);
    world.ingest(&["replay"]).expect_ok();
    assert_eq!(list(&world), undone);
    world.ingest(&["import", "--undo", &second.report.run_id]).expect_ok();
    assert_eq!(list(&world), ["undone b.zip+c.zip 0", "undone a.zip 0"]);
}

#[test]
fn what_became_of_the_rows_of_an_import_can_be_seen_again() {
    let world = World::new();
    let bad = format!("[{}, {}, 17]", row(1, 1), row(2, 2));
    let zip = world.zip("a.zip", &[(AUDIO, bad), ("endsong_1.json", rows([row(5, 5)]))]);
    let ran = world.import(&zip).expect_counts(3, 0, 0, 1);
    let said = world.said_to_people(&["import", "--list", &ran.report.run_id]);
    for words in ["Streaming_History_Audio_2024_0.json", "endsong_1.json", "rejected: 1 × ", "--undo"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let again = world.ingest(&["import", "--list", &ran.report.run_id]).expect_ok();
    assert_eq!(again.report.counts["import"]["archives"][0]["files"][1]["rows"], 1);
    let ran = world.ingest(&["import", "--list", "20200101T000000Z-000000"]);
    assert_eq!(ran.exit_code, 2);
    assert!(ran.stderr.contains("`ingest import --list` shows all there are"), "{}", ran.stderr);
}

#[test]
fn everybodys_imports_are_listed_or_one_persons() {
    let world = World::new();
    for (name, day) in [("ann", "2026-01-02"), ("bob", "2026-01-01")] {
        assert!(world.command(&["account", "add", name]).status().unwrap().success());
        let zip = world.zip(&format!("{name}.zip"), &[(AUDIO, rows((0..10).map(|n| row(n, n))))]);
        import_at(&world, &format!("{day}T10:00:00Z"), &[zip.to_str().unwrap(), "--account", name, "--yes"]);
    }
    assert_eq!(list(&world), ["imported ann.zip 10", "imported bob.zip 10"]);
    assert_eq!(listed(&world.ingest(&["import", "--list", "--account", "bob"]).expect_ok()), ["imported bob.zip 10"]);
    let output = world.said_to_people(&["import", "--list"]);
    let lines: Vec<&str> = output.lines().collect();
    assert!(lines[1].contains("2026-01-02T10:00:00Z") && lines[1].contains("ann.zip"), "{output}");
    assert!(lines[2].contains("bob.zip") && output.contains("import --undo RUN"), "{output}");
}
