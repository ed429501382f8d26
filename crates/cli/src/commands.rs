//! What people can type, and which program does it.

use std::ffi::{OsStr, OsString};
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, Args, Command, FromArgMatches, ValueEnum, value_parser};
use platform::CommonArgs;

/// A word after `music-tracker`. The program knows the same word, or is called so itself.
#[derive(Debug)]
pub struct Subcommand {
    /// The word.
    pub name: &'static str,
    /// A second word for it.
    pub alias: Option<&'static str>,
    /// One line of help.
    pub about: &'static str,
    /// The program that does it.
    pub program: &'static str,
    /// Whether plays may change, so that the star schema follows where it has to.
    pub then_refresh: bool,
    /// The word of the program's own that is meant when none is typed: the program is called as
    /// the word is, and its own words follow.
    pub meant: Option<&'static str>,
}

/// Everything people can type, in the order of `--help`.
pub const COMMANDS: &[Subcommand] = &[
    ingest("import", "Read a Spotify export: a zip, a folder or a file; list, undo", true),
    Subcommand { alias: Some("poll"), ..ingest("spotify", "Fetch the newest plays from Spotify", true) },
    ingest("listenbrainz", "Fetch new listens from ListenBrainz, the first time all of them", true),
    ingest("lastfm", "Fetch new scrobbles from Last.fm, the first time all of them", true),
    ingest("status", "Show how fresh everything is, what is missing, and what needs you", false),
    ingest("account", "Listeners: add, connect Spotify and others, time zones, merge, remove", true),
    ingest("replay", "Rebuild the typed tables from the raw files, without the network", true),
    ingest("compact", "Merge the many small files of past months", true),
    Subcommand {
        name: "enrich",
        alias: None,
        about: "Find out who the artists are, their genres, and where they come from",
        program: "enrich",
        then_refresh: true,
        meant: Some("run"),
    },
    transform("summary", "Show what you listen to: artists, hours of the day, a year of days"),
    transform("query", "Ask a question in SQL"),
    transform("explain", "Show why a play is there: who told it, in which file, and what was made of it"),
    transform("export", "Give plays to other programs: CSV, JSON, Parquet, ListenBrainz"),
    Subcommand {
        then_refresh: true,
        ..transform("correct", "Leave plays out, give them away, or say who an artist is; see it first, take it back")
    },
    Subcommand { then_refresh: true, ..transform("travel", "Use local time for trips that the history shows") },
    transform("refresh", "Build, test and publish the star schema"),
    transform("build", "Build the star schema and test it, without publishing"),
    transform("test", "Test the star schema as it is"),
    transform("publish", "Publish the star schema for dashboards"),
    transform("ls", "List the models of the star schema"),
    transform("docs", "Write pages that explain the star schema: columns, tests, lineage"),
    transform("check", "Check that the models keep to the SQL that DuckDB and Spark share"),
];

