//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use platform::CommonArgs;

use crate::project::Selection;
use crate::query::Format;

/// Builds the star schema from typed plays, tests it, and publishes it for dashboards.
#[derive(Debug, Parser)]
#[command(name = "transform", version, arg_required_else_help = true, after_help = EXAMPLES)]
pub struct Cli {
    /// Flags of every program.
    #[command(flatten)]
    pub common: CommonArgs,

    /// A folder of SQL models to use instead of the ones in the program
    /// [default: MUSIC_TRANSFORM__SQL_DIR, else the models in the program]
    #[arg(long, global = true, value_name = "FOLDER", help_heading = "Common options")]
    pub sql_dir: Option<PathBuf>,

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  transform refresh                          build, test and publish
  transform refresh --if-changed             the same, unless nothing changed since the last time
  transform build --select dim_track+        build one model and everything that reads it
  transform --sql-dir sql build              try the models of a working copy
  transform query \"select * from rpt_top_artists limit 10\"
  transform query --format csv \"from fct_track_played\" > plays.csv
  transform summary                          a few answers, for people

A build and all its tests are one transaction: when a test fails, everything stays as it was,
and the rows that broke it are kept in <data>/state/failed-tests/.";

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Build the models and run their tests, all or nothing
    Build {
        /// Build into a new warehouse file that takes the place of the old one
        #[arg(long)]
        full_refresh: bool,
        /// Which models
        #[command(flatten)]
        selection: SelectArgs,
    },
    /// Run the tests on what was built, and change nothing
    Test {
        /// Which models
        #[command(flatten)]
        selection: SelectArgs,
    },
    /// Publish what was built: Parquet for dashboards and people
    Publish,
    /// Build, test and publish
    Refresh {
        /// Build into a new warehouse file that takes the place of the old one
        #[arg(long)]
        full_refresh: bool,
        /// Do nothing when what is published is made of the plays, accounts and models there are
        #[arg(long, conflicts_with = "full_refresh")]
        if_changed: bool,
    },
    /// List the models in the order of building
    Ls,
    /// Ask a question of the published data; it never waits for a build
    #[command(after_help = "\
Examples:
  transform query \"show tables\"
  transform query \"describe dim_track\"
  transform query \"select year(ended_at) as year, count(*) as plays from fct_track_played group by 1 order by 1\"")]
    Query {
        /// A select (or describe, show, summarize)
        sql: String,
        /// How the answer looks [default: table on a terminal, else csv]
        #[arg(long, value_enum)]
        format: Option<Format>,
    },
    /// Print a few answers for people: top artists, hours of the day, a year of days
    Summary {
        /// Whose listening, when there are several accounts [default: everyone, one after the other]
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
}

/// `--select`.
#[derive(Debug, clap::Args)]
pub struct SelectArgs {
    /// Only these models, with commas; `name+` adds what reads it, `+name` what it reads
    #[arg(long, value_name = "MODEL", value_delimiter = ',')]
    select: Vec<String>,
}

impl From<SelectArgs> for Selection {
    fn from(args: SelectArgs) -> Self {
        Self { words: args.select }
    }
}
