//! Logging in at Spotify, and what becomes of a login.

use std::io::Write;
use std::process::Stdio;

use chrono::TimeDelta;
use lake::schema::PLAYS;
use platform::StateDb;
use platform::files::FileLock;
use platform::state::Gap;
use simulator::parse_instant;
use simulator::server::{FaultKind, Options, Service};

use crate::upstream::{SECRET, Upstream, rotating};
use crate::world::World;

#[test]
fn a_person_without_a_browser_here_pastes_the_address() {
    for secret in [Some(SECRET), None] {
        let (world, upstream) = (World::new(), Upstream::with(rotating(), secret));
        let (code, said) = world.log_in(&upstream, &[]);
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("ends this login on 2027-05-15"), "{said}");
        // With PKCE each refresh kills the token before: only storing the new one goes on.
        for _ in 0..3 {
            world.job(&upstream, &["spotify"]).expect_ok();
            upstream.wait(TimeDelta::hours(2));
        }
        assert!(world.rows(&PLAYS, &[]).len() >= 50);
    }
}

#[test]
fn no_advice_puts_an_address_into_the_list_of_processes() {
    let (world, upstream) = (World::new(), Upstream::start());
    let (_, said) = world.says(&upstream, &["account", "connect", "spotify", "--no-wait"]);
    assert!(said.contains("--paste -`"), "{said}");
    let back = upstream.browse(said.split_whitespace().find(|word| word.contains("/authorize?")).unwrap());
    let mut command = world.command_at(&upstream, &["account", "connect", "spotify", "--paste", "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{back}").unwrap();
    assert!(child.wait_with_output().unwrap().status.success());
}

#[test]
fn an_address_is_good_once_and_only_for_a_login_that_was_begun() {
    let (world, upstream) = (World::new(), Upstream::start());
    let (_, said) = world.says(&upstream, &["account", "connect", "spotify", "--no-wait"]);
    let back = upstream.browse(said.split_whitespace().find(|word| word.contains("/authorize?")).unwrap());
    let paste = |address: &str| world.says(&upstream, &["account", "connect", "spotify", "--paste", address]);
    assert_eq!(paste("http://127.0.0.1:8898/callback").0, 2);
    assert_eq!(paste("http://127.0.0.1:8898/callback?code=x&state=guessed").0, 2);
    assert_eq!(paste(&back).0, 0);
    assert_eq!(paste(&back).0, 2);
    let (_, said) = world.says(&upstream, &["account", "connect", "spotify", "--no-wait"]);
    let late = upstream.browse(said.split_whitespace().find(|word| word.contains("/authorize?")).unwrap());
    upstream.wait(TimeDelta::hours(2));
    assert_eq!(paste(&late).0, 2);
    upstream.server.deny_login(true);
    let (code, said) = world.log_in(&upstream, &[]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("access_denied"), "{said}");
}

#[test]
fn an_address_stays_good_while_another_job_works_on_the_account() {
    let (world, upstream) = (World::new(), Upstream::start());
    assert_eq!(world.says(&upstream, &["account", "add", "ada", "--zone", "UTC"]).0, 0);
    let (_, said) = world.says(&upstream, &["account", "connect", "spotify", "--no-wait"]);
    let back = upstream.browse(said.split_whitespace().find(|word| word.contains("/authorize?")).unwrap());
    let paste = || world.says(&upstream, &["account", "connect", "spotify", "--paste", &back]);
    let account = StateDb::open(&world.data().state_db()).unwrap().accounts().unwrap().remove(0);
    let lock = world.data().lock(&format!("account-{}", account.account_id));
    let other_job = FileLock::try_take(&lock).unwrap().unwrap();
    let (code, said) = paste();
    assert!(code == 75 && said.contains("--paste -"), "{said}");
    drop(other_job);
    let (code, said) = paste();
    assert_eq!(code, 0, "{said}");
}

#[test]
fn a_login_that_ends_is_announced_and_then_asks_for_a_person() {
    let (world, upstream) = (World::new(), Upstream::with(rotating(), Some(SECRET)));
    world.log_in(&upstream, &[]);
    world.job(&upstream, &["spotify"]).expect_ok();
    let warned = |days: &str| {
        let ran = world.job(&upstream, &["spotify"]).expect_ok();
        ran.report.warnings.iter().any(|warning| warning.contains(&format!("within {days} day")))
    };
    upstream.at("2027-04-01T00:00:00Z");
    assert!(!warned("30"));
    upstream.at("2027-04-16T00:00:00Z");
    assert!(warned("30"));
    upstream.at("2027-05-09T00:00:00Z");
    assert!(warned("7"));
    upstream.at("2027-05-15T00:00:00Z");
    assert!(warned("1"));
    // Rotated tokens are of the same consent: using them does not put the end off.
    upstream.at("2027-05-17T00:00:00Z");
    assert_eq!(world.job(&upstream, &["spotify"]).exit_code, 3);
    let asked = upstream.requests(Service::Spotify);
    let again = world.job(&upstream, &["spotify"]);
    assert_eq!((again.exit_code, upstream.requests(Service::Spotify)), (3, asked), "a dead login is not asked again");
    assert!(world.says(&upstream, &["status"]).1.contains("account connect spotify"));
    assert_eq!(world.log_in(&upstream, &[]).0, 0);
    world.job(&upstream, &["spotify"]).expect_ok();
}

#[test]
fn with_several_accounts_it_is_said_whose_login_it_is() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.log_in(&upstream, &[]);
    world.says(&upstream, &["account", "add", "second", "--zone", "UTC"]);
    // The sole account was adopted; now it has to be said whose login it is.
    assert_eq!(world.says(&upstream, &["account", "connect", "spotify", "--no-wait"]).0, 2);
    let (code, said) = world.log_in(&upstream, &["--account", "second"]);
    assert_eq!(code, 3, "Ada is not two people: {said}");
    world.job(&upstream, &["spotify"]).expect_ok();
}

