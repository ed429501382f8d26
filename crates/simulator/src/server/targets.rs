//! The services, and which part of which a request is meant for.

use serde::{Deserialize, Serialize};

/// An upstream service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// Spotify's accounts service and its Web API.
    Spotify,
    /// ListenBrainz, below `/listenbrainz/`.
    ListenBrainz,
    /// Last.fm, below `/lastfm/`.
    LastFm,
}

impl Service {
    /// The names of its endpoints, as faults and the log of requests have them. Whatever else
    /// is asked for is `other`.
    pub fn endpoints(self) -> &'static [&'static str] {
        match self {
            Self::Spotify => &["authorize", "token", "me", "recently-played", "other"],
            Self::ListenBrainz => &["validate-token", "listens", "listen-count", "other"],
            Self::LastFm => &["recent-tracks", "other"],
        }
    }
}

/// One endpoint of one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) service: Service,
    pub(super) endpoint: &'static str,
}

impl Target {
    /// Where a path leads.
    pub(super) fn of(path: &str) -> Self {
        let at = |service, endpoint| Self { service, endpoint };
        if let Some(rest) = path.strip_prefix("/listenbrainz/") {
            let endpoint = match rest.split('/').collect::<Vec<_>>().as_slice() {
                ["1", "validate-token"] => "validate-token",
                ["1", "user", _, "listens"] => "listens",
                ["1", "user", _, "listen-count"] => "listen-count",
                _ => "other",
            };
            return at(Service::ListenBrainz, endpoint);
        }
        if let Some(rest) = path.strip_prefix("/lastfm/") {
            return at(Service::LastFm, if matches!(rest, "2.0/" | "2.0") { "recent-tracks" } else { "other" });
        }
        let endpoint = match path {
            "/authorize" => "authorize",
            "/api/token" => "token",
            "/v1/me" => "me",
            "/v1/me/player/recently-played" => "recently-played",
            _ => "other",
        };
        at(Service::Spotify, endpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_has_a_path() {
        let paths = ["/authorize", "/api/token", "/v1/me", "/v1/me/player/recently-played", "/v1/x"];
        assert_eq!(paths.map(|path| Target::of(path).endpoint), Service::Spotify.endpoints());
        let paths = ["1/validate-token", "1/user/a/listens", "1/user/a/listen-count", "1/x"];
        let endpoints = paths.map(|path| Target::of(&format!("/listenbrainz/{path}")).endpoint);
        assert_eq!(endpoints, Service::ListenBrainz.endpoints());
        assert_eq!(Target::of("/lastfm/2.0/").endpoint, "recent-tracks");
        assert_eq!(Target::of("/lastfm/").service, Service::LastFm);
    }
}
