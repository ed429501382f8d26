//! Logins that were begun: the service sends the person back with a `state` that must fit.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{OptionalExtension, params};
use secrecy::SecretString;

use super::StateDb;
use crate::Sealer;

/// How long a person may take to log in.
const PATIENCE: TimeDelta = TimeDelta::hours(1);

/// A login that a person was sent away for.
#[derive(Debug, Clone)]
pub struct BegunLogin {
    /// Random; comes back with the person.
    pub state: String,
    /// Where to.
    pub service: String,
    /// The id of the account it is for; `None` where there was no account: a new one.
    pub account_name: Option<String>,
    /// The PKCE verifier.
    pub verifier: Option<SecretString>,
    /// Where the person comes back to.
    pub redirect_uri: String,
}

impl StateDb {
    /// Remembers a login, and forgets those that took too long.
    ///
    /// # Errors
    /// Database errors.
    pub fn begin_login(&mut self, login: &BegunLogin, sealer: &Sealer, now: DateTime<Utc>) -> anyhow::Result<()> {
        let verifier = login.verifier.as_ref().map(|verifier| sealer.seal(verifier, &login.state)).transpose()?;
        self.write(|transaction| {
            let too_long_ago = (now - PATIENCE).timestamp_millis();
            transaction.execute("delete from logins where begun_at_ms < ?1", [too_long_ago])?;
            transaction.execute(
                "insert into logins (state, service, account_name, verifier, redirect_uri, begun_at_ms)
                 values (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    login.state,
                    login.service,
                    login.account_name,
                    verifier,
                    login.redirect_uri,
                    now.timestamp_millis()
                ],
            )?;
            Ok(())
        })
    }

    /// The login that `state` belongs to, which stays begun. `None` when none was begun within the
    /// last hour.
    ///
    /// # Errors
    /// Database errors.
    pub fn begun_login(&self, state: &str, sealer: &Sealer, now: DateTime<Utc>) -> anyhow::Result<Option<BegunLogin>> {
        let query = "select service, account_name, verifier, redirect_uri from logins
                     where state = ?1 and begun_at_ms >= ?2";
        let begun = self
            .connection
            .query_row(query, params![state, (now - PATIENCE).timestamp_millis()], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get::<_, Option<String>>(2)?, row.get(3)?))
            })
            .optional()?;
        Ok(begun.map(|(service, account_name, verifier, redirect_uri)| {
            let verifier = verifier.and_then(|sealed| sealer.unseal(&sealed, state));
            BegunLogin { state: state.to_owned(), service, account_name, verifier, redirect_uri }
        }))
    }

    /// Forgets a login that was ended: it can be ended once only.
    ///
    /// # Errors
    /// Database errors.
    pub fn end_login(&mut self, state: &str) -> anyhow::Result<()> {
        self.write(|transaction| {
            transaction.execute("delete from logins where state = ?1", [state])?;
            Ok(())
        })
    }
}
