//! Reports of past runs, kept for people who ask what an import did.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};
use serde_json::Value;

use super::{AccountId, StateDb};

impl StateDb {
    /// Keeps what a run did. A run that is recorded again (after a crash) replaces its record.
    ///
    /// # Errors
    /// Database errors.
    pub fn record_run(
        &mut self,
        run_id: &str,
        job: &str,
        account_id: Option<&AccountId>,
        status: &str,
        started_at: DateTime<Utc>,
        report: &Value,
    ) -> anyhow::Result<()> {
        self.write(|transaction| {
            transaction.execute(
                "insert or replace into job_runs (run_id, job, account_id, status, started_at_ms, report)
                 values (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    run_id,
                    job,
                    account_id.map(AccountId::as_str),
                    status,
                    started_at.timestamp_millis(),
                    report.to_string()
                ],
            )?;
            Ok(())
        })
    }

    /// The kept report of a run.
    ///
    /// # Errors
    /// Database errors.
    pub fn run_report(&self, run_id: &str, job: &str) -> anyhow::Result<Option<Value>> {
        let query = "select report from job_runs where run_id = ?1 and job = ?2";
        let text: Option<String> =
            self.connection.query_row(query, params![run_id, job], |row| row.get(0)).optional()?;
        Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
    }
}
