//! What a service bears, shared by all programs and remembered across restarts: the pace of
//! requests, cooldowns it asked for, and budgets of a rolling day.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use super::StateDb;

/// The class that stands for all requests to a service.
pub const EVERY_CLASS: &str = "*";

/// The limits of one kind of requests to one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestLimit {
    /// Who counts: the service, and at Spotify the developer account whose quota it is.
    pub service: String,
    /// What kind of request: each has a budget that no other can spend.
    pub class: &'static str,
    /// The least time between two requests of any kind.
    pub spacing: Duration,
    /// The most requests of this kind in 24 hours.
    pub per_day: Option<u32>,
}

/// Why a request may not go out now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The service asked for quiet.
    CoolingDown {
        /// Until then.
        until: DateTime<Utc>,
        /// Its words, or ours about it.
        reason: String,
    },
    /// The budget of the last 24 hours is used up.
    BudgetSpent {
        /// When the oldest request leaves the 24 hours.
        until: DateTime<Utc>,
        /// The budget.
        per_day: u32,
    },
}

/// A cooldown that lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cooldown {
    /// Who asked for it.
    pub service: String,
    /// For which requests; [`EVERY_CLASS`] for all.
    pub class: String,
    /// Until when.
    pub until: DateTime<Utc>,
    /// Why.
    pub reason: String,
}

impl StateDb {
    /// Takes the next free moment for one request, and counts it. The answer is how long to
    /// wait for that moment.
    ///
    /// # Errors
    /// Database errors.
    pub fn reserve_request(
        &mut self,
        limit: &RequestLimit,
        now: DateTime<Utc>,
    ) -> anyhow::Result<Result<Duration, Refusal>> {
        let now_ms = now.timestamp_millis();
        self.write(|transaction| {
            if let Some(cooldown) = cooldown(transaction, limit, now_ms)? {
                return Ok(Err(cooldown));
            }
            transaction.execute(
                "delete from requests where service = ?1 and class = ?2 and (at_ms <= ?3 or at_ms > ?4)",
                params![limit.service, limit.class, now_ms - DAY_MS, now_ms + FARTHEST_SLOT_MS],
            )?;
            if let Some(spent) = spent(transaction, limit, now_ms)? {
                return Ok(Err(spent));
            }
            let next: Option<i64> = transaction
                .query_row("select next_at_ms from request_slots where service = ?1", [&limit.service], |row| {
                    row.get(0)
                })
                .optional()?;
            let spacing_ms = i64::try_from(limit.spacing.as_millis())?;
            // A clock that was put back must not block a service: a slot lies moments ahead at most.
            let at_ms = next.filter(|next| *next - now_ms <= FARTHEST_SLOT_MS).unwrap_or(now_ms).max(now_ms);
            transaction.execute(
                "insert or replace into request_slots (service, next_at_ms) values (?1, ?2)",
                params![limit.service, at_ms + spacing_ms],
            )?;
            transaction.execute(
                "insert into requests (service, class, at_ms) values (?1, ?2, ?3)",
                params![limit.service, limit.class, at_ms],
            )?;
            Ok(Ok(Duration::from_millis(u64::try_from(at_ms - now_ms)?)))
        })
    }

    /// Says that a request went out at this moment, later than its own: the next one is as far from it.
    ///
    /// # Errors
    /// Database errors.
    pub fn sent_late(&mut self, limit: &RequestLimit, at: DateTime<Utc>) -> anyhow::Result<()> {
        let next_at_ms = at.timestamp_millis() + i64::try_from(limit.spacing.as_millis())?;
        self.write(|transaction| {
            transaction.execute(
                "update request_slots set next_at_ms = max(next_at_ms, ?2) where service = ?1",
                params![limit.service, next_at_ms],
            )?;
            Ok(())
        })
    }

    /// Why a request may not go out now, if it may not. Nothing is counted.
    ///
    /// # Errors
    /// Database errors.
    pub fn refusal(&mut self, limit: &RequestLimit, now: DateTime<Utc>) -> anyhow::Result<Option<Refusal>> {
        let now_ms = now.timestamp_millis();
        match cooldown(&self.connection, limit, now_ms)? {
            None => spent(&self.connection, limit, now_ms),
            cooldown => Ok(cooldown),
        }
    }

