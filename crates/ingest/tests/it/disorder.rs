//! Jobs in any order, two at once, killed at any moment: in the end the history is what it
//! would have been in peace.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use lake::schema::{PLAY_CREDITS, PLAYS};
use platform::files::FileLock;

use crate::killed::{kill_after, kills, start};
use crate::polls::page;
use crate::spotify::Spotify;
use crate::world::{AUDIO, World, row, rows};

/// A number below `limit`, the same for the same seed.
fn draw(seed: impl Hash, limit: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    seed.hash(&mut hasher);
    hasher.finish() % limit
}

#[test]
fn any_order_any_kill_two_at_once() {
    let spotify = Spotify::start();
    spotify.plays(page(100..150));
    let settings = spotify.settings("a-login");
    let exports = |world: &World| {
        let file = |from: u32| rows((from..from + 600).map(|n| row(n * 60, n)));
        [world.zip("a.zip", &[(AUDIO, file(0))]), world.zip("b.zip", &[(AUDIO, file(300))])]
            .map(|path| path.to_str().unwrap().to_owned())
    };
    let in_peace = |world: &World, [a, b]: &[String; 2]| {
        for args in [&["import", a, "--yes"][..], &["import", b, "--yes"], &["spotify"], &["compact"]] {
            let output = world.command(args).envs(settings.clone()).output().unwrap();
            assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
    };
    let calm = World::new();
    in_peace(&calm, &exports(&calm));
    let expected = calm.plays();

    for seed in 0..kills() {
        let world = World::new();
        let zips = exports(&world);
        let jobs: [&[&str]; 5] =
            [&["import", &zips[0], "--yes"], &["import", &zips[1], "--yes"], &["spotify"], &["compact"], &["replay"]];
        for step in 0..6_u32 {
            let begun = |which: &str| {
                let job = jobs[usize::try_from(draw((seed, step, which), 5)).unwrap()];
                let mut command = world.command(job);
                start(command.envs(settings.clone()))
            };
            let mut beside = (draw((seed, step, "two"), 2) == 1).then(|| begun("beside"));
            kill_after(begun("killed"), Duration::from_micros(draw((seed, step, "when"), 120_000)), 1.0);
            if let Some(beside) = &mut beside {
                beside.wait().unwrap();
            }
        }
        in_peace(&world, &zips);
        assert_eq!(world.plays(), expected, "seed {seed}");
        for (table, columns) in [(&PLAYS, 1), (&PLAY_CREDITS, 3)] {
            let rows = world.rows(table, &[]);
            let keys: HashSet<_> = rows.iter().map(|row| row.split('|').take(columns).collect::<Vec<_>>()).collect();
            assert_eq!(keys.len(), rows.len(), "seed {seed}: {} holds something twice", table.name);
        }
    }
}

#[test]
fn a_job_waits_for_nobody() {
    let world = World::new();
    let zip = world.zip("a.zip", &[(AUDIO, rows((0..10).map(|n| row(n, n))))]);
    world.import(&zip).expect_ok();
    let raw = std::fs::read_dir(world.path("data/raw")).unwrap().next().unwrap().unwrap();
    let account = raw.file_name().into_string().unwrap();
    let _held = FileLock::try_take(&world.data().lock(&format!("account-{account}"))).unwrap().unwrap();
    for job in [&["import", zip.to_str().unwrap()][..], &["replay"], &["compact"]] {
        let ran = world.ingest(job);
        assert_eq!(ran.exit_code, 75, "{job:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("another job"), "{}", ran.stderr);
    }
}
