//! Tests through the public door, on real DuckDB and real Parquet files.

mod models;