    /// Remembers that a service wants to be left alone, for two days at most: then it is asked
    /// whether it still does. A longer cooldown stays.
    ///
    /// # Errors
    /// Database errors.
    pub fn cool_down(&mut self, cooldown: &Cooldown, now: DateTime<Utc>) -> anyhow::Result<()> {
        let latest_ms = now.timestamp_millis().saturating_add(LONGEST_QUIET_MS);
        self.write(|transaction| {
            transaction.execute(
                "insert into cooldowns (service, class, until_ms, reason) values (?1, ?2, ?3, ?4)
                 on conflict do update set until_ms = excluded.until_ms, reason = excluded.reason
                 where excluded.until_ms > until_ms or until_ms > ?5",
                params![
                    cooldown.service,
                    cooldown.class,
                    cooldown.until.timestamp_millis().min(latest_ms),
                    cooldown.reason,
                    latest_ms
                ],
            )?;
            Ok(())
        })
    }

    /// The cooldowns that last at `now`.
    ///
    /// # Errors
    /// Database errors.
    pub fn cooldowns(&self, now: DateTime<Utc>) -> anyhow::Result<Vec<Cooldown>> {
        let mut query = self.connection.prepare(
            "select service, class, until_ms, reason from cooldowns where until_ms > ?1 and until_ms <= ?2
             order by service, class",
        )?;
        let now_ms = now.timestamp_millis();
        let rows = query.query_map([now_ms, now_ms.saturating_add(LONGEST_QUIET_MS)], |row| {
            Ok(Cooldown { service: row.get(0)?, class: row.get(1)?, until: instant(row.get(2)?), reason: row.get(3)? })
        })?;
        rows.map(|row| Ok(row?)).collect()
    }

    /// How many requests of a kind went out in the 24 hours before `now`.
    ///
    /// # Errors
    /// Database errors.
    pub fn requests_of_day(&self, service: &str, class: &str, now: DateTime<Utc>) -> anyhow::Result<u32> {
        let query = "select count(*) from requests where service = ?1 and class = ?2 and at_ms > ?3";
        let since = now.timestamp_millis() - DAY_MS;
        Ok(self.connection.query_row(query, params![service, class, since], |row| row.get(0))?)
    }
}

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const FARTHEST_SLOT_MS: i64 = 60 * 1000;

/// Bans of 24 hours were seen. What lies further ahead was written by a clock that was wrong.
const LONGEST_QUIET_MS: i64 = 2 * DAY_MS;

