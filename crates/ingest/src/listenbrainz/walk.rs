//! The way through a history of listens: from the newest backwards, down to what is complete
//! already, as its [`Course`] tells.
//!
//! Paging has traps, all of which ListenBrainz has by design: several listens may share the
//! second at which a page breaks off, so the next page begins with that second again; and an
//! empty page only says that nothing was found within the time the service was willing to
//! look through. So a stretch that looks silent from its end is asked from its beginning, too,
//! and cut in halves where that says nothing either.

use chrono::TimeDelta;
use clients::listenbrainz::{MAX_COUNT, Window};
use clients::{Answer, ClientError, Listenbrainz};
use platform::progress;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::course::Course;
use crate::fetch::{self, LISTENBRAINZ, Outcome};
use crate::session::Session;

/// A look at what is new needs no more.
const FEW: u32 = 100;

/// Programs that were offline send old listens, and mappings come later: so far back is
/// looked again.
const OVERLAP: TimeDelta = TimeDelta::days(7);

/// So many seconds the service surely looks through before it says that there is nothing.
const SURELY_LOOKED: i64 = 6 * 60 * 60;

/// Before there was a ListenBrainz or anything it imported.
const BEGINNING: i64 = 0;

/// The walk for one account.
pub(super) struct Walk<'w, 's> {
    session: &'w Session<'s>,
    client: &'w Listenbrainz,
    user: &'w str,
    course: Course<'w, 's>,
    total: Outcome,
}

/// A stretch of which not everything is stored yet, without its two ends.
#[derive(Debug, Clone, Copy)]
struct Open {
    after: i64,
    before: i64,
}

/// What a page says about where it stands.
struct Page {
    /// The seconds of its listens.
    seconds: Vec<i64>,
    /// The second of the first listen there is at all.
    first: Option<i64>,
}

impl Page {
    fn newest(&self) -> Option<i64> {
        self.seconds.iter().max().copied()
    }

    fn oldest(&self) -> Option<i64> {
        self.seconds.iter().min().copied()
    }
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    payload: Payload<'a>,
}

#[derive(Deserialize)]
struct Payload<'a> {
    #[serde(borrow)]
    listens: Vec<Listen<'a>>,
    oldest_listen_ts: Option<i64>,
}

#[derive(Deserialize)]
struct Listen<'a> {
    #[serde(borrow)]
    listened_at: Option<&'a RawValue>,
}

impl<'w, 's> Walk<'w, 's> {
    pub(super) fn new(session: &'w Session<'s>, client: &'w Listenbrainz, user: &'w str) -> anyhow::Result<Self> {
        let course = Course::of(session, LISTENBRAINZ, OVERLAP)?;
        Ok(Self { session, client, user, course, total: Outcome::default() })
    }

    /// Goes on with an interrupted walk, then from the newest listen down to what is complete;
    /// with `all` down to the beginning.
    pub(super) async fn go(mut self, all: bool) -> anyhow::Result<Outcome> {
        if all {
            self.course.start_over()?;
        }
        if let Some((at, top)) = self.course.interrupted()? {
            let floor = self.floor()?;
            self.down(Some(at), floor).await?;
            self.course.finish(top)?;
        }
        let floor = self.floor()?;
        if let Some(top) = self.down(None, floor).await? {
            self.course.finish(top)?;
        }
        Ok(self.total)
    }

    /// Down to which second the walk goes.
    fn floor(&self) -> anyhow::Result<i64> {
        Ok(self.course.floor()?.unwrap_or(BEGINNING))
    }

    /// Stores everything from before `at` (from the newest on, when there is none) down to
    /// `floor`. The second of the newest listen that was met.
    async fn down(&mut self, at: Option<i64>, floor: i64) -> anyhow::Result<Option<i64>> {
        let bar = progress::count_bar(0, "listens fetched");
        let (mut top, mut first) = (None, None);
        let mut open = match at {
            Some(at) => vec![Open { after: floor, before: at }],
            None => {
                let count = if floor > BEGINNING { FEW } else { MAX_COUNT };
                let page = self.page(Window::Newest, count).await?;
                bar.inc(page.seconds.len() as u64);
                (top, first) = (page.newest(), page.first);
                // The history begins earlier than it did: somebody imported old listens.
                let floor = match (page.first, self.course.get("first")?) {
                    (Some(now), Some(then)) if now < then => BEGINNING,
                    _ => floor,
                };
                self.course.begin(top)?;
                page.oldest().map(|oldest| Open { after: floor, before: oldest + 1 }).into_iter().collect()
            }
        };
        // The latest stretch comes first: everything above it is stored.
        while let Some(Open { after, before }) = open.pop() {
            let after = first.map_or(after, |first: i64| after.max(first - 1));
            if before - 1 <= after {
                continue;
            }
            self.course.reach(before)?;
            let page = self.page(Window::Before(before), MAX_COUNT).await?;
            bar.inc(page.seconds.len() as u64);
            first = page.first.or(first);
            top = top.max(page.newest());
            match page.oldest() {
                // The second in which the page broke off may hold more; a page that is nothing
                // but that second can only be left behind.
                Some(oldest) => {
                    let is_one_second = page.newest() == Some(oldest) && before == oldest + 1;
                    open.push(Open { after, before: if is_one_second { oldest } else { oldest + 1 } });
                }
                None => open.extend(self.silence(after, before).await?),
            }
        }
        bar.finish_and_clear();
        if first.is_some() {
            self.course.set("first", first)?;
        }
        Ok(top)
    }

    /// What remains of a stretch before whose end nothing was found.
    async fn silence(&mut self, after: i64, before: i64) -> anyhow::Result<Vec<Open>> {
        if before - after <= SURELY_LOOKED {
            return Ok(Vec::new());
        }
        let page = self.page(Window::After(after), MAX_COUNT).await?;
        let within = page.seconds.iter().filter(|second| **second < before).max().copied();
        Ok(match (page.newest(), within) {
            // The listens that follow on `after` reach over the end: they are all there is.
            (Some(newest), _) if newest >= before => Vec::new(),
            // They do not: the stretch begins later, with the second in which the page broke off.
            (_, Some(newest)) => vec![Open { after: (newest - 1).max(after + 1), before }],
            // Nothing on either side: each half by itself.
            _ => {
                let middle = after + (before - after) / 2;
                vec![Open { after, before: middle + 1 }, Open { after: middle, before }]
            }
        })
    }

    /// Fetches one page and stores it.
    async fn page(&mut self, window: Window, count: u32) -> anyhow::Result<Page> {
        let answer: Answer = self
            .client
            .listens(self.user, window, count)
            .await
            .map_err(|error: ClientError| fetch::decided(self.session.context, LISTENBRAINZ, error))?;
        let page = read(&answer.body)?;
        if !page.seconds.is_empty() {
            let outcome = fetch::take_in(self.session, LISTENBRAINZ, &answer)?;
            self.total.add(outcome);
        }
        Ok(page)
    }
}

/// Where a page stands. A body that is no page of listens is a passing trouble of the service.
fn read(body: &[u8]) -> anyhow::Result<Page> {
    let Body { payload } = serde_json::from_slice(body).map_err(|error| {
        anyhow::Error::new(error).context(platform::Stop::Later {
            reason: "ListenBrainz answered something that is no page of listens".to_owned(),
            retry_at: None,
        })
    })?;
    Ok(Page {
        seconds: payload.listens.iter().filter_map(|listen| listen.listened_at?.get().parse().ok()).collect(),
        first: payload.oldest_listen_ts.filter(|first| *first > 0),
    })
}
