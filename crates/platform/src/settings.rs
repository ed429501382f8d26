//! Settings, read once in `main`: defaults in code, then `config/<environment>.toml`, then
//! the environment (process variables over a `.env` file in the current folder).

mod dotenv;
mod pace;
mod variables;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::Context;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use config::{Config, File, FileFormat};
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use crate::Stop;
use variables::{filled, overrides, process_vars, with_overrides};

pub use pace::is_of_this_machine;
pub use variables::names;

/// The kind of place this runs in; it chooses the middle layer of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// A laptop: no limits, verbose.
    #[default]
    Development,
    /// Tests: small limits, a clock that can be set.
    Testing,
    /// A server.
    Production,
}

/// All settings of all programs. A program ignores what does not concern it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Which middle layer was used.
    #[serde(skip)]
    pub environment: Environment,
    /// The data folder.
    pub data_dir: PathBuf,
    /// The star schema, when it lies outside the data folder.
    pub duckdb_path: Option<PathBuf>,
    /// A tracing filter, such as `info` or `ingest=debug,info`.
    /// When absent, people at a terminal see warnings (they get progress bars and a summary),
    /// and collectors see every step.
    pub log_level: Option<String>,
    /// The IANA zone of a first account; the system's zone when absent.
    pub timezone: Option<Tz>,
    /// A web page or mail address that goes into the User-Agent of every request.
    pub contact: Option<String>,
    /// Where all programs on this machine keep the pace of services that count by address, whatever their data
    /// folder; where the system keeps such things when absent.
    pub pace_dir: Option<PathBuf>,
    /// That place of the system, where it has one.
    #[serde(skip)]
    pub state_of_person: Option<PathBuf>,
    /// A fixed clock, for tests only.
    pub now: Option<DateTime<Utc>>,
    /// Where people reach the web pages, such as `https://music.example.org`.
    pub public_url: Option<Url>,
    /// What seals tokens; a key file in the data folder when absent.
    pub secret_key: Option<SecretString>,
    /// How passing troubles of a service are waited out.
    pub http: Http,
    /// The Spotify Web API.
    pub spotify: Spotify,
    /// ListenBrainz.
    pub listenbrainz: Listenbrainz,
    /// Last.fm.
    pub lastfm: Lastfm,
    /// MusicBrainz.
    pub musicbrainz: Upstream,
    /// Wikidata's query service.
    pub wikidata: Upstream,
    /// Nominatim, the search of OpenStreetMap.
    pub nominatim: Upstream,
    /// OpenWeather's geocoding.
    pub openweather: Openweather,
    /// What an import accepts.
    pub import: Import,
    /// How the star schema is built.
    pub transform: Transform,
}

/// The Spotify Web API.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spotify {
    /// The root of the Web API, with a slash at the end.
    pub base_url: Url,
    /// The root of the token service, with a slash at the end.
    pub accounts_base_url: Url,
    /// The app's public id.
    pub client_id: Option<String>,
    /// The app's secret; absent for apps that use PKCE.
    pub client_secret: Option<SecretString>,
    /// A refresh token to adopt when an account has none yet.
    pub refresh_token: Option<SecretString>,
    /// Where Spotify sends a person back to who logged in, when it is not a port of this
    /// machine: an HTTPS address that is registered with the app.
    pub redirect_url: Option<Url>,
    /// Whose app it is. Spotify counts requests by developer, not by app: apps of one
    /// developer share their budgets.
    pub developer: String,
    /// The least time between two requests.
    pub spacing_ms: u64,
    /// The most polls in 24 hours; nothing else can spend them.
    pub polls_per_day: u32,
    /// The most other requests in 24 hours.
    pub lookups_per_day: u32,
}

/// How passing troubles of a service are waited out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// The longest a request may take.
    pub timeout_secs: u64,
    /// How often a request is repeated.
    pub retries: u32,
    /// The wait before the first repetition.
    pub first_wait_ms: u64,
    /// Whoever must wait longer gives up, and the next run tries.
    pub longest_wait_ms: u64,
}

