//! Stretches of time in which a source may have lost plays: noticed when its list held
//! nothing that was known, closed when another source covers them.

use chrono::{DateTime, Utc};
use rusqlite::params;

use super::{AccountId, StateDb};

/// One stretch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Whose.
    pub account_id: AccountId,
    /// Whose list it was, such as `spotify_api`.
    pub source: String,
    /// The end of the last play that was known before it.
    pub after: DateTime<Utc>,
    /// The end of the oldest play that the list held.
    pub before: DateTime<Utc>,
    /// When it was noticed.
    pub detected_at: DateTime<Utc>,
    /// The run that noticed it.
    pub run_id: String,
    /// About how many plays are missing, by how much this person listens.
    pub estimated_plays: u32,
    /// The receipt of the import that covers it.
    pub closed_by: Option<String>,
}

impl StateDb {
    /// All gaps, by account and time.
    ///
    /// # Errors
    /// Database errors.
    pub fn gaps(&self) -> anyhow::Result<Vec<Gap>> {
        let mut query = self.connection.prepare(
            "select account_id, source, after_ms, before_ms, detected_at_ms, run_id, estimated_plays, closed_by
             from gaps order by account_id, before_ms, source",
        )?;
        let instant = |row: &rusqlite::Row<'_>, column: usize| -> rusqlite::Result<DateTime<Utc>> {
            let ms = row.get(column)?;
            DateTime::from_timestamp_millis(ms).ok_or(rusqlite::Error::IntegralValueOutOfRange(column, ms))
        };
        let rows = query.query_map([], |row| {
            Ok(Gap {
                account_id: AccountId::stored(row.get::<_, String>(0)?),
                source: row.get(1)?,
                after: instant(row, 2)?,
                before: instant(row, 3)?,
                detected_at: instant(row, 4)?,
                run_id: row.get(5)?,
                estimated_plays: row.get(6)?,
                closed_by: row.get(7)?,
            })
        })?;
        rows.map(|row| Ok(row?)).collect()
    }

    /// Keeps a gap. One that was noticed before (a poll that was killed and finished) stays as
    /// it is.
    ///
    /// # Errors
    /// Database errors.
    pub fn add_gap(&mut self, gap: &Gap) -> anyhow::Result<()> {
        self.write(|transaction| {
            transaction.execute(
                "insert or ignore into gaps
                 (account_id, source, after_ms, before_ms, detected_at_ms, run_id, estimated_plays, closed_by)
                 values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    gap.account_id.as_str(),
                    gap.source,
                    gap.after.timestamp_millis(),
                    gap.before.timestamp_millis(),
                    gap.detected_at.timestamp_millis(),
                    gap.run_id,
                    gap.estimated_plays,
                    gap.closed_by
                ],
            )?;
            Ok(())
        })
    }

    /// Says which import covers a gap, or that none does any more.
    ///
    /// # Errors
    /// Database errors.
    pub fn close_gap(&mut self, gap: &Gap, closed_by: Option<&str>) -> anyhow::Result<()> {
        self.write(|transaction| {
            transaction.execute(
                "update gaps set closed_by = ?4 where account_id = ?1 and source = ?2 and before_ms = ?3",
                params![gap.account_id.as_str(), gap.source, gap.before.timestamp_millis(), closed_by],
            )?;
            Ok(())
        })
    }
}
