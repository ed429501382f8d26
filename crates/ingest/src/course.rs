//! How far the fetching of a long history has come, so that a kill costs one page at most.
//!
//! A walk goes from the newest play backwards, down to what is complete already. Three cursors
//! make it go on after a kill: `complete` (everything up to this second is stored), and, while
//! a walk is under way, `top` (where it began) and `at` (where it is). What is newer than a walk that
//! comes no further is fetched beside it, and then it began there. A fourth, `looked-again`,
//! tells when old plays that came late were last looked for.

use chrono::TimeDelta;
use clients::Answer;
use platform::StateDb;

use crate::fetch::{self, Outcome, Service};
use crate::session::Session;

/// So often it is looked again for what came late.
const OVERLAP_EVERY: TimeDelta = TimeDelta::hours(12);

/// Every other look goes back so far.
pub(crate) const SHORT_OVERLAP: TimeDelta = TimeDelta::hours(1);

/// The cursors of one source of one account. Instants are Unix seconds.
pub(crate) struct Course<'c, 's> {
    session: &'c Session<'s>,
    service: Service,
    overlap: TimeDelta,
    state: StateDb,
    total: Outcome,
    is_aside: bool,
}

impl<'c, 's> Course<'c, 's> {
    /// Where the fetching from `service` stands; what comes late does so within `overlap`.
    ///
    /// # Errors
    /// When the state database cannot be opened.
    pub(crate) fn of(session: &'c Session<'s>, service: Service, overlap: TimeDelta) -> anyhow::Result<Self> {
        let state = session.context.state()?;
        Ok(Self { session, service, overlap, state, total: Outcome::default(), is_aside: false })
    }

    /// Where a walk was interrupted, and where it had begun.
    pub(crate) fn interrupted(&self) -> anyhow::Result<Option<(i64, i64)>> {
        Ok(self.get("at")?.zip(self.get("top")?))
    }

    /// Down to which second a walk goes; `None` to the beginning.
    pub(crate) fn floor(&self) -> anyhow::Result<Option<i64>> {
        let Some(complete) = self.get("complete")? else { return Ok(None) };
        let overlap = if self.is_overlap_due()? { self.overlap } else { SHORT_OVERLAP };
        Ok(Some(complete - overlap.num_seconds()))
    }

    /// Whether the next walk looks for what came late.
    pub(crate) fn is_overlap_due(&self) -> anyhow::Result<bool> {
        let now = self.now();
        Ok(self.get("looked-again")?.is_none_or(|last| (now - last).abs() >= OVERLAP_EVERY.num_seconds()))
    }

    /// Whether what is fetched now is newer than a walk that waits: its cursors stay where they are.
    pub(crate) fn is_aside(&self) -> bool {
        self.is_aside
    }

    /// What is fetched from now on is, or is not, newer than a walk that waits.
    pub(crate) fn set_aside(&mut self, is_aside: bool) {
        self.is_aside = is_aside;
    }

    /// A walk begins at `top`.
    pub(crate) fn begin(&mut self, top: Option<i64>) -> anyhow::Result<()> {
        let now = self.now();
        if self.is_aside { Ok(()) } else { self.set("top", top.map(|top| top.min(now))) }
    }

    /// Everything from the top of the walk that waits up to `newest` is stored as well.
    pub(crate) fn raise_top(&mut self, newest: Option<i64>) -> anyhow::Result<()> {
        let newest = newest.map(|newest| newest.min(self.now()));
        let top = self.get("top")?.max(newest);
        self.set("top", top)
    }

    /// Stores an answer; what it brought.
    pub(crate) fn take_in(&mut self, answer: &Answer) -> anyhow::Result<Outcome> {
        let outcome = fetch::take_in(self.session, self.service, answer)?;
        self.count_stored(outcome.tally.stored)?;
        if self.is_aside {
            self.count_added(outcome.tally.stored)?;
        } else {
            self.count_seen(outcome.rows)?;
        }
        self.total.add(outcome.clone());
        Ok(outcome)
    }

    /// Everything from where the walk began down to `at` is stored.
    pub(crate) fn reach(&mut self, at: i64) -> anyhow::Result<()> {
        if self.is_aside { Ok(()) } else { self.set("at", Some(at)) }
    }

    /// The next walk does not go on where one was interrupted.
    pub(crate) fn forget_walk(&mut self) -> anyhow::Result<()> {
        self.set("at", None)?;
        self.set("top", None)
    }

    /// The walk that began at `top` is over: everything up to there is stored.
    pub(crate) fn finish(&mut self, top: i64) -> anyhow::Result<()> {
        let now = self.now();
        // A device whose clock is years ahead must not make everything until then look complete.
        let top = top.min(now);
        if self.is_overlap_due()? {
            self.set("looked-again", Some(now))?;
        }
        self.settle_count()?;
        let complete = self.get("complete")?.map_or(top, |complete| complete.max(top));
        self.set("complete", Some(complete))?;
        self.forget_walk()
    }

    /// The next walk goes down to the beginning again.
    pub(crate) fn start_over(&mut self) -> anyhow::Result<()> {
        self.set("complete", None)
    }

    /// Tells the person something, once in a run.
    pub(crate) fn warn(&mut self, text: &str) {
        let text = format!("{}: {text}", self.session.account.name);
        if !self.total.warnings.contains(&text) {
            tracing::warn!("{text}");
            self.total.warnings.push(text);
        }
    }

    /// Tells the person something, once and for all times: `name` is how it is remembered.
    pub(crate) fn warn_once(&mut self, name: &str, text: &str) -> anyhow::Result<()> {
        if self.get(name)?.is_some() {
            return Ok(());
        }
        self.warn(text);
        self.set(name, Some(self.now()))
    }

    /// What all walks of this run brought.
    pub(crate) fn into_total(self) -> Outcome {
        self.total
    }

    /// A cursor of the source's own.
    pub(crate) fn get(&self, name: &str) -> anyhow::Result<Option<i64>> {
        self.state.cursor(self.service.name, &self.session.account.account_id, name)
    }

    /// Remembers, or forgets, a cursor of the source's own.
    pub(crate) fn set(&mut self, name: &str, value: Option<i64>) -> anyhow::Result<()> {
        self.state.set_cursor(self.service.name, &self.session.account.account_id, name, value)
    }

    /// What people call the service.
    pub(crate) fn title(&self) -> &'static str {
        self.service.title
    }

    /// The time.
    pub(crate) fn now(&self) -> i64 {
        self.session.now().timestamp()
    }
}