/// ListenBrainz.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listenbrainz {
    /// The root of the API, with a slash at the end.
    pub base_url: Url,
    /// A user token; listens can be read without one, but more slowly.
    pub token: Option<SecretString>,
    /// The least time between two requests.
    pub spacing_ms: u64,
}

/// Last.fm.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lastfm {
    /// The root of the API, with a slash at the end.
    pub base_url: Url,
    /// The key of an API account.
    pub api_key: Option<SecretString>,
    /// The least time between two requests.
    pub spacing_ms: u64,
}

/// A service that asks for nothing but a pace.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upstream {
    /// The root of the API, with a slash at the end.
    pub base_url: Url,
    /// The least time between two requests.
    pub spacing_ms: u64,
}

/// OpenWeather's geocoding.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Openweather {
    /// The root of the API, with a slash at the end.
    pub base_url: Url,
    /// The key of an account; without one it is not asked.
    pub api_key: Option<SecretString>,
    /// The least time between two requests.
    pub spacing_ms: u64,
}

/// Limits on what an import accepts, so that a hostile archive cannot fill the disk.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Import {
    /// The largest listening file, unpacked.
    pub max_file_bytes: u64,
    /// The largest sum of listening files of one archive, unpacked.
    pub max_archive_bytes: u64,
    /// The largest ratio of unpacked to packed size of one file.
    pub max_ratio: u64,
    /// Files read at once; 0 means one for each core.
    pub threads: usize,
}

/// How the star schema is built.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transform {
    /// DuckDB's `memory_limit`, such as `400MB`; DuckDB's own choice when absent.
    pub memory_limit: Option<String>,
    /// DuckDB's `threads`; one for each core when absent.
    pub threads: Option<u32>,
    /// A folder in which DuckDB logs every statement, to look into a slow build.
    pub query_log: Option<PathBuf>,
    /// A folder of SQL models to use instead of the ones in the program.
    pub sql_dir: Option<PathBuf>,
    /// The models that are wanted, such as `fct_track_played,rpt_top_artists`: they and all that
    /// they read are built, and nothing else is. Everything when absent.
    pub models: Option<String>,
}

impl Settings {
    /// Reads the settings of this process: its variables, and `.env` in the current folder.
    ///
    /// # Errors
    /// A [`Stop::Usage`] that names the setting that is wrong.
    pub fn from_process() -> anyhow::Result<Self> {
        let mut vars: HashMap<String, String> = dotenv::pairs(Path::new(".env"))?.into_iter().collect();
        vars.extend(process_vars());
        Self::from_vars(&vars)
    }

    /// Reads the settings from these variables instead of the process's own.
    ///
    /// # Errors
    /// A [`Stop::Usage`] that names the setting that is wrong.
    pub fn from_vars(vars: &HashMap<String, String>) -> anyhow::Result<Self> {
        Self::read(vars).map_err(|error| Stop::Usage(format!("{error:#} (see .env.example)")).into())
    }

