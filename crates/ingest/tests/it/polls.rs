//! `ingest spotify`: the real program against a Spotify on loopback.

use lake::schema::{PLAY_CREDITS, PLAYS, REJECTED};
use platform::StateDb;
use platform::files::FileLock;
use platform::state::TroubleKind;
use serde_json::{Value, json};

use crate::killed::{kill_after, kills, start};
use crate::recorded_pages::{FULL_PAGE, recorded};
use crate::spotify::Spotify;
use crate::world::{AUDIO, Ran, World, row, rows};

impl World {
    fn poll(&self, spotify: &Spotify) -> Ran {
        let output = self.command(&["spotify"]).envs(spotify.settings("from-the-settings")).output().unwrap();
        Ran::of(&output)
    }

    fn poll_at(&self, spotify: &Spotify, now: &str) -> Ran {
        let mut command = self.command(&["spotify"]);
        Ran::of(&command.envs(spotify.settings("from-the-settings")).env("TRACKER_NOW", now).output().unwrap())
    }

    fn bodies(&self) -> usize {
        self.files("raw").iter().filter(|path| path.extension().is_some_and(|ending| ending == "zst")).count()
    }
}

/// An item of the list: `minute` counts from 2024-01-01T00:00Z.
fn item(minute: i64) -> Value {
    let at = chrono::DateTime::from_timestamp(1_704_067_200 + minute * 60, 123_000_000).unwrap();
    json!({
        "track": {
            "uri": format!("spotify:track:{minute:022}"), "name": format!("Song {minute}"), "duration_ms": 180_000,
            "artists": [{"name": "A", "uri": "spotify:artist:a"}, {"name": "B", "uri": "spotify:artist:b"}],
            "album": {"name": "Album", "uri": "spotify:album:1", "artists": [{"name": "A"}]},
        },
        "played_at": at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        "context": null,
    })
}

/// The list with the plays of these minutes, newest first.
pub(crate) fn page(minutes: std::ops::Range<i64>) -> Value {
    json!({"items": minutes.rev().map(item).collect::<Vec<_>>(), "next": null, "cursors": null, "limit": 50})
}

#[test]
fn the_recorded_page_gives_its_48_plays() {
    let Some(body) = recorded(FULL_PAGE) else { return };
    let (world, spotify) = (World::new(), Spotify::start());
    spotify.plays(serde_json::from_slice(&body).unwrap());
    world.poll(&spotify).expect_counts(48, 0, 0, 0);
    assert_eq!(world.rows(&PLAYS, &[]).len(), 48);
    assert!(world.rows(&PLAY_CREDITS, &[]).len() >= 48, "each play has its artists");
    world.poll(&spotify).expect_counts(0, 48, 0, 0);
    assert_eq!((world.rows(&PLAYS, &[]).len(), world.bodies()), (48, 1));
}

#[test]
fn only_what_is_new_is_stored_and_a_list_without_news_is_not_kept() {
    let (world, spotify) = (World::new(), Spotify::start());
    spotify.plays(page(0..50));
    world.poll(&spotify).expect_counts(50, 0, 0, 0);
    spotify.plays(page(30..80));
    world.poll(&spotify).expect_counts(30, 20, 0, 0);
    assert_eq!(world.bodies(), 2);
    // A list that is shorter, as Spotify sends it now and then: other bytes, no news.
    spotify.plays(page(60..80));
    world.poll(&spotify).expect_counts(0, 20, 0, 0);
    assert_eq!((world.bodies(), world.rows(&PLAYS, &[]).len()), (2, 80));
    let before = world.rows(&PLAYS, &[]);
    world.ingest(&["replay"]).expect_ok();
    assert_eq!(world.rows(&PLAYS, &[]), before);
}

#[test]
fn a_play_that_spotify_lists_late_is_stored() {
    let (world, spotify) = (World::new(), Spotify::start());
    spotify.plays(page(100..150));
    world.poll(&spotify).expect_ok();
    let mut late = page(110..150);
    late["items"].as_array_mut().unwrap().push(item(3));
    spotify.plays(late);
    world.poll(&spotify).expect_counts(1, 40, 0, 0);
}

#[test]
fn an_item_that_is_no_play_is_told_once() {
    let (world, spotify) = (World::new(), Spotify::start());
    let mut broken = page(0..3);
    broken["items"][1] = json!({"track": null, "played_at": "2024-01-01T00:01:00Z"});
    spotify.plays(broken.clone());
    let ran = world.poll(&spotify).expect_ok();
    assert_eq!((ran.count("stored"), ran.count("rejected"), ran.report.status.as_str()), (2, 1, "partial"));
    broken["limit"] = json!(49);
    spotify.plays(broken);
    world.poll(&spotify).expect_ok();
    assert_eq!((world.rows(&REJECTED, &[]).len(), world.bodies()), (1, 1));
}

