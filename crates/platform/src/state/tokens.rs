//! Refresh tokens. A rotated one is stored before its access token is used.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};
use secrecy::{ExposeSecret, SecretString};

use super::{AccountId, StateDb};

impl StateDb {
    /// The newest refresh token of an account at `service`.
    ///
    /// # Errors
    /// Database errors.
    pub fn refresh_token(&self, service: &str, account_id: &AccountId) -> anyhow::Result<Option<SecretString>> {
        let query = "select refresh_token from tokens where service = ?1 and account_id = ?2";
        let token: Option<String> =
            self.connection.query_row(query, params![service, account_id.as_str()], |row| row.get(0)).optional()?;
        Ok(token.map(SecretString::from))
    }

    /// Keeps a refresh token, replacing the one before.
    ///
    /// # Errors
    /// Database errors.
    pub fn store_refresh_token(
        &mut self,
        service: &str,
        account_id: &AccountId,
        token: &SecretString,
        now: DateTime<Utc>,
    ) -> anyhow::Result<()> {
        self.write(|transaction| {
            transaction.execute(
                "insert or replace into tokens (service, account_id, refresh_token, stored_at_ms) values (?1, ?2, ?3, ?4)",
                params![service, account_id.as_str(), token.expose_secret(), now.timestamp_millis()],
            )?;
            Ok(())
        })
    }

    /// Forgets the refresh token of an account at `service`.
    ///
    /// # Errors
    /// Database errors.
    pub fn forget_refresh_token(&mut self, service: &str, account_id: &AccountId) -> anyhow::Result<()> {
        self.write(|transaction| {
            let forget = "delete from tokens where service = ?1 and account_id = ?2";
            transaction.execute(forget, params![service, account_id.as_str()])?;
            Ok(())
        })
    }
}
