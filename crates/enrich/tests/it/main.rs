//! Answers that services give, and whole runs of the program against simulated services.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod answers;
mod asking;
mod kills;
mod lessons;
mod pages;
mod popularity;
mod recorded;
mod requests;
mod runs;
mod troubles;
mod truth;
mod who;
mod work;
mod world;
