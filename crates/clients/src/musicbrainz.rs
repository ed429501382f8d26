//! MusicBrainz: artists, areas, release groups, releases.
//!
//! It bears one request a second from one address, and refuses all of them with 503 while
//! somebody is faster: <https://musicbrainz.org/doc/MusicBrainz_API/Rate_Limiting>. Every
//! User-Agent must say whom to write to. Asked for one thing by its id or address, an answer of 404 in the
//! service's own form is an answer; anything else that says 404 is another service, or a wrong address.

use platform::{JobContext, settings};
use reqwest::Client;
use url::Url;

use crate::http::Reply;
use crate::line::join;
use crate::{Answer, Class, ClientError, Line, line};

/// The most addresses of one question; what is more is dropped without a word.
pub const MAX_RESOURCES: usize = 100;

/// The most results of one search.
pub const MAX_RESULTS: usize = 100;

/// The name under which requests are counted.
pub const LINE: &str = "musicbrainz";

const LOOKUPS: Class = Class { name: "lookups", per_day: None };

/// The client.
pub struct Musicbrainz {
    line: Line,
    settings: settings::Upstream,
}

impl Musicbrainz {
    /// A client.
    ///
    /// # Errors
    /// When no line can be opened.
    pub fn open(context: &JobContext) -> anyhow::Result<Self> {
        let settings = context.settings.musicbrainz.clone();
        let line = Line::open_by_address(context, LINE, &settings)?;
        Ok(Self { line, settings })
    }

    /// What has relations to these addresses of other sites, up to [`MAX_RESOURCES`]. `inc` says
    /// which relations, such as `artist-rels`. With one address the answer is an object or 404,
    /// with several a list of those found, in any order.
    ///
    /// # Errors
    /// The usual ones.
    pub async fn urls(&self, resources: &[String], inc: &str) -> Result<Answer, ClientError> {
        // Written by hand: encoded slashes would make the line longer than servers accept.
        let query: Vec<String> = resources.iter().map(|resource| format!("resource={resource}")).collect();
        let mut url = join(&self.settings.base_url, "url")?;
        url.set_query(Some(&format!("{}&inc={inc}&fmt=json", query.join("&"))));
        self.get(url).await
    }

    /// The recordings of an ISRC, with their credits.
    ///
    /// # Errors
    /// The usual ones.
    pub async fn isrc(&self, isrc: &str) -> Result<Answer, ClientError> {
        self.lookup("isrc", isrc, "artist-credits").await
    }

    /// Searches for things of the kind `entity` (`artist`, `area`, `release`, `release-group`)
    /// in Lucene's language.
    ///
    /// # Errors
    /// The usual ones.
    pub async fn search(&self, entity: &str, query: &str, limit: usize) -> Result<Answer, ClientError> {
        let mut url = join(&self.settings.base_url, entity)?;
        url.query_pairs_mut()
            .append_pair("query", query)
            .append_pair("limit", &limit.min(MAX_RESULTS).to_string())
            .append_pair("fmt", "json");
        self.get(url).await
    }

    /// The works of the kind `entity` (`release-group`, `recording`) of one artist, at most [`MAX_RESULTS`], with
    /// their genres and tags.
    ///
    /// # Errors
    /// The usual ones.
    pub async fn works(&self, entity: &str, artist: &str) -> Result<Answer, ClientError> {
        let mut url = join(&self.settings.base_url, entity)?;
        url.query_pairs_mut()
            .append_pair("artist", artist)
            .append_pair("inc", "artist-credits genres tags")
            .append_pair("limit", &MAX_RESULTS.to_string())
            .append_pair("fmt", "json");
        self.get(url).await
    }

    /// One thing by its MBID; the answer has another id when it was merged into another.
    ///
    /// # Errors
    /// The usual ones.
    pub async fn lookup(&self, entity: &str, id: &str, inc: &str) -> Result<Answer, ClientError> {
        let mut url = join(&self.settings.base_url, &format!("{entity}/"))?;
        url.path_segments_mut()
            .map_err(|()| ClientError::Settings { message: format!("{} is no base URL", self.settings.base_url) })?
            .pop_if_empty()
            .push(id);
        url.set_query(Some(&format!("inc={inc}&fmt=json")));
        self.get(url).await
    }

    async fn get(&self, url: Url) -> Result<Answer, ClientError> {
        let request = |http: &Client| http.get(url.clone());
        self.line.ask(LOOKUPS, &url, request, judge).await
    }
}

fn judge(reply: Reply) -> Result<Answer, ClientError> {
    match reply.status.as_u16() {
        200 => line::json(reply).map(Answer::of),
        404 if is_not_found(&reply) => line::json(reply).map(Answer::of),
        429 => Err(ClientError::RateLimited { retry_after: reply.retry_after, quota_exceeded: false }),
        _ => Err(reply.into_status_error()),
    }
}

/// `{"error":"Not Found","help":…}`, to a question for one thing: a search that finds nothing answers 200.
fn is_not_found(reply: &Reply) -> bool {
    #[derive(serde::Deserialize)]
    struct NotFound {
        #[serde(rename = "error")]
        _error: String,
    }
    let is_search = reply.url.query_pairs().any(|(name, _)| name == "query");
    !is_search && serde_json::from_slice::<NotFound>(&reply.body).is_ok()
}

/// A phrase for a search, with everything escaped that Lucene would understand.
pub fn phrase(text: &str) -> String {
    let mut phrase = String::with_capacity(text.len() + 2);
    phrase.push('"');
    for char in text.chars().filter(|char| !char.is_control()) {
        if r#"+-&|!(){}[]^"~*?:\/"#.contains(char) {
            phrase.push('\\');
        }
        phrase.push(char);
    }
    phrase.push('"');
    phrase
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lucene_would_understand_is_escaped() {
        assert_eq!(phrase("AC/DC"), r#""AC\/DC""#);
        assert_eq!(phrase(r#"Say "Hi!" \ (Live)"#), r#""Say \"Hi\!\" \\ \(Live\)""#);
        assert_eq!(phrase("Sigur Rós"), "\"Sigur Rós\"");
        assert_eq!(phrase("a\nb"), "\"ab\"");
    }
}
