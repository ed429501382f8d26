//! Spotify: the token service and the Web API.
//!
//! <https://developer.spotify.com/documentation/web-api>

mod profile;
mod refusal;
mod token;

use std::num::NonZeroU32;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use platform::settings;
use reqwest::Client;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

pub use self::profile::Profile;
pub use self::token::{AccessToken, Tokens};
use crate::http::{self, MAX_BODY_BYTES};
use crate::{Answer, Backoff, ClientError};

/// Spotify publishes no number; this is far below what an app in development mode bears.
const REQUESTS_PER_SECOND: NonZeroU32 = NonZeroU32::MIN.saturating_add(3);

/// The client of one app at Spotify, for any number of listeners.
pub struct Spotify {
    http: Client,
    base_url: Url,
    accounts_base_url: Url,
    client_id: String,
    client_secret: Option<SecretString>,
    backoff: Backoff,
    limiter: DefaultDirectRateLimiter,
}

impl Spotify {
    /// A client for the app of these settings.
    ///
    /// # Errors
    /// [`ClientError::Settings`] when they name no app.
    pub fn new(http: Client, settings: &settings::Spotify) -> Result<Self, ClientError> {
        let client_id = settings
            .client_id
            .clone()
            .ok_or_else(|| ClientError::Settings { message: "SPOTIFY_CLIENT_ID is not set".to_owned() })?;
        Ok(Self {
            http,
            base_url: settings.base_url.clone(),
            accounts_base_url: settings.accounts_base_url.clone(),
            client_id,
            client_secret: settings.client_secret.clone(),
            backoff: Backoff::default(),
            limiter: RateLimiter::direct(Quota::per_second(REQUESTS_PER_SECOND)),
        })
    }

    /// Changes how passing troubles are waited out.
    #[must_use]
    pub fn with_backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// Trades a refresh token for an access token. Where the answer has a new refresh token,
    /// the old one may be dead: keep the new one before using the access token.
    ///
    /// One try only: the token service wants half a minute of quiet after a failure, and a
    /// token that works once must not be sent twice in a row.
    ///
    /// # Errors
    /// [`ClientError::Reauthorize`] when the refresh token is dead,
    /// [`ClientError::Settings`] when the app's id or secret is wrong, and the usual ones.
    pub async fn refresh(&self, refresh_token: &SecretString) -> Result<Tokens, ClientError> {
        let url = join(&self.accounts_base_url, "api/token")?;
        let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose_secret())];
        let mut request = self.http.post(url.clone());
        match &self.client_secret {
            Some(secret) => request = request.basic_auth(&self.client_id, Some(secret.expose_secret())),
            None => form.push(("client_id", &self.client_id)),
        }
        self.limiter.until_ready().await;
        let reply = http::send(request.form(&form), &url, MAX_BODY_BYTES).await?;
        if reply.status.as_u16() == 200 { token::read(&reply) } else { Err(refusal::of_accounts(reply)) }
    }

    /// The newest 50 plays of a listener, without a cursor: plays that Spotify lists late
    /// have old times, and a cursor would skip them.
    ///
    /// # Errors
    /// [`ClientError::Unauthorized`] when the access token is stale, and the usual ones.
    pub async fn recently_played(&self, access_token: &AccessToken) -> Result<Answer, ClientError> {
        self.get("me/player/recently-played?limit=50", access_token).await
    }

    /// Who the listener is; see [`Profile::parse`].
    ///
    /// # Errors
    /// [`ClientError::Unauthorized`] when the access token is stale, and the usual ones.
    pub async fn me(&self, access_token: &AccessToken) -> Result<Answer, ClientError> {
        self.get("me", access_token).await
    }

    /// Asks the Web API, again if a passing trouble comes between.
    async fn get(&self, path: &str, access_token: &AccessToken) -> Result<Answer, ClientError> {
        let url = join(&self.base_url, path)?;
        let mut attempt = 0;
        loop {
            let error = match self.get_once(&url, access_token).await {
                Err(error) if error.is_transient() => error,
                decided => return decided,
            };
            let Some(wait) = self.backoff.delay(attempt, error.retry_after(), http::jitter()) else {
                return Err(error);
            };
            tracing::debug!(%url, wait_ms = wait.as_millis() as u64, %error, "trying again");
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    async fn get_once(&self, url: &Url, access_token: &AccessToken) -> Result<Answer, ClientError> {
        self.limiter.until_ready().await;
        let request = self.http.get(url.clone()).bearer_auth(access_token.expose());
        let reply = http::send(request, url, MAX_BODY_BYTES).await?;
        match reply.status.as_u16() {
            200 => Ok(Answer { url: reply.url, status: 200, body: reply.body }),
            _ => Err(refusal::of_web_api(reply)),
        }
    }
}

fn join(base_url: &Url, path: &str) -> Result<Url, ClientError> {
    base_url.join(path).map_err(|_| ClientError::Settings { message: format!("{base_url} is no base URL") })
}
