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

pub use cases::{Case, Cases};
pub use check::{Allowed, Check, Declared, Severity};
pub use header::{Header, Kind};
pub use model::{Layer, Model, SeedFile, SqlTest};
pub use problem::Problem;
pub use sections::Item;
pub use select::Selection;
pub use tree::{SqlFile, SqlTree};

pub(crate) use portable::lexer;
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

    /// The model of that name.
    pub fn model(&self, name: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.name == name)
    }
}
