//! Stretches of time in which a source may have lost plays: noticed when its list held
//! nothing that was known, closed as far as another source covers them.

use chrono::{DateTime, Utc};
use rusqlite::{Row, Transaction, params};

use super::{AccountId, StateDb};

/// One stretch: a whole gap, or the part of one that an import covers or leaves open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Whose.
    pub account_id: AccountId,
    /// Whose list it was, such as `spotify_api`.
    pub source: String,
    /// The gap as it was noticed: the end of the last play that was known before it, and the end
    /// of the oldest play that the list held.
    pub noticed: (DateTime<Utc>, DateTime<Utc>),
    /// Where this stretch of it begins.
    pub after: DateTime<Utc>,
    /// Where this stretch of it ends.
    pub before: DateTime<Utc>,
    /// When it was noticed.
    pub detected_at: DateTime<Utc>,
    /// The run that noticed it.
    pub run_id: String,
    /// About how many plays are missing, by how much this person listens.
    pub estimated_plays: u32,
    /// The receipt of the import that covers the stretch.
    pub closed_by: Option<String>,
}

impl StateDb {
    /// All gaps in their stretches, by account and time.
    ///
    /// # Errors
    /// Database errors.
    pub fn gaps(&self) -> anyhow::Result<Vec<Gap>> {
        self.read_gaps(
            "select account_id, source, gaps.after_ms, gaps.before_ms, gap_stretches.after_ms,
                    gap_stretches.before_ms, detected_at_ms, run_id, gap_stretches.estimated_plays, closed_by
             from gap_stretches
             join gaps using (account_id, source)
             where gaps.before_ms = gap_before_ms
             order by account_id, gap_stretches.before_ms, source, gap_before_ms",
        )
    }

    /// All gaps as they were noticed, whatever covers them by now.
    ///
    /// # Errors
    /// Database errors.
    pub fn noticed_gaps(&self) -> anyhow::Result<Vec<Gap>> {
        self.read_gaps(
            "select account_id, source, after_ms, before_ms, after_ms, before_ms, detected_at_ms, run_id,
                    estimated_plays, null
             from gaps order by account_id, before_ms, source",
        )
    }

    /// Keeps a gap that was noticed, open as a whole. One that was noticed before (a poll that was
    /// killed and finished) stays as it is.
    ///
    /// # Errors
    /// Database errors.
    pub fn add_gap(&mut self, gap: &Gap) -> anyhow::Result<()> {
        self.write(|transaction| {
            let is_new = transaction.execute(
                "insert or ignore into gaps
                 (account_id, source, after_ms, before_ms, detected_at_ms, run_id, estimated_plays)
                 values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    gap.account_id.as_str(),
                    gap.source,
                    gap.noticed.0.timestamp_millis(),
                    gap.noticed.1.timestamp_millis(),
                    gap.detected_at.timestamp_millis(),
                    gap.run_id,
                    gap.estimated_plays,
                ],
            )? == 1;
            if is_new {
                add_stretch(transaction, gap)?;
            }
            Ok(())
        })
    }

    /// Says anew into which stretches the gaps of an account fall: those that an import covers, and
    /// those that none does. Nothing is written where that is known.
    ///
    /// # Errors
    /// Database errors.
    pub fn settle_gaps(&mut self, account_id: &AccountId, stretches: &[Gap]) -> anyhow::Result<()> {
        let mut known = self.gaps()?;
        known.retain(|gap| gap.account_id == *account_id);
        if known == stretches {
            return Ok(());
        }
        self.write(|transaction| {
            transaction.execute("delete from gap_stretches where account_id = ?1", [account_id.as_str()])?;
            stretches.iter().try_for_each(|stretch| add_stretch(transaction, stretch))
        })
    }

    /// Forgets the gaps of one source of an account.
    ///
    /// # Errors
    /// Database errors.
    pub fn forget_gaps(&mut self, account_id: &AccountId, source: &str) -> anyhow::Result<()> {
        self.forget(|transaction| {
            for table in ["gap_stretches", "gaps"] {
                let delete = format!("delete from {table} where account_id = ?1 and source = ?2");
                transaction.execute(&delete, params![account_id.as_str(), source])?;
            }
            Ok(())
        })
    }

    fn read_gaps(&self, query: &str) -> anyhow::Result<Vec<Gap>> {
        let mut query = self.connection.prepare(query)?;
        let instant = |row: &Row<'_>, column: usize| -> rusqlite::Result<DateTime<Utc>> {
            let ms = row.get(column)?;
            DateTime::from_timestamp_millis(ms).ok_or(rusqlite::Error::IntegralValueOutOfRange(column, ms))
        };
        let rows = query.query_map([], |row| {
            Ok(Gap {
                account_id: AccountId::stored(row.get::<_, String>(0)?),
                source: row.get(1)?,
                noticed: (instant(row, 2)?, instant(row, 3)?),
                after: instant(row, 4)?,
                before: instant(row, 5)?,
                detected_at: instant(row, 6)?,
                run_id: row.get(7)?,
                estimated_plays: row.get(8)?,
                closed_by: row.get(9)?,
            })
        })?;
        rows.map(|row| Ok(row?)).collect()
    }
}

fn add_stretch(transaction: &Transaction<'_>, stretch: &Gap) -> anyhow::Result<()> {
    transaction.execute(
        "insert into gap_stretches
         (account_id, source, gap_before_ms, after_ms, before_ms, estimated_plays, closed_by)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            stretch.account_id.as_str(),
            stretch.source,
            stretch.noticed.1.timestamp_millis(),
            stretch.after.timestamp_millis(),
            stretch.before.timestamp_millis(),
            stretch.estimated_plays,
            stretch.closed_by
        ],
    )?;
    Ok(())
}
