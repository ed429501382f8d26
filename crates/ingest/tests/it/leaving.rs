//! What happens to an account while a run that began before works on another one.

use std::process::Command;

use platform::StateDb;
use platform::state::Account;
use serde_json::json;

use crate::polls::page;
use crate::spotify::Spotify;
use crate::world::{Ran, World};

/// Two who are connected, and were polled once.
fn household() -> (World, Spotify) {
    let (world, spotify) = (World::new(), Spotify::start());
    spotify.plays(page(0..5));
    for name in ["ada", "bob"] {
        assert!(world.command(&["account", "add", name, "--zone", "UTC"]).output().unwrap().status.success());
        let address = world.comes_back_from(&spotify, &["--account", name]);
        spotify.rotate(&format!("of-{name}"));
        let (code, said) = world.says_at(&spotify, &["account", "connect", "spotify", "--paste", &address]);
        assert_eq!(code, 0, "{said}");
        spotify.someone_else();
    }
    poll(&world, &spotify).expect_counts(10, 0, 0, 0);
    (world, spotify)
}

fn poll(world: &World, spotify: &Spotify) -> Ran {
    Ran::of(&world.command(&["spotify"]).envs(spotify.settings("")).output().unwrap())
}

/// Polls both; while Ada's login is traded, somebody gives this command.
fn poll_while(world: &World, spotify: &Spotify, words: &[&str]) -> Ran {
    let mut command: Command = world.command(words);
    spotify.meanwhile(move || assert!(command.output().unwrap().status.success()));
    spotify.plays(page(0..7));
    poll(world, spotify)
}

fn bob(world: &World) -> Option<Account> {
    StateDb::open(&world.data().state_db()).unwrap().account("bob").unwrap()
}

#[test]
fn who_is_removed_while_a_run_works_on_another_leaves_no_trace() {
    let (world, spotify) = household();
    let id = bob(&world).unwrap().account_id.to_string();
    poll_while(&world, &spotify, &["account", "remove", "bob", "--erase", "--yes"]).expect_counts(2, 5, 0, 0);
    assert!(bob(&world).is_none());
    assert_eq!(spotify.refresh_tokens().last().unwrap(), "of-ada");
    let holds = |bytes: &[u8]| bytes.windows(id.len()).any(|window| window == id.as_bytes());
    for path in world.files("") {
        assert!(!path.to_string_lossy().contains(&id), "{} names bob", path.display());
        assert!(!holds(&std::fs::read(&path).unwrap()), "{} still names bob", path.display());
    }
}

#[test]
fn who_is_paused_or_disconnected_while_a_run_works_on_another_is_left_alone() {
    for words in [&["account", "pause", "bob"][..], &["account", "disconnect", "spotify", "--account", "bob", "--keep"]]
    {
        let (world, spotify) = household();
        let runs = || {
            let state = StateDb::open(&world.data().state_db()).unwrap();
            state.last_runs(&bob(&world).unwrap().account_id).unwrap()
        };
        let before = runs();
        poll_while(&world, &spotify, words).expect_counts(2, 5, 0, 0);
        assert_eq!(spotify.refresh_tokens().last().unwrap(), "of-ada", "{words:?}");
        assert_eq!(format!("{:?}", runs()), format!("{before:?}"));
    }
}

#[test]
fn who_is_paused_is_polled_when_named() {
    let (world, spotify) = household();
    assert!(world.command(&["account", "pause", "bob"]).output().unwrap().status.success());
    spotify.plays(page(0..6));
    let output = world.command(&["spotify", "--account", "bob"]).envs(spotify.settings("")).output().unwrap();
    Ran::of(&output).expect_counts(1, 5, 0, 0);
}

/// The report says when to come back, also where the service did not.
#[test]
fn the_quiet_that_is_kept_where_nobody_said_for_how_long_is_told() {
    let quota = json!({"error": {"status": 429, "message": "Too many requests", "reason": "QUOTA_EXCEEDED"}});
    for (body, until) in [(json!({}), "2026-06-01T00:01:00Z"), (quota, "2026-06-01T06:00:00Z")] {
        let (world, spotify) = household();
        spotify.list_answer(429, body);
        let poll = || {
            let mut command = world.command(&["spotify", "--account", "ada"]);
            Ran::of(&command.envs(spotify.settings("")).env("TRACKER_NOW", "2026-06-01T00:00:00Z").output().unwrap())
        };
        for ran in [poll(), poll()] {
            let error = ran.report.error.expect("an error in the report");
            assert_eq!((ran.exit_code, error.retry_at.as_deref()), (75, Some(until)));
        }
    }
}
