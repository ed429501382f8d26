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
use crate::engine::sql::{ColumnType, columns, columns_of_all, count, quoted, quoted_list};
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
    /// The tables of which somebody wants to know the changed rows.
    watched: BTreeSet<&'a str>,
    /// The columns by which somebody wants to know them.
    keys: BTreeSet<String>,
    /// By table, the rows that were and the rows that are, of those that differ; nothing where that is not known.
    deltas: RefCell<BTreeMap<String, Option<String>>>,
    /// The columns of which some keys were looked for among all observations.
    narrowed: RefCell<Vec<String>>,
}

/// A table that was brought up to date.
#[derive(Debug)]
pub(crate) struct Updated {
    /// What it holds now.
    pub content: Content,
    /// The rows that are new in it.
    pub fresh: Fresh,
}

/// The rows of a table that may be new: what is true of one row was true of all others before.
#[derive(Debug, Clone)]
pub(crate) struct Fresh {
    /// Where they are.
    pub relation: String,
    /// All rows of the table that have one of their keys are among them.
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
    pub(crate) fn new(duckdb: &'a Connection, project: &'a Project) -> duckdb::Result<Self> {
        let names = |types: Vec<ColumnType>| types.into_iter().map(|column| column.name).collect();
        let columns = columns_of_all(duckdb)?.into_iter().map(|(table, types)| (table, names(types))).collect();
        let by_key = project.models.iter().filter_map(|model| match &model.header.recompute {
            Some(Recompute::By { key, through }) => Some((model, key, through)),
            _ => None,
        });
        let (mut watched, mut keys) = (BTreeSet::new(), BTreeSet::new());
        for (model, key, through) in by_key {
            watched.extend(tables_behind(project, model));
            keys.extend(key.iter().chain(through).cloned());
        }
        Ok(Self { duckdb, project, columns, watched, keys, deltas: RefCell::default(), narrowed: RefCell::default() })
    }

    /// Brings the table of a model up to date; `None` where it must be made as a whole.
    pub(crate) fn update(&self, model: &Model, freshness: &Freshness) -> anyhow::Result<Option<Updated>> {
        let Some(Recompute::By { key, through }) = &model.header.recompute else { return Ok(None) };
        let before = freshness.before().model(&model.name).and_then(|before| before.content.as_ref());
        let Some(before) = before.filter(|_| freshness.knows_rows_of(&model.name)) else { return Ok(None) };
        let tables = tables_behind(self.project, model);
        let Some(changed) = self.changed_keys(model, &tables, key, through, freshness)? else { return Ok(None) };
        let [keys, old, fresh] = ["keys", "old", "fresh"].map(|what| temporary(what, &model.name));
        let (list, own) = (quoted_list(key), main(&model.name));
        self.duckdb.execute_batch(&format!(
            "create or replace temp table {keys} as {changed};
             create or replace temp table {old} as select * from {own} semi join {keys} using ({list})"
        ))?;
        let without = Content::of(self.duckdb, &old, "true")?;
        // To take away and add so many rows takes longer than to write the table.
        if without.rows * 4 > before.rows {
            return Ok(None);
        }
        self.make_rows(model, &tables, key, &keys, &fresh)?;
        if columns(self.duckdb, &fresh)? != columns(self.duckdb, &own)? {
            return Ok(None);
        }
        self.duckdb.execute_batch(&format!(
            "delete from {own} where ({list}) in (select ({list}) from {keys});
             insert into {own} select * from {fresh}"
        ))?;
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
            let Some(delta) = self.delta(table)? else { return Ok(None) };
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
            let all = if *table == OBSERVATIONS { self.observations_of(keys, key)? } else { main(table) };
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
        let before = freshness.before().model(&model.name).and_then(|before| before.content.as_ref());
        let is_known = before.is_some_and(|content| content.rows <= ROWS_COMPARED);
        if is_known && self.watched.contains(model.name.as_str()) && freshness.knows_rows_of(&model.name) {
            let (old, own) = (temporary("old", &model.name), main(&model.name));
            self.duckdb.execute_batch(&format!("create or replace temp table {old} as select * from {own}"))?;
            self.deltas.borrow_mut().insert(model.name.clone(), None);
        }
        Ok(())
    }

