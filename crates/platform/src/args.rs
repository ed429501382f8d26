//! The flags that every program understands.

use std::path::PathBuf;

use clap::Parser;

use crate::{Stop, hints};

/// Reads the arguments of this process; ends it when they are wrong or only ask for help.
pub fn parse<C: Parser>() -> C {
    let mut command = hints::in_help(C::command());
    let matches = command.get_matches_mut();
    C::from_arg_matches(&matches).unwrap_or_else(|error| error.format(&mut command).exit())
}

/// How log lines are written (to stderr).
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// Compact lines for people.
    Text,
    /// One JSON object a line, for log collectors.
    Json,
}

/// How the result of a job is written (to stdout).
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ReportFormat {
    /// A short summary for people.
    Text,
    /// One JSON object as the last line.
    Json,
}

/// Flags shared by all programs; flatten it into a clap parser.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct CommonArgs {
    /// The data folder [default: DATA_DIR, else ./data]
    #[arg(long, global = true, value_name = "FOLDER", help_heading = "Common options")]
    pub data_dir: Option<PathBuf>,

    /// How log lines on stderr look
    #[arg(long, global = true, value_enum, value_name = "FORMAT", help_heading = "Common options")]
    pub log_format: Option<LogFormat>,

    /// How the result on stdout looks [default: text; of a job, json where no terminal reads it]
    #[arg(long, global = true, value_enum, value_name = "FORMAT", help_heading = "Common options")]
    pub report: Option<ReportFormat>,

    /// The answer as JSON: the report of a job or a list, the rows of a query
    #[arg(long, global = true, conflicts_with = "report", help_heading = "Common options")]
    pub json: bool,

    /// Also write the JSON report to this file (for the program that started this one)
    #[arg(long, global = true, value_name = "FILE", hide = true)]
    pub report_file: Option<PathBuf>,
}

impl CommonArgs {
    /// How the result is wanted, where that was said.
    pub fn wanted(&self) -> Option<ReportFormat> {
        self.report.or(self.json.then_some(ReportFormat::Json))
    }

    /// Refuses `--json` for an answer that is for people alone; `instead` says where a program finds it.
    ///
    /// # Errors
    /// A [`Stop::Usage`].
    pub fn for_people_alone(&self, instead: &str) -> Result<(), Stop> {
        match self.json {
            true => Err(Stop::Usage(format!("this answer is for people and has no JSON; for a program: {instead}"))),
            false => Ok(()),
        }
    }
}
