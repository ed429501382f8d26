//! Each SQL model on a few hand-written rows: given → expect, in memory.

mod answers;
mod artists;
mod choosing;
mod corrected;
mod describing;
mod dimensions;
mod gazetteer;
mod genres;
mod hostile;
mod knowing;
mod links;
mod listening;
mod matching;
mod matching_account_data;
mod matching_listens;
mod places;
mod watching;

use std::sync::LazyLock;

use transform::project::{Project, SqlTree};
use transform::trial::try_model;

/// The tree inside the program.
static PROJECT: LazyLock<Project> = LazyLock::new(|| Project::of(&SqlTree::load(None).unwrap()).unwrap());

/// Builds `model` of the real `sql/` over the `given` tables (those it reads, or any before
/// them, down to `src_…`) and compares the columns that `expect` names. The order of rows
/// does not matter; columns that are not given are null.
#[track_caller]
fn check(model: &str, given: &[(&str, &str)], expect: &str) {
    let (found, expected) = try_model(&PROJECT, model, given, expect).unwrap_or_else(|error| panic!("{error:#}"));
    assert!(found == expected, "{model} gave\n\n{found}\nbut was expected to give\n\n{expected}");
}

#[test]
fn an_account_that_is_no_longer_set_up_keeps_its_row() {
    check(
        "dim_account",
        &[
            (
                "stg_tracker__accounts",
                "
                account_id | account_name | counting_rule
                a1         | Ann          | finished
                ",
            ),
            (
                "int_plays_resolved",
                "
                play_id | account_id
                p1      | a1
                p2      | gone
                ",
            ),
        ],
        "
        account_id | account_name | counting_rule
        a1         | Ann          | finished
        gone       | gone         | 30s
        unknown    | Unknown      | 30s
        ",
    );
}
