//! What `ingest status` says when something is not as it should be.

use std::process::Command;

use chrono::TimeDelta;
use platform::StateDb;
use platform::state::CountingRule;
use simulator::server::{FaultKind, Options, RetryAfter, Service};

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
