//! The one command people type. It starts the program that does the work, hands the
//! arguments over untouched and passes on the exit code. After a job that may change plays
//! it also has the star schema refreshed, if that is out of date, and says how to look at it.
//!
//! It refuses to know anything about plays: no file format, no database, no SQL.

mod commands;
mod followup;
mod program;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use platform::Stop;

pub use commands::COMMANDS;

/// Does what the arguments (the program's own name first) ask for.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    match start(args) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            drop(writeln!(std::io::stderr(), "error: {error:#}"));
            ExitCode::from(Stop::in_chain(&error).map_or(1, Stop::exit_code))
        }
    }
}

fn start(args: impl IntoIterator<Item = OsString>) -> anyhow::Result<u8> {
    let request = commands::parse(args);
    if request.then_refresh() {
        followup::run_then_refresh(&request)
    } else {
        program::become_program(request.command.program, &request.arguments())
    }
}
