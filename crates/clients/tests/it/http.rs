//! What holds for every client: limits, redirects, broken connections.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use clients::{ClientError, MAX_BODY_BYTES};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::world::{access_token, answer, client, spotify};

#[tokio::test]
async fn names_itself_and_a_contact() {
    let server = MockServer::start().await;
    let user_agent = format!("music-tracker/{} ( https://example.org/me )", env!("CARGO_PKG_VERSION"));
    Mock::given(header("user-agent", user_agent.as_str())).respond_with(answer!(200, "me.json")).mount(&server).await;
    spotify(&server).me(&access_token()).await.unwrap();
}

#[tokio::test]
async fn stops_reading_a_body_that_is_too_large() {
    let server = MockServer::start().await;
    let body = vec![b' '; MAX_BODY_BYTES + 1];
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(200).set_body_bytes(body)).mount(&server).await;
    let error = spotify(&server).me(&access_token()).await.unwrap_err();
    assert!(matches!(error, ClientError::TooLarge { limit_bytes: MAX_BODY_BYTES, .. }), "{error}");
}

#[tokio::test]
async fn reads_a_body_of_the_largest_size() {
    let server = MockServer::start().await;
    let mut body = vec![b' '; MAX_BODY_BYTES];
    body[..2].copy_from_slice(b"{}");
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(200).set_body_bytes(body)).mount(&server).await;
    assert_eq!(spotify(&server).me(&access_token()).await.unwrap().body.len(), MAX_BODY_BYTES);
}

#[tokio::test]
async fn follows_a_redirect_on_the_same_host() {
    let server = MockServer::start().await;
    let moved = ResponseTemplate::new(301).insert_header("location", "/v2/me");
    Mock::given(path("/v1/me")).respond_with(moved).mount(&server).await;
    Mock::given(path("/v2/me")).respond_with(answer!(200, "me.json")).mount(&server).await;
    spotify(&server).me(&access_token()).await.unwrap();
}

#[tokio::test]
async fn takes_no_token_to_another_host() {
    let (server, stranger) = (MockServer::start().await, MockServer::start().await);
    let away = ResponseTemplate::new(302).insert_header("location", format!("{}/v1/me", stranger.uri()).as_str());
    Mock::given(path("/v1/me")).respond_with(away).expect(1).mount(&server).await;
    Mock::given(method("GET")).respond_with(answer!(200, "me.json")).expect(0).mount(&stranger).await;
    let error = spotify(&server).me(&access_token()).await.unwrap_err();
    assert!(matches!(&error, ClientError::Status { status, .. } if status.as_u16() == 302), "{error}");
}

#[tokio::test]
async fn gives_up_in_a_circle_of_redirects() {
    let server = MockServer::start().await;
    let again = ResponseTemplate::new(302).insert_header("location", "/v1/me");
    Mock::given(path("/v1/me")).respond_with(again).expect(6).mount(&server).await;
    let error = spotify(&server).me(&access_token()).await.unwrap_err();
    assert!(matches!(&error, ClientError::Status { status, .. } if status.as_u16() == 302), "{error}");
}

#[tokio::test]
async fn a_service_that_is_not_there() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = client(&format!("http://{address}"), None).me(&access_token()).await.unwrap_err();
    assert!(error.is_transient());
    assert_eq!(error.to_string(), format!("request to http://{address}/v1/me did not complete"));
}

#[tokio::test]
async fn an_answer_that_breaks_off() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let root = format!("http://{}", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        for _ in 0..3 {
            let (mut connection, _) = listener.accept().unwrap();
            assert!(connection.read(&mut [0; 4096]).unwrap() > 0);
            connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"items\":[").unwrap();
        }
    });
    let error = client(&root, None).recently_played(&access_token()).await.unwrap_err();
    assert!(matches!(error, ClientError::Transport { .. }), "{error}");
    server.join().unwrap();
}

#[tokio::test]
async fn a_service_that_does_not_speak_tls_is_a_passing_trouble() {
    let server = MockServer::start().await;
    let root = server.uri().replace("http://", "https://");
    let error = client(&root, None).me(&access_token()).await.unwrap_err();
    assert!(matches!(error, ClientError::Transport { .. }) && error.is_transient(), "{error}");
    assert!(server.received_requests().await.unwrap().is_empty());
}
