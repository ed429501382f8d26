//! `music-tracker`, the one command people type.

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(std::env::args_os())
}
