//! Which rows a test has to look at: all others passed it when they were new, and are as they were.

use std::collections::BTreeSet;

use super::narrowed::tables_behind;
use super::{Delta, Increments, temporary};
use crate::engine::sql::{quoted, quoted_list, rows_of};
use crate::marks::Freshness;
use crate::project::{Recompute, SqlTest};

/// The rows of a table that may be new. The last build asked the same tests of all others: a header with
/// other tests is another text, by which the table is made as a whole.
#[derive(Debug, Clone)]
pub(crate) struct Fresh {
    /// Where they are.
    pub relation: String,
    /// The columns of the key by which the table was brought up to date. Whoever has the key of one of
    /// these rows is one of them.
    pub key: Vec<String>,
}

/// What is known of the rows of a table.
#[derive(Debug, Clone)]
pub(crate) enum State {
    /// All are as they were.
    AsBefore,
    /// All others are.
    But(Fresh),
    /// Nothing.
    Unknown,
}

impl Increments<'_> {
    /// What is known of the rows of a table or view.
    pub(crate) fn state(&self, name: &str, freshness: &Freshness) -> State {
        match self.fresh.borrow().get(name) {
            _ if !freshness.follows_a_whole_build() => State::Unknown,
            _ if !freshness.changed().contains(name) => State::AsBefore,
            Some(fresh) => State::But(fresh.clone()),
            None => State::Unknown,
        }
    }

    /// How many values of these columns a table had and has no more; nothing where that is not known.
    /// Then they are where the second says.
    pub(crate) fn gone_from(
        &self,
        table: &str,
        columns: &[String],
        freshness: &Freshness,
    ) -> anyhow::Result<Option<(i64, String)>> {
        let list = quoted_list(columns);
        let gone = temporary(&format!("{} gone", columns.join(", ")), table);
        let delta = self.deltas.borrow().get(table).cloned();
        let rows = match (self.state(table, freshness), delta) {
            (State::AsBefore, _) => 0,
            (State::But(_), Some(Delta::Known(delta))) | (State::Unknown, Some(Delta::Known(delta))) => {
                let known = self.gone.borrow().get(&gone).copied();
                match known {
                    Some(rows) => rows,
                    None => {
                        // Whoever has the key of a new row is one of the new rows.
                        let rest = match self.state(table, freshness) {
                            State::But(fresh) if fresh.key.iter().all(|name| columns.contains(name)) => fresh.relation,
                            _ => quoted(table),
                        };
                        self.duckdb.execute_batch(&format!(
                            "create or replace temp table {gone} as
                             select distinct {list} from {delta} anti join {rest} using ({list})"
                        ))?;
                        rows_of(self.duckdb, &gone)?
                    }
                }
            }
            _ => return Ok(None),
        };
        self.gone.borrow_mut().insert(gone.clone(), rows);
        Ok(Some((rows, gone)))
    }

    /// How many rows break a test that says by which keys it may be asked; nothing where it must be asked
    /// of all.
    pub(crate) fn breaches_of(
        &self,
        test: &SqlTest,
        freshness: &Freshness,
        ask: impl FnOnce() -> anyhow::Result<i64>,
    ) -> anyhow::Result<Option<i64>> {
        let Some(Recompute::By { key, through }) = &test.recompute else { return Ok(None) };
        if !test.allowed.is_strict(test.severity) || !freshness.held_before(test) {
            return Ok(None);
        }
        let reads: Vec<&str> = test.reads.iter().map(String::as_str).collect();
        let tables: BTreeSet<&str> = tables_behind(self.project, reads.iter().copied());
        let Some(changed) = self.changed_keys(&reads, &tables, key, through, freshness)? else { return Ok(None) };
        let keys = temporary("keys", &test.name);
        self.duckdb.execute_batch(&format!("create or replace temp table {keys} as {changed}"))?;
        let broken = self.where_only(&keys, key, &tables, ask)?;
        self.forget(&[&keys])?;
        Ok(Some(broken))
    }
}
