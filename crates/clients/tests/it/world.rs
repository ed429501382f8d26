//! A mock of Spotify's two services, and a client that asks it.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;

use clients::Spotify;
use clients::spotify::AccessToken;
use platform::{DataDir, JobContext, Settings, SystemClock};
use secrecy::SecretString;
use tempfile::TempDir;
use wiremock::{MockServer, ResponseTemplate};

pub(crate) const ACCESS_TOKEN: &str = "access-token-of-a-test";
pub(crate) const REFRESH_TOKEN: &str = "first-refresh-token";
pub(crate) const LISTENBRAINZ_TOKEN: &str = "token-of-a-listener";
pub(crate) const LASTFM_API_KEY: &str = "key-of-an-api-account";
pub(crate) const OPENWEATHER_API_KEY: &str = "key-of-openweather";
pub(crate) const CLIENT_SECRET: &str = "secret-of-the-app";

/// An app with a secret.
pub(crate) fn spotify(server: &MockServer) -> Client {
    client(&server.uri(), Some(CLIENT_SECRET))
}

/// An app that signs in by PKCE.
pub(crate) fn spotify_without_secret(server: &MockServer) -> Client {
    client(&server.uri(), None)
}

/// A client that tries again twice, almost at once.
pub(crate) fn client(root: &str, client_secret: Option<&str>) -> Client {
    let folder = TempDir::new().unwrap();
    let client = Spotify::open(&context(&folder, root, client_secret)).unwrap();
    Client { client, _folder: folder }
}

/// A client and the data folder in which it remembers limits.
pub(crate) struct Client {
    client: Spotify,
    _folder: TempDir,
}

impl Deref for Client {
    type Target = Spotify;

    fn deref(&self) -> &Spotify {
        &self.client
    }
}

/// A job in `folder` whose services are all at `root`.
pub(crate) fn context(folder: &TempDir, root: &str, client_secret: Option<&str>) -> JobContext {
    let mut vars: HashMap<String, String> = [
        ("ENVIRONMENT", "testing"),
        ("CONTACT", "https://example.org/me"),
        ("MUSIC_HTTP__FIRST_WAIT_MS", "1"),
        ("SPOTIFY_CLIENT_ID", "id-of-the-app"),
        ("LISTENBRAINZ_TOKEN", LISTENBRAINZ_TOKEN),
        ("LASTFM_API_KEY", LASTFM_API_KEY),
        ("OPENWEATHER_API_KEY", OPENWEATHER_API_KEY),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    for (name, path) in [
        ("SPOTIFY_BASE_URL", "/v1/"),
        ("SPOTIFY_ACCOUNTS_BASE_URL", "/"),
        ("LISTENBRAINZ_BASE_URL", "/1/"),
        ("LASTFM_BASE_URL", "/2.0/"),
        ("MUSICBRAINZ_BASE_URL", "/musicbrainz/"),
        ("WIKIDATA_BASE_URL", "/wikidata/"),
        ("NOMINATIM_BASE_URL", "/nominatim/"),
        ("OPENWEATHER_BASE_URL", "/openweather/"),
    ] {
        vars.insert(name.to_owned(), format!("{root}{path}"));
    }
    if let Some(secret) = client_secret {
        vars.insert("SPOTIFY_CLIENT_SECRET".to_owned(), secret.to_owned());
    }
    let (settings, data) = (Settings::from_vars(&vars).unwrap(), DataDir::new(folder.path(), None));
    JobContext::new(settings, data, Arc::new(SystemClock), "a-test")
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

/// The same in JSON.
pub(crate) fn json(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body, "application/json")
}

/// A job in a new folder whose services are all this one.
pub(crate) fn job(server: &MockServer) -> (TempDir, JobContext) {
    let folder = TempDir::new().unwrap();
    let context = context(&folder, &server.uri(), None);
    (folder, context)
}
