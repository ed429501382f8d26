//! The job protocol: how a program starts, reports and ends.
//!
//! A job ends with a short summary on a terminal, or with one JSON object as the last line
//! of stdout. A question is answered for people wherever its answer goes, unless the report is
//! asked for. Exit codes: 0 ok, 1 failed (may be retried), 2 wrong usage or settings, 3 needs a
//! person, 75 try later.
//!
//! A job that did only part of its work keeps its counts, says `partial`, and ends with the code
//! that what it left undone would have had alone: a scheduler that sees 75 comes back for the
//! rest, and 3 calls a person although others were served. Data that could not be read (rejected
//! rows) is no work left undone: nobody gets further with them by running the job again.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use crate::args::{CommonArgs, LogFormat, ReportFormat};
use crate::clock::{Clock, FixedClock, SystemClock};
use crate::paths::DataDir;
use crate::printable::printable;
use crate::report::{Report, causes};
use crate::seal::Sealer;
use crate::settings::Settings;
use crate::state::{Idle, StateDb};
use crate::{Stop, files, hints, parent, stopping, telemetry};

/// What a job gets to work with.
pub struct JobContext {
    /// All settings.
    pub settings: Settings,
    /// The paths below the data folder.
    pub data: DataDir,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Correlates log lines, raw files, rows and reports of this run. Taken from `RUN_ID`
    /// when the scheduler sets it.
    pub run_id: String,
    idle: Idle,
    notices: Mutex<Vec<String>>,
}

impl JobContext {
    /// What a job works with.
    pub fn new(settings: Settings, data: DataDir, clock: Arc<dyn Clock>, run_id: impl Into<String>) -> Self {
        Self { settings, data, clock, run_id: run_id.into(), idle: Idle::default(), notices: Mutex::default() }
    }

    /// Says something about the answer that is no part of it: a line on stderr when the program ends,
    /// and a warning in the report. What was said already is not said again.
    pub fn notice(&self, text: String) {
        let mut notices = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        if !notices.contains(&text) {
            notices.push(text);
        }
    }

