//! MusicBrainz, below `/musicbrainz/ws/2/`.

mod albums;
mod areas;
mod artists;
mod lucene;
mod recordings;
mod releases;
mod search;
mod shapes;
mod urls;

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::StatusCode;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::state::Shared;

/// What every error of MusicBrainz points to.
pub(super) const HELP: &str = "For usage, please see: https://musicbrainz.org/development/mmd";

/// The most that is given at once.
const MOST: usize = 100;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/ws/2/url", get(urls::urls))
        .route("/ws/2/isrc/{isrc}", get(recordings::isrc))
        .route("/ws/2/artist", get(artists::search))
        .route("/ws/2/artist/{mbid}", get(artists::lookup))
        .route("/ws/2/area", get(areas::search))
        .route("/ws/2/area/{mbid}", get(areas::lookup))
        .route("/ws/2/release-group", get(releases::release_groups))
        .route("/ws/2/release-group/{mbid}", get(releases::release_group))
        .route("/ws/2/release", get(albums::search_releases))
        .route("/ws/2/release/{mbid}", get(releases::release))
        .route("/ws/2/recording", get(recordings::recordings))
        .route("/ws/2/recording/{mbid}", get(recordings::recording))
        .fallback(nothing_here)
}

async fn nothing_here() -> Refusal {
    Refusal::not_found()
}

/// What is asked for behind the question mark, and that JSON is wanted.
struct Wish(Vec<(String, String)>);

impl FromRequestParts<Arc<Shared>> for Wish {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Shared>) -> Result<Self, Response> {
        let accepts = parts.headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_json = accepts.contains("application/json");
        let Ok(Query(fields)) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri) else {
            return Err(Refusal::bad("The given parameters are not valid.").into_response());
        };
        let wish = Self(fields);
        if is_json || wish.field("fmt") == Some("json") {
            return Ok(wish);
        }
        // Who does not ask for JSON gets the XML that MusicBrainz has always had.
        let xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<metadata/>";
        Err((StatusCode::OK, [(CONTENT_TYPE, "application/xml; charset=utf-8")], xml).into_response())
    }
}

impl Wish {
    fn field(&self, name: &str) -> Option<&str> {
        self.fields(name).next()
    }

    fn fields(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// What shall be told besides; each must be one of the allowed.
    fn incs(&self, allowed: &[&str]) -> Result<Incs, Refusal> {
        let wanted = self.fields("inc").flat_map(|value| value.split([' ', '+', ','])).filter(|inc| !inc.is_empty());
        let incs: Vec<String> = wanted.map(str::to_owned).collect();
        match incs.iter().find(|inc| !allowed.contains(&inc.as_str())) {
            Some(wrong) => Err(Refusal::bad(format!("{wrong} is not a valid inc parameter for the given resource."))),
            None => Ok(Incs(incs)),
        }
    }

    /// How many, from where on.
    fn page(&self) -> (usize, usize) {
        let number = |name: &str| self.field(name).and_then(|value| value.parse::<usize>().ok());
        (number("limit").unwrap_or(25).clamp(1, MOST), number("offset").unwrap_or(0))
    }
}

/// What shall be told besides.
struct Incs(Vec<String>);

impl Incs {
    fn has(&self, inc: &str) -> bool {
        self.0.iter().any(|wanted| wanted == inc)
    }
}

/// An MBID in the path.
struct Mbid(String);

impl FromRequestParts<Arc<Shared>> for Mbid {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Refusal> {
        let path = Path::<String>::from_request_parts(parts, shared).await;
        let Path(mbid) = path.map_err(|_| Refusal::bad("Invalid mbid."))?;
        let lengths: Vec<usize> = mbid.split('-').map(str::len).collect();
        let is_one = lengths == [8, 4, 4, 4, 12] && mbid.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
        if is_one { Ok(Self(mbid.to_lowercase())) } else { Err(Refusal::bad("Invalid mbid.")) }
    }
}

/// An error of MusicBrainz.
struct Refusal(StatusCode, String);

impl Refusal {
    fn bad(message: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, message.into())
    }

    fn not_found() -> Self {
        Self(StatusCode::NOT_FOUND, "Not Found".into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, error) = self;
        (status, Json(json!({"error": error, "help": HELP}))).into_response()
    }
}

type Answer = Result<Json<Value>, Refusal>;
