//! `bench`: measures, prints a table, writes `bench.json`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// Measures the budgets on this machine (run it as `make bench`)
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// Only the entries whose name starts so, such as `import`
    #[arg(long, default_value = "")]
    only: String,

    /// Where the result goes
    #[arg(long, default_value = "target/bench.json")]
    output: PathBuf,
}

fn main() -> ExitCode {
    let args = Args::parse();
    match bench::run(&args.only, &args.output) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => bench::complain(&error),
    }
}
