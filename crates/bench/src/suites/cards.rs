//! Questions of dashboards to what is published, each as a card asks it with its default filters, and
//! every report as a whole.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, ensure};
use duckdb::{AccessMode, Config, Connection};

use super::{build, enrich};
use crate::entry::{Budget, Entry};
use crate::ground::{Ground, world};
use crate::measure::once;
use crate::upstream::Upstream;

/// Questions divided by semicolons, each under its name.
const QUESTIONS: &str = include_str!("cards.sql");

/// A dashboard shows so many rows of a table at most.
const ROWS_SHOWN: usize = 2_000;

/// What a dashboard's driver is given here.
const SESSION: &str = "set threads = 2; set memory_limit = '512MB'";

/// Services that ask for no pauses.
const IMPATIENT: [&str; 4] = ["--musicbrainz-interval-ms", "0", "--nominatim-interval-ms", "0"];

/// Times each question is asked; the first time the files are not in memory yet.
const TIMES: usize = 5;

pub(crate) fn small(ground: &Ground) -> anyhow::Result<Vec<Entry>> {
    asked(ground, 100_000, "query.cards.100k", None)
}

pub(crate) fn large(ground: &Ground) -> anyhow::Result<Vec<Entry>> {
    asked(ground, 1_000_000, "query.cards.1m", None)
}

pub(crate) fn huge(ground: &Ground) -> anyhow::Result<Vec<Entry>> {
    asked(ground, 10_000_000, "query.cards.10m", Some(Budget::AtMost(200.0)))
}

/// The median time of the slowest question, and that of each, in milliseconds.
fn asked(ground: &Ground, plays: u32, name: &str, budget: Option<Budget>) -> anyhow::Result<Vec<Entry>> {
    let scratch = ground.scratch()?;
    let data = scratch.path().join("data");
    once(&mut ground.import(&data, plays)?)?;
    // Without genres and places the cards about them would have next to nothing to read.
    let services = Upstream::start(ground, &[world(1_000), IMPATIENT.map(str::to_owned).to_vec()].concat())?;
    once(&mut enrich::enrich(ground, &services, &data))?;
    drop(services);
    once(&mut build::refresh(ground, &data))?;
    let duckdb = dashboard(&data)?;
    let mut times = Vec::new();
    for (question, sql) in questions(&duckdb)? {
        times.push((milliseconds(&duckdb, &sql).with_context(|| format!("asking for {question}"))?, question));
    }
    times.sort_by(|one, other| other.0.total_cmp(&one.0));
    let (slowest, _) = times.first().context("no question was asked")?;
    let slowest = Entry::new(name, *slowest, "ms");
    let mut entries = vec![match budget {
        Some(budget) => slowest.budget(budget),
        None => slowest,
    }];
    entries.extend(times.into_iter().map(|(time, question)| Entry::new(format!("{name}: {question}"), time, "ms")));
    Ok(entries)
}

/// The reporting file, opened as a dashboard opens it.
fn dashboard(data: &Path) -> anyhow::Result<Connection> {
    let files = std::fs::read_dir(data.join("reporting"))?.collect::<Result<Vec<_>, _>>()?;
    let file = files.iter().map(std::fs::DirEntry::path).find(|path| path.extension().is_some_and(|it| it == "duckdb"));
    let config = Config::default().access_mode(AccessMode::ReadOnly)?;
    let duckdb = Connection::open_with_flags(file.context("nothing was published")?, config)?;
    duckdb.execute_batch(&format!("{SESSION}; set file_search_path = '{}'", data.display()))?;
    Ok(duckdb)
}

/// Those of the file, and every report as far as it is shown.
fn questions(duckdb: &Connection) -> anyhow::Result<Vec<(String, String)>> {
    let mut questions = Vec::new();
    for question in QUESTIONS.split(";\n") {
        let (name, sql) = question.trim().split_once('\n').context("a question has a name and a text")?;
        questions.push((name.trim_start_matches("-- ").to_owned(), sql.to_owned()));
    }
    let reports = "select view_name from duckdb_views() where not internal and starts_with(view_name, 'rpt_')";
    let mut reports = duckdb.prepare(reports)?;
    let names = reports.query_map([], |row| row.get::<_, String>(0))?.collect::<duckdb::Result<Vec<_>>>()?;
    ensure!(!names.is_empty(), "no report was published");
    questions.extend(names.into_iter().map(|name| {
        let sql = format!("select * from {name} limit {ROWS_SHOWN}");
        (name, sql)
    }));
    Ok(questions)
}

fn milliseconds(duckdb: &Connection, sql: &str) -> anyhow::Result<f64> {
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let start = Instant::now();
        let mut statement = duckdb.prepare(sql)?;
        let rows: usize = statement.query_arrow([])?.map(|batch| batch.num_rows()).sum();
        times.push(start.elapsed().as_secs_f64() * 1e3);
        // What is asked of a filled warehouse has an answer, but for reports of troubles that there are none of.
        ensure!(rows > 0 || sql.starts_with("select * from"), "no row came back");
    }
    times.sort_by(f64::total_cmp);
    Ok(times[TIMES / 2])
}
