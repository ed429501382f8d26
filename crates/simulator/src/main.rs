//! The `simulator` program: see `simulator --help`.

use std::process::ExitCode;

use clap::Parser;
use simulator::cli::{Cli, run};

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli, &mut std::io::stdout()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody can be told when stderr is gone too.
            drop(std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("error: {error:#}\n")));
            ExitCode::FAILURE
        }
    }
}
