//! The way through a history of scrobbles: from the newest backwards, down to what is complete
//! already, as its [`Course`] tells. Pages are asked for by time, not by number: a scrobble that
//! arrives meanwhile would move the numbers.

use chrono::TimeDelta;
use clients::lastfm::{Listed, MAX_LIMIT, Window};
use clients::{Answer, ClientError, Lastfm};
use platform::progress;

use super::page::{self, Stand};
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
            if let (None, Some(seconds)) = (top, &seconds) {
                top = Some(seconds.newest);
                if at.is_none() {
                    course.begin(top)?;
                }
            }
            // The second in which a page broke off may hold more. A page that is nothing but
            // one second, or says of none when it was, is followed by number.
            match seconds {
                Some(seconds) if at != Some(seconds.oldest + 1) => {
                    (at, number) = (Some(seconds.oldest + 1), 1);
                    course.reach(seconds.oldest + 1)?;
                }
                _ => number += 1,
            }
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
    /// Fetches one page and stores it: where it stands, if it says so, and how many it had. `None` when
    /// it is empty, and rightly so: the client lets no empty page pass where the service counts more.
    async fn page(
        &self,
        course: &mut Course<'_, '_>,
        window: Window,
    ) -> anyhow::Result<Option<(Option<Seconds>, u64)>> {
        let answer = self.ask(window).await?;
        let Some(Listed { total, has_scrobbles: true }) = Listed::of(&answer.body) else { return Ok(None) };
        let outcome = course.take_in(&answer)?;
        let Stand { seconds, undated } = page::stand(&answer.body)?;
        let given = i64::try_from(seconds.len() + undated)?;
        let before = i64::from(window.page - 1) * i64::from(MAX_LIMIT);
        let is_short = total.is_some_and(|total| given < (total - before).min(i64::from(MAX_LIMIT)));
        if is_short {
            // What is missing is found by its count, when everything is walked through once more.
            course.warn("Last.fm gave fewer scrobbles on a page than it counts there: the rest is looked for again");
        }
        if undated > 0 {
            course.warn("Last.fm gave scrobbles without a time: they are kept, and told among the rejected rows");
        }
        let bounds = seconds.iter().min().copied().zip(seconds.iter().max().copied());
        let bounds = bounds.map(|(oldest, newest)| Seconds { oldest, newest });
        // The second that two pages share comes again: a page with nothing else ends the walk.
        let is_repetition = seconds.len() < MAX_LIMIT as usize
            && undated == 0
            && !is_short
            && outcome.tally.stored + outcome.tally.changed == 0
            && bounds.as_ref().is_some_and(|one| window.to == Some(one.newest + 1) && one.oldest == one.newest);
        Ok((!is_repetition).then_some((bounds, outcome.rows)))
    }

    async fn ask(&self, window: Window) -> anyhow::Result<Answer> {
        let answer = self.session.apart(self.client.recent_tracks(self.user, window, MAX_LIMIT)).await?;
        answer.map_err(|error: ClientError| fetch::decided(self.session.context, LASTFM, error))
    }
}