#[test]
fn an_answer_that_is_no_list_is_a_passing_trouble() {
    let (world, spotify) = (World::new(), Spotify::start());
    spotify.plays(json!({"unexpected": true}));
    let ran = world.poll(&spotify);
    assert_eq!((ran.exit_code, ran.report.status.as_str()), (75, "failed"), "{}", ran.stderr);
    spotify.plays(page(0..3));
    world.poll(&spotify).expect_counts(3, 0, 0, 0);
}

#[test]
fn a_rotated_refresh_token_is_used_from_then_on() {
    let (world, spotify) = (World::new(), Spotify::start());
    spotify.plays(page(0..5));
    spotify.rotate("the-second");
    world.poll(&spotify).expect_counts(5, 0, 0, 0);
    spotify.rotate("the-third");
    world.poll(&spotify).expect_ok();
    assert_eq!(spotify.refresh_tokens(), ["from-the-settings", "the-second"]);
}

#[test]
fn a_refused_access_token_is_replaced_once() {
    let (world, spotify) = (World::new(), Spotify::start());
    spotify.plays(page(0..5));
    world.poll(&spotify).expect_counts(5, 0, 0, 0);
    spotify.refuse_tokens(1);
    world.poll(&spotify).expect_counts(0, 5, 0, 0);
    assert_eq!(spotify.refresh_tokens().len(), 3);
}

/// Spotify refuses good tokens now and then: nobody has to log in for that.
#[test]
fn an_access_token_that_is_refused_twice_is_a_passing_trouble() {
    let (world, spotify) = (World::new(), Spotify::start());
    spotify.plays(page(0..5));
    world.poll(&spotify).expect_counts(5, 0, 0, 0);
    spotify.refuse_tokens(2);
    let ran = world.poll(&spotify);
    assert_eq!(ran.exit_code, 75, "{}", ran.stderr);
    assert_eq!(spotify.refresh_tokens().len(), 3);
    assert!(troubles(&world).is_empty());
    world.poll(&spotify).expect_counts(0, 5, 0, 0);
}

/// What the connections of a world wait for.
fn troubles(world: &World) -> Vec<TroubleKind> {
    let connections = StateDb::open(&world.data().state_db()).unwrap().connections().unwrap();
    connections.into_iter().filter_map(|one| Some(one.trouble?.kind)).collect()
}

/// Two listeners, each with a login of their own.
fn two_listeners() -> (World, Spotify) {
    let (world, spotify) = (World::new(), Spotify::start());
    spotify.plays(page(0..5));
    world.poll(&spotify).expect_counts(5, 0, 0, 0);
    assert!(world.command(&["account", "add", "bob", "--zone", "UTC"]).output().unwrap().status.success());
    spotify.someone_else();
    let mut command = world.command(&["spotify", "--account", "bob"]);
    Ran::of(&command.envs(spotify.settings("bobs")).output().unwrap()).expect_counts(5, 0, 0, 0);
    spotify.plays(page(3..8));
    (world, spotify)
}

#[test]
fn a_dead_login_calls_a_person_and_the_others_are_served() {
    let (world, spotify) = two_listeners();
    spotify.kill_token("bobs");
    let ran = world.poll(&spotify).expect_left(3, "\"bob\"", [3, 2, 0, 0]);
    assert_eq!((ran.count("needs_person"), troubles(&world)), (1, vec![TroubleKind::LoginEnded]));
    // It is said again each time, and the dead login is not sent again.
    spotify.plays(page(6..11));
    let asked = spotify.refresh_tokens().len();
    world.poll(&spotify).expect_left(3, "log in again", [3, 2, 0, 0]);
    assert_eq!((spotify.refresh_tokens().len(), troubles(&world)), (asked + 1, vec![TroubleKind::LoginEnded]));
}

#[test]
fn whoever_has_to_wait_is_come_back_for() {
    let (world, spotify) = two_listeners();
    let bob = StateDb::open(&world.data().state_db()).unwrap().account("bob").unwrap().unwrap();
    let busy = FileLock::try_take(&world.data().lock(&format!("account-{}", bob.account_id))).unwrap();
    assert!(busy.is_some());
    world.poll(&spotify).expect_left(75, "another job is working", [3, 2, 0, 0]);
    drop(busy);
    world.poll(&spotify).expect_counts(3, 7, 0, 0);
}

