//! `GET /v1/me/player/recently-played` and `GET /v1/me`.

use std::time::Duration;

use clients::spotify::Profile;
use clients::{Answer, ClientError};
use wiremock::matchers::{header, method, path, query_param};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::world::{ACCESS_TOKEN, access_token, answer, spotify, text};

/// What comes of one question that is answered like this, with the number of requests.
async fn check(given: ResponseTemplate, requests: u64) -> Result<Answer, ClientError> {
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(given).expect(requests).mount(&server).await;
    let result = spotify(&server).recently_played(&access_token()).await;
    assert!(!format!("{result:?}").contains(ACCESS_TOKEN));
    result
}

#[tokio::test]
async fn asks_for_the_newest_50_without_a_cursor() {
    let server = MockServer::start().await;
    Mock::given(path("/v1/me/player/recently-played"))
        .and(query_param("limit", "50"))
        .and(header("authorization", "Bearer access-token-of-a-test"))
        .and(|request: &Request| request.url.query() == Some("limit=50"))
        .respond_with(answer!(200, "recently_played_empty.json"))
        .mount(&server)
        .await;
    let answer = spotify(&server).recently_played(&access_token()).await.unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.url.as_str(), format!("{}/v1/me/player/recently-played?limit=50", server.uri()));
    assert_eq!(answer.body, include_bytes!("../fixtures/spotify/recently_played_empty.json"));
}

#[tokio::test]
async fn a_success_that_is_no_json_is_a_passing_trouble() {
    for body in ["<html>\u{fffd}", "", "{\"items\":["] {
        let error = check(text(200, body), 3).await.unwrap_err();
        assert!(matches!(error, ClientError::Unreadable { .. }), "{error}");
        assert!(error.is_transient());
    }
}

#[tokio::test]
async fn json_that_is_no_list_is_a_passing_trouble() {
    for body in ["{}", "[]", r#"{"items":null}"#, r#"{"items":{}}"#, r#"{"error":{"status":500}}"#] {
        let error = check(text(200, body), 3).await.unwrap_err();
        assert!(matches!(error, ClientError::Unreadable { .. }), "{error}");
    }
    assert!(check(text(200, r#"{"items":["nonsense"]}"#), 1).await.is_ok(), "its items are for others to judge");
}

#[tokio::test]
async fn says_who_the_listener_is() {
    let server = MockServer::start().await;
    Mock::given(path("/v1/me")).respond_with(answer!(200, "me.json")).mount(&server).await;
    let answer = spotify(&server).me(&access_token()).await.unwrap();
    let profile = Profile::parse(&answer.body).unwrap();
    assert_eq!(profile.identity(), "tEsTaCcOuNt1");
}

#[tokio::test]
async fn a_stale_token_is_not_tried_again() {
    let error = check(answer!(401, "error_token_expired.json"), 1).await.unwrap_err();
    assert!(matches!(error, ClientError::Unauthorized { .. }));
    assert_eq!(error.to_string(), "access token was rejected: The access token expired");
}

#[tokio::test]
async fn a_refusal_tells_why() {
    let error = check(answer!(403, "error_forbidden.json"), 1).await.unwrap_err();
    let expected = "Active premium subscription required for the owner of the app.";
    assert!(matches!(&error, ClientError::Forbidden { message } if message == expected), "{error}");
    let error = check(text(403, "<html>nope</html>"), 1).await.unwrap_err();
    assert_eq!(error.to_string(), "access was refused: Forbidden");
    let error = check(text(403, "the user may\nnot be registered"), 1).await.unwrap_err();
    assert_eq!(error.to_string(), "access was refused: the user may not be registered");
}

#[tokio::test]
async fn a_long_explanation_becomes_one_short_line() {
    let body = format!("{{\"error\":{{\"message\":\"first\\nsecond {}\"}}}}", "x".repeat(1_000));
    match check(text(403, &body), 1).await.unwrap_err() {
        ClientError::Forbidden { message } => {
            assert_eq!(message.len(), 200);
            assert!(message.starts_with("first second x"));
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_rate_limit_is_handed_over_at_once() {
    let given = answer!(429, "error_rate_limit.json").insert_header("retry-after", "7");
    let error = check(given, 1).await.unwrap_err();
    assert!(matches!(error, ClientError::RateLimited { quota_exceeded: false, .. }), "{error}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));

    let error = check(text(429, ""), 1).await.unwrap_err();
    assert!(matches!(error, ClientError::RateLimited { retry_after: None, quota_exceeded: false }), "{error}");
}

#[tokio::test]
async fn a_used_up_quota_is_told_apart() {
    let given = answer!(429, "error_quota_exceeded.json")
        .insert_header("date", "Sun, 22 Nov 2026 12:00:00 GMT")
        .insert_header("retry-after", "Mon, 23 Nov 2026 01:35:25 GMT");
    let error = check(given, 1).await.unwrap_err();
    assert!(matches!(error, ClientError::RateLimited { quota_exceeded: true, .. }), "{error}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(48_925)));
}

#[tokio::test]
async fn a_passing_trouble_is_waited_out() {
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(text(502, "")).up_to_n_times(2).expect(2).mount(&server).await;
    Mock::given(method("GET")).respond_with(answer!(200, "recently_played_empty.json")).expect(1).mount(&server).await;
    assert_eq!(spotify(&server).recently_played(&access_token()).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_lasting_trouble_ends_after_two_retries() {
    let error = check(text(503, "<html>"), 3).await.unwrap_err();
    assert!(matches!(&error, ClientError::Status { status, .. } if status.as_u16() == 503), "{error}");
}

#[tokio::test]
async fn who_asks_for_more_patience_is_not_asked_again() {
    let error = check(text(503, "").insert_header("retry-after", "3600"), 1).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3_600)));
}

#[tokio::test]
async fn other_answers_are_errors_at_once() {
    for status in [204, 304, 400, 404, 501] {
        let error = check(text(status, ""), 1).await.unwrap_err();
        assert!(matches!(&error, ClientError::Status { status: got, .. } if got.as_u16() == status), "{error}");
    }
}