const EXAMPLES: &str = "\
Examples:
  Read your own history (ask for it at https://www.spotify.com/account/privacy):
    music-tracker import my_spotify_data.zip
  Look at it:
    music-tracker summary
    music-tracker query \"select artist_name, counted_plays from rpt_top_artists where period = 'all time' order by counted_plays desc limit 10\"
  Somebody else in the house, who lives in another time zone:
    music-tracker account add anna --zone Europe/Vienna
    music-tracker import --account anna annas_data.zip
  What can import do?
    music-tracker help import

Your data lies in ./data; --data-dir or DATA_DIR choose another folder.";

const fn ingest(name: &'static str, about: &'static str, then_refresh: bool) -> Subcommand {
    Subcommand { name, alias: None, about, program: "ingest", then_refresh, meant: None }
}

const fn transform(name: &'static str, about: &'static str) -> Subcommand {
    Subcommand { name, alias: None, about, program: "transform", then_refresh: false, meant: None }
}

/// What somebody asked for.
pub(crate) struct Request {
    /// This program as it was typed: `music-tracker` or `./music-tracker`.
    pub(crate) typed_name: String,
    pub(crate) command: &'static Subcommand,
    common: CommonArgs,
    rest: Vec<OsString>,
}

impl Request {
    /// Whether plays may change, or who and where people are.
    pub(crate) fn then_refresh(&self) -> bool {
        const CHANGES: [&str; 4] = ["set", "merge", "remove", "disconnect"];
        const ANSWERS: [&str; 3] = ["--accept", "--dismiss", "--undo"];
        let mut words = self.own_arguments().map(|word| word.to_string_lossy());
        let word = words.next();
        self.command.then_refresh
            && match self.command.name {
                "account" => word.is_some_and(|word| CHANGES.contains(&word.as_ref())),
                "import" => !self.flags().any(|word| word == "--list"),
                "enrich" => word.is_none_or(|word| word != "status"),
                "correct" => {
                    let word = if word.as_deref() == Some("artist") { words.next() } else { word };
                    word.is_none_or(|word| word != "list" && word != "preview")
                }
                "travel" => self.flags().any(|word| ANSWERS.iter().any(|flag| is_flag(word, flag))),
                _ => true,
            }
    }

    /// The arguments for the program: the same word, the flags they share, and the rest
    /// as it was typed.
    pub(crate) fn arguments(&self) -> Vec<OsString> {
        let mut arguments = self.arguments_reporting_to(self.common.report_file.as_deref());
        arguments.extend(self.rest[self.own_words()..].iter().cloned());
        arguments
    }

    /// The same, with the report in `file` instead of where the person wants it.
    pub(crate) fn arguments_with_report(&self, file: &Path) -> Vec<OsString> {
        let mut arguments = self.arguments_reporting_to(Some(file));
        let own: Vec<usize> = self.report_files().flat_map(|(places, _)| places).collect();
        let others = self.rest.iter().enumerate().skip(self.own_words()).filter(|(place, _)| !own.contains(place));
        arguments.extend(others.map(|(_, word)| word.clone()));
        arguments
    }

    /// Where the person wants the report of the job.
    pub(crate) fn report_file(&self) -> Option<PathBuf> {
        let typed = self.report_files().last().map(|(_, file)| file);
        typed.or_else(|| self.common.report_file.clone())
    }

    /// The data folder that was chosen by a flag.
    pub(crate) fn data_dir(&self) -> Option<PathBuf> {
        let typed = self.files(DATA_DIR).last().map(|(_, folder)| folder);
        typed.or_else(|| self.common.data_dir.clone())
    }

    fn arguments_reporting_to(&self, file: Option<&Path>) -> Vec<OsString> {
        let word = match self.command.meant {
            Some(_) if self.own_words() > 0 => self.rest[0].clone(),
            Some(meant) => meant.into(),
            None => self.command.name.into(),
        };
        let mut arguments = vec![word];
        if let Some(file) = file {
            arguments.extend([REPORT_FILE.into(), file.into()]);
        }
        arguments.extend(typed(&self.common));
        arguments
    }

    /// How many words of the rest are the program's own word: one that is no flag, or the flag
    /// that asks for help with all of them.
    fn own_words(&self) -> usize {
        let is_own = |word: &OsString| {
            let word = word.to_string_lossy();
            !word.starts_with('-') || matches!(word.as_ref(), "--help" | "-h" | "--version" | "-V")
        };
        usize::from(self.command.meant.is_some() && self.rest.first().is_some_and(is_own))
    }

    fn report_files(&self) -> impl Iterator<Item = (Range<usize>, PathBuf)> {
        self.files(REPORT_FILE)
    }

    /// The places of a flag behind the word, and the file or folder that each names.
    fn files(&self, flag: &'static str) -> impl Iterator<Item = (Range<usize>, PathBuf)> {
        self.flags().enumerate().filter_map(move |(place, word)| {
            if word == flag {
                return Some((place..place + 2, self.rest.get(place + 1)?.into()));
            }
            let file = word.as_bytes().strip_prefix(flag.as_bytes())?.strip_prefix(b"=")?;
            Some((place..place + 1, OsStr::from_bytes(file).into()))
        })
    }

    /// The words behind the first that may be flags.
    fn flags(&self) -> impl Iterator<Item = &OsString> {
        self.rest.iter().take_while(|word| *word != "--")
    }

    /// The flags that every program understands, wherever they were typed.
    pub(crate) fn shared_flags(&self) -> Vec<OsString> {
        let typed_behind = self.by_owner().filter(|(is_shared, _)| *is_shared).map(|(_, word)| word.clone());
        typed(&self.common).into_iter().chain(typed_behind).collect()
    }

    /// What was typed behind the word and is for this command alone.
    fn own_arguments(&self) -> impl Iterator<Item = &OsString> {
        self.by_owner().filter(|(is_shared, _)| !is_shared).map(|(_, word)| word)
    }

    /// The words behind the first, and whether each is one of the shared flags or the value of one.
    fn by_owner(&self) -> impl Iterator<Item = (bool, &OsString)> {
        let mut is_value = false;
        self.flags().map(move |word| {
            let text = word.to_string_lossy();
            let takes_value = !is_value && SHARED.contains(&text.as_ref());
            let has_value = text.split_once('=').is_some_and(|(flag, _)| SHARED.contains(&flag));
            let is_shared = is_value || takes_value || has_value || text == JSON;
            is_value = takes_value;
            (is_shared, word)
        })
    }
}

const REPORT_FILE: &str = "--report-file";

const DATA_DIR: &str = "--data-dir";

const SHARED: &[&str] = &[DATA_DIR, "--log-format", "--report"];

const JSON: &str = "--json";

/// Whether a word is this flag, with or without its value.
fn is_flag(word: &OsStr, flag: &str) -> bool {
    let rest = word.as_bytes().strip_prefix(flag.as_bytes());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"="))
}

