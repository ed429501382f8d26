//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use platform::CommonArgs;

use crate::correct::{self, Wanted};
use crate::explain;
use crate::export;
use crate::project::Selection;
use crate::query::Format;
use crate::travel;

/// Builds the star schema from typed plays, tests it, and publishes it for dashboards.
#[derive(Debug, Parser)]
#[command(name = "transform", version, arg_required_else_help = true, after_help = EXAMPLES)]
pub struct Cli {
    /// Flags of every program.
    #[command(flatten)]
    pub common: CommonArgs,

    /// A folder of SQL models to use instead of the ones in the program
    /// [default: MUSIC_TRANSFORM__SQL_DIR, else the models in the program]. Of either, the setting
    /// MUSIC_TRANSFORM__MODELS can name the models that you want: they and what they read are
    /// built, and the others are not.
    #[arg(long, global = true, value_name = "FOLDER", help_heading = "Common options")]
    pub sql_dir: Option<PathBuf>,

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  music-tracker refresh                          build, test and publish
  music-tracker refresh --if-changed             the same, unless nothing changed since the last time
  music-tracker build --select dim_track+        build one model and everything that reads it
  music-tracker build --sql-dir sql              try the models of a working copy
  music-tracker check --sql-dir sql              do they keep to the SQL that DuckDB and Spark share?
  music-tracker query \"select * from rpt_top_artists limit 10\"
  music-tracker query --format csv \"from fct_track_played\" > plays.csv
  music-tracker summary                          a few answers, for people

When a model or a test fails, everything stays as it was; a build works on a copy of the
warehouse. When a test fails, the rows that broke it are kept in <data>/state/failed-tests/.";

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
    #[command(after_help = "\
Examples:
  music-tracker refresh                      what changed since the last time, and what hangs on it
  music-tracker refresh --full-refresh       everything anew

Every command that may change plays ends with it; it has to be typed only when that was stopped or
refused. Questions and dashboards see the old state until it is done.")]
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
    /// Write pages that explain the models: columns, tests, lineage, SQL
    #[command(after_help = "\
Examples:
  music-tracker docs                             then open data/docs/index.html
  music-tracker docs --output /srv/www/music

The pages need no server and nothing from outside. They show what the last build, its tests and the
last publication found, and wait for none of them.")]
    Docs {
        /// The folder, which is replaced as a whole [default: docs in the data folder]
        #[arg(long, short, value_name = "FOLDER")]
        output: Option<PathBuf>,
    },
    /// Refuse SQL that would not run on Spark as on DuckDB, and columns without a meaning
    Check,
    /// Ask a question of the published data; it never waits for a build
    #[command(after_help = "\
Examples:
  music-tracker query \"show tables\"
  music-tracker query \"describe dim_track\"
  music-tracker query \"select year(played_date) as year, count(*) as plays from fct_track_played group by 1 order by 1\"")]
    Query {
        /// A select (or describe, show, summarize)
        sql: String,
        /// How the answer looks [default: table on a terminal, else csv]
        #[arg(long, value_enum)]
        format: Option<Format>,
    },
    /// Why a play is there, or where a figure comes from: what each source said, in which file, and what was made of it
    #[command(after_help = "\
Examples:
  music-tracker query \"select play_id, ended_at, artist_track from fct_track_played join dim_track using (track_id) order by ended_at desc limit 5\"
  music-tracker explain 9c1f2ab4
  music-tracker explain --artist \"Fado Luz\" --from 2024-01-01 --to 2024-12-31
  music-tracker explain --account ann --track \"Some Song\"

  music-tracker explain --genre afrobeats --country NG

The play may be named by the play_id of any of its reports, or by the beginning of one. Without one, the
plays of an artist, a track, an album, a genre, a country, an account or a period are added up as every
report does it.")]
    Explain {
        /// A play_id, or the beginning of one
        #[arg(value_name = "PLAY", conflicts_with_all = ["artist", "track", "album", "genre", "country", "account", "from", "to"])]
        play: Option<String>,
        /// The plays of a figure
        #[command(flatten)]
        of: explain::Of,
        /// How the answer looks [default: text, json with --report json]
        #[arg(long, value_enum)]
        format: Option<explain::Format>,
    },
    /// Give plays to other programs: CSV, JSON, Parquet, or the lines that ListenBrainz takes
    #[command(after_help = "\
Examples:
  music-tracker export > plays.csv
  music-tracker export --account ann --from 2024-01-01 --to 2024-12-31 --output 2024.parquet
  music-tracker export --account ann --format listenbrainz --output listens.jsonl

