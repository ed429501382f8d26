//! One table as Parquet: written anew, or shared with the run before when its rows are the
//! same.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, ensure};
use chrono::NaiveDate;
use duckdb::Connection;

use super::run_file::{PublishedFile, PublishedTable, RunFile};
use super::views::file_names;
use crate::engine::sql::{columns, count, path_literal, quoted, quoted_list};
use crate::record::BuiltModel;

/// Writes the files of `model` into `folder`; `before` is the run that is current now.
pub(crate) fn table(
    duckdb: &Connection,
    model: &BuiltModel,
    folder: &Path,
    before: Option<(&Path, &RunFile)>,
    cut: NaiveDate,
) -> anyhow::Result<PublishedTable> {
    // A view would be worked out for the fingerprint and again for the file.
    let relation = if model.is_view { "temp.published".to_owned() } else { format!("main.{}", quoted(&model.name)) };
    if model.is_view {
        duckdb.execute_batch(&format!(
            "create or replace temp table published as select * from main.{}",
            quoted(&model.name)
        ))?;
    }
    let mut files = Vec::new();
    for (name, condition) in file_names(&model.name, model.split.is_some()).into_iter().zip(conditions(model, cut)) {
        let (rows, fingerprint) = fingerprint(duckdb, model, &relation, &condition)?;
        let path = folder.join(&name);
        let linked = before.is_some_and(|(run, file)| {
            file.duckdb == duckdb.version().unwrap_or_default()
                && file.file(&name).is_some_and(|old| {
                    old.fingerprint == fingerprint && old.rows == rows && link(&run.join(&name), &path, old.bytes)
                })
        });
        if !linked {
            write(duckdb, model, &relation, &condition, &path)?;
            check(duckdb, model, &path, rows)?;
        }
        let bytes = fs::metadata(&path)?.len();
        files.push(PublishedFile { name, rows, bytes, fingerprint, linked });
    }
    if model.is_view {
        duckdb.execute_batch("drop table temp.published")?;
    }
    Ok(PublishedTable {
        name: model.name.clone(),
        description: model.description.clone(),
        grain: model.grain.clone(),
        columns: model.columns.clone(),
        files,
    })
}

/// Which rows go to which file.
fn conditions(model: &BuiltModel, cut: NaiveDate) -> Vec<String> {
    let Some(split) = &model.split else { return vec!["true".to_owned()] };
    let column = model.columns.iter().find(|column| column.name == *split);
    let kind = column.map_or("TIMESTAMPTZ", |column| column.data_type.as_str());
    let (split, cut) = (quoted(split), format!("cast('{cut}' as {kind})"));
    vec![format!("{split} < {cut}"), format!("({split} >= {cut} or {split} is null)")]
}

/// The number of rows and a hash of them that does not depend on their order: two sums, so
/// that rows cannot cancel each other out.
fn fingerprint(
    duckdb: &Connection,
    model: &BuiltModel,
    relation: &str,
    condition: &str,
) -> anyhow::Result<(i64, String)> {
    let names: Vec<&str> = model.columns.iter().map(|column| column.name.as_str()).collect();
    let query = format!(
        "select count(*), printf('%016x-%s', coalesce(bit_xor(row_hash), 0), coalesce(sum(row_hash::hugeint), 0)::varchar)
         from (select hash({}) as row_hash from {relation} where {condition})",
        quoted_list(&names)
    );
    Ok(duckdb.query_row(&query, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Gives the old file a second name. Where that cannot be done (another file system, a file
/// that was tampered with), the table is written again.
fn link(old: &Path, new: &Path, bytes: u64) -> bool {
    fs::metadata(old).is_ok_and(|found| found.len() == bytes) && fs::hard_link(old, new).is_ok()
}

fn write(duckdb: &Connection, model: &BuiltModel, relation: &str, condition: &str, path: &Path) -> anyhow::Result<()> {
    let names: Vec<&str> = model.columns.iter().map(|column| column.name.as_str()).collect();
    let sort = if model.sort.is_empty() { &model.key } else { &model.sort };
    let order = if sort.is_empty() { String::new() } else { format!(" order by {}", quoted_list(sort)) };
    duckdb.execute_batch(&format!(
        "copy (select {} from {relation} where {condition}{order}) to {} (format parquet, compression zstd)",
        quoted_list(&names),
        path_literal(path)
    ))?;
    let file = File::options().write(true).open(path)?;
    file.sync_all()?;
    let mut permissions = file.metadata()?.permissions();
    permissions.set_readonly(true);
    Ok(fs::set_permissions(path, permissions)?)
}

/// Reads back what readers will see first: the number of rows, the columns, their types.
fn check(duckdb: &Connection, model: &BuiltModel, path: &Path, rows: i64) -> anyhow::Result<()> {
    let relation = format!("read_parquet({}, hive_partitioning = false)", path_literal(path));
    let found = count(duckdb, &format!("select count(*) from {relation}"))?;
    ensure!(found == rows, "{} holds {found} rows instead of {rows}", path.display());
    let types = columns(duckdb, &relation).context("reading the columns back")?;
    for (column, found) in model.columns.iter().zip(&types) {
        ensure!(
            column.name == found.name && column.data_type == found.data_type,
            "{}: column {} {} reads back as {} {}",
            path.display(),
            column.name,
            column.data_type,
            found.name,
            found.data_type
        );
    }
    ensure!(types.len() == model.columns.len(), "{} has lost columns", path.display());
    Ok(())
}
