//! The Web API: who someone is and what they played last.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, RawQuery, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::shapes;
use super::state::Shared;
use crate::world::{Account, TruePlay};

/// More than the newest 50 plays cannot be had, however one pages.
const REACH: usize = 50;

/// `GET /v1/me`
pub(super) async fn me(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Result<Json<Value>, Refusal> {
    let account = authorize(&shared, &headers)?;
    Ok(Json(shapes::profile(account, shared.shape_of(&account.name))))
}

/// `GET /v1/me/player/recently-played`
pub(super) async fn recently_played(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    RawQuery(raw): RawQuery,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, Refusal> {
    let account = authorize(&shared, &headers)?;
    let page = Page::asked_for(&query).map_err(|message| Refusal(StatusCode::BAD_REQUEST, message))?;
    Ok(Json(page.answer(&shared, account, raw.as_deref())))
}

/// Everything else.
pub(super) async fn no_such_service() -> Refusal {
    Refusal(StatusCode::NOT_FOUND, "Service not found")
}

/// The part of the newest plays that a request asks for.
struct Page {
    limit: usize,
    after_ms: Option<i64>,
    before_ms: Option<i64>,
}

impl Page {
    fn asked_for(query: &HashMap<String, String>) -> Result<Self, &'static str> {
        let limit = match query.get("limit") {
            None => 20,
            Some(text) => text.parse().ok().filter(|limit| (1..=50).contains(limit)).ok_or("Invalid limit")?,
        };
        let cursor = |name: &str, message| match query.get(name) {
            None => Ok(None),
            Some(text) => text.parse::<i64>().map(Some).map_err(|_| message),
        };
        let (after_ms, before_ms) = (cursor("after", "Invalid after")?, cursor("before", "Invalid before")?);
        if after_ms.is_some() && before_ms.is_some() {
            return Err("You cannot specify both before and after");
        }
        Ok(Self { limit, after_ms, before_ms })
    }

    fn answer(&self, shared: &Shared, account: &Account, raw_query: Option<&str>) -> Value {
        let (now, shape) = (shared.live().now, shared.shape_of(&account.name));
        let played_ms = |play: &TruePlay<'_>| play.ended_at.timestamp_millis();
        let plays: Vec<TruePlay<'_>> = account
            .recently_played(now)
            .take(REACH)
            .map(|number| shared.world.play(account, number))
            .filter(|play| self.after_ms.is_none_or(|after| played_ms(play) > after))
            .filter(|play| self.before_ms.is_none_or(|before| played_ms(play) < before))
            .take(self.limit)
            .collect();
        let here = format!("{}v1/me/player/recently-played", shared.root);
        let cursors = plays.first().zip(plays.last()).map(|(newest, oldest)| {
            let next = format!("{here}?before={}&limit={}", played_ms(oldest), self.limit);
            let cursors = json!({"after": played_ms(newest).to_string(), "before": played_ms(oldest).to_string()});
            (next, cursors)
        });
        let (next, cursors) = cursors.unzip();
        json!({
            "items": plays.iter().map(|play| shapes::history_item(play, shape)).collect::<Vec<_>>(),
            "next": next,
            "cursors": cursors,
            "limit": self.limit,
            "href": raw_query.map_or_else(|| here.clone(), |query| format!("{here}?{query}")),
        })
    }
}

fn authorize<'s>(shared: &'s Shared, headers: &HeaderMap) -> Result<&'s Account, Refusal> {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let account = bearer.ok_or("No token provided").and_then(|token| shared.account_of(token));
    account.map_err(|message| Refusal(StatusCode::UNAUTHORIZED, message))
}

/// An error of the Web API.
pub(super) struct Refusal(StatusCode, &'static str);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, message) = self;
        (status, Json(json!({"error": {"status": status.as_u16(), "message": message}}))).into_response()
    }
}
