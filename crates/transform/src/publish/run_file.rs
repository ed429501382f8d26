//! `run.json`: what is in one published run.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::basis::Basis;
use crate::record::BuiltColumn;

/// The name of the file in the folder of the run.
pub(crate) const NAME: &str = "run.json";

/// Grows when files are written in another way, so that old ones are not taken for equal.
pub(crate) const FORMAT: u32 = 2;

/// One published run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RunFile {
    pub(crate) format: u32,
    pub(crate) run_id: String,
    pub(crate) built_at: String,
    pub(crate) published_at: String,
    /// The version whose hashes the fingerprints are.
    pub(crate) duckdb: String,
    pub(crate) ddl_hash: String,
    /// What these tables were made of, where that is known.
    #[serde(default)]
    pub(crate) basis: Option<Basis>,
    pub(crate) tables: Vec<PublishedTable>,
}

/// One table and its files.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PublishedTable {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) grain: String,
    pub(crate) columns: Vec<BuiltColumn>,
    /// The time of the run that changed it last: it stands in the names of all its files.
    pub(crate) stamp: String,
    pub(crate) files: Vec<PublishedFile>,
}

/// One file of a table.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PublishedFile {
    pub(crate) name: String,
    /// Which part of the table it is: see [`parts`](super::views::parts).
    pub(crate) part: String,
    pub(crate) rows: i64,
    pub(crate) bytes: u64,
    /// Of the rows, whatever their order.
    pub(crate) fingerprint: String,
    /// Whether it is the same file as in the run before, be it under another name.
    pub(crate) linked: bool,
}

impl RunFile {
    /// The description in the folder of a run.
    pub(crate) fn read(run: &Path) -> anyhow::Result<Self> {
        Ok(serde_json::from_str(&std::fs::read_to_string(run.join(NAME))?)?)
    }

    /// The same, or nothing when it cannot be used.
    pub(crate) fn read_if_sound(run: &Path) -> Option<Self> {
        Self::read(run).ok().filter(|file| file.format == FORMAT)
    }

    /// The table of that name in this run.
    pub(crate) fn table(&self, name: &str) -> Option<&PublishedTable> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// Whether these are the very files of this run.
    pub(crate) fn same_files(&self, tables: &[PublishedTable]) -> bool {
        let names = |tables: &[PublishedTable]| -> Vec<String> {
            tables.iter().flat_map(|table| &table.files).map(|file| file.name.clone()).collect()
        };
        names(&self.tables) == names(tables)
    }
}
