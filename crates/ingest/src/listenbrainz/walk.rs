//! The way through a history of listens: from the newest backwards, down to what is complete
//! already.
//!
//! Three cursors make it go on after a kill: `complete` (everything up to this second is
//! stored), and, while a walk is under way, `top` (where it began) and `at` (where it is).
//!
//! Paging has traps, all of which ListenBrainz has by design: several listens may share the
//! second at which a page breaks off, so the next page begins with that second again; and an
//! empty page only says that nothing was found within the time the service was willing to
//! look through. Silence is believed when it is proven: when asking forwards, from before
//! the silence, finds nothing before the place where the walk stands.

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

/// The first stretch of silence that is tried to be proven.
const FIRST_SILENCE: i64 = 30 * 24 * 60 * 60;

/// Before there was a ListenBrainz or anything it imported.
const BEGINNING: i64 = 0;

/// The walk for one account.
pub(super) struct Walk<'w, 's> {
    session: &'w Session<'s>,
    client: &'w Listenbrainz,
    user: &'w str,
    total: Outcome,
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
        let is_due = self.cursor("looked-again")?.is_none_or(|last| now - last >= OVERLAP_EVERY.num_seconds());
        let overlap = if is_due { OVERLAP } else { SHORT_OVERLAP };
        Ok(complete - overlap.num_seconds())
    }

    /// Everything up to `top` is stored.
    fn finish(&self, top: i64) -> anyhow::Result<()> {
        let now = self.session.now().timestamp();
        if self.cursor("looked-again")?.is_none_or(|last| now - last >= OVERLAP_EVERY.num_seconds()) {
            self.set_cursor("looked-again", Some(now))?;
        }
        let complete = self.cursor("complete")?.map_or(top, |complete| complete.max(top));
        self.set_cursor("complete", Some(complete))?;
        self.set_cursor("at", None)?;
        self.set_cursor("top", None)
    }

    /// Stores everything from `at` (the newest, when there is none) down to `floor`. The second
    /// of the newest listen that was met.
    async fn down(&mut self, mut at: Option<i64>, floor: i64) -> anyhow::Result<Option<i64>> {
        let mut top = None;
        let mut count = if at.is_none() && floor > BEGINNING { FEW } else { MAX_COUNT };
        let bar = progress::count_bar(0, "listens fetched");
        loop {
            // Without a bound, a page begins with the newest; with one, right before it.
            let window = at.map_or(Window::Newest, Window::Before);
            let page = self.page(window, count).await?;
            bar.inc(page.seconds.len() as u64);
            let Some(oldest) = page.oldest() else {
                match at {
                    // Nobody has ever listened.
                    None => break,
                    Some(here) => match self.below_silence(here, page.first).await? {
                        Some(next) if next > floor => at = Some(next),
                        _ => break,
                    },
                }
                continue;
            };
            if top.is_none() {
                top = page.newest();
                if at.is_none() {
                    self.set_cursor("top", top)?;
                }
            }
            let is_last = page.first.is_some_and(|first| oldest <= first) && page.seconds.len() < count as usize;
            if oldest <= floor || is_last {
                break;
            }
            // The second in which the page broke off may hold more; a page that is nothing but
            // one second can only be left behind.
            let next = if page.newest() == Some(oldest) && at == Some(oldest + 1) { oldest } else { oldest + 1 };
            at = Some(next);
            self.set_cursor("at", at)?;
            count = MAX_COUNT;
        }
        bar.finish_and_clear();
        Ok(top)
    }

    /// The second below which to go on when nothing was found right before `here`; `None` when
    /// there is nothing more.
    async fn below_silence(&mut self, here: i64, first: Option<i64>) -> anyhow::Result<Option<i64>> {
        let first = first.unwrap_or(BEGINNING);
        let mut stretch = FIRST_SILENCE;
        let mut proven = here;
        while proven > first {
            let probe = (proven - stretch).max(first - 1);
            let page = self.page(Window::After(probe), 1).await?;
            match page.oldest() {
                // The first listen behind the probe is one that was met before: all silent.
                Some(oldest) if oldest >= here => {
                    proven = probe + 1;
                    stretch *= 2;
                }
                // Asking backwards from right behind the last of these finds them all.
                Some(_) => return self.last_before(here, probe).await.map(Some),
                // Not even this was looked through: a shorter stretch.
                _ if stretch > 60 => stretch /= 2,
                _ => proven = probe,
            }
        }
        Ok(None)
    }

    /// The second behind the newest listen between `probe` and `here`, found by asking forwards.
    async fn last_before(&mut self, here: i64, probe: i64) -> anyhow::Result<i64> {
        let mut from = probe;
        loop {
            let page = self.page(Window::After(from), MAX_COUNT).await?;
            let before = page.seconds.iter().filter(|second| **second < here).max().copied();
            match before.filter(|newest| *newest > from) {
                // All of the page lies before the silence: more may follow.
                Some(newest) if page.newest() == Some(newest) => from = newest,
                newest => return Ok(newest.unwrap_or(from) + 1),
            }
        }
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
