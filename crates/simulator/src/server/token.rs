//! `POST /api/token`: tokens for a code, and an access token for a refresh token.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Form, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::encoding::{basic, challenge_of};
use super::grants::{Grant, TOKEN_SECS};
use super::journal::Caller;
use super::state::Shared;

type Fields = HashMap<String, String>;

/// What goes into the answer: the grant and a refresh token, if there is a new one.
type Granted = Result<(Grant, Option<String>), Refusal>;

pub(super) async fn grant(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    let client = match Client::of(&shared, &headers, &fields) {
        Ok(client) => client,
        Err(refused) => return refused.into_response(),
    };
    let granted = match fields.get("grant_type").map_or("", String::as_str) {
        "authorization_code" => for_code(&shared, &client, &fields),
        "refresh_token" => for_refresh_token(&shared, &client, &fields),
        _ => {
            let description = "grant_type parameter is missing or not supported here";
            return Refusal("unsupported_grant_type", Some(description)).into_response();
        }
    };
    let (grant, refresh_token) = match granted {
        Ok(granted) => granted,
        Err(refused) => return refused.into_response(),
    };
    let caller = Caller::of(Some(shared.name_of(grant.account)), Some(&client.id), refresh_token.as_deref());
    let mut answer = Map::new();
    answer.insert("token_type".into(), "Bearer".into());
    answer.insert("expires_in".into(), TOKEN_SECS.into());
    answer.insert("scope".into(), grant.scope.as_str().into());
    answer.extend(refresh_token.map(|token| ("refresh_token".to_owned(), Value::from(token))));
    let mut live = shared.live();
    let now = live.now;
    answer.insert("access_token".into(), live.grants.admit(grant, &client.id, now).into());
    drop(live);
    let mut answer = Json(answer).into_response();
    answer.extensions_mut().insert(caller);
    answer
}

fn for_code(shared: &Shared, client: &Client, fields: &Fields) -> Granted {
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    let mut live = shared.live();
    let now = live.now;
    let code =
        live.grants.redeem(field("code"), now).map_err(|description| Refusal("invalid_grant", Some(description)))?;
    if code.grant.client_id.as_deref() != Some(&client.id) {
        return Err(Refusal("invalid_grant", Some("Invalid authorization code")));
    }
    if code.redirect_uri != field("redirect_uri") {
        return Err(Refusal("invalid_grant", Some("Invalid redirect URI")));
    }
    match &code.grant.challenge {
        Some(challenge) => {
            let verifier = field("code_verifier");
            if !(43..=128).contains(&verifier.len()) || challenge_of(verifier) != *challenge {
                return Err(Refusal("invalid_grant", Some("code_verifier was incorrect")));
            }
        }
        None if !client.has_secret => return Err(Refusal("invalid_client", Some("Invalid client secret"))),
        None => {}
    }
    let token = live.grants.refresh_token(code.grant.clone());
    Ok((code.grant, Some(token)))
}

fn for_refresh_token(shared: &Shared, client: &Client, fields: &Fields) -> Granted {
    let token = fields.get("refresh_token").map_or("", String::as_str);
    let mut live = shared.live();
    let now = live.now;
    let renewed = live.grants.renew(token, &client.id, shared.options.rotation, now);
    let (grant, next) = renewed.map_err(|description| Refusal("invalid_grant", description))?;
    let is_public = grant.challenge.is_some() || grant.client_id.is_none();
    if !is_public && !client.has_secret {
        return Err(Refusal("invalid_client", Some("Invalid client secret")));
    }
    Ok((grant, next))
}

/// Who asks: by Basic authorization (code flow) or by the id alone (PKCE).
struct Client {
    id: String,
    has_secret: bool,
}

impl Client {
    fn of(shared: &Shared, headers: &HeaderMap, fields: &Fields) -> Result<Self, Refusal> {
        let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (id, secret) = match header {
            Some(header) => basic(header).map(|(id, secret)| (id, Some(secret))).unwrap_or_default(),
            None => (fields.get("client_id").cloned().unwrap_or_default(), fields.get("client_secret").cloned()),
        };
        let known = shared.app(&id).map_err(|()| Refusal("invalid_client", Some("Invalid client")))?;
        let right = known.and_then(|app| app.client_secret.as_ref());
        if known.is_some() && secret.is_some() && secret.as_ref() != right {
            return Err(Refusal("invalid_client", Some("Invalid client secret")));
        }
        Ok(Self { id, has_secret: secret.is_some() })
    }
}

/// An error of the token service, in its own shape: a code and mostly a description.
struct Refusal(&'static str, Option<&'static str>);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(code, description) = self;
        let mut body = json!({"error": code});
        if let Some(description) = description {
            body["error_description"] = json!(description);
        }
        (StatusCode::BAD_REQUEST, Json(body)).into_response()
    }
}
