//! A transform that is killed, at one step after another: readers keep the old state, and the
//! next run does what was left.
//!
//! Steps are told apart by the log lines of the child, so nothing waits for a clock.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use transform::jobs;
use transform::query::Format;

use crate::world::{World, names_in};

/// `transform refresh` at the world's own time, not started yet.
pub(crate) fn refresh(world: &World, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_transform"));
    command
        .env_clear()
        .envs([("LOG_LEVEL", "transform=debug"), ("ENVIRONMENT", "testing")])
        .env("TRACKER_NOW", world.now.to_rfc3339())
        .args(["--data-dir", &world.data().root().display().to_string()])
        .args(["--sql-dir", &world.sql_dir().display().to_string()])
        .arg("refresh")
        .args(arguments)
        .stdout(Stdio::null());
    command
}

/// Runs `transform refresh` and kills it after so many log lines; says whether it had
/// already finished.
fn killed_after(world: &World, lines: usize, arguments: &[&str]) -> bool {
    let mut child = refresh(world, arguments).stderr(Stdio::piped()).spawn().unwrap();
    let log = BufReader::new(child.stderr.take().unwrap());
    let seen = log.lines().take(lines).map_while(Result::ok).count();
    child.kill().unwrap();
    child.wait().unwrap();
    seen < lines
}

fn generation(world: &World, number: i64) {
    world.plays("b", &[&format!("'p1', 'ann', 'T{number}', '2024-06-10 10:00:00Z', {number}")]);
}

fn published(world: &World) -> (String, String) {
    let ask = |question: &str| jobs::query(&world.context(), question, Some(Format::Csv)).unwrap();
    (ask("select ms from rpt_totals"), ask("select track_name from dim_track"))
}

/// Every third step is cut off, and every step where kills are what matters (`MUSIC_KILLS=50`).
fn stride() -> usize {
    #[allow(clippy::disallowed_methods, reason = "a knob of the test, not a setting of the program")]
    if std::env::var_os("MUSIC_KILLS").is_some() { 1 } else { 3 }
}

#[track_caller]
fn survives_kills(arguments: &[&str]) {
    let world = World::small();
    generation(&world, 0);
    assert!(killed_after(&world, usize::MAX, arguments), "the first run ends by itself");
    let mut number: i64 = 0;
    let mut lines = 1;
    let mut old = published(&world);
    loop {
        number += 1;
        generation(&world, number);
        // New views at every second kill, so that every step of theirs is cut off too.
        if number % 2 == 0 {
            world.edit("4_reporting/rpt_totals.sql", "-- How much was heard?", "-- How much was heard??");
        }
        let finished = killed_after(&world, lines, arguments);
        let new = (format!("ms\n{number}\n"), format!("track_name\nT{number}\n"));
        let seen = published(&world);
        assert!(seen == old || seen == new, "after {lines} lines: {seen:?} is neither {old:?} nor {new:?}");
        assert!(killed_after(&world, usize::MAX, arguments));
        assert_eq!(published(&world), new, "after {lines} lines and a run to the end");
        if finished {
            break;
        }
        lines += stride();
        old = new;
    }
    assert!(lines > 10, "there are more steps than {lines}");
    assert_nothing_is_left(&world);
}

/// What a killed run leaves half done is gone after the next one.
#[track_caller]
pub(crate) fn assert_nothing_is_left(world: &World) {
    let leftovers: Vec<String> = [
        world.data().processed(),
        world.data().processed().join(world.ddl_hash()),
        world.data().reporting(),
        world.data().root().to_owned(),
    ]
    .iter()
    .flat_map(|folder| names_in(folder))
    .filter(|name| name.contains("partial") || name.contains(".new") || name.contains("broken"))
    .collect();
    assert!(leftovers.is_empty(), "{leftovers:?}");
}

#[test]
fn a_refresh_may_be_killed_at_any_step() {
    survives_kills(&[]);
}

#[test]
fn a_full_refresh_may_be_killed_at_any_step() {
    survives_kills(&["--full-refresh"]);
}
