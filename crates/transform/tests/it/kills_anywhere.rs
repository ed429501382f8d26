//! A transform that is killed at any moment, not only between two log lines, while readers
//! ask without a pause.

use std::io;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::kills::{assert_nothing_is_left, refresh};
use crate::reading::{asked_as_a_dashboard, asked_as_a_tool, generation, reporting};
use crate::world::World;

/// How often each kind of job is killed; more with `MUSIC_KILLS=50`.
fn kills() -> u32 {
    #[allow(clippy::disallowed_methods, reason = "a knob of the test, not a setting of the program")]
    std::env::var("MUSIC_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(2)
}

/// Runs a job to its end and says how long that took.
fn run(mut job: Command) -> Duration {
    let begun = Instant::now();
    assert!(job.stderr(Stdio::null()).status().unwrap().success());
    begun.elapsed()
}

/// Kills a job after so much time; one that has ended by then is left alone.
fn kill_after(mut job: Command, time: Duration) {
    let mut child = job.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let (tell, ended) = mpsc::channel();
    // Its output ends when it does; to look for that again and again would take its time from it.
    thread::spawn(move || tell.send(io::copy(&mut stdout, &mut io::sink())));
    drop(ended.recv_timeout(time));
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Kills the job at moments spread over its whole length, and lets it run to its end after
/// each. The golden ratio spreads any number of moments evenly; `seed` is where they begin.
#[track_caller]
fn survives_kills(arguments: &[&str], seed: f64) {
    let mut world = World::small();
    generation(&world, 3);
    world.refresh().unwrap();
    let done = AtomicBool::new(false);
    let (context, reporting) = (world.context(), reporting(&world));
    let seen = thread::scope(|scope| {
        let done = &done;
        let reader = scope.spawn(move || {
            let mut seen = Vec::new();
            while !done.load(Ordering::Relaxed) {
                seen.push(asked_as_a_tool(&context));
                seen.extend(asked_as_a_dashboard(&reporting));
            }
            seen
        });
        // Readers must be let go when this thread panics, or the test never ends.
        let let_go = LetGo(done);
        generation(&world, 4);
        world.later(1);
        let whole = run(refresh(&world, arguments));
        for (kill, number) in (0..kills()).zip(5..) {
            generation(&world, number);
            world.later(1);
            let share = (seed + f64::from(kill) * 0.618_033_988_749) % 1.0;
            kill_after(refresh(&world, arguments), whole.mul_f64(share));
            let found = asked_as_a_tool(&world.context());
            assert!(found == number - 1 || found == number, "killed after {share:.2}: {found} instead of {number}");
            kill_after(refresh(&world, arguments), whole.mul_f64((share + 0.5) % 1.0));
            run(refresh(&world, arguments));
            assert_eq!(asked_as_a_tool(&world.context()), number, "killed after {share:.2} of the job");
            assert_nothing_is_left(&world);
        }
        drop(let_go);
        reader.join().unwrap()
    });
    assert!(seen.is_sorted(), "a reader went back in time: {seen:?}");
    assert!(seen.first() < seen.last(), "the reader read while there were kills: {seen:?}");
}

struct LetGo<'a>(&'a AtomicBool);

impl Drop for LetGo<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_refresh_may_be_killed_at_any_moment() {
    survives_kills(&[], 0.05);
}

#[test]
fn a_full_refresh_may_be_killed_at_any_moment() {
    survives_kills(&["--full-refresh"], 0.35);
}
