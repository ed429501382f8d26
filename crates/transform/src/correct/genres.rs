//! Whether a word is a genre: one of the seeds, another spelling of one, or one that is published.
//!
//! Words are compared as tags are, by the key that the seeds' own SQL makes of them.

use duckdb::Connection;

use super::usage;
use crate::build::load_seed;
use crate::project::{Project, SeedFile, SqlTree};
use crate::query::Reader;

/// The seeds that know genres, each with its column of names.
const SEEDS: [(&str, &str); 2] = [("genres", "genre"), ("genre_synonyms", "synonym")];

/// Refuses words that are no genre, and names the nearest that is.
///
/// # Errors
/// A [`platform::Stop::Usage`] for the first of them.
pub(super) fn check(reader: &Reader, tree: &SqlTree, words: &[String]) -> anyhow::Result<()> {
    let project = Project::of(tree)?;
    let mut known = published(reader)?;
    let mut keyed = None;
    for (name, column) in SEEDS {
        let seed = project.seeds.iter().find(|seed| seed.table == format!("csv_{name}"));
        let model = project.models.iter().find(|model| model.name == name);
        // A folder of models of one's own may do without.
        let Some((seed, model)) = seed.zip(model) else { return Ok(()) };
        known.extend(names_and_keys(reader.duckdb(), seed, &model.text, column)?);
        keyed.get_or_insert((seed, model, column));
    }
    let Some((seed, model, column)) = keyed else { return Ok(()) };
    let asked = SeedFile { rows: words.iter().map(|word| row(seed, column, word)).collect(), ..seed.clone() };
    for (word, key) in names_and_keys(reader.duckdb(), &asked, &model.text, column)? {
        if known.iter().any(|(name, other)| *other == key || *name == word) {
            continue;
        }
        let likeness = |name: &str| strsim::normalized_damerau_levenshtein(name, &word);
        let nearest = known.iter().max_by(|one, other| likeness(&one.0).total_cmp(&likeness(&other.0)));
        let hint = nearest.map(|(name, _)| format!("; the nearest is {name:?}")).unwrap_or_default();
        return Err(usage(&format!("{word:?} is no genre that is known here{hint}")));
    }
    Ok(())
}

/// The genres that are published, whoever said that they are some, with their names as keys.
fn published(reader: &Reader) -> anyhow::Result<Vec<(String, String)>> {
    if !reader.has("dim_genre") {
        return Ok(Vec::new());
    }
    let mut query = reader.duckdb().prepare("select genre_id from dim_genre where genre_id <> 'unknown'")?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(0)?)))?;
    Ok(rows.collect::<duckdb::Result<_>>()?)
}

/// What the SQL of a seed makes of its rows.
fn names_and_keys(
    duckdb: &Connection,
    seed: &SeedFile,
    model: &str,
    column: &str,
) -> anyhow::Result<Vec<(String, String)>> {
    load_seed(duckdb, seed)?;
    let mut query = duckdb.prepare(&format!("select {column}, genre_key from ({model}\n) order by {column}"))?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<duckdb::Result<_>>()?)
}

/// A row of a seed that has a name and nothing else.
fn row(seed: &SeedFile, column: &str, word: &str) -> Vec<Option<String>> {
    seed.columns.iter().map(|name| (name == column).then(|| word.to_owned())).collect()
}
