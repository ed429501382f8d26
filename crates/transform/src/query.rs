//! Questions to the published data.
//!
//! A question opens no database file at all: it makes the published views in memory, over the
//! folder that is current when it starts. It waits for nobody, nobody waits for it, and it
//! sees one state from its first to its last row.

mod table;

use std::io::Write;
use std::path::Path;

use anyhow::Context;
use duckdb::Connection;
use lake::built::LastBuild;
use platform::{DataDir, JobContext, Stop};
use tempfile::TempDir;

use crate::engine::fault::words_to_ask;
use crate::engine::session::{self, Limits, PRELUDE};
use crate::engine::sql::{columns, literal, path_literal, quoted};
use crate::project::references;
use crate::publish::resolve_current;
use crate::publish::run_file::RunFile;
use crate::publish::views::View;
use crate::record::BuiltColumn;
use table::Rows;

/// How an answer looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A table for people.
    Table,
    /// Comma-separated values with a header line.
    Csv,
    /// One JSON object a line.
    Json,
}

/// The published state at one moment.
pub(crate) struct Reader {
    duckdb: Connection,
    run: RunFile,
    _spill: TempDir,
}

impl Reader {
    /// Opens what is current, and says so where more is stored by now.
    ///
    /// # Errors
    /// A [`Stop::Usage`] when nothing has been published.
    pub(crate) fn open(context: &JobContext) -> anyhow::Result<Self> {
        let folder = resolve_current(&context.data)?;
        let limits = Limits::of(&context.settings);
        let run = RunFile::read(&folder).with_context(|| format!("reading the published run {}", folder.display()))?;
        // A folder of this process's own, closed to others: answers larger than the memory
        // pass through it.
        let spill = tempfile::Builder::new().prefix("music-tracker-query-").tempdir()?;
        // The log is of how the warehouse is built.
        let duckdb = session::open(&Limits { query_log: None, ..limits }, spill.path())?;
        duckdb.execute_batch("set preserve_insertion_order = true")?;
        duckdb.execute_batch(PRELUDE)?;
        let folder = folder.to_string_lossy();
        for table in &run.tables {
            let ddl = View::of_table(table).bare_ddl("main", &folder);
            duckdb.execute_batch(&ddl).with_context(|| format!("opening the published table {}", table.name))?;
        }
        tell_what_it_lacks(context, &run);
        Ok(Self { duckdb, run, _spill: spill })
    }

    /// Makes the rows that broke tests, in the newest run in which any did, tables of the schema
    /// `failed`, called like their files. A build may take them away meanwhile, and no question about
    /// what is published shall fail for that.
    pub(crate) fn open_failed(&self, data: &DataDir) -> anyhow::Result<()> {
        let below = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let newest = below(&data.failed_tests("")).filter(|path| path.is_dir()).max();
        self.duckdb.execute_batch("create schema failed")?;
        for path in newest.iter().flat_map(|newest| below(newest)) {
            let Some(name) = path.file_stem().filter(|_| path.extension().is_some_and(|ending| ending == "parquet"))
            else {
                continue;
            };
            let view = format!("failed.{}", quoted(&name.to_string_lossy()));
            let rows = format!("read_parquet({}, hive_partitioning = false)", path_literal(&path));
            if let Err(error) = self.duckdb.execute_batch(&format!("create view {view} as select * from {rows}")) {
                tracing::debug!(path = %path.display(), %error, "not there any more");
            }
        }
        Ok(())
    }

    /// Whether a table of that name is published.
    pub(crate) fn has(&self, table: &str) -> bool {
        self.run.tables.iter().any(|published| published.name == table)
    }

    /// Refuses what needs tables that are not published: of an older version, or of models that
    /// somebody chose. `what` begins the message: `the summary needs`.
    pub(crate) fn needs(&self, what: &str, tables: &[&str]) -> anyhow::Result<()> {
        let Some(missing) = tables.iter().find(|table| !self.has(table)) else { return Ok(()) };
        let text = format!(
            "{what} {missing}, which is not published: run `music-tracker refresh`; if it is not there afterwards, \
             the SQL models do not make it or MUSIC_TRANSFORM__MODELS does not name it"
        );
        Err(Stop::Usage(text).into())
    }

