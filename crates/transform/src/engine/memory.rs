//! How much memory a build may take: little at first, more when it turns out to need it.
//!
//! DuckDB takes what it is allowed to take. A self-hosted machine has other things to do, so
//! a build starts with what its number of plays was seen to need, and is tried again with
//! twice as much when that was too little, up to the limit in the settings (or DuckDB's own,
//! most of the machine).

use duckdb::Connection;

use super::fault::words;
use super::session::Limits;
use super::sql::literal;

/// What the smallest build needs, and what each play adds: measured with the models of this
/// repository (`make bench ONLY=build.full`).
const BASE_BYTES: u64 = 84_000_000;
const BYTES_PER_PLAY: u64 = 160;

/// Below this many plays, a second thread costs more memory than it saves time.
const PLAYS_FOR_THREADS: u64 = 250_000;

/// Runs `work`, which must leave nothing behind when it fails, with growing memory.
pub(crate) fn with_growing_memory<T>(
    duckdb: &Connection,
    limits: &Limits,
    plays: u64,
    mut work: impl FnMut() -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let most = allowed(duckdb)?;
    let mut bytes = (BASE_BYTES + plays * BYTES_PER_PLAY).min(most);
    if limits.threads.is_none() && plays < PLAYS_FOR_THREADS {
        duckdb.execute_batch("set threads = 1")?;
    }
    loop {
        duckdb.execute_batch(&format!("set memory_limit = {}", literal(&format!("{bytes}B"))))?;
        match work() {
            Err(error) if bytes < most && is_out_of_memory(&error) => {
                bytes = (bytes * 2).min(most);
                tracing::info!(megabytes = bytes / 1_000_000, "more memory is needed than expected: trying again");
            }
            other => {
                duckdb.execute_batch(&format!("set memory_limit = {}", literal(&format!("{most}B"))))?;
                return other;
            }
        }
    }
}

/// The limit of the session as it was opened.
fn allowed(duckdb: &Connection) -> anyhow::Result<u64> {
    let query = "select parse_formatted_bytes(current_setting('memory_limit'))::ubigint";
    Ok(duckdb.query_row(query, [], |row| row.get(0))?)
}

fn is_out_of_memory(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let text = cause.downcast_ref::<duckdb::Error>().map_or_else(|| cause.to_string(), words);
        text.contains("Out of Memory Error")
    })
}
