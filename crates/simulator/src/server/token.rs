//! `POST /api/token`: an access token for a refresh token.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Form, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::state::{Shared, TOKEN_SECS};

type Fields = HashMap<String, String>;

pub(super) async fn grant(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    if let Some(refused) = refuse_client(&shared, &headers, field("client_id")) {
        return refused;
    }
    if field("grant_type") != "refresh_token" {
        return error("unsupported_grant_type", "grant_type parameter is missing or not supported here");
    }
    let known = |token: &str| shared.world.accounts().iter().position(|account| account.refresh_token == token);
    let Some(account) = known(field("refresh_token")) else {
        return error("invalid_grant", "Invalid refresh token");
    };
    // As with Spotify's code flow no refresh token is returned: the old one stays good.
    Json(json!({
        "access_token": shared.admit(account),
        "token_type": "Bearer",
        "expires_in": TOKEN_SECS,
        "scope": "user-read-recently-played",
    }))
    .into_response()
}

/// Clients identify themselves by Basic authorization (code flow) or by their id (PKCE).
fn refuse_client(shared: &Shared, headers: &HeaderMap, client_id: &str) -> Option<Response> {
    let basic = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
    let is_known = match (&shared.options.client, basic) {
        (None, Some(_)) => true,
        (None, None) => !client_id.is_empty(),
        (Some((id, secret)), Some(basic)) => basic == base64(format!("{id}:{secret}").as_bytes()),
        (Some((id, _)), None) => client_id == id,
    };
    (!is_known).then(|| error("invalid_client", "Invalid client"))
}

/// An error of the token service; they have another shape than those of the Web API.
fn error(code: &str, description: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"error": code, "error_description": description}))).into_response()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |place: usize| u32::from(chunk.get(place).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_pads() {
        for (text, expected) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("a:b~", "YTpifg==")] {
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }
}
