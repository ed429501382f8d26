//! The sources that are fetched for an account, and how each of them stands.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};

use super::{AccountId, StateDb};

/// What is wrong with a source, as far as programs must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TroubleKind {
    /// The login has ended: nobody asks with it again.
    LoginEnded,
    /// The service refuses this app or this person, for now or for good.
    Refused,
    /// Something else that a person must do.
    Other,
}

impl TroubleKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::LoginEnded => "login_ended",
            Self::Refused => "refused",
            Self::Other => "other",
        }
    }

    fn stored(kind: &str) -> Self {
        [Self::LoginEnded, Self::Refused].into_iter().find(|one| one.as_str() == kind).unwrap_or(Self::Other)
    }
}

/// Why only a person can go on with a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// For programs.
    pub kind: TroubleKind,
    /// For people.
    pub text: String,
}

/// One source of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchedSource {
    /// The service, such as `spotify`, `listenbrainz` or `lastfm`.
    pub service: String,
    /// Whose.
    pub account_id: AccountId,
    /// The person's name there, where fetching needs it.
    pub user_name: Option<String>,
    /// The person wants no fetching for now.
    pub is_paused: bool,
    /// Why only a person can go on.
    pub trouble: Option<Trouble>,
    /// Since when.
    pub connected_at: DateTime<Utc>,
    /// The last time it answered well.
    pub last_success: Option<DateTime<Utc>>,
}

impl StateDb {
    /// All sources of all accounts.
    ///
    /// # Errors
    /// Database errors.
    pub fn connections(&self) -> anyhow::Result<Vec<FetchedSource>> {
        let mut query = self.connection.prepare(
            "select service, account_id, user_name, is_paused, trouble, trouble_kind, connected_at_ms, last_success_ms
             from connections order by account_id, service",
        )?;
        let rows = query.query_map([], |row| {
            Ok(FetchedSource {
                service: row.get(0)?,
                account_id: AccountId::stored(row.get::<_, String>(1)?),
                user_name: row.get(2)?,
                is_paused: row.get(3)?,
                trouble: row
                    .get::<_, Option<String>>(4)?
                    .zip(row.get::<_, Option<String>>(5)?)
                    .map(|(text, kind)| Trouble { kind: TroubleKind::stored(&kind), text }),
                connected_at: DateTime::from_timestamp_millis(row.get(6)?).unwrap_or_default(),
                last_success: row.get::<_, Option<i64>>(7)?.and_then(DateTime::from_timestamp_millis),
            })
        })?;
        rows.map(|row| Ok(row?)).collect()
    }

    /// The source `service` of an account.
    ///
    /// # Errors
    /// Database errors.
    pub fn connection(&self, service: &str, account_id: &AccountId) -> anyhow::Result<Option<FetchedSource>> {
        let is_it = |one: &FetchedSource| one.service == service && one.account_id == *account_id;
        Ok(self.connections()?.into_iter().find(is_it))
    }

    /// Connects a source; one that is there keeps its history and loses its trouble.
    ///
    /// # Errors
    /// Database errors.
    pub fn connect(
        &mut self,
        service: &str,
        account_id: &AccountId,
        user_name: Option<&str>,
        now: DateTime<Utc>,
    ) -> anyhow::Result<()> {
        self.write(|transaction| {
            transaction.execute(
                "insert into connections (service, account_id, user_name, connected_at_ms) values (?1, ?2, ?3, ?4)
                 on conflict do update set user_name = coalesce(excluded.user_name, user_name), trouble = null,
                     trouble_kind = null, is_paused = 0",
                params![service, account_id.as_str(), user_name, now.timestamp_millis()],
            )?;
            Ok(())
        })
    }

    /// Forgets a source and how far it was fetched. Who the person is there stays known as long
    /// as what it brought is there: nobody else's history may come into the same account.
    ///
    /// # Errors
    /// Database errors.
    pub fn disconnect(&mut self, service: &str, account_id: &AccountId) -> anyhow::Result<bool> {
        self.write(|transaction| {
            let mut found = false;
            for table in ["connections", "cursors"] {
                let delete = format!("delete from {table} where service = ?1 and account_id = ?2");
                found |= transaction.execute(&delete, params![service, account_id.as_str()])? > 0;
            }
            Ok(found)
        })
    }

