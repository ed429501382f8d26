//! Models, seeds and tests as the files of a tree define them.

use super::check::{Allowed, Severity};
use super::header::{Header, Recompute};

/// Where a model stands on the path of the data: the folder of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// `seeds/`: reference data.
    Seeds,
    /// `1_staging/`: one model for each source table.
    Staging,
    /// `2_intermediate/`: deduplicate, join, change grain.
    Intermediate,
    /// `3_marts/`: the star schema.
    Marts,
    /// `4_reporting/`: what dashboards read.
    Reporting,
}

impl Layer {
    pub(crate) const ALL: [Self; 5] = [Self::Seeds, Self::Staging, Self::Intermediate, Self::Marts, Self::Reporting];

    /// The folder below `sql/`.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Seeds => "seeds",
            Self::Staging => "1_staging",
            Self::Intermediate => "2_intermediate",
            Self::Marts => "3_marts",
            Self::Reporting => "4_reporting",
        }
    }

    /// How names of its models begin.
    pub(crate) fn prefixes(self) -> &'static [&'static str] {
        match self {
            Self::Seeds => &[""],
            Self::Staging => &["stg_"],
            Self::Intermediate => &["int_"],
            Self::Marts => &["dim_", "fct_", "bridge_", "agg_"],
            Self::Reporting => &["rpt_"],
        }
    }

    /// Whether its models are published for dashboards and people.
    pub fn is_published(self) -> bool {
        matches!(self, Self::Marts | Self::Reporting)
    }
}

/// One model: a header and a select.
#[derive(Debug, Clone)]
pub struct Model {
    /// The name of the file, of the table, and of the published view.
    pub name: String,
    /// The file below the root of the tree.
    pub path: String,
    /// Its folder.
    pub layer: Layer,
    /// What its header says.
    pub header: Header,
    /// The whole file; it is sent to DuckDB as it is, so that line numbers agree.
    pub text: String,
}

impl Model {
    /// The names in `reads:`.
    pub fn reads(&self) -> impl Iterator<Item = &str> {
        self.header.reads.iter().map(|item| item.text.as_str())
    }
}

/// A CSV below `seeds/`, loaded as `csv_<name>` with text columns.
#[derive(Debug, Clone)]
pub struct SeedFile {
    /// The table: `csv_` and the name of the file.
    pub table: String,
    /// The file below the root of the tree.
    pub path: String,
    /// The names in the header line.
    pub columns: Vec<String>,
    /// The rows; an empty field is null.
    pub rows: Vec<Vec<Option<String>>>,
}

/// A file below `tests/`: a sentence, and the rows that break it.
#[derive(Debug, Clone)]
pub struct SqlTest {
    /// The name of the file.
    pub name: String,
    /// The file below the root of the tree.
    pub path: String,
    /// The sentence that must be true.
    pub sentence: String,
    /// How bad a breach is.
    pub severity: Severity,
    /// How many rows may break it.
    pub allowed: Allowed,
    /// By which keys it may be asked of what changed, as the rows of a model are made.
    pub recompute: Option<Recompute>,
    /// The tables it reads, as DuckDB's parser says.
    pub reads: Vec<String>,
    /// The whole file.
    pub text: String,
}
