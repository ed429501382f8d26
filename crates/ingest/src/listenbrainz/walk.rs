//! The way through a history of listens: from the newest backwards, down to what is complete
//! already, as its [`Course`] tells.
//!
//! Paging has traps, all of which ListenBrainz has by design: several listens may share the
//! second at which a page breaks off, so the next page begins with that second again; and an
//! empty page only says that nothing was found within the time the service was willing to
//! look through. How far it looks is learned from what it finds, and when it finds nothing,
//! by halving the silence until it does.

use chrono::{DateTime, TimeDelta};
use clients::listenbrainz::{MAX_COUNT, Window};
use clients::{Answer, ClientError, Listenbrainz};
use platform::progress;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::account::shown;
use crate::course::Course;
use crate::fetch::{self, Fetched, LISTENBRAINZ};
use crate::session::Session;
use crate::walk::{self, Pages};

/// A look at what is new needs no more.
const FEW: u32 = 100;

/// Programs that were offline send old listens, and mappings come later: so far back is
/// looked again.
const OVERLAP: TimeDelta = TimeDelta::days(7);

/// So many seconds the service surely looks through before it says that there is nothing.
const SURELY_LOOKED: i64 = 6 * 60 * 60;

/// Before there was a ListenBrainz or anything it imported.
const BEGINNING: i64 = 0;

/// Goes through the listens of one account, or through all of them again.
///
/// # Errors
/// When the service or the disk refuses; the next call goes on from there.
pub(super) async fn walk(
    session: &Session<'_>,
    client: &Listenbrainz,
    user: &str,
    all: bool,
) -> anyhow::Result<Fetched> {
    let course = Course::of(session, LISTENBRAINZ, OVERLAP)?;
    walk::go(course, Listens { session, client, user, sight: SURELY_LOOKED, is_sight_known: false }, all).await
}

/// The listens of one account, page by page.
struct Listens<'w, 's> {
    session: &'w Session<'s>,
    client: &'w Listenbrainz,
    user: &'w str,
    /// So many seconds the service was seen to look through.
    sight: i64,
    /// Whether it looks hardly further.
    is_sight_known: bool,
}

/// What a page says about where it stands.
struct Page {
    /// How many listens there are, also those whose time nobody can read.
    listens: usize,
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

    fn is_full(&self) -> bool {
        self.seconds.len() >= MAX_COUNT as usize
    }
}

impl Pages for Listens<'_, '_> {
    async fn down(
        &mut self,
        course: &mut Course<'_, '_>,
        at: Option<i64>,
        floor: Option<i64>,
    ) -> anyhow::Result<Option<i64>> {
        let bar = progress::counter("listens fetched");
        let (mut top, mut first, mut floor) = (None, None, floor.unwrap_or(BEGINNING));
        let mut before = match at {
            Some(at) => at,
            None => {
                let count = if floor > BEGINNING { FEW } else { MAX_COUNT };
                let page = self.page(course, Window::Newest, count).await?;
                bar.inc(page.seconds.len() as u64);
                (top, first) = (page.newest(), page.first);
                // The history begins earlier than it did: somebody imported old listens.
                if !course.is_aside() && first.zip(course.get("first")?).is_some_and(|(now, then)| now < then) {
                    course.start_over()?;
                    floor = BEGINNING;
                }
                course.begin(top)?;
                page.oldest().map_or(floor, |oldest| oldest + 1)
            }
        };
        loop {
            // Below the first listen there is, there is nothing.
            let bottom = first.map_or(floor, |first: i64| floor.max(first - 1));
            if before - 1 <= bottom {
                break;
            }
            course.reach(before)?;
            let page = self.page(course, Window::Before(before), MAX_COUNT).await?;
            bar.inc(page.seconds.len() as u64);
            first = page.first.or(first);
            top = top.max(page.newest());
            before = match page.oldest() {
                // The second in which the page broke off may hold more; a page that is nothing
                // but that second can only be left behind.
                Some(oldest) if page.newest() == Some(oldest) && before == oldest + 1 => {
                    if page.is_full() {
                        self.crowded(course, oldest).await?;
                    }
                    oldest
                }
                Some(oldest) => oldest + 1,
                None => {
                    if before - self.sight > bottom {
                        self.learn_sight(course, first.unwrap_or(floor), before).await?;
                    }
                    before - self.sight
                }
            };
        }
        bar.finish_and_clear();
        if first.is_some() && !course.is_aside() {
            course.set("first", first)?;
        }
        Ok(top)
    }

