//! Listening history → raw bodies → typed Parquet. See the library.

use std::process::ExitCode;

use clap::Parser;
use ingest::args::Cli;

fn main() -> ExitCode {
    Cli::parse().run()
}