/// The shared flags as somebody would type them.
fn typed(common: &CommonArgs) -> Vec<OsString> {
    fn word(value: &impl ValueEnum) -> Option<OsString> {
        value.to_possible_value().map(|value| value.get_name().into())
    }
    let values = [
        common.data_dir.as_ref().map(Into::into),
        common.log_format.as_ref().and_then(word),
        common.report.as_ref().and_then(word),
    ];
    let with_values = SHARED.iter().zip(values).filter_map(|(flag, value)| Some([flag.into(), value?])).flatten();
    with_values.chain(common.json.then(|| JSON.into())).collect()
}

/// Reads the arguments. Ends the process when they are wrong or only ask for help.
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Request {
    let args = help_as_flag(args);
    let typed_name = args.first().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut parser = parser();
    let matches = parser.try_get_matches_from_mut(args).unwrap_or_else(|error| error.exit());
    let common = CommonArgs::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let chosen = matches.subcommand().and_then(|(word, own)| {
        let rest = own.get_many("rest").into_iter().flatten().cloned().collect();
        Some((COMMANDS.iter().find(|command| command.name == word)?, rest))
    });
    match chosen {
        Some((command, rest)) => Request { typed_name, command, common, rest },
        None => parser.error(ErrorKind::MissingSubcommand, "nothing to do").exit(),
    }
}

/// `help import` means `import --help`, which the program answers.
fn help_as_flag(args: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut args: Vec<OsString> = args.into_iter().collect();
    if args.get(1).is_some_and(|word| word == "help") {
        args.remove(1);
        args.insert(args.len().min(2), "--help".into());
    }
    args
}

fn parser() -> Command {
    // Whatever follows the word belongs to the program, --help included.
    let rest = || {
        Arg::new("rest")
            .num_args(..)
            .trailing_var_arg(true)
            .allow_hyphen_values(true)
            .value_parser(value_parser!(OsString))
            .action(ArgAction::Append)
            .hide(true)
    };
    let subcommand =
        |name: &'static str, about: &'static str| Command::new(name).about(about).arg(rest()).disable_help_flag(true);
    CommonArgs::augment_args(Command::new("music-tracker"))
        .version(env!("CARGO_PKG_VERSION"))
        .about("Your listening history, on your own machine")
        .after_help(EXAMPLES)
        .disable_help_flag(true)
        .arg(Arg::new("help").short('h').long("help").action(ArgAction::HelpShort).help("Print help"))
        .arg_required_else_help(true)
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .subcommands(
            COMMANDS.iter().map(|command| subcommand(command.name, command.about).visible_aliases(command.alias)),
        )
        .subcommand(subcommand("help", "Explain one of these commands"))
}
