//! A data folder and a tree of SQL models of one's own.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use platform::files::write_whole;
use platform::{DataDir, FixedClock, JobContext, Settings, Stop, Summary};
use tempfile::TempDir;
use transform::jobs;
use transform::project::Selection;

/// The smallest tree that has everything: a source, a mart in two files, a report, a test.
pub(crate) const SMALL: &[(&str, &str)] = &[
    (
        "1_staging/stg_plays.sql",
        "-- Plays as they came.
--
-- grain: one row per observation
-- kind:  view
-- reads: src_plays
-- columns:
--   play_id  Key of the play.
select play_id, account_id, track_name, ended_at, ms_played from src_plays",
    ),
    (
        "3_marts/fct_play.sql",
        "-- Every play, once.
--
-- grain: one row per play
-- kind:  table
-- key:   play_id
-- reads: stg_plays
-- split: ended_at
-- sort:  account_id, ended_at
-- columns:
--   account_id  Who listened.
--   track_name  What was heard.
--   ended_at  When it ended (UTC).
--   ms_played  Milliseconds listened.
select * from stg_plays",
    ),
    (
        "3_marts/dim_track.sql",
        "-- What can be heard.
--
-- grain: one row per track
-- kind:  table
-- key:   track_name
-- reads: stg_plays
-- columns:
--   track_name  The title.
select distinct track_name from stg_plays",
    ),
    (
        "4_reporting/rpt_totals.sql",
        "-- How much was heard?
--
-- grain: one row
-- kind:  view
-- reads: fct_play
-- columns:
--   plays  Number of plays.
--   ms  Milliseconds in all.
select count(*) as plays, cast(sum(ms_played) as bigint) as ms from fct_play",
    ),
    ("tests/plays_have_tracks.sql", "-- Every play is of a track.\nselect * from fct_play where track_name is null"),
];

/// A data folder, a tree of SQL, and a clock that stands where it is put.
pub(crate) struct World {
    folder: TempDir,
    pub(crate) now: DateTime<Utc>,
    /// The models that are wanted, as the settings name them; nothing means all.
    pub(crate) wanted: &'static str,
}

impl World {
    /// Without any SQL.
    pub(crate) fn empty() -> Self {
        Self { folder: TempDir::new().unwrap(), now: "2024-06-15T12:00:00Z".parse().unwrap(), wanted: "" }
    }

