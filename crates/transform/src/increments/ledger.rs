//! The observations that the warehouse is made of, and the files that hold them.
//!
//! Of each one the ledger keeps a number of 128 bits, a hash of all its columns, so that one that is told
//! otherwise now is seen, too, the file that it stands in, and of which play it is. Files are put in place
//! whole and never changed: those that were read for the last build need not be read again to find what
//! came in, and the observations of a few plays are read from the few files that hold them.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;

use duckdb::Connection;
use lake::schema::PLAYS;

use super::{in_file, temporary};
use crate::engine::sources::{PlaysFile, Sources, rows_of_files};
use crate::engine::sql::{quoted_list, rows_of};

/// The table of the warehouse.
pub(crate) const LEDGER: &str = "_observations";
pub(super) const OBSERVATIONS: &str = "src_plays";

/// The columns by which the ledger knows where an observation is, and what it keeps of them.
const KNOWN_BY: [(&str, &str, &str); 2] =
    [("play_id", "play", "hash(play_id)"), ("observation_id", "observation", "md5_number(observation_id)")];

/// What came in since the last build, as far as the ledger tells.
pub(super) struct Ledger<'a> {
    duckdb: &'a Connection,
    sources: &'a Sources,
    /// Whether there is a ledger that tells what the warehouse was made of.
    is_true: bool,
    /// The columns by which somebody asks for observations.
    keys: Vec<String>,
    consumed: OnceCell<i64>,
    news: OnceCell<Option<News>>,
    /// The columns of which some keys were looked for among all observations.
    looked_for: RefCell<Vec<String>>,
}

/// The observations that came in, where none went.
#[derive(Debug, Clone)]
struct News {
    /// Where they are.
    relation: String,
    /// What is in files that the last build did not read.
    entries: String,
    /// The files that it read, and that are gone.
    gone: Vec<u64>,
}

impl<'a> Ledger<'a> {
    pub(super) fn new(duckdb: &'a Connection, sources: &'a Sources, is_true: bool, keys: Vec<String>) -> Self {
        let (consumed, news, looked_for) = (OnceCell::new(), OnceCell::new(), RefCell::default());
        Self { duckdb, sources, is_true, keys, consumed, news, looked_for }
    }

    /// How many observations the warehouse was made of.
    pub(super) fn consumed(&self) -> duckdb::Result<i64> {
        if let Some(known) = self.consumed.get() {
            return Ok(*known);
        }
        let rows = if self.is_true { rows_of(self.duckdb, LEDGER)? } else { 0 };
        Ok(*self.consumed.get_or_init(|| rows))
    }

    /// The observations that came in; nothing is known where some are gone or are told otherwise: nobody
    /// remembers whose they were.
    pub(super) fn news(&self) -> anyhow::Result<Option<String>> {
        Ok(self.look()?.as_ref().map(|news| news.relation.clone()))
    }

    fn look(&self) -> anyhow::Result<&Option<News>> {
        if self.news.get().is_none() {
            let news = if self.is_true { self.find_news()? } else { None };
            return Ok(self.news.get_or_init(|| news));
        }
        Ok(self.news.get_or_init(|| None))
    }

    fn find_news(&self) -> anyhow::Result<Option<News>> {
        let mut files = self.duckdb.prepare(&format!("select distinct file from {LEDGER}"))?;
        let known: BTreeSet<u64> = files.query_map([], |row| row.get(0))?.collect::<duckdb::Result<_>>()?;
        let new: Vec<&PlaysFile> = self.sources.plays.iter().filter(|file| !known.contains(&file.mark)).collect();
        let live: BTreeSet<u64> = self.sources.plays.iter().map(|file| file.mark).collect();
        // To read many files anew takes longer than to use all observations.
        if new.iter().map(|file| file.rows).sum::<u64>() * 4 > self.sources.count_of_plays() {
            return Ok(None);
        }
        let [entries, relation] = ["entries", "delta"].map(|what| temporary(what, OBSERVATIONS));
        self.duckdb.execute_batch(&format!(
            "create or replace temp table {entries} as {};
             create or replace temp table {relation} as
             select * from {entries} anti join {LEDGER} using (observation, content)",
            entries_of(&new, &self.keys)
        ))?;
        // Staging tests that each is there once: one that is gone, or is told otherwise, is missing in the sum.
        let all = self.consumed()? + rows_of(self.duckdb, &relation)?;
        if u64::try_from(all)? != self.sources.count_of_plays() {
            return Ok(None);
        }
        Ok(Some(News { relation, entries, gone: known.difference(&live).copied().collect() }))
    }

