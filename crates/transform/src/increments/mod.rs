//! Bringing a table up to date by the rows that changed, where its header says how.
//!
//! `recompute: by play_id` promises that the rows of one key are made of the rows of that key: of all
//! tables that have the column, near or behind views; of what has none they are made as a whole. So
//! only the keys of changed rows are made again, from tables that show no other rows. `through
//! track_id` promises more: a table without the key belongs to the keys that stand beside its
//! `track_id` in a table that has both. Where it is not known which rows changed, the whole is made.
//!
//! Of a view and of a test the same promise says which rows may be new or broken.
//!
//! Which observations are new is told by a ledger of those that were consumed.

mod fresh;
mod ledger;
mod narrowed;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use duckdb::Connection;

use crate::build::fault;
use crate::engine::content::Content;
use crate::engine::session::DATABASE;
use crate::engine::sources::{self, Sources};
use crate::engine::sql::{columns, quoted, quoted_list, rows_of};
use crate::marks::Freshness;
use crate::project::{Check, Model, Project, Recompute};
pub(crate) use fresh::{Fresh, State};
pub(crate) use ledger::LEDGER;
use ledger::{Ledger, OBSERVATIONS};
use narrowed::tables_behind;

/// Of larger tables that are made as a whole nobody compares the rows, which takes longer than to use them.
const ROWS_COMPARED: i64 = 300_000;

/// What a build knows about changed rows so far.
pub(crate) struct Increments<'a> {
    duckdb: &'a Connection,
    project: &'a Project,
    ledger: Ledger<'a>,
    /// The columns of what the file holds.
    columns: BTreeMap<String, BTreeSet<String>>,
    /// The tables of which somebody wants to know the changed rows.
    watched: BTreeSet<&'a str>,
    /// What is known of the tables that were asked about, or made.
    deltas: RefCell<BTreeMap<String, Delta>>,
    /// The rows that are new in what was brought up to date.
    fresh: RefCell<BTreeMap<String, Fresh>>,
    /// How many rows lost some values, by where these are.
    gone: RefCell<BTreeMap<String, i64>>,
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
    /// How many rows may be new in it.
    pub fresh_rows: i64,
}

impl<'a> Increments<'a> {
    /// Before anything is built.
    pub(crate) fn new(
        duckdb: &'a Connection,
        project: &'a Project,
        sources: &'a Sources,
        freshness: &Freshness,
    ) -> Self {
        // What the last build wrote down; to ask DuckDB takes longer than to build a few models.
        let models = freshness.before().models.iter();
        let models =
            models.map(|model| (model.name.clone(), model.columns.iter().map(|column| column.name.clone()).collect()));
        let of_sources: BTreeMap<String, BTreeSet<String>> = sources::columns()
            .map(|(name, columns)| (name, columns.into_iter().map(|column| column.name.to_owned()).collect()))
            .collect();
        let (mut watched, mut keys) = (BTreeSet::new(), BTreeSet::new());
        for model in &project.models {
            if let Some(Recompute::By { key, through }) = &model.header.recompute {
                watched.extend(tables_behind(project, model.reads()));
                keys.extend(key.iter().chain(through.iter().flatten()));
                watched.extend(model.header.tests.iter().filter_map(|test| match &test.check {
                    Check::References { model, .. } => Some(model.as_str()),
                    _ => None,
                }));
            }
        }
        for test in &project.tests {
            if let Some(Recompute::By { key, through }) = &test.recompute {
                watched.extend(tables_behind(project, test.reads.iter().map(String::as_str)));
                keys.extend(key.iter().chain(through.iter().flatten()));
            }
        }
        let keys = of_sources[OBSERVATIONS].iter().filter(|name| keys.contains(name)).cloned().collect();
        let is_true = freshness.there().contains_key(LEDGER) && freshness.is_of_the_same_text(OBSERVATIONS);
        let ledger = Ledger::new(duckdb, sources, is_true, keys);
        let columns = models.chain(of_sources).collect();
        let (deltas, fresh, gone) = (RefCell::default(), RefCell::default(), RefCell::default());
        Self { duckdb, project, ledger, columns, watched, deltas, fresh, gone }
    }

