//! The project: every model, seed and test of a tree, checked and in order.

mod cases;
mod check;
mod header;
mod load;
mod model;
mod order;
pub(crate) mod portable;
mod problem;
mod references;
mod sections;
mod select;
mod tree;

use std::collections::BTreeSet;

use anyhow::Context;

use crate::engine::sources;

pub use cases::{Case, Cases};
pub use check::{Allowed, Check, Declared, Severity};
pub use header::{Header, Kind, Recompute};
pub use model::{Layer, Model, SeedFile, SqlTest};
pub use problem::Problem;
pub use sections::Item;
pub use select::Selection;
pub use tree::{SqlFile, SqlTree};

pub(crate) use portable::lexer;
pub(crate) use problem::stop_on;
pub(crate) use references::references;

/// A checked tree.
#[derive(Debug, Clone)]
pub struct Project {
    /// How error messages begin a path.
    pub root: String,
    /// CSVs, by path.
    pub seeds: Vec<SeedFile>,
    /// Models in the order of building.
    pub models: Vec<Model>,
    /// The queries that must return no rows, by path.
    pub tests: Vec<SqlTest>,
    /// Rows to try models on, by path. The tree inside the program has none.
    pub cases: Vec<Cases>,
    /// Whether it is the tree inside the program, which was checked when that was made.
    pub(crate) is_checked: bool,
}

impl Project {
    /// Reads and checks a tree: headers, names, layers, circles, and whether `reads:` says
    /// what the query does.
    ///
    /// # Errors
    /// A [`platform::Stop::Usage`] with every mistake, each with file and line.
    pub fn of(tree: &SqlTree) -> anyhow::Result<Self> {
        load::load(tree)
    }

    /// These models and all that they read, with the tests that need no other.
    fn only(mut self, wanted: &[String]) -> anyhow::Result<Self> {
        let words = wanted.iter().map(|name| format!("+{name}")).collect();
        let names = Selection { words }.names(&self).context("the setting transform.models")?;
        self.models.retain(|model| names.contains(&model.name));
        for model in &mut self.models {
            model.header.tests.retain(|test| match &test.check {
                Check::References { model: target, .. } => names.contains(target),
                _ => true,
            });
        }
        let reads: BTreeSet<&str> = self.models.iter().flat_map(Model::reads).collect();
        self.seeds.retain(|seed| reads.contains(seed.table.as_str()));
        self.tests.retain(|test| test.reads.iter().all(|table| names.contains(table) || sources::exists(table)));
        let tests: BTreeSet<&str> = self.tests.iter().map(|test| test.name.as_str()).collect();
        self.cases.retain(|cases| names.contains(&cases.of) || tests.contains(cases.of.as_str()));
        Ok(self)
    }

    /// The model of that name.
    pub fn model(&self, name: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.name == name)
    }
}
