//! `enrich replay`: the typed tables anew from the kept answers.

use platform::{JobContext, Summary};

use crate::books::Books;

/// Reads every kept answer once more.
///
/// # Errors
/// A [`platform::Stop::Later`] when another run is at work; any I/O error.
pub fn replay(context: &JobContext) -> anyhow::Result<Summary> {
    let mut books = Books::open(context)?;
    let answers = books.rewrite()?;
    let warnings = books.warnings().collect();
    let summary = Summary { warnings, ..Summary::text(format!("{answers} kept answers were read again")) };
    Ok(summary.count("answers", answers))
}
