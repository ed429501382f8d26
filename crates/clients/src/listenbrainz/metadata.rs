//! ListenBrainz: what it knows about names and artists, and how much music is heard, many at a time.
//!
//! <https://listenbrainz.readthedocs.io/en/latest/users/api/metadata.html>,
//! <https://listenbrainz.readthedocs.io/en/latest/users/api/popularity.html>

use std::sync::atomic::Ordering;

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use url::Url;

use super::Listenbrainz;
use crate::http::Reply;
use crate::line::join;
use crate::{Answer, Class, ClientError, line};

/// The most pairs of names of one question.
pub const MAX_NAMES: usize = 50;

/// The most characters that the names of one recording may have together; one that has more
/// makes the service refuse the whole question.
const LONGEST_NAMES: usize = 250;

/// The most MBIDs of one question that has them in its body.
pub const MAX_MBIDS: usize = 1_000;

/// The most artists of one question, so that the address stays below the 8 kB that servers accept.
pub const MAX_ARTISTS: usize = 180;

const METADATA: Class = Class { name: "metadata", per_day: None };

/// A recording as a source names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Names<'n> {
    /// The artist, or the whole credit.
    pub artist: &'n str,
    /// The title.
    pub recording: &'n str,
}

/// What is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// Artists.
    Artists,
    /// Recordings.
    Recordings,
    /// Albums, whatever their editions.
    ReleaseGroups,
}

impl Names<'_> {
    /// Whether the service takes names of this length.
    pub fn fit(self) -> bool {
        self.artist.chars().count() + self.recording.chars().count() <= LONGEST_NAMES
    }
}

impl Listenbrainz {
    /// Whether there is a token, which [`lookup`](Self::lookup) needs, as far as it was not
    /// refused.
    pub fn has_token(&self) -> bool {
        self.settings.token.is_some() && !self.is_token_refused()
    }

    /// Whether the service did not accept the token. It is not sent any more then.
    pub fn is_token_refused(&self) -> bool {
        self.is_token_refused.load(Ordering::Relaxed)
    }

    /// Which recordings and artists of MusicBrainz these names mean, up to [`MAX_NAMES`].
    ///
    /// # Errors
    /// [`ClientError::Settings`] without a token that is accepted, and the usual ones.
    pub async fn lookup(&self, names: &[Names<'_>]) -> Result<Answer, ClientError> {
        let recordings: Vec<Value> =
            names.iter().map(|names| json!({"artist_name": names.artist, "recording_name": names.recording})).collect();
        let url = join(&self.settings.base_url, "metadata/lookup/")?;
        let body = json!({ "recordings": recordings });
        let request = |http: &Client| self.authorized(http.post(url.clone()).json(&body));
        let answer = self.line.ask(METADATA, &url, request, judge).await;
        if self.settings.token.is_some() && matches!(answer, Err(ClientError::Settings { .. })) {
            self.is_token_refused.store(true, Ordering::Relaxed);
        }
        answer
    }

    /// Type, life span and tags of up to [`MAX_ARTISTS`] artists.
    ///
    /// # Errors
    /// The usual ones.
    pub async fn artists(&self, mbids: &[&str]) -> Result<Answer, ClientError> {
        let mut url = join(&self.settings.base_url, "metadata/artist/")?;
        url.set_query(Some(&format!("artist_mbids={}&inc=tag", mbids.join(","))));
        self.ask_openly(&url, |http| http.get(url.clone())).await
    }

    /// How often and by how many people these are heard, up to [`MAX_MBIDS`] at a time.
    ///
    /// # Errors
    /// The usual ones.
    pub async fn popularity(&self, of: Heard, mbids: &[&str]) -> Result<Answer, ClientError> {
        let (path, key) = match of {
            Heard::Artists => ("popularity/artist", "artist_mbids"),
            Heard::Recordings => ("popularity/recording", "recording_mbids"),
            Heard::ReleaseGroups => ("popularity/release-group", "release_group_mbids"),
        };
        self.post(path, &json!({ key: mbids })).await
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Answer, ClientError> {
        let url = join(&self.settings.base_url, path)?;
        self.ask_openly(&url, |http| http.post(url.clone()).json(body)).await
    }

    /// Asks for what is told to everybody: a token that is not accepted must not stand in the way.
    async fn ask_openly(&self, url: &Url, request: impl Fn(&Client) -> RequestBuilder) -> Result<Answer, ClientError> {
        if self.has_token() {
            match self.line.ask(METADATA, url, |http| self.authorized(request(http)), judge).await {
                Err(ClientError::Settings { .. }) => self.is_token_refused.store(true, Ordering::Relaxed),
                answer => return answer,
            }
        }
        self.line.ask(METADATA, url, request, judge).await
    }

    pub(super) fn authorized(&self, request: RequestBuilder) -> RequestBuilder {
        use secrecy::ExposeSecret;
        match &self.settings.token {
            Some(token) => request.header("authorization", format!("Token {}", token.expose_secret())),
            None => request,
        }
    }
}

fn judge(reply: Reply) -> Result<Answer, ClientError> {
    match reply.status.as_u16() {
        200 => line::json(reply).map(Answer::of),
        401 => Err(ClientError::Settings { message: "LISTENBRAINZ_TOKEN is missing or not accepted".to_owned() }),
        429 => Err(ClientError::RateLimited { retry_after: reply.retry_after, quota_exceeded: false }),
        _ => Err(reply.into_status_error()),
    }
}
