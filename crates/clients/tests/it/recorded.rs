//! Answers that Spotify really gave. They are not part of this repository; where the folder
//! `shared/recorded` lies beside the checkout, they are read.

use std::fs;
use std::io::{self, Write};

use chrono::DateTime;
use clients::ClientError;
use clients::spotify::Profile;
use secrecy::ExposeSecret;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::world::{access_token, refresh_token, spotify};

/// A recorded body, or `None` with a loud word.
fn recorded(name: &str) -> Option<Vec<u8>> {
    let path = format!("{}/../../../shared/recorded/spotify/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let body = fs::read(&path).ok();
    if body.is_none() {
        // Straight to stderr: the test harness would swallow what the macros print.
        writeln!(io::stderr().lock(), "\nSKIPPED: there is no recorded answer at {path}\n").unwrap();
    }
    body
}

/// A service that gives this body, whatever it is asked.
async fn saying(status: u16, verb: &str, at: &str, body: Vec<u8>) -> MockServer {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(status).set_body_raw(body, "application/json");
    Mock::given(method(verb)).and(path(at)).respond_with(answer).expect(1).mount(&server).await;
    server
}

#[tokio::test]
async fn tokens_are_read_with_and_without_a_new_refresh_token() {
    for (name, is_rotated) in [
        ("spotify-web-api-php__access-token", true),
        ("spotify-web-api-php__refresh-token", true),
        ("spotify-web-api-php__refresh-token-no-refresh-token", false),
    ] {
        let Some(body) = recorded(name) else { return };
        let server = saying(200, "POST", "/api/token", body).await;
        let tokens = match name.ends_with("access-token") {
            true => spotify(&server).exchange(&"a-code".into(), "http://127.0.0.1:8898/callback", None).await.unwrap(),
            false => spotify(&server).refresh(&refresh_token()).await.unwrap(),
        };
        let rotated = tokens.refresh_token.as_ref().map(|token| token.expose_secret());
        assert_eq!(rotated, is_rotated.then_some("MASKED"), "{name}");
    }
}

#[tokio::test]
async fn a_listener_is_known_by_the_profile() {
    for (name, id) in [("python-spotify__current_user", "1112264649"), ("spotify-web-api-php__user", "mcgurk")] {
        let Some(body) = recorded(name) else { return };
        let server = saying(200, "GET", "/v1/me", body).await;
        let answer = spotify(&server).me(&access_token()).await.unwrap();
        assert_eq!(Profile::parse(&answer.body).unwrap().identity(), id);
    }
}

#[tokio::test]
async fn a_rate_limit_is_no_quota_and_ends_in_a_minute() {
    let Some(body) = recorded("python-spotify__rate_limit") else { return };
    let server = saying(429, "GET", "/v1/me/player/recently-played", body).await;
    let error = spotify(&server).recently_played(&access_token()).await.unwrap_err();
    assert!(matches!(error, ClientError::RateLimited { quota_exceeded: false, retry_after: None }), "{error}");
    let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap_or_default();
    assert_eq!(error.retry_at(now).map(|at| (at - now).num_seconds()), Some(60));
}
