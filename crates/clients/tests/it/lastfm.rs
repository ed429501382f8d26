//! `user.getRecentTracks`

use clients::lastfm::Window;
use clients::{Answer, ClientError, Lastfm};
use tempfile::TempDir;
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::world::{LASTFM_API_KEY, context, text};

const EMPTY: &str = r##"{"recenttracks":{"track":[],"@attr":{"total":"0"}}}"##;

async fn check(given: ResponseTemplate, requests: u64) -> Result<Answer, ClientError> {
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(given).expect(requests).mount(&server).await;
    let folder = TempDir::new().unwrap();
    let client = Lastfm::open(&context(&folder, &server.uri(), None)).unwrap();
    let result = client.recent_tracks("rj", Window::default(), 200).await;
    assert!(!format!("{result:?}").contains(LASTFM_API_KEY));
    result
}

#[tokio::test]
async fn the_key_is_sent_and_not_shown() {
    let server = MockServer::start().await;
    Mock::given(path("/2.0/"))
        .and(query_param("api_key", LASTFM_API_KEY))
        .and(query_param("user", "a&b"))
        .and(query_param("from", "5"))
        .and(query_param("to", "9"))
        .and(query_param("limit", "200"))
        .respond_with(text(200, EMPTY))
        .expect(1)
        .mount(&server)
        .await;
    let folder = TempDir::new().unwrap();
    let client = Lastfm::open(&context(&folder, &server.uri(), None)).unwrap();
    let answer = client.recent_tracks("a&b", Window { from: Some(5), to: Some(9), page: 1 }, 900).await.unwrap();
    assert!(!answer.url.as_str().contains("api_key"), "{}", answer.url);
}

#[tokio::test]
async fn the_number_in_the_body_says_more_than_the_status() {
    for status in [200, 400, 403, 404, 500] {
        let refused = |number: u32| text(status, &format!(r#"{{"error":{number},"message":"no"}}"#));
        assert!(matches!(check(refused(6), 1).await, Err(ClientError::NotFound { .. })));
        assert!(matches!(check(refused(17), 1).await, Err(ClientError::Forbidden { .. })));
        assert!(matches!(check(refused(10), 1).await, Err(ClientError::Settings { .. })));
        assert!(matches!(check(refused(29), 1).await, Err(ClientError::RateLimited { .. })));
        assert!(matches!(check(refused(8), 3).await, Err(ClientError::Unreadable { .. })));
    }
}

#[tokio::test]
async fn without_a_key_there_is_no_client() {
    let folder = TempDir::new().unwrap();
    let mut context = context(&folder, "http://127.0.0.1:9", None);
    context.settings.lastfm.api_key = None;
    let error = Lastfm::open(&context).err().unwrap().to_string();
    assert!(error.starts_with("wrong settings: LASTFM_API_KEY is not set: "), "{error}");
}

#[tokio::test]
async fn an_empty_page_is_the_end_only_where_nothing_more_is_counted() {
    let empty = |tracks: &str, total: &str| {
        text(200, &format!(r#"{{"recenttracks":{{"track":{tracks},"@attr":{{"total":{total}}}}}}}"#))
    };
    let playing = r#"[{"name":"Now","@attr":{"nowplaying":"true"}}]"#;
    for tracks in ["[]", playing, &playing[1..playing.len() - 1]] {
        assert!(matches!(check(empty(tracks, "\"1800\""), 3).await, Err(ClientError::Unreadable { .. })), "{tracks}");
        assert!(matches!(check(empty(tracks, "1800"), 3).await, Err(ClientError::Unreadable { .. })), "{tracks}");
        assert!(check(empty(tracks, "\"0\""), 1).await.is_ok(), "{tracks}");
    }
}

#[tokio::test]
async fn a_later_page_is_empty_when_those_before_it_hold_all() {
    for (page, total, is_end) in [(2, 200, true), (2, 201, false), (4, 600, true), (4, 601, false)] {
        let server = MockServer::start().await;
        let body = format!(r#"{{"recenttracks":{{"track":[],"@attr":{{"total":"{total}"}}}}}}"#);
        Mock::given(method("GET")).respond_with(text(200, &body)).mount(&server).await;
        let folder = TempDir::new().unwrap();
        let client = Lastfm::open(&context(&folder, &server.uri(), None)).unwrap();
        let result = client.recent_tracks("rj", Window { page, ..Window::default() }, 200).await;
        assert_eq!(result.is_ok(), is_end, "page {page} of {total}");
    }
}

#[tokio::test]
async fn half_a_character_of_a_title_keeps_no_page_back() {
    let body = r#"{"recenttracks":{"track":[{"name":"A\ud800"}],"@attr":{"total":"1"}}}"#;
    assert!(check(text(200, body), 1).await.is_ok());
}

#[tokio::test]
async fn json_that_is_no_list_is_a_passing_trouble() {
    for body in ["{}", r#"{"recenttracks":{}}"#, r#"{"recenttracks":{"track":null}}"#, r#"{"recenttracks":[]}"#, "[]"] {
        assert!(matches!(check(text(200, body), 3).await, Err(ClientError::Unreadable { .. })), "{body}");
    }
    assert!(check(text(200, r#"{"recenttracks":{"@attr":{"total":"0"}}}"#), 1).await.is_ok());
}
