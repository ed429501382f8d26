//! Last.fm: the scrobbles of a user.
//!
//! <https://www.last.fm/api/show/user.getRecentTracks>

use std::time::Duration;

use platform::{JobContext, settings};
use reqwest::Client;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use crate::http::Reply;
use crate::{Answer, Class, ClientError, Line, line};

/// The most scrobbles of one answer.
pub const MAX_LIMIT: u32 = 200;

/// The name under which requests are counted.
pub const LINE: &str = "lastfm";

const SCROBBLES: Class = Class { name: "scrobbles", per_day: None };

/// The client.
pub struct Lastfm {
    line: Line,
    base_url: Url,
    api_key: SecretString,
}

/// Which scrobbles to ask for. The bounds are Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    /// From this second on.
    pub from: Option<i64>,
    /// Before this second.
    pub to: Option<i64>,
    /// Which page of that, from 1.
    pub page: u32,
}

impl Lastfm {
    /// A client with the settings' key.
    ///
    /// # Errors
    /// [`ClientError::Settings`] when there is none; when no line can be opened.
    pub fn open(context: &JobContext) -> Result<Self, ClientError> {
        let settings: settings::Lastfm = context.settings.lastfm.clone();
        let api_key = settings
            .api_key
            .ok_or_else(|| ClientError::Settings { message: "LASTFM_API_KEY is not set".to_owned() })?;
        let line = Line::open(context, LINE, Duration::from_millis(settings.spacing_ms))
            .map_err(|source| ClientError::Memory { source: source.into() })?;
        Ok(Self { line, base_url: settings.base_url, api_key })
    }

    /// Up to `limit` scrobbles of `user`, newest first. What is playing now stands in front of
    /// every page, without a date.
    ///
    /// # Errors
    /// [`ClientError::NotFound`] when there is no such user, [`ClientError::Forbidden`] when
    /// the user's listening is private, and the usual ones.
    pub async fn recent_tracks(&self, user: &str, window: Window, limit: u32) -> Result<Answer, ClientError> {
        let mut url = self.base_url.clone();
        let mut query = url.query_pairs_mut();
        query
            .append_pair("method", "user.getrecenttracks")
            .append_pair("user", user)
            .append_pair("format", "json")
            .append_pair("limit", &limit.min(MAX_LIMIT).to_string())
            .append_pair("page", &window.page.max(1).to_string());
        for (name, second) in [("from", window.from), ("to", window.to)] {
            if let Some(second) = second {
                query.append_pair(name, &second.to_string());
            }
        }
        drop(query);
        // The key goes into the request alone: `url` is what logs, errors and receipts show.
        let request = |http: &Client| http.get(url.clone()).query(&[("api_key", self.api_key.expose_secret())]);
        self.line.ask(SCROBBLES, &url, request, |reply| judge(reply, user)).await
    }
}

#[derive(Deserialize)]
struct Refusal {
    error: u32,
    #[serde(default)]
    message: String,
}

/// Errors come with status 200, 400, 403, 404 or 500: the number in the body decides.
/// <https://www.last.fm/api/errorcodes>
fn judge(reply: Reply, user: &str) -> Result<Answer, ClientError> {
    let Ok(Refusal { error, message }) = serde_json::from_slice(&reply.body) else {
        return match reply.status.as_u16() {
            200 => line::json(reply).map(Answer::of),
            429 => Err(ClientError::RateLimited { retry_after: reply.retry_after, quota_exceeded: false }),
            _ => Err(reply.into_status_error()),
        };
    };
    let message: String = message.chars().filter(|char| !char.is_control()).take(200).collect();
    Err(match error {
        6 | 7 => ClientError::NotFound { message: format!("Last.fm knows no user {user:?}: {message}") },
        17 => ClientError::Forbidden { message: format!("{user:?} keeps recent listening private: {message}") },
        4 | 9 | 10 | 13 | 14 | 26 => ClientError::Settings { message: format!("LASTFM_API_KEY: {message}") },
        29 => ClientError::RateLimited { retry_after: reply.retry_after, quota_exceeded: false },
        // 8 "operation failed", 11 "offline", 16 "temporarily unavailable", and what may come.
        _ => ClientError::Unreadable { url: reply.url, detail: format!("error {error}: {message}") },
    })
}
