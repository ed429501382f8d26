//! What `ingest status` says when something is not as it should be.

use std::process::Command;

use chrono::TimeDelta;
use platform::StateDb;
use platform::state::CountingRule;
use simulator::server::{ErrorBody, Fault, FaultKind, Options, RetryAfter, Service};

use crate::upstream::{SECRET, Upstream};
use crate::world::{AUDIO, Ran, World, row, rows};

/// The status in words, one line each.
#[track_caller]
fn status(world: &World, upstream: &Upstream, settings: &[(&str, &str)]) -> String {
    let like = world.command_at(upstream, &[]);
    let vars = like.get_envs().filter_map(|(name, value)| Some((name, value?)));
    let mut command = Command::new(like.get_program());
    command.args(["status", "--report", "text"]).current_dir(like.get_current_dir().unwrap()).env_clear().envs(vars);
    let output = command.envs(settings.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn says(status: &str, expected: &[&str]) {
    for words in expected {
        assert!(status.contains(words), "{words:?} is not in:\n{status}");
    }
}

#[test]
fn accounts_without_plays_say_how_to_get_some() {
    let (world, upstream) = (World::new(), Upstream::start());
    for name in ["ada", "bob"] {
        assert_eq!(world.says(&upstream, &["account", "add", name, "--zone", "UTC"]).0, 0);
    }
    let said = status(&world, &upstream, &[]);
    says(&said, &["ada\n  no plays yet", r#"account connect spotify --account "bob""#]);
    assert!(!said.contains("newest play"), "{said}");
}

#[test]
fn a_list_without_plays_is_no_trouble() {
    let upstream = Upstream::with(Options::default(), Some(SECRET));
    let world = World::new();
    upstream.at("2026-01-01T00:00:00Z");
    world.log_in(&upstream, &[]);
    let ran = world.job(&upstream, &["spotify"]).expect_ok();
    assert_eq!((ran.count("rows"), ran.count("ask_again_in_s")), (0, 30 * 60));
    says(&status(&world, &upstream, &[]), &["spotify_api  -            -    0     a moment ago"]);
}

#[test]
fn a_ban_is_told_with_its_end_and_its_reason() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.log_in(&upstream, &[]);
    let ban = FaultKind::QuotaExceeded { retry_after: RetryAfter::Secs(13 * 3_600) };
    upstream.once(Service::Spotify, "recently-played", ban);
    assert_eq!(world.job(&upstream, &["spotify"]).exit_code, 75);
    upstream.wait(TimeDelta::hours(3));
    let said = status(&world, &upstream, &[]);
    says(&said, &["2026-11-16T01:00:00Z, in 10 h", "the quota of the app's owner is used up"]);
    assert!(!said.contains("46800"), "{said}");
}

#[test]
fn a_budget_that_is_spent_says_when_it_is_free_again() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.log_in(&upstream, &[]);
    let budget = [("MUSIC_SPOTIFY__POLLS_PER_DAY", "1")];
    let mut command = world.command_at(&upstream, &["spotify"]);
    assert!(command.envs(budget).output().unwrap().status.success());
    upstream.wait(TimeDelta::hours(4));
    says(
        &status(&world, &upstream, &budget),
        &["2026-11-16T12:00:00Z, in 20 h", "spotify/default, polls: the budget of 24 hours is spent"],
    );
}

#[test]
fn a_login_that_is_dead_has_ended_and_says_whose_it_is() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.log_in(&upstream, &[]);
    world.job(&upstream, &["spotify"]).expect_ok();
    upstream.server.revoke("ada");
    upstream.wait(TimeDelta::hours(1));
    assert_eq!(world.job(&upstream, &["spotify"]).exit_code, 3);
    says(&status(&world, &upstream, &[]), &["60 min ago", "ended", r#"account connect spotify --account ""#]);
}

#[test]
fn a_login_is_shown_with_its_age_and_its_end_is_announced() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.log_in(&upstream, &[]);
    world.job(&upstream, &["spotify"]).expect_ok();
    let said = status(&world, &upstream, &[]);
    says(&said, &["logged in", "2026-11-15  2027-05-15"]);
    assert!(!said.contains("  ! "), "{said}");
    for (at, near) in [("2027-04-15T13:00:00Z", 30), ("2027-05-09T00:00:00Z", 7), ("2027-05-15T00:00:00Z", 1)] {
        upstream.at(at);
        let notice = format!("ends this login on 2027-05-15, within {near} day(s): log in again");
        says(&status(&world, &upstream, &[]), &[&notice]);
        let source = world.job(&upstream, &["status"]).report.counts["accounts"][0]["sources"][0].clone();
        assert!(source["login_notice"].as_str().unwrap().contains(&notice), "{source}");
        assert_eq!(source["authorized_at"], "2026-11-15T12:00:00Z");
    }
}

#[test]
fn the_end_of_a_login_of_unknown_age_is_no_fact() {
    let (world, upstream) = (World::new(), Upstream::start());
    let token = upstream.server.refresh_token("ada").unwrap();
    let mut command = world.command_at(&upstream, &["spotify"]);
    Ran::of(&command.env("SPOTIFY_REFRESH_TOKEN", token).output().unwrap()).expect_ok();
    let said = status(&world, &upstream, &[]);
    says(
        &said,
        &["not known  by 2027-05-15", "how old it is is not known", "on 2027-05-15 at the latest", "connect once"],
    );
}

#[test]
fn whoever_logged_in_anew_is_not_told_to_do_it() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.log_in(&upstream, &[]);
    world.job(&upstream, &["spotify"]).expect_ok();
    upstream.server.revoke("ada");
    assert_eq!(world.job(&upstream, &["spotify"]).exit_code, 3);
    says(&status(&world, &upstream, &[]), &["log in again"]);
    let fault = Fault::new(Service::Spotify, FaultKind::ServerError { status: 503, body: ErrorBody::Empty }).at("me");
    let fault = upstream.server.switch_on(fault).unwrap();
    assert_eq!(world.log_in(&upstream, &[]).0, 75);
    let said = status(&world, &upstream, &[]);
    assert!(said.contains("a login waits") && !said.contains("log in again"), "{said}");
    upstream.server.switch_off(fault);
    world.job(&upstream, &["spotify"]).expect_ok();
}

#[test]
fn refusals_are_told_apart_in_spotifys_own_words() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.log_in(&upstream, &[]);
    for (refusal, expected) in [
        (FaultKind::PremiumLapsed {}, ["has Premium again", "Active premium subscription required"]),
        (FaultKind::NotAllowListed {}, ["User Management", "the user may not be registered"]),
    ] {
        upstream.once(Service::Spotify, "recently-played", refusal);
        assert_eq!(world.job(&upstream, &["spotify"]).exit_code, 3);
        says(&status(&world, &upstream, &[]), &expected);
    }
    world.job(&upstream, &["spotify"]).expect_ok();
    assert!(!status(&world, &upstream, &[]).contains("Premium"));
}

