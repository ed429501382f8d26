//! A month in the life of two listeners, with everything that can go wrong in it.
//!
//! Every half hour of a simulated month Spotify is polled, every few hours ListenBrainz and
//! Last.fm; each poll begins from nothing but the data folder. Services fail in all ways the
//! simulator knows, programs are killed, for two days nothing runs. Then the exports arrive.
//! What was published must be there once, what was lost must be told, and no service may be
//! asked more than it bears.

mod chance;
mod month;
mod requests;
mod schema;
mod truth;
mod weather;

use std::sync::Mutex;
use std::time::Instant;

use month::Month;

/// Which lives are lived, and for how many days, the last first. As a rule two short ones; whole
/// months with `MUSIC_LIVES=20` (seeds 1 to 20), one of them with `MUSIC_LIVES=seed:7`.
fn lives() -> Vec<(u64, i64)> {
    #[allow(clippy::disallowed_methods, reason = "a knob of the test, not a setting of the program")]
    let wish = std::env::var("MUSIC_LIVES").unwrap_or_default();
    match wish.strip_prefix("seed:") {
        Some(seed) => vec![(seed.parse().unwrap(), 31)],
        None if wish.is_empty() => vec![(1, 4), (2, 4)],
        None => (1..=wish.parse().unwrap()).map(|seed| (seed, 31)).collect(),
    }
}

/// How far a life is, for whoever waits for it (with `--nocapture`).
#[allow(clippy::print_stderr, reason = "months take minutes")]
fn tell(line: &str) {
    eprintln!("{line}");
}

fn live((seed, days): (u64, i64)) -> Vec<String> {
    let begun = Instant::now();
    let mut wrong = Vec::new();
    let mut month = Month::of(seed, days);
    month.live();
    tell(&format!("seed {seed}: {days} days lived after {} s, {}", begun.elapsed().as_secs(), month.spent()));
    wrong.extend(month.was_dull());
    month.look("before the exports", &mut wrong);
    month.import_exports();
    month.look("with the exports", &mut wrong);
    tell(&format!("seed {seed}: done after {} s, {} mistakes", begun.elapsed().as_secs(), wrong.len()));
    wrong
}

#[test]
fn a_month_of_life_loses_nothing_and_says_what_it_never_got() {
    let lives = Mutex::new(lives());
    let next = || lives.lock().unwrap().pop();
    let work = || std::iter::from_fn(next).flat_map(live).collect::<Vec<String>>();
    let mut wrong = Vec::new();
    std::thread::scope(|scope| {
        let workers = [scope.spawn(work), scope.spawn(work)];
        workers.into_iter().for_each(|worker| wrong.extend(worker.join().unwrap()));
    });
    assert!(wrong.is_empty(), "{} mistakes\n{}", wrong.len(), wrong.join("\n"));
}
