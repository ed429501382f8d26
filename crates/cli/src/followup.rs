//! What follows a job that may have changed plays: the star schema, and how to look at it.

use std::io::{IsTerminal, Write};
use std::path::Path;

use anyhow::Context;
use platform::{Report, Settings, files, hints, printable};

use crate::commands::Request;
use crate::program::Runner;

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
    let mut runner = Runner::new()?;
    let code = runner.run(request.command.program, &request.arguments_with_report(&job))?;
    if !job.exists() {
        // It did not come to work: it was asked for help, or did not understand the question.
        return Ok(code);
    }
    if let Some(wanted) = request.report_file() {
        hand_over(&job, &wanted);
    }
    if let Some(stopped) = runner.stopped() {
        let text = "stopped before the star schema was brought up to date. What was stored is safe; `music-tracker refresh` \
                    does the rest";
        say(&hints::for_reader(text, request.data_dir().as_deref()));
        return Ok(if code == 0 { stopped } else { code });
    }
    let mut arguments = vec!["refresh".into(), "--if-changed".into(), "--report-file".into(), (&refresh).into()];
    arguments.extend(request.shared_flags());
    let refresh_code = runner.run("transform", &arguments)?;
    let job = Report::read(&job)?;
    if refresh_code != 0 && same_trouble(&job, &refresh) {
        // Both said it: settings that nobody understands, a folder that nobody may write to.
        return Ok(code);
    }
    let has_published = has_published(&refresh)?;
    // Whoever stopped it was told what that means.
    if refresh_code != 0 && runner.stopped().is_none() {
        let text = "What was stored is safe, but the star schema is as before: `music-tracker refresh` tries again.";
        say(&hints::for_reader(text, request.data_dir().as_deref()));
    }
    if has_published || refresh_code != 0 {
        // What was published looks like success, and may have scrolled away what is left of it.
        if let Some(text) = left(&job, request.command.name, has_published) {
            say(&printable(&hints::for_reader(&text, request.data_dir().as_deref())));
        }
    }
    if has_published && code == 0 && std::io::stdout().is_terminal() && all_is_built() {
        let folder = request.data_dir().map(|folder| format!(" {}", hints::flag(&folder))).unwrap_or_default();
        say(&HINT.replace("NAME", &format!("{}{folder}", request.typed_name)));
    }
    Ok(if code == 0 { refresh_code } else { code })
}

/// Whether the job failed for the very reason that building did.
fn same_trouble(job: &Report, refresh: &Path) -> bool {
    let refresh = Report::read(refresh).ok().and_then(|report| report.error);
    job.status == "failed"
        && job.error.as_ref().zip(refresh).is_some_and(|(job, refresh)| job.message == refresh.message)
}

/// Whether there is all that the hint speaks of: somebody may want some models only.
fn all_is_built() -> bool {
    Settings::from_process().is_ok_and(|settings| settings.transform.models.is_none())
}

/// Gives the person the report of the job. What the job did stands, whether it can be told or not.
fn hand_over(report: &Path, wanted: &Path) {
    let copy = || -> std::io::Result<()> { files::write_whole(wanted, &std::fs::read(report)?) };
    if let Err(error) = copy() {
        say(&format!("error: the report could not be written to {}: {error}", wanted.display()));
    }
}

/// What the job did not do, and what became of the rest; nothing where all is done.
fn left(report: &Report, word: &str, has_published: bool) -> Option<String> {
    let error = report.error.as_ref()?;
    let (what, published) = match report.status.as_str() {
        "partial" => ("did not do everything", " What it did store is published."),
        _ if error.exit_code == LATER => ("could not work now", PUBLISHED),
        _ => ("failed", PUBLISHED),
    };
    let rest = if has_published { published } else { "" };
    let end = if error.message.ends_with(['.', '?']) { "" } else { "." };
    Some(format!("\n`music-tracker {word}` {what}: {}{end}{rest}", error.message))
}

/// A job that failed may have stored some of what it was to get, and the run before it as well.
const PUBLISHED: &str = " What is stored so far is published.";

/// The exit code of what another try may do.
const LATER: u8 = 75;

fn has_published(report: &Path) -> anyhow::Result<bool> {
    Ok(report.exists() && Report::read(report)?.counts.contains_key("published_run"))
}

fn say(text: &str) {
    drop(writeln!(std::io::stderr(), "{text}"));
}
