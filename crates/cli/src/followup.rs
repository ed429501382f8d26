//! What follows a job that stored plays: the star schema, and how to look at it.

use std::io::{IsTerminal, Write};

use anyhow::Context;
use platform::Report;

use crate::commands::Request;
use crate::program::run_program;

const HINT: &str = "
Look at it:
  NAME summary
  NAME query \"select artist_name, plays from rpt_top_artists where period = 'all time' order by plays desc limit 10\"";

/// Runs the job and, when it changed plays, builds, tests and publishes the star schema.
pub(crate) fn run_then_refresh(request: &Request) -> anyhow::Result<u8> {
    let scratch = tempfile::tempdir().context("cannot make a temporary folder")?;
    let report = scratch.path().join("report.json");
    let mut arguments = request.arguments();
    arguments.splice(1..1, ["--report-file".into(), report.clone().into()]);
    let code = run_program(request.command.program, &arguments)?;
    if code != 0 || !report.exists() || !changed_plays(&Report::read(&report)?) {
        return Ok(code);
    }

    let mut refresh = vec!["refresh".into()];
    refresh.extend(request.shared_flags());
    let code = run_program("transform", &refresh)?;
    if code != 0 {
        say("The plays are stored, but the star schema is as before: `music-tracker refresh` tries again.");
    } else if std::io::stdout().is_terminal() {
        say(&HINT.replace("NAME", &request.typed_name));
    }
    Ok(code)
}

/// Whether the star schema is out of date now. A job that does not count what it stored
/// (an undo, a replay) may have changed anything.
fn changed_plays(report: &Report) -> bool {
    let mut news = ["stored", "changed"].iter().filter_map(|name| report.counts.get(*name)?.as_u64()).peekable();
    news.peek().is_none() || news.any(|count| count > 0)
}

fn say(text: &str) {
    drop(writeln!(std::io::stderr(), "{text}"));
}
