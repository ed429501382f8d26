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
    /// MusicBrainz, below `/musicbrainz/`.
    MusicBrainz,
    /// Wikidata's query service, below `/wikidata/`.
    Wikidata,
    /// Nominatim, below `/nominatim/`.
    Nominatim,
    /// OpenWeather's geocoder, below `/openweather/`.
    OpenWeather,
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Spotify,
        Self::ListenBrainz,
        Self::LastFm,
        Self::MusicBrainz,
        Self::Wikidata,
        Self::Nominatim,
        Self::OpenWeather,
    ];

    /// Its name in JSON and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Spotify => "spotify",
            Self::ListenBrainz => "listenbrainz",
            Self::LastFm => "lastfm",
            Self::MusicBrainz => "musicbrainz",
            Self::Wikidata => "wikidata",
            Self::Nominatim => "nominatim",
            Self::OpenWeather => "openweather",
        }
    }

    /// The names of its endpoints, as faults and the log of requests have them. Whatever else
    /// is asked for is `other`.
    pub fn endpoints(self) -> &'static [&'static str] {
        match self {
            Self::Spotify => &[
                "authorize",
                "token",
                "me",
                "recently-played",
                "track",
                "album",
                "artist",
                "tracks",
                "albums",
                "artists",
                "other",
            ],
            Self::ListenBrainz => &[
                "validate-token",
                "listens",
                "listen-count",
                "lookup",
                "recording-metadata",
                "artist-metadata",
                "popularity",
                "other",
            ],
            Self::LastFm => &["recent-tracks", "other"],
            Self::MusicBrainz => &[
                "url",
                "isrc",
                "artist",
                "artist-search",
                "area",
                "area-search",
                "release-group",
                "release-groups",
                "release",
                "releases",
                "recording",
                "recording-search",
                "other",
            ],
            Self::Wikidata => &["sparql", "other"],
            Self::Nominatim => &["search", "other"],
            Self::OpenWeather => &["direct", "other"],
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
        let below = |service: Service| path.strip_prefix('/')?.strip_prefix(service.name())?.strip_prefix('/');
        let service = Service::ALL.into_iter().find(|service| below(*service).is_some()).unwrap_or(Service::Spotify);
        let rest = below(service).unwrap_or(path).trim_matches('/');
        let parts: Vec<&str> = rest.split('/').collect();
        let endpoint = match service {
            Service::Spotify => spotify(&parts),
            Service::ListenBrainz => listenbrainz(&parts),
            Service::MusicBrainz => musicbrainz(&parts),
            Service::LastFm if parts == ["2.0"] => "recent-tracks",
            Service::Wikidata if parts == ["sparql"] => "sparql",
            Service::Nominatim if parts == ["search"] => "search",
            Service::OpenWeather if parts == ["geo", "1.0", "direct"] => "direct",
            _ => "other",
        };
        Self { service, endpoint }
    }
}

fn spotify(parts: &[&str]) -> &'static str {
    match *parts {
        ["authorize"] => "authorize",
        ["api", "token"] => "token",
        ["v1", "me"] => "me",
        ["v1", "me", "player", "recently-played"] => "recently-played",
        ["v1", "tracks", _] => "track",
        ["v1", "albums", _] => "album",
        ["v1", "artists", _] => "artist",
        ["v1", "tracks"] => "tracks",
        ["v1", "albums"] => "albums",
        ["v1", "artists"] => "artists",
        _ => "other",
    }
}

fn listenbrainz(parts: &[&str]) -> &'static str {
    match *parts {
        ["1", "validate-token"] => "validate-token",
        ["1", "user", _, "listens"] => "listens",
        ["1", "user", _, "listen-count"] => "listen-count",
        ["1", "metadata", "lookup"] => "lookup",
        ["1", "metadata", "recording"] => "recording-metadata",
        ["1", "metadata", "artist"] => "artist-metadata",
        ["1", "popularity", _] => "popularity",
        _ => "other",
    }
}

fn musicbrainz(parts: &[&str]) -> &'static str {
    match *parts {
        ["ws", "2", "url"] => "url",
        ["ws", "2", "isrc", _] => "isrc",
        ["ws", "2", "artist", _] => "artist",
        ["ws", "2", "artist"] => "artist-search",
        ["ws", "2", "area", _] => "area",
        ["ws", "2", "area"] => "area-search",
        ["ws", "2", "release-group", _] => "release-group",
        ["ws", "2", "release-group"] => "release-groups",
        ["ws", "2", "release", _] => "release",
        ["ws", "2", "release"] => "releases",
        ["ws", "2", "recording", _] => "recording",
        ["ws", "2", "recording"] => "recording-search",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_has_a_path() {
        let lead = |service: Service, paths: &[&str]| {
            let targets: Vec<Target> = paths.iter().map(|path| Target::of(path)).collect();
            assert!(targets.iter().all(|target| target.service == service), "{targets:?}");
            assert_eq!(targets.iter().map(|target| target.endpoint).collect::<Vec<_>>(), service.endpoints());
        };
        let paths = ["/authorize", "/api/token", "/v1/me", "/v1/me/player/recently-played"];
        let catalogue = ["/v1/tracks/a", "/v1/albums/a", "/v1/artists/a", "/v1/tracks", "/v1/albums", "/v1/artists"];
        lead(Service::Spotify, &[&paths[..], &catalogue, &["/v1/x"]].concat());
        let below = |service: Service, paths: &[&str]| {
            let paths: Vec<String> = paths.iter().map(|path| format!("/{}/{path}", service.name())).collect();
            lead(service, &paths.iter().map(String::as_str).collect::<Vec<_>>());
        };
        let listens = ["1/validate-token", "1/user/a/listens", "1/user/a/listen-count"];
        let metadata = ["1/metadata/lookup/", "1/metadata/recording/", "1/metadata/artist/", "1/popularity/artist"];
        below(Service::ListenBrainz, &[&listens[..], &metadata, &["1/x"]].concat());
        below(Service::LastFm, &["2.0/", ""]);
        let kinds = ["url", "isrc/a", "artist/a", "artist", "area/a", "area", "release-group/a", "release-group"];
        let paths = [&kinds[..], &["release/a", "release", "recording/a", "recording", "work"]].concat();
        let paths: Vec<String> = paths.iter().map(|path| format!("ws/2/{path}")).collect();
        below(Service::MusicBrainz, &paths.iter().map(String::as_str).collect::<Vec<_>>());
        below(Service::Wikidata, &["sparql", ""]);
        below(Service::Nominatim, &["search", "reverse"]);
        below(Service::OpenWeather, &["geo/1.0/direct", "geo/1.0/zip"]);
    }
}
