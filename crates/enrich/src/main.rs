//! What is not known yet about artists, albums and places → typed Parquet. See the library.

use std::process::ExitCode;

use enrich::args::Cli;

fn main() -> ExitCode {
    platform::args::parse::<Cli>().run()
}
