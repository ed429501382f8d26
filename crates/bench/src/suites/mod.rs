//! What is measured: groups of entries that share their ground.

mod build;
mod cards;
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

/// Takes an hour or more: only measured when it is asked for by its whole name.
pub(crate) const LONG: &[&str] = &["build.full.10m", "query.cards.10m"];

impl Suite {
    /// Whether it is among those whose names start with `only`.
    pub(crate) fn is_wanted(&self, only: &str) -> bool {
        let is_long = self.names.iter().any(|name| LONG.contains(name));
        self.names.iter().any(|name| name.starts_with(only) && (!is_long || LONG.contains(&only)))
    }
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
    Suite { names: &["build.incremental.1m", "build.incremental.1m.peak_mb"], measure: build::incremental },
    Suite { names: &["build.dbt.100k", "build.dbt.100k.peak_mb"], measure: dbt::small },
    Suite { names: &["build.dbt.1m", "build.dbt.1m.peak_mb", "build.dbt.1m.after_50"], measure: dbt::large },
    Suite { names: &["publish.1m", "publish.1m.peak_mb"], measure: build::publish },
    Suite { names: &["query.cards.100k"], measure: cards::small },
    Suite { names: &["query.cards.1m"], measure: cards::large },
    Suite { names: &["build.full.10m", "build.full.10m.peak_mb"], measure: build::huge },
    Suite { names: &["query.cards.10m"], measure: cards::huge },
];

/// The names of all entries.
pub(crate) fn names() -> Vec<&'static str> {
    SUITES.iter().flat_map(|suite| suite.names).copied().collect()
}
