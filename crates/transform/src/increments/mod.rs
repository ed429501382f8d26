//! Bringing a table up to date by the rows that changed, where its header says how.
//!
//! `recompute: by play_id` promises that the rows of one key are made of the rows of that key: of all
//! tables that have the column, near or behind views; of what has none they are made as a whole. So
//! only the keys of changed rows are made again, from tables that show no other rows. `through
//! track_id` promises more: a table without the key belongs to the keys that stand beside its
//! `track_id` in a table that has both. Where it is not known which rows changed, the whole is made.
//!
//! Which observations are new is told by a ledger of those that were consumed.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use duckdb::Connection;

use crate::build::fault;
use crate::engine::content::Content;
use crate::engine::session::DATABASE;
use crate::engine::sources;
use crate::engine::sql::{columns, quoted, quoted_list, rows_of};
use crate::marks::Freshness;
use crate::project::{Allowed, Check, Declared, Kind, Model, Project, Recompute, Severity};

/// The observations that the warehouse is made of: for each a number of 128 bits and a hash of all its
/// columns, so that one that is told otherwise now is seen, too.
pub(crate) const LEDGER: &str = "_consumed";
const OBSERVATIONS: &str = "src_plays";
const ENTRY: &str = "md5_number(observation_id) as observation, hash(*columns(*)) as content";

/// Of larger tables that are made as a whole nobody compares the rows, which takes longer than to use them.
const ROWS_COMPARED: i64 = 300_000;

/// What a build knows about changed rows so far.
pub(crate) struct Increments<'a> {
    duckdb: &'a Connection,
    project: &'a Project,
    /// The columns of what the file holds.
    columns: BTreeMap<String, BTreeSet<String>>,
    /// Whether there is a ledger.
    has_ledger: bool,
    /// The tables of which somebody wants to know the changed rows.
    watched: BTreeSet<&'a str>,
    /// The columns by which somebody wants to know them.
    keys: BTreeSet<String>,
    /// What is known of the tables that were asked about, or made.
    deltas: RefCell<BTreeMap<String, Delta>>,
    /// The columns of which some keys were looked for among all observations.
    narrowed: RefCell<Vec<String>>,
}

/// What is known of the rows of a table that changed.
#[derive(Debug, Clone)]
enum Delta {
    /// Its old rows are kept, in case somebody asks.
    OldKept,
    /// Where the rows are that were and are not, and those that are and were not.
    Known(String),
    /// Nothing.
    Unknown,
}

/// A table that was brought up to date.
#[derive(Debug)]
pub(crate) struct Updated {
    /// What it holds now.
    pub content: Content,
    /// The rows that are new in it.
    pub fresh: Fresh,
}

/// The rows of a table that may be new. The last build asked the same tests of all others: a header with
/// other tests is another text, by which the table is made as a whole.
#[derive(Debug, Clone)]
pub(crate) struct Fresh {
    /// Where they are.
    pub relation: String,
    /// The columns of the key by which the table was brought up to date. Whoever has the key of one of
    /// these rows is one of them.
    pub key: Vec<String>,
    /// How many there are.
    pub rows: i64,
}

impl Fresh {
    /// Whether a test of the table holds if it holds for these rows; `changed` are the tables that are new.
    pub(crate) fn is_enough_for(&self, test: &Declared, changed: &BTreeSet<String>) -> bool {
        // Of a test that may be broken, all breaches are counted.
        let is_strict = test.severity == Severity::Error && test.allowed == Allowed::Nothing;
        is_strict
            && match &test.check {
                Check::Unique(columns) => self.key.iter().all(|name| columns.contains(name)),
                Check::References { model, .. } => !changed.contains(model),
                Check::NotNull(_) | Check::Accepted { .. } | Check::Between { .. } | Check::Expression(_) => true,
            }
    }
}

