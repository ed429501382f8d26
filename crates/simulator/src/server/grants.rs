//! The codes and tokens that Spotify's accounts service gave out, and what they are good for.

use std::collections::HashMap;

use chrono::{DateTime, Months, TimeDelta, Utc};

use super::options::Rotation;
use crate::dice::Dice;

/// How long an access token is good for.
pub(super) const TOKEN_SECS: i64 = 3_600;
/// How long a code is good for.
const CODE_SECS: i64 = 600;
/// How long a refresh token is good for, counted from the authorization.
const REFRESH_MONTHS: Months = Months::new(6);

/// Who may do what through which app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grant {
    /// The place of the account in the world.
    pub(super) account: usize,
    /// The client id; none for a token from the beginning, which any app may use.
    pub(super) client_id: Option<String>,
    pub(super) scope: String,
    /// The challenge of a login with PKCE.
    pub(super) challenge: Option<String>,
    /// Since when it counts; none never dies.
    pub(super) authorized_at: Option<DateTime<Utc>>,
}

/// A code that waits to be exchanged.
#[derive(Debug, Clone)]
pub(super) struct Code {
    pub(super) grant: Grant,
    pub(super) redirect_uri: String,
    until: DateTime<Utc>,
}

/// An access token.
#[derive(Debug, Clone)]
pub(super) struct Access {
    pub(super) grant: Grant,
    /// The app that asked for it.
    pub(super) client_id: String,
    pub(super) until: DateTime<Utc>,
}

/// Everything that was given out.
pub(super) struct Grants {
    codes: HashMap<String, Code>,
    refresh: HashMap<String, Grant>,
    access: HashMap<String, Access>,
    dice: Dice,
}

impl Grants {
    pub(super) fn new() -> Self {
        let (codes, refresh, access) = Default::default();
        Self { codes, refresh, access, dice: Dice::new(0, "access tokens") }
    }

    /// Makes a refresh token known that someone has from the beginning.
    pub(super) fn adopt(&mut self, token: &str, grant: Grant) {
        self.refresh.insert(token.to_owned(), grant);
    }

    /// A code for someone who just agreed.
    pub(super) fn code(&mut self, grant: Grant, redirect_uri: &str, now: DateTime<Utc>) -> String {
        let code = format!("AQ{}", self.dice.base62(200));
        let until = now + TimeDelta::seconds(CODE_SECS);
        self.codes.insert(code.clone(), Code { grant, redirect_uri: redirect_uri.to_owned(), until });
        code
    }

    /// Takes a code; it is gone, whatever becomes of the exchange.
    pub(super) fn redeem(&mut self, code: &str, now: DateTime<Utc>) -> Result<Code, &'static str> {
        let code = self.codes.remove(code).ok_or("Invalid authorization code")?;
        if now < code.until { Ok(code) } else { Err("Authorization code expired") }
    }

    /// A new refresh token.
    pub(super) fn refresh_token(&mut self, grant: Grant) -> String {
        let token = format!("AQ{}", self.dice.base62(129));
        self.refresh.insert(token.clone(), grant);
        token
    }

    /// What a refresh token is good for; the second value is the token that follows it.
    /// Without a description in the error the token died of age.
    pub(super) fn renew(
        &mut self,
        token: &str,
        client_id: &str,
        rotation: Rotation,
        now: DateTime<Utc>,
    ) -> Result<(Grant, Option<String>), Option<&'static str>> {
        let grant = self.refresh.get(token).cloned().ok_or(Some("Invalid refresh token"))?;
        if grant.client_id.as_deref().is_some_and(|owner| owner != client_id) {
            return Err(Some("Invalid refresh token"));
        }
        let dies_at = grant.authorized_at.and_then(|since| since.checked_add_months(REFRESH_MONTHS));
        if dies_at.is_some_and(|dies_at| now >= dies_at) {
            self.refresh.remove(token);
            return Err(None);
        }
        let rotation = if grant.challenge.is_some() { Rotation::Replace } else { rotation };
        if rotation == Rotation::Replace {
            self.refresh.remove(token);
        }
        let next = (rotation != Rotation::Keep).then(|| self.refresh_token(grant.clone()));
        Ok((grant, next))
    }

    /// A new access token.
    pub(super) fn admit(&mut self, grant: Grant, client_id: &str, now: DateTime<Utc>) -> String {
        let token = format!("BQ{}", self.dice.base62(160));
        let until = now + TimeDelta::seconds(TOKEN_SECS);
        self.access.insert(token.clone(), Access { grant, client_id: client_id.to_owned(), until });
        token
    }

    pub(super) fn access(&self, token: &str) -> Option<&Access> {
        self.access.get(token)
    }

    /// Whose refresh token or code this is.
    pub(super) fn owner(&self, token: &str) -> Option<usize> {
        let code = || self.codes.get(token).map(|code| code.grant.account);
        self.refresh.get(token).map(|grant| grant.account).or_else(code)
    }

    /// Forgets all tokens of an account, as when someone removes the app's access.
    pub(super) fn revoke(&mut self, account: usize) {
        self.codes.retain(|_, code| code.grant.account != account);
        self.refresh.retain(|_, grant| grant.account != account);
        self.access.retain(|_, access| access.grant.account != account);
    }
}
