//! What the handlers share.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};

use super::{Options, Shape};
use crate::dice::Dice;
use crate::world::{Account, World};

/// How long an access token is good for.
pub(super) const TOKEN_SECS: i64 = 3_600;

/// The world, the options and what changes while the server runs.
pub(super) struct Shared {
    pub(super) world: Arc<World>,
    pub(super) options: Options,
    /// `http://127.0.0.1:PORT/`
    pub(super) root: String,
    live: Mutex<Live>,
}

/// What changes while the server runs.
pub(super) struct Live {
    pub(super) now: DateTime<Utc>,
    pub(super) requests: BTreeMap<String, u64>,
    /// The access tokens given out: whose, and until when they are good.
    tokens: HashMap<String, (usize, DateTime<Utc>)>,
    dice: Dice,
}

impl Shared {
    pub(super) fn new(world: Arc<World>, options: Options, root: String) -> Self {
        let now = options.now.unwrap_or(world.end());
        let live = Live { now, requests: BTreeMap::new(), tokens: HashMap::new(), dice: Dice::new(0, "access tokens") };
        Self { world, options, root, live: Mutex::new(live) }
    }

    /// What changes; hold it for a moment only.
    pub(super) fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An answer to give instead of the real one. This is the one place for faults: rate
    /// limits, quotas, errors and pauses that a test asks for belong here.
    pub(super) fn fault(&self, _endpoint: &str) -> Option<Response> {
        None
    }

    /// A new access token for an account, by its place in the world.
    pub(super) fn admit(&self, account: usize) -> String {
        let mut live = self.live();
        let token = format!("BQ{}", live.dice.base62(160));
        let until = live.now + TimeDelta::seconds(TOKEN_SECS);
        live.tokens.insert(token.clone(), (account, until));
        token
    }

    /// Whose access token this is, or what is wrong with it in Spotify's words.
    pub(super) fn account_of(&self, token: &str) -> Result<&Account, &'static str> {
        let live = self.live();
        let (account, until) = live.tokens.get(token).ok_or("Invalid access token")?;
        if self.options.tokens_expire && live.now >= *until {
            return Err("The access token expired");
        }
        self.world.accounts().get(*account).ok_or("Invalid access token")
    }

    /// The shape of answers about an account.
    pub(super) fn shape_of(&self, account: &str) -> Shape {
        self.options.shapes.get(account).copied().unwrap_or(self.options.shape)
    }
}
