//! Cases of a model, or of a test: given these rows, expect those. They stand beside it, in
//! `<name>.cases.toml`, and are tried by `transform check`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::problem::Problem;
use super::tree::SqlFile;

/// How the name of such a file ends, behind that of its model or test.
pub(crate) const ENDING: &str = ".cases.toml";

/// The cases of one model or test.
#[derive(Debug, Clone)]
pub struct Cases {
    /// The model or test that is tried.
    pub of: String,
    /// The file below the root of the tree.
    pub path: String,
    /// Columns that name things of one case only: its people, its plays.
    pub own: Vec<String>,
    /// In the order of the file.
    pub cases: Vec<Case>,
}

/// One case. Tables are text: a line of column names, then a line for each row, `|` in between.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What the case shows, in a sentence.
    pub holds: String,
    /// The rows of tables that it reads, itself or through others; the rest is empty.
    #[serde(default)]
    pub given: BTreeMap<String, String>,
    /// The rows that the model has then, or those that break the test, in the columns that matter.
    pub expect: String,
}

impl Cases {
    /// The cases in groups that can be tried beside each other: where names are their own, those that
    /// give the same tables.
    pub(crate) fn beside_each_other(&self) -> Vec<Vec<&Case>> {
        if self.own.is_empty() {
            return self.cases.iter().map(|case| vec![case]).collect();
        }
        let mut groups: BTreeMap<Vec<&String>, Vec<&Case>> = BTreeMap::new();
        for case in &self.cases {
            groups.entry(case.given.keys().collect()).or_default().push(case);
        }
        groups.into_values().collect()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    /// Columns whose values are names that mean something within a case only. Where some are told,
    /// cases are tried beside each other, each with names of its own, which is faster.
    #[serde(default)]
    own: Vec<String>,
    /// Rows that every case begins with; a case may have others in their place.
    #[serde(default)]
    given: BTreeMap<String, String>,
    #[serde(default, rename = "case")]
    cases: Vec<Case>,
}

/// Reads the cases of a model or test; `None` when the file cannot be used.
pub(crate) fn read(file: &SqlFile, of: &str, problems: &mut Vec<Problem>) -> Option<Cases> {
    match toml::from_str::<Content>(&file.text) {
        Ok(Content { own, given, mut cases }) => {
            for case in &mut cases {
                for (table, rows) in &given {
                    case.given.entry(table.clone()).or_insert_with(|| rows.clone());
                }
            }
            Some(Cases { of: of.to_owned(), path: file.path.clone(), own, cases })
        }
        Err(error) => {
            let place = error.span().map(|span| span.start);
            problems.push(Problem::at_byte(&file.path, &file.text, place, error.message()));
            None
        }
    }
}
