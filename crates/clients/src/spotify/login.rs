//! From a login that somebody keeps to an access token.

use platform::state::Login;
use secrecy::ExposeSecret;

use super::{AccessToken, Spotify};
use crate::ClientError;

impl Spotify {
    /// Trades the refresh token of a login. A rotated one goes to `keep` before anything else
    /// happens, because the old one may be dead; it is of the same consent, so the day it ends stays
    /// the same.
    ///
    /// A rotated token works once: whoever trades holds the lock of the login's account.
    ///
    /// # Errors
    /// Those of [`Spotify::refresh`]; [`ClientError::Memory`] when the new token could not be kept.
    pub async fn trade<E>(
        &self,
        login: Login,
        keep: impl FnOnce(&Login) -> Result<(), E>,
    ) -> Result<AccessToken, ClientError>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let tokens = self.refresh(&login.refresh_token).await?;
        if let Some(rotated) = tokens.refresh_token
            && rotated.expose_secret() != login.refresh_token.expose_secret()
        {
            let rotated = Login { refresh_token: rotated, ..login };
            keep(&rotated).map_err(|error| ClientError::Memory { source: error.into() })?;
        }
        Ok(tokens.access_token)
    }
}
