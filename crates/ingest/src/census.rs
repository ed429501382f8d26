//! Whether a service holds more plays than were fetched: somebody added old ones, in a part
//! of the history that no look goes back to.
//!
//! What a service counts and what is stored here need not be equal, ever: it counts what nobody
//! can read, and what was deleted there stays here. So the difference is remembered after a
//! walk through everything, and only when it grows, something was added out of sight. A count
//! may be some hours old: it may lack whatever was stored since the count before. Where that
//! could explain a difference, it does.
//!
//! What a first walk through everything left out may as well have been hidden by a page that was
//! empty by mistake. So a difference is only believed when the walk after it found no more either.
//!
//! The cursors: `stored` counts the new plays of all walks; `stored-then` is what it was at
//! the last count; `surplus` is how much more the service may hold; `doubted` is how much more it
//! seemed to hold after the walk through everything before; `counted` is what it held,
//! at most, when the walk through everything began that is under way; `walked` is when, and `seen` is
//! how many plays it was given so far, those included that an import had brought.

use chrono::TimeDelta;

use crate::course::Course;

/// A count is no reason to walk through everything more often.
const WALK_EVERY: TimeDelta = TimeDelta::hours(24);

impl Course<'_, '_> {
    /// Plays were stored.
    pub(crate) fn count_stored(&mut self, plays: u64) -> anyhow::Result<()> {
        if plays == 0 {
            return Ok(());
        }
        let stored = self.stored()? + i64::try_from(plays)?;
        self.set("stored", Some(stored))
    }

    /// New plays were stored that came after the walk through everything had begun: neither were they in
    /// its count, nor does it meet them.
    pub(crate) fn count_added(&mut self, plays: u64) -> anyhow::Result<()> {
        let Some(counted) = self.get("counted")? else { return Ok(()) };
        self.set("counted", Some(counted + i64::try_from(plays)?))?;
        let seen = self.get("seen")?.unwrap_or_default() + i64::try_from(plays)?;
        self.set("seen", Some(seen))
    }

    /// An answer held that many plays.
    pub(crate) fn count_seen(&mut self, plays: u64) -> anyhow::Result<()> {
        if self.get("counted")?.is_none() {
            return Ok(());
        }
        let seen = self.get("seen")?.unwrap_or_default() + i64::try_from(plays)?;
        self.set("seen", Some(seen))
    }

    /// A walk through everything begins, and the service says how many plays it holds.
    pub(crate) fn count_at_beginning(&mut self, count: Option<i64>) -> anyhow::Result<()> {
        let (stored, then) = (self.stored()?, self.get("stored-then")?.unwrap_or_default());
        self.set("walked", Some(self.now()))?;
        self.set("seen", None)?;
        self.set("stored-then", Some(stored))?;
        self.set("counted", count.map(|count| count + stored - then))
    }

    /// A walk is over; if it was one through everything, all that was counted is stored, or is not
    /// to be had.
    pub(crate) fn settle_count(&mut self) -> anyhow::Result<()> {
        let Some(counted) = self.get("counted")? else { return Ok(()) };
        let stored = self.stored()?;
        let surplus = counted - stored;
        let missing = surplus.min(counted - self.get("seen")?.unwrap_or_default());
        let is_believed = missing <= 0 || self.get("doubted")?.is_some_and(|doubted| missing >= doubted);
        if missing > 0 && is_believed {
            let text = format!(
                "{} counts {missing} more than it gave out, in two walks through everything: what it does not give \
                 out cannot be kept",
                self.title()
            );
            self.warn_once("surplus-told", &text)?;
        }
        self.set("surplus", Some(if is_believed { surplus } else { 0 }))?;
        if !is_believed {
            // The next walk begins a day later: what is stored now is in the count by then.
            self.set("stored-then", Some(stored))?;
        }
        self.set("doubted", (missing > 0).then_some(missing))?;
        self.set("counted", None)
    }

    /// Whether the service, which held `count` plays before the walk that is just over, holds
    /// some that no walk but one through everything will find.
    pub(crate) fn holds_more(&mut self, count: i64) -> anyhow::Result<bool> {
        let (stored, then) = (self.stored()?, self.get("stored-then")?.unwrap_or_default());
        let surplus = self.get("surplus")?;
        if surplus.is_some_and(|surplus| count - stored > surplus) {
            let walked = self.get("walked")?;
            return Ok(walked.is_none_or(|last| (self.now() - last).abs() >= WALK_EVERY.num_seconds()));
        }
        // Fewer than before were deleted there: from now on, that many more are too many.
        let surplus = surplus.map_or(count - stored, |surplus| surplus.min(count - then));
        self.set("surplus", Some(surplus))?;
        self.set("stored-then", Some(stored))?;
        Ok(false)
    }

    fn stored(&self) -> anyhow::Result<i64> {
        Ok(self.get("stored")?.unwrap_or_default())
    }
}
