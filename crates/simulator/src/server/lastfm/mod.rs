//! Last.fm, below `/lastfm/2.0/`: `user.getRecentTracks`.

mod shapes;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::faults::{Twists, lastfm_message};
use super::journal::Served;
use super::state::Shared;
use super::targets::Service;
use crate::world::{Scrobble, TruePlay};

/// No page has more.
const MOST: usize = 200;
/// No track is longer.
const LONGEST: TimeDelta = TimeDelta::hours(1);

/// `GET /2.0/?method=user.getrecenttracks`
pub(super) async fn recent_tracks(
    State(shared): State<Arc<Shared>>,
    Extension(twists): Extension<Twists>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let wish = match Wish::read(&shared, &query) {
        Ok(wish) => wish,
        Err(refused) => return *refused,
    };
    let (now, account) = (shared.live().now, shared.account(wish.place));
    let scrobbles = &shared.told(wish.place).scrobbles;
    let is_wanted = |scrobble: &&Scrobble| {
        scrobble.inserted_ms <= now.timestamp_millis()
            && wish.from.is_none_or(|from| scrobble.uts >= from)
            && wish.to.is_none_or(|to| scrobble.uts < to)
            && !twists.withhold(scrobble.uts)
    };
    // Newest first.
    let wanted: Vec<Scrobble> = scrobbles.iter().rev().filter(is_wanted).copied().collect();
    let pages = wanted.len().div_ceil(wish.limit);
    let page: Vec<Scrobble> = wanted.iter().skip((wish.page - 1) * wish.limit).take(wish.limit).copied().collect();
    let page = twists.disturb(page, wish.limit);
    let skew = twists.skew_ms() / 1_000;
    let mut tracks: Vec<Value> = page
        .iter()
        .map(|scrobble| {
            let play = shared.world.play(account, scrobble.number);
            shapes::track(&play, Some(scrobble.uts + skew), wish.is_extended)
        })
        .collect();
    if let Some(play) = playing(&shared, wish.place, now) {
        tracks.insert(0, shapes::track(&play, None, wish.is_extended));
    }
    let body = json!({
        "recenttracks": {
            "track": if tracks.len() == 1 { tracks.remove(0) } else { Value::from(tracks) },
            "@attr": {
                "user": account.lastfm_name,
                "totalPages": pages.to_string(),
                "page": wish.page.to_string(),
                "perPage": wish.limit.to_string(),
                "total": wanted.len().to_string(),
            },
        },
    });
    let mut answer = Json(body).into_response();
    let numbers = page.iter().map(|scrobble| scrobble.number).collect();
    answer.extensions_mut().insert(Served { service: Service::LastFm, account: wish.place, numbers });
    answer
}

/// What is being played and will be scrobbled.
fn playing(shared: &Shared, place: usize, now: DateTime<Utc>) -> Option<TruePlay<'_>> {
    let scrobbles = &shared.told(place).scrobbles;
    let since = scrobbles.partition_point(|scrobble| scrobble.uts < (now - LONGEST).timestamp());
    let recent = scrobbles[since..].iter().take_while(|scrobble| scrobble.uts <= now.timestamp() + 2);
    let mut plays = recent.map(|scrobble| shared.world.play(shared.account(place), scrobble.number));
    plays.find(|play| play.started_at <= now && now < play.ended_at)
}

/// Everything else.
pub(super) async fn not_found() -> Response {
    refuse(StatusCode::NOT_FOUND, 3, "Invalid Method - No method with that name in this package")
}

/// What a request asks for.
struct Wish {
    place: usize,
    limit: usize,
    page: usize,
    from: Option<i64>,
    to: Option<i64>,
    is_extended: bool,
}

impl Wish {
    fn read(shared: &Shared, query: &HashMap<String, String>) -> Result<Self, Box<Response>> {
        let field = |name: &str| query.get(name).map(String::as_str).filter(|value| !value.is_empty());
        let no = |status, code, message: &str| Box::new(refuse(status, code, message));
        let missing = "Invalid parameters - Your request is missing a required parameter";
        if !field("method").is_some_and(|method| method.eq_ignore_ascii_case("user.getrecenttracks")) {
            let message = "Invalid Method - No method with that name in this package";
            return Err(no(StatusCode::BAD_REQUEST, 3, message));
        }
        let key = field("api_key").ok_or_else(|| no(StatusCode::FORBIDDEN, 10, lastfm_message(10)))?;
        if shared.options.lastfm_api_key.as_deref().is_some_and(|right| right != key) {
            return Err(no(StatusCode::FORBIDDEN, 10, lastfm_message(10)));
        }
        if field("format") != Some("json") {
            // The real one answers XML, which nobody here can read.
            return Err(no(StatusCode::BAD_REQUEST, 5, "Invalid format - This service doesn't exist in that format"));
        }
        let user = field("user").ok_or_else(|| no(StatusCode::BAD_REQUEST, 6, missing))?;
        let place = shared.world.accounts().iter().position(|account| account.lastfm_name.eq_ignore_ascii_case(user));
        let place = place.ok_or_else(|| no(StatusCode::NOT_FOUND, 6, lastfm_message(6)))?;
        let number = |name: &str| field(name).map(str::parse::<i64>).transpose();
        let invalid = |_| no(StatusCode::BAD_REQUEST, 6, "Invalid parameters");
        let (limit, page) = (number("limit").map_err(invalid)?, number("page").map_err(invalid)?);
        Ok(Self {
            place,
            limit: usize::try_from(limit.unwrap_or(50)).unwrap_or(50).clamp(1, MOST),
            page: usize::try_from(page.unwrap_or(1)).unwrap_or(1).max(1),
            from: number("from").map_err(invalid)?,
            to: number("to").map_err(invalid)?,
            is_extended: field("extended") == Some("1"),
        })
    }
}

fn refuse(status: StatusCode, code: u32, message: &str) -> Response {
    (status, Json(json!({"error": code, "message": message}))).into_response()
}
