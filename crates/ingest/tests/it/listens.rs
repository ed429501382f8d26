//! `ingest listenbrainz` and `ingest lastfm`: the whole history, and later what is new.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use lake::parts;
use lake::schema::{PLAY_CREDITS, PLAYS};
use lake::{Manifest, Partition};
use serde_json::json;
use simulator::server::{Fault, FaultKind, Options, Service};
use tokio::runtime::Runtime;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::recorded_pages::recorded_of;
use crate::upstream::Upstream;
use crate::world::World;

impl World {
    pub(crate) fn connect_listenbrainz(&self, upstream: &Upstream) {
        let (code, said) = self.says(upstream, &["account", "connect", "listenbrainz", "--user", "ada-listens"]);
        assert_eq!(code, 0, "{said}");
    }

    pub(crate) fn connect_lastfm(&self, upstream: &Upstream) {
        let (code, said) = self.says(upstream, &["account", "connect", "lastfm", "--user", "ada_fm"]);
        assert_eq!(code, 0, "{said}");
    }

    pub(crate) fn plays_stored(&self) -> usize {
        let (data, plays) = (self.data(), Manifest::read(&self.data(), &PLAYS).unwrap());
        let partitions: BTreeSet<&Partition> = plays.files.iter().map(|part| &part.partition).collect();
        partitions.into_iter().map(|partition| parts::known(&data, &plays, partition).unwrap().plays.len()).sum()
    }
}

#[test]
fn the_whole_history_of_listenbrainz_comes_at_first_and_then_what_is_new() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.connect_listenbrainz(&upstream);
    world.job(&upstream, &["listenbrainz"]).expect_ok();
    let known = upstream.listens();
    assert!(known > 1_000);
    assert_eq!(world.plays_stored(), known);
    let before = upstream.requests(Service::ListenBrainz);
    let ran = world.job(&upstream, &["listenbrainz"]).expect_ok();
    assert_eq!(ran.count("stored"), 0);
    assert_eq!(upstream.requests(Service::ListenBrainz) - before, 1, "nothing new costs one request");
    for _ in 0..6 {
        upstream.wait(TimeDelta::hours(13));
        world.job(&upstream, &["listenbrainz"]).expect_ok();
        assert_eq!(world.plays_stored(), upstream.listens(), "late ones, too");
    }
    let before = world.rows(&PLAYS, &[]);
    world.ingest(&["replay"]).expect_ok();
    assert_eq!(world.rows(&PLAYS, &[]), before);
}

#[test]
fn an_empty_page_is_not_taken_for_the_end() {
    // It gives up after some 25 hours of silence: every day off looks like the end.
    let options = Options { listen_window: TimeDelta::seconds(3), ..Options::default() };
    let (world, upstream) = (World::new(), Upstream::quiet(options));
    let (life, now) = (upstream.server.world(), upstream.server.now().timestamp());
    let times: Vec<i64> = life.listens_of(life.account("ada").unwrap()).iter().map(|one| one.listened_at).collect();
    let days_off = times.windows(2).filter(|pair| pair[1] < now && pair[1] - pair[0] > 90_000).count();
    assert!(days_off > 2, "{days_off} days off");
    world.connect_listenbrainz(&upstream);
    world.job(&upstream, &["listenbrainz"]).expect_ok();
    assert_eq!(world.plays_stored(), upstream.listens());
}

#[test]
fn a_mapping_that_comes_later_says_more_about_the_same_play() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.connect_listenbrainz(&upstream);
    world.job(&upstream, &["listenbrainz"]).expect_ok();
    let changed = (0..8).map(|_| {
        upstream.wait(TimeDelta::days(1));
        world.job(&upstream, &["listenbrainz"]).expect_ok().count("changed")
    });
    assert!(changed.sum::<u64>() > 0);
    assert!(world.rows(&PLAYS, &[]).len() > world.plays_stored());
}

