//! What the columns of the source tables mean. Models inherit it for columns whose names they keep.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// By table, without `src_`, and column. A test of this file reads all of it.
static MEANINGS: LazyLock<BTreeMap<String, BTreeMap<String, String>>> =
    LazyLock::new(|| toml::from_str(include_str!("meanings.toml")).unwrap_or_default());

/// Where it stands what a column means in all tables that do not say so themselves.
const EVERY: &str = "every";

/// What a column of a source table means.
pub(super) fn meaning(table: &str, column: &str) -> Option<&'static str> {
    [table, EVERY].into_iter().find_map(|known| MEANINGS.get(known)?.get(column)).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::engine::sources;

    #[test]
    fn every_column_of_every_source_table_has_a_meaning_and_nothing_else_has() {
        let tables: Vec<_> = sources::columns().collect();
        let mut told: BTreeSet<(&str, &str)> = MEANINGS
            .iter()
            .flat_map(|(table, columns)| columns.keys().map(|column| (table.as_str(), column.as_str())))
            .collect();
        for (table, columns) in &tables {
            let table = table.trim_start_matches("src_");
            for column in columns {
                assert!(column.meaning.is_some(), "{table}.{}", column.name);
                if !MEANINGS.get(table).is_some_and(|known| known.contains_key(column.name)) {
                    told.remove(&(EVERY, column.name));
                }
                told.remove(&(table, column.name));
            }
        }
        assert_eq!(told, BTreeSet::new(), "these are columns of no source table");
    }
}
