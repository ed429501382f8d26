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

use month::Month;

/// How many months are lived; more with `MUSIC_LIVES=20`, one of them with `MUSIC_LIVES=seed:7`.
fn seeds() -> Vec<u64> {
    #[allow(clippy::disallowed_methods, reason = "a knob of the test, not a setting of the program")]
    let wish = std::env::var("MUSIC_LIVES").unwrap_or_default();
    match wish.strip_prefix("seed:") {
        Some(seed) => vec![seed.parse().unwrap()],
        None => (1..=wish.parse().unwrap_or(2)).collect(),
    }
}

#[test]
fn a_month_of_life_loses_nothing_and_says_what_it_never_got() {
    let mut wrong = Vec::new();
    for seed in seeds() {
        let mut month = Month::of(seed);
        month.live();
        month.look("before the exports", &mut wrong);
        month.import_exports();
        month.look("with the exports", &mut wrong);
    }
    assert!(wrong.is_empty(), "{} mistakes\n{}", wrong.len(), wrong.join("\n"));
}
