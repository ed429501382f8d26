//! Measures the budgets of the programs: it starts the release binaries as anybody would,
//! and times them, and the memory of their processes, from outside. Ratios are taken
//! against DuckDB doing the same side by side, because seconds say little about another
//! machine.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool for one terminal, whose files are scratch"
)]

mod dbt;
mod entry;
mod ground;
mod measure;
mod statements;
mod suites;
mod upstream;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;

pub use entry::Entry;

use ground::Ground;
use suites::SUITES;

/// Measures the entries whose name starts with `only` (those that take an hour only by their whole
/// name), prints them as a table and writes
/// them to `output`. True when every budget is kept.
///
/// # Errors
/// When a program is missing or fails, or the result cannot be written.
pub fn run(only: &str, output: &Path) -> anyhow::Result<bool> {
    let ground = Ground::at(output)?;
    let mut entries = Vec::new();
    for suite in SUITES.iter().filter(|suite| suite.is_wanted(only)) {
        let measured = (suite.measure)(&ground).with_context(|| format!("measuring {}", suite.names.join(", ")))?;
        entries.extend(measured.into_iter().filter(|entry| entry.name.starts_with(only)));
    }
    anyhow::ensure!(!entries.is_empty(), "no entry starts with {only:?}; there are: {}", suites::names().join(", "));
    std::fs::write(output, serde_json::to_string_pretty(&entries)?)?;
    println!("{}\n\nwritten to {}", entry::table(&entries), output.display());
    Ok(entries.iter().all(|entry| entry.ok))
}

/// Says why nothing was measured.
pub fn complain(error: &anyhow::Error) -> ExitCode {
    eprintln!("error: {error:#}");
    ExitCode::from(2)
}
