//! Spotify, ListenBrainz, Last.fm, MusicBrainz and those who know places, on loopback, at any
//! moment of a world's history.
//!
//! | request | answer |
//! | --- | --- |
//! | `GET /authorize` | sends the browser back with a code for whoever logs in (no page is shown) |
//! | `POST /api/token` | tokens for a code; an access token for a refresh token |
//! | `GET /v1/me` | the profile |
//! | `GET /v1/me/player/recently-played` | the newest 50 plays, in pages |
//! | `GET /v1/{tracks,albums,artists}/{id}`, `GET /v1/{tracks,albums,artists}?ids=…` | the catalogue |
//! | `GET /listenbrainz/1/validate-token` | whose token it is |
//! | `GET /listenbrainz/1/user/{name}/listens` | listens, in pages |
//! | `GET /listenbrainz/1/user/{name}/listen-count` | how many there are |
//! | `GET`, `POST /listenbrainz/1/metadata/lookup/` | what a pair of names means |
//! | `GET`, `POST /listenbrainz/1/metadata/recording/`, `GET …/artist/` | tags and facts, by MBIDs |
//! | `POST /listenbrainz/1/popularity/{artist,recording,release-group}` | how much they are heard |
//! | `GET /lastfm/2.0/?method=user.getrecenttracks` | scrobbles, in pages |
//! | `GET /musicbrainz/ws/2/url?resource=…` | what is linked to one URL or up to 100 |
//! | `GET /musicbrainz/ws/2/{artist,area,recording,release,release-group}?query=…` | searches, by name or by many ids |
//! | `GET /musicbrainz/ws/2/{artist,area,recording,release,release-group}/{mbid}` | lookups |
//! | `GET /musicbrainz/ws/2/isrc/{isrc}`, `release-group?artist=…` | by ISRC; the albums of an artist |
//! | `GET`, `POST /wikidata/sparql` | where areas are, by their MBIDs |
//! | `GET /nominatim/search`, `GET /openweather/geo/1.0/direct` | where places are, by name |
//!
//! What a test or a script asks of the simulator itself:
//!
//! | request | does |
//! | --- | --- |
//! | `GET`, `POST /_control/now` | the simulated clock: `{"now": "2024-05-01T18:30:00Z"}` |
//! | `GET /_control/accounts` | the accounts, their tokens and their names at each service |
//! | `GET /_control/requests` | how often each endpoint was asked |
//! | `GET /_control/requests/log` | every request: see [`RequestLine`] |
//! | `GET /_control/broken-rules` | which requests broke which [`Rule`] of a service |
//! | `POST /_control/login` | who logs in next, and whether they agree: `{"as": "ada", "deny": false}` |
//! | `POST /_control/revoke` | takes the app's access away: `{"account": "ada"}` |
//! | `GET`, `DELETE /_control/faults` | the faults that are on; all of them off |
//! | `POST /_control/faults` | switches a [`Fault`] on: `{"service", "endpoint", "account", "spared", "times", "fault", …}` → `{"id"}` |
//! | `DELETE /_control/faults/{id}` | switches it off |
//! | `GET /_control/served` | service → account → the numbers of the plays it was given |
//! | `GET /_control/fates` | account → the numbers of the plays that are `late` or `lost` in recently-played |
//!
//! Faults by name, with the fields each may have: see [`FaultKind`]. Endpoints by name: see
//! [`Service::endpoints`].
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use simulator::server::{Fault, FaultKind, Options, RetryAfter, Server, Service};
//! use simulator::{Scenario, World, parse_instant};
//!
//! let world = World::build(&Scenario::default())?;
//! let server = Server::start(world, Options::default()).await?;
//! server.set_now(parse_instant("2023-07-01T12:00:00Z")?);
//! println!("{} {}", server.base_url(), server.refresh_token("alice").unwrap_or_default());
//! let busy = FaultKind::RateLimited { retry_after: RetryAfter::Secs(30) };
//! server.switch_on(Fault::new(Service::Spotify, busy).at("recently-played").times(2))?;
//! # Ok(())
//! # }
//! ```

