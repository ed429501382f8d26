//! Tests through the public door, on real DuckDB and real Parquet files.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot lay its ground should stop there")]

mod building;
mod cases;
mod columns;
mod command;
mod correcting;
mod correcting_artists;
mod documenting;
mod evolution;
mod explaining;
mod exporting;
mod happening;
mod headers;
mod incremental;
mod keeping_up;
mod kills;
mod kills_anywhere;
mod models;
mod narrowing;
mod portability;
mod publishing;
mod querying;
mod reading;
mod sharing;
mod sources;
mod story;
mod travelling;
mod warehouse;
mod world;