    fn take_notices(&self) -> Vec<String> {
        std::mem::take(&mut *self.notices.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Opens the state database, creating it on first use, and the folders beside it that are
    /// as private as it is: every job that writes comes by here first. Until the job ends, it
    /// stays open.
    ///
    /// # Errors
    /// When the file cannot be opened or is newer than this program.
    pub fn state(&self) -> anyhow::Result<StateDb> {
        if let Some(state) = StateDb::waiting(&self.idle) {
            return Ok(state);
        }
        let folder = || format!("making the folders below {}", self.data.root().display());
        self.data.make_private_folders().with_context(folder)?;
        StateDb::open_from(&self.idle, &self.data.state_db())
    }

    /// What seals tokens, with the key of the settings or of the data folder.
    ///
    /// # Errors
    /// As [`Sealer::open`].
    pub fn sealer(&self) -> anyhow::Result<Sealer> {
        Sealer::open(&self.data.token_key(), self.settings.secret_key.as_ref())
    }
}

/// What a job that did not fail has to say.
#[derive(Debug, Default)]
pub struct Summary {
    /// Not everything is as it should be; the rest is done.
    pub partial: bool,
    /// What of the work could not be done, and why. The most pressing decides the exit code.
    pub undone: Vec<anyhow::Error>,
    /// Numbers for machines, by name.
    pub counts: Map<String, Value>,
    /// What the person should know.
    pub warnings: Vec<String>,
    /// The summary for people, in whole lines.
    pub text: String,
}

impl Summary {
    /// A summary that is just text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Adds a number.
    #[must_use]
    pub fn count(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.counts.insert(name.to_owned(), value.into());
        self
    }
}

/// Runs `work` as the job `name` and turns its outcome into output and an exit code.
pub fn run_job(name: &str, args: &CommonArgs, work: impl FnOnce(&JobContext) -> anyhow::Result<Summary>) -> ExitCode {
    let default = if io::stdout().is_terminal() { ReportFormat::Text } else { ReportFormat::Json };
    run_reporting(name, args, default, Some(&when_stopped(name)), work)
}

/// The same for a question whose answer is a report: how things stand, what there is. Whoever reads the
/// answer through a pipe (`| less`) is a person as well, and programs say that they want the report. There
/// is nothing to say to whoever stops it.
pub fn run_question(
    name: &str,
    args: &CommonArgs,
    work: impl FnOnce(&JobContext) -> anyhow::Result<Summary>,
) -> ExitCode {
    run_reporting(name, args, ReportFormat::Text, None, work)
}

fn run_reporting(
    name: &str,
    args: &CommonArgs,
    default: ReportFormat,
    when_stopped: Option<&str>,
    work: impl FnOnce(&JobContext) -> anyhow::Result<Summary>,
) -> ExitCode {
    let (run, outcome) = run(name, args, |context| {
        if let Some(words) = when_stopped {
            stopping::explain(for_people(args, words))?;
        }
        tracing::info!("job started");
        let started_at = context.clock.now();
        let outcome = work(context);
        log_end(&Report::new(name, &context.run_id, started_at, context.clock.now(), &outcome));
        outcome
    });
    let mut report = Report::new(name, &run.run_id, run.started_at, run.clock.now(), &outcome);
    report.warnings.extend(run.notices.iter().cloned());
    let (said, failures) = match &outcome {
        Ok(summary) => (text_of(summary), summary.undone.iter().map(failure_text).collect()),
        Err(error) => (String::new(), vec![failure_text(error)]),
    };
    let code = finish(args, default, &report, &for_people(args, &said), &for_people(args, &failures.join("\n")));
    tell(args, &run.notices);
    code
}

/// Runs a command that answers a question instead of doing a job: what `work` returns goes
/// to stdout, as it is where no terminal reads it. An empty text prints nothing, for an answer that
/// `work` wrote by itself.
pub fn run_command(
    name: &str,
    args: &CommonArgs,
    work: impl FnOnce(&JobContext) -> anyhow::Result<String>,
) -> ExitCode {
    let (run, outcome) = run(name, args, work);
    end_command(name, args, &run, outcome)
}

/// The same for a command that changes something: whoever stops it is told what that means, in the words of
/// the command.
pub fn run_change(
    name: &str,
    args: &CommonArgs,
    when_stopped: &str,
    work: impl FnOnce(&JobContext) -> anyhow::Result<String>,
) -> ExitCode {
    let (run, outcome) = run(name, args, |context| {
        stopping::explain(for_people(args, when_stopped))?;
        work(context)
    });
    end_command(name, args, &run, outcome)
}

fn end_command(name: &str, args: &CommonArgs, run: &Run, outcome: anyhow::Result<String>) -> ExitCode {
    if let Some(path) = &args.report_file {
        let done = match &outcome {
            Ok(_) => Ok(Summary { warnings: run.notices.clone(), ..Summary::default() }),
            Err(error) => Err(anyhow::anyhow!("{error:#}")),
        };
        let report = Report::new(name, &run.run_id, run.started_at, run.clock.now(), &done);
        let json = serde_json::to_string(&report).unwrap_or_default();
        if let Err(error) = files::write_whole(path, json.as_bytes()) {
            tracing::error!(path = %path.display(), %error, "could not write the report");
        }
    }
    let code = match outcome {
        Ok(text) => answer(args, text.trim_end_matches('\n')),
        Err(error) => {
            drop(writeln!(io::stderr(), "{}", for_people(args, &failure_text(&error))));
            ExitCode::from(Stop::in_chain(&error).map_or(1, Stop::exit_code))
        }
    };
    tell(args, &run.notices);
    code
}

fn answer(args: &CommonArgs, text: &str) -> ExitCode {
    if text.is_empty() {
        return ExitCode::SUCCESS;
    }
    // A file or another program gets every byte as it is.
    let text = if io::stdout().is_terminal() { for_people(args, text) } else { text.to_owned() };
    told(writeln!(io::stdout(), "{text}"))
}

/// What is no part of the answer, behind it and beside it.
fn tell(args: &CommonArgs, notices: &[String]) {
    for notice in notices {
        drop(writeln!(io::stderr(), "note: {}", for_people(args, notice)));
    }
}

/// What somebody is told who stops a job.
fn when_stopped(job: &str) -> String {
    if job == "transform refresh" {
        return "stopped: the star schema is not up to date, and where plays were erased nothing is published. Nothing \
                that was stored is lost; `music-tracker refresh` does the rest"
            .to_owned();
    }
    let typed = hints::of_job(job);
    format!(
        "stopped: `{typed}` did not come to its end. Nothing that was stored is lost; the same command again does the rest"
    )
}

/// An answer that nobody wants to the end (`| head`) is told; one that could not be written is
/// not.
fn told(written: io::Result<()>) -> ExitCode {
    match written.and_then(|()| io::stdout().flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            drop(writeln!(io::stderr(), "error: the answer could not be written: {error}"));
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

/// What became of a job, for whoever reads the log alone. Why it failed is told once, at the
/// end of the program.
fn log_end(report: &Report) {
    let Report { status, duration_ms, .. } = report;
    let (counts, exit_code) = (Value::Object(report.counts.clone()), report.exit_code());
    tracing::info!(status, duration_ms, exit_code, %counts, warnings = report.warnings.len(), "job ended");
}

struct Run {
    run_id: String,
    started_at: DateTime<Utc>,
    clock: Arc<dyn Clock>,
    notices: Vec<String>,
}

fn run<T>(
    name: &str,
    args: &CommonArgs,
    work: impl FnOnce(&JobContext) -> anyhow::Result<T>,
) -> (Run, anyhow::Result<T>) {
    let settings = Settings::from_process().map(|mut settings| {
        if let Some(folder) = &args.data_dir {
            settings.data_dir.clone_from(folder);
        }
        settings
    });
    let clock: Arc<dyn Clock> = match settings.as_ref().map(|settings| settings.now) {
        Ok(Some(now)) => Arc::new(FixedClock(now)),
        _ => Arc::new(SystemClock),
    };
    let started_at = clock.now();
    let run_id = correlation_id().unwrap_or_else(|| new_run_id(started_at));
    let mut run = Run { run_id, started_at, clock, notices: Vec::new() };
    let outcome = parent::share_its_fate().and(settings).and_then(|settings| {
        telemetry::start(settings.log_level.as_deref(), args.log_format.unwrap_or(default_log_format()))?;
        let data = DataDir::new(&settings.data_dir, settings.duckdb_path.clone());
        let context = JobContext::new(settings, data, Arc::clone(&run.clock), run.run_id.clone());
        let _span = tracing::info_span!("run", run_id = %run.run_id, job = name).entered();
        let outcome = work(&context);
        run.notices = context.take_notices();
        outcome
    });
    (run, outcome)
}

/// An id that sorts by time and is unique: `20261122T151705Z-3f9ac2`.
pub fn new_run_id(now: DateTime<Utc>) -> String {
    let random = uuid::Uuid::new_v4().simple().to_string();
    format!("{}-{}", now.format("%Y%m%dT%H%M%SZ"), &random[..6])
}

/// `RUN_ID` from the environment, when it can be part of a file name.
#[allow(clippy::disallowed_methods, reason = "part of the job protocol, not a setting")]
fn correlation_id() -> Option<String> {
    let id = std::env::var("RUN_ID").ok()?;
    let sound = (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    sound.then_some(id)
}

fn default_log_format() -> LogFormat {
    if io::stderr().is_terminal() { LogFormat::Text } else { LogFormat::Json }
}

/// A result or a failure as it is read in a terminal.
fn for_people(args: &CommonArgs, text: &str) -> String {
    printable(&hints::for_reader(text, args.data_dir.as_deref())).into_owned()
}

fn text_of(summary: &Summary) -> String {
    let mut text = summary.text.trim_end().to_owned();
    for warning in &summary.warnings {
        let gap = if text.is_empty() { "" } else { "\n" };
        text += &format!("{gap}warning: {warning}");
    }
    text
}

/// What needs nothing but time is no error for whoever reads it: a day's budget that is used up, a
/// program that works on the same just now.
fn failure_text(error: &anyhow::Error) -> String {
    let because = causes(error).join("\n  because: ");
    match Stop::in_chain(error) {
        Some(Stop::Later { retry_at: Some(at), .. }) => {
            // The minute that has begun is too early.
            let at = at.checked_add_signed(TimeDelta::seconds(59)).unwrap_or(*at);
            format!("not now: {because}\n  again from {}", at.format("%Y-%m-%d %H:%M UTC"))
        }
        Some(Stop::Later { retry_at: None, .. }) => format!("not now: {because}"),
        _ => format!("error: {because}"),
    }
}

/// Prints the result and ends the protocol. Output that nobody reads (a closed pipe) does
/// not turn success into failure.
fn finish(args: &CommonArgs, default: ReportFormat, report: &Report, said: &str, failures: &str) -> ExitCode {
    let json = serde_json::to_string(report).unwrap_or_default();
    if let Some(path) = &args.report_file
        && let Err(error) = files::write_whole(path, json.as_bytes())
    {
        tracing::error!(path = %path.display(), %error, "could not write the report");
    }
    let as_text = args.wanted().unwrap_or(default) == ReportFormat::Text;
    if as_text && !said.is_empty() {
        drop(writeln!(io::stdout(), "{said}"));
    }
    if !failures.is_empty() {
        drop(writeln!(io::stderr(), "{failures}"));
    }
    if !as_text {
        drop(writeln!(io::stdout(), "{json}"));
    }
    ExitCode::from(report.exit_code())
}
