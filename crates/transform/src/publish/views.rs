//! The text of the views that readers see.

use duckdb::Connection;

use super::run_file::PublishedTable;
use crate::engine::sql::{literal, quoted, quoted_list};
use crate::record::{BuiltColumn, BuiltModel};

/// What the name of a file says about which rows of its table it holds.
pub(crate) fn parts(is_split: bool) -> &'static [&'static str] {
    if is_split { &[".history", ".recent"] } else { &[""] }
}

/// The name of one file: all files of a table carry the time at which any of them changed.
pub(crate) fn file_name(table: &str, stamp: &str, part: &str) -> String {
    format!("{table}.{stamp}{part}.parquet")
}

/// One view with its comments.
pub(crate) struct View<'a> {
    name: &'a str,
    comment: String,
    columns: &'a [BuiltColumn],
    files: Vec<String>,
}

impl<'a> View<'a> {
    /// The view that follows a model from run to run. It never changes, the names of the files
    /// do; in any one run just those of the table fit the pattern.
    pub(crate) fn of_model(model: &'a BuiltModel) -> Self {
        let files = vec![file_name(&model.name, "*", "")];
        let comment = comment(&model.description, &model.grain);
        Self { name: &model.name, comment, columns: &model.columns, files }
    }

    /// The view of a table as one run published it.
    pub(crate) fn of_table(table: &'a PublishedTable) -> Self {
        let files = table.files.iter().map(|file| file.name.clone()).collect();
        let comment = comment(&table.description, &table.grain);
        Self { name: &table.name, comment, columns: &table.columns, files }
    }

    /// The statements that make the view in `schema`, over files in `folder`, and say what it and its
    /// columns mean.
    pub(crate) fn ddl(&self, schema: &str, folder: &str) -> String {
        let view = format!("{schema}.{}", quoted(self.name));
        let mut ddl = self.bare_ddl(schema, folder);
        ddl += &format!("comment on view {view} is {};\n", literal(&self.comment));
        for column in self.columns {
            if let Some(description) = &column.description {
                let name = quoted(&column.name);
                ddl += &format!("comment on column {view}.{name} is {};\n", literal(description));
            }
        }
        ddl
    }

    /// The statement that makes the view. It names every column: `*` would hide a change from readers
    /// that remember columns.
    pub(crate) fn bare_ddl(&self, schema: &str, folder: &str) -> String {
        let columns: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        let files: Vec<String> = self.files.iter().map(|file| literal(&format!("{folder}/{file}"))).collect();
        format!(
            "create view {schema}.{} as select {} from read_parquet([{}], hive_partitioning = false);\n",
            quoted(self.name),
            quoted_list(&columns),
            files.join(", ")
        )
    }
}

/// Twelve hexadecimal digits that change when anything about the views changes: a name, a
/// column, a type, a comment.
pub(crate) fn ddl_hash(duckdb: &Connection, models: &[&BuiltModel]) -> anyhow::Result<String> {
    let mut text = String::new();
    for model in models {
        text += &View::of_model(model).ddl("main", "");
        for column in &model.columns {
            text += &format!("{} {}\n", column.name, column.data_type);
        }
    }
    Ok(duckdb.query_row("select left(sha256(?::varchar), 12)", [text], |row| row.get(0))?)
}

fn comment(description: &str, grain: &str) -> String {
    format!("{description}\n\nGrain: {grain}.")
}
