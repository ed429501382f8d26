//! What `transform` asked of DuckDB, to be asked again without `transform`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use duckdb::{AccessMode, Config, Connection};

use crate::ground::Ground;

/// How every session of `transform` begins; these settings are made when the file is
/// opened, so the log does not hold them.
const SESSION: &str = "set memory_limit = '400MB'; set threads = 2;
    set default_null_order = 'nulls_first_on_asc_last_on_desc'; set preserve_insertion_order = false";

/// The statements of one run, in order.
pub(crate) struct Statements(Vec<String>);

impl Statements {
    /// Reads DuckDB's own log of queries. Statements were logged without the values bound to
    /// them, so what was inserted a row at a time comes from `warehouse`, a table at a time.
    pub(crate) fn read(log: &Path, warehouse: &Path) -> anyhow::Result<Self> {
        let duckdb = Connection::open_with_flags(warehouse, Config::default().access_mode(AccessMode::ReadOnly)?)?;
        let mut reader = csv::Reader::from_path(log.join("duckdb_log_entries.csv"))?;
        let message = reader.headers()?.iter().position(|name| name == "message").context("the log has no messages")?;
        let (mut statements, mut filled) = (Vec::new(), BTreeSet::new());
        let fill = |table: &str| -> anyhow::Result<String> {
            let rows = log.join(format!("{table}.parquet")).display().to_string();
            duckdb.execute_batch(&format!("copy main.\"{table}\" to '{rows}' (format parquet)"))?;
            Ok(format!("insert into \"{table}\" select * from read_parquet('{rows}')"))
        };
        for record in reader.records() {
            let statement = record?.get(message).unwrap_or_default().trim().to_owned();
            // How DuckDB tells of rows that are appended; they are filled in below.
            if statement.contains("__duckdb_internal_appended_data") {
                continue;
            }
            let seed = seed_table(&statement).map(str::to_owned);
            match filled_table(&statement) {
                Some(table) if filled.contains(table) => {}
                Some(table) => {
                    statements.push(fill(table)?);
                    filled.insert(table.to_owned());
                }
                None if is_prepared(&statement) || is_about_files(&statement) => {}
                None => statements.push(statement),
            }
            // The rows of seeds are appended without a statement.
            if let Some(table) = seed {
                statements.push(fill(&table)?);
            }
        }
        ensure!(statements.len() > 20, "only {} statements were logged", statements.len());
        ensure!(filled.contains("src_accounts"), "the tables filled a row at a time were not found: {filled:?}");
        Ok(Self(statements))
    }

    /// Lays fresh ground: nothing in `direct` but the folders that files go to, and a script
    /// that reads from `data` and writes to `direct`.
    pub(crate) fn prepare(&self, data: &Path, direct: &Path) -> anyhow::Result<()> {
        if direct.exists() {
            std::fs::remove_dir_all(direct)?;
        }
        std::fs::create_dir_all(direct)?;
        let moved = |statement: &String| {
            ["processed", "reporting"].iter().fold(statement.clone(), |statement, folder| {
                let (from, to) = (data.join(folder), direct.join(folder));
                statement.replace(&from.display().to_string(), &to.display().to_string())
            })
        };
        let script: Vec<String> = std::iter::once(SESSION.to_owned()).chain(self.0.iter().map(moved)).collect();
        let folders: BTreeSet<PathBuf> =
            script.iter().filter_map(|statement| written_folder(statement, direct)).collect();
        for folder in folders {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(direct.join("script.sql"), script.join(";\n"))?;
        Ok(())
    }

    /// All of them.
    pub(crate) fn all(&self) -> &[String] {
        &self.0
    }

    /// DuckDB and the script, nothing else.
    pub(crate) fn command(&self, ground: &Ground, direct: &Path) -> Command {
        let mut command = ground.program("bench-duckdb");
        command.arg(direct.join("script.sql")).arg(direct.join("warehouse.duckdb"));
        command
    }
}

/// Whether it says in which file to work: what is asked again has a file of its own.
fn is_about_files(statement: &str) -> bool {
    ["attach ", "detach ", "use "].iter().any(|begin| statement.starts_with(begin))
}

/// `insert into "table" (…) values (?, …)` → `table`.
fn filled_table(statement: &str) -> Option<&str> {
    let rest = statement.strip_prefix("insert into ")?;
    let table = rest.split([' ', '(']).next()?.trim_matches('"');
    (rest.contains("values (?") && is_prepared(statement)).then_some(table)
}

/// `create or replace table "csv_table" (…)` → `csv_table`.
fn seed_table(statement: &str) -> Option<&str> {
    let name = statement.strip_prefix("create or replace table \"")?.split('"').next()?;
    name.starts_with("csv_").then_some(name)
}

/// Whether the values of a statement are not in it: a `?` outside of quotes and comments.
fn is_prepared(statement: &str) -> bool {
    let mut rest = statement;
    while let Some(at) = rest.find(['?', '\'', '"', '-']) {
        let after = &rest[at..];
        let end = match after.as_bytes()[0] {
            b'?' => return true,
            b'-' if after.starts_with("--") => after.find('\n'),
            b'-' => Some(0),
            quote => after[1..].find(char::from(quote)).map(|end| end + 1),
        };
        let Some(end) = end else { return false };
        rest = &after[end + 1..];
    }
    false
}

/// The folder that a `copy … to '<file>'` writes to.
fn written_folder(statement: &str, below: &Path) -> Option<PathBuf> {
    let file = statement.rsplit_once(" to '")?.1.split('\'').next()?;
    Path::new(file).parent().filter(|folder| folder.starts_with(below)).map(Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_is_filled_a_row_at_a_time_is_recognised() {
        assert_eq!(filled_table(r#"insert into "rules" ("a", "b") values (?, ?)"#), Some("rules"));
        assert_eq!(filled_table("insert into accounts values (?, ?::timestamptz)"), Some("accounts"));
        assert_eq!(filled_table("insert into t select 'values (?)'"), None);
        assert_eq!(seed_table(r#"create or replace table "csv_rules" ("a" varchar)"#), Some("csv_rules"));
        assert_eq!(seed_table(r#"create or replace table "rules" as select 1"#), None);
    }

    #[test]
    fn a_question_mark_counts_only_in_the_statement_itself() {
        assert!(is_prepared("insert into t values ('?', ?)"));
        assert!(!is_prepared("select '?', \"a?\", 2 - 1 -- really?\nfrom t"));
    }
}
