//! Where a person lived, by instants: what turns UTC into local time.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use rusqlite::params;

use super::{AccountId, StateDb};
use crate::Stop;

/// One stretch of an account's life in one zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountZone {
    /// Whose.
    pub account_id: AccountId,
    /// From when on; `None` means since ever. It ends where the next one begins.
    pub valid_from: Option<DateTime<Utc>>,
    /// The IANA zone.
    pub zone: Tz,
}

impl StateDb {
    /// The zones of all accounts, by account, in order of time.
    ///
    /// # Errors
    /// Database errors.
    pub fn zones(&self) -> anyhow::Result<Vec<AccountZone>> {
        let mut query = self.connection.prepare(
            "select account_id, valid_from_ms, zone from zones order by account_id, valid_from_ms nulls first",
        )?;
        let rows = query.query_map([], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?, row.get::<_, String>(2)?))
        })?;
        rows.map(|row| {
            let (account_id, valid_from_ms, zone) = row?;
            let zone =
                zone.parse().map_err(|_| anyhow::anyhow!("the state database holds the unknown zone {zone:?}"))?;
            let valid_from = valid_from_ms.and_then(DateTime::from_timestamp_millis);
            Ok(AccountZone { account_id: AccountId::stored(account_id), valid_from, zone })
        })
        .collect()
    }

    /// Says that an account lives in `zone` from `valid_from` on (`None`: since ever, up to
    /// the next change). Said twice for the same instant, the later word holds.
    ///
    /// # Errors
    /// Database errors.
    pub fn set_zone(
        &mut self,
        account_id: &AccountId,
        valid_from: Option<DateTime<Utc>>,
        zone: Tz,
    ) -> anyhow::Result<()> {
        let valid_from_ms = valid_from.map(|at| at.timestamp_millis());
        self.write(|transaction| {
            transaction.execute(
                "delete from zones where account_id = ?1 and valid_from_ms is ?2",
                params![account_id.as_str(), valid_from_ms],
            )?;
            transaction.execute(
                "insert into zones (account_id, valid_from_ms, zone) values (?1, ?2, ?3)",
                params![account_id.as_str(), valid_from_ms, zone.name()],
            )?;
            Ok(())
        })
    }

    /// Takes a change of zone back; the zone before it then lasts on.
    ///
    /// # Errors
    /// A [`Stop::Usage`] when nothing changes at that instant.
    pub fn remove_zone(&mut self, account_id: &AccountId, valid_from: DateTime<Utc>) -> anyhow::Result<()> {
        self.write(|transaction| {
            let removed = transaction.execute(
                "delete from zones where account_id = ?1 and valid_from_ms = ?2",
                params![account_id.as_str(), valid_from.timestamp_millis()],
            )?;
            if removed == 0 {
                return Err(Stop::Usage(format!("no change of zone begins at {valid_from}")).into());
            }
            Ok(())
        })
    }
}
