//! The SQL that DuckDB and Spark share: what of a tree of models would not run on both, or would
//! give something else.
//!
//! DuckDB's parser tells most of it. How something was spelled (quotes, types, words that the
//! parser drops) is looked up in the text, without comments. What only values or the types of
//! columns would tell is not found: a division by zero, a fractional column that becomes whole,
//! a text made of a double. Those are in `sql/README.md`.

mod functions;
pub(crate) mod lexer;
mod names;
mod spelling;
mod tree;

use std::collections::BTreeMap;

use duckdb::Connection;
use serde_json::Value;

use super::check::Check;
use super::problem::Problem;
use super::references::{parsed, with_parser};
use super::{Project, SqlTree};
use crate::engine::sources::{self, SourceColumn};
use names::Columns;

/// Everything in the models, their tests and the queries in `tests/` that is not the same on
/// every engine, by file and line.
///
/// # Errors
/// When DuckDB cannot be asked.
pub(crate) fn unportable(tree: &SqlTree, project: &Project) -> anyhow::Result<Vec<Problem>> {
    let mut problems = spelling_of(tree);
    let mut tables = known_tables(project);
    with_parser(|duckdb| {
        for model in &project.models {
            let columns = of_query(duckdb, &model.path, &model.text, &tables, &mut problems)?;
            tables.insert(model.name.clone(), columns);
            for test in &model.header.tests {
                if let Check::Expression(expression) = &test.check {
                    let of_line = of_expression(duckdb, expression)?;
                    problems.extend(of_line.into_iter().map(|why| Problem::at(&model.path, test.line, why)));
                }
            }
        }
        for test in &project.tests {
            of_query(duckdb, &test.path, &test.text, &tables, &mut problems)?;
        }
        Ok(())
    })?;
    problems.sort();
    problems.dedup();
    Ok(problems)
}

/// What the text alone tells: also of a query that DuckDB's parser takes for something else.
pub(crate) fn spelling_of(tree: &SqlTree) -> Vec<Problem> {
    let queries = tree.files.iter().filter(|file| file.path.ends_with(".sql"));
    let of_file = |file: &super::SqlFile| {
        let found = spelling::misspelled(&file.text).into_iter();
        found.map(|(line, why)| Problem::at(&file.path, line, why)).collect::<Vec<_>>()
    };
    queries.flat_map(of_file).collect()
}

/// The columns of what models read and no model makes.
fn known_tables(project: &Project) -> BTreeMap<String, Columns> {
    let seeds = project.seeds.iter().map(|seed| (seed.table.clone(), seed.columns.clone()));
    let names = |columns: Vec<SourceColumn>| columns.into_iter().map(|column| column.name.to_owned()).collect();
    let sources = sources::columns().map(|(name, columns)| (name, names(columns)));
    sources.chain(seeds).map(|(name, columns)| (name, Some(columns))).collect()
}

fn of_query(
    duckdb: &Connection,
    path: &str,
    text: &str,
    tables: &BTreeMap<String, Columns>,
    problems: &mut Vec<Problem>,
) -> anyhow::Result<Columns> {
    let Some(node) = node_of(duckdb, text)? else { return Ok(None) };
    let (columns, found) = names::resolve(&node, tables);
    let found = tree::unportable(&node).into_iter().chain(found);
    problems.extend(found.map(|(place, message)| Problem::at_byte(path, text, place, message)));
    Ok(columns)
}

fn of_expression(duckdb: &Connection, expression: &str) -> anyhow::Result<Vec<String>> {
    let found = node_of(duckdb, &format!("select ({expression})"))?.map(|node| tree::unportable(&node));
    let spelled = spelling::misspelled(expression).into_iter().map(|(_, why)| why);
    Ok(found.into_iter().flatten().map(|(_, why)| why).chain(spelled).collect())
}

/// The tree of the one query in a text; what is none was refused when the project was read.
fn node_of(duckdb: &Connection, text: &str) -> anyhow::Result<Option<Value>> {
    Ok(parsed(duckdb, text)?.ok().map(|mut statement| statement["node"].take()))
}
