//! People whose listening is kept.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use rusqlite::{OptionalExtension, Row, params};

use super::StateDb;
use crate::Stop;

/// Our own name of an account: random, never changes, part of every raw path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct AccountId(String);

impl AccountId {
    /// An id as stored; the caller vouches that it came from this program.
    pub fn stored(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// Whether a text has the form of an id.
    pub fn is_one(text: &str) -> bool {
        text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    }

    /// The id as text: 32 lowercase hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Which plays count as plays; the others stay, marked as not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum CountingRule {
    /// At least 30 seconds were heard (Spotify's own rule).
    #[default]
    #[value(name = "30s")]
    ThirtySeconds,
    /// The track was heard to its end.
    Finished,
    /// Every play.
    Any,
}

impl CountingRule {
    /// The name in the database and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ThirtySeconds => "30s",
            Self::Finished => "finished",
            Self::Any => "any",
        }
    }
}

impl FromStr for CountingRule {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        match text {
            "30s" => Ok(Self::ThirtySeconds),
            "finished" => Ok(Self::Finished),
            "any" => Ok(Self::Any),
            other => anyhow::bail!("unknown counting rule {other:?}"),
        }
    }
}

/// One person.
#[derive(Debug, Clone)]
pub struct Account {
    /// Ours, immutable.
    pub account_id: AccountId,
    /// What people call it; unique, ignoring case.
    pub name: String,
    /// Which plays count.
    pub counting_rule: CountingRule,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl StateDb {
    /// All accounts, oldest first.
    ///
    /// # Errors
    /// Database errors.
    pub fn accounts(&self) -> anyhow::Result<Vec<Account>> {
        let mut query = self.connection.prepare(&format!("{SELECT} order by created_at_ms, account_id"))?;
        let rows = query.query_map([], account_of)?;
        rows.map(|row| Ok(row?)).collect()
    }

    /// The account with this name or id, if there is one.
    ///
    /// # Errors
    /// Database errors.
    pub fn account(&self, name_or_id: &str) -> anyhow::Result<Option<Account>> {
        let mut query = self.connection.prepare(&format!("{SELECT} where name = ?1 or account_id = ?1"))?;
        Ok(query.query_row([name_or_id], account_of).optional()?)
    }

    /// Makes an account that has always lived in `zone`.
    ///
    /// # Errors
    /// A [`Stop::Usage`] when the name is empty or taken.
    pub fn add_account(
        &mut self,
        name: &str,
        zone: Tz,
        counting_rule: CountingRule,
        now: DateTime<Utc>,
    ) -> anyhow::Result<Account> {
        let added = self.insert_account(name, zone, counting_rule, now, false)?;
        added.ok_or_else(|| anyhow::anyhow!("account {name:?} vanished"))
    }

    /// The same where there is no account at all; `None` when there is one, whoever made it.
    ///
    /// # Errors
    /// As [`StateDb::add_account`].
    pub fn add_first_account(&mut self, name: &str, zone: Tz, now: DateTime<Utc>) -> anyhow::Result<Option<Account>> {
        self.insert_account(name, zone, CountingRule::default(), now, true)
    }

    fn insert_account(
        &mut self,
        name: &str,
        zone: Tz,
        counting_rule: CountingRule,
        now: DateTime<Utc>,
        only_as_first: bool,
    ) -> anyhow::Result<Option<Account>> {
        let name = name.trim();
        if name.is_empty() || name.chars().any(char::is_control) || name.chars().count() > 60 {
            return Err(Stop::Usage(
                "an account's name has 1 to 60 characters, none of them control characters".into(),
            )
            .into());
        }
        let account_id = AccountId(uuid::Uuid::new_v4().simple().to_string());
        self.write(|transaction| {
            let any = "select 1 from accounts limit 1";
            if only_as_first && transaction.query_row(any, [], |_| Ok(())).optional()?.is_some() {
                return Ok(());
            }
            let taken = "select 1 from accounts where name = ?1";
            if transaction.query_row(taken, [name], |_| Ok(())).optional()?.is_some() {
                return Err(Stop::Usage(format!("there is already an account {name:?}: choose another name")).into());
            }
            transaction.execute(
                "insert into accounts (account_id, name, counting_rule, created_at_ms) values (?1, ?2, ?3, ?4)",
                params![account_id.as_str(), name, counting_rule.as_str(), now.timestamp_millis()],
            )?;
            transaction.execute(
                "insert into zones (account_id, valid_from_ms, zone) values (?1, null, ?2)",
                params![account_id.as_str(), zone.name()],
            )?;
            Ok(())
        })?;
        self.account(account_id.as_str())
    }

    /// Changes which plays of an account count.
    ///
    /// # Errors
    /// Database errors.
    pub fn set_counting_rule(&mut self, account_id: &AccountId, rule: CountingRule) -> anyhow::Result<()> {
        self.write(|transaction| {
            transaction.execute(
                "update accounts set counting_rule = ?2 where account_id = ?1",
                params![account_id.as_str(), rule.as_str()],
            )?;
            Ok(())
        })
    }

    /// The number of the account's newest receipt, if one was numbered.
    ///
    /// # Errors
    /// Database errors.
    pub fn receipts(&self, account_id: &AccountId) -> anyhow::Result<Option<u64>> {
        let query = "select receipts from accounts where account_id = ?1";
        let number: Option<Option<i64>> =
            self.connection.query_row(query, [account_id.as_str()], |row| row.get(0)).optional()?;
        Ok(number.flatten().and_then(|number| u64::try_from(number).ok()))
    }

    /// The number of the account's next receipt, above `floor` and above all before.
    ///
    /// # Errors
    /// Database errors.
    pub fn number_receipt(&mut self, account_id: &AccountId, floor: u64) -> anyhow::Result<u64> {
        let update = "update accounts set receipts = max(coalesce(receipts, 0), ?2) + 1 where account_id = ?1
                      returning receipts";
        let floor = i64::try_from(floor)?;
        let number: i64 = self.write(|transaction| {
            Ok(transaction.query_row(update, params![account_id.as_str(), floor], |row| row.get(0))?)
        })?;
        Ok(u64::try_from(number)?)
    }

    /// The account a command is about: the named one, else the only one.
    ///
    /// # Errors
    /// A [`Stop::Usage`] when the name is unknown, or none is given and there are several.
    /// `Ok(None)` when there is no account at all.
    pub fn chosen_account(&self, wanted: Option<&str>) -> anyhow::Result<Option<Account>> {
        let mut accounts = self.accounts()?;
        let names = || accounts.iter().map(|account| account.name.as_str()).collect::<Vec<_>>().join(", ");
        match wanted {
            Some(wanted) => match self.account(wanted)? {
                Some(account) => Ok(Some(account)),
                None if accounts.is_empty() => Err(Stop::Usage(format!(
                    "there is no account {wanted:?} yet: make it with `music-tracker account add {wanted:?}`"
                ))
                .into()),
                None => Err(Stop::Usage(format!("there is no account {wanted:?}; there are: {}", names())).into()),
            },
            None if accounts.len() > 1 => {
                Err(Stop::Usage(format!("say whose listening this is with --account; there are: {}", names())).into())
            }
            None => Ok(accounts.pop()),
        }
    }

    /// Whether it is known who an account is at `service`.
    ///
    /// # Errors
    /// Database errors.
    pub fn has_identity(&self, service: &str, account_id: &AccountId) -> anyhow::Result<bool> {
        let query = "select 1 from identities where service = ?1 and account_id = ?2";
        let found = self.connection.query_row(query, params![service, account_id.as_str()], |_| Ok(())).optional()?;
        Ok(found.is_some())
    }

    /// Who an account is, by service.
    ///
    /// # Errors
    /// Database errors.
    pub fn identities(&self, account_id: &AccountId) -> anyhow::Result<Vec<(String, String)>> {
        let query = "select service, external_id from identities where account_id = ?1 order by service";
        let mut query = self.connection.prepare(query)?;
        let rows = query.query_map([account_id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.map(|row| Ok(row?)).collect()
    }

    /// Notes that a person is known to `service` as `external_id`.
    ///
    /// # Errors
    /// A [`Stop::NeedsPerson`] when that identity already belongs to another account, or the
    /// account is someone else at this service.
    pub fn attach_identity(
        &mut self,
        account: &Account,
        service: &str,
        external_id: &str,
        now: DateTime<Utc>,
    ) -> anyhow::Result<()> {
        self.write(|transaction| {
            let owner: Option<String> = transaction
                .query_row(
                    "select accounts.name from identities join accounts using (account_id)
                     where service = ?1 and external_id = ?2 and account_id <> ?3",
                    params![service, external_id, account.account_id.as_str()],
                    |row| row.get(0),
                )
                .optional()?;
            if let Some(owner) = owner {
                return Err(Stop::NeedsPerson(format!(
                    "this is the account {owner:?} at {service}, not {:?}; if both are one person, `music-tracker \
                     account merge` makes them one account",
                    account.name
                ))
                .into());
            }
            let other: Option<String> = transaction
                .query_row(
                    "select external_id from identities
                     where service = ?1 and external_id <> ?2 and account_id = ?3",
                    params![service, external_id, account.account_id.as_str()],
                    |row| row.get(0),
                )
                .optional()?;
            if let Some(other) = other {
                return Err(Stop::NeedsPerson(format!(
                    "this is somebody else at {service} ({external_id:?}) than {:?} was so far ({other:?}); another \
                     person's listening belongs to an account of its own, which `music-tracker account add NAME` makes",
                    account.name
                ))
                .into());
            }
            transaction.execute(
                "insert or ignore into identities (service, external_id, account_id, added_at_ms) values (?1, ?2, ?3, ?4)",
                params![service, external_id, account.account_id.as_str(), now.timestamp_millis()],
            )?;
            Ok(())
        })
    }
}

const SELECT: &str = "select account_id, name, counting_rule, created_at_ms from accounts";

fn account_of(row: &Row<'_>) -> rusqlite::Result<Account> {
    let rule: String = row.get(2)?;
    let created_at_ms: i64 = row.get(3)?;
    Ok(Account {
        account_id: AccountId(row.get(0)?),
        name: row.get(1)?,
        counting_rule: rule.parse().map_err(|error: anyhow::Error| {
            rusqlite::Error::FromSqlConversionFailure(2, rusqlite::types::Type::Text, error.into())
        })?,
        created_at: DateTime::from_timestamp_millis(created_at_ms)
            .ok_or(rusqlite::Error::IntegralValueOutOfRange(3, created_at_ms))?,
    })
}