    fn read(vars: &HashMap<String, String>) -> anyhow::Result<Self> {
        let environment = match filled(vars, "ENVIRONMENT") {
            None | Some("development") => Environment::Development,
            Some("testing") => Environment::Testing,
            Some("production") => Environment::Production,
            Some(other) => anyhow::bail!("ENVIRONMENT must be development, testing or production, not {other:?}"),
        };
        let mut builder = Config::builder()
            .set_default("data_dir", "data")?
            .set_default("spotify.base_url", "https://api.spotify.com/v1/")?
            .set_default("spotify.accounts_base_url", "https://accounts.spotify.com/")?
            .set_default("spotify.developer", "default")?
            .set_default("spotify.spacing_ms", 1_000)?
            .set_default("spotify.polls_per_day", 300)?
            .set_default("spotify.lookups_per_day", 300)?
            .set_default("listenbrainz.base_url", "https://api.listenbrainz.org/1/")?
            .set_default("listenbrainz.spacing_ms", 350)?
            .set_default("lastfm.base_url", "https://ws.audioscrobbler.com/2.0/")?
            .set_default("lastfm.spacing_ms", 250)?
            .set_default("musicbrainz.base_url", "https://musicbrainz.org/ws/2/")?
            .set_default("musicbrainz.spacing_ms", 1_000)?
            .set_default("wikidata.base_url", "https://query.wikidata.org/")?
            .set_default("wikidata.spacing_ms", 1_000)?
            .set_default("nominatim.base_url", "https://nominatim.openstreetmap.org/")?
            .set_default("nominatim.spacing_ms", 1_000)?
            .set_default("openweather.base_url", "https://api.openweathermap.org/")?
            .set_default("openweather.spacing_ms", 1_000)?
            .set_default("http.timeout_secs", 30)?
            .set_default("http.retries", 2)?
            .set_default("http.first_wait_ms", 1_000)?
            .set_default("http.longest_wait_ms", 20_000)?
            .set_default("import.max_file_bytes", 4_i64 << 30)?
            .set_default("import.max_archive_bytes", 32_i64 << 30)?
            .set_default("import.max_ratio", 200)?
            .set_default("import.threads", 0)?
            .set_default("transform.sql_dir", None::<String>)?
            .add_source(File::from_str(environment.layer(), FileFormat::Toml));
        if let Some(folder) = filled(vars, "CONFIG_DIR") {
            let file = Path::new(folder).join(environment.file_name());
            builder = builder.add_source(File::from(file.as_path()).required(true));
        }
        let mut settings = with_overrides(builder, &overrides(vars))?;
        settings.environment = environment;
        settings.state_of_person = pace::state_of_person(vars);
        for (name, url) in [
            ("SPOTIFY_BASE_URL", &mut settings.spotify.base_url),
            ("SPOTIFY_ACCOUNTS_BASE_URL", &mut settings.spotify.accounts_base_url),
            ("LISTENBRAINZ_BASE_URL", &mut settings.listenbrainz.base_url),
            ("LASTFM_BASE_URL", &mut settings.lastfm.base_url),
            ("MUSICBRAINZ_BASE_URL", &mut settings.musicbrainz.base_url),
            ("WIKIDATA_BASE_URL", &mut settings.wikidata.base_url),
            ("NOMINATIM_BASE_URL", &mut settings.nominatim.base_url),
            ("OPENWEATHER_BASE_URL", &mut settings.openweather.base_url),
        ] {
            if !url.path().ends_with('/') {
                *url = Url::parse(&format!("{url}/")).with_context(|| format!("{name} is no base URL"))?;
            }
        }
        let spotify = &mut settings.spotify;
        spotify.spacing_ms = pace::a_second_at_least(&spotify.base_url, spotify.spacing_ms);
        for upstream in [&mut settings.musicbrainz, &mut settings.nominatim] {
            upstream.spacing_ms = pace::a_second_at_least(&upstream.base_url, upstream.spacing_ms);
        }
        anyhow::ensure!(
            settings.now.is_none() || environment == Environment::Testing,
            "TRACKER_NOW is accepted only when ENVIRONMENT=testing"
        );
        Ok(settings)
    }

    /// The zone of a first account: `TIMEZONE`, else the system's, else UTC.
    pub fn home_zone(&self) -> Tz {
        self.timezone
            .or_else(|| iana_time_zone::get_timezone().ok().and_then(|name| Tz::from_str(&name).ok()))
            .unwrap_or(Tz::UTC)
    }
}

