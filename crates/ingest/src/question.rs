//! Questions to whoever sits at the terminal.

use std::io::{self, BufRead, IsTerminal, Write};

/// The answer to a question, without blanks around it; `None` when nobody can be asked.
///
/// # Errors
/// When the terminal cannot be read or written.
pub(crate) fn ask(question: &str) -> io::Result<Option<String>> {
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Ok(None);
    }
    write!(io::stderr(), "{question} ")?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(Some(answer.trim().to_owned()))
}

/// Whether an answer is a yes.
pub(crate) fn is_yes(answer: &str) -> bool {
    matches!(answer.to_lowercase().as_str(), "y" | "yes")
}
