//! One table as Parquet: written anew, or shared with the run before when its rows are the
//! same.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, ensure};
use chrono::NaiveDate;
use duckdb::Connection;

use super::run_file::{PublishedFile, PublishedTable, RunFile};
use super::views::{file_name, parts};
use crate::engine::content::Content;
use crate::engine::session::ROW_GROUP_ROWS;
use crate::engine::sql::{columns, path_literal, quoted, quoted_list, rows_of};
use crate::record::BuiltModel;

/// Writes the files of `model` into `folder`, under names with `stamp`; `before` is the run that
/// is current now, where this version of DuckDB wrote it. A table of which nothing changed keeps the
/// stamp it had, so a name never stands for other rows than before.
pub(crate) fn table(
    duckdb: &Connection,
    model: &BuiltModel,
    folder: &Path,
    stamp: &str,
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
    let old = before.and_then(|(run, file)| Some((run, file.table(&model.name)?)));
    let mut files = Vec::new();
    for (part, condition) in parts(model.split.is_some()).iter().zip(conditions(model, cut)) {
        let Content { rows, fingerprint } = match &model.content {
            Some(content) if model.split.is_none() => content.clone(),
            _ => Content::of(duckdb, &relation, &condition)?,
        };
        let name = file_name(&model.name, stamp, part);
        let path = folder.join(&name);
        let linked = old.is_some_and(|(run, table)| {
            let same = |old: &&PublishedFile| old.part == *part && old.fingerprint == fingerprint && old.rows == rows;
            table.files.iter().find(same).is_some_and(|old| link(&run.join(&old.name), &path, old.bytes))
        });
        if !linked {
            write(duckdb, model, &relation, &condition, &path)?;
            check(duckdb, model, &path, rows)?;
        }
        let bytes = fs::metadata(&path)?.len();
        files.push(PublishedFile { name, part: (*part).to_owned(), rows, bytes, fingerprint, linked });
    }
    if model.is_view {
        duckdb.execute_batch("drop table temp.published")?;
    }
    let unchanged = old.filter(|(_, table)| table.files.len() == files.len() && files.iter().all(|file| file.linked));
    let stamp = unchanged.map_or(stamp, |(_, table)| &table.stamp).to_owned();
    for file in files.iter_mut().filter(|_| unchanged.is_some()) {
        let name = file_name(&model.name, &stamp, &file.part);
        fs::rename(folder.join(&file.name), folder.join(&name))?;
        file.name = name;
    }
    Ok(PublishedTable {
        name: model.name.clone(),
        description: model.description.clone(),
        grain: model.grain.clone(),
        columns: model.columns.clone(),
        stamp,
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
        "copy (select {} from {relation} where {condition}{order}) to {} (format parquet, compression zstd, row_group_size {ROW_GROUP_ROWS})",
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
    let found = rows_of(duckdb, &relation)?;
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
