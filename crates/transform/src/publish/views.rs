//! The text of the views that readers see.

use duckdb::Connection;

use super::run_file::PublishedTable;
use crate::engine::sql::{literal, quoted, quoted_list};
use crate::record::{BuiltColumn, BuiltModel};

/// One view with its comments.
pub(crate) struct View<'a> {
    name: &'a str,
    comment: String,
    columns: &'a [BuiltColumn],
    files: Vec<String>,
}

impl<'a> View<'a> {
    /// The view of a model that is about to be published.
    pub(crate) fn of_model(model: &'a BuiltModel) -> Self {
        let files = file_names(&model.name, model.split.is_some());
        let comment = comment(&model.description, &model.grain);
        Self { name: &model.name, comment, columns: &model.columns, files }
    }

    /// The view of a table that was published.
    pub(crate) fn of_table(table: &'a PublishedTable) -> Self {
        let files = table.files.iter().map(|file| file.name.clone()).collect();
        let comment = comment(&table.description, &table.grain);
        Self { name: &table.name, comment, columns: &table.columns, files }
    }

    /// The statements that make the view in `schema`, over files in `folder`. They name every
    /// file and every column: a pattern was seen to mix two runs, and `*` would hide a change
    /// from readers that remember columns.
    pub(crate) fn ddl(&self, schema: &str, folder: &str) -> String {
        let view = format!("{schema}.{}", quoted(self.name));
        let columns: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        let files: Vec<String> = self.files.iter().map(|file| literal(&format!("{folder}/{file}"))).collect();
        let mut ddl = format!(
            "create view {view} as select {} from read_parquet([{}], hive_partitioning = false);\n",
            quoted_list(&columns),
            files.join(", ")
        );
        ddl += &format!("comment on view {view} is {};\n", literal(&self.comment));
        for column in self.columns {
            if let Some(description) = &column.description {
                let name = quoted(&column.name);
                ddl += &format!("comment on column {view}.{name} is {};\n", literal(description));
            }
        }
        ddl
    }
}

/// One file, or two for a table that is split.
pub(crate) fn file_names(model: &str, split: bool) -> Vec<String> {
    if split {
        vec![format!("{model}.history.parquet"), format!("{model}.recent.parquet")]
    } else {
        vec![format!("{model}.parquet")]
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
