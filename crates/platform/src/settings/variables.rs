//! The layer of the environment: which variable sets what, and which of them is wrong.

use std::collections::HashMap;

use anyhow::Context;
use config::builder::DefaultState;
use config::{ConfigBuilder, ConfigError};

use super::Settings;

/// Names that users know and that never change, and the setting each one sets. Everything
/// else is `MUSIC_<SECTION>__<KEY>`.
const FIXED_NAMES: &[(&str, &str)] = &[
    ("CONTACT", "contact"),
    ("DATA_DIR", "data_dir"),
    ("DUCKDB_PATH", "duckdb_path"),
    ("LASTFM_API_KEY", "lastfm.api_key"),
    ("LASTFM_BASE_URL", "lastfm.base_url"),
    ("LISTENBRAINZ_BASE_URL", "listenbrainz.base_url"),
    ("LISTENBRAINZ_TOKEN", "listenbrainz.token"),
    ("LOG_LEVEL", "log_level"),
    ("MUSICBRAINZ_BASE_URL", "musicbrainz.base_url"),
    ("NOMINATIM_BASE_URL", "nominatim.base_url"),
    ("OPENWEATHER_API_KEY", "openweather.api_key"),
    ("OPENWEATHER_BASE_URL", "openweather.base_url"),
    ("PUBLIC_URL", "public_url"),
    ("SPOTIFY_ACCOUNTS_BASE_URL", "spotify.accounts_base_url"),
    ("SPOTIFY_BASE_URL", "spotify.base_url"),
    ("SPOTIFY_CLIENT_ID", "spotify.client_id"),
    ("SPOTIFY_CLIENT_SECRET", "spotify.client_secret"),
    ("SPOTIFY_REFRESH_TOKEN", "spotify.refresh_token"),
    ("TIMEZONE", "timezone"),
    ("TRACKER_NOW", "now"),
    ("TRACKER_SECRET_KEY", "secret_key"),
    ("WIKIDATA_BASE_URL", "wikidata.base_url"),
];

/// Names that look like settings but belong to the tests.
const NO_SETTINGS: &[&str] = &["MUSIC_ARTISTS", "MUSIC_KILLS", "MUSIC_LIVES", "MUSIC_WORLDS"];

pub(super) type Builder = ConfigBuilder<DefaultState>;

/// The variables with a fixed name.
pub fn names() -> impl Iterator<Item = &'static str> {
    ["CONFIG_DIR", "ENVIRONMENT"].into_iter().chain(FIXED_NAMES.iter().map(|(name, _)| *name))
}

/// What the variables set: the name of each, its key, its value.
pub(super) fn overrides(vars: &HashMap<String, String>) -> Vec<(&str, String, &str)> {
    let fixed = FIXED_NAMES.iter().filter_map(|(name, key)| Some((*name, (*key).to_owned(), filled(vars, name)?)));
    let mut ours: Vec<_> = vars
        .iter()
        .filter(|(name, value)| !value.is_empty() && !NO_SETTINGS.contains(&name.as_str()))
        .filter_map(|(name, value)| {
            let key = name.strip_prefix("MUSIC_")?.to_lowercase().replace("__", ".");
            Some((name.as_str(), key, value.as_str()))
        })
        .collect();
    // The order of a map is another one each time, and the first wrong name is told.
    ours.sort();
    fixed.chain(ours).collect()
}

/// Puts the variables over the files. An error names what it is about: the files, or the
/// first variable that is wrong on its own.
pub(super) fn with_overrides(files: Builder, overrides: &[(&str, String, &str)]) -> anyhow::Result<Settings> {
    let read = |overrides: &[(&str, String, &str)]| -> Result<Settings, ConfigError> {
        let mut builder = files.clone();
        for (_, key, value) in overrides {
            builder = builder.set_override(key, *value)?;
        }
        builder.build()?.try_deserialize()
    };
    read(overrides).or_else(|error| {
        read(&[]).context("the files in CONFIG_DIR")?;
        for one in overrides {
            read(std::slice::from_ref(one)).with_context(|| one.0.to_owned())?;
        }
        Err(error.into())
    })
}

/// A variable that is set and not empty: `SPOTIFY_CLIENT_ID=` in `.env` means "not yet".
pub(super) fn filled<'v>(vars: &'v HashMap<String, String>, name: &str) -> Option<&'v str> {
    vars.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
}

#[allow(clippy::disallowed_methods, reason = "the one place that reads the process's variables")]
pub(super) fn process_vars() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}
