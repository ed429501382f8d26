//! What a table holds, in a few digits: two tables with the same rows have the same ones, in
//! whatever order the rows are.

use anyhow::Context;
use duckdb::Connection;
use serde::{Deserialize, Serialize};

/// The rows of a table, or of a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Content {
    /// How many there are.
    pub(crate) rows: i64,
    /// A hash of them that does not depend on their order. Another version of DuckDB may find another.
    pub(crate) fingerprint: String,
}

impl Content {
    /// Of no rows: what [`Self::of`] finds then.
    pub(crate) fn of_nothing() -> Self {
        Self { rows: 0, fingerprint: "0000000000000000-0".to_owned() }
    }

    /// What is held when these rows are taken away and those put in their place.
    ///
    /// # Errors
    /// When it was written in another way than this program does.
    pub(crate) fn but(&self, without: &Self, with: &Self) -> anyhow::Result<Self> {
        let [all, without_parts, with_parts] = [self.parts()?, without.parts()?, with.parts()?];
        let xor = all.0 ^ without_parts.0 ^ with_parts.0;
        let sum = all.1 - without_parts.1 + with_parts.1;
        let rows = self.rows - without.rows + with.rows;
        Ok(Self { rows, fingerprint: format!("{xor:016x}-{sum}") })
    }

    fn parts(&self) -> anyhow::Result<(u64, i128)> {
        let parts = self.fingerprint.split_once('-');
        let (xor, sum) = parts.with_context(|| format!("{} is no fingerprint", self.fingerprint))?;
        Ok((u64::from_str_radix(xor, 16)?, sum.parse()?))
    }

    /// Of the rows of `relation` for which `condition` holds. The hashes of rows are put together in
    /// two ways, so that rows cannot cancel each other out.
    pub(crate) fn of(duckdb: &Connection, relation: &str, condition: &str) -> duckdb::Result<Self> {
        let query = format!(
            "select count(*), printf('%016x-%s', coalesce(bit_xor(row_hash), 0), coalesce(sum(row_hash::hugeint), 0)::varchar)
             from (select hash(*columns(*)) as row_hash from {relation} where {condition})"
        );
        duckdb.query_row(&query, [], |row| Ok(Self { rows: row.get(0)?, fingerprint: row.get(1)? }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_without_rows_holds_nothing() {
        let duckdb = Connection::open_in_memory().unwrap();
        let nothing = Content::of(&duckdb, "(select 1 as a, 'x' as b)", "a > 1").unwrap();
        assert_eq!(nothing, Content::of_nothing());
    }

    #[test]
    fn rows_that_go_and_come_leave_what_is_there_then() {
        let duckdb = Connection::open_in_memory().unwrap();
        let of = |rows: &str| Content::of(&duckdb, &format!("(values {rows}) as rows(a, b)"), "true").unwrap();
        let changed = of("(1, 'x'), (2, 'y'), (2, 'y')").but(&of("(2, 'y')"), &of("(3, 'z'), (4, null)")).unwrap();
        assert_eq!(changed, of("(4, null), (1, 'x'), (3, 'z'), (2, 'y')"));
    }
}
