//! A mock of Spotify's two services, and a client that asks it.

use std::time::Duration;

use clients::spotify::AccessToken;
use clients::{Backoff, Spotify, http_client};
use platform::settings;
use secrecy::SecretString;
use wiremock::{MockServer, ResponseTemplate};

pub(crate) const ACCESS_TOKEN: &str = "access-token-of-a-test";
pub(crate) const REFRESH_TOKEN: &str = "first-refresh-token";
pub(crate) const CLIENT_SECRET: &str = "secret-of-the-app";

/// An app with a secret.
pub(crate) fn spotify(server: &MockServer) -> Spotify {
    client(&server.uri(), Some(CLIENT_SECRET))
}

/// An app that signs in by PKCE.
pub(crate) fn spotify_without_secret(server: &MockServer) -> Spotify {
    client(&server.uri(), None)
}

/// A client that tries again twice, at once.
pub(crate) fn client(root: &str, client_secret: Option<&str>) -> Spotify {
    let http = http_client(Some("https://example.org/me"), Duration::from_secs(30)).unwrap();
    let backoff = Backoff { retries: 2, first: Duration::ZERO, longest: Duration::ZERO };
    Spotify::new(http, &settings(root, client_secret)).unwrap().with_backoff(backoff)
}

pub(crate) fn settings(root: &str, client_secret: Option<&str>) -> settings::Spotify {
    settings::Spotify {
        base_url: format!("{root}/v1/").parse().unwrap(),
        accounts_base_url: format!("{root}/").parse().unwrap(),
        client_id: Some("id-of-the-app".to_owned()),
        client_secret: client_secret.map(SecretString::from),
        refresh_token: None,
        timeout_secs: 30,
    }
}

pub(crate) fn access_token() -> AccessToken {
    SecretString::from(ACCESS_TOKEN).into()
}

pub(crate) fn refresh_token() -> SecretString {
    SecretString::from(REFRESH_TOKEN)
}

/// An answer with a body from `tests/fixtures/spotify/`.
macro_rules! answer {
    ($status:expr, $name:literal) => {
        wiremock::ResponseTemplate::new($status)
            .set_body_raw(include_bytes!(concat!("../fixtures/spotify/", $name)).as_slice(), "application/json")
    };
}
pub(crate) use answer;

/// An answer with this text.
pub(crate) fn text(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body, "text/html")
}
