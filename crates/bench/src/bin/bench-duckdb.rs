//! `bench-duckdb SCRIPT [DATABASE]`: sends the statements of a file to DuckDB as they are,
//! and nothing else. What our programs cost is measured against it.

use anyhow::{Context, bail};

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args_os().skip(1);
    let Some(script) = args.next() else { bail!("usage: bench-duckdb SCRIPT [DATABASE]") };
    let sql = std::fs::read_to_string(&script).with_context(|| script.display().to_string())?;
    let duckdb = match args.next() {
        Some(database) => duckdb::Connection::open(database)?,
        None => duckdb::Connection::open_in_memory()?,
    };
    duckdb.execute_batch(&sql)?;
    Ok(())
}
