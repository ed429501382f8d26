//! `simulator export`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::ValueEnum;
use serde_json::json;

use super::Report;
use super::describe::ScenarioArgs;
use crate::export::{KeySet, Package};
use crate::parse_instant;

pub(super) const EXAMPLES: &str = "\
Examples:
  simulator export --out my_spotify_data.zip --of alice
  simulator export --out early.zip --of alice --keys 21 --old-names --until 2023-01-01
  simulator export --out overlap.zip --of alice --keys 23 --since 2022-10-01
  simulator export --out account.zip --of bob --account-data --since 2024-01-01
  simulator export --out history/ --unpacked --of bob";

#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    /// The zip file to write (or the folder, with --unpacked)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,

    /// Whose history; needed when there are several accounts
    #[arg(long, value_name = "NAME")]
    of: Option<String>,

    /// The keys of a row of extended history: until mid-2024, at the end of 2024, since 2025
    #[arg(long, value_enum, default_value = "23", conflicts_with = "account_data")]
    keys: KeysArg,

    /// Account data (names and minutes) instead of extended history
    #[arg(long)]
    account_data: bool,

    /// The file names of earlier years: endsong_0.json, StreamingHistory0.json
    #[arg(long)]
    old_names: bool,

    /// Only plays that ended at this moment or later
    #[arg(long, value_name = "INSTANT", value_parser = parse_instant)]
    since: Option<DateTime<Utc>>,

    /// Only plays that ended before this moment
    #[arg(long, value_name = "INSTANT", value_parser = parse_instant)]
    until: Option<DateTime<Utc>>,

    /// The folder in the archive; empty for none [default: Spotify's]
    #[arg(long, value_name = "NAME")]
    folder: Option<String>,

    /// The most rows in one file
    #[arg(long, value_name = "COUNT")]
    rows_per_file: Option<usize>,

    /// A later export, in which lost names are back
    #[arg(long)]
    restored: bool,

    /// Write a folder instead of a zip file
    #[arg(long)]
    unpacked: bool,

    #[command(flatten)]
    scenario: ScenarioArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum KeysArg {
    #[value(name = "21")]
    Keys21,
    #[value(name = "19")]
    Keys19,
    #[value(name = "23")]
    Keys23,
}

impl ExportArgs {
    pub(super) fn write(&self) -> anyhow::Result<Report> {
        let world = self.scenario.world()?;
        let names: Vec<&str> = world.accounts().iter().map(|account| account.name.as_str()).collect();
        let of = match (&self.of, names.as_slice()) {
            (Some(of), _) => of,
            (None, [only]) => *only,
            (None, _) => anyhow::bail!("say whose history with --of: {}", names.join(", ")),
        };
        let package = self.package(of);
        let contents = if self.unpacked {
            package.write_folder(&world, &self.out)?
        } else {
            package.write_zip(&world, &self.out)?
        };
        let (rows, files) = (contents.rows(), contents.files.len());
        let listed = contents.files.iter().map(|(name, rows)| json!({"name": name, "rows": rows}));
        Ok(Report {
            text: format!("{rows} rows in {files} files in {}", self.out.display()),
            json: json!({
                "job": "simulator export",
                "status": "ok",
                "counts": {"rows": rows, "files": files},
                "file": self.out,
                "files": listed.collect::<Vec<_>>(),
            }),
        })
    }

    fn package(&self, of: &str) -> Package {
        let mut package = if self.account_data {
            Package::account_data(of)
        } else {
            let keys = match self.keys {
                KeysArg::Keys21 => KeySet::Keys21,
                KeysArg::Keys19 => KeySet::Keys19,
                KeysArg::Keys23 => KeySet::Keys23,
            };
            Package::extended(of, keys)
        };
        package.from = self.since.unwrap_or(package.from);
        package.to = self.until.unwrap_or(package.to);
        if self.old_names {
            package = package.old_names();
        }
        if self.restored {
            package = package.restored();
        }
        if let Some(folder) = &self.folder {
            package = package.in_folder(folder);
        }
        match self.rows_per_file {
            Some(rows) => package.rows_per_file(rows),
            None => package,
        }
    }
}
