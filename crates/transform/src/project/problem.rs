//! What is wrong in a tree of SQL models, with file and line.

use std::fmt;

use platform::Stop;

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file below the root of the tree.
    pub file: String,
    /// Its line, counted from 1, where one line is to blame.
    pub line: Option<usize>,
    /// What is wrong and, where it helps, what to do.
    pub message: String,
}

impl Problem {
    /// A mistake in a line of a file.
    pub fn at(file: &str, line: usize, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: Some(line), message: message.into() }
    }

    /// A mistake at a byte of the text of a file, where that is known.
    pub(crate) fn at_byte(file: &str, text: &str, place: Option<usize>, message: impl Into<String>) -> Self {
        let line = place.map(|place| 1 + text.bytes().take(place).filter(|byte| *byte == b'\n').count());
        Self { file: file.to_owned(), line, message: message.into() }
    }

    /// A mistake of a whole file.
    pub fn of(file: &str, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: None, message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(formatter, "{}:{line}: {}", self.file, self.message),
            None => write!(formatter, "{}: {}", self.file, self.message),
        }
    }
}

/// All mistakes of a tree as one error, or nothing. A mistake in the SQL is like a wrong
/// setting: trying again does not help, so it ends with exit code 2.
pub(crate) fn stop_on(root: &str, mut problems: Vec<Problem>) -> anyhow::Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    problems.sort();
    problems.dedup();
    let lines: Vec<String> = problems.iter().map(|problem| format!("{root}/{problem}")).collect();
    Err(Stop::Usage(lines.join("\n")).into())
}
