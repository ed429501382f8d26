//! The way of a person through Spotify's login.

use clients::ClientError;
use clients::spotify::Pkce;
use secrecy::{ExposeSecret, SecretString};
use wiremock::matchers::{body_string_contains, header, method, path};
use wiremock::{Mock, MockServer};

use crate::world::{answer, spotify, spotify_without_secret, text};

const BACK: &str = "http://127.0.0.1:8898/callback";

#[tokio::test]
async fn the_address_asks_for_the_least_and_carries_the_state() {
    let server = MockServer::start().await;
    let url = spotify(&server).authorize_url(BACK, "a-state", None).unwrap();
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let expected = [
        ("response_type", "code"),
        ("client_id", "id-of-the-app"),
        ("scope", "user-read-recently-played"),
        ("redirect_uri", BACK),
        ("state", "a-state"),
    ];
    assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let pkce = Pkce::new().unwrap();
    let url = spotify_without_secret(&server).authorize_url(BACK, "a-state", Some(&pkce)).unwrap();
    assert!(url.query().unwrap().contains("code_challenge_method=S256&code_challenge="));
    assert!(!url.as_str().contains(pkce.verifier.expose_secret()));
}

#[tokio::test]
async fn a_code_is_traded_once() {
    let server = MockServer::start().await;
    let code = SecretString::from("a-code");
    Mock::given(method("POST"))
        .and(path("/api/token"))
        .and(header("authorization", "Basic aWQtb2YtdGhlLWFwcDpzZWNyZXQtb2YtdGhlLWFwcA=="))
        .and(body_string_contains("grant_type=authorization_code&code=a-code&redirect_uri=http%3A%2F%2F127.0.0.1"))
        .respond_with(answer!(200, "token_rotated.json"))
        .expect(1)
        .mount(&server)
        .await;
    let tokens = spotify(&server).exchange(&code, BACK, None).await.unwrap();
    assert!(tokens.refresh_token.is_some());
}

#[tokio::test]
async fn an_app_without_a_secret_proves_itself_with_the_verifier() {
    let server = MockServer::start().await;
    let pkce = Pkce::new().unwrap();
    Mock::given(method("POST"))
        .and(body_string_contains(format!("code_verifier={}&client_id=id-of-the-app", pkce.verifier.expose_secret())))
        .respond_with(text(400, r#"{"error":"invalid_grant","error_description":"code was used"}"#))
        .expect(1)
        .mount(&server)
        .await;
    let error = spotify_without_secret(&server).exchange(&"a-code".into(), BACK, Some(&pkce)).await.unwrap_err();
    assert!(matches!(error, ClientError::Reauthorize { .. }), "{error}");
}