impl Environment {
    fn file_name(self) -> &'static str {
        match self {
            Self::Development => "development.toml",
            Self::Testing => "testing.toml",
            Self::Production => "production.toml",
        }
    }

    fn layer(self) -> &'static str {
        match self {
            Self::Development => include_str!("../../../config/development.toml"),
            Self::Testing => include_str!("../../../config/testing.toml"),
            Self::Production => include_str!("../../../config/production.toml"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(vars: &[(&str, &str)]) -> anyhow::Result<Settings> {
        Settings::from_vars(&vars.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect())
    }

    #[test]
    fn later_layers_win() {
        let settings = load(&[("DATA_DIR", "/elsewhere"), ("MUSIC_IMPORT__MAX_RATIO", "7")]).unwrap();
        assert_eq!(settings.data_dir, Path::new("/elsewhere"));
        assert_eq!(settings.import.max_ratio, 7);
        assert_eq!(settings.spotify.base_url.as_str(), "https://api.spotify.com/v1/");
    }

    #[test]
    fn a_base_url_needs_no_slash() {
        let settings = load(&[("SPOTIFY_BASE_URL", "http://127.0.0.1:9/v1")]).unwrap();
        assert_eq!(settings.spotify.base_url.join("me").unwrap().as_str(), "http://127.0.0.1:9/v1/me");
    }

    /// What `.env.example` offers, and what anybody may set: both sent requests without a pause.
    #[test]
    fn no_setting_makes_services_be_asked_faster_than_they_bear() {
        let spacings = |vars: &[(&str, &str)]| {
            let settings = load(vars).unwrap();
            [settings.musicbrainz.spacing_ms, settings.nominatim.spacing_ms, settings.spotify.spacing_ms]
        };
        assert_eq!(spacings(&[]), [1_000; 3]);
        assert_eq!(spacings(&[("ENVIRONMENT", "testing")]), [1_000; 3]);
        let names = ["MUSIC_MUSICBRAINZ__SPACING_MS", "MUSIC_NOMINATIM__SPACING_MS", "MUSIC_SPOTIFY__SPACING_MS"];
        assert_eq!(spacings(&names.map(|name| (name, "10"))), [1_000; 3]);
        assert_eq!(spacings(&names.map(|name| (name, "5000"))), [5_000; 3]);
        let here = [("ENVIRONMENT", "testing"), ("MUSICBRAINZ_BASE_URL", "http://127.0.0.1:9/ws/2/")];
        assert_eq!(spacings(&here), [0, 1_000, 1_000]);
    }

    #[test]
    fn an_empty_variable_means_unset() {
        assert!(load(&[("SPOTIFY_CLIENT_ID", "")]).unwrap().spotify.client_id.is_none());
    }

    #[test]
    fn a_wrong_setting_is_named() {
        for (vars, name) in [
            (vec![("TIMEZONE", "Mars/Olympus")], "TIMEZONE"),
            (vec![("SPOTIFY_BASE_URL", "nonsense")], "SPOTIFY_BASE_URL"),
            (vec![("MUSIC_IMPORT__MAX_RATIO", "many")], "MUSIC_IMPORT__MAX_RATIO"),
            (vec![("MUSIC_IMPORT__MAX_RATIO", "7"), ("MUSIC_IMPORT__MAX_RATOI", "7")], "MUSIC_IMPORT__MAX_RATOI"),
            (vec![("MUSIC_IMPROT__MAX_RATIO", "7")], "MUSIC_IMPROT__MAX_RATIO"),
            (vec![("MUSIC_LOG_LEVLE", "info")], "MUSIC_LOG_LEVLE"),
            (vec![("ENVIRONMENT", "staging")], "ENVIRONMENT"),
            (vec![("TRACKER_NOW", "2026-01-01T00:00:00Z")], "TRACKER_NOW"),
        ] {
            let error = load(&vars).unwrap_err();
            assert_eq!(Stop::in_chain(&error).map(Stop::exit_code), Some(2));
            assert!(error.to_string().contains(name), "{error} does not name {name}");
        }
    }

    #[test]
    fn a_wrong_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("development.toml");
        crate::files::write_whole(&file, b"[import]\nmax_ratoi = 7\n").unwrap();
        let error = load(&[("CONFIG_DIR", folder.path().to_str().unwrap())]).unwrap_err().to_string();
        assert!(error.contains("CONFIG_DIR") && error.contains("max_ratoi"), "{error}");
    }

    #[test]
    fn what_the_tests_are_told_is_no_setting() {
        load(&[("MUSIC_KILLS", "50")]).unwrap();
    }

    #[test]
    fn a_fixed_clock_is_for_tests() {
        let settings = load(&[("ENVIRONMENT", "testing"), ("TRACKER_NOW", "2026-01-01T00:00:00Z")]).unwrap();
        assert!(settings.now.is_some());
    }

    #[test]
    fn secrets_do_not_show() {
        let settings = load(&[("SPOTIFY_CLIENT_SECRET", "hunter2")]).unwrap();
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
