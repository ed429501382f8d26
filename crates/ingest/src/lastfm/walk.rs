//! The way through a history of scrobbles: from the newest backwards, down to what is complete
//! already, as its [`Course`] tells. Pages are asked for by time, not by number: a scrobble that
//! arrives meanwhile would move the numbers.

use chrono::TimeDelta;
use clients::lastfm::{Listed, MAX_LIMIT, Window};
use clients::{Answer, ClientError, Lastfm};
use platform::progress;

use super::page;
use crate::course::Course;
use crate::fetch::{self, Fetched, LASTFM};
use crate::session::Session;
use crate::walk::{self, Pages};

/// Devices that were offline send old scrobbles, up to two weeks: so far back is looked again.
const OVERLAP: TimeDelta = TimeDelta::days(14);

/// Goes through the scrobbles of one account, or through all of them again.
///
/// # Errors
/// When the service or the disk refuses; the next call goes on from there.
pub(super) async fn walk(session: &Session<'_>, client: &Lastfm, user: &str, all: bool) -> anyhow::Result<Fetched> {
    walk::go(Course::of(session, LASTFM, OVERLAP)?, Scrobbles { session, client, user }, all).await
}

/// The scrobbles of one account, page by page.
struct Scrobbles<'w, 's> {
    session: &'w Session<'s>,
    client: &'w Lastfm,
    user: &'w str,
}

/// From the oldest to the newest second of a page.
struct Seconds {
    oldest: i64,
    newest: i64,
}

impl Pages for Scrobbles<'_, '_> {
    async fn down(
        &mut self,
        course: &mut Course<'_, '_>,
        mut at: Option<i64>,
        floor: Option<i64>,
    ) -> anyhow::Result<Option<i64>> {
        let (mut top, mut number) = (None, 1);
        let bar = progress::counter("scrobbles fetched");
        while let Some((seconds, rows)) = self.page(course, Window { from: floor, to: at, page: number }).await? {
            bar.inc(rows);
            if top.is_none() {
                top = Some(seconds.newest);
                if at.is_none() {
                    course.begin(top)?;
                }
            }
            // The second in which a page broke off may hold more. A page that is nothing but
            // one second is followed by number.
            if at == Some(seconds.oldest + 1) {
                number += 1;
                continue;
            }
            (at, number) = (Some(seconds.oldest + 1), 1);
            course.reach(seconds.oldest + 1)?;
        }
        bar.finish_and_clear();
        Ok(top)
    }

    async fn count(&mut self) -> Option<i64> {
        // Whatever is wrong, the scrobbles themselves will tell.
        let count = self.client.recent_tracks(self.user, Window::default(), 1);
        let answer = self.session.apart(count).await.ok()?.ok()?;
        Listed::of(&answer.body)?.total
    }
}

impl Scrobbles<'_, '_> {
    /// Fetches one page and stores it: where it stands, and how many it had. `None` when it is
    /// empty, and rightly so: the client lets no page pass that lacks what the service counts.
    async fn page(&self, course: &mut Course<'_, '_>, window: Window) -> anyhow::Result<Option<(Seconds, u64)>> {
        let answer = self.ask(window).await?;
        if !Listed::of(&answer.body).is_some_and(|page| page.has_scrobbles) {
            return Ok(None);
        }
        let outcome = course.take_in(&answer)?;
        let all = page::seconds(&answer.body)?;
        let (Some(oldest), Some(newest)) = (all.iter().min().copied(), all.iter().max().copied()) else {
            return Ok(None);
        };
        // The second that two pages share comes again: a page with nothing else ends the walk.
        let is_repetition = all.len() < MAX_LIMIT as usize
            && outcome.tally.stored + outcome.tally.changed == 0
            && window.to == Some(newest + 1)
            && oldest == newest;
        Ok((!is_repetition).then_some((Seconds { oldest, newest }, outcome.rows)))
    }

    async fn ask(&self, window: Window) -> anyhow::Result<Answer> {
        let answer = self.session.apart(self.client.recent_tracks(self.user, window, MAX_LIMIT)).await?;
        answer.map_err(|error: ClientError| fetch::decided(self.session.context, LASTFM, error))
    }
}
