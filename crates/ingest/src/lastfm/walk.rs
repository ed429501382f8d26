//! The way through a history of scrobbles: from the newest backwards, down to what is complete
//! already. Pages are asked for by time, not by number: a scrobble that arrives meanwhile
//! would move the numbers.
//!
//! The cursors are those of the walk through ListenBrainz: `complete`, and while a walk is
//! under way `top` and `at`.

use chrono::TimeDelta;
use clients::lastfm::{MAX_LIMIT, Window};
use clients::{Answer, ClientError, Lastfm};
use platform::progress;

use super::page;
use crate::fetch::{self, LASTFM, Outcome};
use crate::session::Session;

/// Devices that were offline send old scrobbles, up to two weeks: so far back is looked again,
/// every half day.
const OVERLAP: TimeDelta = TimeDelta::days(14);
const OVERLAP_EVERY: TimeDelta = TimeDelta::hours(12);

/// Every other look goes back so far.
const SHORT_OVERLAP: TimeDelta = TimeDelta::hours(1);

/// The walk for one account.
pub(super) struct Walk<'w, 's> {
    session: &'w Session<'s>,
    client: &'w Lastfm,
    user: &'w str,
    total: Outcome,
}

/// From the oldest to the newest second of a page.
struct Seconds {
    oldest: i64,
    newest: i64,
}

impl<'w, 's> Walk<'w, 's> {
    pub(super) fn new(session: &'w Session<'s>, client: &'w Lastfm, user: &'w str) -> Self {
        Self { session, client, user, total: Outcome::default() }
    }

    /// Goes on with an interrupted walk, then from the newest scrobble down to what is complete.
    pub(super) async fn go(mut self) -> anyhow::Result<Outcome> {
        if let (Some(at), Some(top)) = (self.cursor("at")?, self.cursor("top")?) {
            let floor = self.floor()?;
            self.down(Some(at), floor).await?;
            self.finish(top)?;
        }
        let floor = self.floor()?;
        if let Some(top) = self.down(None, floor).await? {
            self.finish(top)?;
        }
        Ok(self.total)
    }

    /// Down to which second the walk goes; `None` to the beginning.
    fn floor(&self) -> anyhow::Result<Option<i64>> {
        let Some(complete) = self.cursor("complete")? else { return Ok(None) };
        let overlap = if self.is_overlap_due()? { OVERLAP } else { SHORT_OVERLAP };
        Ok(Some(complete - overlap.num_seconds()))
    }

    fn is_overlap_due(&self) -> anyhow::Result<bool> {
        let now = self.session.now().timestamp();
        Ok(self.cursor("looked-again")?.is_none_or(|last| (now - last).abs() >= OVERLAP_EVERY.num_seconds()))
    }

    /// Everything up to `top` is stored.
    fn finish(&self, top: i64) -> anyhow::Result<()> {
        // A device whose clock is years ahead must not make everything until then look complete.
        let top = top.min(self.session.now().timestamp());
        if self.is_overlap_due()? {
            self.set_cursor("looked-again", Some(self.session.now().timestamp()))?;
        }
        let complete = self.cursor("complete")?.map_or(top, |complete| complete.max(top));
        self.set_cursor("complete", Some(complete))?;
        self.set_cursor("at", None)?;
        self.set_cursor("top", None)
    }

    /// Stores everything from before `at` (the newest, when there is none) down to `floor`. The
    /// newest second that was met.
    async fn down(&mut self, mut at: Option<i64>, floor: Option<i64>) -> anyhow::Result<Option<i64>> {
        let (mut top, mut page) = (None, 1);
        let bar = progress::count_bar(0, "scrobbles fetched");
        loop {
            let rows = self.total.rows;
            let Some(seconds) = self.page(Window { from: floor, to: at, page }).await? else { break };
            bar.inc(self.total.rows - rows);
            if top.is_none() {
                top = Some(seconds.newest);
                if at.is_none() {
                    self.set_cursor("top", top)?;
                }
            }
            // The second in which a page broke off may hold more. A page that is nothing but
            // one second is followed by number.
            if at == Some(seconds.oldest + 1) {
                page += 1;
                continue;
            }
            (at, page) = (Some(seconds.oldest + 1), 1);
            self.set_cursor("at", at)?;
        }
        bar.finish_and_clear();
        Ok(top)
    }

    /// Fetches one page and stores it; `None` when it is empty.
    async fn page(&mut self, window: Window) -> anyhow::Result<Option<Seconds>> {
        let answer: Answer = self
            .client
            .recent_tracks(self.user, window, MAX_LIMIT)
            .await
            .map_err(|error: ClientError| fetch::decided(self.session.context, LASTFM, error))?;
        let all = page::seconds(&answer.body)?;
        let (oldest, newest) = (all.iter().min().copied(), all.iter().max().copied());
        let seconds = oldest.zip(newest).map(|(oldest, newest)| Seconds { oldest, newest });
        let before = self.total.tally;
        if seconds.is_some() {
            let outcome = fetch::take_in(self.session, LASTFM, &answer)?;
            self.total.add(outcome);
        }
        // The second that two pages share comes again: a page with nothing else ends the walk.
        let is_repetition = all.len() < MAX_LIMIT as usize
            && self.total.tally.stored == before.stored
            && self.total.tally.changed == before.changed
            && seconds
                .as_ref()
                .is_some_and(|seconds| window.to == Some(seconds.newest + 1) && seconds.oldest == seconds.newest);
        Ok(seconds.filter(|_| !is_repetition))
    }

    fn cursor(&self, name: &str) -> anyhow::Result<Option<i64>> {
        self.session.context.state()?.cursor(LASTFM.name, &self.session.account.account_id, name)
    }

    fn set_cursor(&self, name: &str, value: Option<i64>) -> anyhow::Result<()> {
        let account_id = &self.session.account.account_id;
        self.session.context.state()?.set_cursor(LASTFM.name, account_id, name, value)
    }
}
