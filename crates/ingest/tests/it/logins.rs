//! Logins that Spotify gave while it could not say whose they are.

use std::process::Output;
use std::time::Duration;

use lake::schema::PLAYS;
use platform::StateDb;
use platform::state::RequestLimit;
use serde_json::json;
use simulator::parse_instant;

use crate::polls::page;
use crate::spotify::Spotify;
use crate::world::{Ran, World};

impl World {
    /// A command without a login in the settings, on the first of June or a later day.
    fn in_june(&self, spotify: &Spotify, day: u32, args: &[&str]) -> Output {
        let mut command = self.command(args);
        command.envs(spotify.settings("")).env("TRACKER_NOW", format!("2026-06-{day:02}T00:00:00Z"));
        command.output().unwrap()
    }

    /// A command that answers in words.
    pub(crate) fn says_at(&self, spotify: &Spotify, args: &[&str]) -> (i32, String) {
        let output = self.in_june(spotify, 1, args);
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        (output.status.code().unwrap(), said)
    }

    /// The address with which a browser comes back from a login that was begun just now.
    fn comes_back(&self, spotify: &Spotify, account: &str) -> String {
        self.comes_back_from(spotify, &["--account", account])
    }

    /// The same, begun with these words.
    pub(crate) fn comes_back_from(&self, spotify: &Spotify, words: &[&str]) -> String {
        let begin = [&["account", "connect", "spotify", "--no-wait"], words].concat();
        let (code, said) = self.says_at(spotify, &begin);
        assert_eq!(code, 0, "{said}");
        let state = said.split(['?', '&']).find_map(|pair| pair.strip_prefix("state=")).unwrap();
        let state = state.split_whitespace().next().unwrap();
        format!("http://127.0.0.1:8898/callback?code=a-code&state={state}")
    }

    fn paste(&self, spotify: &Spotify, address: &str) -> (i32, String) {
        self.says_at(spotify, &["account", "connect", "spotify", "--paste", address])
    }

    /// Logs an account in; the refresh token is `token`.
    fn connects(&self, spotify: &Spotify, account: &str, token: &str) -> (i32, String) {
        let address = self.comes_back(spotify, account);
        spotify.rotate(token);
        self.paste(spotify, &address)
    }

    /// Polls everybody.
    fn polls(&self, spotify: &Spotify) -> Ran {
        Ran::of(&self.in_june(spotify, 1, &["spotify"]))
    }
}

/// Accounts with these names.
fn world_of(names: &[&str]) -> (World, Spotify) {
    let (world, spotify) = (World::new(), Spotify::start());
    for name in names {
        assert!(world.command(&["account", "add", name, "--zone", "UTC"]).output().unwrap().status.success());
    }
    spotify.plays(page(0..5));
    (world, spotify)
}

fn last_shown(spotify: &Spotify) -> String {
    spotify.refresh_tokens().pop().unwrap()
}

#[test]
fn a_login_is_kept_when_it_cannot_be_asked_whose_it_is() {
    for (status, exit_code) in [(503, 75), (429, 75), (403, 3)] {
        let (world, spotify) = world_of(&["ada"]);
        spotify.profile_answer(Some(status));
        let (code, said) = world.connects(&spotify, "ada", "the-login");
        assert!(code == exit_code && said.contains("it is kept"), "{status}: {code}: {said}");
        spotify.profile_answer(None);
        // A service that asked to slow down is left alone for a while.
        Ran::of(&world.in_june(&spotify, 2, &["spotify"])).expect_counts(5, 0, 0, 0);
        assert_eq!(last_shown(&spotify), "the-login");
    }
}

#[test]
fn one_login_that_ended_does_not_stop_the_others() {
    let (world, spotify) = world_of(&["ada", "bob", "eve"]);
    assert_eq!(world.connects(&spotify, "ada", "adas").0, 0);
    spotify.someone_else();
    assert_eq!(world.connects(&spotify, "bob", "bobs").0, 0);
    world.polls(&spotify).expect_counts(10, 0, 0, 0);
    spotify.plays(page(0..7));
    spotify.kill_token("adas");
    world.polls(&spotify).expect_left(3, "connect spotify --account \"ada\"", [2, 5, 0, 0]);
    spotify.plays(page(0..9));
    let asked = spotify.refresh_tokens().len();
    world.polls(&spotify).expect_left(3, "connect spotify --account \"ada\"", [2, 7, 0, 0]);
    assert_eq!(spotify.refresh_tokens()[asked..], ["bobs"]);
}

