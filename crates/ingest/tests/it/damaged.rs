//! Raw files that do not hold what they held: a bad disk, a hand that slipped.

use std::path::{Path, PathBuf};

use lake::schema::PLAYS;
use platform::files::write_whole;

use crate::world::{AUDIO, World, row, rows};

/// Two imports that share some plays, and the bodies they are kept in.
struct Damaged {
    world: World,
    zips: [PathBuf; 2],
    bodies: [PathBuf; 2],
    runs: [String; 2],
}

impl Damaged {
    fn new() -> Self {
        let world = World::new();
        let one = world.zip("one.zip", &[(AUDIO, rows((0..200).map(|n| row(n, n))))]);
        let other = world.zip("other.zip", &[(AUDIO, rows((150..300).map(|n| row(n, n))))]);
        let bodies = || world.files("raw").into_iter().filter(|path| path.extension().is_some_and(|it| it == "zst"));
        let first = world.import(&one).expect_counts(200, 0, 0, 0);
        let body = bodies().next().unwrap();
        let second = world.import(&other).expect_counts(100, 50, 0, 0);
        let another = bodies().find(|path| *path != body).unwrap();
        let runs = [first.report.run_id, second.report.run_id];
        Self { world, zips: [one, other], bodies: [body, another], runs }
    }

    fn plays(&self) -> Vec<String> {
        self.world.rows(&PLAYS, &[])
    }

    /// A job says which file is damaged, and changes nothing.
    fn check_refused(&self, job: &[&str], body: &Path) {
        let before = self.plays();
        let ran = self.world.ingest(job);
        assert_ne!(ran.exit_code, 0, "{job:?}");
        let name = body.file_name().unwrap().to_str().unwrap();
        assert!(ran.stderr.contains(name) && ran.stderr.contains("is damaged"), "{job:?}: {}", ran.stderr);
        assert_eq!(self.plays(), before, "{job:?}");
    }
}

fn cut(body: &Path) {
    let bytes = std::fs::read(body).unwrap();
    write_whole(body, &bytes[..bytes.len() / 2]).unwrap();
}

#[test]
fn a_replay_over_a_damaged_body_changes_nothing_until_its_import_mends_it() {
    let damaged = Damaged::new();
    let (before, [body, other]) = (damaged.plays(), &damaged.bodies);
    let whole = std::fs::read(body).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    let cases = [whole[..whole.len() - 5].to_vec(), flipped, std::fs::read(other).unwrap(), Vec::new()];
    for bytes in cases {
        write_whole(body, &bytes).unwrap();
        damaged.check_refused(&["replay"], body);
        damaged.world.import(&damaged.zips[0]).expect_counts(0, 200, 0, 0);
        damaged.world.ingest(&["replay"]).expect_ok();
        assert_eq!(damaged.plays(), before);
    }
}

#[test]
fn an_undo_that_needs_a_damaged_body_changes_nothing_until_it_is_mended() {
    // What was imported again to mend it is another import's now, too, and stays.
    for (which, gone) in [(0, 0), (1, 150)] {
        let damaged = Damaged::new();
        let undo = ["import", "--undo", &damaged.runs[0]];
        cut(&damaged.bodies[which]);
        damaged.check_refused(&undo, &damaged.bodies[which]);
        damaged.check_refused(&undo, &damaged.bodies[which]);
        assert!(damaged.world.said_to_people(&["import", "--list"]).contains(&damaged.runs[0]));
        damaged.world.import(&damaged.zips[which]).expect_ok();
        assert_eq!(damaged.world.ingest(&undo).expect_ok().count("gone"), gone);
    }
}

#[test]
fn what_a_killed_import_left_in_a_damaged_body_holds_nothing_up() {
    for left in [".pending.json", ".undoing.json"] {
        let damaged = Damaged::new();
        let is_receipt = |path: &&PathBuf| path.to_string_lossy().contains(&format!("{}.json", damaged.runs[0]));
        let receipts = damaged.world.files("raw");
        let receipt = receipts.iter().find(is_receipt).unwrap_or_else(|| panic!("{receipts:?}"));
        let begun = PathBuf::from(receipt.to_string_lossy().replace(".json", left));
        std::fs::rename(receipt, &begun).unwrap();
        cut(&damaged.bodies[0]);
        let more = damaged.world.file("endsong_9.json", rows((900..910).map(|n| row(n, n))));
        let ran = damaged.world.import(&more).expect_counts(10, 0, 0, 0);
        assert!(ran.stderr.contains("is damaged") && begun.exists(), "{}", ran.stderr);
        damaged.world.import(&damaged.zips[0]).expect_ok();
        damaged.world.import(&more).expect_counts(0, 10, 0, 0);
        assert!(!begun.exists(), "{left}");
        assert_eq!(damaged.plays().len(), 310, "{left}");
    }
}
