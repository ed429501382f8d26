//! An access token for Spotify's catalogue: anybody's login will do, since the catalogue is the
//! same for all.

use std::sync::Mutex;

use clients::spotify::AccessToken;
use clients::{ClientError, Spotify};
use platform::files::FileLock;
use platform::state::{Account, AccountId, Login};
use platform::{JobContext, Sealer, StateDb};

const SPOTIFY: &str = "spotify";

/// The login of one account, and its access token once there is one.
pub(crate) struct Token {
    account_id: AccountId,
    lock: std::path::PathBuf,
    state: Mutex<StateDb>,
    sealer: Sealer,
    current: Mutex<Option<AccessToken>>,
}

impl Token {
    /// The login of the first account that has a sound one.
    ///
    /// # Errors
    /// Database errors.
    pub(crate) fn of_somebody(context: &JobContext) -> anyhow::Result<Option<Self>> {
        let state = context.state()?;
        let sealer = context.sealer()?;
        for Account { account_id, .. } in state.accounts()? {
            let is_sound = state
                .connection(SPOTIFY, &account_id)?
                .is_some_and(|connection| connection.trouble.is_none() && !connection.is_paused);
            if is_sound && state.has_login(SPOTIFY, &account_id)? {
                let lock = context.data.lock(&format!("account-{account_id}"));
                let (state, current) = (Mutex::new(state), Mutex::new(None));
                return Ok(Some(Self { account_id, lock, state, sealer, current }));
            }
        }
        Ok(None)
    }

    /// The access token; a fresh one when there is none. A poll that is refreshing the same
    /// login at the moment is waited for: a rotated refresh token works only once.
    ///
    /// # Errors
    /// Those of the token service, and of the state database.
    pub(crate) async fn get(&self, client: &Spotify) -> Result<AccessToken, ClientError> {
        let memory = |source: anyhow::Error| ClientError::Memory { source: source.into() };
        if let Some(token) = self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone() {
            return Ok(token);
        }
        let _lock = FileLock::wait(&self.lock).map_err(|error| memory(error.into()))?;
        let login = {
            let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            state.login(SPOTIFY, &self.account_id, &self.sealer).map_err(memory)?
        };
        let login = login.ok_or_else(|| ClientError::Settings { message: "the login is gone".to_owned() })?;
        let keep = |rotated: &Login| {
            let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            state.store_login(SPOTIFY, &self.account_id, rotated, &self.sealer)
        };
        let access_token = client.trade(login, keep).await?;
        let mut current = self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Ok(current.insert(access_token).clone())
    }

    /// The next one must be fresh.
    pub(crate) fn forget(&self) {
        *self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = None;
    }
}
