//! ListenBrainz: the listens of a user, how many there are, and what it knows about music.
//!
//! <https://listenbrainz.readthedocs.io/en/latest/users/api/core.html>

mod metadata;

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use platform::{JobContext, settings};
use reqwest::Client;
use url::Url;

pub use metadata::{Heard, MAX_ARTISTS, MAX_MBIDS, MAX_NAMES, Names};

use crate::http::Reply;
use crate::{Answer, Class, ClientError, Line, line};

/// The most listens of one answer; the service cuts larger wishes down without a word.
pub const MAX_COUNT: u32 = 1_000;

/// The name under which requests are counted.
pub const LINE: &str = "listenbrainz";

const LISTENS: Class = Class { name: "listens", per_day: None };

/// Which listens to ask for. Bounds are Unix seconds and lie outside the window themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// The newest.
    Newest,
    /// The newest before this second.
    Before(i64),
    /// The oldest after this second.
    After(i64),
}

/// The client.
pub struct Listenbrainz {
    line: Line,
    settings: settings::Listenbrainz,
    is_token_refused: AtomicBool,
}

impl Listenbrainz {
    /// A client with the settings' token, if there is one.
    ///
    /// # Errors
    /// When no line can be opened.
    pub fn open(context: &JobContext) -> anyhow::Result<Self> {
        let settings = context.settings.listenbrainz.clone();
        let line = Line::open(context, LINE, Duration::from_millis(settings.spacing_ms))?;
        Ok(Self { line, settings, is_token_refused: AtomicBool::new(false) })
    }

    /// Up to `count` listens of `user`, newest first whatever the window.
    ///
    /// # Errors
    /// [`ClientError::NotFound`] when there is no such user, and the usual ones.
    pub async fn listens(&self, user: &str, window: Window, count: u32) -> Result<Answer, ClientError> {
        let mut url = self.url(user, "listens")?;
        let mut query = url.query_pairs_mut();
        query.append_pair("count", &count.min(MAX_COUNT).to_string());
        match window {
            Window::Newest => {}
            Window::Before(second) => drop(query.append_pair("max_ts", &second.to_string())),
            Window::After(second) => drop(query.append_pair("min_ts", &second.to_string())),
        }
        drop(query);
        self.ask(&url, user).await
    }

    /// How many listens of `user` there are. The service counts only now and then.
    ///
    /// # Errors
    /// [`ClientError::NotFound`] when there is no such user, and the usual ones.
    pub async fn listen_count(&self, user: &str) -> Result<Answer, ClientError> {
        self.ask(&self.url(user, "listen-count")?, user).await
    }

    fn url(&self, user: &str, what: &str) -> Result<Url, ClientError> {
        let mut url = self.settings.base_url.clone();
        url.path_segments_mut()
            .map_err(|()| ClientError::Settings { message: format!("{} is no base URL", self.settings.base_url) })?
            .pop_if_empty()
            .extend(["user", user, what]);
        Ok(url)
    }

    async fn ask(&self, url: &Url, user: &str) -> Result<Answer, ClientError> {
        let request = |http: &Client| self.authorized(http.get(url.clone()));
        self.line.ask(LISTENS, url, request, |reply| judge(reply, user)).await
    }
}

fn judge(reply: Reply, user: &str) -> Result<Answer, ClientError> {
    match reply.status.as_u16() {
        200 => line::json(reply).map(Answer::of),
        401 => Err(ClientError::Settings { message: "LISTENBRAINZ_TOKEN is not accepted".to_owned() }),
        404 => Err(ClientError::NotFound { message: format!("ListenBrainz knows no user {user:?}") }),
        429 => Err(ClientError::RateLimited { retry_after: reply.retry_after, quota_exceeded: false }),
        _ => Err(reply.into_status_error()),
    }
}

/// Whether an address is one of this client's requests, and of which user: what a kept body
/// says about where it came from.
pub fn user_of(url: &Url) -> Option<String> {
    let segments: Vec<_> = url.path_segments()?.collect();
    let [.., "user", user, "listens"] = segments[..] else { return None };
    Some(user.to_owned())
}
