//! The command line of `ingest`.

mod stopped;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use platform::state::CountingRule;
use platform::{CommonArgs, JobContext, run_change, run_command, run_job, run_question};

use crate::account::Change;
use crate::import::Request;
use crate::{account, connect, import, lastfm, listenbrainz, replay, spotify, status, undo};

/// Brings listening history into the data folder: Spotify's list of recent plays and
/// Spotify's exports. What arrives is kept as it came; nothing is ever stored twice.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "\
Examples:
  music-tracker import my_spotify_data.zip           an export, as Spotify mails it
  music-tracker import --account ann ~/Downloads     every export in a folder, for Ann
  music-tracker import --list                        what was imported, and as which run
  music-tracker import --undo 20261122T151705Z-3f9ac2
  music-tracker account connect spotify              log in, once in six months
  music-tracker spotify                              the newest 50 plays of every account
  music-tracker listenbrainz                         what is new at ListenBrainz
  music-tracker status                               how fresh everything is, and what is missing
  music-tracker account add ann --zone Europe/Berlin
  music-tracker account set ann --zone Asia/Tokyo --from 2024-07-03
  music-tracker replay                               typed Parquet anew from the raw files"
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
    #[command(after_help = "\
Examples:
  music-tracker account connect spotify              once, before: log in
  music-tracker spotify                              everybody who has logged in
  music-tracker spotify --account ann

