//! `POST /api/token`: a refresh token for an access token.

use std::time::Duration;

use chrono::DateTime;
use clients::spotify::{AccessToken, Tokens};
use clients::{ClientError, Spotify};
use platform::state::Login;
use secrecy::ExposeSecret;
use wiremock::matchers::{body_string, header, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::world::{
    ACCESS_TOKEN, CLIENT_SECRET, REFRESH_TOKEN, access_token, answer, context, refresh_token, spotify,
    spotify_without_secret, text,
};

/// What comes of one refresh that is answered like this.
async fn check(given: ResponseTemplate) -> Result<Tokens, ClientError> {
    let server = MockServer::start().await;
    Mock::given(method("POST")).and(path("/api/token")).respond_with(given).expect(1).mount(&server).await;
    let result = spotify(&server).refresh(&refresh_token()).await;
    let shown = format!("{result:?}");
    for secret in [ACCESS_TOKEN, REFRESH_TOKEN, CLIENT_SECRET, "second-refresh-token"] {
        assert!(!shown.contains(secret), "{shown} shows a secret");
    }
    result
}

#[tokio::test]
async fn an_app_with_a_secret_sends_it_in_the_header() {
    let server = MockServer::start().await;
    Mock::given(header("authorization", "Basic aWQtb2YtdGhlLWFwcDpzZWNyZXQtb2YtdGhlLWFwcA=="))
        .and(header("content-type", "application/x-www-form-urlencoded"))
        .and(body_string("grant_type=refresh_token&refresh_token=first-refresh-token"))
        .respond_with(answer!(200, "token.json"))
        .mount(&server)
        .await;
    let tokens = spotify(&server).refresh(&refresh_token()).await.unwrap();
    assert!(tokens.refresh_token.is_none());
}

#[tokio::test]
async fn an_app_without_a_secret_sends_its_id() {
    let server = MockServer::start().await;
    Mock::given(body_string("grant_type=refresh_token&refresh_token=first-refresh-token&client_id=id-of-the-app"))
        .and(|request: &Request| !request.headers.contains_key("authorization"))
        .respond_with(answer!(200, "token_rotated.json"))
        .mount(&server)
        .await;
    let tokens = spotify_without_secret(&server).refresh(&refresh_token()).await.unwrap();
    assert_eq!(tokens.refresh_token.unwrap().expose_secret(), "second-refresh-token");
}

#[tokio::test]
async fn only_the_access_token_is_needed() {
    let tokens = check(text(200, r#"{"access_token":"a","refresh_token":"","expires_in":null}"#)).await.unwrap();
    assert!(tokens.refresh_token.is_none());
}

#[tokio::test]
async fn a_rotated_token_is_not_shown() {
    assert!(check(answer!(200, "token_rotated.json")).await.unwrap().refresh_token.is_some());
}

#[tokio::test]
async fn a_dead_refresh_token_needs_a_person() {
    let error = check(answer!(400, "token_invalid_grant.json")).await.unwrap_err();
    assert!(matches!(error, ClientError::Reauthorize { .. }));
    assert_eq!(error.to_string(), "sign-in has expired or was withdrawn: Refresh token revoked");
}

#[tokio::test]
async fn a_wrong_app_is_a_matter_of_settings() {
    for status in [400, 401] {
        let error = check(answer!(status, "token_invalid_client.json")).await.unwrap_err();
        assert!(matches!(&error, ClientError::Settings { message } if message == "Invalid client"), "{error}");
    }
    let error = check(text(400, r#"{"error":"unsupported_grant_type"}"#)).await.unwrap_err();
    assert_eq!(error.to_string(), "wrong settings: unsupported_grant_type");
}

#[tokio::test]
async fn a_failing_service_is_left_alone() {
    for body in ["", "<html>upstream connect error</html>", "{\"error\":\"server_error\"}"] {
        let error = check(text(503, body).insert_header("retry-after", "30")).await.unwrap_err();
        assert!(error.is_transient(), "{error}");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    }
    let error = check(text(429, "").insert_header("retry-after", "5")).await.unwrap_err();
    assert!(matches!(error, ClientError::RateLimited { quota_exceeded: false, .. }), "{error}");
}

#[tokio::test]
async fn whoever_asks_next_leaves_a_failing_token_service_alone() {
    for status in [500, 502, 503, 504] {
        let server = MockServer::start().await;
        Mock::given(path("/api/token")).respond_with(text(status, "")).expect(1).mount(&server).await;
        Mock::given(path("/v1/me")).respond_with(answer!(200, "me.json")).expect(1).mount(&server).await;
        let folder = tempfile::tempdir().unwrap();
        // A program of its own for each listener.
        let open = || Spotify::open(&context(&folder, &server.uri(), None)).unwrap();
        let error = open().refresh(&refresh_token()).await.unwrap_err();
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap_or_default();
        assert_eq!(error.retry_at(now).map(|at| (at - now).num_seconds()), Some(30), "{error}");
        for _ in 0..4 {
            let error = open().refresh(&refresh_token()).await.unwrap_err();
            assert!(matches!(error, ClientError::CoolingDown { .. }), "{error}");
        }
        // Nobody else is kept waiting.
        open().me(&access_token()).await.unwrap();
    }
}

#[tokio::test]
async fn an_app_that_is_refused_is_no_matter_of_settings() {
    let body = r#"{"error":"access_denied","error_description":"Active premium subscription required"}"#;
    let error = check(text(403, body)).await.unwrap_err();
    assert!(matches!(&error, ClientError::Forbidden { message } if message.contains("premium")), "{error}");
}

#[tokio::test]
async fn a_refusal_without_a_code_blames_nobody() {
    let error = check(text(403, "<html>blocked</html>")).await.unwrap_err();
    assert!(matches!(&error, ClientError::Status { status, .. } if status.as_u16() == 403), "{error}");
}

#[tokio::test]
async fn a_success_without_a_token_is_told_without_quoting_it() {
    for body in ["", "<html>", "[]", r#"{"token_type":"Bearer"}"#, r#"{"access_token":["first-refresh-token"]}"#] {
        let error = check(text(200, body)).await.unwrap_err();
        assert!(matches!(error, ClientError::Unreadable { .. }), "{error}");
    }
}

#[tokio::test]
async fn without_an_app_there_is_no_client() {
    let folder = tempfile::tempdir().unwrap();
    let mut context = context(&folder, "http://127.0.0.1:9", None);
    context.settings.spotify.client_id = None;
    let error = Spotify::open(&context).err().unwrap();
    assert!(error.to_string().starts_with("wrong settings: SPOTIFY_CLIENT_ID is not set: "), "{error}");
}

/// What comes of a login that is traded for this answer: the result, and what was kept.
async fn traded(given: ResponseTemplate, can_keep: bool) -> (Result<AccessToken, ClientError>, Vec<Login>) {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(given).mount(&server).await;
    let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap_or_default();
    let login = Login { refresh_token: refresh_token(), authorized_at: Some(at(1)), stored_at: at(2) };
    let mut kept = Vec::new();
    let keep = |rotated: &Login| {
        kept.push(rotated.clone());
        if can_keep { Ok(()) } else { Err("the disk is full") }
    };
    let result = spotify(&server).trade(login, keep).await;
    (result, kept)
}

#[tokio::test]
async fn a_rotated_login_is_kept_before_its_access_token_is_given_away() {
    let (result, kept) = traded(answer!(200, "token_rotated.json"), true).await;
    assert!(result.is_ok());
    let [rotated] = &kept[..] else { panic!("{kept:?}") };
    assert_eq!(rotated.refresh_token.expose_secret(), "second-refresh-token");
    // The consent is the old one, and ends when it would have ended.
    assert_eq!(rotated.authorized_at.map(|at| at.timestamp()), Some(1));
    let (result, _) = traded(answer!(200, "token_rotated.json"), false).await;
    assert!(matches!(result, Err(ClientError::Memory { .. })), "{result:?}");
}

#[tokio::test]
async fn a_login_that_stays_is_not_written_again() {
    let same = format!(r#"{{"access_token": "a", "refresh_token": "{REFRESH_TOKEN}"}}"#);
    for given in [answer!(200, "token.json"), text(200, &same)] {
        let (result, kept) = traded(given, false).await;
        assert!(result.is_ok() && kept.is_empty(), "{result:?}, {kept:?}");
    }
}
