//! Tests through the public door, on real DuckDB and real Parquet files.

mod building;
mod command;
mod headers;
mod kills;
mod models;
mod publishing;
mod querying;
mod reading;
mod sources;
mod warehouse;
mod world;
