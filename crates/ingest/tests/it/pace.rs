//! The pace of real programs: several at once, killed ones and those that follow them keep one
//! distance between the requests to a service, whoever makes them.
//!
//! What can be promised is the moment before which a request does not leave: its slot in the state
//! database. A packet may be late, and the next one not, so the gap between two arrivals may be a
//! little shorter than the gap between their slots; no request arrives before its slot.

use std::process::{Child, Stdio};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use ingest::{account, connect, spotify};
use platform::{Clock, JobContext, Settings, SystemClock, new_run_id};
use rusqlite::Connection;
use simulator::server::{Options, Server, Service};
use simulator::{AccountPlan, Elsewhere, Scenario, parse_instant};
use tokio::runtime::Runtime;

use crate::world::World;

const LISTENERS: [&str; 3] = ["ada", "bob", "eve"];

/// Three listeners, whom all services know, in the time of this machine.
struct House {
    folder: World,
    server: Server,
    _runtime: Runtime,
}

impl House {
    fn new() -> Self {
        let mut scenario = Scenario::new(4)
            .between(parse_instant("2024-03-01").unwrap(), parse_instant("2024-06-01").unwrap())
            .plays_per_account(700)
            .artists(40)
            .elsewhere(Elsewhere::everything(30));
        for name in LISTENERS {
            scenario = scenario.account(AccountPlan::at_home(name, chrono_tz::UTC));
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let world = simulator::World::build(&scenario).unwrap();
        let server = runtime.block_on(Server::start(world, Options::default())).unwrap();
        let house = Self { folder: World::new(), server, _runtime: runtime };
        for name in LISTENERS {
            house.move_in(name);
        }
        house
    }

    fn move_in(&self, name: &str) {
        let context = self.context(None);
        let world = self.server.world();
        let (listenbrainz, lastfm) = {
            let account = world.account(name).unwrap();
            (account.listenbrainz_name.clone(), account.lastfm_name.clone())
        };
        account::add(&context, name, Some("UTC"), None).unwrap();
        for (service, user) in [("listenbrainz", listenbrainz), ("lastfm", lastfm)] {
            let (service, account) = (service.to_owned(), Some(name.to_owned()));
            let request = connect::Request { service, account, user: Some(user), ..connect::Request::default() };
            connect::connect(&context, &request).unwrap();
        }
        spotify::poll(&self.context(self.server.refresh_token(name)), Some(name)).unwrap();
    }

    fn vars(&self) -> Vec<(String, String)> {
        let vars = [
            ("SPOTIFY_CLIENT_ID", "id".to_owned()),
            ("SPOTIFY_CLIENT_SECRET", "secret".to_owned()),
            ("SPOTIFY_BASE_URL", self.server.base_url()),
            ("SPOTIFY_ACCOUNTS_BASE_URL", self.server.accounts_base_url()),
            ("LISTENBRAINZ_BASE_URL", self.server.listenbrainz_base_url()),
            ("LASTFM_BASE_URL", self.server.lastfm_base_url()),
            ("LASTFM_API_KEY", "key".to_owned()),
        ];
        vars.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn context(&self, refresh_token: Option<String>) -> JobContext {
        let data = self.folder.path("data").to_str().unwrap().to_owned();
        let mut vars = self.vars();
        vars.extend([("ENVIRONMENT".to_owned(), "testing".to_owned()), ("DATA_DIR".to_owned(), data)]);
        vars.extend(refresh_token.map(|token| ("SPOTIFY_REFRESH_TOKEN".to_owned(), token)));
        let settings = Settings::from_vars(&vars.into_iter().collect()).unwrap();
        let run_id = new_run_id(SystemClock.now());
        JobContext::new(settings, self.folder.data(), std::sync::Arc::new(SystemClock), run_id)
    }

    /// A program that fetches for one listener, at this pace.
    fn start(&self, job: &str, name: &str, pace: TimeDelta) -> Child {
        let mut command = self.folder.command(&[job, "--account", name]);
        command.envs(self.vars()).stdout(Stdio::null()).stderr(Stdio::null());
        let spacing = format!("MUSIC_{}__SPACING_MS", job.to_uppercase());
        command.env(spacing, pace.num_milliseconds().to_string()).spawn().unwrap()
    }

    /// When requests to a service arrived by the clock of this machine, from the `from`th on.
    fn arrivals(&self, service: Service, from: usize) -> Vec<DateTime<Utc>> {
        let log = self.server.request_log();
        let mut times: Vec<_> = log.iter().filter(|line| line.service == service).map(|line| line.really_at).collect();
        times.drain(..from);
        times.sort_unstable();
        times
    }

    /// The moments that requests to a service were given, from the `from`th on.
    fn slots(&self, line: &str, from: usize) -> Vec<DateTime<Utc>> {
        let state = Connection::open(self.folder.data().state_db()).unwrap();
        let mut query = state.prepare("select at_ms from requests where service = ?1 order by rowid").unwrap();
        let times = query.query_map([line], |row| row.get(0)).unwrap();
        let mut times: Vec<_> = times.map(|ms| DateTime::from_timestamp_millis(ms.unwrap()).unwrap()).collect();
        times.drain(..from);
        times.sort_unstable();
        times
    }
}

/// How long it is waited for a request before it is looked whether the program still runs.
const A_MOMENT: Duration = Duration::from_millis(50);

/// Runs `job` for everybody at once, twice, with a killed program in between.
#[track_caller]
fn check(service: Service, job: &str, line: &str, pace_ms: i64, least: usize) {
    let (house, pace) = (House::new(), TimeDelta::milliseconds(pace_ms));
    let (asked, given) = (house.arrivals(service, 0).len(), house.slots(line, 0).len());
    assert_eq!(asked, given, "every request was counted");
    let everybody = || {
        for mut program in LISTENERS.map(|name| house.start(job, name, pace)) {
            assert!(program.wait().unwrap().success());
        }
    };
    everybody();
    let (arrivals, slots) = (house.arrivals(service, asked), house.slots(line, given));
    assert_eq!(arrivals.len(), slots.len(), "every request was given a moment, and used it");

    let mut killed = house.start(job, LISTENERS[0], pace);
    let first = asked + arrivals.len() + 1;
    while !house.server.wait_until_asked(service, first, A_MOMENT) && killed.try_wait().unwrap().is_none() {}
    killed.kill().unwrap();
    killed.wait().unwrap();
    everybody();

    let (arrivals, slots) = (house.arrivals(service, asked), house.slots(line, given));
    assert!(arrivals.len() >= least, "only {} requests", arrivals.len());
    // The killed program may have been given a moment that it did not live to see.
    assert!((arrivals.len()..=arrivals.len() + 1).contains(&slots.len()), "{arrivals:?} {slots:?}");
    for (place, pair) in slots.windows(2).enumerate() {
        assert!(pair[1] - pair[0] >= pace, "moments {place} and {}: {} and {}", place + 1, pair[0], pair[1]);
    }
    for (place, (arrival, slot)) in arrivals.iter().zip(&slots).enumerate() {
        assert!(arrival >= slot, "request {place} came at {arrival}, before its moment {slot}");
    }
}

#[test]
fn programs_ask_spotify_in_turn() {
    check(Service::Spotify, "spotify", "spotify/default", 150, 12);
}

#[test]
fn programs_ask_listenbrainz_in_turn() {
    check(Service::ListenBrainz, "listenbrainz", "listenbrainz", 100, 9);
}

#[test]
fn programs_ask_lastfm_in_turn() {
    check(Service::LastFm, "lastfm", "lastfm", 60, 12);
}
