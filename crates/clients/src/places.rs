//! Where places lie: Wikidata by identifier, Nominatim and OpenWeather by name.
//!
//! <https://www.wikidata.org/wiki/Wikidata:SPARQL_query_service>,
//! <https://nominatim.org/release-docs/latest/api/Search/>,
//! <https://operations.osmfoundation.org/policies/nominatim/>,
//! <https://openweathermap.org/api/geocoding-api>

use std::time::Duration;

use platform::{JobContext, settings};
use reqwest::Client;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::http::Reply;
use crate::line::join;
use crate::{Answer, Class, ClientError, Line, line};

/// The most areas of one question to Wikidata.
pub const MAX_AREAS: usize = 100;

/// The names under which requests are counted.
pub const LINES: [&str; 3] = ["wikidata", "nominatim", "openweather"];

const LOOKUPS: Class = Class { name: "lookups", per_day: None };

/// A place, from its own name to its country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'p> {
    /// The name of the place itself.
    pub name: &'p str,
    /// What kind of place the name is of.
    pub kind: PlaceKind,
    /// The state, province or county it is in.
    pub state: Option<&'p str>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<&'p str>,
}

/// What a name is the name of, as far as the question differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceKind {
    /// A city, a district, a municipality.
    Settlement,
    /// A county.
    County,
    /// A state, a province, a region of a country.
    State,
    /// A country.
    Country,
}

/// The query service of Wikidata.
pub struct Wikidata {
    line: Line,
    base_url: Url,
}

impl Wikidata {
    /// A client.
    ///
    /// # Errors
    /// When no line can be opened.
    pub fn open(context: &JobContext) -> anyhow::Result<Self> {
        let settings: &settings::Upstream = &context.settings.wikidata;
        let line = Line::open(context, LINES[0], Duration::from_millis(settings.spacing_ms))?;
        Ok(Self { line, base_url: settings.base_url.clone() })
    }

    /// The coordinates (P625) and countries (P17, P297) of what has these MusicBrainz area ids
    /// (P982), up to [`MAX_AREAS`].
    ///
    /// # Errors
    /// The usual ones.
    pub async fn areas(&self, area_ids: &[&str]) -> Result<Answer, ClientError> {
        let ids: Vec<String> = area_ids.iter().map(|id| format!("\"{id}\"")).collect();
        // VALUES comes first: with another plan the service once sent half a gigabyte.
        let query = format!(
            "SELECT ?mb ?coord ?iso WHERE {{ VALUES ?mb {{ {} }} ?place wdt:P982 ?mb . \
             OPTIONAL {{ ?place wdt:P625 ?coord }} OPTIONAL {{ ?place wdt:P17/wdt:P297 ?iso }} }}",
            ids.join(" ")
        );
        let url = join(&self.base_url, "sparql")?;
        let request = |http: &Client| {
            http.post(url.clone())
                .header("accept", "application/sparql-results+json")
                .form(&[("query", query.as_str()), ("format", "json")])
        };
        self.line.ask(LOOKUPS, &url, request, judge).await
    }
}

/// The search of OpenStreetMap.
pub struct Nominatim {
    line: Line,
    base_url: Url,
}

impl Nominatim {
    /// A client.
    ///
    /// # Errors
    /// When no line can be opened.
    pub fn open(context: &JobContext) -> anyhow::Result<Self> {
        let settings: &settings::Upstream = &context.settings.nominatim;
        let line = Line::open_by_address(context, LINES[1], settings)?;
        Ok(Self { line, base_url: settings.base_url.clone() })
    }

    /// The best match for a place, by its parts.
    ///
    /// # Errors
    /// The usual ones.
    pub async fn search(&self, place: Place<'_>) -> Result<Answer, ClientError> {
        let mut url = join(&self.base_url, "search")?;
        let mut query = url.query_pairs_mut();
        let key = match place.kind {
            PlaceKind::Settlement => "city",
            PlaceKind::County => "county",
            PlaceKind::State => "state",
            PlaceKind::Country => "country",
        };
        query.append_pair(key, place.name);
        if let Some(state) = place.state.filter(|_| matches!(place.kind, PlaceKind::Settlement | PlaceKind::County)) {
            query.append_pair("state", state);
        }
        if let Some(country) = place.country.filter(|_| place.kind != PlaceKind::Country) {
            query.append_pair("countrycodes", &country.to_lowercase());
        }
        query
            .append_pair("format", "jsonv2")
            .append_pair("limit", "1")
            .append_pair("addressdetails", "1")
            .append_pair("accept-language", "en");
        drop(query);
        let request = |http: &Client| http.get(url.clone());
        // Whoever asked too much got the page that says so with status 200, too. A moment later it is the same.
        let judge = |reply: Reply| match reply.status.as_u16() {
            200 if is_page(&reply.body) => Err(ClientError::RateLimited { retry_after: None, quota_exceeded: false }),
            _ => judge(reply),
        };
        self.line.ask(LOOKUPS, &url, request, judge).await
    }
}

fn is_page(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"<")
}

/// OpenWeather's geocoding.
pub struct Openweather {
    line: Line,
    base_url: Url,
    api_key: SecretString,
}

impl Openweather {
    /// A client, if the settings have a key.
    ///
    /// # Errors
    /// When no line can be opened.
    pub fn open(context: &JobContext) -> anyhow::Result<Option<Self>> {
        let settings: &settings::Openweather = &context.settings.openweather;
        let Some(api_key) = settings.api_key.clone() else { return Ok(None) };
        let line = Line::open(context, LINES[2], Duration::from_millis(settings.spacing_ms))?;
        Ok(Some(Self { line, base_url: settings.base_url.clone(), api_key }))
    }

    /// The best match for a place.
    ///
    /// # Errors
    /// [`ClientError::Settings`] when the key is not accepted, and the usual ones.
    pub async fn locate(&self, place: Place<'_>) -> Result<Answer, ClientError> {
        let mut url = join(&self.base_url, "geo/1.0/direct")?;
        // A state is understood for the United States only.
        let state = place.state.filter(|_| place.country == Some("US"));
        let parts: Vec<&str> = [Some(place.name), state, place.country].into_iter().flatten().collect();
        url.query_pairs_mut().append_pair("q", &parts.join(",")).append_pair("limit", "1");
        // The key goes into the request alone: `url` is what logs, errors and answers show.
        let request = |http: &Client| http.get(url.clone()).query(&[("appid", self.api_key.expose_secret())]);
        let judge = |reply: Reply| match reply.status.as_u16() {
            401 => Err(ClientError::Settings { message: "OPENWEATHER_API_KEY is not accepted".to_owned() }),
            _ => judge(reply),
        };
        self.line.ask(LOOKUPS, &url, request, judge).await
    }
}

/// Who asked too much is told so with 403 or 429.
fn judge(reply: Reply) -> Result<Answer, ClientError> {
    match reply.status.as_u16() {
        200 => line::json(reply).map(Answer::of),
        403 | 429 => Err(ClientError::RateLimited { retry_after: reply.retry_after, quota_exceeded: false }),
        _ => Err(reply.into_status_error()),
    }
}
