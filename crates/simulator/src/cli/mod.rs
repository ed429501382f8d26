//! The command line: one scenario, three things to get from it.

mod describe;
mod export;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Parser, Subcommand, ValueEnum};
use serde_json::{Value, json};

use self::describe::ScenarioArgs;
use self::export::ExportArgs;
use crate::server::{Options, Server, Shape};
use crate::{Attribution, parse_instant, truth};

const EXAMPLES: &str = "\
The same flags --seed, --from, --to, --plays and --account always describe the same world, so
what one command writes fits what another one serves:

  simulator export --out alice.zip --of alice --keys 23 --until 2024-07-01
  simulator serve --now 2024-07-02T18:00:00Z --port 4567
  simulator truth --out truth.parquet

Without --account there are alice, who lives in Berlin and travels, and bob, who lives on
Lord Howe Island (half-hour daylight saving) and later in London.";

/// A made-up world of listeners, Spotify's services for it, and the truth about it
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
    /// Serve Spotify's token service and Web API on 127.0.0.1 until interrupted
    #[command(after_help = SERVE_EXAMPLES)]
    Serve(ServeArgs),
    /// Write an archive as Spotify sends it
    #[command(after_help = export::EXAMPLES)]
    Export(ExportArgs),
    /// Write every play that was really played as Parquet
    #[command(after_help = TRUTH_EXAMPLES)]
    Truth(TruthArgs),
}

const SERVE_EXAMPLES: &str = "\
Examples:
  simulator serve --port 4567
  simulator serve --account ada=Europe/Berlin --plays 2000 --shape extended
  curl -d '{\"now\": \"2023-07-01T12:00:00Z\"}' -H 'content-type: application/json' \\
      http://127.0.0.1:4567/_control/now
  curl http://127.0.0.1:4567/_control/requests";

#[derive(Debug, clap::Args)]
struct ServeArgs {
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,

    /// Which fields Spotify's objects have
    #[arg(long, value_enum, default_value_t = ShapeArg::Development)]
    shape: ShapeArg,

    /// The simulated clock [default: the end of the history]
    #[arg(long, value_name = "INSTANT", value_parser = parse_instant)]
    now: Option<DateTime<Utc>>,

    /// Let access tokens expire after an hour of the simulated clock
    #[arg(long)]
    tokens_expire: bool,

    #[command(flatten)]
    scenario: ScenarioArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ShapeArg {
    /// All fields, as apps with extended quota get them.
    Extended,
    /// What is left for apps in development mode since 2026.
    Development,
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
            say(listening(&server))?;
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

impl ServeArgs {
    async fn start(&self) -> anyhow::Result<Server> {
        let shape = match self.shape {
            ShapeArg::Extended => Shape::Extended,
            ShapeArg::Development => Shape::Development,
        };
        let (port, now, tokens_expire) = (self.port, self.now, self.tokens_expire);
        Server::start(self.scenario.world()?, Options { shape, port, now, tokens_expire, ..Options::default() }).await
    }
}

fn listening(server: &Server) -> Report {
    let now = server.now().to_rfc3339_opts(SecondsFormat::AutoSi, true);
    let accounts = server.world().accounts();
    let mut text = format!(
        "SPOTIFY_BASE_URL={}\nSPOTIFY_ACCOUNTS_BASE_URL={}\nsimulated clock: {now}, ctrl-c ends",
        server.base_url(),
        server.accounts_base_url(),
    );
    for account in accounts {
        text += &format!(
            "\n\n{} ({} plays)\nSPOTIFY_REFRESH_TOKEN={}",
            account.name,
            account.play_count(),
            account.refresh_token
        );
    }
    let accounts = accounts.iter().map(
        |account| json!({"name": account.name, "refresh_token": account.refresh_token, "plays": account.play_count()}),
    );
    let json = json!({
        "job": "simulator serve",
        "base_url": server.base_url(),
        "accounts_base_url": server.accounts_base_url(),
        "now": now,
        "accounts": accounts.collect::<Vec<_>>(),
    });
    Report { text, json }
}