#[test]
fn listens_know_their_program_and_which_end_they_tell() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.connect_listenbrainz(&upstream);
    world.job(&upstream, &["listenbrainz"]).expect_ok();
    let rows = world.rows(&PLAYS, &[]);
    let of =
        |client: &str| rows.iter().filter(|row| row.split('|').nth(4).unwrap().contains(client)).collect::<Vec<_>>();
    let (navidrome, copied) = (of("navidrome"), of("listenbrainz"));
    assert!(navidrome.len() > 100 && copied.len() > 1_000);
    assert!(navidrome.iter().all(|row| row.split('|').nth(7).unwrap().contains("start")));
    assert!(copied.iter().all(|row| row.split('|').nth(7).unwrap().contains("end")));
}

#[test]
fn the_whole_history_of_lastfm_comes_at_first_and_then_what_is_new() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.connect_lastfm(&upstream);
    world.job(&upstream, &["lastfm"]).expect_ok();
    assert!(upstream.scrobbles() > 1_000);
    assert_eq!(world.plays_stored(), upstream.scrobbles());
    for _ in 0..4 {
        upstream.wait(TimeDelta::hours(13));
        world.job(&upstream, &["lastfm"]).expect_ok();
        assert_eq!(world.plays_stored(), upstream.scrobbles());
    }
    assert_eq!(world.rows(&PLAY_CREDITS, &[]).len(), world.rows(&PLAYS, &[]).len());
    assert!(world.says(&upstream, &["account", "connect", "lastfm", "--user", "nobody-at-all"]).0 != 0);
}

/// The service counts more than it shows: that is a trouble, and nothing is lost by it.
#[test]
fn an_empty_page_of_lastfm_is_not_taken_for_the_end() {
    for good_pages in [1, 6] {
        let (world, upstream) = (World::new(), Upstream::start());
        world.connect_lastfm(&upstream);
        let body = json!({"recenttracks": {"track": [], "@attr": {"total": "1800"}}});
        let nothing = || Fault::new(Service::LastFm, FaultKind::Says { body: body.clone() }).after(good_pages);
        let fault = upstream.server.switch_on(nothing()).unwrap();
        let ran = world.job(&upstream, &["lastfm"]);
        assert_eq!((ran.exit_code, ran.report.status.as_str()), (75, "failed"), "{}", ran.stderr);
        let (stored, asked) = (world.plays_stored(), upstream.requests(Service::LastFm));
        assert!(stored < upstream.scrobbles(), "{stored}");
        upstream.server.switch_off(fault);
        world.job(&upstream, &["lastfm"]).expect_ok();
        assert_eq!(world.plays_stored(), upstream.scrobbles());
        let whole = upstream.scrobbles() / 199 + 6;
        let left = whole - (good_pages as usize - 1);
        assert!(upstream.requests(Service::LastFm) - asked <= left, "it goes on where it was");

        // What passes within seconds is waited out by the run itself.
        let patient = World::new();
        patient.connect_lastfm(&upstream);
        upstream.server.switch_on(nothing().times(2)).unwrap();
        patient.job(&upstream, &["lastfm"]).expect_ok();
        assert_eq!(patient.plays_stored(), upstream.scrobbles());
    }
}

/// A scrobble that stands twice on a page, or on two pages, was one play.
#[test]
fn a_scrobble_that_is_told_twice_is_one_play() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.connect_lastfm(&upstream);
    upstream.server.switch_on(Fault::new(Service::LastFm, FaultKind::DuplicatedPlays {})).unwrap();
    world.job(&upstream, &["lastfm"]).expect_ok();
    assert_eq!(world.plays_stored(), upstream.scrobbles());
    world.ingest(&["replay"]).expect_ok();
    assert_eq!(world.plays_stored(), upstream.scrobbles());
}