    /// Brings the table of a model up to date; `None` where it must be made as a whole.
    pub(crate) fn update(&self, model: &Model, freshness: &Freshness) -> anyhow::Result<Option<Updated>> {
        let Some(Recompute::By { key, .. }) = &model.header.recompute else { return Ok(None) };
        let before = freshness.before().content(&model.name);
        let Some(before) = before.filter(|_| freshness.knows_rows_of(&model.name)) else { return Ok(None) };
        let tables = tables_behind(self.project, model.reads());
        // To take away and add many rows takes longer than to write the table, and to look for many keys
        // longer than to use all observations.
        let most = before.rows.max(self.ledger.consumed()?) / 4;
        let Some(keys) = self.keys_to_make(model, &tables, most, freshness)? else { return Ok(None) };
        if rows_of(self.duckdb, &keys)? == 0 {
            self.forget(&[&keys])?;
            return Ok(Some(Updated { content: before.clone(), fresh_rows: 0 }));
        }
        let [old, fresh] = ["old", "fresh"].map(|what| temporary(what, &model.name));
        let (list, own) = (quoted_list(key), in_file(&model.name));
        self.duckdb.execute_batch(&format!(
            "create or replace temp table {old} as select * from {own} semi join {keys} using ({list})"
        ))?;
        let without = Content::of(self.duckdb, &old, "true")?;
        if without.rows * 4 > before.rows {
            self.forget(&[&keys, &old])?;
            return Ok(None);
        }
        self.make_rows(model, &tables, &keys, &fresh)?;
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
        let fresh_rows = with.rows;
        self.fresh.borrow_mut().insert(model.name.clone(), Fresh { relation: fresh, key: key.clone() });
        Ok(Some(Updated { content: before.but(&without, &with)?, fresh_rows }))
    }

    /// Finds the rows of a view that may be new, where its header says how.
    pub(crate) fn look_at_view(&self, model: &Model, freshness: &Freshness) -> anyhow::Result<()> {
        let Some(Recompute::By { key, .. }) = &model.header.recompute else { return Ok(()) };
        if !freshness.is_of_the_same_text(&model.name) {
            return Ok(());
        }
        let tables = tables_behind(self.project, model.reads());
        let most = self.ledger.consumed()? / 4;
        let Some(keys) = self.keys_to_make(model, &tables, most, freshness)? else { return Ok(()) };
        let fresh = temporary("fresh", &model.name);
        self.make_rows(model, &tables, &keys, &fresh)?;
        self.forget(&[&keys])?;
        self.fresh.borrow_mut().insert(model.name.clone(), Fresh { relation: fresh, key: key.clone() });
        Ok(())
    }

    /// A table of the keys of which the rows of a model may be others now: at most so many.
    fn keys_to_make(
        &self,
        model: &Model,
        tables: &BTreeSet<&str>,
        most: i64,
        freshness: &Freshness,
    ) -> anyhow::Result<Option<String>> {
        let Some(Recompute::By { key, through }) = &model.header.recompute else { return Ok(None) };
        let reads: Vec<&str> = model.reads().collect();
        let Some(changed) = self.changed_keys(&reads, tables, key, through, freshness)? else { return Ok(None) };
        let keys = temporary("keys", &model.name);
        self.duckdb.execute_batch(&format!("create or replace temp table {keys} as {changed}"))?;
        if rows_of(self.duckdb, &keys)? > most {
            self.forget(&[&keys])?;
            return Ok(None);
        }
        Ok(Some(keys))
    }

    /// Makes the rows of these keys.
    fn make_rows(&self, model: &Model, tables: &BTreeSet<&str>, keys: &str, fresh: &str) -> anyhow::Result<()> {
        let Some(Recompute::By { key, .. }) = &model.header.recompute else { return Ok(()) };
        // The file follows on the same line, so DuckDB's line numbers are those of the file.
        let text = model.text.trim_end().trim_end_matches(';');
        let list = quoted_list(key);
        let make =
            format!("create or replace temp table {fresh} as select * from ({text}\n) semi join {keys} using ({list})");
        self.where_only(keys, key, tables, || {
            Ok(self.duckdb.execute_batch(&make).map_err(|error| fault(self.project, model, &error))?)
        })
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
    pub(crate) fn close_ledger(&self, freshness: &Freshness) -> anyhow::Result<()> {
        self.ledger.close(self.watched.contains(OBSERVATIONS), !freshness.changed().contains(OBSERVATIONS))
    }

    /// What is known of the rows of a table that differ from those it had.
    fn delta(&self, table: &str) -> anyhow::Result<Delta> {
        if let Some(known) = self.deltas.borrow().get(table) {
            return Ok(known.clone());
        }
        let news = if table == OBSERVATIONS { self.ledger.news()? } else { None };
        let delta = news.map_or(Delta::Unknown, Delta::Known);
        self.deltas.borrow_mut().insert(table.to_owned(), delta.clone());
        Ok(delta)
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
}

/// What is in the file, whatever stands before it for a while.
fn in_file(name: &str) -> String {
    format!("{DATABASE}.main.{}", quoted(name))
}

fn temporary(what: &str, name: &str) -> String {
    format!("temp.{}", quoted(&format!("{what} of {name}")))
}
