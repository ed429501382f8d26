//! `GET /1/user/{name}/listens` and `listen-count`

use clients::listenbrainz::{Window, user_of};
use clients::{Answer, ClientError, Listenbrainz};
use tempfile::TempDir;
use wiremock::matchers::{header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::world::{LISTENBRAINZ_TOKEN, context, text};

const EMPTY: &str = r#"{"payload":{"count":0,"listens":[]}}"#;

async fn check(given: ResponseTemplate, requests: u64) -> Result<Answer, ClientError> {
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(given).expect(requests).mount(&server).await;
    let folder = TempDir::new().unwrap();
    let client = Listenbrainz::open(&context(&folder, &server.uri(), None)).unwrap();
    let result = client.listens("rob", Window::Newest, 5).await;
    assert!(!format!("{result:?}").contains(LISTENBRAINZ_TOKEN));
    result
}

#[tokio::test]
async fn windows_and_names_reach_the_service_as_they_are() {
    let server = MockServer::start().await;
    for (window, name, value) in
        [(Window::Before(7), "max_ts", "7"), (Window::After(9), "min_ts", "9"), (Window::Newest, "count", "1000")]
    {
        let folder = TempDir::new().unwrap();
        let _mock = Mock::given(path("/1/user/a%20b%2Fc/listens"))
            .and(query_param(name, value))
            .and(header("authorization", format!("Token {LISTENBRAINZ_TOKEN}").as_str()))
            .respond_with(text(200, EMPTY))
            .expect(1)
            .mount_as_scoped(&server)
            .await;
        let client = Listenbrainz::open(&context(&folder, &server.uri(), None)).unwrap();
        let answer = client.listens("a b/c", window, 5_000).await.unwrap();
        assert_eq!(user_of(&answer.url).as_deref(), Some("a%20b%2Fc"));
    }
}

#[tokio::test]
async fn the_count_comes_as_it_is() {
    let (server, folder) = (MockServer::start().await, TempDir::new().unwrap());
    let given = r#"{"payload":{"count":512}}"#;
    Mock::given(path("/1/user/a%20b%2Fc/listen-count"))
        .and(header("authorization", format!("Token {LISTENBRAINZ_TOKEN}").as_str()))
        .respond_with(text(200, given))
        .expect(1)
        .mount(&server)
        .await;
    let client = Listenbrainz::open(&context(&folder, &server.uri(), None)).unwrap();
    assert_eq!(client.listen_count("a b/c").await.unwrap().body, given.as_bytes());
}

#[tokio::test]
async fn refusals_say_who_must_act() {
    assert!(matches!(check(text(404, "{}"), 1).await, Err(ClientError::NotFound { .. })));
    assert!(matches!(check(text(401, "{}"), 1).await, Err(ClientError::Settings { .. })));
    assert!(matches!(check(text(429, ""), 1).await, Err(ClientError::RateLimited { .. })));
    assert!(matches!(check(text(502, ""), 3).await, Err(ClientError::Status { .. })));
}

#[tokio::test]
async fn the_last_request_of_a_window_is_followed_by_quiet() {
    let server = MockServer::start().await;
    let given =
        text(200, EMPTY).insert_header("x-ratelimit-remaining", "0").insert_header("x-ratelimit-reset-in", "900");
    Mock::given(method("GET")).respond_with(given).expect(1).mount(&server).await;
    let folder = TempDir::new().unwrap();
    let client = Listenbrainz::open(&context(&folder, &server.uri(), None)).unwrap();
    client.listens("rob", Window::Newest, 5).await.unwrap();
    assert!(matches!(client.listens("rob", Window::Newest, 5).await, Err(ClientError::CoolingDown { .. })));
}
