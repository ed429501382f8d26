//! `music-tracker` from outside, with scripts in the place of the other programs.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that cannot lay its ground has failed")]

mod canaries;
mod databases;
mod exporting;
mod healing;
mod hints;
mod home;
mod hostile_names;
mod lagging;
mod lessons;
mod log_lines;
mod piped;
mod private_data;
mod programs;
mod quick_start;
mod readme;
mod stopping;
mod truth;