fn cooldown(connection: &Connection, limit: &RequestLimit, now_ms: i64) -> anyhow::Result<Option<Refusal>> {
    let query = "select until_ms, reason from cooldowns
                 where service = ?1 and class in (?2, ?3) and until_ms > ?4 and until_ms <= ?5
                 order by until_ms desc limit 1";
    let row = connection
        .query_row(
            query,
            params![limit.service, limit.class, EVERY_CLASS, now_ms, now_ms.saturating_add(LONGEST_QUIET_MS)],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    Ok(row.map(|(until_ms, reason)| Refusal::CoolingDown { until: instant(until_ms), reason }))
}

/// The rolling day holds the budget's requests already: the oldest of the newest `per_day`
/// must leave it first.
fn spent(connection: &Connection, limit: &RequestLimit, now_ms: i64) -> anyhow::Result<Option<Refusal>> {
    let Some(per_day) = limit.per_day else { return Ok(None) };
    let query = "select at_ms from requests where service = ?1 and class = ?2 and at_ms between ?3 and ?4
                 order by at_ms desc limit 1 offset ?5";
    let (from, to) = (now_ms - DAY_MS + 1, now_ms + FARTHEST_SLOT_MS);
    let values = params![limit.service, limit.class, from, to, i64::from(per_day) - 1];
    let oldest: Option<i64> = connection.query_row(query, values, |row| row.get(0)).optional()?;
    let until = |at_ms: i64| instant(at_ms) + TimeDelta::milliseconds(DAY_MS);
    Ok(oldest.map(|at_ms| Refusal::BudgetSpent { until: until(at_ms), per_day }))
}

fn instant(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> DateTime<Utc> {
        instant(1_790_000_000_000 + secs * 1000)
    }

    fn limit(class: &'static str, per_day: Option<u32>) -> RequestLimit {
        RequestLimit { service: "spotify".into(), class, spacing: Duration::from_secs(2), per_day }
    }

    fn open() -> (tempfile::TempDir, StateDb) {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDb::open(&folder.path().join("tracker.db")).unwrap();
        (folder, state)
    }

    #[test]
    fn what_comes_behind_a_late_request_is_as_far_from_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut state = StateDb::open(&folder.path().join("state.db")).unwrap();
        let limit = limit("live", None);
        let wait = |state: &mut StateDb, second| state.reserve_request(&limit, at(second)).unwrap().unwrap();
        assert_eq!(wait(&mut state, 0), Duration::ZERO);
        assert_eq!(wait(&mut state, 0), limit.spacing);
        state.sent_late(&limit, at(100)).unwrap();
        assert_eq!(wait(&mut state, 100), limit.spacing);
        // Who was in time moves nothing.
        state.sent_late(&limit, at(50)).unwrap();
        assert_eq!(wait(&mut state, 100), limit.spacing * 2);
    }

    #[test]
    fn two_programs_take_turns() {
        let (folder, mut one) = open();
        let mut two = StateDb::open(&folder.path().join("tracker.db")).unwrap();
        let wait = |state: &mut StateDb| state.reserve_request(&limit("live", None), at(0)).unwrap().unwrap().as_secs();
        assert_eq!([wait(&mut one), wait(&mut two), wait(&mut one)], [0, 2, 4]);
        assert_eq!(one.reserve_request(&limit("lookup", None), at(60)).unwrap(), Ok(Duration::ZERO));
    }

    #[test]
    fn a_budget_is_of_a_rolling_day_and_of_its_class_alone() {
        let (_folder, mut state) = open();
        for second in [0, 100] {
            state.reserve_request(&limit("lookup", Some(2)), at(second)).unwrap().unwrap();
        }
        let refused = state.reserve_request(&limit("lookup", Some(2)), at(200)).unwrap();
        assert_eq!(refused, Err(Refusal::BudgetSpent { until: at(24 * 3600), per_day: 2 }));
        assert!(state.reserve_request(&limit("live", Some(2)), at(200)).unwrap().is_ok());
        assert!(state.reserve_request(&limit("lookup", Some(2)), at(24 * 3600)).unwrap().is_ok());
        assert!(state.reserve_request(&limit("lookup", Some(2)), at(24 * 3600 + 1)).unwrap().is_err());
    }

    #[test]
    fn a_cooldown_outlives_the_program_that_heard_of_it() {
        let (folder, mut state) = open();
        let cooldown = |class: &str, until| Cooldown {
            service: "spotify".into(),
            class: class.into(),
            until: at(until),
            reason: "asked to slow down".into(),
        };
        state.cool_down(&cooldown("lookup", 48_925), at(0)).unwrap();
        state.cool_down(&cooldown("lookup", 30), at(0)).unwrap();
        drop(state);
        let mut state = StateDb::open(&folder.path().join("tracker.db")).unwrap();
        let refused = state.reserve_request(&limit("lookup", None), at(40_000)).unwrap();
        assert!(matches!(refused, Err(Refusal::CoolingDown { until, .. }) if until == at(48_925)));
        assert!(state.reserve_request(&limit("live", None), at(40_000)).unwrap().is_ok());
        state.cool_down(&cooldown(EVERY_CLASS, 40_030), at(40_000)).unwrap();
        assert!(state.reserve_request(&limit("live", None), at(40_001)).unwrap().is_err());
        assert!(state.reserve_request(&limit("live", None), at(40_030)).unwrap().is_ok());
    }

    #[test]
    fn no_quiet_is_longer_than_two_days_whatever_is_asked_for() {
        let (_folder, mut state) = open();
        let endless = Cooldown {
            service: "spotify".into(),
            class: EVERY_CLASS.into(),
            until: DateTime::<Utc>::MAX_UTC,
            reason: "for ever".into(),
        };
        state.cool_down(&endless, at(0)).unwrap();
        assert!(state.reserve_request(&limit("live", None), at(47 * 3600)).unwrap().is_err());
        assert!(state.reserve_request(&limit("live", None), at(49 * 3600)).unwrap().is_ok());
        // A clock that was ten years ahead for a moment.
        state.cool_down(&endless, at(10 * 365 * 24 * 3600)).unwrap();
        assert!(state.reserve_request(&limit("live", None), at(49 * 3600)).unwrap().is_ok());
    }

    #[test]
    fn a_clock_that_was_put_back_blocks_nothing() {
        let (_folder, mut state) = open();
        for _ in 0..3 {
            state.reserve_request(&limit("lookup", Some(3)), at(90_000)).unwrap().unwrap();
        }
        assert!(state.reserve_request(&limit("lookup", Some(3)), at(0)).unwrap().is_ok());
        state.reserve_request(&limit("live", None), at(90_000)).unwrap().unwrap();
        assert_eq!(state.reserve_request(&limit("live", None), at(0)).unwrap(), Ok(Duration::ZERO));
    }
}
