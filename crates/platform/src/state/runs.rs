//! Reports of past runs, kept for people who ask what an import did.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::params;
use serde_json::Value;

use super::{AccountId, StateDb};

impl StateDb {
    /// Keeps what a run did. A run that is recorded again (after a crash) replaces its record. Of an
    /// account that was removed meanwhile nothing is kept.
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
                 select ?1, ?2, ?3, ?4, ?5, ?6
                 where ?3 is null or exists (select 1 from accounts where account_id = ?3)",
                params![
                    run_id,
                    job,
                    account_id.map(AccountId::as_str),
                    status,
                    started_at.timestamp_millis(),
                    report.to_string()
                ],
            )?;
            // Polls come every half hour: their reports are kept for a season, those of imports
            // for good.
            transaction.execute(
                "delete from job_runs where job <> 'ingest import' and started_at_ms < ?1",
                [(started_at - KEPT).timestamp_millis()],
            )?;
            Ok(())
        })
    }

    /// The newest runs of an account, one for each job.
    ///
    /// # Errors
    /// Database errors.
    pub fn last_runs(&self, account_id: &AccountId) -> anyhow::Result<Vec<Run>> {
        let mut query = self.connection.prepare(
            "select job, run_id, status, max(started_at_ms), report from job_runs where account_id = ?1
             group by job order by job",
        )?;
        let rows = query.query_map([account_id.as_str()], |row| {
            let (started_at_ms, report): (i64, String) = (row.get(3)?, row.get(4)?);
            Ok(Run {
                job: row.get(0)?,
                run_id: row.get(1)?,
                status: row.get(2)?,
                started_at: DateTime::from_timestamp_millis(started_at_ms).unwrap_or_default(),
                report: serde_json::from_str(&report).unwrap_or_default(),
            })
        })?;
        rows.map(|row| Ok(row?)).collect()
    }

    /// The reports of a run, one for each account that it was about.
    ///
    /// # Errors
    /// Database errors.
    pub fn reports_of(&self, run_id: &str, job: &str) -> anyhow::Result<Vec<Value>> {
        let mut query = self.connection.prepare("select report from job_runs where run_id = ?1 and job = ?2")?;
        let reports = query.query_map([run_id, job], |row| row.get::<_, String>(0))?;
        reports.map(|report| Ok(serde_json::from_str(&report?)?)).collect()
    }

    /// Forgets all runs of one job for an account: their reports tell when it listened.
    ///
    /// # Errors
    /// Database errors.
    pub fn forget_runs(&mut self, account_id: &AccountId, job: &str) -> anyhow::Result<()> {
        self.forget(|transaction| {
            let delete = "delete from job_runs where account_id = ?1 and job = ?2";
            transaction.execute(delete, params![account_id.as_str(), job])?;
            Ok(())
        })
    }
}

const KEPT: TimeDelta = TimeDelta::days(90);

/// What a run did.
#[derive(Debug, Clone)]
pub struct Run {
    /// Which job, such as `ingest import`.
    pub job: String,
    /// The run.
    pub run_id: String,
    /// `ok`, `partial` or `failed`.
    pub status: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// What it said.
    pub report: Value,
}