    /// Finds out which rows of a table that was made as a whole changed, where its old ones were kept.
    pub(crate) fn made(&self, model: &Model, is_new: bool) -> duckdb::Result<()> {
        let is_kept = matches!(self.deltas.borrow().get(&model.name), Some(None));
        if is_kept && is_new {
            self.keep_delta(&model.name, &temporary("old", &model.name), &main(&model.name))?;
        }
        Ok(())
    }

    /// Writes down what was consumed, when everything was built.
    pub(crate) fn close_ledger(&self, freshness: &Freshness) -> duckdb::Result<()> {
        if !self.watched.contains(OBSERVATIONS) {
            return Ok(());
        }
        let delta = self.deltas.borrow().get(OBSERVATIONS).cloned().flatten();
        match delta {
            Some(delta) => {
                self.duckdb.execute_batch(&format!("insert into {LEDGER} select observation, content from {delta}"))
            }
            None if !freshness.changed().contains(OBSERVATIONS) && self.columns.contains_key(LEDGER) => Ok(()),
            None => {
                let all = format!("create or replace table {LEDGER} as select {ENTRY} from {OBSERVATIONS}");
                self.duckdb.execute_batch(&all)
            }
        }
    }

    /// The rows of a table that differ from those it had.
    fn delta(&self, table: &str) -> duckdb::Result<Option<String>> {
        if let Some(known) = self.deltas.borrow().get(table) {
            return Ok(known.clone());
        }
        let delta = if table == OBSERVATIONS { self.new_observations()? } else { None };
        self.deltas.borrow_mut().insert(table.to_owned(), delta.clone());
        Ok(delta)
    }

    /// The observations that came in; nothing where some are gone or are told otherwise, of which nobody
    /// knows any more whose they were.
    fn new_observations(&self) -> duckdb::Result<Option<String>> {
        if !self.columns.contains_key(LEDGER) {
            return Ok(None);
        }
        let delta = temporary("delta", OBSERVATIONS);
        let of_keys = self.keys.iter().filter(|name| self.has(OBSERVATIONS, std::slice::from_ref(*name)));
        let of_keys: Vec<&str> = of_keys.map(String::as_str).collect();
        self.duckdb.execute_batch(&format!(
            "create or replace temp table {delta} as
             select * from (select {}, {ENTRY} from {OBSERVATIONS})
             anti join {LEDGER} using (observation, content)",
            quoted_list(&of_keys)
        ))?;
        // Each is there once, which is tested: one that is gone, or is told otherwise, is missing in the sum.
        let rows = |relation: &str| count(self.duckdb, &format!("select count(*) from {relation}"));
        let is_all_there = rows(LEDGER)? + rows(&delta)? == rows(OBSERVATIONS)?;
        Ok(is_all_there.then_some(delta))
    }

    /// The observations of these keys, and maybe some more: to look through all files takes as long for
    /// one key as for a thousand, and the keys of one model are mostly those of the one before.
    fn observations_of(&self, keys: &str, key: &[String]) -> duckdb::Result<String> {
        let (found, found_keys) = (temporary("found", OBSERVATIONS), temporary("keys found", OBSERVATIONS));
        let list = quoted_list(key);
        let others = format!("select count(*) from {keys} anti join {found_keys} using ({list})");
        if *self.narrowed.borrow() != key || count(self.duckdb, &others)? > 0 {
            self.duckdb.execute_batch(&format!(
                "create or replace temp table {found_keys} as from {keys};
                 create or replace temp table {found} as
                 select * from {} semi join {found_keys} using ({list})",
                main(OBSERVATIONS)
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
        self.deltas.borrow_mut().insert(table.to_owned(), Some(delta));
        Ok(())
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
fn main(name: &str) -> String {
    format!("warehouse.main.{}", quoted(name))
}

fn temporary(what: &str, name: &str) -> String {
    format!("temp.{}", quoted(&format!("{what} of {name}")))
}