#[test]
fn troubles_say_who_must_act_and_lose_nothing() {
    let trouble = |exit_code: i32, words: &str, answer: fn(&Spotify)| {
        let (world, spotify) = (World::new(), Spotify::start());
        spotify.plays(page(0..5));
        answer(&spotify);
        let ran = world.poll(&spotify);
        assert_eq!(ran.exit_code, exit_code, "{}", ran.stderr);
        assert!(ran.stderr.contains(words), "{words:?} in {}", ran.stderr);
        assert!(!ran.stderr.contains("from-the-settings") && !ran.stderr.contains("the-app-secret"));
        assert_eq!(world.bodies(), 0);
        world
    };
    trouble(3, "log in again", |spotify| spotify.token_answer(400, json!({"error": "invalid_grant"})));
    trouble(2, "settings", |spotify| spotify.token_answer(400, json!({"error": "invalid_client"})));
    trouble(75, "does not answer", |spotify| spotify.token_answer(503, json!(null)));
    trouble(3, "refuses this app", |spotify| spotify.list_answer(403, json!({"error": {"message": "no"}})));
    let world = trouble(75, "slow down", |spotify| spotify.list_answer(429, json!({"error": {"message": "wait"}})));
    let spotify = Spotify::start();
    spotify.plays(page(0..5));
    // The quiet that it asked for is kept by the next program, too.
    assert_eq!(world.poll(&spotify).exit_code, 75);
    assert!(spotify.refresh_tokens().is_empty());
    world.poll_at(&spotify, "2030-01-01T00:00:00Z").expect_counts(5, 0, 0, 0);
}

#[test]
fn another_listeners_login_is_refused() {
    let (world, spotify) = (World::new(), Spotify::start());
    spotify.plays(page(0..5));
    world.poll(&spotify).expect_counts(5, 0, 0, 0);
    assert!(world.command(&["account", "add", "bob", "--zone", "UTC"]).output().unwrap().status.success());
    let output =
        world.command(&["spotify", "--account", "bob"]).envs(spotify.settings("from-the-settings")).output().unwrap();
    let ran = Ran::of(&output);
    assert_ne!(ran.exit_code, 0);
    assert_eq!(world.rows(&PLAYS, &[]).len(), 5, "alice's plays are not stored twice: {}", ran.stderr);
}

#[test]
fn a_new_login_in_the_settings_replaces_a_dead_one_of_the_same_person() {
    let (world, spotify) = (World::new(), Spotify::start());
    let poll = |token: &str| Ran::of(&world.command(&["spotify"]).envs(spotify.settings(token)).output().unwrap());
    spotify.plays(page(0..5));
    poll("the-first").expect_counts(5, 0, 0, 0);
    spotify.kill_token("the-first");
    assert_eq!(poll("the-first").exit_code, 3);
    poll("the-second").expect_counts(0, 5, 0, 0);
    poll("").expect_counts(0, 5, 0, 0);
    spotify.kill_token("the-second");
    spotify.someone_else();
    spotify.plays(page(10..15));
    let ran = poll("someone-elses");
    assert_eq!(ran.exit_code, 3, "{}", ran.stderr);
    assert_eq!(world.rows(&PLAYS, &[]).len(), 5, "nothing of someone else's is stored");
}

#[test]
fn who_it_is_is_learned_later_when_it_could_not_be_asked_at_first() {
    let (world, spotify) = (World::new(), Spotify::start());
    spotify.plays(page(0..5));
    spotify.profile_answer(Some(403));
    assert_ne!(world.poll(&spotify).exit_code, 0);
    spotify.profile_answer(None);
    world.poll(&spotify).expect_counts(5, 0, 0, 0);
    assert!(world.command(&["account", "add", "bob", "--zone", "UTC"]).output().unwrap().status.success());
    let mut command = world.command(&["spotify", "--account", "bob"]);
    let ran = Ran::of(&command.envs(spotify.settings("from-the-settings")).output().unwrap());
    assert_eq!(ran.exit_code, 2, "a token of the settings is taken once: {}", ran.stderr);
    assert_eq!(world.rows(&PLAYS, &[]).len(), 5);
}

#[test]
fn nobody_elses_plays_are_stored_while_it_cannot_be_asked_whose_they_are() {
    let (world, spotify) = (World::new(), Spotify::start());
    let poll = |token: &str| Ran::of(&world.command(&["spotify"]).envs(spotify.settings(token)).output().unwrap());
    spotify.plays(page(0..5));
    poll("the-first").expect_counts(5, 0, 0, 0);
    spotify.kill_token("the-first");
    spotify.someone_else();
    spotify.plays(page(10..15));
    for (status, exit_code) in [(Some(503), 75), (Some(503), 75), (None, 3), (None, 3)] {
        spotify.profile_answer(status);
        let ran = poll("someone-elses");
        assert_eq!(ran.exit_code, exit_code, "{}", ran.stderr);
        assert_eq!(world.rows(&PLAYS, &[]).len(), 5);
    }
}

