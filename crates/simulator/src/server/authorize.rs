//! `GET /authorize`: the page on which someone agrees, without the page.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::encoding::percent_encoded;
use super::grants::Grant;
use super::journal::Caller;
use super::redirects;
use super::state::Shared;

pub(super) async fn authorize(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let field = |name: &str| query.get(name).map_or("", String::as_str);
    let (client_id, redirect_uri) = (field("client_id"), field("redirect_uri"));
    let app = match shared.app(client_id) {
        Ok(app) => app,
        Err(_) => return page("INVALID_CLIENT: Invalid client"),
    };
    if let Some(refused) = redirects::refuse(app, redirect_uri) {
        return page(refused);
    }
    if field("response_type") != "code" {
        return back(redirect_uri, &[("error", "unsupported_response_type"), ("state", field("state"))]);
    }
    let challenge = query.get("code_challenge").cloned();
    if challenge.is_some() && field("code_challenge_method") != "S256" {
        return page("code_challenge_method must be S256");
    }
    let mut live = shared.live();
    let (account, now) = (live.login_as, live.now);
    if live.denies_login {
        return back(redirect_uri, &[("error", "access_denied"), ("state", field("state"))]);
    }
    let grant = Grant {
        account,
        client_id: Some(client_id.to_owned()),
        scope: field("scope").to_owned(),
        challenge,
        authorized_at: Some(now),
    };
    let code = live.grants.code(grant, redirect_uri, now);
    drop(live);
    let mut answer = back(redirect_uri, &[("code", &code), ("state", field("state"))]);
    answer.extensions_mut().insert(Caller::of(Some(shared.name_of(account)), Some(client_id), None));
    answer
}

/// A page that says what is wrong: nobody is sent to an address that is not trusted.
fn page(text: &'static str) -> Response {
    (StatusCode::BAD_REQUEST, text).into_response()
}

/// Sends the browser back to the app; an absent state stays absent.
fn back(redirect_uri: &str, fields: &[(&str, &str)]) -> Response {
    let fields = fields.iter().filter(|(name, value)| *name != "state" || !value.is_empty());
    let fields: Vec<String> = fields.map(|(name, value)| format!("{name}={}", percent_encoded(value))).collect();
    let separator = if redirect_uri.contains('?') { '&' } else { '?' };
    let location = format!("{redirect_uri}{separator}{}", fields.join("&"));
    let mut headers = HeaderMap::new();
    match location.parse() {
        Ok(location) => headers.insert(LOCATION, location),
        Err(_) => return page("INVALID_CLIENT: Invalid redirect URI"),
    };
    (StatusCode::FOUND, headers).into_response()
}
