//! What a test or a script asks of the simulator itself.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::SecondsFormat;
use serde_json::{Map, Value, json};

use super::Server;
use super::faults::Fault;
use super::journal::RequestLine;
use super::manners::BrokenRule;
use super::state::Shared;
use super::targets::Service;
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
        Err(error) => refuse(&format!("{error:#}")),
    }
}

/// `GET /_control/requests`
pub(super) async fn requests(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!(shared.live().journal.counts))
}

/// `GET /_control/requests/log`
pub(super) async fn request_log(State(shared): State<Arc<Shared>>) -> Json<Vec<RequestLine>> {
    Json(shared.live().journal.lines.clone())
}

/// `GET /_control/broken-rules`
pub(super) async fn broken_rules(State(shared): State<Arc<Shared>>) -> Json<Vec<BrokenRule>> {
    Json(shared.live().journal.broken.clone())
}

/// `GET /_control/accounts`
pub(super) async fn accounts(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let accounts = shared.world.accounts().iter().map(|account| {
        json!({
            "name": account.name,
            "refresh_token": account.refresh_token,
            "spotify_id": account.spotify_id,
            "spotify_account_id": account.spotify_account_id,
            "listenbrainz_name": account.listenbrainz_name,
            "listenbrainz_token": account.listenbrainz_token,
            "lastfm_name": account.lastfm_name,
        })
    });
    Json(accounts.collect())
}

/// `POST /_control/login`
pub(super) async fn login(State(shared): State<Arc<Shared>>, Json(wish): Json<Value>) -> Response {
    if let Some(name) = wish["as"].as_str() {
        match shared.place_of(name) {
            Some(place) => shared.live().login_as = place,
            None => return refuse(&format!("no account is called {name}")),
        }
    }
    let mut live = shared.live();
    live.denies_login = wish["deny"].as_bool().unwrap_or(live.denies_login);
    Json(json!({"as": shared.name_of(live.login_as), "deny": live.denies_login})).into_response()
}

/// `POST /_control/revoke`
pub(super) async fn revoke(State(shared): State<Arc<Shared>>, Json(wish): Json<Value>) -> Response {
    let name = wish["account"].as_str().unwrap_or_default();
    let Some(place) = shared.place_of(name) else {
        return refuse(&format!("no account is called {name}"));
    };
    shared.live().grants.revoke(place);
    Json(json!({"revoked": name})).into_response()
}

/// `GET /_control/faults`
pub(super) async fn faults(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(shared.live().faults.list())
}

/// `POST /_control/faults`
pub(super) async fn switch_on(State(shared): State<Arc<Shared>>, Json(wish): Json<Value>) -> Response {
    match Fault::read(&wish) {
        Ok(fault) => {
            let mut live = shared.live();
            let now = live.now;
            Json(json!({"id": live.faults.switch_on(fault, now)})).into_response()
        }
        Err(error) => refuse(&format!("{error:#}")),
    }
}

/// `DELETE /_control/faults/{id}`
pub(super) async fn switch_off(State(shared): State<Arc<Shared>>, Path(id): Path<u64>) -> StatusCode {
    if shared.live().faults.switch_off(id) { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }
}

/// `DELETE /_control/faults`
pub(super) async fn clear(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.live().faults.clear();
    StatusCode::NO_CONTENT
}

/// `GET /_control/served`
pub(super) async fn served(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let live = shared.live();
    let services = [Service::Spotify, Service::ListenBrainz, Service::LastFm].into_iter().map(|service| {
        let of = |(place, account): (usize, &crate::Account)| {
            (account.name.clone(), json!(live.journal.served(service, place)))
        };
        let accounts: Map<String, Value> = shared.world.accounts().iter().enumerate().map(of).collect();
        (service.name().to_owned(), Value::Object(accounts))
    });
    Json(Value::Object(services.collect()))
}

/// `GET /_control/fates`
pub(super) async fn fates(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let accounts = shared.world.accounts().iter().map(|account| {
        let fates = Server::fates_in(&shared, &account.name);
        (account.name.clone(), json!({"late": fates.late, "lost": fates.lost}))
    });
    Json(Value::Object(accounts.collect()))
}

fn refuse(message: &str) -> Response {
    (StatusCode::BAD_REQUEST, format!("{message}\n")).into_response()
}