impl<'a> Increments<'a> {
    /// Before anything is built.
    pub(crate) fn new(duckdb: &'a Connection, project: &'a Project, freshness: &Freshness) -> Self {
        // What the last build wrote down; to ask DuckDB takes longer than to build a few models.
        let models = freshness.before().models.iter();
        let models =
            models.map(|model| (model.name.clone(), model.columns.iter().map(|column| column.name.clone()).collect()));
        let sources = sources::columns().map(|(name, columns)| (name, columns.into_iter().collect()));
        let columns = models.chain(sources).collect();
        let has_ledger = freshness.there().contains_key(LEDGER);
        let by_key = project.models.iter().filter_map(|model| match &model.header.recompute {
            Some(Recompute::By { key, through }) => Some((model, key, through)),
            _ => None,
        });
        let (mut watched, mut keys) = (BTreeSet::new(), BTreeSet::new());
        for (model, key, through) in by_key {
            watched.extend(tables_behind(project, model));
            keys.extend(key.iter().chain(through).cloned());
        }
        let (deltas, narrowed) = (RefCell::default(), RefCell::default());
        Self { duckdb, project, columns, has_ledger, watched, keys, deltas, narrowed }
    }

    /// Brings the table of a model up to date; `None` where it must be made as a whole.
    pub(crate) fn update(&self, model: &Model, freshness: &Freshness) -> anyhow::Result<Option<Updated>> {
        let Some(Recompute::By { key, through }) = &model.header.recompute else { return Ok(None) };
        let before = freshness.before().content(&model.name);
        let Some(before) = before.filter(|_| freshness.knows_rows_of(&model.name)) else { return Ok(None) };
        let tables = tables_behind(self.project, model);
        let Some(changed) = self.changed_keys(model, &tables, key, through, freshness)? else { return Ok(None) };
        let [keys, old, fresh] = ["keys", "old", "fresh"].map(|what| temporary(what, &model.name));
        let (list, own) = (quoted_list(key), in_file(&model.name));
        self.duckdb.execute_batch(&format!("create or replace temp table {keys} as {changed}"))?;
        // To take away and add many rows takes longer than to write the table, and to look for many keys
        // longer than to use all observations.
        let asked = rows_of(self.duckdb, &keys)?;
        if asked * 4 > before.rows.max(self.consumed()?) {
            self.forget(&[&keys])?;
            return Ok(None);
        }
        self.duckdb.execute_batch(&format!(
            "create or replace temp table {old} as select * from {own} semi join {keys} using ({list})"
        ))?;
        let without = Content::of(self.duckdb, &old, "true")?;
        if without.rows * 4 > before.rows {
            self.forget(&[&keys, &old])?;
            return Ok(None);
        }
        self.make_rows(model, &tables, key, &keys, &fresh)?;
        if columns(self.duckdb, &fresh)? != columns(self.duckdb, &own)? {
            tracing::debug!(model = model.name, "its columns are others now");
            self.forget(&[&keys, &old, &fresh])?;
            return Ok(None);
        }
        let is_same: Vec<String> = key.iter().map(|name| format!("own.{0} = keys.{0}", quoted(name))).collect();
        self.duckdb.execute_batch(&format!(
            "delete from {own} as own using {keys} as keys where {};
             insert into {own} select * from {fresh}",
            is_same.join(" and ")
        ))?;
        self.forget(&[&keys])?;
        self.keep_delta(&model.name, &old, &fresh)?;
        let with = Content::of(self.duckdb, &fresh, "true")?;
        let fresh = Fresh { relation: fresh, key: key.clone(), rows: with.rows };
        Ok(Some(Updated { content: before.but(&without, &with)?, fresh }))
    }

    /// A query for the keys of rows that a change of these tables may concern; nothing where it may be all.
    fn changed_keys(
        &self,
        model: &Model,
        tables: &BTreeSet<&str>,
        key: &[String],
        through: &[String],
        freshness: &Freshness,
    ) -> anyhow::Result<Option<String>> {
        let keys = quoted_list(key);
        let mut changes = Vec::new();
        for table in tables.iter().filter(|table| freshness.changed().contains(**table)) {
            let Delta::Known(delta) = self.delta(table)? else { return Ok(None) };
            if self.has(table, key) {
                changes.push(format!("select {keys} from {delta}"));
                continue;
            }
            // A table and not a view: whose rows they were before is among its own changes.
            let has_both = |read: &&str| tables.contains(read) && self.has(read, key) && self.has(read, through);
            let beside: Vec<&str> = model.reads().filter(has_both).collect();
            if through.is_empty() || beside.is_empty() || !self.has(table, through) {
                return Ok(None);
            }
            let through = quoted_list(through);
            changes.extend(beside.iter().map(|read| {
                let read = quoted(read);
                format!("select {keys} from {read} semi join {delta} using ({through})")
            }));
        }
        Ok((!changes.is_empty()).then(|| changes.join(" union ")))
    }

