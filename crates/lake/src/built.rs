//! What a star schema is made of, by marks that change when it does: tells whether what is
//! published stands behind what is stored, without building anything.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::ErrorKind;

use anyhow::Context;
use chrono::{DateTime, Utc};
use platform::{DataDir, JobContext, corrections};
use serde::{Deserialize, Serialize};

use crate::manifest::Manifest;
use crate::schema::{PLAYS, REJECTED, TABLES, all_tables};

/// A mark for each thing by its name. Two marks of one name are equal when what they stand for is
/// the same, as the same version of the program sees it. They need not mean the same to every
/// version: an unknown one costs a build, and no more.
pub type Marks = BTreeMap<String, String>;

/// Digits that change when the value does.
pub fn mark(value: impl Hash) -> String {
    format!("{:016x}", number_of(value))
}

/// The same as a number.
pub fn number_of(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// The mark of a typed table. The generation alone begins anew when somebody deletes the table.
pub fn of_manifest(manifest: &Manifest) -> String {
    let files: Vec<_> = manifest.files.iter().map(|part| (&part.path, part.rows, part.bytes)).collect();
    format!("{}-{}", manifest.generation, mark(files))
}

/// Everything stored that a star schema is made of, as it is now: its inputs without the models.
///
/// # Errors
/// When a manifest, the state database or a file of corrections cannot be read.
pub fn stored(context: &JobContext) -> anyhow::Result<Marks> {
    let mut marks = Marks::new();
    for table in all_tables() {
        marks.insert(format!("src_{}", table.name), of_manifest(&Manifest::read(&context.data, table)?));
    }
    let state = context.state()?;
    let accounts: Vec<_> = state
        .accounts()?
        .into_iter()
        .map(|one| (one.account_id, one.name, one.counting_rule.as_str(), one.created_at))
        .collect();
    let zones: Vec<_> =
        state.zones()?.into_iter().map(|one| (one.account_id, one.valid_from, one.zone.name())).collect();
    marks.insert("accounts".to_owned(), mark((accounts, zones)));
    let gaps: Vec<_> = state
        .gaps()?
        .into_iter()
        .map(|one| (one.account_id, one.source, one.noticed, one.after, one.before, one.estimated_plays, one.closed_by))
        .collect();
    marks.insert("gaps".to_owned(), mark(gaps));
    marks.insert("corrections".to_owned(), mark(corrections::texts(&context.data)?));
    Ok(marks)
}

/// Whether anything was ever received here, were it only rows that are no plays.
///
/// # Errors
/// When a manifest cannot be read.
pub fn received_anything(data: &DataDir) -> anyhow::Result<bool> {
    for table in TABLES {
        if Manifest::read(data, table)?.generation > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether there are plays now.
///
/// # Errors
/// When the manifest cannot be read.
pub fn holds_plays(data: &DataDir) -> anyhow::Result<bool> {
    Ok(!Manifest::read(data, &PLAYS)?.files.is_empty())
}

/// When what is published was built, and of what: the part of its `run.json` that others may read.
#[derive(Debug, Clone, Deserialize)]
pub struct LastBuild {
    /// When, in UTC.
    pub built_at: DateTime<Utc>,
    /// Of what; absent where not all of it was built at once.
    #[serde(default)]
    pub basis: Option<Marks>,
}

impl LastBuild {
    /// That of what is published now; `None` when nothing is.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn current(data: &DataDir) -> anyhow::Result<Option<Self>> {
        let path = data.processed().join("current").join("run.json");
        match std::fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            text => text
                .map_err(anyhow::Error::from)
                .and_then(|text| Ok(Some(serde_json::from_slice(&text)?)))
                .with_context(|| format!("reading {}", path.display())),
        }
    }

    /// What it lacks of what is stored; `None` when it is up to date.
    ///
    /// # Errors
    /// As [`stored`].
    pub fn lacks(&self, context: &JobContext) -> anyhow::Result<Option<Lacking>> {
        // Who only asks makes no state of their own.
        anyhow::ensure!(context.data.state_db().exists(), "there is no state database");
        let now = stored(context).context("looking what is stored")?;
        let Some(basis) = &self.basis else { return Ok(Some(Lacking::of(self, Vec::new()))) };
        let mut kinds: Vec<&'static str> =
            now.iter().filter(|(name, mark)| basis.get(*name) != Some(mark)).map(|(name, _)| kind(name)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        Ok((!kinds.is_empty()).then(|| Lacking::of(self, kinds)))
    }
}

/// What is published and does not know everything that is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lacking {
    /// When it was built.
    pub built_at: DateTime<Utc>,
    /// What was stored or changed since, in words; empty where only a part of it was built last.
    pub changed: Vec<&'static str>,
}

impl Lacking {
    fn of(build: &LastBuild, changed: Vec<&'static str>) -> Self {
        Self { built_at: build.built_at, changed }
    }

    /// One line for people; `what` begins it: `what is shown`.
    pub fn line(&self, what: &str) -> String {
        let built_at = self.built_at.format("%Y-%m-%d %H:%M UTC");
        if self.changed.is_empty() {
            return format!(
                "{what} was last built at {built_at}, and only a part of it: `music-tracker refresh` builds all of it"
            );
        }
        let changed = self.changed.join(", ");
        format!(
            "{what} was built at {built_at}; new or changed since then and not built yet: {changed} (`music-tracker \
             refresh` builds them)"
        )
    }
}

/// What a mark is of, in the words of people.
fn kind(name: &str) -> &'static str {
    match name.strip_prefix("src_") {
        Some(table) if table == REJECTED.name => "rejected rows",
        Some(table) if TABLES.iter().any(|one| one.name == table) => "plays",
        Some(_) => "what is known about artists, albums and places",
        None if name == "accounts" => "accounts and time zones",
        None if name == "gaps" => "gaps",
        None => "corrections",
    }
}
