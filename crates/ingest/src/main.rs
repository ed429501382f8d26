//! Listening history → raw bodies → typed Parquet. See the library.

use std::process::ExitCode;

use ingest::args::Cli;

fn main() -> ExitCode {
    platform::args::parse::<Cli>().run()
}