    /// The observations of these keys, and maybe some more: to look through files takes as long for
    /// one key as for a thousand, and the keys of one model are mostly those of the one before.
    pub(super) fn observations_of(&self, keys: &str, key: &[String]) -> anyhow::Result<String> {
        let (found, found_keys) = (temporary("found", OBSERVATIONS), temporary("keys found", OBSERVATIONS));
        let list = quoted_list(key);
        let others = format!("{keys} anti join {found_keys} using ({list})");
        if *self.looked_for.borrow() != key || rows_of(self.duckdb, &others)? > 0 {
            let all = self.files_with(keys, key)?.unwrap_or_else(|| in_file(OBSERVATIONS));
            self.duckdb.execute_batch(&format!(
                "create or replace temp table {found_keys} as from {keys};
                 create or replace temp table {found} as
                 select * from {all} semi join {found_keys} using ({list})"
            ))?;
            key.clone_into(&mut self.looked_for.borrow_mut());
        }
        Ok(found)
    }

    /// What the files hold in which there may be observations of these keys.
    fn files_with(&self, keys: &str, key: &[String]) -> anyhow::Result<Option<String>> {
        let known = KNOWN_BY.iter().find(|(column, _, _)| key.iter().any(|name| name == column));
        let (Some((_, kept, of_key)), Some(News { entries, .. })) = (known, self.look()?) else { return Ok(None) };
        let mut files = self.duckdb.prepare(&format!(
            "select distinct file
             from (select {kept}, file from {LEDGER} union all select {kept}, file from {entries})
             semi join (select {of_key} as {kept} from {keys}) using ({kept})"
        ))?;
        let files: BTreeSet<u64> = files.query_map([], |row| row.get(0))?.collect::<duckdb::Result<_>>()?;
        let files: Vec<&PlaysFile> = self.sources.plays.iter().filter(|file| files.contains(&file.mark)).collect();
        Ok(Some(format!("(select * exclude (file) from ({}))", in_files(&files))))
    }

    /// Writes down what was consumed, when everything was built.
    pub(super) fn close(&self, is_wanted: bool, is_as_before: bool) -> anyhow::Result<()> {
        let write = match self.look()? {
            _ if !is_wanted => format!("drop table if exists {}", in_file(LEDGER)),
            _ if self.is_true && is_as_before => return Ok(()),
            Some(News { entries, gone, .. }) => {
                let insert =
                    format!("insert into {LEDGER} by name select play, observation, content, file from {entries}");
                let gone: Vec<String> = gone.iter().map(u64::to_string).collect();
                match gone.is_empty() {
                    true => insert,
                    false => format!("delete from {LEDGER} where file in ({}); {insert}", gone.join(", ")),
                }
            }
            None => {
                let all: Vec<&PlaysFile> = self.sources.plays.iter().collect();
                format!("create or replace table {LEDGER} as {}", entries_of(&all, &[]))
            }
        };
        Ok(self.duckdb.execute_batch(&write)?)
    }
}

/// What the ledger keeps of the observations in these files, and some columns more.
fn entries_of(files: &[&PlaysFile], more: &[String]) -> String {
    let columns: Vec<&str> = PLAYS.columns.iter().map(|column| column.name).collect();
    let more: String = more.iter().map(|name| format!(", {}", quoted_list(&[name]))).collect();
    let kept: Vec<String> = KNOWN_BY.iter().map(|(_, kept, of_key)| format!("{of_key} as {kept}")).collect();
    format!(
        "select {}, hash({}) as content, file{more} from ({})",
        kept.join(", "),
        quoted_list(&columns),
        in_files(files)
    )
}

/// The observations in these files, and which file each one is in.
fn in_files(files: &[&PlaysFile]) -> String {
    let versions: BTreeSet<u32> = files.iter().map(|file| file.version).chain([PLAYS.version]).collect();
    let rows = versions.into_iter().map(|version| {
        let files = files.iter().filter(|file| file.version == version);
        let (paths, marks): (Vec<&str>, Vec<String>) =
            files.map(|file| (file.path.as_str(), file.mark.to_string())).unzip();
        format!(
            "select * exclude (file_index), list_extract([{}]::ubigint[], cast(file_index as bigint) + 1) as file from ({})",
            marks.join(", "),
            rows_of_files(&PLAYS, version, &paths)
        )
    });
    rows.collect::<Vec<_>>().join(" union all ")
}
