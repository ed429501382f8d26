//! `ingest` as people use it: the real program, real files, real SQLite, real sockets.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod accounts;
mod additions;
mod bad_input;
mod browsers;
mod connect;
mod damaged;
mod disorder;
mod gaps;
mod heard;
mod import_list;
mod imports;
mod killed;
mod leaving;
mod lessons;
mod life;
mod listens;
mod logins;
mod owners;
mod pace;
mod parts;
mod polls;
mod questions;
mod recorded_pages;
mod scrobbles;
mod spotify;
mod status;
mod undo;
mod upstream;
mod walks;
mod world;