/// A Last.fm of 2,000 scrobbles, one every ten minutes, that breaks down after some pages, and
/// keeps the `to` of each request.
fn scrobbles(good_pages: Arc<Mutex<usize>>, asked: Arc<Mutex<Vec<Option<i64>>>>) -> (MockServer, Runtime) {
    const FIRST: i64 = 1_700_000_000;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let answer = move |request: &Request| {
        let number = |name: &str| {
            request.url.query_pairs().find(|(key, _)| key == name).and_then(|(_, value)| value.parse::<i64>().ok())
        };
        let (from, to, limit) = (number("from"), number("to"), number("limit").unwrap());
        let mut left = good_pages.lock().unwrap();
        if limit > 1 {
            if *left == 0 {
                return ResponseTemplate::new(500).set_body_string("{\"error\":8,\"message\":\"later\"}");
            }
            *left -= 1;
            asked.lock().unwrap().push(to);
        }
        let times = (0..2_000).map(|place| FIRST + place * 600).rev();
        let wanted = times.filter(|at| from.is_none_or(|from| *at >= from) && to.is_none_or(|to| *at < to));
        let track =
            |at: i64| json!({"name": format!("Song {at}"), "artist": {"#text": "A"}, "date": {"uts": at.to_string()}});
        let tracks: Vec<_> = wanted.take(usize::try_from(limit).unwrap()).map(track).collect();
        ResponseTemplate::new(200).set_body_json(json!({"recenttracks": {"track": tracks}}))
    };
    let server = runtime.block_on(async {
        let server = MockServer::start().await;
        Mock::given(method("GET")).respond_with(answer).mount(&server).await;
        server
    });
    (server, runtime)
}

#[test]
fn a_walk_that_breaks_off_goes_on_where_it_was() {
    let (good_pages, asked) = (Arc::new(Mutex::new(0)), Arc::default());
    let (server, _runtime) = scrobbles(Arc::clone(&good_pages), Arc::clone(&asked));
    let world = World::new();
    let job = |args: &[&str]| {
        let mut command = world.command(args);
        command.env("LASTFM_BASE_URL", server.uri()).env("LASTFM_API_KEY", "key").output().unwrap()
    };
    assert!(job(&["account", "connect", "lastfm", "--user", "ada_fm"]).status.success());
    let mut runs = 0;
    while {
        *good_pages.lock().unwrap() = 3;
        runs += 1;
        !job(&["lastfm"]).status.success()
    } {
        assert!(runs < 10);
    }
    assert!(runs > 3, "{runs}");
    assert_eq!(world.plays_stored(), 2_000);
    // Each page begins with the second at which the one before it ended: 199 new ones a page.
    let mut pages = asked.lock().unwrap().clone();
    let fetched = pages.len();
    pages.sort_unstable();
    pages.dedup();
    assert!(fetched - pages.len() <= 2, "{fetched} requests for {} pages", pages.len());
    assert!(pages.len() <= 2_000 / 199 + 3, "{} pages", pages.len());
}

#[test]
fn an_export_of_listenbrainz_is_the_same_history() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.connect_listenbrainz(&upstream);
    world.job(&upstream, &["listenbrainz"]).expect_ok();
    let before = world.plays_stored();
    let Some(zip) = recorded_of("listenbrainz", "koito__listenbrainz_shoko1_1749780844.zip") else { return };
    let path = world.file("listenbrainz.zip", zip);
    let ran = world.ingest(&["import", path.to_str().unwrap(), "--yes"]).expect_ok();
    assert!(ran.count("stored") > 0 && ran.count("rejected") == 0, "{:?}", ran.report.counts);
    assert_eq!(world.plays_stored() as u64, before as u64 + ran.count("stored"));
    world.ingest(&["import", path.to_str().unwrap()]).expect_counts(0, ran.count("rows"), 0, 0);
    world.ingest(&["replay"]).expect_ok();
    assert_eq!(world.plays_stored() as u64, before as u64 + ran.count("stored"));
}
