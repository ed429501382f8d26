//! Pages of Last.fm that lack what they count, or that do not say when.

use std::process::Output;
use std::sync::{Arc, Mutex};

use chrono::DateTime;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::world::{Ran, World};

const FIRST: i64 = 1_500_000_000;
const LAST: i64 = 1_760_000_000;
const PAGE: usize = 200;

/// What is done to the rows of a page (newest first), which is asked for with `to` and a number.
type Quirk = dyn Fn(&mut Vec<Value>, Option<i64>, usize) + Send;

/// A Last.fm that counts rightly, whatever it then gives.
pub(crate) struct Lastfm {
    server: MockServer,
    quirk: Arc<Mutex<Box<Quirk>>>,
    _runtime: Runtime,
}

impl Lastfm {
    /// With scrobbles at these seconds, in order.
    fn at(seconds: Vec<i64>) -> Self {
        Self::of(seconds.into_iter().map(scrobble).collect())
    }

    /// With these scrobbles, in order.
    pub(crate) fn of(scrobbles: Vec<Value>) -> Self {
        let second = |row: &Value| row["date"]["uts"].as_str().unwrap().parse::<i64>().unwrap();
        let quirk: Arc<Mutex<Box<Quirk>>> = Arc::new(Mutex::new(Box::new(|_, _, _| ())));
        let own = Arc::clone(&quirk);
        let answer = move |request: &Request| {
            let number = |name: &str| {
                request.url.query_pairs().find(|(key, _)| key == name).and_then(|(_, value)| value.parse::<i64>().ok())
            };
            let (from, to) = (number("from").unwrap_or(0), number("to"));
            let (limit, page) = (number("limit").unwrap() as usize, number("page").unwrap() as usize);
            let is_wanted = |row: &&Value| second(row) >= from && to.is_none_or(|to| second(row) < to);
            let wanted = scrobbles.iter().rev().filter(is_wanted);
            let total = wanted.clone().count();
            let mut rows: Vec<Value> = wanted.skip((page - 1) * limit).take(limit).cloned().collect();
            own.lock().unwrap()(&mut rows, to, page);
            ResponseTemplate::new(200).set_body_json(json!({
                "recenttracks": {"track": rows, "@attr": {"total": total.to_string(), "page": page.to_string()}}
            }))
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let server = runtime.block_on(async {
            let server = MockServer::start().await;
            Mock::given(method("GET")).respond_with(answer).mount(&server).await;
            server
        });
        Self { server, quirk, _runtime: runtime }
    }

    /// From now on pages are changed so.
    fn twist(&self, quirk: impl Fn(&mut Vec<Value>, Option<i64>, usize) + Send + 'static) {
        *self.quirk.lock().unwrap() = Box::new(quirk);
    }

    pub(crate) fn connected(&self) -> World {
        let world = World::new();
        assert_eq!(self.command(&world, 0, &["account", "connect", "lastfm", "--user", "ada"]).status.code(), Some(0));
        world
    }

    /// Fetches, so many days after everything was heard.
    pub(crate) fn fetch(&self, world: &World, day: i64) -> Ran {
        Ran::of(&self.command(world, day, &["lastfm"]))
    }

    fn command(&self, world: &World, day: i64, words: &[&str]) -> Output {
        let now = DateTime::from_timestamp(LAST + day * 86_400, 0).unwrap();
        let mut command = world.command(words);
        command.env("LASTFM_BASE_URL", self.server.uri()).env("LASTFM_API_KEY", "key");
        command.env("TRACKER_NOW", now.to_rfc3339()).env("MUSIC_HTTP__FIRST_WAIT_MS", "1").output().unwrap()
    }
}

fn scrobble(at: i64) -> Value {
    json!({"name": format!("Song {at}"), "artist": {"#text": "A", "mbid": ""}, "album": {"#text": ""}, "mbid": "",
        "date": {"uts": at.to_string(), "#text": "some day"}})
}

/// A thousand scrobbles, one an hour.
fn hours() -> Vec<i64> {
    (0..1_000).map(|hour| FIRST + hour * 3_600).collect()
}

fn warned(ran: &Ran, words: &str) -> bool {
    ran.report.warnings.iter().any(|warning| warning.contains(words))
}

#[test]
fn a_page_without_any_date_is_not_the_end_of_a_history() {
    let lastfm = Lastfm::at(hours());
    let world = lastfm.connected();
    // The second page of the history, which is asked for by time, and none behind it.
    let second = hours()[1_000 - PAGE] + 1;
    lastfm.twist(move |rows, to, page| {
        if to == Some(second) && page == 1 {
            rows.iter_mut().for_each(|row| drop(row.as_object_mut().unwrap().remove("date")));
        }
    });
    let ran = lastfm.fetch(&world, 0).expect_ok();
    assert!(ran.report.status == "partial" && warned(&ran, "without a time"), "{ran:?}");
    // The newest of them was on the page before, with its date.
    assert_eq!((world.plays_stored(), ran.count("rejected")), (1_000 - (PAGE - 1), PAGE as u64));
}

#[test]
fn a_page_that_lacks_what_it_counts_is_told_and_looked_for_again() {
    let lastfm = Lastfm::at(hours());
    let world = lastfm.connected();
    // All of a page but the second that it shares with the one before.
    let second = hours()[1_000 - PAGE] + 1;
    lastfm.twist(move |rows, to, page| {
        if to == Some(second) && page == 1 {
            rows.truncate(1);
        }
    });
    let ran = lastfm.fetch(&world, 0).expect_ok();
    assert!(warned(&ran, "fewer scrobbles on a page"), "{ran:?}");
    let missing = PAGE - 1;
    assert_eq!(world.plays_stored(), 1_000 - missing, "the pages behind it are asked for by number");
    lastfm.twist(|_, _, _| ());
    for day in 1..4 {
        let ran = lastfm.fetch(&world, day).expect_ok();
        assert!(ran.report.warnings.is_empty(), "{ran:?}");
    }
    assert_eq!(world.plays_stored(), 1_000);
}

#[test]
fn a_last_page_that_lacks_what_it_counts_is_no_end_without_a_word() {
    let lastfm = Lastfm::at(hours()[..250].to_vec());
    let world = lastfm.connected();
    let second = hours()[250 - PAGE] + 1;
    lastfm.twist(move |rows, to, _| {
        if to == Some(second) {
            rows.truncate(1);
        }
    });
    let ran = lastfm.fetch(&world, 0).expect_ok();
    assert!(warned(&ran, "fewer scrobbles on a page"), "{ran:?}");
    lastfm.twist(|_, _, _| ());
    for day in 1..4 {
        lastfm.fetch(&world, day).expect_ok();
    }
    assert_eq!(world.plays_stored(), 250);
}
