//! Last.fm: the scrobbles of a user.
//!
//! <https://www.last.fm/api/show/user.getRecentTracks>

use std::time::Duration;

use platform::{JobContext, settings};
use reqwest::Client;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
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

/// What is told where the settings have no key.
const NO_KEY: &str = "LASTFM_API_KEY is not set: get a key at https://www.last.fm/api/account/create, and put it into \
                      the file .env of the folder you are in (.env.example shows how)";

impl Lastfm {
    /// A client with the settings' key.
    ///
    /// # Errors
    /// [`ClientError::Settings`] when there is none; when no line can be opened.
    pub fn open(context: &JobContext) -> Result<Self, ClientError> {
        let settings: settings::Lastfm = context.settings.lastfm.clone();
        let api_key = settings.api_key.ok_or_else(|| ClientError::Settings { message: NO_KEY.to_owned() })?;
        let line = Line::open(context, LINE, Duration::from_millis(settings.spacing_ms))
            .map_err(|source| ClientError::Memory { source: source.into() })?;
        Ok(Self { line, base_url: settings.base_url, api_key })
    }

    /// Up to `limit` scrobbles of `user`, newest first. What is playing now stands in front of
    /// every page, without a date.
    ///
    /// # Errors
    /// [`ClientError::NotFound`] when there is no such user, [`ClientError::Forbidden`] when
    /// the user's listening is private, [`ClientError::Unreadable`] when the answer is no list or
    /// lacks what it counts, and the usual ones.
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
        let limit = limit.min(MAX_LIMIT);
        let before = i64::from(window.page.max(1) - 1) * i64::from(limit);
        self.line.ask(SCROBBLES, &url, request, |reply| judge(reply, user, before)).await
    }
}

#[derive(Deserialize)]
struct Refusal {
    error: u32,
    #[serde(default)]
    message: String,
}

/// Errors come with status 200, 400, 403, 404 or 500: the number in the body decides.
/// `before` scrobbles stand on the pages before this one.
/// <https://www.last.fm/api/errorcodes>
fn judge(reply: Reply, user: &str, before: i64) -> Result<Answer, ClientError> {
    let Ok(Refusal { error, message }) = serde_json::from_slice(&reply.body) else {
        return match reply.status.as_u16() {
            200 => page(line::json(reply)?, before).map(Answer::of),
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

/// An empty page while the service counts more comes by mistake: taken for the end, it would lose the
/// rest of a history.
fn page(reply: Reply, before: i64) -> Result<Reply, ClientError> {
    let Some(Listed { total, has_scrobbles }) = Listed::of(&reply.body) else {
        return Err(unreadable(reply, "no list of scrobbles"));
    };
    if !has_scrobbles && total.is_some_and(|total| total > before) {
        return Err(unreadable(reply, "an empty page, and a count of scrobbles that should be on it"));
    }
    Ok(reply)
}

/// What a page of scrobbles is, whatever they are themselves.
#[derive(Debug, Clone, Copy)]
pub struct Listed {
    /// How many scrobbles the service says there are, within the window that was asked for.
    pub total: Option<i64>,
    /// Whether the page holds anything but what is playing now.
    pub has_scrobbles: bool,
}

impl Listed {
    /// Reads the body of `user.getRecentTracks`: a list, or the one scrobble of it. `None` when it is
    /// neither.
    pub fn of(body: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Body<'a> {
            #[serde(borrow)]
            recenttracks: List<'a>,
        }
        #[derive(Deserialize)]
        struct List<'a> {
            #[serde(borrow)]
            track: Option<&'a RawValue>,
            #[serde(default, rename = "@attr")]
            attributes: Value,
        }
        let Body { recenttracks: List { track, attributes } } = serde_json::from_slice(body).ok()?;
        let total = &attributes["total"];
        let total = total.as_i64().or_else(|| total.as_str()?.trim().parse().ok());
        let has_scrobbles = match track {
            Some(list) if list.get().starts_with('[') => {
                serde_json::from_str::<Vec<&RawValue>>(list.get()).ok()?.into_iter().any(is_scrobble)
            }
            Some(one) if one.get().starts_with('{') => is_scrobble(one),
            // By the rule that makes JSON of XML, an empty list may be missing.
            _ if total == Some(0) => false,
            _ => return None,
        };
        Some(Self { total, has_scrobbles })
    }
}

/// Whether an item of a page is over, not just playing. Nothing else of it is read: its words may be no text.
pub fn is_scrobble(item: &RawValue) -> bool {
    #[derive(Deserialize)]
    struct Marked {
        #[serde(default, rename = "@attr")]
        attributes: Value,
    }
    serde_json::from_str::<Marked>(item.get()).map_or(true, |item| item.attributes["nowplaying"] != "true")
}

fn unreadable(reply: Reply, detail: &str) -> ClientError {
    ClientError::Unreadable { url: reply.url, detail: detail.to_owned() }
}
