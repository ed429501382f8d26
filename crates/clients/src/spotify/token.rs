//! The answer of the token service.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::ClientError;
use crate::http::Reply;

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
}

#[derive(Deserialize)]
struct Body {
    access_token: SecretString,
    refresh_token: Option<SecretString>,
}

/// Reads a success. The error names a place and no content, because the content is secret.
pub(super) fn read(reply: &Reply) -> Result<Tokens, ClientError> {
    let body: Body = serde_json::from_slice(&reply.body).map_err(|error| ClientError::Unreadable {
        url: reply.url.clone(),
        detail: format!("no token at line {}, column {}", error.line(), error.column()),
    })?;
    Ok(Tokens {
        access_token: AccessToken(body.access_token),
        refresh_token: body.refresh_token.filter(|token| !token.expose_secret().is_empty()),
    })
}
