//! Source tables that are no files: accounts, zones and gaps from the state database, corrections
//! from what people wrote. They are a few rows; loaded when they are built on they need
//! no file that could be half written or out of date.

use chrono::{DateTime, SecondsFormat, Utc};
use duckdb::{Connection, params_from_iter};

use super::sources::Sources;
use super::sql::quoted;

/// A row as text; DuckDB reads each value as the type of its column.
pub(crate) type Row = Vec<Option<String>>;

/// A source table: its name, and its columns with their types.
pub(super) type Snapshot = (&'static str, &'static [(&'static str, &'static str)]);

pub(super) const SNAPSHOTS: &[Snapshot] = &[
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

/// An instant as DuckDB reads it.
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// The rows of a snapshot, in the order of its columns.
pub(super) fn rows(sources: &Sources, snapshot: &str) -> Vec<Row> {
    match snapshot {
        "accounts" => sources
            .accounts
            .iter()
            .map(|one| {
                let (id, rule) = (one.account_id.as_str().to_owned(), one.counting_rule.as_str().to_owned());
                vec![Some(id), Some(one.name.clone()), Some(rule), Some(instant(one.created_at))]
            })
            .collect(),
        "account_zones" => sources
            .zones
            .iter()
            .map(|one| {
                let (id, zone) = (one.account_id.as_str().to_owned(), one.zone.name().to_owned());
                vec![Some(id), Some(zone), one.valid_from.map(instant)]
            })
            .collect(),
        "gaps" => sources
            .gaps
            .iter()
            .map(|gap| {
                vec![
                    Some(gap.account_id.as_str().to_owned()),
                    Some(gap.source.clone()),
                    Some(instant(gap.noticed.0)),
                    Some(instant(gap.noticed.1)),
                    Some(instant(gap.after)),
                    Some(instant(gap.before)),
                    Some(instant(gap.detected_at)),
                    Some(gap.estimated_plays.to_string()),
                    Some(gap.run_id.clone()),
                    gap.closed_by.clone(),
                ]
            })
            .collect(),
        _ => sources.corrections.rows(snapshot),
    }
}

/// Makes the table of a snapshot.
pub(super) fn make(duckdb: &Connection, (name, columns): &Snapshot, rows: &[Row]) -> duckdb::Result<()> {
    let typed: Vec<String> = columns.iter().map(|(name, kind)| format!("{} {kind}", quoted(name))).collect();
    duckdb.execute_batch(&format!("create or replace table src_{name} ({})", typed.join(", ")))?;
    if rows.is_empty() {
        return Ok(());
    }
    let values: Vec<String> = columns.iter().map(|(_, kind)| format!("?::{kind}")).collect();
    let mut insert = duckdb.prepare(&format!("insert into src_{name} values ({})", values.join(", ")))?;
    for row in rows {
        insert.execute(params_from_iter(row))?;
    }
    Ok(())
}
