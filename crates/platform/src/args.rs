//! The flags that every program understands.

use std::path::PathBuf;

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

    /// How the result on stdout looks [default: text on a terminal, else json]
    #[arg(long, global = true, value_enum, value_name = "FORMAT", help_heading = "Common options")]
    pub report: Option<ReportFormat>,

    /// Also write the JSON report to this file (for the program that started this one)
    #[arg(long, global = true, value_name = "FILE", hide = true)]
    pub report_file: Option<PathBuf>,
}