    /// Makes the rows of these keys, of tables that show nothing else for a moment.
    fn make_rows(
        &self,
        model: &Model,
        tables: &BTreeSet<&str>,
        key: &[String],
        keys: &str,
        fresh: &str,
    ) -> anyhow::Result<()> {
        let list = quoted_list(key);
        let narrowed: Vec<&str> = tables.iter().copied().filter(|table| self.has(table, key)).collect();
        for table in &narrowed {
            let all = if *table == OBSERVATIONS { self.observations_of(keys, key)? } else { in_file(table) };
            self.duckdb.execute_batch(&format!(
                "create or replace temp view {} as select * from {all} semi join {keys} using ({list})",
                quoted(table)
            ))?;
        }
        // The file follows on the same line, so DuckDB's line numbers are those of the file.
        let text = model.text.trim_end().trim_end_matches(';');
        let make =
            format!("create or replace temp table {fresh} as select * from ({text}\n) semi join {keys} using ({list})");
        self.duckdb.execute_batch(&make).map_err(|error| fault(self.project, model, &error))?;
        for table in narrowed {
            self.duckdb.execute_batch(&format!("drop view temp.{}", quoted(table)))?;
        }
        Ok(())
    }

    /// Keeps the rows of a table that is about to be made as a whole, if somebody asks which of them changed.
    pub(crate) fn about_to_make(&self, model: &Model, freshness: &Freshness) -> duckdb::Result<()> {
        let before = freshness.before().content(&model.name);
        let is_known = before.is_some_and(|content| content.rows <= ROWS_COMPARED);
        if is_known && self.watched.contains(model.name.as_str()) && freshness.knows_rows_of(&model.name) {
            let (old, own) = (temporary("old", &model.name), in_file(&model.name));
            self.duckdb.execute_batch(&format!("create or replace temp table {old} as select * from {own}"))?;
            self.deltas.borrow_mut().insert(model.name.clone(), Delta::OldKept);
        }
        Ok(())
    }

    /// Finds out which rows of a table that was made as a whole changed, where its old ones were kept.
    pub(crate) fn made(&self, model: &Model, is_new: bool) -> duckdb::Result<()> {
        let is_kept = matches!(self.deltas.borrow().get(&model.name), Some(Delta::OldKept));
        let old = temporary("old", &model.name);
        match is_kept {
            true if is_new => self.keep_delta(&model.name, &old, &in_file(&model.name)),
            true => self.forget(&[&old]),
            false => Ok(()),
        }
    }

    /// Writes down what was consumed, when everything was built.
    pub(crate) fn close_ledger(&self, freshness: &Freshness) -> duckdb::Result<()> {
        self.forget(&[&temporary("found", OBSERVATIONS), &temporary("keys found", OBSERVATIONS)])?;
        if !self.watched.contains(OBSERVATIONS) {
            return self.duckdb.execute_batch(&format!("drop table if exists {}", in_file(LEDGER)));
        }
        let is_true_still =
            freshness.follows_a_whole_build() && self.has_ledger && !freshness.changed().contains(OBSERVATIONS);
        match self.deltas.borrow().get(OBSERVATIONS) {
            Some(Delta::Known(delta)) => {
                self.duckdb.execute_batch(&format!("insert into {LEDGER} select observation, content from {delta}"))
            }
            _ if is_true_still => Ok(()),
            _ => {
                let all = format!("create or replace table {LEDGER} as select {ENTRY} from {OBSERVATIONS}");
                self.duckdb.execute_batch(&all)
            }
        }
    }

    /// How many observations the warehouse was made of.
    fn consumed(&self) -> duckdb::Result<i64> {
        match self.has_ledger {
            true => rows_of(self.duckdb, LEDGER),
            false => Ok(0),
        }
    }

