//! The way through a history of scrobbles: from the newest backwards, down to what is complete
//! already, as its [`Course`] tells. Pages are asked for by time, not by number: a scrobble that arrives meanwhile
//! would move the numbers.

use chrono::TimeDelta;
use clients::lastfm::{MAX_LIMIT, Window};
use clients::{Answer, ClientError, Lastfm};
use platform::progress;

use super::page;
use crate::course::Course;
use crate::fetch::{self, LASTFM, Outcome};
use crate::session::Session;

/// Devices that were offline send old scrobbles, up to two weeks: so far back is looked again.
const OVERLAP: TimeDelta = TimeDelta::days(14);

/// The walk for one account.
pub(super) struct Walk<'w, 's> {
    session: &'w Session<'s>,
    client: &'w Lastfm,
    user: &'w str,
    course: Course<'w, 's>,
    total: Outcome,
}

/// From the oldest to the newest second of a page.
struct Seconds {
    oldest: i64,
    newest: i64,
}

impl<'w, 's> Walk<'w, 's> {
    pub(super) fn new(session: &'w Session<'s>, client: &'w Lastfm, user: &'w str) -> anyhow::Result<Self> {
        let course = Course::of(session, LASTFM, OVERLAP)?;
        Ok(Self { session, client, user, course, total: Outcome::default() })
    }

    /// Goes on with an interrupted walk, then from the newest scrobble down to what is complete;
    /// with `all` down to the beginning.
    pub(super) async fn go(mut self, all: bool) -> anyhow::Result<Outcome> {
        if all {
            self.course.start_over()?;
        }
        if let Some((at, top)) = self.course.interrupted()? {
            let floor = self.course.floor()?;
            self.down(Some(at), floor).await?;
            self.course.finish(top)?;
        }
        let floor = self.course.floor()?;
        if let Some(top) = self.down(None, floor).await? {
            self.course.finish(top)?;
        }
        Ok(self.total)
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
                    self.course.begin(top)?;
                }
            }
            // The second in which a page broke off may hold more. A page that is nothing but
            // one second is followed by number.
            if at == Some(seconds.oldest + 1) {
                page += 1;
                continue;
            }
            (at, page) = (Some(seconds.oldest + 1), 1);
            self.course.reach(seconds.oldest + 1)?;
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
}
