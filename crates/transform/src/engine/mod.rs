//! DuckDB as this program uses it: sessions, source tables, errors with file and line.

pub(crate) mod content;
pub(crate) mod fault;
mod meanings;
pub(crate) mod memory;
pub(crate) mod session;
pub(crate) mod snapshots;
pub(crate) mod sources;
pub(crate) mod sql;
pub(crate) mod warehouse;
