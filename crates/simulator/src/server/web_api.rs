//! The Web API: who someone is and what they played last.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, Query, RawQuery, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::faults::Twists;
use super::history::Page;
use super::shapes;
use super::state::Shared;

/// The scope that the list of recent plays needs.
const HISTORY_SCOPE: &str = "user-read-recently-played";

/// `GET /v1/me`
pub(super) async fn me(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Result<Json<Value>, Refusal> {
    let (place, _) = authorize(&shared, &headers)?;
    let account = shared.account(place);
    Ok(Json(shapes::profile(account, shared.shape_of(&account.name))))
}

/// `GET /v1/me/player/recently-played`
pub(super) async fn recently_played(
    State(shared): State<Arc<Shared>>,
    Extension(twists): Extension<Twists>,
    headers: HeaderMap,
    RawQuery(raw): RawQuery,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Refusal> {
    let (place, scope) = authorize(&shared, &headers)?;
    if !scope.split(' ').any(|scope| scope == HISTORY_SCOPE) {
        return Err(Refusal(StatusCode::FORBIDDEN, "Insufficient client scope"));
    }
    let page = Page::asked_for(&query).map_err(|message| Refusal(StatusCode::BAD_REQUEST, message))?;
    let (answer, served) = page.answer(&shared, place, &twists, raw.as_deref());
    let mut answer = Json(answer).into_response();
    answer.extensions_mut().insert(served);
    Ok(answer)
}

/// Everything else.
pub(super) async fn no_such_service() -> Refusal {
    Refusal(StatusCode::NOT_FOUND, "Service not found")
}

/// Whose token a request has, and its scope.
pub(super) fn authorize(shared: &Shared, headers: &HeaderMap) -> Result<(usize, String), Refusal> {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let access = bearer.ok_or("No token provided").and_then(|token| shared.access(token));
    access.map_err(|message| Refusal(StatusCode::UNAUTHORIZED, message))
}

/// An error of the Web API.
pub(super) struct Refusal(pub(super) StatusCode, pub(super) &'static str);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, message) = self;
        (status, Json(json!({"error": {"status": status.as_u16(), "message": message}}))).into_response()
    }
}
