//! What a status that is no success means, at each of Spotify's two services.

use serde_json::Value;

use crate::ClientError;
use crate::http::Reply;

/// The longest text of a service that is passed on.
const MAX_MESSAGE_CHARS: usize = 200;

/// The Web API: `{"error":{"status":…,"message":…,"reason":…}}`, if there is a body at all.
pub(super) fn of_web_api(reply: Reply) -> ClientError {
    let body = json(&reply.body);
    let error = &body["error"];
    match reply.status.as_u16() {
        401 => ClientError::Unauthorized { message: words(&error["message"], &reply) },
        403 => ClientError::Forbidden {
            message: words(&plain(&reply).unwrap_or_else(|| error["message"].clone()), &reply),
        },
        429 => ClientError::RateLimited {
            retry_after: reply.retry_after,
            quota_exceeded: error["reason"] == "QUOTA_EXCEEDED",
        },
        _ => reply.into_status_error(),
    }
}

/// Whether a refusal is about the app or about who is logged in, and not about what was asked: it lasts as long
/// as its owner has no Premium, or the listener is not on its list.
pub fn is_about_the_app(message: &str) -> bool {
    let message = message.to_lowercase();
    ["premium", "registered"].iter().any(|word| message.contains(word))
}

/// The token service: `{"error":"invalid_grant","error_description":…}`.
pub(super) fn of_accounts(reply: Reply) -> ClientError {
    let body = json(&reply.body);
    let description = if body["error_description"].is_string() { &body["error_description"] } else { &body["error"] };
    match (reply.status.as_u16(), body["error"].as_str()) {
        (429, _) => ClientError::RateLimited { retry_after: reply.retry_after, quota_exceeded: false },
        (403, Some(_)) => ClientError::Forbidden { message: words(description, &reply) },
        (400..=499, Some("invalid_grant")) => ClientError::Reauthorize { message: words(description, &reply) },
        (400..=499, Some(_)) => ClientError::Settings { message: words(description, &reply) },
        _ => reply.into_status_error(),
    }
}

/// Bodies of refusals may be empty, HTML or cut off.
fn json(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_default()
}

/// A refusal may come as bare text.
fn plain(reply: &Reply) -> Option<Value> {
    let text = std::str::from_utf8(&reply.body).ok()?.trim();
    (!text.is_empty() && !text.starts_with(['{', '[', '<', '"'])).then(|| Value::from(text))
}

/// The service's words on one short line, else the name of the status.
fn words(said: &Value, reply: &Reply) -> String {
    let said = said.as_str().map(str::trim).filter(|said| !said.is_empty());
    let said = said.or(reply.status.canonical_reason()).unwrap_or("no reason given");
    said.chars().take(MAX_MESSAGE_CHARS).map(|char| if char.is_control() { ' ' } else { char }).collect()
}
