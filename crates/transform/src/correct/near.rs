//! What a correction that fits no play may have meant.

use crate::query::Reader;

use super::Which;

/// How many names are told, and how alike they must be (0 to 1).
const MOST: u32 = 3;
const LIKENESS: f64 = 0.8;

/// What a person should know of a correction that fits nothing now.
pub(super) fn warning(reader: &Reader, which: &Which) -> anyhow::Result<String> {
    let mut said = "nothing fits this correction now; it acts once such plays come".to_owned();
    for (what, typed, column, table, key) in [
        ("track", &which.track, "track_name", "dim_track", "track_id"),
        ("artist", &which.artist, "artist_name", "dim_artist", "artist_id"),
    ] {
        let Some(typed) = typed else { continue };
        if is_known(reader, typed, column, table, key)? {
            continue;
        }
        said += &match near(reader, typed, column, table, key)?.as_slice() {
            [] => format!(". No {what} {typed:?} was heard, and none of a name like it"),
            names => format!(". No {what} {typed:?} was heard; the nearest: {}", names.join(", ")),
        };
    }
    Ok(said)
}

fn is_known(reader: &Reader, typed: &str, column: &str, table: &str, key: &str) -> anyhow::Result<bool> {
    let query = format!("select count(*) > 0 from {table} where {key} = ?1 or lower(trim({column})) = lower(trim(?1))");
    Ok(reader.duckdb().query_row(&query, [typed], |row| row.get(0))?)
}

fn near(reader: &Reader, typed: &str, column: &str, table: &str, key: &str) -> anyhow::Result<Vec<String>> {
    let query = format!(
        "select {column}
         from {table}
         where {key} <> 'unknown' and {column} is not null
         group by {column}
         having jaro_winkler_similarity(lower({column}), lower(trim(?1))) >= {LIKENESS}
         order by jaro_winkler_similarity(lower({column}), lower(trim(?1))) desc, {column}
         limit {MOST}"
    );
    let mut query = reader.duckdb().prepare(&query)?;
    let names = query.query_map([typed], |row| row.get::<_, String>(0))?;
    names.map(|name| Ok(format!("{:?}", name?))).collect()
}