#[test]
fn advice_is_for_all_who_share_the_budget() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.log_in(&upstream, &[]);
    let mut state = StateDb::open(&world.data().state_db()).unwrap();
    let name = state.accounts().unwrap()[0].name.clone();
    let poll = || {
        let mut command = world.command_at(&upstream, &["spotify", "--account", &name]);
        let ran = Ran::of(&command.env("MUSIC_SPOTIFY__POLLS_PER_DAY", "10").output().unwrap());
        ran.expect_ok().count("ask_again_in_s")
    };
    assert_eq!(poll(), 24 * 3_600 / 8);
    let rule = CountingRule::default();
    let account = state.add_account("bob", chrono_tz::UTC, rule, upstream.server.now()).unwrap();
    state.connect("spotify", &account.account_id, None, upstream.server.now()).unwrap();
    assert_eq!(poll(), 24 * 3_600 / 4, "polled alone, but the budget is for two");
}

#[test]
fn a_run_that_was_not_whole_says_what_it_left() {
    let world = World::new();
    let rows = rows((0..9).map(|n| row(n, n)).chain([r#"{"ts": 1}"#.to_owned()]));
    let zip = world.zip("export.zip", &[(AUDIO, rows)]);
    world.ingest(&["import", zip.to_str().unwrap()]).expect_counts(9, 0, 0, 1);
    says(&world.said_to_people(&["status"]), &["(partial: rows that could not be read: 1)"]);
    let both = ["import", "nowhere.zip", zip.to_str().unwrap()];
    world.ingest(&both).expect_left(2, "nowhere.zip", [0, 9, 0, 1]);
    says(&world.said_to_people(&["status"]), &["(partial: not imported: nowhere.zip: cannot be read"]);
    world.ingest(&["import", world.zip("sound.zip", &[(AUDIO, "[]".into())]).to_str().unwrap()]);
    let status = world.said_to_people(&["status"]);
    assert!(status.contains("(ok)") && !status.contains("partial"), "{status}");
}
