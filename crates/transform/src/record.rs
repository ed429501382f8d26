//! What the warehouse says about itself: which models were built, with which columns, and of
//! which data folder.
//!
//! It is one row of JSON in the table `_build`, written with the tables it tells of, so that
//! `publish` publishes what was built, whatever the SQL files say by then. Where two data folders
//! share one file (`DUCKDB_PATH`), it holds the plays of whoever built last.

use std::path::PathBuf;

use duckdb::{Connection, OptionalExt};
use lake::built::Marks;
use platform::{JobContext, Stop};
use serde::{Deserialize, Serialize};

use crate::basis::Basis;
use crate::engine::content::Content;
use crate::project::Layer;

/// The version of this program.
pub(crate) const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// One build.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BuildRecord {
    /// The data folder whose plays it holds; absent in a warehouse of an older version.
    #[serde(default)]
    pub folder_id: Option<String>,
    /// The version of the program that built all of it; another one builds all of it anew.
    #[serde(default)]
    pub program: String,
    /// The run that built it last.
    pub run_id: String,
    /// When, RFC 3339 in UTC.
    pub built_at: String,
    /// What it was made of; absent when only some models were built last, so that nobody
    /// takes the whole for up to date.
    #[serde(default)]
    pub basis: Option<Basis>,
    /// What each table was made of, where that is known.
    #[serde(default)]
    pub marks: Marks,
    /// What each table was found to hold, for those that read it; where that is known.
    #[serde(default)]
    pub contents: Marks,
    /// By what texts each table was made, near and far; where that is known.
    #[serde(default)]
    pub texts: Marks,
    /// The models in the warehouse, in the order of building.
    pub models: Vec<BuiltModel>,
}

/// The data folder that a job works on, and the warehouse it has.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    /// Its name, which it keeps wherever it is moved to.
    pub id: String,
    /// Where it lies now.
    pub root: PathBuf,
    /// The warehouse.
    pub warehouse: PathBuf,
}

impl Folder {
    /// The data folder of a job.
    pub(crate) fn of(context: &JobContext) -> anyhow::Result<Self> {
        let (root, warehouse) = (context.data.root().to_owned(), context.data.warehouse());
        Ok(Self { id: context.state()?.folder_id()?, root, warehouse })
    }

    /// What to say when it took a warehouse over that held another one's star schema.
    pub(crate) fn took_over(&self) -> String {
        format!(
            "{} held the star schema of another data folder, and holds that of {} now: give each a DUCKDB_PATH of its \
             own, or none",
            self.warehouse.display(),
            self.root.display()
        )
    }

    fn is_not_of(&self, is_known: bool) -> Stop {
        let (root, warehouse) = (self.root.display(), self.warehouse.display());
        let whose =
            if is_known { "another data folder" } else { "an older version, which did not say of which folder" };
        Stop::Usage(format!(
            "{warehouse} holds the star schema of {whose}, and not of {root}: `music-tracker refresh` builds that of \
             {root} in its place. Where several data folders are in use, give each a DUCKDB_PATH of its own, or none"
        ))
    }
}

/// One model as it was built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BuiltModel {
    /// Its name.
    pub name: String,
    /// Its layer.
    pub layer: Layer,
    /// The prose of its header.
    pub description: String,
    /// What one row is.
    pub grain: String,
    /// The columns of the grain.
    pub key: Vec<String>,
    /// The order of rows in the published file.
    pub sort: Vec<String>,
    /// The time column that divides history from recent rows.
    pub split: Option<String>,
    /// Whether it is a view.
    pub is_view: bool,
    /// Its columns, in order.
    pub columns: Vec<BuiltColumn>,
    /// What it holds, where it is a table.
    #[serde(default)]
    pub content: Option<Content>,
}

/// A column of a built model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BuiltColumn {
    /// Its name.
    pub name: String,
    /// DuckDB's type.
    pub data_type: String,
    /// What it means: from the header, or inherited from a model it reads.
    pub description: Option<String>,
}

impl BuildRecord {
    /// The record in this warehouse; `None` in a new one.
    pub(crate) fn read(duckdb: &Connection) -> anyhow::Result<Option<Self>> {
        let found = "select count(*) from duckdb_tables() where table_name = '_build' and schema_name = 'main'";
        let there: i64 = duckdb.query_row(found, [], |row| row.get(0))?;
        if there == 0 {
            return Ok(None);
        }
        let json: Option<String> = duckdb.query_row("select record from _build", [], |row| row.get(0)).optional()?;
        Ok(json.map(|json| serde_json::from_str(&json)).transpose()?)
    }

    /// The record of what this data folder built; `None` in a new warehouse.
    ///
    /// # Errors
    /// A [`Stop::Usage`] when another data folder built it, or nobody knows which.
    pub(crate) fn of_this_folder(duckdb: &Connection, folder: &Folder) -> anyhow::Result<Option<Self>> {
        match Self::read(duckdb)? {
            Some(record) if !record.is_of(folder) => Err(folder.is_not_of(record.folder_id.is_some()).into()),
            record => Ok(record),
        }
    }

    /// Whether it tells of this data folder.
    pub(crate) fn is_of(&self, folder: &Folder) -> bool {
        self.folder_id.as_ref() == Some(&folder.id)
    }

    /// Whether it tells of another one: older versions did not say of which.
    pub(crate) fn is_of_another(&self, folder: &Folder) -> bool {
        self.folder_id.is_some() && !self.is_of(folder)
    }

    /// Whether a build of everything may go on from it: another version of the program may have made
    /// the same tables otherwise.
    pub(crate) fn is_of_this_program(&self) -> bool {
        self.program == PROGRAM
    }

    /// The model of that name, as it was built.
    pub(crate) fn model(&self, name: &str) -> Option<&BuiltModel> {
        self.models.iter().find(|model| model.name == name)
    }

    /// What the table of that name holds, where it is one.
    pub(crate) fn content(&self, name: &str) -> Option<&Content> {
        self.model(name)?.content.as_ref()
    }

    pub(crate) fn write(&self, duckdb: &Connection) -> anyhow::Result<()> {
        duckdb.execute_batch("create or replace table _build (record varchar)")?;
        duckdb.execute("insert into _build values (?)", [serde_json::to_string(self)?])?;
        Ok(())
    }
}