    async fn count(&mut self) -> Option<i64> {
        #[derive(Deserialize)]
        struct Body {
            payload: Payload,
        }
        #[derive(Deserialize)]
        struct Payload {
            count: i64,
        }
        // Whatever is wrong, the listens themselves will tell.
        let answer = self.session.apart(self.client.listen_count(self.user)).await.ok()?.ok()?;
        Some(serde_json::from_slice::<Body>(&answer.body).ok()?.payload.count)
    }
}

impl Listens<'_, '_> {
    /// Finds out how far the service looks, once it has found nothing before the second
    /// `silent`, and there are listens at `low`, or nothing is known below it: halfway between
    /// what it surely finds and what it does not find, again and again.
    async fn learn_sight(&mut self, course: &mut Course<'_, '_>, low: i64, silent: i64) -> anyhow::Result<()> {
        let (mut low, mut silent) = (low, silent);
        while !self.is_sight_known && silent - (low + self.sight) > self.sight / 4 {
            let middle = low + self.sight + (silent - low - self.sight) / 2;
            match self.page(course, Window::Before(middle), MAX_COUNT).await?.newest() {
                Some(newest) => low = low.max(newest),
                None => silent = middle,
            }
        }
        self.is_sight_known = true;
        Ok(())
    }

    /// A page had room for the listens of one second alone. Its other side is asked, too; what
    /// has no room there either cannot be had.
    async fn crowded(&mut self, course: &mut Course<'_, '_>, second: i64) -> anyhow::Result<()> {
        let page = self.page(course, Window::After(second - 1), MAX_COUNT).await?;
        if page.newest() > Some(second) || !page.is_full() {
            return Ok(());
        }
        let text = format!(
            "ListenBrainz has {MAX_COUNT} listens of one second ({second}, {}) or more, and gives out no others: \
             export your listens there and import them",
            shown(DateTime::from_timestamp(second, 0).unwrap_or_default())
        );
        course.warn_once(&format!("crowded {second}"), &text)
    }

    /// Fetches one page and stores it.
    async fn page(&mut self, course: &mut Course<'_, '_>, window: Window, count: u32) -> anyhow::Result<Page> {
        let answer: Answer = self
            .session
            .apart(self.client.listens(self.user, window, count))
            .await?
            .map_err(|error: ClientError| fetch::decided(self.session.context, LISTENBRAINZ, error))?;
        let page = read(&answer.body)?;
        if page.listens > 0 {
            course.take_in(&answer)?;
        }
        if let (Some(oldest), Window::Before(before)) = (page.oldest(), window) {
            self.sight = self.sight.max(before - oldest);
        }
        Ok(page)
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

/// Where a page stands. A body that is no page of listens is a passing trouble of the service.
fn read(body: &[u8]) -> anyhow::Result<Page> {
    let Body { payload } = serde_json::from_slice(body).map_err(|error| {
        anyhow::Error::new(error).context(platform::Stop::Later {
            reason: "ListenBrainz answered something that is no page of listens".to_owned(),
            retry_at: None,
        })
    })?;
    Ok(Page {
        listens: payload.listens.len(),
        seconds: payload.listens.iter().filter_map(|listen| listen.listened_at?.get().parse().ok()).collect(),
        first: payload.oldest_listen_ts.filter(|first| *first > 0),
    })
}
