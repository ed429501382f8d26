//! Logins at services. Their refresh tokens are sealed; a rotated one is stored before its
//! access token is used.

use chrono::{DateTime, Months, Utc};
use rusqlite::{OptionalExtension, params};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::{AccountId, StateDb};
use crate::{Sealer, Stop};

/// A person's consent, as a service gave it.
#[derive(Debug, Clone)]
pub struct Login {
    /// What opens it.
    pub refresh_token: SecretString,
    /// When the person gave it; `None` for a token that came from the settings.
    pub authorized_at: Option<DateTime<Utc>>,
    /// When the token was stored first.
    pub stored_at: DateTime<Utc>,
}

impl Login {
    /// When Spotify forgets it: six months after the person gave it, whatever is done with it.
    /// Of a token from the settings only the latest possible instant is known.
    /// <https://developer.spotify.com/blog/2026-06-18-refresh-token-expiration>
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.authorized_at.unwrap_or(self.stored_at).checked_add_months(Months::new(6))
    }
}

impl StateDb {
    /// The login of an account at `service`.
    ///
    /// # Errors
    /// A [`Stop::NeedsPerson`] when the token was sealed with another key; database errors.
    pub fn login(&mut self, service: &str, account_id: &AccountId, sealer: &Sealer) -> anyhow::Result<Option<Login>> {
        let query = "select refresh_token, is_sealed, authorized_at_ms, stored_at_ms from tokens
                     where service = ?1 and account_id = ?2";
        let row: Option<(String, bool, Option<i64>, i64)> = self
            .connection
            .query_row(query, params![service, account_id.as_str()], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })
            .optional()?;
        let Some((token, is_sealed, authorized_at_ms, stored_at_ms)) = row else { return Ok(None) };
        let refresh_token = if is_sealed {
            sealer.unseal(&token, &purpose(service, account_id)).ok_or_else(|| {
                Stop::NeedsPerson(format!(
                    "the {service} login cannot be opened with this key: give the TRACKER_SECRET_KEY (or the key file) \
                     it was sealed with, or connect again"
                ))
            })?
        } else {
            SecretString::from(token)
        };
        let login = Login {
            refresh_token,
            authorized_at: authorized_at_ms.and_then(DateTime::from_timestamp_millis),
            stored_at: DateTime::from_timestamp_millis(stored_at_ms).unwrap_or_default(),
        };
        if !is_sealed {
            // An older version kept it open.
            self.store_login(service, account_id, &login, sealer)?;
            self.connection.execute_batch("pragma wal_checkpoint(truncate)")?;
        }
        Ok(Some(login))
    }

    /// Keeps a login, replacing the one before.
    ///
    /// # Errors
    /// Database errors.
    pub fn store_login(
        &mut self,
        service: &str,
        account_id: &AccountId,
        login: &Login,
        sealer: &Sealer,
    ) -> anyhow::Result<()> {
        let sealed = sealer.seal(&login.refresh_token, &purpose(service, account_id))?;
        self.write(|transaction| {
            transaction.execute(
                "insert or replace into tokens
                 (service, account_id, refresh_token, is_sealed, authorized_at_ms, stored_at_ms)
                 values (?1, ?2, ?3, 1, ?4, ?5)",
                params![
                    service,
                    account_id.as_str(),
                    sealed,
                    login.authorized_at.map(|at| at.timestamp_millis()),
                    login.stored_at.timestamp_millis()
                ],
            )?;
            Ok(())
        })
    }

    /// Whether an account has a login at `service`, without opening it.
    ///
    /// # Errors
    /// Database errors.
    pub fn has_login(&self, service: &str, account_id: &AccountId) -> anyhow::Result<bool> {
        let query = "select 1 from tokens where service = ?1 and account_id = ?2";
        let found = self.connection.query_row(query, params![service, account_id.as_str()], |_| Ok(())).optional()?;
        Ok(found.is_some())
    }

    /// Whether a refresh token of the settings was taken before.
    ///
    /// # Errors
    /// Database errors.
    pub fn was_adopted(&self, token: &SecretString) -> anyhow::Result<bool> {
        let query = "select 1 from adopted_tokens where token_sha256 = ?1";
        Ok(self.connection.query_row(query, [fingerprint(token)], |_| Ok(())).optional()?.is_some())
    }

    /// Remembers that a refresh token of the settings was taken: whatever became of it, it is
    /// not taken again.
    ///
    /// # Errors
    /// Database errors.
    pub fn note_adopted(&mut self, token: &SecretString, now: DateTime<Utc>) -> anyhow::Result<()> {
        self.write(|transaction| {
            transaction.execute(
                "insert or ignore into adopted_tokens (token_sha256, adopted_at_ms) values (?1, ?2)",
                params![fingerprint(token), now.timestamp_millis()],
            )?;
            Ok(())
        })
    }

    /// Forgets the login of an account at `service`.
    ///
    /// # Errors
    /// Database errors.
    pub fn forget_login(&mut self, service: &str, account_id: &AccountId) -> anyhow::Result<bool> {
        self.forget(|transaction| {
            let delete = "delete from tokens where service = ?1 and account_id = ?2";
            Ok(transaction.execute(delete, params![service, account_id.as_str()])? > 0)
        })
    }
}

fn fingerprint(token: &SecretString) -> String {
    Sha256::digest(token.expose_secret()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn purpose(service: &str, account_id: &AccountId) -> String {
    format!("{service} login of {account_id}")
}