    /// With these files below `sql/`.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let world = Self::empty();
        for (path, text) in files {
            world.sql(path, text);
        }
        world
    }

    /// With the small tree and two plays.
    pub(crate) fn small() -> Self {
        let world = Self::with(SMALL);
        world.plays(
            "a",
            &["'p1', 'ann', 'One', '2024-01-10 10:00:00Z', 1000", "'p2', 'ann', 'Two', '2024-06-10 10:00:00Z', 2000"],
        );
        world
    }

    /// The same world once more, with a life of its own from now on.
    pub(crate) fn copy(&self) -> Self {
        let folder = TempDir::new().unwrap();
        copy_below(self.folder.path(), folder.path());
        Self { folder, now: self.now, wanted: self.wanted }
    }

    pub(crate) fn sql_dir(&self) -> PathBuf {
        self.folder.path().join("sql")
    }

    pub(crate) fn data(&self) -> DataDir {
        DataDir::new(self.folder.path().join("data"), None)
    }

    /// The program's own models as files of one's own, where they are not there yet.
    pub(crate) fn own_models(&self) {
        if !self.sql_dir().exists() {
            std::fs::create_dir(self.sql_dir()).unwrap();
            copy_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sql"), &self.sql_dir());
        }
    }

    /// Writes a file below `sql/`.
    pub(crate) fn sql(&self, path: &str, text: &str) {
        write_whole(&self.sql_dir().join(path), text.as_bytes()).unwrap();
    }

    /// Puts other text in the place of some in a file below `sql/`.
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.sql_dir().join(path)).unwrap();
        assert!(text.contains(from), "{path} does not hold {from}");
        self.sql(path, &text.replace(from, to));
    }

    /// Makes `src/plays` hold one file with these rows: play_id, account_id, track_name,
    /// ended_at, ms_played.
    pub(crate) fn plays(&self, file: &str, rows: &[&str]) {
        let rows: Vec<String> = rows.iter().map(|row| format!("({row})")).collect();
        let query = format!(
            "select play_id, account_id, track_name, ended_at::timestamptz as ended_at, ms_played::bigint as ms_played
             from (values {}) as rows(play_id, account_id, track_name, ended_at, ms_played)",
            rows.join(", ")
        );
        self.src_file("plays", file, &query);
        self.manifest("plays", &[(file, 1)]);
    }

    /// Writes `src/<table>/<file>.parquet` with the rows of a query, in all columns of the table.
    pub(crate) fn src_file(&self, table: &str, file: &str, query: &str) {
        let columns = lake::schema::all_tables().find(|known| known.name == table).unwrap().columns;
        let list = |item: &dyn Fn(&str, &str) -> String| {
            columns.iter().map(|column| item(column.name, column.column_type.sql())).collect::<Vec<_>>().join(", ")
        };
        let nulls = list(&|name, kind| format!("null::{kind} as {name}"));
        let casts = list(&|name, kind| format!("cast({name} as {kind}) as {name}"));
        let rows = format!("select {nulls} where false union all by name ({query})");
        self.src_file_of_another_version(table, file, &format!("select {casts} from ({rows})"));
    }

    /// The same, with the columns that the query has.
    pub(crate) fn src_file_of_another_version(&self, table: &str, file: &str, query: &str) {
        let folder = self.data().src().join(table);
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{file}.parquet"));
        shared_duckdb().execute_batch(&format!("copy ({query}) to '{}' (format parquet)", path.display())).unwrap();
    }

    /// Writes the manifest of a table: files and their schema versions. As in life, each one is a
    /// generation of its own.
    pub(crate) fn manifest(&self, table: &str, files: &[(&str, u32)]) {
        let path = self.data().src().join(table).join("manifest.json");
        let before = std::fs::read(&path).ok().map(|text| serde_json::from_slice::<serde_json::Value>(&text).unwrap());
        let generation = before.map_or(1, |manifest| manifest["generation"].as_u64().unwrap() + 1);
        let entry = |(file, version): &(&str, u32)| {
            let path = self.data().src().join(table).join(format!("{file}.parquet"));
            // Some tests name a file that is not there.
            let rows = if path.exists() { rows_of(&path) } else { 1 };
            serde_json::json!({"path": format!("{file}.parquet"), "rows": rows, "bytes": 1, "schema_version": version,
                "account_id": "ann", "source": "spotify_api", "month": "2024-01", "run_id": "r"})
        };
        let files: Vec<_> = files.iter().map(entry).collect();
        let manifest = serde_json::json!({"format": 1, "generation": generation, "files": files});
        write_whole(&path, manifest.to_string().as_bytes()).unwrap();
    }

    pub(crate) fn context(&self) -> JobContext {
        self.context_with(&[])
    }

    /// With these settings, by the names of their variables.
    pub(crate) fn context_with(&self, settings: &[(&str, &str)]) -> JobContext {
        let ours = [("ENVIRONMENT", "testing"), ("MUSIC_TRANSFORM__MODELS", self.wanted)];
        let mut vars = HashMap::new();
        vars.extend(ours.iter().chain(settings).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let (settings, clock) = (Settings::from_vars(&vars).unwrap(), Arc::new(FixedClock(self.now)));
        JobContext::new(settings, self.data(), clock, "20240615T120000Z-abcdef")
    }

    pub(crate) fn later(&mut self, hours: i64) {
        self.now += TimeDelta::hours(hours);
    }

    pub(crate) fn build(&self) -> anyhow::Result<Summary> {
        self.build_selected(&[])
    }

    pub(crate) fn build_selected(&self, words: &[&str]) -> anyhow::Result<Summary> {
        let selection = Selection { words: words.iter().map(|word| (*word).to_owned()).collect() };
        jobs::build(&self.context(), Some(&self.sql_dir()), false, &selection)
    }

    pub(crate) fn refresh(&self) -> anyhow::Result<Summary> {
        jobs::refresh(&self.context(), Some(&self.sql_dir()), false)
    }

    /// One value from the warehouse.
    pub(crate) fn warehouse(&self, query: &str) -> String {
        one_value(&duckdb::Connection::open(self.data().warehouse()).unwrap(), query)
    }

    /// One value from what is published.
    pub(crate) fn published(&self, query: &str) -> String {
        let answer = jobs::query(&self.context(), query, Some(transform::query::Format::Csv)).unwrap();
        answer.lines().skip(1).collect::<Vec<_>>().join("\n")
    }

    /// The hash of the published views.
    pub(crate) fn ddl_hash(&self) -> String {
        let target = std::fs::read_link(self.data().processed().join("current")).unwrap();
        target.parent().unwrap().display().to_string()
    }

    /// The folders of runs of the current hash, oldest first.
    pub(crate) fn runs(&self) -> Vec<String> {
        let folder = self.data().processed().join(self.ddl_hash());
        let mut names: Vec<String> = names_in(&folder).into_iter().filter(|name| name.starts_with("run-")).collect();
        names.sort();
        names
    }
}

/// A DuckDB for everybody: to open one takes longer than to write or read a few rows.
fn shared_duckdb() -> MutexGuard<'static, duckdb::Connection> {
    static SHARED: LazyLock<Mutex<duckdb::Connection>> =
        LazyLock::new(|| Mutex::new(duckdb::Connection::open_in_memory().unwrap()));
    SHARED.lock().unwrap_or_else(PoisonError::into_inner)
}

fn rows_of(path: &Path) -> i64 {
    let question = format!("select count(*) from read_parquet('{}')", path.display());
    shared_duckdb().query_row(&question, [], |row| row.get(0)).unwrap()
}

/// Copies what is in a folder, links as links.
/// As `cp -a` does: a file that is as old is the same.
fn copy_below(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let (entry, kind) = entry.map(|entry| (entry.path(), entry.file_type().unwrap())).unwrap();
        let copy = to.join(entry.file_name().unwrap());
        if kind.is_symlink() {
            std::os::unix::fs::symlink(std::fs::read_link(&entry).unwrap(), copy).unwrap();
        } else if kind.is_dir() {
            std::fs::create_dir(&copy).unwrap();
            copy_below(&entry, &copy);
        } else {
            std::fs::copy(&entry, &copy).unwrap();
            let modified = std::fs::metadata(&entry).unwrap().modified().unwrap();
            // Published files cannot be written to, and nobody asks how old they are.
            if let Ok(file) = std::fs::File::options().write(true).open(&copy) {
                file.set_modified(modified).unwrap();
            }
        }
    }
}

/// The names in a folder, sorted.
pub(crate) fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

pub(crate) fn one_value(duckdb: &duckdb::Connection, query: &str) -> String {
    let value: Option<String> =
        duckdb.query_row(&format!("select cast(({query}) as varchar)"), [], |row| row.get(0)).unwrap();
    value.unwrap_or_else(|| "null".to_owned())
}

/// The whole chain of an error, and the exit code it leads to.
pub(crate) fn failure(outcome: anyhow::Result<Summary>) -> (String, u8) {
    let error = outcome.expect_err("it did not fail");
    (format!("{error:#}"), Stop::in_chain(&error).map_or(1, Stop::exit_code))
}