#[test]
fn a_login_that_waits_is_finished_beside_those_that_are_connected() {
    let (world, spotify) = world_of(&["ada", "bob"]);
    assert_eq!(world.connects(&spotify, "ada", "adas").0, 0);
    world.polls(&spotify).expect_counts(5, 0, 0, 0);
    spotify.profile_answer(Some(503));
    assert_eq!(world.connects(&spotify, "bob", "bobs").0, 75);
    let waits = || world.said_to_people(&["status"]).split_once("bob").unwrap().1.contains("a login waits");
    assert!(waits());
    spotify.profile_answer(None);
    spotify.someone_else();
    world.polls(&spotify).expect_counts(5, 5, 0, 0);
    assert!(!waits());
    assert_eq!(world.rows(&PLAYS, &[]).len(), 10);
}

#[test]
fn a_new_login_waits_while_the_old_one_goes_on() {
    let (world, spotify) = world_of(&["ada"]);
    assert_eq!(world.connects(&spotify, "ada", "the-old").0, 0);
    spotify.profile_answer(Some(503));
    assert_eq!(world.connects(&spotify, "ada", "the-new").0, 75);
    world.polls(&spotify).expect_counts(5, 0, 0, 0);
    assert_eq!(last_shown(&spotify), "the-old");
    spotify.profile_answer(None);
    for _ in 0..2 {
        world.polls(&spotify).expect_counts(0, 5, 0, 0);
        assert_eq!(last_shown(&spotify), "the-new");
    }
    // A new one that is refused, or someone else's, does not take the old one along.
    spotify.profile_answer(Some(503));
    assert_eq!(world.connects(&spotify, "ada", "dead").0, 75);
    spotify.kill_token("dead");
    world.polls(&spotify).expect_counts(0, 5, 0, 0);
    assert_eq!(world.connects(&spotify, "ada", "someone-elses").0, 75);
    spotify.profile_answer(None);
    spotify.someone_else();
    let ran = world.polls(&spotify).expect_counts(0, 5, 0, 0);
    let warned = ran.report.warnings.concat();
    assert!(warned.contains("which goes on") && warned.contains("connect again as the right person"), "{warned}");
    assert_eq!(last_shown(&spotify), "the-new");
    let ran = world.polls(&spotify).expect_counts(0, 5, 0, 0);
    assert!(ran.report.warnings.is_empty(), "{ran:?}");
}

#[test]
fn what_enrichment_spends_does_not_keep_a_new_login_waiting() {
    let (world, spotify) = world_of(&["ada"]);
    assert_eq!(world.connects(&spotify, "ada", "the-old").0, 0);
    world.polls(&spotify).expect_counts(5, 0, 0, 0);
    // As enrichment does: all look-ups of the day.
    let mut state = StateDb::open(&world.data().state_db()).unwrap();
    let now = parse_instant("2026-06-01T00:00:00Z").unwrap();
    let service = "spotify/default".to_owned();
    let limit = RequestLimit { service, class: "lookups", spacing: Duration::ZERO, per_day: Some(300) };
    while state.reserve_request(&limit, now).unwrap().is_ok() {}
    spotify.kill_token("the-old");
    assert_eq!(world.polls(&spotify).exit_code, 3);
    let (code, said) = world.connects(&spotify, "ada", "the-new");
    assert_eq!(code, 0, "{said}");
    world.polls(&spotify).expect_counts(0, 5, 0, 0);
}

#[test]
fn a_token_is_not_traded_while_nobody_may_ask_whose_it_is() {
    let (world, spotify) = world_of(&["ada"]);
    spotify.profile_quota_exceeded();
    assert_eq!(world.connects(&spotify, "ada", "the-login").0, 75);
    let asked = spotify.refresh_tokens().len();
    assert_eq!(world.polls(&spotify).exit_code, 75);
    assert_eq!(spotify.refresh_tokens().len(), asked, "it would only be rotated");
    spotify.profile_answer(None);
    Ran::of(&world.in_june(&spotify, 2, &["spotify"])).expect_counts(5, 0, 0, 0);
    assert_eq!(last_shown(&spotify), "the-login");
}

