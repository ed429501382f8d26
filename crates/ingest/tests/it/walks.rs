//! Walks through long histories of listens: killed, through long silences, and past seconds in
//! which more was heard than a page holds.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::DateTime;
use lake::schema::PLAYS;
use serde_json::{Value, json};
use simulator::server::{Options, Service};
use tokio::runtime::Runtime;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::killed::{kill_after, kills, start};
use crate::upstream::{SECRET, Upstream};
use crate::world::{Ran, World};

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

/// A ListenBrainz of listens at some seconds, in order, that looks through so many seconds before
/// it says that there is nothing.
struct Heard {
    server: MockServer,
    asked: Arc<Mutex<usize>>,
    _runtime: Runtime,
}

impl Heard {
    fn at(seconds: Vec<i64>, sight: i64) -> Self {
        let asked = Arc::new(Mutex::new(0));
        let count = Arc::clone(&asked);
        let answer = move |request: &Request| {
            *count.lock().unwrap() += 1;
            let body = if request.url.path().ends_with("listen-count") {
                json!({"payload": {"count": seconds.len()}})
            } else {
                page(&seconds, sight, request)
            };
            ResponseTemplate::new(200).set_body_json(body)
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let server = runtime.block_on(async {
            let server = MockServer::start().await;
            Mock::given(method("GET")).respond_with(answer).mount(&server).await;
            server
        });
        Self { server, asked, _runtime: runtime }
    }

    /// Runs a job against it, at some second.
    fn job(&self, world: &World, now: i64, args: &[&str]) -> Ran {
        let mut command = world.command(args);
        command
            .env("LISTENBRAINZ_BASE_URL", self.server.uri())
            .env("TRACKER_NOW", DateTime::from_timestamp(now, 0).unwrap().to_rfc3339());
        Ran::of(&command.output().unwrap())
    }

    /// A world in which all of it was fetched, and what the job said.
    fn fetched(&self, now: i64) -> (World, Ran) {
        let world = World::new();
        let mut connect = world.command(&["account", "connect", "listenbrainz", "--user", "ada"]);
        assert!(connect.env("LISTENBRAINZ_BASE_URL", self.server.uri()).output().unwrap().status.success());
        *self.asked.lock().unwrap() = 0;
        let ran = self.job(&world, now, &["listenbrainz"]).expect_ok();
        (world, ran)
    }

    fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }
}

fn page(seconds: &[i64], sight: i64, request: &Request) -> Value {
    let number = |name: &str| {
        request.url.query_pairs().find(|(key, _)| key == name).and_then(|(_, value)| value.parse::<i64>().ok())
    };
    let count = usize::try_from(number("count").unwrap()).unwrap();
    let all = seconds.iter().copied().enumerate();
    let found: Vec<(usize, i64)> = match (number("min_ts"), number("max_ts")) {
        (Some(after), _) => {
            let mut found: Vec<_> = all.filter(|(_, at)| *at > after && *at <= after + sight).take(count).collect();
            found.reverse();
            found
        }
        (None, before) => {
            let before = before.unwrap_or(seconds.last().unwrap() + 1);
            all.rev().filter(|(_, at)| *at < before && *at >= before - sight).take(count).collect()
        }
    };
    let listen = |(number, at): &(usize, i64)| {
        json!({"listened_at": at, "recording_msid": format!("msid-{number}"),
            "track_metadata": {"artist_name": "A", "track_name": format!("Song {number}")}})
    };
    json!({"payload": {
        "listens": found.iter().map(listen).collect::<Vec<_>>(),
        "oldest_listen_ts": seconds[0],
        "latest_listen_ts": seconds.last(),
    }})
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
