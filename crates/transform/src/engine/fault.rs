//! DuckDB's errors, told with the file and the line of the model they come from.

use std::fmt;

use platform::Stop;

/// A statement that DuckDB refused.
#[derive(Debug, thiserror::Error)]
pub(crate) struct Fault {
    /// `sql/3_marts/dim_track.sql`.
    pub(crate) file: String,
    /// The line in that file, where DuckDB says one.
    pub(crate) line: Option<usize>,
    /// DuckDB's words, with the excerpt and the caret.
    pub(crate) message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(formatter, "{}:{line}: {}", self.file, self.message),
            None => write!(formatter, "{}: {}", self.file, self.message),
        }
    }
}

impl Fault {
    /// `text` is the content of the file; it must have been sent so that its lines were
    /// DuckDB's lines.
    pub(crate) fn of(file: String, text: &str, error: &duckdb::Error) -> Self {
        let message = words(error);
        // A fault inside a view shows a line of that view's text, which is not ours.
        let line = excerpt(&message).filter(|(line, shown)| {
            let shown = shown.trim_start_matches("...").trim_end_matches("...").trim();
            text.lines().nth(line.saturating_sub(1)).is_some_and(|own| own.contains(shown))
        });
        Self { file, line: line.map(|(line, _)| line), message }
    }
}

/// DuckDB's own message, without the wrapping of the Rust crate.
pub(crate) fn words(error: &duckdb::Error) -> String {
    match error {
        duckdb::Error::DuckDBFailure(_, Some(message)) => message.clone(),
        other => other.to_string(),
    }
}

/// The same for whoever asks a question. DuckDB would have an extension installed that cannot be had: nothing is
/// fetched here.
pub(crate) fn words_to_ask(error: &duckdb::Error) -> String {
    let message = words(error);
    let extension =
        message.split_once("Please try installing and loading the ").and_then(|(_, rest)| rest.split(' ').next());
    match extension {
        Some("httpfs") => {
            "a question reads what is on this machine, and nothing from the network: fetch the file first, \
                           then name it, as in `select * from 'file.csv'`"
                .to_owned()
        }
        Some(name) => format!(
            "this needs the extension {name} of DuckDB, which is not part of this program, and nothing is fetched: ask \
             without it, or open the published files with a DuckDB of your own"
        ),
        None => message,
    }
}

/// Takes the crate's codes ("Error code 1: Unknown error code") off the end of a chain of
/// causes: the words before them say it all.
pub(crate) fn without_codes(error: anyhow::Error) -> anyhow::Error {
    if !error.root_cause().is::<duckdb::ffi::Error>() || Stop::in_chain(&error).is_some() {
        return error;
    }
    let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    let mut causes = causes.into_iter().rev().skip(1);
    let first = anyhow::Error::msg(causes.next().unwrap_or_default());
    causes.fold(first, anyhow::Error::context)
}

/// `LINE 12: select x` → `(12, "select x")`.
fn excerpt(message: &str) -> Option<(usize, &str)> {
    let (_, rest) = message.split_once("LINE ")?;
    let (number, rest) = rest.split_once(": ")?;
    Some((number.parse().ok()?, rest.lines().next().unwrap_or_default()))
}
