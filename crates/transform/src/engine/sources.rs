//! The `src_` tables that staging models read.
//!
//! Typed Parquet becomes a view over the files that its manifest names, with every column of
//! the newest schema: what an older file lacks is null, what a newer one adds is left out,
//! and without any file the view is empty but has the right types. Accounts and zones come
//! straight from the state database into tables: they are a few rows, and loaded inside the
//! build's transaction they need no file that could be half written or out of date.

use std::collections::BTreeMap;

use duckdb::{Connection, params};
use platform::state::{Account, AccountZone};

use super::sql::{literal, quoted};

/// A column and its DuckDB type.
pub type Column = (&'static str, &'static str);

const PLAYS: &[Column] = &[
    ("observation_id", "VARCHAR"),
    ("play_id", "VARCHAR"),
    ("account_id", "VARCHAR"),
    ("source", "VARCHAR"),
    ("client", "VARCHAR"),
    ("kind", "VARCHAR"),
    ("time_raw", "VARCHAR"),
    ("clock", "VARCHAR"),
    ("time_precision", "VARCHAR"),
    ("started_at", "TIMESTAMPTZ"),
    ("ended_at", "TIMESTAMPTZ"),
    ("time_estimated", "VARCHAR"),
    ("ms_played", "BIGINT"),
    ("duration_ms", "BIGINT"),
    ("track_uri", "VARCHAR"),
    ("track_name", "VARCHAR"),
    ("track_isrc", "VARCHAR"),
    ("recording_mbid", "VARCHAR"),
    ("album_uri", "VARCHAR"),
    ("album_name", "VARCHAR"),
    ("album_release_date", "VARCHAR"),
    ("album_release_date_precision", "VARCHAR"),
    ("album_artist_name", "VARCHAR"),
    ("context_uri", "VARCHAR"),
    ("platform", "VARCHAR"),
    ("conn_country", "VARCHAR"),
    ("shuffle", "BOOLEAN"),
    ("skipped", "BOOLEAN"),
    ("offline", "BOOLEAN"),
    ("incognito", "BOOLEAN"),
    ("reason_start", "VARCHAR"),
    ("reason_end", "VARCHAR"),
    ("raw_id", "VARCHAR"),
    ("raw_ordinal", "BIGINT"),
    ("run_id", "VARCHAR"),
    ("ingested_at", "TIMESTAMPTZ"),
];

const PLAY_CREDITS: &[Column] = &[
    ("observation_id", "VARCHAR"),
    ("account_id", "VARCHAR"),
    ("position", "INTEGER"),
    ("artist_name", "VARCHAR"),
    ("artist_uri", "VARCHAR"),
    ("artist_mbid", "VARCHAR"),
    ("join_phrase", "VARCHAR"),
    ("run_id", "VARCHAR"),
];

const REJECTED: &[Column] = &[
    ("account_id", "VARCHAR"),
    ("source", "VARCHAR"),
    ("file_name", "VARCHAR"),
    ("raw_id", "VARCHAR"),
    ("raw_ordinal", "BIGINT"),
    ("byte_offset", "BIGINT"),
    ("reason", "VARCHAR"),
    ("detail", "VARCHAR"),
    ("excerpt", "VARCHAR"),
    ("run_id", "VARCHAR"),
    ("ingested_at", "TIMESTAMPTZ"),
];

const ACCOUNTS: &[Column] =
    &[("account_id", "VARCHAR"), ("name", "VARCHAR"), ("counting_rule", "VARCHAR"), ("created_at", "TIMESTAMPTZ")];

const ACCOUNT_ZONES: &[Column] = &[("account_id", "VARCHAR"), ("zone", "VARCHAR"), ("valid_from", "TIMESTAMPTZ")];

/// Tables of typed Parquet below `data/src`, by the name of their folder.
const TYPED: &[(&str, &[Column])] = &[("plays", PLAYS), ("play_credits", PLAY_CREDITS), ("rejected", REJECTED)];

/// Snapshots of the state database.
const SNAPSHOTS: &[(&str, &[Column])] = &[("accounts", ACCOUNTS), ("account_zones", ACCOUNT_ZONES)];

/// What there is to read at the moment of a build.
#[derive(Debug, Default)]
pub struct Sources {
    /// Live files by table and schema version, as paths DuckDB can open.
    pub files: BTreeMap<String, BTreeMap<u32, Vec<String>>>,
    /// Everyone whose listening is kept.
    pub accounts: Vec<Account>,
    /// Where they were, when.
    pub zones: Vec<AccountZone>,
}

/// All names a staging model may read.
pub(crate) fn names() -> impl Iterator<Item = String> {
    TYPED.iter().chain(SNAPSHOTS).map(|(table, _)| format!("src_{table}"))
}

/// The folders below `data/src` whose files become tables.
pub(crate) fn typed_tables() -> impl Iterator<Item = &'static str> {
    TYPED.iter().map(|(table, _)| *table)
}

/// The columns of `src_…`; `None` when there is no such table.
pub fn columns_of(name: &str) -> Option<&'static [Column]> {
    let table = name.strip_prefix("src_")?;
    TYPED.iter().chain(SNAPSHOTS).find(|(known, _)| *known == table).map(|(_, columns)| *columns)
}

/// Makes every `src_` table, within the caller's transaction.
pub(crate) fn register(duckdb: &Connection, sources: &Sources) -> anyhow::Result<()> {
    for (table, columns) in TYPED {
        let files = sources.files.get(*table);
        duckdb.execute_batch(&typed_view(table, columns, files))?;
    }
    for (table, columns) in SNAPSHOTS {
        let columns: Vec<String> = columns.iter().map(|(name, kind)| format!("{} {kind}", quoted(name))).collect();
        duckdb.execute_batch(&format!("create or replace table src_{table} ({})", columns.join(", ")))?;
    }
    let mut insert = duckdb.prepare("insert into src_accounts values (?, ?, ?, ?::timestamptz)")?;
    for account in &sources.accounts {
        let created_at = account.created_at.to_rfc3339();
        let rule = account.counting_rule.as_str();
        insert.execute(params![account.account_id.as_str(), account.name, rule, created_at])?;
    }
    let mut insert = duckdb.prepare("insert into src_account_zones values (?, ?, ?::timestamptz)")?;
    for zone in &sources.zones {
        let valid_from = zone.valid_from.map(|instant| instant.to_rfc3339());
        insert.execute(params![zone.account_id.as_str(), zone.zone.name(), valid_from])?;
    }
    Ok(())
}

/// Files of one schema version are alike, so DuckDB looks into one of them to learn their
/// columns; versions are then joined by name. (`union_by_name` over all files would open
/// each of them every time a query is planned.)
fn typed_view(table: &str, columns: &[Column], files: Option<&BTreeMap<u32, Vec<String>>>) -> String {
    let list = |item: fn(&Column) -> String| columns.iter().map(item).collect::<Vec<_>>().join(", ");
    let casts = list(|(name, kind)| format!("cast({0} as {kind}) as {0}", quoted(name)));
    let nulls = list(|(name, kind)| format!("cast(null as {kind}) as {}", quoted(name)));
    let mut view = format!("create or replace view src_{table} as select {casts} from (select {nulls} where false");
    for files in files.into_iter().flat_map(BTreeMap::values).filter(|files| !files.is_empty()) {
        let files = files.iter().map(|file| literal(file)).collect::<Vec<_>>().join(", ");
        view += &format!(" union all by name select * from read_parquet([{files}], hive_partitioning = false)");
    }
    view.push(')');
    view
}