    /// What is known of the rows of a table that differ from those it had.
    fn delta(&self, table: &str) -> duckdb::Result<Delta> {
        if let Some(known) = self.deltas.borrow().get(table) {
            return Ok(known.clone());
        }
        let delta = if table == OBSERVATIONS { self.new_observations()? } else { Delta::Unknown };
        self.deltas.borrow_mut().insert(table.to_owned(), delta.clone());
        Ok(delta)
    }

    /// The observations that came in; nothing is known where some are gone or are told otherwise: nobody
    /// remembers whose they were.
    fn new_observations(&self) -> duckdb::Result<Delta> {
        if !self.has_ledger {
            return Ok(Delta::Unknown);
        }
        let delta = temporary("delta", OBSERVATIONS);
        let of_keys = self.keys.iter().filter(|name| self.has(OBSERVATIONS, std::slice::from_ref(*name)));
        let of_keys: String = of_keys.map(|name| format!(", {}", quoted(name))).collect();
        self.duckdb.execute_batch(&format!(
            "create or replace temp table {delta} as
             select * from (select {ENTRY}{of_keys} from {OBSERVATIONS})
             anti join {LEDGER} using (observation, content)"
        ))?;
        // Staging tests that each is there once: one that is gone, or is told otherwise, is missing in the sum.
        let rows = |relation: &str| rows_of(self.duckdb, relation);
        let is_all_there = rows(LEDGER)? + rows(&delta)? == rows(OBSERVATIONS)?;
        Ok(if is_all_there { Delta::Known(delta) } else { Delta::Unknown })
    }

    /// The observations of these keys, and maybe some more: to look through all files takes as long for
    /// one key as for a thousand, and the keys of one model are mostly those of the one before.
    fn observations_of(&self, keys: &str, key: &[String]) -> duckdb::Result<String> {
        let (found, found_keys) = (temporary("found", OBSERVATIONS), temporary("keys found", OBSERVATIONS));
        let list = quoted_list(key);
        let others = format!("{keys} anti join {found_keys} using ({list})");
        if *self.narrowed.borrow() != key || rows_of(self.duckdb, &others)? > 0 {
            self.duckdb.execute_batch(&format!(
                "create or replace temp table {found_keys} as from {keys};
                 create or replace temp table {found} as
                 select * from {} semi join {found_keys} using ({list})",
                in_file(OBSERVATIONS)
            ))?;
            key.clone_into(&mut self.narrowed.borrow_mut());
        }
        Ok(found)
    }

    fn keep_delta(&self, table: &str, old: &str, new: &str) -> duckdb::Result<()> {
        let delta = temporary("delta", table);
        self.duckdb.execute_batch(&format!(
            "create or replace temp table {delta} as
             (from {old} except all from {new}) union all (from {new} except all from {old})"
        ))?;
        self.deltas.borrow_mut().insert(table.to_owned(), Delta::Known(delta));
        self.forget(&[old])
    }

    /// Gives the memory of temporary tables back.
    fn forget(&self, tables: &[&str]) -> duckdb::Result<()> {
        tables.iter().try_for_each(|table| self.duckdb.execute_batch(&format!("drop table if exists {table}")))
    }

    fn has(&self, table: &str, names: &[String]) -> bool {
        self.columns.get(table).is_some_and(|columns| names.iter().all(|name| columns.contains(name)))
    }
}

/// The tables that a model reads, itself or behind views.
fn tables_behind<'a>(project: &'a Project, model: &'a Model) -> BTreeSet<&'a str> {
    let mut tables = BTreeSet::new();
    for read in model.reads() {
        match project.model(read) {
            Some(view) if view.header.kind == Kind::View => tables.extend(tables_behind(project, view)),
            _ => drop(tables.insert(read)),
        }
    }
    tables
}

/// What is in the file, whatever stands before it for a while.
fn in_file(name: &str) -> String {
    format!("{DATABASE}.main.{}", quoted(name))
}

fn temporary(what: &str, name: &str) -> String {
    format!("temp.{}", quoted(&format!("{what} of {name}")))
}
