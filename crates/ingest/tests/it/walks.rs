//! Walks through long histories of listens: killed, through long silences, and past seconds in
//! which more was heard than a page holds.

use std::time::Duration;

use lake::schema::PLAYS;
use simulator::server::{Options, Service};

use crate::heard::Heard;
use crate::killed::{kill_after, kills, start};
use crate::upstream::{SECRET, Upstream};
use crate::world::World;

#[test]
fn a_walk_through_listenbrainz_that_is_killed_goes_on_where_it_was() {
    let options = Options { listens_per_page: 100, ..Options::default() };
    let upstream = Upstream::busy(4_000, options, Some(SECRET));
    let world = World::new();
    world.connect_listenbrainz(&upstream);
    let calm = world.twin();
    let asked = || upstream.requests(Service::ListenBrainz);

    let before = asked();
    calm.job(&upstream, &["listenbrainz"]).expect_ok();
    let whole = asked() - before;
    assert!(whole > 30, "{whole} pages");
    assert_eq!(calm.plays_stored(), upstream.listens());

    let begun = asked();
    let kills = kills() as usize;
    for kill in 1..=kills {
        let mut job = start(&mut world.command_at(&upstream, &["listenbrainz"]));
        while !upstream.is_asked(Service::ListenBrainz, begun + whole * kill / (kills + 1)) {
            assert!(job.try_wait().unwrap().is_none(), "it ended before it was killed");
        }
        // At another moment of what is done with a page each time.
        kill_after(job, Duration::from_millis(25), (kill as f64 * 0.618_033_988_749) % 1.0);
    }
    world.job(&upstream, &["listenbrainz"]).expect_ok();
    let fetched = asked() - begun;
    assert!(fetched <= whole + 3 * kills, "{fetched} requests instead of {whole}, and {kills} kills");
    let rows = |world: &World| world.rows(&PLAYS, &["raw_id", "raw_ordinal", "run_id"]);
    assert_eq!(rows(&world), rows(&calm));
}

#[test]
fn polls_go_on_while_a_long_history_is_walked_through() {
    let options = Options { listens_per_page: 20, ..Options::default() };
    let upstream = Upstream::busy(800, options, Some(SECRET));
    let world = World::new();
    world.log_in(&upstream, &[]);
    world.connect_listenbrainz(&upstream);
    let calm = world.twin();
    let mut walk = start(&mut world.command_at(&upstream, &["listenbrainz"]));
    let mut polls = 0;
    while walk.try_wait().unwrap().is_none() {
        world.job(&upstream, &["spotify"]).expect_ok();
        polls += 1;
    }
    assert!(polls > 2 && walk.wait().unwrap().success(), "{polls} polls");
    // Whatever came in between, the listens are those of a walk that was alone.
    calm.job(&upstream, &["listenbrainz"]).expect_ok();
    let listens = |world: &World| {
        let mut plays = world.plays();
        plays.retain(|play| !play.contains("spotify_api"));
        plays
    };
    assert_eq!(listens(&world), listens(&calm));
}

const DAY: i64 = 24 * 60 * 60;
const FIRST: i64 = 1_500_000_000;

#[test]
fn a_listen_a_month_costs_few_requests() {
    let seconds: Vec<i64> = (0..24).map(|month| FIRST + month * 30 * DAY).collect();
    let now = seconds[23] + DAY;
    let (listens, silent) = (seconds.len(), seconds[23] - FIRST);

    let near = Heard::at(seconds.clone(), 10 * DAY);
    let (world, _) = near.fetched(now);
    assert_eq!(world.plays_stored(), listens);
    // The page that ends with a listen and the one that shows it alone; looks through the silence
    // before it, each at most a quarter shorter than the service can see; and what it took to
    // learn how far that is.
    let looks = usize::try_from(silent * 5 / 4 / (10 * DAY)).unwrap() + listens;
    assert!(near.asked() <= 2 * listens + looks + 20, "{} requests", near.asked());

    let far = Heard::at(seconds, 100_000 * DAY);
    let (world, _) = far.fetched(now);
    assert_eq!(world.plays_stored(), listens);
    assert!(far.asked() <= 3, "{} requests", far.asked());
}

#[test]
fn a_silence_in_a_dense_history_is_crossed_however_far_the_service_sees() {
    const APART: i64 = 600;
    let dense = |from: i64| (0..300).map(move |place| from + place * APART);
    let seconds: Vec<i64> = dense(FIRST).chain(dense(FIRST + 60 * DAY)).collect();
    let now = seconds.last().unwrap() + 60;
    for sight in [DAY / 4, 3 * DAY, 200 * DAY] {
        let heard = Heard::at(seconds.clone(), sight);
        let (world, _) = heard.fetched(now);
        assert_eq!(world.plays_stored(), seconds.len());
        let looks = usize::try_from(60 * DAY * 5 / 4 / sight).unwrap();
        let pages = seconds.len() / usize::try_from(sight / APART).unwrap();
        assert!(heard.asked() <= pages + looks + 30, "{} requests with {sight}", heard.asked());
    }
}

