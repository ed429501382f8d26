//! Job: listening history → raw bodies → typed Parquet.
//!
//! Everything that arrives is kept as it came before anyone looks into it; rows are named
//! and compared month by month; what is known already is not stored again. `ingest` never
//! matches plays of different sources with each other: that is done in SQL, where it can be
//! explained and changed.

pub mod account;
pub mod archive;
pub mod args;
mod buckets;
mod census;
pub mod connect;
mod course;
mod crew;
mod fetch;
mod gaps;
mod harvest;
pub mod import;
pub mod lastfm;
pub mod listenbrainz;
mod month;
mod months;
mod overlap;
pub mod page;
mod question;
mod rebuild;
mod recover;
mod rejects;
pub mod replay;
pub mod rows;
pub mod session;
mod settle;
pub mod spotify;
pub mod status;
pub mod undo;
mod walk;
