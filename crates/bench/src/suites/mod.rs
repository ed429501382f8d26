//! What is measured: groups of entries that share their ground.

mod build;
mod dbt;
mod enrich;
mod import;
mod listens;
mod poll;

use crate::entry::Entry;
use crate::ground::Ground;

/// Entries that are measured together.
pub(crate) struct Suite {
    pub(crate) names: &'static [&'static str],
    pub(crate) measure: fn(&Ground) -> anyhow::Result<Vec<Entry>>,
}

/// All of them.
pub(crate) const SUITES: &[Suite] = &[
    Suite { names: &["import.rows_per_s", "import.peak_mb", "import.vs_read_json"], measure: import::million },
    Suite { names: &["import.peak_mb.4m"], measure: import::four_million },
    Suite { names: &["poll.peak_mb", "poll.requests"], measure: poll::nothing_new },
    Suite {
        names: &["listens.peak_mb", "listens.requests", "listens.rows", "listens.rows_per_s"],
        measure: listens::whole_history,
    },
    Suite { names: &["enrich.requests_per_1000", "enrich.wall_s"], measure: enrich::linked_artists },
    Suite { names: &["build.full.100k", "build.full.100k.peak_mb"], measure: build::small },
    Suite { names: &["build.full.1m", "build.full.1m.peak_mb"], measure: build::large },
    Suite { names: &["build.incremental.1m"], measure: build::incremental },
    Suite { names: &["build.dbt.100k", "build.dbt.100k.peak_mb"], measure: dbt::small },
    Suite { names: &["build.dbt.1m"], measure: dbt::large },
];

/// The names of all entries.
pub(crate) fn names() -> Vec<&'static str> {
    SUITES.iter().flat_map(|suite| suite.names).copied().collect()
}
