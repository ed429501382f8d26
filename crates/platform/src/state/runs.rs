//! Reports of past runs, kept for people who ask what an import did.

use chrono::{DateTime, Utc};
use rusqlite::params;
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
}