    /// What `describe` asks of a published table, which has more to say than DuckDB knows: what each column means.
    fn described(&self, sql: &str) -> Option<String> {
        let words: Vec<&str> = sql.split_whitespace().collect();
        let [verb, name] = words[..] else { return None };
        let is_verb = ["describe", "desc", "show"].iter().any(|known| verb.eq_ignore_ascii_case(known));
        let name = name.trim_matches('"');
        let table = self.run.tables.iter().find(|table| is_verb && table.name.eq_ignore_ascii_case(name))?;
        let row = |column: &BuiltColumn| {
            let meaning = column.description.as_deref().map_or_else(|| "null".to_owned(), literal);
            format!("({}, {}, {meaning})", literal(&column.name), literal(&column.data_type))
        };
        let rows = table.columns.iter().map(row).collect::<Vec<_>>().join(", ");
        Some(format!("select * from (values {rows}) as described(column_name, column_type, meaning)"))
    }

    /// The session, for our own questions.
    pub(crate) fn duckdb(&self) -> &Connection {
        &self.duckdb
    }

    /// Answers one select (or describe, show, summarize) to `out`; a table is made to fit `width`.
    ///
    /// # Errors
    /// A [`Stop::Usage`] with DuckDB's words when the question is wrong; write errors.
    pub(crate) fn answer(
        &self,
        sql: &str,
        format: Format,
        width: Option<usize>,
        out: &mut dyn Write,
    ) -> anyhow::Result<()> {
        let sql = sql.trim().trim_end_matches(';').trim_end();
        // What the parser stumbles over is told better by DuckDB itself, below.
        if references(&self.duckdb, sql)?.is_err_and(|refused| refused.position.is_none()) {
            let text = "ask one question, a single `select`; nothing is ever changed by `query`. The tables: \
                        `music-tracker query 'show tables'`";
            return Err(Stop::Usage(text.to_owned()).into());
        }
        let described = self.described(sql);
        let sql = described.as_deref().unwrap_or(sql);
        let wrong = |error: duckdb::Error| Stop::Usage(words_to_ask(&error));
        // Alone first, so that the line and the place in an error are the user's.
        self.duckdb.prepare(sql).map_err(wrong)?;
        let relation = format!("({sql}\n)");
        let types = columns(&self.duckdb, &relation).map_err(wrong)?;
        let text = match format {
            Format::Json => format!("select to_json(answer)::varchar from {relation} as answer"),
            _ => format!("select columns(*)::varchar from {relation}"),
        };
        let mut statement = self.duckdb.prepare(&text).map_err(wrong)?;
        let mut rows = statement.query([]).map_err(wrong)?;
        let cells = if format == Format::Json { 1 } else { types.len() };
        let mut next = || -> anyhow::Result<Option<Vec<Option<String>>>> {
            let Some(row) = rows.next().map_err(wrong)? else { return Ok(None) };
            Ok(Some((0..cells).map(|index| row.get(index)).collect::<duckdb::Result<_>>()?))
        };
        match format {
            Format::Json => {
                while let Some(row) = next()? {
                    writeln!(out, "{}", row.into_iter().flatten().next().unwrap_or_default())?;
                }
                Ok(())
            }
            Format::Csv => {
                let mut writer = csv::Writer::from_writer(out);
                writer.write_record(types.iter().map(|column| &column.name))?;
                while let Some(row) = next()? {
                    writer.write_record(row.into_iter().map(Option::unwrap_or_default))?;
                }
                Ok(writer.flush()?)
            }
            Format::Table => {
                let mut shown = Rows::new(&types)?;
                while let Some(row) = next()? {
                    shown.add(row);
                }
                Ok(shown.write(width, out)?)
            }
        }
    }
}

/// Whoever looks shall know that a refresh was stopped or failed. That may be somebody who can read what is
/// published and nothing else: then nobody knows.
fn tell_what_it_lacks(context: &JobContext, run: &RunFile) {
    let Ok(built_at) = run.built_at.parse() else { return };
    let build = LastBuild { built_at, basis: run.basis.as_ref().map(|basis| basis.marks().clone()) };
    match build.lacks(context) {
        Ok(Some(lacking)) => context.notice(lacking.line("what is shown")),
        Ok(None) => {}
        Err(error) => tracing::debug!("{error:#}"),
    }
}
