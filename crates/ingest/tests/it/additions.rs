//! Old listens that somebody adds in the middle of a history: the service's own count tells.

use std::process::Stdio;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use simulator::parse_instant;
use simulator::server::{Fault, FaultKind, Options, Service};

use crate::upstream::{SECRET, Upstream};
use crate::world::World;

/// One of the services that hold a long history.
#[derive(Debug, Clone, Copy)]
struct Held {
    service: Service,
    job: &'static str,
    connect: fn(&World, &Upstream),
    known: fn(&Upstream) -> usize,
}

const HELD: [Held; 2] = [
    Held {
        service: Service::ListenBrainz,
        job: "listenbrainz",
        connect: World::connect_listenbrainz,
        known: Upstream::listens,
    },
    Held { service: Service::LastFm, job: "lastfm", connect: World::connect_lastfm, known: Upstream::scrobbles },
];

/// A look for what came late needs no more pages; a walk through everything needs more.
const FEW: usize = 5;

fn upstream() -> Upstream {
    Upstream::with(Options { listens_per_page: 100, ..Options::default() }, Some(SECRET))
}

fn withheld(from: DateTime<Utc>, to: DateTime<Utc>) -> FaultKind {
    FaultKind::WithheldPlays { from, to }
}

/// From March to May, the middle of the history.
fn spring() -> FaultKind {
    withheld(parse_instant("2026-03-01T00:00:00Z").unwrap(), parse_instant("2026-06-01T00:00:00Z").unwrap())
}

impl Held {
    /// Half a day later, what is new is fetched: how many requests that took.
    fn later(&self, world: &World, upstream: &Upstream) -> usize {
        upstream.wait(TimeDelta::hours(13));
        let before = upstream.requests(self.service);
        world.job(upstream, &[self.job]).expect_ok();
        upstream.requests(self.service) - before
    }

    /// How many of the next looks walk through everything.
    fn walks(&self, world: &World, upstream: &Upstream, looks: usize) -> usize {
        (0..looks).filter(|_| self.later(world, upstream) > FEW).count()
    }
}

#[test]
fn old_listens_that_are_added_in_the_middle_are_fetched_by_the_next_looks() {
    for held in HELD {
        let (world, upstream) = (World::new(), upstream());
        let fault = upstream.server.switch_on(Fault::new(held.service, spring())).unwrap();
        (held.connect)(&world, &upstream);
        world.job(&upstream, &[held.job]).expect_ok();
        assert_eq!(held.walks(&world, &upstream, 3), 0, "{held:?}");
        assert!(world.plays_stored() + 100 < (held.known)(&upstream), "{held:?}");

        upstream.server.switch_off(fault);
        assert_eq!(held.walks(&world, &upstream, 1), 1, "{held:?}");
        assert_eq!(world.plays_stored(), (held.known)(&upstream), "{held:?}");
        assert_eq!(held.walks(&world, &upstream, 4), 0, "once is enough: {held:?}");
        assert_eq!(world.plays_stored(), (held.known)(&upstream), "{held:?}");
    }
}

/// The count says that something is missing, and so it is looked for once more.
#[test]
fn what_a_page_that_was_empty_by_mistake_hid_is_found_by_another_walk() {
    let (world, upstream, held) = (World::new(), upstream(), HELD[0]);
    let body = json!({"payload": {"count": 0, "listens": [], "latest_listen_ts": 0, "oldest_listen_ts": 0}});
    let fault = Fault::new(held.service, FaultKind::Says { body }).at("listens").after(1).times(2);
    upstream.server.switch_on(fault).unwrap();
    (held.connect)(&world, &upstream);
    world.job(&upstream, &[held.job]).expect_ok();
    assert!(world.plays_stored() + 100 < upstream.listens(), "{} stored", world.plays_stored());
    assert_eq!(held.walks(&world, &upstream, 3), 1);
    assert_eq!(world.plays_stored(), upstream.listens());
    assert_eq!(held.walks(&world, &upstream, 3), 0);
}

#[test]
fn listens_added_on_the_first_day_wait_until_it_is_over() {
    let (world, upstream, held) = (World::new(), upstream(), HELD[0]);
    let fault = upstream.server.switch_on(Fault::new(held.service, spring())).unwrap();
    (held.connect)(&world, &upstream);
    world.job(&upstream, &[held.job]).expect_ok();
    upstream.server.switch_off(fault);
    assert!(held.later(&world, &upstream) <= FEW, "at most once a day");
    assert!(held.later(&world, &upstream) > FEW);
    assert_eq!(world.plays_stored(), upstream.listens());
}

#[test]
fn listens_that_were_deleted_there_are_no_reason_and_hide_none_that_are_added() {
    for held in HELD {
        let (world, upstream) = (World::new(), upstream());
        (held.connect)(&world, &upstream);
        world.job(&upstream, &[held.job]).expect_ok();
        let before = world.plays_stored();
        let winter =
            withheld(parse_instant("2026-01-01T00:00:00Z").unwrap(), parse_instant("2026-02-01T00:00:00Z").unwrap());
        let added = upstream.server.switch_on(Fault::new(held.service, winter)).unwrap();
        upstream.server.switch_on(Fault::new(held.service, spring())).unwrap();
        assert_eq!(held.walks(&world, &upstream, 4), 0, "{held:?}");
        assert!(world.plays_stored() > before, "what is new is fetched all the same, and nothing goes");

        upstream.server.switch_off(added);
        assert_eq!(held.walks(&world, &upstream, 4), 1, "{held:?}");
    }
}

/// ListenBrainz keeps its counts for a while.
#[test]
fn a_count_that_lags_behind_costs_one_walk_at_most() {
    for lag_hours in [1, 11] {
        let (world, upstream, held) = (World::new(), upstream(), HELD[0]);
        (held.connect)(&world, &upstream);
        let mut walks = 0;
        for look in 0..12_i64 {
            // Now it has just counted, now some time ago.
            let lag = TimeDelta::hours(lag_hours * ((look + 1) % 3) / 2);
            let now = upstream.server.now() + TimeDelta::hours(13);
            let recent = withheld(now - lag, now + TimeDelta::days(1));
            let fault = Fault::new(held.service, recent).at("listen-count");
            let fault = upstream.server.switch_on(fault).unwrap();
            walks += usize::from(held.later(&world, &upstream) > FEW);
            upstream.server.switch_off(fault);
            assert_eq!(world.plays_stored(), upstream.listens());
        }
        // The first of them fetched the history.
        assert!(walks <= 2, "{walks} walks with a lag of {lag_hours} hours");
    }
}

#[test]
fn a_walk_that_a_count_began_is_resumed() {
    let (world, upstream, held) = (World::new(), upstream(), HELD[0]);
    let fault = upstream.server.switch_on(Fault::new(held.service, spring())).unwrap();
    (held.connect)(&world, &upstream);
    world.job(&upstream, &[held.job]).expect_ok();
    upstream.server.switch_off(fault);
    upstream.wait(TimeDelta::hours(25));
    // Each of these runs gets some pages, and then nothing any more.
    let mut runs = 0;
    loop {
        let before = upstream.requests(held.service);
        let mut job = world.command_at(&upstream, &[held.job]);
        let mut job = job.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while job.try_wait().unwrap().is_none() && !upstream.is_asked(held.service, before + 8) {}
        drop(job.kill());
        runs += 1;
        if job.wait().unwrap().success() {
            break;
        }
        assert!(runs < 20);
    }
    assert!(runs > 2, "{runs}");
    assert_eq!(world.plays_stored(), upstream.listens());
    assert_eq!(held.walks(&world, &upstream, 3), 0);
}
