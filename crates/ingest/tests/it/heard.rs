//! A ListenBrainz on loopback with listens at moments that a test chooses.

use std::sync::{Arc, Mutex};

use chrono::DateTime;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::world::{Ran, World};

/// A ListenBrainz of listens at some seconds, in order, that looks through so many seconds before
/// it says that there is nothing.
pub(crate) struct Heard {
    server: MockServer,
    asked: Arc<Mutex<usize>>,
    seconds: Arc<Mutex<Vec<i64>>>,
    /// What is before this second cannot be had.
    broken_before: Arc<Mutex<i64>>,
    _runtime: Runtime,
}

impl Heard {
    pub(crate) fn at(seconds: Vec<i64>, sight: i64) -> Self {
        let (asked, broken_before, seconds) =
            (Arc::new(Mutex::new(0)), Arc::new(Mutex::new(0)), Arc::new(Mutex::new(seconds)));
        let (count, broken, all) = (Arc::clone(&asked), Arc::clone(&broken_before), Arc::clone(&seconds));
        let answer = move |request: &Request| {
            *count.lock().unwrap() += 1;
            let seconds = all.lock().unwrap();
            let body = if request.url.path().ends_with("listen-count") {
                json!({"payload": {"count": seconds.len()}})
            } else if number(request, "max_ts").is_some_and(|before| before <= *broken.lock().unwrap()) {
                return ResponseTemplate::new(502);
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
        Self { server, asked, seconds, broken_before, _runtime: runtime }
    }

    /// Somebody adds a listen.
    pub(crate) fn add(&self, second: i64) {
        let mut seconds = self.seconds.lock().unwrap();
        seconds.push(second);
        seconds.sort_unstable();
    }

    pub(crate) fn break_before(&self, second: i64) {
        *self.broken_before.lock().unwrap() = second;
    }

    /// Runs a job against it, at some second.
    pub(crate) fn job(&self, world: &World, now: i64, args: &[&str]) -> Ran {
        let mut command = world.command(args);
        command
            .env("LISTENBRAINZ_BASE_URL", self.server.uri())
            .env("MUSIC_HTTP__FIRST_WAIT_MS", "1")
            .env("TRACKER_NOW", DateTime::from_timestamp(now, 0).unwrap().to_rfc3339());
        Ran::of(&command.output().unwrap())
    }

    pub(crate) fn connected(&self) -> World {
        let world = World::new();
        let mut connect = world.command(&["account", "connect", "listenbrainz", "--user", "ada"]);
        assert!(connect.env("LISTENBRAINZ_BASE_URL", self.server.uri()).output().unwrap().status.success());
        *self.asked.lock().unwrap() = 0;
        world
    }

    /// A world in which all of it was fetched, and what the job said.
    pub(crate) fn fetched(&self, now: i64) -> (World, Ran) {
        let world = self.connected();
        let ran = self.job(&world, now, &["listenbrainz"]).expect_ok();
        (world, ran)
    }

    pub(crate) fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }
}

/// A number of the query.
fn number(request: &Request, name: &str) -> Option<i64> {
    request.url.query_pairs().find(|(key, _)| key == name).and_then(|(_, value)| value.parse().ok())
}

fn page(seconds: &[i64], sight: i64, request: &Request) -> Value {
    let count = usize::try_from(number(request, "count").unwrap()).unwrap();
    let all = seconds.iter().copied().enumerate();
    let found: Vec<(usize, i64)> = match (number(request, "min_ts"), number(request, "max_ts")) {
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
    let first = |at: i64| seconds.partition_point(|one| *one < at);
    let listen = |(place, at): &(usize, i64)| {
        let number = format!("{at}-{}", place - first(*at));
        json!({"listened_at": at, "recording_msid": format!("msid-{number}"),
            "track_metadata": {"artist_name": "A", "track_name": format!("Song {number}")}})
    };
    json!({"payload": {
        "listens": found.iter().map(listen).collect::<Vec<_>>(),
        "oldest_listen_ts": seconds[0],
        "latest_listen_ts": seconds.last(),
    }})
}
