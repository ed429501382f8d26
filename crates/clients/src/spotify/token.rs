//! The answer of the token service.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::ClientError;
use crate::http::Reply;

/// Spotify's access tokens have always lived for an hour.
const USUAL_LIFETIME_SECS: u64 = 3_600;

/// Opens the Web API to one listener's data for about an hour. It is never shown.
#[derive(Debug, Clone)]
pub struct AccessToken(SecretString);

impl AccessToken {
    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<SecretString> for AccessToken {
    fn from(token: SecretString) -> Self {
        Self(token)
    }
}

/// What a refresh gives.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// For the requests that follow.
    pub access_token: AccessToken,
    /// Replaces the refresh token that was sent; absent when that one stays good.
    pub refresh_token: Option<SecretString>,
    /// The lifetime of the access token. That of the refresh token is told nowhere.
    pub expires_in: Duration,
}

#[derive(Deserialize)]
struct Body {
    access_token: SecretString,
    refresh_token: Option<SecretString>,
    expires_in: Option<f64>,
}

/// Reads a success. The error names a place and no content, because the content is secret.
pub(super) fn read(reply: &Reply) -> Result<Tokens, ClientError> {
    let body: Body = serde_json::from_slice(&reply.body).map_err(|error| ClientError::Unreadable {
        url: reply.url.clone(),
        detail: format!("no token at line {}, column {}", error.line(), error.column()),
    })?;
    let lifetime = body.expires_in.and_then(|secs| Duration::try_from_secs_f64(secs).ok());
    Ok(Tokens {
        access_token: AccessToken(body.access_token),
        refresh_token: body.refresh_token.filter(|token| !token.expose_secret().is_empty()),
        expires_in: lifetime.unwrap_or(Duration::from_secs(USUAL_LIFETIME_SECS)),
    })
}
