//! What a test or a script asks of the simulator itself.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::state::Shared;
use crate::parse_instant;

/// `GET /_control/now`
pub(super) async fn now(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let now = shared.live().now;
    Json(json!({"now": now.to_rfc3339_opts(SecondsFormat::AutoSi, true)}))
}

/// `POST /_control/now`
pub(super) async fn set_now(State(shared): State<Arc<Shared>>, Json(wish): Json<Value>) -> Response {
    match parse_instant(wish["now"].as_str().unwrap_or_default()) {
        Ok(moment) => {
            shared.live().now = moment;
            now(State(shared)).await.into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, format!("{error:#}\n")).into_response(),
    }
}

/// `GET /_control/requests`
pub(super) async fn requests(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!(shared.live().requests))
}

/// `GET /_control/accounts`
pub(super) async fn accounts(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let accounts = shared.world.accounts().iter();
    let accounts = accounts.map(|account| json!({"name": account.name, "refresh_token": account.refresh_token}));
    Json(accounts.collect())
}