mod authorize;
mod catalogue;
mod control;
mod encoding;
mod faults;
mod grants;
mod history;
mod journal;
mod lastfm;
mod listenbrainz;
mod manners;
mod musicbrainz;
mod nominatim;
mod openweather;
mod options;
mod redirects;
mod routes;
mod shapes;
mod state;
mod targets;
mod token;
mod web_api;
mod wikidata;

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, Utc};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

pub use self::faults::{ErrorBody, Fault, FaultKind, RetryAfter};
pub use self::journal::{RequestLine, peak};
pub use self::manners::{BrokenRule, Rule};
pub use self::options::{App, Batch, Options, Rotation, Shape};
use self::state::Shared;
pub use self::targets::Service;
use crate::world::World;

/// A running server. It stops when dropped.
pub struct Server {
    shared: Arc<Shared>,
    _stop: oneshot::Sender<()>,
}

impl Server {
    /// Starts a server as a task of the current Tokio runtime.
    ///
    /// # Errors
    /// The port is taken.
    pub async fn start(world: impl Into<Arc<World>>, options: Options) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))
            .await
            .with_context(|| format!("listening on 127.0.0.1:{}", options.port))?;
        let root = format!("http://{}/", listener.local_addr()?);
        let shared = Arc::new(Shared::new(world.into(), options, root));
        let service = axum::serve(listener, routes::router(Arc::clone(&shared)));
        let (stop, stopped) = oneshot::channel::<()>();
        let task = service.with_graceful_shutdown(async {
            // Either way the server was dropped.
            drop(stopped.await);
        });
        tokio::spawn(async { task.await });
        Ok(Self { shared, _stop: stop })
    }

    /// The root of the Web API, such as `http://127.0.0.1:40123/v1/`.
    pub fn base_url(&self) -> String {
        format!("{}v1/", self.shared.root)
    }

    /// The root of the token service, such as `http://127.0.0.1:40123/`.
    pub fn accounts_base_url(&self) -> String {
        self.shared.root.clone()
    }

    /// The root of ListenBrainz, such as `http://127.0.0.1:40123/listenbrainz/1/`.
    pub fn listenbrainz_base_url(&self) -> String {
        format!("{}listenbrainz/1/", self.shared.root)
    }

    /// The root of Last.fm, such as `http://127.0.0.1:40123/lastfm/2.0/`.
    pub fn lastfm_base_url(&self) -> String {
        format!("{}lastfm/2.0/", self.shared.root)
    }

    /// The root of MusicBrainz, such as `http://127.0.0.1:40123/musicbrainz/ws/2/`.
    pub fn musicbrainz_base_url(&self) -> String {
        format!("{}musicbrainz/ws/2/", self.shared.root)
    }

    /// The root of Wikidata's query service, such as `http://127.0.0.1:40123/wikidata/`.
    pub fn wikidata_base_url(&self) -> String {
        format!("{}wikidata/", self.shared.root)
    }

    /// The root of Nominatim, such as `http://127.0.0.1:40123/nominatim/`.
    pub fn nominatim_base_url(&self) -> String {
        format!("{}nominatim/", self.shared.root)
    }

    /// The root of OpenWeather, such as `http://127.0.0.1:40123/openweather/`.
    pub fn openweather_base_url(&self) -> String {
        format!("{}openweather/", self.shared.root)
    }

    /// The refresh token of an account.
    pub fn refresh_token(&self, account: &str) -> Option<String> {
        self.shared.world.account(account).map(|account| account.refresh_token.clone())
    }

    /// Moves the simulated clock.
    pub fn set_now(&self, now: DateTime<Utc>) {
        self.shared.live().now = now;
    }

    /// The simulated clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.shared.live().now
    }

    /// How often each endpoint was asked since the start, such as
    /// `GET /v1/me/player/recently-played`.
    pub fn requests(&self) -> BTreeMap<String, u64> {
        self.shared.live().journal.counts.clone()
    }

    /// Every request to an upstream service since the start, in order.
    pub fn request_log(&self) -> Vec<RequestLine> {
        self.shared.live().journal.lines.clone()
    }

    /// How many requests a service has had since the start.
    pub fn asked(&self, service: Service) -> usize {
        self.shared.live().journal.asked(service)
    }

    /// Waits until a service has had so many requests, but no longer than `at_most`; says whether it has.
    pub fn wait_until_asked(&self, service: Service, times: usize, at_most: Duration) -> bool {
        self.shared.wait_until_asked(service, times, at_most)
    }

    /// The rules of the services that requests broke since the start, in order.
    pub fn broken_rules(&self) -> Vec<BrokenRule> {
        self.shared.live().journal.broken.clone()
    }

    /// Chooses who logs in from now on, at first the first account.
    ///
    /// # Errors
    /// There is no such account.
    pub fn login_as(&self, account: &str) -> anyhow::Result<()> {
        let place = self.shared.place_of(account).with_context(|| format!("no account is called {account}"))?;
        self.shared.live().login_as = place;
        Ok(())
    }

    /// Whether whoever logs in says no.
    pub fn deny_login(&self, denies: bool) {
        self.shared.live().denies_login = denies;
    }

    /// Takes the access of all apps to an account away: its tokens are dead.
    pub fn revoke(&self, account: &str) {
        if let Some(place) = self.shared.place_of(account) {
            self.shared.live().grants.revoke(place);
        }
    }

    /// Switches a fault on; the number is for switching it off.
    ///
    /// # Errors
    /// The service has no such endpoint.
    pub fn switch_on(&self, fault: Fault) -> anyhow::Result<u64> {
        fault.check()?;
        let mut live = self.shared.live();
        let now = live.now;
        Ok(live.faults.switch_on(fault, now))
    }

    /// Switches a fault off; false when it is off already.
    pub fn switch_off(&self, id: u64) -> bool {
        self.shared.live().faults.switch_off(id)
    }

    /// Switches all faults off.
    pub fn clear_faults(&self) {
        self.shared.live().faults.clear();
    }

    /// The [numbers](crate::TruePlay::number) of the plays of an account that were in answers
    /// of a service. Answers that broke off do not count.
    pub fn served(&self, service: Service, account: &str) -> BTreeSet<usize> {
        let place = self.shared.place_of(account);
        place.map(|place| self.shared.live().journal.served(service, place)).unwrap_or_default()
    }

    /// Which plays of an account recently-played shows late or never, whether the world or a
    /// fault has it so.
    pub fn fates(&self, account: &str) -> Fates {
        Self::fates_in(&self.shared, account)
    }

    fn fates_in(shared: &Shared, account: &str) -> Fates {
        let mut fates = Fates::default();
        for play in shared.world.plays_of(account) {
            fates.late.extend(play.is_late.then_some(play.number));
            fates.lost.extend(play.is_lost.then_some(play.number));
        }
        if let Some(place) = shared.place_of(account) {
            let live = shared.live();
            let all = |plays: &BTreeSet<(usize, usize)>| {
                plays.range((place, 0)..(place + 1, 0)).map(|(_, number)| *number).collect::<Vec<_>>()
            };
            fates.late.extend(all(&live.late));
            fates.lost.extend(all(&live.lost));
        }
        fates
    }

    /// The world behind the server.
    pub fn world(&self) -> &World {
        &self.shared.world
    }
}

/// Plays of one account that recently-played does not show as it should, by their
/// [numbers](crate::TruePlay::number).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fates {
    /// Shown some time after they ended, or not even by now.
    pub late: BTreeSet<usize>,
    /// Never shown.
    pub lost: BTreeSet<usize>,
}
