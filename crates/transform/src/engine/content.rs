//! What a table holds, in a few digits: two tables with the same rows have the same ones, in
//! whatever order the rows are.

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
}
