//! What the tests found last and what was built last, kept in files of their own: whoever shows
//! them need not open the warehouse, and what a failed build found outlives its rollback.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chrono::SecondsFormat;
use platform::DataDir;
use platform::files::write_whole;
use serde::{Deserialize, Serialize};

use crate::build::Run;
use crate::checks::{Outcome, rule};
use crate::project::Project;
use crate::record::BuildRecord;

/// The last result of each test, by the model or query and by what must hold.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Results(BTreeMap<String, BTreeMap<String, Found>>);

/// What a test found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Found {
    /// How many rows broke it.
    pub(crate) rows: i64,
    /// Whether that is not more than may.
    pub(crate) holds: bool,
    /// When, RFC 3339 in UTC.
    pub(crate) tested_at: String,
    /// The run that asked.
    pub(crate) run_id: String,
}

impl Results {
    /// What is kept; nothing where nothing was tested yet or an older version kept it.
    pub(crate) fn read(data: &DataDir) -> Self {
        read(&data.test_results()).unwrap_or_default()
    }

    /// The last result of a test.
    pub(crate) fn of(&self, of: &str, rule: &str) -> Option<&Found> {
        self.0.get(of)?.get(rule)
    }
}

/// Keeps what the tests of a run found; those that it did not ask stay as they were, and those that
/// are no more are forgotten. Nobody's build fails for that.
pub(crate) fn keep_results(project: &Project, outcome: &Outcome, run: &Run) {
    let mut results: Results = read(&run.results).unwrap_or_default();
    let tested_at = run.now.to_rfc3339_opts(SecondsFormat::Secs, true);
    for test in &outcome.results {
        let found =
            Found { rows: test.rows, holds: test.holds, tested_at: tested_at.clone(), run_id: run.run_id.clone() };
        results.0.entry(test.of.clone()).or_default().insert(test.rule.clone(), found);
    }
    let mut there: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for model in &project.models {
        there.insert(&model.name, model.header.tests.iter().map(|test| rule(&test.check)).collect());
    }
    for test in &project.tests {
        there.insert(&test.name, vec![test.sentence.clone()]);
    }
    results.0.retain(|of, _| there.contains_key(of.as_str()));
    for (of, found) in &mut results.0 {
        found.retain(|rule, _| there.get(of.as_str()).is_some_and(|rules| rules.contains(rule)));
    }
    write(&run.results, &results);
}

/// Keeps what was built, without what only the next build needs.
pub(crate) fn keep_build(data: &DataDir, record: &BuildRecord) {
    let BuildRecord { folder_id, run_id, built_at, models, .. } = record.clone();
    let kept = BuildRecord { folder_id, run_id, built_at, models, ..BuildRecord::default() };
    write(&data.last_build(), &kept);
}

/// What was built last; nothing in a new folder.
pub(crate) fn last_build(data: &DataDir) -> BuildRecord {
    read(&data.last_build()).unwrap_or_default()
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

fn write(path: &Path, value: &impl Serialize) {
    let written = serde_json::to_vec(value).map_err(anyhow::Error::from).and_then(|json| Ok(write_whole(path, &json)?));
    if let Err(error) = written {
        tracing::warn!(path = %path.display(), %error, "could not keep what was built and tested");
    }
}
