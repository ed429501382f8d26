//! What every table of the warehouse was made of, and what came of it: a build makes again only what
//! may come out otherwise, and what is made of a table that came out as it was stays as it is. Only
//! what came out otherwise is tested.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hash;

use duckdb::Connection;
use lake::built::{Marks, mark};

use crate::engine::content::Content;
use crate::engine::session::PRELUDE;
use crate::engine::sources::{self, SourceColumn, Sources};
use crate::project::{Kind, Model, Project, SqlTest};
use crate::record::BuildRecord;

/// What can stay as it is, and what was found to be new.
#[derive(Debug)]
pub(crate) struct Freshness {
    /// What the last builds wrote down.
    before: BuildRecord,
    /// The version of DuckDB: another one may hash and round in another way.
    engine: String,
    /// Whether a build of everything asks: one of some models makes them whatever they are.
    everything: bool,
    /// What is in the file, and whether it is a view.
    there: BTreeMap<String, bool>,
    /// What everything is made of that is there when the build is done.
    marks: Marks,
    /// What it holds, as those that read it see it.
    contents: Marks,
    /// What it is whatever its rows are: the texts that it is made by, near and far.
    texts: Marks,
    /// What is new since the last build.
    changed: BTreeSet<String>,
}

impl Freshness {
    /// Before anything is built; `chosen` are the names that a build of some models is about.
    pub(crate) fn of(
        duckdb: &Connection,
        before: BuildRecord,
        chosen: Option<&BTreeSet<String>>,
    ) -> duckdb::Result<Self> {
        // What is built beside older models has no mark: the next build of everything makes it again.
        let kept = |marks: &Marks| match chosen {
            Some(chosen) => marks.clone().into_iter().filter(|(name, _)| !chosen.contains(name)).collect(),
            None => Marks::new(),
        };
        let (marks, contents, texts) = (kept(&before.marks), kept(&before.contents), kept(&before.texts));
        let (everything, there) = (chosen.is_none(), relations(duckdb)?);
        let engine = duckdb.query_row("select version()", [], |row| row.get(0))?;
        Ok(Self { before, engine, everything, there, marks, contents, texts, changed: BTreeSet::new() })
    }

    /// Whether the source table or seed of that name must be made: it has these columns, and `mark`
    /// is what it is made of.
    fn takes_input(&mut self, name: &str, columns: impl Hash, of: String) -> bool {
        let is_there = self.there.contains_key(name);
        self.texts.insert(name.to_owned(), mark(columns));
        self.contents.insert(name.to_owned(), of.clone());
        self.decide(name, of, is_there)
    }

    /// Whether the model must be built. Ask in the order of building.
    pub(crate) fn takes_model(&mut self, model: &Model) -> bool {
        if !self.everything {
            self.changed.insert(model.name.clone());
            return true;
        }
        let texts: Vec<_> = model.reads().map(|read| self.texts.get(read)).collect();
        let text = mark((&self.engine, PRELUDE, &model.text, texts));
        let reads: Vec<_> = model.reads().map(|read| self.contents.get(read)).collect();
        let mark = mark((&text, reads));
        self.texts.insert(model.name.clone(), text);
        let before = self.before.contents.get(&model.name);
        self.contents.extend(before.map(|content| (model.name.clone(), content.clone())));
        let is_view = model.header.kind == Kind::View;
        let is_there = self.there.get(&model.name) == Some(&is_view) && self.before.model(&model.name).is_some();
        self.decide(&model.name, mark, is_there)
    }

    /// Says what a model that was built holds now: that of a view is as new as what it is made of.
    /// Gives whether it is new to those that read it.
    pub(crate) fn holds(&mut self, model: &Model, content: Option<&Content>) -> bool {
        if !self.everything {
            return true;
        }
        let name = &model.name;
        let holds = match content {
            Some(Content { rows, fingerprint }) => mark((self.texts.get(name), rows, fingerprint)),
            None => mark(self.marks.get(name)),
        };
        let is_new = self.before.contents.get(name) != Some(&holds);
        self.contents.insert(name.clone(), holds);
        if !is_new {
            self.changed.remove(name);
        }
        is_new
    }

    /// Whether the query must be asked: when it or a table that it reads is new.
    pub(crate) fn takes_test(&mut self, test: &SqlTest) -> bool {
        let mark = mark(&test.text);
        let is_new = self.everything && self.decide(&test.path, mark, true);
        is_new || test.reads.iter().any(|table| self.changed.contains(table))
    }

    /// What is new so far.
    pub(crate) fn changed(&self) -> &BTreeSet<String> {
        &self.changed
    }

    /// What is in the file from before, and whether it is a view.
    pub(crate) fn there(&self) -> &BTreeMap<String, bool> {
        &self.there
    }

    /// What the last builds wrote down.
    pub(crate) fn before(&self) -> &BuildRecord {
        &self.before
    }

    /// Whether everything is built, and was so the last time.
    pub(crate) fn follows_a_whole_build(&self) -> bool {
        self.everything && self.before.basis.is_some()
    }

    /// Whether a table or view is made by texts that are still those of the last build of everything.
    pub(crate) fn is_of_the_same_text(&self, name: &str) -> bool {
        let text = self.texts.get(name);
        self.follows_a_whole_build() && text.is_some() && text == self.before.texts.get(name)
    }

    /// Whether the last build of everything asked the same of tables that were made alike. Ask when the
    /// test was.
    pub(crate) fn held_before(&self, test: &SqlTest) -> bool {
        self.before.marks.get(&test.path) == self.marks.get(&test.path)
            && test.reads.iter().all(|read| self.is_of_the_same_text(read))
    }

    /// Whether the rows that a table has are those that the last build gave it, by texts that are still
    /// the same: then it differs only where the rows differ that it is made of. Ask when the model was.
    pub(crate) fn knows_rows_of(&self, name: &str) -> bool {
        self.there.get(name) == Some(&false) && self.is_of_the_same_text(name)
    }

    /// What everything that was asked about is made of, what it holds, and by what texts.
    pub(crate) fn told(&self) -> (Marks, Marks, Marks) {
        (self.marks.clone(), self.contents.clone(), self.texts.clone())
    }

    fn decide(&mut self, name: &str, mark: String, is_there: bool) -> bool {
        let is_new = !is_there || self.before.marks.get(name) != Some(&mark);
        self.marks.insert(name.to_owned(), mark);
        if is_new {
            self.changed.insert(name.to_owned());
        }
        is_new
    }
}

/// The source tables and seeds that must be made.
pub(crate) fn inputs(freshness: &mut Freshness, project: &Project, sources: &Sources) -> BTreeSet<String> {
    let columns: BTreeMap<String, Vec<SourceColumn>> = sources::columns().collect();
    let mut new = BTreeSet::new();
    for (name, mark) in sources.marks() {
        if freshness.takes_input(&name, columns.get(&name), mark) {
            new.insert(name);
        }
    }
    for seed in &project.seeds {
        if freshness.takes_input(&seed.table, &seed.columns, mark((&seed.columns, &seed.rows))) {
            new.insert(seed.table.clone());
        }
    }
    new
}

/// What is in the warehouse, and whether it is a view.
fn relations(duckdb: &Connection) -> duckdb::Result<BTreeMap<String, bool>> {
    let query = "select view_name, true from duckdb_views()
                 where schema_name = 'main' and database_name = current_database() and not internal
                 union all
                 select table_name, false from duckdb_tables()
                 where schema_name = 'main' and database_name = current_database()";
    let mut there = duckdb.prepare(query)?;
    there.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}