#[test]
fn more_listens_in_one_second_than_a_page_holds_are_told_once() {
    let (quiet, crowded) = (FIRST + 10, FIRST + 20);
    let second = |at: i64, listens: usize| std::iter::repeat_n(at, listens);
    let seconds: Vec<i64> = [FIRST].into_iter().chain(second(quiet, 900)).chain(second(crowded, 2_500)).collect();
    let heard = Heard::at(seconds, 1_000 * DAY);
    let (world, ran) = heard.fetched(crowded + 60);
    assert_eq!(world.plays_stored(), 1 + 900 + 2_000, "a thousand from either side");
    let warnings: Vec<_> = ran.report.warnings.iter().filter(|warning| warning.contains("one second")).collect();
    assert_eq!(warnings.len(), 1, "{:?}", ran.report.warnings);
    assert!(warnings[0].contains(&crowded.to_string()), "{}", warnings[0]);
    assert!(warnings[0].starts_with("me: "), "{}", warnings[0]);

    let again = heard.job(&world, crowded + 60 + DAY, &["listenbrainz"]).expect_ok();
    assert_eq!(again.report.warnings, Vec::<String>::new());
}

#[test]
fn a_second_that_nearly_fills_a_page_is_no_reason_to_worry() {
    let seconds: Vec<i64> = std::iter::repeat_n(FIRST, 999).chain([FIRST + 1, FIRST + 1]).collect();
    let heard = Heard::at(seconds, 1_000 * DAY);
    let (world, ran) = heard.fetched(FIRST + 60);
    assert_eq!(world.plays_stored(), 1_001);
    assert_eq!(ran.report.warnings, Vec::<String>::new());
}

/// 2,500 listens, each half an hour after the one before.
fn months() -> Vec<i64> {
    (0..2_500).map(|place| FIRST + place * 1_800).collect()
}

#[test]
fn the_newest_listens_come_though_old_ones_cannot_be_had() {
    let seconds = months();
    let now = seconds[2_499] + 60;
    let heard = Heard::at(seconds.clone(), 1_000 * DAY);
    let world = heard.connected();
    heard.break_before(seconds[1_600]);
    let ran = heard.job(&world, now, &["listenbrainz"]);
    assert_eq!((ran.exit_code, ran.report.status.as_str()), (75, "failed"), "{}", ran.stderr);
    let begun = world.plays_stored();
    assert_eq!(begun, 1_000, "a page");

    // A page of new ones, and a few of the next day.
    for (day, new) in [(1, 1_200), (2, 5)] {
        let later = now + day * DAY;
        (0..new).for_each(|place| heard.add(later - place * 60));
        let ran = heard.job(&world, later + 60, &["listenbrainz"]);
        assert_eq!(ran.count("stored"), new as u64, "{}", ran.stderr);
        let error = ran.report.error.as_ref().unwrap();
        assert_eq!((ran.exit_code, ran.report.status.as_str(), error.exit_code), (75, "partial", 75));
    }
    assert_eq!(world.plays_stored(), begun + 1_205);
    let status = world.said_to_people(&["status"]);
    assert!(status.contains("not fetched"), "{status}");

    heard.break_before(0);
    let asked = heard.asked();
    heard.job(&world, now + 3 * DAY, &["listenbrainz"]).expect_ok();
    assert_eq!(world.plays_stored(), 2_500 + 1_205);
    assert!(heard.asked() - asked < 8, "it goes on where it was: {} requests", heard.asked() - asked);
    // And nothing is thought to be missing down there.
    heard.break_before(seconds[1_600]);
    for day in 4..8 {
        heard.job(&world, now + day * DAY, &["listenbrainz"]).expect_ok();
    }
}

#[test]
fn everything_once_more_begins_at_the_top_though_a_walk_was_interrupted() {
    let seconds = months();
    let now = seconds[2_499] + 60;
    let heard = Heard::at(seconds.clone(), 1_000 * DAY);
    let world = heard.connected();
    heard.break_before(seconds[1_600]);
    assert_eq!(heard.job(&world, now, &["listenbrainz"]).exit_code, 75);
    // Where the walk has been, and farther back than any look goes.
    heard.add(seconds[1_800] + 60);
    heard.break_before(0);
    heard.job(&world, now, &["listenbrainz", "--all"]).expect_ok();
    assert_eq!(world.plays_stored(), 2_501);
}