#[test]
fn a_token_is_stored_before_it_is_used() {
    let (world, upstream) = (World::new(), Upstream::with(rotating(), None));
    world.log_in(&upstream, &[]);
    // The answer with the new token arrives, and what follows fails.
    upstream.once(Service::Spotify, "recently-played", FaultKind::PremiumLapsed {});
    assert_eq!(world.job(&upstream, &["spotify"]).exit_code, 3);
    world.job(&upstream, &["spotify"]).expect_ok();
}

#[test]
fn the_login_is_sealed_and_the_database_alone_opens_nothing() {
    let (world, upstream) = (World::new(), Upstream::with(Options::default(), Some(SECRET)));
    world.log_in(&upstream, &[]);
    let token = upstream.server.refresh_token("ada").unwrap();
    for path in world.files("state") {
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(24).any(|window| token.as_bytes().starts_with(window)), "{}", path.display());
    }
    std::fs::remove_file(world.path("data/state/token.key")).unwrap();
    let ran = world.job(&upstream, &["spotify"]);
    assert_eq!(ran.exit_code, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("TRACKER_SECRET_KEY"), "{}", ran.stderr);
    assert_eq!(world.log_in(&upstream, &[]).0, 0);
    world.job(&upstream, &["spotify"]).expect_ok();
}

#[test]
fn disconnecting_forgets_the_login_and_erases_on_demand() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.log_in(&upstream, &[]);
    world.job(&upstream, &["spotify"]).expect_counts(50, 0, 0, 0);
    // What a build makes of the plays, now and in older runs.
    let built = [
        "processed/current/fct_track_played.parquet",
        "processed/runs/older/fct_track_played.parquet",
        "reporting/reporting.duckdb",
        "state/failed-tests/a-run/rows.parquet",
        "music_tracker.duckdb",
        "music_tracker.duckdb.wal",
    ]
    .map(|name| world.file(&format!("data/{name}"), "ada heard this"));
    let gaps = || StateDb::open(&world.data().state_db()).unwrap().gaps().unwrap();
    for source in ["spotify_api", "listenbrainz"] {
        note_gap(&world, source);
    }
    let runs = || {
        let state = StateDb::open(&world.data().state_db()).unwrap();
        state.last_runs(&state.accounts().unwrap()[0].account_id).unwrap()
    };
    let (code, said) = world.says(&upstream, &["account", "disconnect", "spotify"]);
    assert!(code == 0 && said.contains("--erase"), "{said}");
    assert_eq!(world.rows(&PLAYS, &[]).len(), 50);
    assert!(built.iter().all(|path| path.exists()) && gaps().len() == 2);
    assert_eq!(runs().len(), 1);
    assert_eq!(world.job(&upstream, &["spotify"]).exit_code, 2);
    let (code, said) = world.says(&upstream, &["account", "disconnect", "spotify", "--erase"]);
    assert!(code == 3 && said.contains("the 1 kept answers of Spotify") && said.contains("--yes"), "{said}");
    assert_eq!(world.rows(&PLAYS, &[]).len(), 50);
    let (code, said) = world.says(&upstream, &["account", "disconnect", "spotify", "--erase", "--yes"]);
    assert!(code == 0 && said.contains("50 rows"), "{said}");
    assert!(world.rows(&PLAYS, &[]).is_empty());
    assert!(world.files("raw").is_empty(), "{:?}", world.files("raw"));
    for path in built {
        assert!(!path.exists(), "{} is still there", path.display());
    }
    assert_eq!(gaps().iter().map(|gap| gap.source.as_str()).collect::<Vec<_>>(), ["listenbrainz"]);
    assert!(runs().is_empty(), "what the polls said of gaps is still there: {:?}", runs());
}

/// Notes an hour in which a source of the only account may have lost plays.
fn note_gap(world: &World, source: &str) {
    let mut state = StateDb::open(&world.data().state_db()).unwrap();
    let before = parse_instant("2026-11-01T12:00:00Z").unwrap();
    let after = before - TimeDelta::hours(1);
    let gap = Gap {
        account_id: state.accounts().unwrap()[0].account_id.clone(),
        source: source.to_owned(),
        noticed: (after, before),
        after,
        before,
        detected_at: before,
        run_id: "a-run".to_owned(),
        estimated_plays: 9,
        closed_by: None,
    };
    state.add_gap(&gap).unwrap();
}

#[test]
fn a_login_belongs_to_one_account() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.log_in(&upstream, &[]);
    world.says(&upstream, &["account", "disconnect", "spotify", "--keep"]);
    world.job(&upstream, &["spotify"]);
    world.says(&upstream, &["account", "add", "second", "--zone", "UTC"]);
    // What it brought is still with the first account.
    assert_eq!(world.log_in(&upstream, &["--account", "second"]).0, 3);
    assert_eq!(world.log_in(&upstream, &["--account", "me"]).0, 0);
}

#[test]
fn who_has_no_app_yet_is_told_which_file_to_edit_and_nobody_is_left_behind() {
    for (service, settings) in [
        ("spotify", &["SPOTIFY_CLIENT_ID", "SPOTIFY_CLIENT_SECRET", ".env"][..]),
        ("lastfm", &["LASTFM_API_KEY", ".env"]),
    ] {
        let world = World::new();
        let output = world.command(&["account", "connect", service, "--user", "ann"]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(settings.iter().all(|words| said.contains(words)), "{said}");
        assert!(StateDb::open(&world.data().state_db()).unwrap().accounts().unwrap().is_empty(), "{service}");
    }
}
