//! Real processes, killed at random moments. After a plain re-run nothing tells that it
//! happened.

use std::io;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::world::{AUDIO, World, row, rows};

/// How often each kind of job is killed; more with `MUSIC_KILLS=50`.
pub(crate) fn kills() -> u32 {
    #[allow(clippy::disallowed_methods, reason = "a knob of the test, not a setting of the program")]
    std::env::var("MUSIC_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(4)
}

/// Starts a program that [`kill_after`] may end: what it says is read there.
pub(crate) fn start(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// Kills the process when about `share` of `whole` has gone by, unless it ends before.
pub(crate) fn kill_after(mut child: Child, whole: Duration, share: f64) {
    let mut stdout = child.stdout.take().expect("a program of `start`");
    let (tell, ended) = mpsc::channel();
    // Its output ends when it does; to look for that again and again would take its time from it.
    std::thread::spawn(move || tell.send(io::copy(&mut stdout, &mut io::sink())));
    drop(ended.recv_timeout(whole.mul_f64(share)));
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Kills `job` again and again at moments spread over its whole length, in a world that
/// `prepare` made; then runs it to its end. `outcome` must be as if nothing had happened.
#[track_caller]
fn check<T: PartialEq + std::fmt::Debug>(prepare: impl Fn(&World) -> Vec<String>, outcome: impl Fn(&World) -> T) {
    let first = World::new();
    let args = prepare(&first);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let calm = first.twin();
    let begun = Instant::now();
    calm.ingest(&args).expect_ok();
    let (whole, expected) = (begun.elapsed(), outcome(&calm));
    for kill in 0..kills() {
        let world = first.twin();
        // The golden ratio spreads any number of moments evenly.
        let share = (f64::from(kill) * 0.618_033_988_749) % 1.0;
        kill_after(start(&mut world.command(&args)), whole, share);
        kill_after(start(&mut world.command(&args)), whole, (share + 0.5) % 1.0);
        world.ingest(&args).expect_ok();
        assert_eq!(outcome(&world), expected, "killed after {share:.2} of the job");
        let leftovers: Vec<_> = world.files("raw").into_iter().filter(|path| is_passing(path)).collect();
        assert!(leftovers.is_empty(), "{leftovers:?}");
    }
}

fn is_passing(path: &std::path::Path) -> bool {
    let name = path.file_name().unwrap().to_string_lossy();
    name.ends_with(".partial") || name.contains(".pending") || name.contains(".undoing")
}

fn export(world: &World) -> String {
    let file = |from: u32| rows((from..from + 800).map(|n| row(n * 90, n)));
    let files = [(AUDIO, file(0)), ("endsong_1.json", file(600)), ("endsong_2.json", file(1_400))];
    world.zip("export.zip", &files).to_str().unwrap().to_owned()
}

#[test]
fn an_import_that_is_killed() {
    check(|world| vec!["import".into(), export(world)], World::plays);
}

#[test]
fn a_replay_that_is_killed() {
    let prepare = |world: &World| {
        world.ingest(&["import", &export(world)]).expect_ok();
        vec!["replay".into()]
    };
    check(prepare, World::plays);
}

#[test]
fn a_compaction_that_is_killed() {
    let prepare = |world: &World| {
        world.ingest(&["import", &export(world)]).expect_ok();
        let second = rows((0..800).map(|n| row(n * 90 + 1, n)));
        world.ingest(&["import", world.file("endsong_9.json", second).to_str().unwrap(), "--yes"]).expect_ok();
        vec!["compact".into()]
    };
    check(prepare, World::plays);
}

#[test]
fn an_undo_that_is_killed() {
    // The last run of an undo that was killed late finds it done; both ends are the same.
    let world = World::new();
    world.ingest(&["import", &export(&world)]).expect_ok();
    let alone = world.plays();
    for kill in 0..kills() {
        let second = rows((0..800).map(|n| row(n * 90 + 1, n)));
        let path = world.file("endsong_9.json", second);
        let run = world.ingest(&["import", path.to_str().unwrap(), "--yes"]).expect_ok().report.run_id;
        let share = (f64::from(kill) * 0.618_033_988_749) % 1.0;
        kill_after(start(&mut world.command(&["import", "--undo", &run])), Duration::from_millis(300), share);
        let last = world.ingest(&["import", "--undo", &run]);
        assert!(last.exit_code == 0 || last.stderr.contains("undone already"), "{}", last.stderr);
        assert_eq!(world.plays(), alone, "killed after {share:.2} of the undo");
    }
}
