//! Connections that wait for their next use.
//!
//! A job asks for its state in many places. To open the database anew each time means to read all
//! of its tables' definitions; and whenever the last connection closes, SQLite syncs the database
//! and removes its write-ahead log, which the next write makes and syncs again.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;

/// The open connections of one job to one database that nobody uses at the moment.
#[derive(Clone, Default)]
pub(crate) struct Idle(Arc<Mutex<Vec<Connection>>>);

impl Idle {
    /// One of them, if there is any.
    pub(super) fn take(&self) -> Option<Lent> {
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
        Some(self.lend(connection))
    }

    /// A connection that comes here when it is no longer used.
    pub(super) fn lend(&self, connection: Connection) -> Lent {
        Lent { connection: Some(connection), home: self.clone() }
    }
}

/// A connection in use. Where nobody keeps its home, it closes after that.
pub(super) struct Lent {
    connection: Option<Connection>,
    home: Idle,
}

impl Drop for Lent {
    fn drop(&mut self) {
        // One in the middle of a transaction is in no state for somebody else.
        if let Some(connection) = self.connection.take().filter(Connection::is_autocommit) {
            self.home.0.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}

impl Deref for Lent {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match &self.connection {
            Some(connection) => connection,
            None => unreachable!("it is taken when this is dropped"),
        }
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut Connection {
        match &mut self.connection {
            Some(connection) => connection,
            None => unreachable!("it is taken when this is dropped"),
        }
    }
}
