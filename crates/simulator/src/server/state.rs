//! What the handlers share.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use super::faults::Faults;
use super::grants::{Grant, Grants};
use super::journal::Journal;
use super::manners::Manners;
use super::options::{App, Options, Shape};
use super::targets::Service;
use crate::world::{Account, Listen, Scrobble, World};

/// The scope that tokens from the beginning have.
const SCOPE: &str = "user-read-recently-played";

/// The world, the options and what changes while the server runs.
pub(super) struct Shared {
    pub(super) world: Arc<World>,
    pub(super) options: Options,
    /// `http://127.0.0.1:PORT/`
    pub(super) root: String,
    /// On the real clock, which nobody can set.
    pub(super) started: Instant,
    apps: Vec<App>,
    live: Mutex<Live>,
    /// Woken by each request.
    pub(super) noted: Condvar,
    /// What the other services were told of each account, made when it is first asked for.
    told: Vec<OnceLock<Told>>,
}

/// What ListenBrainz and Last.fm were told of an account.
pub(super) struct Told {
    pub(super) listens: Vec<Listen>,
    pub(super) scrobbles: Vec<Scrobble>,
}

/// What changes while the server runs.
pub(super) struct Live {
    pub(super) now: DateTime<Utc>,
    pub(super) journal: Journal,
    pub(super) manners: Manners,
    pub(super) faults: Faults,
    pub(super) grants: Grants,
    /// Who logs in next, by the place in the world.
    pub(super) login_as: usize,
    pub(super) denies_login: bool,
    /// Plays that faults hid for ever, and for a while: place of the account and number.
    pub(super) lost: BTreeSet<(usize, usize)>,
    pub(super) late: BTreeSet<(usize, usize)>,
    /// Requests that ListenBrainz answered in which ten seconds.
    pub(super) listenbrainz_window: (i64, u32),
}

impl Shared {
    pub(super) fn new(world: Arc<World>, options: Options, root: String) -> Self {
        let mut grants = Grants::new();
        for (account, known) in world.accounts().iter().enumerate() {
            let (scope, authorized_at) = (SCOPE.to_owned(), options.authorized_at);
            grants
                .adopt(&known.refresh_token, Grant { account, client_id: None, scope, challenge: None, authorized_at });
        }
        let live = Live {
            now: options.now.unwrap_or(world.end()),
            journal: Journal::default(),
            manners: Manners::default(),
            faults: Faults::default(),
            grants,
            login_as: 0,
            denies_login: false,
            lost: BTreeSet::new(),
            late: BTreeSet::new(),
            listenbrainz_window: (0, 0),
        };
        let told = world.accounts().iter().map(|_| OnceLock::new()).collect();
        let (apps, live, noted) = (options.registered(), Mutex::new(live), Condvar::new());
        Self { apps, world, options, root, started: Instant::now(), live, noted, told }
    }

    /// What changes; hold it for a moment only.
    pub(super) fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a service has had so many requests, but no longer than `at_most`; says whether it has.
    pub(super) fn wait_until_asked(&self, service: Service, times: usize, at_most: Duration) -> bool {
        let is_early = |live: &mut Live| live.journal.asked(service) < times;
        let waited = self.noted.wait_timeout_while(self.live(), at_most, is_early);
        waited.unwrap_or_else(PoisonError::into_inner).0.journal.asked(service) >= times
    }

    /// The app with this client id. Where none are registered, every id but the empty one is
    /// good.
    pub(super) fn app(&self, client_id: &str) -> Result<Option<&App>, ()> {
        if self.apps.is_empty() && !client_id.is_empty() {
            return Ok(None);
        }
        self.apps.iter().find(|app| app.client_id == client_id).map(Some).ok_or(())
    }

    /// Whose access token this is, or what is wrong with it in Spotify's words.
    pub(super) fn access(&self, token: &str) -> Result<(usize, String), &'static str> {
        let live = self.live();
        let access = live.grants.access(token).ok_or("Invalid access token")?;
        if self.options.tokens_expire && live.now >= access.until {
            return Err("The access token expired");
        }
        Ok((access.grant.account, access.grant.scope.clone()))
    }

    /// The account in a place.
    pub(super) fn account(&self, place: usize) -> &Account {
        &self.world.accounts()[place]
    }

    /// The place of the account with this name.
    pub(super) fn place_of(&self, name: &str) -> Option<usize> {
        self.world.accounts().iter().position(|account| account.name == name)
    }

    /// The name of the account in a place.
    pub(super) fn name_of(&self, place: usize) -> &str {
        &self.account(place).name
    }

    /// The shape of answers about an account.
    pub(super) fn shape_of(&self, account: &str) -> Shape {
        self.options.shapes.get(account).copied().unwrap_or(self.options.shape)
    }

    /// What the other services were told of the account in a place.
    pub(super) fn told(&self, place: usize) -> &Told {
        self.told[place].get_or_init(|| {
            let (world, account) = (&self.world, self.account(place));
            Told { listens: world.listens_of(account), scrobbles: world.scrobbles_of(account) }
        })
    }
}