Every real play once, with corrections and masks applied, its times in UTC and on the listener's own
clock. A file for ListenBrainz has the music that counts and is not there yet.")]
    Export(export::Request),
    /// Leave plays out, give them to another account, or say who an artist is: preview, add, list, undo
    #[command(subcommand, after_help = CORRECT)]
    Correct(CorrectCommand),
    /// Trips that the history shows and the time zone does not: list, accept, dismiss, undo
    #[command(after_help = "\
Examples:
  music-tracker travel                           what there is to ask about
  music-tracker travel --accept 3f9ac2b1         use the local time of that trip
  music-tracker travel --accept 3f9ac2b1 --zone America/Denver
  music-tracker travel --dismiss 70d41e5a        never ask about it again
  music-tracker travel --dismissed               what was dismissed
  music-tracker travel --undo 70d41e5a           ask about it again

A trip keeps its name while others come and go. Accepting one says how that is taken back.")]
    Travel(travel::Request),
    /// Print a few answers for people: top artists, hours of the day, a year of days
    #[command(after_help = "\
Examples:
  music-tracker summary
  music-tracker summary --account ann")]
    Summary {
        /// Whose listening, when there are several accounts [default: everyone, one after the other]
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
}

/// What can be done about corrections.
#[derive(Debug, Subcommand)]
pub enum CorrectCommand {
    /// Show what a correction would change, and change nothing
    #[command(after_help = CORRECTIONS)]
    Preview(Wanted),
    /// Make a correction; it holds for later imports too
    #[command(after_help = CORRECTIONS)]
    Add(Wanted),
    /// List the corrections and how many plays each acts on
    List,
    /// Take a correction back
    Undo {
        /// Its id, as `list` shows it
        id: String,
    },
    /// Switch one rule of matching off or on (their names: `music-tracker explain`)
    Rule {
        /// off or on
        #[arg(value_enum)]
        switch: Switch,
        /// The rule
        rule: String,
        /// Why, for whoever reads it later
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Say who an artist is: link, merge, split, rename, mask, genre
    #[command(subcommand)]
    Artist(ArtistCommand),
}

impl CorrectCommand {
    /// Whether it only shows something, so that nothing changes.
    pub fn is_question(&self) -> bool {
        matches!(
            self,
            Self::Preview(_) | Self::List | Self::Artist(ArtistCommand::Preview(_)) | Self::Artist(ArtistCommand::List)
        )
    }
}

/// What can be done about corrections of artists.
#[derive(Debug, Subcommand)]
pub enum ArtistCommand {
    /// Show what a correction would concern, and change nothing
    #[command(after_help = ARTISTS)]
    Preview(correct::artist::Wanted),
    /// Make a correction; it holds for later imports too
    #[command(after_help = ARTISTS)]
    Add(correct::artist::Wanted),
    /// List the corrections
    List,
    /// Take a correction back
    Undo {
        /// Its id, as `list` shows it
        id: String,
    },
}

/// Off or on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Switch {
    /// It no longer acts.
    Off,
    /// It acts.
    On,
}

const CORRECT: &str = "\
Examples:
  music-tracker correct preview exclude --artist \"Cocomelon\"       what it would change
  music-tracker correct add exclude --artist \"Cocomelon\"           later imports included
  music-tracker correct list
  music-tracker correct undo CORRECTION
  music-tracker correct artist --help                              who an artist is";

const CORRECTIONS: &str = "\
Examples:
  music-tracker correct preview exclude --artist \"Cocomelon\"
  music-tracker correct add exclude --from 2024-07-03 --to 2024-07-05 --account ann --reason \"a party\"
  music-tracker correct add reassign --context spotify:playlist:37i9dQZF1DX0h --to-account bo
  music-tracker correct add exclude --play 9c1f2ab4

Corrections lie in <data>/corrections/plays.csv, one a line, and can be edited there as well.";

const ARTISTS: &str = "\
Examples:
  music-tracker correct artist preview link \"Phoenix\" 8d455809-96b3-4bb6-8829-ea4beb580d35
  music-tracker correct artist add link spotify:artist:1xU878Z1QtBldR7ru9owdU none
  music-tracker correct artist add merge \"Beatles\" \"The Beatles\"
  music-tracker correct artist add split \"Simon & Garfunkel & Friends\" \"Simon & Garfunkel\" \"Friends\"
  music-tracker correct artist add rename \"Prince (Artist)\" \"Prince\"
  music-tracker correct artist add mask \"Secret Love\" \"Artist A\"
  music-tracker correct artist add genre \"Air\" electronic downtempo

Corrections lie in <data>/corrections/artists.csv, one a line, and can be edited there as well.";

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