#[test]
fn a_login_that_was_taken_away_does_not_come_back_from_the_settings() {
    let (world, spotify) = (World::new(), Spotify::start());
    spotify.plays(page(0..5));
    world.poll(&spotify).expect_counts(5, 0, 0, 0);
    let disconnect = ["account", "disconnect", "spotify", "--erase", "--yes"];
    assert!(world.command(&disconnect).output().unwrap().status.success());
    assert_eq!(world.poll(&spotify).exit_code, 2);
    assert!(world.rows(&PLAYS, &[]).is_empty());
}

#[test]
fn plays_that_a_wrong_clock_refused_are_stored_when_it_is_right() {
    let (world, spotify) = (World::new(), Spotify::start());
    spotify.plays(page(0..5));
    let mut command = world.command(&["spotify"]);
    command.envs(spotify.settings("from-the-settings")).env("TRACKER_NOW", "2020-01-01T00:00:00Z");
    assert_eq!(Ran::of(&command.output().unwrap()).count("rejected"), 5);
    world.poll(&spotify).expect_counts(5, 0, 0, 0);
    assert_eq!(world.rows(&PLAYS, &[]).len(), 5);
    let before = world.rows(&PLAYS, &[]);
    world.ingest(&["replay"]).expect_ok();
    assert_eq!(world.rows(&PLAYS, &[]), before);
}

#[test]
fn without_a_login_the_way_to_one_is_told() {
    let ran = World::new().ingest(&["spotify"]);
    assert_eq!(ran.exit_code, 2);
    assert!(ran.stderr.contains("account connect spotify"), "{}", ran.stderr);
}

#[test]
fn a_poll_that_is_killed() {
    let spotify = Spotify::start();
    let settled =
        |world: &World| (world.plays(), world.rows(&PLAY_CREDITS, &["observation_id", "account_id", "run_id"]).len());
    let prepare = || {
        let world = World::new();
        spotify.plays(page(0..50));
        world.poll(&spotify).expect_ok();
        spotify.plays(page(20..70));
        world
    };
    let calm = prepare();
    let begun = std::time::Instant::now();
    calm.poll(&spotify).expect_ok();
    let (whole, expected) = (begun.elapsed(), settled(&calm));
    for kill in 0..kills() {
        let world = prepare();
        let share = (f64::from(kill) * 0.618_033_988_749) % 1.0;
        let mut command = world.command(&["spotify"]);
        command.envs(spotify.settings("from-the-settings"));
        kill_after(start(&mut command), whole, share);
        world.ingest(&["compact"]).expect_ok();
        world.poll(&spotify).expect_ok();
        assert_eq!(settled(&world), expected, "killed after {share:.2} of the poll");
        assert_eq!(world.bodies(), 2, "killed after {share:.2} of the poll");
    }
}

#[test]
fn what_a_killed_poll_held_is_read_at_the_next_start() {
    let (world, spotify) = (World::new(), Spotify::start());
    spotify.plays(page(0..50));
    world.poll(&spotify).expect_ok();
    // As a kill before the decision leaves it: a pending receipt, and the body as `.partial`.
    let named = |part: &str| world.files("raw").into_iter().find(|path| path.to_string_lossy().contains(part)).unwrap();
    let (body, receipt) = (named(".zst"), named("/polls/"));
    std::fs::rename(&body, body.with_extension("zst.partial")).unwrap();
    std::fs::rename(&receipt, receipt.with_extension("pending.json")).unwrap();
    std::fs::remove_dir_all(world.path("data/src")).unwrap();
    let zip = world.zip("export.zip", &[(AUDIO, rows([row(900, 1)]))]);
    world.import(&zip).expect_counts(1, 0, 0, 0);
    assert_eq!((world.rows(&PLAYS, &[]).len(), world.bodies()), (51, 2));

    // The same once more, now that all of it is known: nothing of it is kept.
    std::fs::rename(&body, body.with_extension("zst.partial")).unwrap();
    std::fs::rename(&receipt, receipt.with_extension("pending.json")).unwrap();
    world.import(&zip).expect_counts(0, 1, 0, 0);
    assert_eq!((world.rows(&PLAYS, &[]).len(), world.bodies()), (51, 1));
}

#[test]
fn during_a_ban_nobody_asks_for_a_token_either() {
    let (world, spotify) = (World::new(), Spotify::start());
    spotify.plays(page(0..3));
    world.poll_at(&spotify, "2024-02-01T00:00:00Z").expect_ok();
    spotify.list_answer(429, json!({"error": {"status": 429, "message": "no", "reason": "QUOTA_EXCEEDED"}}));
    assert_eq!(world.poll_at(&spotify, "2024-02-01T00:30:00Z").exit_code, 75);
    let tokens = spotify.refresh_tokens().len();
    assert_eq!(world.poll_at(&spotify, "2024-02-01T01:00:00Z").exit_code, 75);
    assert_eq!(spotify.refresh_tokens().len(), tokens);
}