#[test]
fn a_poll_asks_once_whose_a_login_is() {
    let (world, spotify) = world_of(&["ada"]);
    spotify.profile_answer(Some(503));
    assert_eq!(world.connects(&spotify, "ada", "the-login").0, 75);
    let asked = spotify.profile_requests();
    assert_eq!(world.polls(&spotify).exit_code, 75);
    assert_eq!(spotify.profile_requests(), asked + 1, "a day without an answer uses the budget up");
}

#[test]
fn a_new_login_goes_on_when_no_key_opens_the_old_one() {
    let (world, spotify) = world_of(&["ada"]);
    assert_eq!(world.connects(&spotify, "ada", "the-old").0, 0);
    world.polls(&spotify).expect_counts(5, 0, 0, 0);
    std::fs::remove_file(world.path("data/state/token.key")).unwrap();
    assert_eq!(world.polls(&spotify).exit_code, 3);
    spotify.profile_answer(Some(503));
    let (code, said) = world.connects(&spotify, "ada", "the-new");
    assert!(code == 75 && said.contains("goes on by itself"), "{said}");
    assert_eq!(world.polls(&spotify).exit_code, 75);
    spotify.profile_answer(None);
    for _ in 0..2 {
        world.polls(&spotify).expect_counts(0, 5, 0, 0);
        assert_eq!(last_shown(&spotify), "the-new");
    }
}

#[test]
fn whoever_logs_in_as_a_wrong_person_hears_what_to_do() {
    let (world, spotify) = world_of(&["ada", "bob"]);
    assert_eq!(world.connects(&spotify, "ada", "adas").0, 0);
    let (code, said) = world.connects(&spotify, "bob", "adas-too");
    assert!(code == 3 && said.contains("account merge") && said.contains("private window"), "{said}");
    spotify.someone_else();
    let (code, said) = world.connects(&spotify, "ada", "bobs");
    assert!(code == 3 && said.contains("account add") && said.contains("private window"), "{said}");
}

#[test]
fn an_address_stays_good_until_spotify_gave_its_tokens() {
    let (world, spotify) = world_of(&["ada"]);
    let address = world.comes_back(&spotify, "ada");
    spotify.token_answer(503, json!({}));
    let (code, said) = world.paste(&spotify, &address);
    assert_eq!(code, 75, "{said}");
    let tokens = json!({"access_token": "a", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "r"});
    spotify.token_answer(200, tokens);
    let (code, said) = world.paste(&spotify, &address);
    assert!(code == 75 && said.contains("wants quiet until 2026-06-01 00:00:30"), "{said}");
    assert!(said.contains("again from 2026-06-01 00:01 UTC"), "{said}");
    let paste = |minute: u32| {
        let mut command = world.command(&["account", "connect", "spotify", "--paste", &address]);
        command.envs(spotify.settings("")).env("TRACKER_NOW", format!("2026-06-01T00:{minute:02}:00Z"));
        command.output().unwrap().status.code()
    };
    assert_eq!([paste(1), paste(2)], [Some(0), Some(2)]);
}

#[test]
fn only_disconnecting_spotify_forgets_a_login_that_waits() {
    let (world, spotify) = world_of(&["ada"]);
    spotify.profile_answer(Some(503));
    assert_eq!(world.connects(&spotify, "ada", "the-login").0, 75);
    spotify.profile_answer(None);
    assert_eq!(world.says_at(&spotify, &["account", "disconnect", "lastfm"]).0, 2, "it was never connected");
    world.polls(&spotify).expect_counts(5, 0, 0, 0);
    assert_eq!(world.says_at(&spotify, &["account", "disconnect", "spotify", "--keep"]).0, 0);
    spotify.profile_answer(Some(503));
    assert_eq!(world.connects(&spotify, "ada", "another").0, 75);
    assert_eq!(world.says_at(&spotify, &["account", "disconnect", "spotify", "--keep"]).0, 0);
    spotify.profile_answer(None);
    assert_eq!(world.polls(&spotify).exit_code, 2, "nobody has connected it");
}
