//! What follows a job that may have changed plays: the star schema, and how to look at it.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::Path;

use anyhow::Context;
use platform::Report;

use crate::commands::Request;
use crate::program::run_program;

const HINT: &str = "
Look at it:
  NAME summary
  NAME query \"select artist_name, counted_plays from rpt_top_artists where period = 'all time' order by counted_plays desc limit 10\"";

/// Runs the job, then brings the star schema up to date where it is not. The job is not asked
/// what it did: it may have failed behind its first archive, or finished what a killed run
/// left, and the run before may have been stopped in the middle of publishing.
pub(crate) fn run_then_refresh(request: &Request) -> anyhow::Result<u8> {
    let scratch = tempfile::tempdir().context("cannot make a temporary folder")?;
    let (job, refresh) = (scratch.path().join("job.json"), scratch.path().join("refresh.json"));
    let code = run_program(request.command.program, &with_report(request.arguments(), &job))?;
    if !job.exists() {
        // It did not come to work: it was asked for help, or did not understand the question.
        return Ok(code);
    }
    let mut arguments = vec!["refresh".into(), "--if-changed".into()];
    arguments.extend(request.shared_flags());
    let refresh_code = run_program("transform", &with_report(arguments, &refresh))?;
    if refresh_code != 0 {
        say("What was stored is safe, but the star schema is as before: `music-tracker refresh` tries again.");
    } else if code == 0 && std::io::stdout().is_terminal() && has_published(&refresh)? {
        say(&HINT.replace("NAME", &request.typed_name));
    }
    Ok(if code == 0 { refresh_code } else { code })
}

/// The same arguments, and a file for the report behind the first word.
fn with_report(mut arguments: Vec<OsString>, report: &Path) -> Vec<OsString> {
    arguments.splice(1..1, ["--report-file".into(), report.into()]);
    arguments
}

fn has_published(report: &Path) -> anyhow::Result<bool> {
    Ok(report.exists() && Report::read(report)?.counts.contains_key("published_run"))
}

fn say(text: &str) {
    drop(writeln!(std::io::stderr(), "{text}"));
}
