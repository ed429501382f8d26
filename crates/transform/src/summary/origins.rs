//! What kind of music it is, and from where: genres, a map of characters, and how much of that is
//! known at all.

use super::chart::{self, bars};
use super::{Person, worldmap};
use crate::query::Reader;

/// How many genres and countries are named.
const TOP: i64 = 8;

/// The tables that these answers come from.
const TABLES: [&str; 3] = ["rpt_coverage", "rpt_top_genres", "rpt_world_map"];

/// The answers, as far as anything is known; nothing before artists have been looked up.
pub(super) fn origins(reader: &Reader, person: &Person) -> anyhow::Result<Option<String>> {
    if TABLES.iter().any(|table| !reader.has(table)) {
        return Ok(None);
    }
    let parts = [genres(reader, person)?, countries(reader, person)?, coverage(reader, person)?];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    Ok((!parts.is_empty()).then(|| parts.join("\n\n")))
}

fn genres(reader: &Reader, person: &Person) -> anyhow::Result<Option<String>> {
    let query = "select genre, round(counted_plays)::bigint, share_of_plays from rpt_top_genres
                 where account_id = ? and period = 'all time' and genre_id <> 'unknown' and counted_plays > 0
                 order by genre_rank limit ?";
    let rows = rows(reader, query, person)?;
    let title = "Genres, each play shared among those of its artist";
    Ok((!rows.is_empty()).then(|| format!("{title}\n{}", bars(&rows))))
}

fn countries(reader: &Reader, person: &Person) -> anyhow::Result<Option<String>> {
    // As with genres, a share is one of all that counts, also of what comes from nobody knows where.
    let query = "select map_name, counted_plays, counted_plays / all_plays
                 from (select *, sum(counted_plays) over () as all_plays from rpt_world_map
                       where account_id = ? and map_level = 'country')
                 where map_id <> 'unknown' and counted_plays > 0
                 order by counted_plays desc, map_name limit ?";
    let rows = rows(reader, query, person)?;
    if rows.is_empty() {
        return Ok(None);
    }
    let query = "select latitude, longitude, counted_plays from rpt_world_map
                 where account_id = ? and map_level = 'place' and latitude is not null and counted_plays > 0";
    let mut statement = reader.duckdb().prepare(query)?;
    let places = statement.query_map([&person.account_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let map = worldmap::drawn(&places.collect::<duckdb::Result<Vec<(f64, f64, i64)>>>()?);
    Ok(Some(format!("Where the artists come from\n{map}\n{}", bars(&rows))))
}

/// Name, plays, and a label with the share.
fn rows(reader: &Reader, query: &str, person: &Person) -> anyhow::Result<Vec<(String, i64, String)>> {
    let mut statement = reader.duckdb().prepare(query)?;
    let rows = statement.query_map(duckdb::params![person.account_id, TOP], |row| {
        let (name, plays, share): (String, i64, f64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok((name, plays, format!("{}, {:.0} %", chart::plays(plays), share * 100.0)))
    })?;
    Ok(rows.collect::<duckdb::Result<_>>()?)
}

fn coverage(reader: &Reader, person: &Person) -> anyhow::Result<Option<String>> {
    let query = "select fact, share_of_plays from rpt_coverage
                 where account_id = ? and fact in ('mbid', 'genre', 'country', 'coordinates') and plays_known > 0
                 order by fact_sort";
    let mut statement = reader.duckdb().prepare(query)?;
    let facts = statement.query_map([&person.account_id], |row| {
        let (fact, share): (String, f64) = (row.get(0)?, row.get(1)?);
        let name = if fact == "mbid" { "an artist known at MusicBrainz" } else { fact.as_str() };
        Ok(format!("{:.0} % {name}", share * 100.0))
    })?;
    let facts: Vec<String> = facts.collect::<duckdb::Result<_>>()?;
    Ok((!facts.is_empty()).then(|| format!("Of the plays of music have: {}", facts.join(", "))))
}
