//! Real processes, killed at random moments. After a plain re-run nothing tells that it
//! happened.

use std::io;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use lake::schema::TABLES;

use crate::polls::page;
use crate::spotify::Spotify;
use crate::world::{AUDIO, Ran, World, row, rows};

/// How often each kind of job is killed; more with `MUSIC_KILLS=50`.
pub(crate) fn kills() -> u32 {
    #[allow(clippy::disallowed_methods, reason = "a knob of the test, not a setting of the program")]
    std::env::var("MUSIC_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(8)
}

/// Starts a program that [`kill_after`] may end: what it says is read there.
pub(crate) fn start(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// Kills the process when about `share` of `whole` has gone by. Whether it was still at work.
pub(crate) fn kill_after(mut child: Child, whole: Duration, share: f64) -> bool {
    let mut stdout = child.stdout.take().expect("a program of `start`");
    let (tell, ended) = mpsc::channel();
    // Its output ends when it does; to look for that again and again would take its time from it.
    std::thread::spawn(move || tell.send(io::copy(&mut stdout, &mut io::sink())));
    let was_at_work = ended.recv_timeout(whole.mul_f64(share)).is_err();
    child.kill().unwrap();
    child.wait().unwrap();
    was_at_work
}

/// All rows of all tables, to the last column but those that tell which run stored them.
fn everything(world: &World) -> Vec<Vec<String>> {
    tables(world, &["run_id", "ingested_at"])
}

/// The same with the runs: of those that only store anew what earlier ones brought.
fn everything_and_its_runs(world: &World) -> Vec<Vec<String>> {
    tables(world, &[])
}

fn tables(world: &World, without: &[&str]) -> Vec<Vec<String>> {
    TABLES.iter().map(|table| world.rows(table, without)).collect()
}

/// Kills `job` again and again at moments spread over its whole length, in a world that
/// `prepare` made; then runs it to its end. `outcome` must be as if nothing had happened.
#[track_caller]
fn check(prepare: impl Fn(&World) -> Vec<String>, outcome: impl Fn(&World) -> Vec<Vec<String>>) {
    let first = World::new();
    let args = prepare(&first);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let calm = first.twin();
    let begun = Instant::now();
    calm.ingest(&args).expect_ok();
    let (mut whole, expected) = (begun.elapsed(), outcome(&calm));
    let mut hits = 0;
    for kill in 0..kills() {
        let world = first.twin();
        // The golden ratio spreads any number of moments evenly.
        let share = (f64::from(kill) * 0.618_033_988_749) % 1.0;
        for share in [share, (share + 0.5) % 1.0] {
            match kill_after(start(&mut world.command(&args)), whole, share) {
                true => hits += 1,
                // The machine is faster by now than it was then.
                false => whole = whole.mul_f64(0.7),
            }
        }
        let last = world.ingest(&args);
        // An undo that was killed late is over.
        assert!(last.exit_code == 0 || last.stderr.contains("undone already"), "{}", last.stderr);
        assert_eq!(outcome(&world), expected, "killed after {share:.2} of the job");
        let leftovers: Vec<_> = world.files("raw").into_iter().filter(|path| is_passing(path)).collect();
        assert!(leftovers.is_empty(), "{leftovers:?}");
    }
    // The very first one hits whatever the machine does.
    assert!(hits > 1, "{hits} of {} kills hit a program at work", 2 * kills());
}

fn is_passing(path: &std::path::Path) -> bool {
    let name = path.file_name().unwrap().to_string_lossy();
    name.ends_with(".partial") || name.contains(".pending") || name.contains(".undoing")
}

/// Plays in three files, and a row that nobody can read.
fn export(world: &World) -> String {
    let file = |from: u32| rows((from..from + 800).map(|n| row(n * 90, n)));
    let files = [
        (AUDIO, file(0)),
        ("endsong_1.json", file(600)),
        ("endsong_2.json", file(1_400)),
        ("endsong_3.json", "[{}]".into()),
    ];
    world.zip("export.zip", &files).to_str().unwrap().to_owned()
}

/// An import, two polls (with credits), and one more import of the months of the first.
fn history(world: &World) -> Ran {
    world.ingest(&["import", &export(world)]);
    let spotify = Spotify::start();
    for minutes in [0..30, 20..60] {
        spotify.plays(page(minutes));
        let output = world.command(&["spotify"]).envs(spotify.settings("a-login")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let second = rows((0..800).map(|n| row(n * 90 + 1, n)));
    world.ingest(&["import", world.file("endsong_9.json", second).to_str().unwrap(), "--yes"]).expect_ok()
}

#[test]
fn an_import_that_is_killed() {
    let prepare = |world: &World| {
        // The same account in all worlds: rows bear its id.
        assert!(world.command(&["account", "add", "me"]).status().unwrap().success());
        vec!["import".into(), export(world)]
    };
    check(prepare, everything);
}

#[test]
fn a_replay_that_is_killed() {
    let prepare = |world: &World| {
        history(world);
        vec!["replay".into()]
    };
    check(prepare, everything_and_its_runs);
}

#[test]
fn a_compaction_that_is_killed() {
    let prepare = |world: &World| {
        history(world);
        vec!["compact".into()]
    };
    check(prepare, everything_and_its_runs);
}

#[test]
fn an_undo_that_is_killed() {
    let prepare = |world: &World| vec!["import".into(), "--undo".into(), history(world).report.run_id];
    check(prepare, everything_and_its_runs);
}
