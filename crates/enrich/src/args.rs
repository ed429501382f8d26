//! The command line of `enrich`.

use std::num::NonZeroUsize;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use platform::{CommonArgs, run_job, run_question};

use crate::question::Group;
use crate::run::Wishes;
use crate::{replay, run, status};

/// Finds out what is not known yet about the artists, albums and places of your music: who they
/// are at MusicBrainz, their genres, where they come from. It asks with few requests, as slowly as
/// each service wants, and nothing again before it may have changed: run it as often as you like.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "\
Examples:
  music-tracker enrich run                        everything that is missing or out of date
  music-tracker enrich run --limit 200            the 200 artists that matter most (newest, then most played)
  music-tracker enrich run --only musicbrainz,geo
  music-tracker enrich status                     how much is known, and what was not found
  music-tracker enrich replay                     the typed tables anew from the kept answers, without the network"
)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    common: CommonArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Ask for what is missing or out of date: what is done without a command, too
    Run {
        /// Ask only these: musicbrainz, listenbrainz, geo, spotify
        #[arg(long, value_enum, value_name = "SERVICES", value_delimiter = ',')]
        only: Vec<Group>,
        /// The most artists, the most albums and the most tracks to ask about
        #[arg(long, value_name = "N")]
        limit: Option<NonZeroUsize>,
    },
    /// Make the typed tables anew from the kept answers, without the network
    Replay,
    /// How much is known, and what was not found
    Status,
}

impl Cli {
    /// Does what the command line says.
    pub fn run(self) -> ExitCode {
        let common = &self.common;
        match self.command.unwrap_or(Command::Run { only: Vec::new(), limit: None }) {
            Command::Run { only, limit } => run_job("enrich run", common, |context| {
                run::run(context, &Wishes { only, limit: limit.map(NonZeroUsize::get) })
            }),
            Command::Replay => run_job("enrich replay", common, replay::replay),
            Command::Status => run_question("enrich status", common, status::status),
        }
    }
}
