//! The answers of services in trouble.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::body::{Script, Step};
use super::kinds::{ErrorBody, FaultKind, RetryAfter};
use crate::server::journal::Served;
use crate::server::manners::{self, BLOCKED};
use crate::server::musicbrainz::HELP;
use crate::server::state::Shared;
use crate::server::targets::{Service, Target};

const PAGE: &str =
    "<!DOCTYPE html><html><head><title>Sorry</title></head><body><h1>Something went wrong</h1></body></html>";
/// What is sent at a time when there is far too much.
const PIECE_BYTES: u64 = 1 << 16;

/// The answer of a fault that lets nothing else answer.
pub(in crate::server) async fn answer(fault: &FaultKind, target: Target, now: DateTime<Utc>) -> Response {
    match fault {
        FaultKind::RateLimited { retry_after } => {
            let (message, code) = ("API rate limit exceeded", 29);
            let mut response = error(target, 429, message, code);
            if let (Service::ListenBrainz, RetryAfter::Secs(secs)) = (target.service, retry_after) {
                response.headers_mut().insert("x-ratelimit-remaining", HeaderValue::from(0));
                response.headers_mut().insert("x-ratelimit-reset-in", HeaderValue::from(*secs));
            }
            waiting(response, *retry_after, now)
        }
        FaultKind::QuotaExceeded { retry_after } => {
            let body = json!({"error": {"status": 429, "message": "Too many requests", "reason": "QUOTA_EXCEEDED"}});
            waiting((StatusCode::TOO_MANY_REQUESTS, Json(body)).into_response(), *retry_after, now)
        }
        FaultKind::ServerError { status, body } => match body {
            ErrorBody::Empty => code(*status).into_response(),
            ErrorBody::Html => (code(*status), Html(PAGE)).into_response(),
            ErrorBody::Json => error(target, *status, "Service unavailable", 8),
        },
        FaultKind::Overloaded { retry_after } => {
            let response = match target.service {
                Service::MusicBrainz => manners::musicbrainz_overload(),
                _ => error(target, 503, "Service unavailable", 11),
            };
            waiting(response, *retry_after, now)
        }
        FaultKind::Blocked { status } => (code(*status), Html(BLOCKED)).into_response(),
        FaultKind::Hang {} => std::future::pending().await,
        FaultKind::Dropped {} => Response::new(Body::new(Script::new([Step::Break]))),
        FaultKind::NotJson {} => Html(PAGE).into_response(),
        FaultKind::Says { body } => Json(body.clone()).into_response(),
        FaultKind::Oversized { bytes } => oversized(*bytes),
        FaultKind::ExpiredToken {} => error(target, 401, "The access token expired", 9),
        FaultKind::Revoked {} => {
            let body = json!({"error": "invalid_grant", "error_description": "Refresh token revoked"});
            (StatusCode::BAD_REQUEST, Json(body)).into_response()
        }
        FaultKind::PremiumLapsed {} => {
            error(target, 403, "Active premium subscription required for the owner of the app.", 10)
        }
        FaultKind::NotAllowListed {} => {
            let message = "Check settings on developer.spotify.com/dashboard, the user may not be registered.";
            error(target, 403, message, 10)
        }
        FaultKind::ServiceError { error, status } => {
            (code(*status), Json(json!({"error": error, "message": lastfm_message(*error)}))).into_response()
        }
        // These let the service answer.
        FaultKind::Slow { .. }
        | FaultKind::Truncated {}
        | FaultKind::LatePlays { .. }
        | FaultKind::LostPlays { .. }
        | FaultKind::WithheldPlays { .. }
        | FaultKind::DuplicatedPlays {}
        | FaultKind::ClockSkew { .. }
        | FaultKind::OutOfOrder {} => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Sends an answer, whole or not. What is sent whole counts as served.
pub(in crate::server) async fn spoil(
    fault: Option<&FaultKind>,
    mut response: Response,
    shared: &Arc<Shared>,
) -> Response {
    let served = response.extensions_mut().remove::<Served>();
    let keep = |shared: &Shared, served: Option<Served>| {
        if let Some(served) = served {
            shared.live().journal.keep(&served);
        }
    };
    match fault {
        Some(FaultKind::Slow { pause_ms, pieces }) => {
            let (mut parts, bytes) = taken_apart(response).await;
            parts.headers.insert(CONTENT_LENGTH, bytes.len().into());
            let size = bytes.len().div_ceil((*pieces).max(1)).max(1);
            let pause = Duration::from_millis(*pause_ms);
            let pieces = (0..bytes.len()).step_by(size).map(|from| bytes.slice(from..bytes.len().min(from + size)));
            let mut steps: Vec<Step> = pieces.flat_map(|piece| [Step::Pause(pause), Step::Send(piece)]).collect();
            let (shared, last) = (Arc::clone(shared), steps.pop());
            // Whoever has the last piece has everything.
            steps.push(Step::Tell(Box::new(move || keep(&shared, served))));
            steps.extend(last);
            Response::from_parts(parts, Body::new(Script::new(steps)))
        }
        Some(FaultKind::Truncated {}) => {
            let (mut parts, bytes) = taken_apart(response).await;
            parts.headers.insert(CONTENT_LENGTH, bytes.len().into());
            let half = bytes.slice(..bytes.len() / 2);
            Response::from_parts(parts, Body::new(Script::new([Step::Send(half), Step::Flush, Step::Break])))
        }
        _ => {
            keep(shared, served);
            response
        }
    }
}

async fn taken_apart(response: Response) -> (axum::http::response::Parts, Bytes) {
    let (parts, body) = response.into_parts();
    // The services answer from memory.
    (parts, to_bytes(body, usize::MAX).await.unwrap_or_default())
}

/// JSON that goes on and on: an object whose text never closes.
fn oversized(bytes: u64) -> Response {
    let piece = Bytes::from(vec![b'a'; PIECE_BYTES as usize]);
    let rest = piece.slice(..(bytes % PIECE_BYTES) as usize);
    let pieces = std::iter::repeat_n(piece, (bytes / PIECE_BYTES) as usize).chain([rest]);
    let steps = [Bytes::from_static(b"{\"items\":\"")].into_iter().chain(pieces).map(Step::Send);
    let mut response = Response::new(Body::new(Script::new(steps)));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// An error in the words of the service.
fn error(target: Target, status: u16, message: &str, lastfm_code: u32) -> Response {
    let body: Value = match (target.service, target.endpoint) {
        (Service::Spotify, "token" | "authorize") => json!({"error": "server_error", "error_description": message}),
        (Service::Spotify, _) => json!({"error": {"status": status, "message": message}}),
        (Service::ListenBrainz, _) => json!({"code": status, "error": message}),
        (Service::LastFm, _) => json!({"error": lastfm_code, "message": lastfm_message(lastfm_code)}),
        (Service::MusicBrainz, _) => json!({"error": message, "help": HELP}),
        (Service::OpenWeather, _) => json!({"cod": status, "message": message}),
        (Service::Wikidata | Service::Nominatim, _) => json!({"error": {"code": status, "message": message}}),
    };
    (code(status), Json(body)).into_response()
}

fn waiting(mut response: Response, retry_after: RetryAfter, now: DateTime<Utc>) -> Response {
    let date = |moment: DateTime<Utc>| moment.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let wait = match retry_after {
        RetryAfter::Absent => return response,
        RetryAfter::Secs(secs) => secs.to_string(),
        RetryAfter::Date(secs) => {
            if let Ok(today) = date(now).parse() {
                response.headers_mut().insert(DATE, today);
            }
            date(now + TimeDelta::seconds(secs))
        }
    };
    if let Ok(wait) = wait.parse() {
        response.headers_mut().insert(RETRY_AFTER, wait);
    }
    response
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// What Last.fm says to its error numbers.
pub(in crate::server) fn lastfm_message(code: u32) -> &'static str {
    match code {
        6 => "User not found",
        8 => "Operation failed - Most likely the backend service failed. Please try again.",
        9 => "Invalid session key - Please re-authenticate",
        10 => "Invalid API key - You must be granted a valid key by last.fm",
        11 => "Service Offline - This service is temporarily offline. Try again later.",
        16 => "The service is temporarily unavailable, please try again.",
        17 => "Login: User required to be logged in",
        29 => {
            "Rate Limit Exceeded - Your IP has made too many requests in a short period, exceeding our API guidelines"
        }
        _ => "Something went wrong",
    }
}
