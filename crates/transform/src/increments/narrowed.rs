//! Asking a query of some keys only: which they are, and tables that show no other rows for a while.

use std::collections::BTreeSet;

use super::{Delta, Increments, OBSERVATIONS, in_file};
use crate::engine::sql::{quoted, quoted_list};
use crate::marks::Freshness;
use crate::project::{Kind, Project};

impl Increments<'_> {
    /// A query for the keys of rows that a change of these tables may concern; nothing where it may be all.
    pub(super) fn changed_keys(
        &self,
        reads: &[&str],
        tables: &BTreeSet<&str>,
        key: &[String],
        through: &[Vec<String>],
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
            let Some(through) = through.iter().find(|columns| self.has(table, columns)) else { return Ok(None) };
            // A table and not a view: whose rows they were before is among its own changes.
            let has_both = |read: &&&str| tables.contains(**read) && self.has(read, key) && self.has(read, through);
            let beside: Vec<&&str> = reads.iter().filter(has_both).collect();
            if beside.is_empty() {
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

    /// Does `work` while the tables with these columns show no rows but those of the keys.
    pub(super) fn where_only<T>(
        &self,
        keys: &str,
        key: &[String],
        tables: &BTreeSet<&str>,
        work: impl FnOnce() -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let list = quoted_list(key);
        let narrowed: Vec<&str> = tables.iter().copied().filter(|table| self.has(table, key)).collect();
        for table in &narrowed {
            let all = if *table == OBSERVATIONS { self.ledger.observations_of(keys, key)? } else { in_file(table) };
            self.duckdb.execute_batch(&format!(
                "create or replace temp view {} as select * from {all} semi join {keys} using ({list})",
                quoted(table)
            ))?;
        }
        let done = work()?;
        for table in narrowed {
            self.duckdb.execute_batch(&format!("drop view temp.{}", quoted(table)))?;
        }
        Ok(done)
    }

    fn has(&self, table: &str, names: &[String]) -> bool {
        self.columns.get(table).is_some_and(|columns| names.iter().all(|name| columns.contains(name)))
    }
}

/// The tables that a query reads, itself or behind views.
pub(super) fn tables_behind<'a>(project: &'a Project, reads: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    let mut tables = BTreeSet::new();
    for read in reads {
        match project.model(read) {
            Some(view) if view.header.kind == Kind::View => tables.extend(tables_behind(project, view.reads())),
            _ => drop(tables.insert(read)),
        }
    }
    tables
}
