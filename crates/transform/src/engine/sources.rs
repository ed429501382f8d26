//! The `src_` tables that staging models read.
//!
//! Typed Parquet becomes a view over the files that its manifest names, with every column of
//! the newest schema: what an older file lacks is null, what a newer one adds is left out,
//! and without any file the view is empty but has the right types. Accounts, zones and gaps come
//! straight from the state database into tables, and what people corrected from its files: they
//! are a few rows, and loaded inside the build's transaction they need no file that could be half
//! written or out of date.

use std::collections::BTreeMap;

use duckdb::{Connection, params};
use lake::manifest::part_path;
use lake::schema::{PLAYS, all_tables};
use lake::{Column, Manifest, Table};
use platform::JobContext;
use platform::state::{Account, AccountZone, Gap};

use super::sql::{literal, quoted};
use crate::basis::Basis;
use crate::corrections::Corrections;

/// A snapshot of the state database: its name, and its columns with their types.
type Snapshot = (&'static str, &'static [(&'static str, &'static str)]);

const SNAPSHOTS: &[Snapshot] = &[
    (
        "accounts",
        &[("account_id", "varchar"), ("name", "varchar"), ("counting_rule", "varchar"), ("created_at", "timestamptz")],
    ),
    ("account_zones", &[("account_id", "varchar"), ("zone", "varchar"), ("valid_from", "timestamptz")]),
    (
        "gaps",
        &[
            ("account_id", "varchar"),
            ("source", "varchar"),
            ("noticed_start", "timestamptz"),
            ("noticed_end", "timestamptz"),
            ("gap_start", "timestamptz"),
            ("gap_end", "timestamptz"),
            ("detected_at", "timestamptz"),
            ("estimated_plays", "bigint"),
            ("run_id", "varchar"),
            ("closed_by", "varchar"),
        ],
    ),
    (
        "play_corrections",
        &[
            ("correction_id", "varchar"),
            ("correction_number", "bigint"),
            ("action", "varchar"),
            ("account_id", "varchar"),
            ("play_id", "varchar"),
            ("track", "varchar"),
            ("artist", "varchar"),
            ("context_uri", "varchar"),
            ("to_account_id", "varchar"),
            ("reason", "varchar"),
            ("from_at", "timestamptz"),
            ("to_at", "timestamptz"),
        ],
    ),
    (
        "artist_corrections",
        &[
            ("correction_id", "varchar"),
            ("correction_number", "bigint"),
            ("part", "bigint"),
            ("action", "varchar"),
            ("artist", "varchar"),
            ("value", "varchar"),
            ("reason", "varchar"),
        ],
    ),
    ("rules_off", &[("rule", "varchar"), ("reason", "varchar")]),
    ("trips_dismissed", &[("account_id", "varchar"), ("country", "varchar"), ("first_play_at", "timestamptz")]),
];

/// What there is to read at the moment of a build.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// What all this amounts to, when it is read for a build of everything.
    pub basis: Option<Basis>,
    /// Live files by table and schema version, as paths DuckDB can open.
    pub files: BTreeMap<String, BTreeMap<u32, Vec<String>>>,
    /// How many observations there are, by the manifest.
    pub plays: u64,
    /// Everyone whose listening is kept.
    pub accounts: Vec<Account>,
    /// Where they were, when.
    pub zones: Vec<AccountZone>,
    /// When sources may have lost plays.
    pub gaps: Vec<Gap>,
    /// What people said about all this.
    pub corrections: Corrections,
}

/// All names a staging model may read.
pub(crate) fn names() -> impl Iterator<Item = String> {
    let typed = all_tables().map(|table| table.name);
    typed.chain(SNAPSHOTS.iter().map(|(name, _)| *name)).map(|name| format!("src_{name}"))
}

/// Whether there is a source table of that name.
pub(crate) fn exists(name: &str) -> bool {
    names().any(|known| known == name)
}

/// Reads the manifests and the accounts.
pub(crate) fn sources(context: &JobContext) -> anyhow::Result<Sources> {
    let mut files: BTreeMap<String, BTreeMap<u32, Vec<String>>> = BTreeMap::new();
    for table in all_tables() {
        let versions = files.entry(table.name.to_owned()).or_default();
        for part in Manifest::read(&context.data, table)?.files {
            let path = std::path::absolute(part_path(&context.data, table, &part))?;
            versions.entry(part.schema_version).or_default().push(path.to_string_lossy().into_owned());
        }
    }
    let state = context.state()?;
    let accounts = state.accounts()?;
    Ok(Sources {
        basis: None,
        files,
        plays: plays(context)?,
        zones: state.zones()?,
        gaps: state.gaps()?,
        corrections: Corrections::read(&context.data, &accounts)?,
        accounts,
    })
}

/// How many observations there are, by the manifest alone.
pub(crate) fn plays(context: &JobContext) -> anyhow::Result<u64> {
    Ok(Manifest::read(&context.data, &PLAYS)?.files.iter().map(|part| part.rows).sum())
}

/// Makes every `src_` table, within the caller's transaction.
pub(crate) fn register(duckdb: &Connection, sources: &Sources) -> anyhow::Result<()> {
    register_typed(duckdb, sources)?;
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
    let mut insert = duckdb.prepare(
        "insert into src_gaps values (?, ?, ?::timestamptz, ?::timestamptz, ?::timestamptz, ?::timestamptz,
                                      ?::timestamptz, ?, ?, ?)",
    )?;
    for gap in &sources.gaps {
        insert.execute(params![
            gap.account_id.as_str(),
            gap.source,
            gap.noticed.0.to_rfc3339(),
            gap.noticed.1.to_rfc3339(),
            gap.after.to_rfc3339(),
            gap.before.to_rfc3339(),
            gap.detected_at.to_rfc3339(),
            i64::from(gap.estimated_plays),
            gap.run_id,
            gap.closed_by
        ])?;
    }
    sources.corrections.register(duckdb)
}

/// Makes the views over typed Parquet alone.
pub(crate) fn register_typed(duckdb: &Connection, sources: &Sources) -> anyhow::Result<()> {
    for table in all_tables() {
        duckdb.execute_batch(&typed_view(table, sources.files.get(table.name)))?;
    }
    Ok(())
}

/// Files of one schema version are alike, so DuckDB looks into one of them to learn their
/// columns; versions are then joined by name. (`union_by_name` over all files would open
/// each of them every time a query is planned.)
fn typed_view(table: &Table, files: Option<&BTreeMap<u32, Vec<String>>>) -> String {
    let list = |item: fn(&Column) -> String| table.columns.iter().map(item).collect::<Vec<_>>().join(", ");
    let casts = list(|column| format!("cast({0} as {1}) as {0}", quoted(column.name), column.column_type.sql()));
    let nulls = list(|column| format!("cast(null as {}) as {}", column.column_type.sql(), quoted(column.name)));
    let name = table.name;
    let mut view = format!("create or replace view src_{name} as select {casts} from (select {nulls} where false");
    for files in files.into_iter().flat_map(BTreeMap::values).filter(|files| !files.is_empty()) {
        let files = files.iter().map(|file| literal(file)).collect::<Vec<_>>().join(", ");
        view += &format!(" union all by name select * from read_parquet([{files}], hive_partitioning = false)");
    }
    view.push(')');
    view
}
