//! `ingest` as people use it: the real program, real files, real SQLite, real sockets.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod bad_input;
mod disorder;
mod imports;
mod killed;
mod life;
mod polls;
mod recorded_pages;
mod spotify;
mod undo;
mod world;
