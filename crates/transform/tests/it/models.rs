//! SQL models on rows that are made for the purpose, where fixed ones (`sql/**/*.cases.toml`) do not do:
//! given → expect, in memory.

mod answers;
mod artists;
mod corrected;
mod describing;
mod dimensions;
mod gazetteer;
mod genres;
mod hostile;
mod listening;
mod matching_account_data;
mod matching_listens;
mod places;
mod reports;
mod rhythm;
mod watching;

use std::sync::{LazyLock, Mutex, PoisonError};

use transform::project::{Project, SqlTree};
use transform::trial::{Rows, Trials};

/// The tree inside the program.
static PROJECT: LazyLock<Project> = LazyLock::new(|| Project::of(&SqlTree::load(None).unwrap()).unwrap());

/// Tries a model of the tree. Building all of them takes longer than a hundred trials, so that each
/// test takes what another one has left.
fn tried(model: &str, given: &[(&str, &str)], expect: &str) -> anyhow::Result<(Rows, Rows)> {
    static FREE: Mutex<Vec<Trials<'static>>> = Mutex::new(Vec::new());
    let free = || FREE.lock().unwrap_or_else(PoisonError::into_inner);
    let left = free().pop();
    let trials = left.map_or_else(|| Trials::of(&PROJECT), Ok)?;
    let outcome = trials.run(model, given, expect);
    free().push(trials);
    outcome
}

/// Builds `model` of the real `sql/` over the `given` tables (those it reads, or any before
/// them, down to `src_…`) and compares the columns that `expect` names. The order of rows
/// does not matter; columns that are not given are null.
#[track_caller]
fn check(model: &str, given: &[(&str, &str)], expect: &str) {
    let (found, expected) = tried(model, given, expect).unwrap_or_else(|error| panic!("{error:#}"));
    assert!(found == expected, "{model} gave\n\n{found}\nbut was expected to give\n\n{expected}");
}
