//! The command line of `ingest`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use platform::state::CountingRule;
use platform::{CommonArgs, run_command, run_job};

use crate::account::Change;
use crate::import::Request;
use crate::{account, import, replay, spotify, undo};

/// Brings listening history into the data folder: Spotify's list of recent plays and
/// Spotify's exports. What arrives is kept as it came; nothing is ever stored twice.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "\
Examples:
  ingest import my_spotify_data.zip           an export, as Spotify mails it
  ingest import --account ann ~/Downloads     every export in a folder, for Ann
  ingest import --undo 20261122T151705Z-3f9ac2
  ingest spotify                              the newest 50 plays of every account
  ingest account add ann --zone Europe/Berlin
  ingest account set ann --zone Asia/Tokyo --from 2024-07-03
  ingest replay                               typed Parquet anew from the raw files"
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: CommonArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Fetch the newest 50 plays of each account from Spotify
    Spotify {
        /// Only this account [default: every account with a login]
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
    /// Import Spotify exports: zips, folders or single files
    #[command(after_help = "\
Any export of Spotify will do: the extended streaming history, or the account data. Import it
again, or a newer one, whenever you like: only what is new is added. Personal values (IP
address, user name, user agent) are masked before anything reaches the disk.")]
    Import(ImportArgs),
    /// Make the typed Parquet anew from the raw files, without the network
    Replay {
        /// Only this account [default: every account]
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
    /// Merge small Parquet files into one a month
    Compact,
    /// People, and where they lived when
    #[command(subcommand)]
    Account(AccountCommand),
}

#[derive(Debug, Args)]
struct ImportArgs {
    /// Zips, folders or files
    #[arg(value_name = "PATH", required_unless_present = "undo")]
    paths: Vec<PathBuf>,
    /// Whose listening it is; needed once there are several accounts
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Import it even if it looks like someone else's
    #[arg(long)]
    yes: bool,
    /// Take an earlier import back: its run, as its report showed it
    #[arg(long, value_name = "RUN", conflicts_with = "paths")]
    undo: Option<String>,
}

#[derive(Debug, Subcommand)]
enum AccountCommand {
    /// Make an account
    Add {
        /// What to call it
        name: String,
        /// The IANA time zone the person lives in [default: TIMEZONE, else this machine's]
        #[arg(long)]
        zone: Option<String>,
        /// Which plays count
        #[arg(long, value_enum, value_name = "RULE")]
        counts: Option<CountingRule>,
    },
    /// Show all accounts
    List,
    /// Change an account
    Set {
        /// Which one
        name: String,
        /// The IANA time zone
        #[arg(long)]
        zone: Option<String>,
        /// Since when: 2024-07-03T10:00:00Z, a local 2024-07-03 or 2024-07-03T12:00, or "start"
        #[arg(long, value_name = "INSTANT")]
        from: Option<String>,
        /// Take back the move that began at this instant (in UTC, as `list` shows it)
        #[arg(long, value_name = "INSTANT", conflicts_with = "zone")]
        forget_from: Option<String>,
        /// Which plays count
        #[arg(long, value_enum, value_name = "RULE")]
        counts: Option<CountingRule>,
    },
}

impl Cli {
    /// Does what the command line says.
    pub fn run(self) -> ExitCode {
        let common = &self.common;
        match self.command {
            Command::Spotify { account } => {
                run_job("ingest spotify", common, |context| spotify::poll(context, account.as_deref()))
            }
            Command::Import(ImportArgs { undo: Some(run), account, .. }) => {
                run_job("ingest import --undo", common, |context| undo::command(context, &run, account.as_deref()))
            }
            Command::Import(ImportArgs { paths, account, yes, .. }) => {
                let request = Request { paths, account, yes };
                run_job("ingest import", common, |context| import::import(context, &request))
            }
            Command::Replay { account } => {
                run_job("ingest replay", common, |context| replay::replay(context, account.as_deref()))
            }
            Command::Compact => run_job("ingest compact", common, replay::compact),
            Command::Account(AccountCommand::Add { name, zone, counts }) => {
                run_command("ingest account", common, |context| account::add(context, &name, zone.as_deref(), counts))
            }
            Command::Account(AccountCommand::List) => run_command("ingest account", common, account::list),
            Command::Account(AccountCommand::Set { name, zone, from, forget_from, counts }) => {
                let change = Change { zone, from, forget_from, counts };
                run_command("ingest account", common, |context| account::set(context, &name, &change))
            }
        }
    }
}
