//! How a server behaves.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use clap::ValueEnum;
use serde::Deserialize;

/// Which fields Spotify's objects have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// All of them, as apps with extended quota get them.
    Extended,
    /// What is left for apps in development mode since February 2026.
    #[default]
    Development,
}

/// What a refresh without PKCE gives back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rotation {
    /// No refresh token: the old one stays in use.
    #[default]
    Keep,
    /// A new one; the old one stays good too.
    Renew,
    /// A new one; the old one is dead, as it always is with PKCE.
    Replace,
}

/// A way to ask for many things in one request that may not work for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Batch {
    /// Several URLs of MusicBrainz: `url?resource=…&resource=…`.
    Urls,
    /// A search for artists by MBID: `artist?query=arid:(… OR …)`.
    Artists,
    /// A search for areas by MBID: `area?query=aid:(… OR …)`.
    Areas,
    /// A search for recordings by ISRC: `recording?query=isrc:(… OR …)`.
    Isrcs,
    /// A search for what artists made by their MBIDs: `release-group?query=arid:(… OR …)`, and the same of recordings.
    Works,
    /// Several names at ListenBrainz: `POST metadata/lookup/`.
    Names,
}

/// An app that is registered with Spotify.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct App {
    /// Its client id.
    pub client_id: String,
    /// Its secret; without one only PKCE is possible.
    #[serde(default)]
    pub client_secret: Option<String>,
    /// Where logins may lead. They are compared letter by letter, but a loopback address
    /// without a port stands for any port.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// The developer account, whose apps share one quota.
    #[serde(default)]
    pub developer: String,
}

/// How a server behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// The shape of answers.
    pub shape: Shape,
    /// Accounts (by name) whose answers have another shape.
    pub shapes: HashMap<String, Shape>,
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The simulated clock at the start; the end of the world's history when absent.
    pub now: Option<DateTime<Utc>>,
    /// Whether access tokens expire after an hour of the simulated clock.
    pub tokens_expire: bool,
    /// The only client id and secret that the token service accepts; any when absent.
    pub client: Option<(String, String)>,
    /// The apps that are registered. With none (and no `client`) any app is accepted, with
    /// any redirect URI that the rules allow.
    pub apps: Vec<App>,
    /// What a refresh without PKCE gives back.
    pub rotation: Rotation,
    /// When the accounts authorized the refresh tokens they have from the beginning; those
    /// never expire when absent. Those from a login always die six months later.
    pub authorized_at: Option<DateTime<Utc>>,
    /// The first window in which ListenBrainz looks for listens. Nine times it moves on and
    /// is three times as wide, so after a silence of 29,524 such windows a page is empty
    /// without being the end. The real one is 30 days; less makes the quirk likely.
    pub listen_window: TimeDelta,
    /// The most listens on a page of ListenBrainz, however many are asked for. The real one has
    /// 1,000; less makes a short history long.
    pub listens_per_page: usize,
    /// How many requests ListenBrainz answers in ten seconds of the simulated clock; any when
    /// absent.
    pub listenbrainz_limit: Option<u32>,
    /// Whether reading listens needs a token too.
    pub listenbrainz_needs_token: bool,
    /// The only API key that Last.fm accepts; any when absent.
    pub lastfm_api_key: Option<String>,
    /// The time that MusicBrainz asks between two requests; zero for any. The real one is a
    /// second of the real clock, which is long for a test.
    pub musicbrainz_interval: Duration,
    /// The time that Nominatim asks between two requests; zero for any.
    pub nominatim_interval: Duration,
    /// Whether those who do not say who they are, in the User-Agent, are turned away.
    pub checks_user_agent: bool,
    /// Ways to ask for many things at once that are refused with 400, as if the services did
    /// not have them.
    pub refused_batches: Vec<Batch>,
    /// The only API key that OpenWeather accepts; any when absent.
    pub openweather_api_key: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            shape: Shape::default(),
            shapes: HashMap::new(),
            port: 0,
            now: None,
            tokens_expire: false,
            client: None,
            apps: Vec::new(),
            rotation: Rotation::default(),
            authorized_at: None,
            listen_window: TimeDelta::days(30),
            listens_per_page: 1_000,
            listenbrainz_limit: None,
            listenbrainz_needs_token: false,
            lastfm_api_key: None,
            musicbrainz_interval: Duration::from_secs(1),
            nominatim_interval: Duration::from_secs(1),
            checks_user_agent: true,
            refused_batches: Vec::new(),
            openweather_api_key: None,
        }
    }
}

impl Options {
    /// The registered apps, `client` among them.
    pub(super) fn registered(&self) -> Vec<App> {
        let client = self.client.iter().map(|(id, secret)| App {
            client_id: id.clone(),
            client_secret: Some(secret.clone()),
            redirect_uris: vec!["http://127.0.0.1".into(), "http://[::1]".into()],
            developer: "developer".into(),
        });
        client.chain(self.apps.iter().cloned()).collect()
    }
}