Spotify forgets all but the newest 50 plays: run it at least every half hour. The report says when to
come back, and where plays may have been lost.")]
    Spotify {
        /// Only this account [default: every account with a login]
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
    /// Fetch the listens of each connected ListenBrainz user: all of them, later what is new
    #[command(after_help = "\
Examples:
  music-tracker account connect listenbrainz --user YOUR_NAME    once, before
  music-tracker listenbrainz
  music-tracker listenbrainz --all")]
    Listenbrainz {
        /// Only this account [default: every account that connected it]
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
        /// The whole history once more: programs may have added listens from long ago
        #[arg(long)]
        all: bool,
    },
    /// Fetch the scrobbles of each connected Last.fm user: all of them, later what is new
    #[command(after_help = "\
Examples:
  music-tracker account connect lastfm --user YOUR_NAME          once, before
  music-tracker lastfm
  music-tracker lastfm --all

It needs LASTFM_API_KEY in the file .env.")]
    Lastfm {
        /// Only this account [default: every account that connected it]
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
        /// The whole history once more: programs may have added listens from long ago
        #[arg(long)]
        all: bool,
    },
    /// How fresh everything is, what is missing, and what needs you
    #[command(after_help = "\
Examples:
  music-tracker status
  music-tracker status --account ann
  music-tracker status --report json                 for programs")]
    Status {
        /// Only this account [default: every account]
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
    /// Import exports of Spotify or ListenBrainz: zips, folders or single files
    #[command(after_help = IMPORT_HELP)]
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
    #[command(subcommand, after_help = ACCOUNT_HELP)]
    Account(AccountCommand),
}

#[derive(Debug, Args)]
struct ImportArgs {
    /// Zips, folders or files
    #[arg(value_name = "PATH", required_unless_present_any = ["undo", "list"])]
    paths: Vec<PathBuf>,
    /// Whose listening it is; needed once there are several accounts, but not to --list
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Import it even if it looks like someone else's, or was imported for another account
    #[arg(long)]
    yes: bool,
    /// Take an earlier import back: its run, as its report and --list show it
    #[arg(long, value_name = "RUN", conflicts_with = "paths")]
    undo: Option<String>,
    /// Show all imports, the newest first: when, what, how many rows, whether taken back; or of one of
    /// them, by its run, what became of the rows of each file
    #[arg(long, value_name = "RUN", num_args = 0..=1, conflicts_with_all = ["paths", "undo", "yes"])]
    list: Option<Option<String>>,
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
    /// Everything about one account
    Show {
        /// Which one [default: the only one]
        name: Option<String>,
    },
    /// Connect Spotify, ListenBrainz or Last.fm, so that new plays are fetched
    #[command(after_help = CONNECT_HELP)]
    Connect {
        /// spotify, listenbrainz or lastfm
        service: String,
        /// Whose listening it is; needed once there are several accounts
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
        /// Your name at ListenBrainz or Last.fm
        #[arg(long, value_name = "NAME")]
        user: Option<String>,
        /// The port of this machine that Spotify sends the browser back to
        #[arg(long, default_value_t = 8898, value_name = "PORT")]
        port: u16,
        /// End a login that was begun with --no-wait: - to be asked for the address the browser ended up at, or
        /// the address itself (which others on this machine may then see)
        #[arg(long, value_name = "ADDRESS")]
        paste: Option<String>,
        /// Only show where to log in
        #[arg(long, conflicts_with = "paste")]
        no_wait: bool,
    },
    /// Forget a login; what came through its API can be erased
    Disconnect {
        /// spotify, listenbrainz or lastfm
        service: String,
        /// Whose
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
        /// Erase what came through its API, too (imports stay)
        #[arg(long)]
        erase: bool,
        /// Keep what came through its API, and do not ask
        #[arg(long, conflicts_with = "erase")]
        keep: bool,
        /// Do not ask whether to erase
        #[arg(long, requires = "erase")]
        yes: bool,
    },
    /// Stop fetching for a while
    Pause {
        /// Whose
        name: String,
        /// Only this source
        #[arg(long, value_name = "SERVICE")]
        source: Option<String>,
    },
    /// Fetch again
    Resume {
        /// Whose
        name: String,
        /// Only this source
        #[arg(long, value_name = "SERVICE")]
        source: Option<String>,
    },
    /// Make two accounts one for good, when they are the same person
    ///
    /// What was received about the first, its connected sources and its corrections become the
    /// second's, plays that both have are one again, and the first account is no more: its time zones
    /// and counting rule are lost. Nothing takes that back, so it says how much will move and asks.
    Merge {
        /// The account that goes
        from: String,
        /// The account that stays
        into: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Remove an account
    Remove {
        /// Which one
        name: String,
        /// Delete its whole history for good
        #[arg(long)]
        erase: bool,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
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
            Command::Listenbrainz { account, all } => {
                run_job("ingest listenbrainz", common, |context| listenbrainz::fetch(context, account.as_deref(), all))
            }
            Command::Lastfm { account, all } => {
                run_job("ingest lastfm", common, |context| lastfm::fetch(context, account.as_deref(), all))
            }
            Command::Status { account } => {
                run_question("ingest status", common, |context| status::status(context, account.as_deref()))
            }
            Command::Import(ImportArgs { list: Some(Some(run)), .. }) => {
                run_question("ingest import --list", common, |context| import::told(context, &run))
            }
            Command::Import(ImportArgs { list: Some(None), account, .. }) => {
                run_question("ingest import --list", common, |context| import::list(context, account.as_deref()))
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
            Command::Account(command) => {
                let words = stopped::words(&command);
                let run = |context: &JobContext| {
                    common.for_people_alone("`music-tracker status --json` tells of all accounts")?;
                    command.run(context)
                };
                match words {
                    Some(words) => run_change("ingest account", common, &words, run),
                    None => run_command("ingest account", common, run),
                }
            }
        }
    }
}

impl AccountCommand {
    fn run(self, context: &JobContext) -> anyhow::Result<String> {
        match self {
            Self::Add { name, zone, counts } => account::add(context, &name, zone.as_deref(), counts),
            Self::List => account::list(context),
            Self::Show { name } => account::show(context, name.as_deref()),
            Self::Set { name, zone, from, forget_from, counts } => {
                account::set(context, &name, &Change { zone, from, forget_from, counts })
            }
            Self::Connect { service, account, user, port, paste, no_wait } => {
                connect::connect(context, &connect::Request { service, account, user, port, paste, no_wait })
            }
            Self::Disconnect { service, account, erase, keep, yes } => {
                connect::disconnect(context, &service, account.as_deref(), erase, keep, yes)
            }
            Self::Pause { name, source } => account::pause(context, &name, source.as_deref(), true),
            Self::Resume { name, source } => account::pause(context, &name, source.as_deref(), false),
            Self::Merge { from, into, yes } => account::merge(context, &from, &into, yes),
            Self::Remove { name, erase, yes } => account::remove(context, &name, erase, yes),
        }
    }
}

const IMPORT_HELP: &str = "\
Examples:
  music-tracker import my_spotify_data.zip           an export, as Spotify mails it
  music-tracker import --account ann ~/Downloads     every export in a folder, for Ann
  music-tracker import --list                        what was imported, and as which run
  music-tracker import --list RUN                    what became of the rows of each of its files
  music-tracker import --undo RUN                    takes back what only that import brought

Any export of Spotify will do: the extended streaming history, or the account data. Ask for it at
https://www.spotify.com/account/privacy. Import it again, or a newer one, whenever you like: only what
is new is added. Personal values (IP address, user name, user agent) are masked before anything
reaches the disk.";

const ACCOUNT_HELP: &str = "\
Examples:
  music-tracker account list
  music-tracker account add ann --zone Europe/Berlin
  music-tracker account set ann --zone Asia/Tokyo --from 2024-07-03      when she moved or travelled
  music-tracker account connect spotify --account ann                    log in, once in six months
  music-tracker account connect listenbrainz --user ann_listens
  music-tracker account show ann
  music-tracker account pause ann                    and resume
  music-tracker account disconnect spotify           forgets the login; --erase also what it brought
  music-tracker account merge me ann                 when both are one person: for good
  music-tracker account remove ann --erase           everything of hers: for good

The first import makes an account by itself.";

const CONNECT_HELP: &str = "\
Examples:
  music-tracker account connect spotify                       with a browser on this machine
  music-tracker account connect spotify --account ann         when there are several accounts
  music-tracker account connect spotify --no-wait             on a server: shows the address to open
  music-tracker account connect spotify --paste -             ends it: asks where the browser ended up
  music-tracker account connect listenbrainz --user ann_listens
  music-tracker account connect lastfm --user ann

Spotify needs an app of your own (https://developer.spotify.com/dashboard; its owner must have
Premium): put its id and secret into SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET (.env). An app
without a secret works as well. The login ends after six months and is then repeated.";