    /// Forgets how far a source was fetched: the next time it is from the beginning. Whether it was
    /// fetched at all.
    ///
    /// # Errors
    /// Database errors.
    pub fn forget_cursors(&mut self, service: &str, account_id: &AccountId) -> anyhow::Result<bool> {
        self.write(|transaction| {
            let delete = "delete from cursors where service = ?1 and account_id = ?2";
            Ok(transaction.execute(delete, params![service, account_id.as_str()])? > 0)
        })
    }

    /// Forgets who an account is at `service`.
    ///
    /// # Errors
    /// Database errors.
    pub fn forget_identity(&mut self, service: &str, account_id: &AccountId) -> anyhow::Result<()> {
        self.write(|transaction| {
            let delete = "delete from identities where service = ?1 and account_id = ?2";
            transaction.execute(delete, params![service, account_id.as_str()])?;
            Ok(())
        })
    }

    /// Stops or resumes the fetching of a source.
    ///
    /// # Errors
    /// Database errors.
    pub fn pause(&mut self, service: &str, account_id: &AccountId, is_paused: bool) -> anyhow::Result<()> {
        self.update("is_paused", service, account_id, is_paused)
    }

    /// Notes that a source answered well; its trouble is over.
    ///
    /// # Errors
    /// Database errors.
    pub fn note_success(&mut self, service: &str, account_id: &AccountId, now: DateTime<Utc>) -> anyhow::Result<()> {
        self.set_trouble(service, account_id, None)?;
        self.update("last_success_ms", service, account_id, now.timestamp_millis())
    }

    /// Notes why only a person can go on.
    ///
    /// # Errors
    /// Database errors.
    pub fn note_trouble(&mut self, service: &str, account_id: &AccountId, trouble: &Trouble) -> anyhow::Result<()> {
        self.set_trouble(service, account_id, Some(trouble))
    }

    fn set_trouble(&mut self, service: &str, account_id: &AccountId, trouble: Option<&Trouble>) -> anyhow::Result<()> {
        let (text, kind) = trouble.map(|trouble| (trouble.text.as_str(), trouble.kind.as_str())).unzip();
        self.write(|transaction| {
            transaction.execute(
                "update connections set trouble = ?3, trouble_kind = ?4 where service = ?1 and account_id = ?2",
                params![service, account_id.as_str(), text, kind],
            )?;
            Ok(())
        })
    }

    fn update(
        &mut self,
        column: &str,
        service: &str,
        account_id: &AccountId,
        value: impl rusqlite::ToSql,
    ) -> anyhow::Result<()> {
        self.write(|transaction| {
            let update = format!("update connections set {column} = ?3 where service = ?1 and account_id = ?2");
            transaction.execute(&update, params![service, account_id.as_str(), value])?;
            Ok(())
        })
    }

    /// How far the fetching of a source has come, in the source's own measure.
    ///
    /// # Errors
    /// Database errors.
    pub fn cursor(&self, service: &str, account_id: &AccountId, name: &str) -> anyhow::Result<Option<i64>> {
        let query = "select value from cursors where service = ?1 and account_id = ?2 and name = ?3";
        Ok(self
            .connection
            .query_row(query, params![service, account_id.as_str(), name], |row| row.get(0))
            .optional()?)
    }

    /// Remembers how far the fetching of a source has come; `None` forgets it.
    ///
    /// # Errors
    /// Database errors.
    pub fn set_cursor(
        &mut self,
        service: &str,
        account_id: &AccountId,
        name: &str,
        value: Option<i64>,
    ) -> anyhow::Result<()> {
        self.write(|transaction| {
            match value {
                Some(value) => transaction.execute(
                    "insert or replace into cursors (service, account_id, name, value) values (?1, ?2, ?3, ?4)",
                    params![service, account_id.as_str(), name, value],
                )?,
                None => transaction.execute(
                    "delete from cursors where service = ?1 and account_id = ?2 and name = ?3",
                    params![service, account_id.as_str(), name],
                )?,
            };
            Ok(())
        })
    }
}
