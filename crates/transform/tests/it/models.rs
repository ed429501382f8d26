//! Each SQL model on a few hand-written rows: given → expect, in memory.

mod answers;
mod choosing;
mod describing;
mod dimensions;
mod listening;
mod matching;
mod matching_account_data;

use transform::project::{Project, SqlTree};
use transform::trial::try_model;

/// Builds `model` of the real `sql/` over the `given` tables (those it reads, or any before
/// them, down to `src_…`) and compares the columns that `expect` names. The order of rows
/// does not matter; columns that are not given are null.
#[track_caller]
fn check(model: &str, given: &[(&str, &str)], expect: &str) {
    let project = Project::of(&SqlTree::load(None).unwrap()).unwrap();
    let (found, expected) = try_model(&project, model, given, expect).unwrap_or_else(|error| panic!("{error:#}"));
    assert!(found == expected, "{model} gave\n\n{found}\nbut was expected to give\n\n{expected}");
}
