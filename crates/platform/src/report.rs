//! The report of a job: what a program tells the one that started it.

use std::path::Path;

use anyhow::Context;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Stop;
use crate::job::Summary;

/// The machine-readable result of a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    /// Which job, such as `ingest import`.
    pub job: String,
    /// The run.
    pub run_id: String,
    /// `ok`, `partial` or `failed`.
    pub status: String,
    /// When it began, RFC 3339 in UTC.
    pub started_at: String,
    /// How long it took.
    pub duration_ms: i64,
    /// Numbers by name.
    pub counts: Map<String, Value>,
    /// What the person should know.
    pub warnings: Vec<String>,
    /// Why it failed; of a job that did part of its work, the most pressing of what is left.
    pub error: Option<ReportError>,
}

/// Why a run failed, or did not do everything.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReportError {
    /// The whole chain of causes, in one line.
    pub message: String,
    /// The exit code of the process.
    pub exit_code: u8,
    /// With exit code 75: when to try again, RFC 3339 in UTC, where known.
    pub retry_at: Option<String>,
}

impl Report {
    pub(crate) fn new(
        job: &str,
        run_id: &str,
        started_at: DateTime<Utc>,
        ended_at: DateTime<Utc>,
        outcome: &anyhow::Result<Summary>,
    ) -> Self {
        let (status, counts, warnings, error) = match outcome {
            Ok(summary) => {
                let status = if summary.partial || !summary.undone.is_empty() { "partial" } else { "ok" };
                let decisive = Stop::most_pressing(&summary.undone);
                let others = summary.undone.iter().enumerate().filter(|(place, _)| Some(*place) != decisive);
                let mut warnings = summary.warnings.clone();
                warnings.extend(others.map(|(_, error)| format!("{error:#}")));
                let error = decisive.map(|place| ReportError::of(&summary.undone[place]));
                (status, summary.counts.clone(), warnings, error)
            }
            Err(error) => ("failed", Map::new(), Vec::new(), Some(ReportError::of(error))),
        };
        Self {
            job: job.to_owned(),
            run_id: run_id.to_owned(),
            status: status.to_owned(),
            started_at: started_at.to_rfc3339_opts(SecondsFormat::Millis, true),
            duration_ms: (ended_at - started_at).num_milliseconds(),
            counts,
            warnings,
            error,
        }
    }

    /// Reads what another program wrote for `--report-file`.
    ///
    /// # Errors
    /// When the file cannot be read or holds no report.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let report = || anyhow::Ok(serde_json::from_slice(&std::fs::read(path)?)?);
        report().with_context(|| format!("reading the report {}", path.display()))
    }

    /// The exit code of the process.
    pub(crate) fn exit_code(&self) -> u8 {
        self.error.as_ref().map_or(0, |error| error.exit_code)
    }
}

/// An error and its causes, each in words of its own: one that only repeats what was said is left out.
pub(crate) fn causes(error: &anyhow::Error) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    for cause in error.chain().map(ToString::to_string) {
        if !said.iter().any(|before| before.contains(&cause)) {
            said.push(cause);
        }
    }
    said
}

impl ReportError {
    fn of(error: &anyhow::Error) -> Self {
        let stop = Stop::in_chain(error);
        let retry_at = match stop {
            Some(Stop::Later { retry_at, .. }) => *retry_at,
            _ => None,
        };
        Self {
            message: causes(error).join(": "),
            exit_code: stop.map_or(1, Stop::exit_code),
            retry_at: retry_at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)),
        }
    }
}

#[cfg(test)]
mod tests {
    use anyhow::{Context, anyhow};

    use super::*;

    #[test]
    fn nothing_is_said_twice() {
        let torn = || anyhow!("the file is torn");
        assert_eq!(causes(&torn().context("reading a.zip")), ["reading a.zip", "the file is torn"]);
        let doubled = torn().context(Stop::Usage("a.zip: the file is torn".into())).context("importing");
        assert_eq!(causes(&doubled), ["importing", "a.zip: the file is torn"]);
        let twice = Err::<(), _>(torn()).context("the file is torn").unwrap_err();
        assert_eq!(causes(&twice), ["the file is torn"]);
    }
}
