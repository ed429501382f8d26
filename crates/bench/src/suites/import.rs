//! `ingest import` of an extended export.

use std::process::Command;

use crate::entry::{Budget, Entry};
use crate::ground::Ground;
use crate::measure::{Cost, side_by_side};

const MILLION: u32 = 1_000_000;

/// A zip of 1 M rows into an empty data folder, beside DuckDB's `read_json` → Parquet of
/// the same rows, unzipped.
pub(crate) fn million(ground: &Ground) -> anyhow::Result<Vec<Entry>> {
    let scratch = ground.scratch()?;
    let (data, script) = (scratch.path().join("data"), scratch.path().join("read_json.sql"));
    let zip = ground.zipped(MILLION)?;
    let json = ground.unzipped(MILLION)?.join("**/*.json");
    let parquet = scratch.path().join("plays.parquet");
    std::fs::write(
        &script,
        format!(
            "set threads = 2; copy (select * from read_json('{}')) to '{}' (format parquet)",
            json.display(),
            parquet.display()
        ),
    )?;
    let import = || import(ground, &data, &zip);
    let read_json = || {
        let mut command = ground.program("bench-duckdb");
        command.arg(&script);
        command
    };
    let [ours, theirs] = side_by_side(|_| empty(&data), [&import, &read_json])?;
    let rows = ground.rows(MILLION)?;
    let (ours_per_s, theirs_per_s) = (rows / ours.seconds, rows / theirs.seconds);
    Ok(vec![
        Entry::new("import.rows_per_s", ours_per_s, "rows/s").budget(Budget::AtLeast(400_000.0)),
        Entry::new("import.peak_mb", ours.peak_mb, "MiB").against(theirs.peak_mb).budget(Budget::AtMost(200.0)),
        Entry::new("import.vs_read_json", ours_per_s, "rows/s").against(theirs_per_s).budget(Budget::RatioAtLeast(1.5)),
    ])
}

/// Four times the rows need no more memory.
pub(crate) fn four_million(ground: &Ground) -> anyhow::Result<Vec<Entry>> {
    let scratch = ground.scratch()?;
    let data = scratch.path().join("data");
    let peak_mb = |plays| -> anyhow::Result<f64> {
        let zip = ground.zipped(plays)?;
        let [Cost { peak_mb, .. }] = side_by_side(|_| empty(&data), [&|| import(ground, &data, &zip)])?;
        Ok(peak_mb)
    };
    let (one, four) = (peak_mb(MILLION)?, peak_mb(4 * MILLION)?);
    // A tenth is what the allocator varies by from run to run.
    Ok(vec![Entry::new("import.peak_mb.4m", four, "MiB").against(one).budget(Budget::RatioAtMost(1.1))])
}

fn import(ground: &Ground, data: &std::path::Path, zip: &std::path::Path) -> Command {
    let mut command = ground.job("ingest", data);
    command.arg("import").arg(zip);
    command
}

fn empty(data: &std::path::Path) -> anyhow::Result<()> {
    if data.exists() {
        std::fs::remove_dir_all(data)?;
    }
    Ok(())
}
