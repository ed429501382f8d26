//! The state database: what cannot be rebuilt from raw files.
//!
//! SQLite in WAL mode. Every writing transaction is short and starts IMMEDIATE, so that two
//! programs never fail on each other but wait.

mod accounts;
mod connections;
mod gaps;
mod idle;
mod limits;
mod logins;
mod partings;
mod runs;
mod schema;
mod tokens;
mod zones;

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use rusqlite::{Connection, Transaction, TransactionBehavior};

pub use accounts::{Account, AccountId, CountingRule};
pub use connections::{FetchedSource, Trouble, TroubleKind};
pub use gaps::Gap;
pub(crate) use idle::Idle;
pub use limits::{Cooldown, EVERY_CLASS, Refusal, RequestLimit};
pub use logins::BegunLogin;
pub use runs::Run;
pub use tokens::Login;
pub use zones::AccountZone;

use self::idle::Lent;
use crate::private;

/// An open state database.
pub struct StateDb {
    connection: Lent,
}

impl StateDb {
    /// Opens the database, creating it and bringing its tables up to date.
    ///
    /// # Errors
    /// When it cannot be opened, or was written by a newer version of this program.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        Self::open_from(&Idle::default(), path)
    }

    /// The same; when it is no longer used, its connection waits among `idle`.
    pub(crate) fn open_from(idle: &Idle, path: &Path) -> anyhow::Result<Self> {
        let connect = || -> anyhow::Result<Self> {
            // It holds the tokens; SQLite gives its log files the same rights.
            if let Some(folder) = path.parent() {
                private::make_folder(folder)?;
            }
            private::make_file(path)?;
            let connection = Connection::open(path)?;
            connection.busy_timeout(Duration::from_secs(30))?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.pragma_update(None, "foreign_keys", true)?;
            // What is deleted here (logins, people) is to be gone from the file, too.
            connection.pragma_update(None, "secure_delete", true)?;
            let mut state = Self { connection: idle.lend(connection) };
            schema::migrate(&mut state)?;
            Ok(state)
        };
        connect().with_context(|| format!("opening the state database {}", path.display()))
    }

    /// One that was open already.
    pub(crate) fn waiting(idle: &Idle) -> Option<Self> {
        idle.take().map(|connection| Self { connection })
    }

    /// The name of this data folder: random, made with the database, the same wherever the folder
    /// is moved to or restored.
    ///
    /// # Errors
    /// Database errors.
    pub fn folder_id(&self) -> anyhow::Result<String> {
        Ok(self.connection.query_row("select folder_id from data_folder", [], |row| row.get(0))?)
    }

    fn write<T>(&mut self, change: impl FnOnce(&Transaction<'_>) -> anyhow::Result<T>) -> anyhow::Result<T> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = change(&transaction)?;
        transaction.commit()?;
        Ok(value)
    }

    /// Deletes what nobody is to find again: the write-ahead log would remember it.
    fn forget<T>(&mut self, deletion: impl FnOnce(&Transaction<'_>) -> anyhow::Result<T>) -> anyhow::Result<T> {
        let value = self.write(deletion)?;
        self.connection.execute_batch("pragma wal_checkpoint(truncate)")?;
        Ok(value)
    }
}
