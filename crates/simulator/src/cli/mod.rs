//! The command line: one scenario, three things to get from it.

mod describe;
mod export;
mod serve;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use serde_json::{Value, json};

use self::describe::ScenarioArgs;
use self::export::ExportArgs;
use self::serve::ServeArgs;
use crate::{Attribution, truth};

const EXAMPLES: &str = "\
The same flags --seed, --from, --to, --plays and --account always describe the same world, so
what one command writes fits what another one serves:

  simulator export --out alice.zip --of alice --keys 23 --until 2024-07-01
  simulator serve --now 2024-07-02T18:00:00Z --port 4567
  simulator truth --out truth.parquet

Without --account there are alice, who lives in Berlin and travels, and bob, who lives on
Lord Howe Island (half-hour daylight saving) and later in London.";

/// A made-up world of listeners, the services that know of it, and the truth about it
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES)]
pub struct Cli {
    /// How the result on stdout looks [default: text on a terminal, else json]
    #[arg(long, global = true, value_enum, value_name = "FORMAT")]
    report: Option<ReportFormat>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// Lines for people.
    Text,
    /// One JSON object.
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve Spotify, MusicBrainz and all the others on 127.0.0.1 until interrupted
    #[command(after_help = serve::EXAMPLES)]
    Serve(Box<ServeArgs>),
    /// Write an archive as Spotify sends it
    #[command(after_help = export::EXAMPLES)]
    Export(ExportArgs),
    /// Write every play that was really played as Parquet
    #[command(after_help = TRUTH_EXAMPLES)]
    Truth(TruthArgs),
}

const TRUTH_EXAMPLES: &str = "\
Examples:
  simulator truth --out truth.parquet
  simulator truth --out truth.parquet --seed 7 --plays 100000 --account ada=Asia/Kolkata";

#[derive(Debug, clap::Args)]
struct TruthArgs {
    /// The file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,

    /// Name the plays whose names Spotify lost (as exports with --restored do)
    #[arg(long)]
    restored: bool,

    #[command(flatten)]
    scenario: ScenarioArgs,
}

/// What a command has to say, for people and for programs.
struct Report {
    text: String,
    json: Value,
}

/// Runs a command and writes its result to `out`.
///
/// # Errors
/// The scenario contradicts itself, or a file or port cannot be had.
pub async fn run(cli: Cli, out: &mut (dyn Write + Send)) -> anyhow::Result<()> {
    let format = cli
        .report
        .unwrap_or_else(|| if std::io::stdout().is_terminal() { ReportFormat::Text } else { ReportFormat::Json });
    let mut say = |report: Report| {
        match format {
            ReportFormat::Text => writeln!(out, "{}", report.text)?,
            ReportFormat::Json => writeln!(out, "{}", report.json)?,
        }
        out.flush()
    };
    match cli.command {
        Command::Truth(args) => say(args.write()?)?,
        Command::Export(args) => say(args.write()?)?,
        Command::Serve(args) => {
            let server = args.start().await?;
            say(serve::listening(&server))?;
            tokio::signal::ctrl_c().await?;
        }
    }
    Ok(())
}

impl TruthArgs {
    fn write(&self) -> anyhow::Result<Report> {
        let attribution = if self.restored { Attribution::Restored } else { Attribution::Missing };
        let rows = truth::write(&self.scenario.world()?, attribution, &self.out)?;
        Ok(Report {
            text: format!("{rows} plays in {}", self.out.display()),
            json: json!({"job": "simulator truth", "status": "ok", "counts": {"rows": rows}, "file": self.out}),
        })
    }
}
