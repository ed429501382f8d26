//! The way through a history of listens: from the newest backwards, down to what is complete
//! already.
//!
//! Three cursors make it go on after a kill: `complete` (everything up to this second is
//! stored), and, while a walk is under way, `top` (where it began) and `at` (where it is).
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

use crate::fetch::{self, LISTENBRAINZ, Outcome};
use crate::session::Session;

/// A look at what is new needs no more.
const FEW: u32 = 100;

/// Programs that were offline send old listens, and mappings come later: so far back is
/// looked again, every half day.
const OVERLAP: TimeDelta = TimeDelta::days(7);
const OVERLAP_EVERY: TimeDelta = TimeDelta::hours(12);

/// Every other look goes back so far.
const SHORT_OVERLAP: TimeDelta = TimeDelta::hours(1);

/// So many seconds the service surely looks through before it says that there is nothing.
const SURELY_LOOKED: i64 = 6 * 60 * 60;

/// Before there was a ListenBrainz or anything it imported.
const BEGINNING: i64 = 0;

/// The walk for one account.
pub(super) struct Walk<'w, 's> {
    session: &'w Session<'s>,
    client: &'w Listenbrainz,
    user: &'w str,
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
    pub(super) fn new(session: &'w Session<'s>, client: &'w Listenbrainz, user: &'w str) -> Self {
        Self { session, client, user, total: Outcome::default() }
    }

    /// Goes on with an interrupted walk, then from the newest listen down to what is complete.
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

    /// Down to which second the walk goes.
    fn floor(&self) -> anyhow::Result<i64> {
        let Some(complete) = self.cursor("complete")? else { return Ok(BEGINNING) };
        let now = self.session.now().timestamp();
        let is_due = self.cursor("looked-again")?.is_none_or(|last| (now - last).abs() >= OVERLAP_EVERY.num_seconds());
        let overlap = if is_due { OVERLAP } else { SHORT_OVERLAP };
        Ok(complete - overlap.num_seconds())
    }

    /// Everything up to `top` is stored.
    fn finish(&self, top: i64) -> anyhow::Result<()> {
        let now = self.session.now().timestamp();
        // A device whose clock is years ahead must not make everything until then look complete.
        let top = top.min(now);
        if self.cursor("looked-again")?.is_none_or(|last| (now - last).abs() >= OVERLAP_EVERY.num_seconds()) {
            self.set_cursor("looked-again", Some(now))?;
        }
        let complete = self.cursor("complete")?.map_or(top, |complete| complete.max(top));
        self.set_cursor("complete", Some(complete))?;
        self.set_cursor("at", None)?;
        self.set_cursor("top", None)
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
                let floor = match (page.first, self.cursor("first")?) {
                    (Some(now), Some(then)) if now < then => BEGINNING,
                    _ => floor,
                };
                self.set_cursor("top", top)?;
                page.oldest().map(|oldest| Open { after: floor, before: oldest + 1 }).into_iter().collect()
            }
        };
        // The latest stretch comes first: everything above it is stored.
        while let Some(Open { after, before }) = open.pop() {
            let after = first.map_or(after, |first: i64| after.max(first - 1));
            if before - 1 <= after {
                continue;
            }
            self.set_cursor("at", Some(before))?;
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
            self.set_cursor("first", first)?;
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

    fn cursor(&self, name: &str) -> anyhow::Result<Option<i64>> {
        self.session.context.state()?.cursor(LISTENBRAINZ.name, &self.session.account.account_id, name)
    }

    fn set_cursor(&self, name: &str, value: Option<i64>) -> anyhow::Result<()> {
        let account_id = &self.session.account.account_id;
        self.session.context.state()?.set_cursor(LISTENBRAINZ.name, account_id, name, value)
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
