//! ListenBrainz, below `/listenbrainz/`: who a token belongs to, what someone listened to,
//! and what is known of artists and recordings.

mod known;
pub(super) mod metadata;
mod pages;
mod shapes;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, Path, Query, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use self::pages::Bounds;
use super::faults::Twists;
use super::journal::{Caller, Served};
use super::state::Shared;
use super::targets::Service;
use crate::world::Listen;

/// How long a window of the rate limit is, in seconds of the simulated clock.
const WINDOW_SECS: i64 = 10;

/// `GET /1/validate-token`
pub(super) async fn validate_token(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let limits = match Limits::count(&shared) {
        Ok(limits) => limits,
        Err(refused) => return *refused,
    };
    let token = token_of(&headers).or(query.get("token").map(String::as_str));
    let Some(token) = token else {
        return refuse(400, "You need to provide an Authorization token.");
    };
    let owner = shared.world.accounts().iter().find(|account| account.listenbrainz_token == token);
    let body = match owner {
        Some(account) => {
            json!({"code": 200, "message": "Token valid.", "valid": true, "user_name": account.listenbrainz_name})
        }
        None => json!({"code": 200, "message": "Token invalid.", "valid": false}),
    };
    let mut answer = limits.on(Json(body).into_response());
    answer.extensions_mut().insert(Caller::of(owner.map(|account| account.name.as_str()), None, None));
    answer
}

/// `GET /1/user/{name}/listens`
pub(super) async fn listens(
    State(shared): State<Arc<Shared>>,
    Extension(twists): Extension<Twists>,
    Path(name): Path<String>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let (place, limits) = match user(&shared, &name, &headers) {
        Ok(found) => found,
        Err(refused) => return *refused,
    };
    let bounds = match Bounds::asked_for(&query, shared.options.listens_per_page) {
        Ok(bounds) => bounds,
        Err(message) => return refuse(400, &message),
    };
    let (now, account) = (shared.live().now, shared.account(place));
    let known = known(&shared, place, &twists);
    let (latest, oldest) = (known.last(), known.first());
    let page = bounds.page(&known, shared.options.listen_window, now);
    let page = twists.disturb(page, bounds.count);
    let skew = twists.skew_ms() / 1_000;
    let shown = page.iter().map(|listen| {
        let mut shown = shapes::listen(&shared.world, account, listen, now);
        shown["listened_at"] = json!(listen.listened_at + skew);
        shown
    });
    let body = json!({
        "payload": {
            "count": page.len(),
            "latest_listen_ts": latest.map_or(0, |listen| listen.listened_at),
            "listens": shown.collect::<Vec<_>>(),
            "oldest_listen_ts": oldest.map_or(0, |listen| listen.listened_at),
            "user_id": account.listenbrainz_name,
        },
    });
    let mut answer = limits.on(Json(body).into_response());
    let numbers = page.iter().map(|listen| listen.number).collect();
    answer.extensions_mut().insert(Served { service: Service::ListenBrainz, account: place, numbers });
    answer
}

/// `GET /1/user/{name}/listen-count`
pub(super) async fn listen_count(
    State(shared): State<Arc<Shared>>,
    Extension(twists): Extension<Twists>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    match user(&shared, &name, &headers) {
        Ok((place, limits)) => {
            let count = known(&shared, place, &twists).len();
            limits.on(Json(json!({"payload": {"count": count}})).into_response())
        }
        Err(refused) => *refused,
    }
}

/// Everything else.
pub(super) async fn not_found() -> Response {
    refuse(404, "The requested URL was not found on the server.")
}

/// What ListenBrainz knows by now, by the time of listening.
fn known(shared: &Shared, place: usize, twists: &Twists) -> Vec<Listen> {
    let now_ms = shared.live().now.timestamp_millis();
    let is_known = |listen: &&Listen| listen.inserted_ms <= now_ms && !twists.withhold(listen.listened_at);
    shared.told(place).listens.iter().filter(is_known).copied().collect()
}

/// Whose listens are asked for, after the rate limit and the token.
fn user(shared: &Shared, name: &str, headers: &HeaderMap) -> Result<(usize, Limits), Box<Response>> {
    let limits = Limits::count(shared)?;
    let token = token_of(headers);
    let is_known = |token: &str| shared.world.accounts().iter().any(|account| account.listenbrainz_token == token);
    if token.map_or(shared.options.listenbrainz_needs_token, |token| !is_known(token)) {
        return Err(Box::new(refuse(401, "Invalid authorization token.")));
    }
    let place = shared.world.accounts().iter().position(|account| account.listenbrainz_name == name);
    match place {
        Some(place) => Ok((place, limits)),
        None => Err(Box::new(refuse(404, &format!("Cannot find user: {name}")))),
    }
}

fn token_of(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Token "))
}

fn refuse(status: u16, message: &str) -> Response {
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    (code, Json(json!({"code": status, "error": message}))).into_response()
}

/// What the headers say about the rate limit.
struct Limits {
    limit: u32,
    remaining: u32,
    reset_at: i64,
    reset_in: i64,
}

impl Limits {
    /// Counts a request, and refuses it when there were too many.
    fn count(shared: &Shared) -> Result<Self, Box<Response>> {
        let mut live = shared.live();
        let now = live.now.timestamp();
        let window = now.div_euclid(WINDOW_SECS);
        let (last, count) = live.listenbrainz_window;
        let count = if last == window { count + 1 } else { 1 };
        live.listenbrainz_window = (window, count);
        let reset_at = (window + 1) * WINDOW_SECS;
        // Where nothing is enforced, a clock that stands still must not look like a crowd.
        let limit = shared.options.listenbrainz_limit.unwrap_or(30);
        let used = if shared.options.listenbrainz_limit.is_some() { count } else { 1 };
        let limits = Self { limit, remaining: limit.saturating_sub(used), reset_at, reset_in: reset_at - now };
        if used <= limit {
            return Ok(limits);
        }
        let message = "You have exceeded your rate limit. See the X-RateLimit-* response headers for more \
                       information on your current rate limit.";
        Err(Box::new(limits.on(refuse(429, message))))
    }

    fn on(&self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        for (name, value) in [
            ("x-ratelimit-limit", i64::from(self.limit)),
            ("x-ratelimit-remaining", i64::from(self.remaining)),
            ("x-ratelimit-reset-in", self.reset_in),
            ("x-ratelimit-reset", self.reset_at),
        ] {
            headers.insert(name, HeaderValue::from(value));
        }
        response
    }
}

/// The value of a field that may be absent; absent ones are left out.
fn put(object: &mut Value, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        object[name] = value;
    }
}
