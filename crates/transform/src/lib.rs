//! Turns typed observations into the star schema, tests it, and publishes it.
//!
//! `transform` runs the ordered SQL models of `sql/` in DuckDB. A build works on a copy,
//! which counts when all tests hold: a failed one leaves the old state. `publish` writes the star
//! schema as Parquet in a folder of its own and swaps a link, so that readers never wait
//! and never see half of it. It knows SQL and DuckDB; it knows no upstream service, and no
//! other program opens the warehouse.

mod basis;
mod build;
mod checks;
pub mod cli;
mod columns;
pub mod correct;
mod corrections;
pub mod docs;
mod engine;
pub mod explain;
pub mod export;
mod increments;
pub mod jobs;
mod marks;
pub mod period;
pub mod project;
mod publish;
pub mod query;
mod record;
mod results;
mod summary;
pub mod travel;
pub mod trial;
