//! Files: raw bodies as received, and typed Parquet made from them.
//!
//! `lake` says what a play is, gives it its frozen identifiers, and keeps every file whole:
//! it exists with all its bytes or not at all. It knows no HTTP and no SQL.

pub mod anew;
pub mod built;
pub mod manifest;
pub mod place;
pub mod schema;

#[cfg(feature = "write")]
pub mod cache;
#[cfg(feature = "write")]
pub mod compact;
#[cfg(feature = "write")]
pub mod facts;
#[cfg(feature = "write")]
mod frames;
#[cfg(feature = "write")]
pub mod identity;
#[cfg(feature = "write")]
pub mod parts;
#[cfg(feature = "write")]
pub mod play;
#[cfg(feature = "write")]
pub mod raw;
#[cfg(feature = "write")]
pub mod text;

pub use manifest::{Manifest, Part, Partition};
pub use schema::{Column, ColumnType, Table};
