//! OpenWeather's geocoder, below `/openweather/geo/1.0/direct`.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::state::Shared;
use crate::facts::{Atlas, normal};

/// The most places in one answer.
const MOST: usize = 5;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/geo/1.0/direct", get(direct))
        .fallback(async || refuse(StatusCode::NOT_FOUND, json!("404"), "Internal error"))
}

/// `q` is the name, then the state (in the United States), then the country.
async fn direct(State(shared): State<Arc<Shared>>, Query(query): Query<HashMap<String, String>>) -> Response {
    let field = |name: &str| query.get(name).map(String::as_str).filter(|value| !value.is_empty());
    let right = shared.options.openweather_api_key.as_deref();
    if field("appid").is_none_or(|key| right.is_some_and(|right| right != key)) {
        let message = "Invalid API key. Please see https://openweathermap.org/faq#error401 for more info.";
        return refuse(StatusCode::UNAUTHORIZED, json!(401), message);
    }
    let Some(words) = field("q") else {
        return refuse(StatusCode::BAD_REQUEST, json!("400"), "Nothing to geocode");
    };
    let parts: Vec<&str> = words.split(',').map(str::trim).collect();
    let (name, state, country) = match *parts {
        [name] => (name, None, None),
        [name, country] => (name, None, Some(country)),
        [name, state, country, ..] => (name, Some(state), Some(country)),
        [] => return refuse(StatusCode::BAD_REQUEST, json!("400"), "Nothing to geocode"),
    };
    let atlas = shared.world.facts().atlas();
    let limit = field("limit").and_then(|limit| limit.parse().ok()).unwrap_or(1).clamp(1, MOST);
    let found = (0..atlas.areas.len()).filter(|index| fits(atlas, *index, name, state, country));
    Json(found.take(limit).filter_map(|index| shown(atlas, index)).collect::<Vec<_>>()).into_response()
}

fn fits(atlas: &Atlas, index: usize, name: &str, state: Option<&str>, country: Option<&str>) -> bool {
    let area = &atlas.areas[index];
    let is_called = |other: &str| normal(other) == normal(name);
    let is_in_state = state.is_none_or(|state| {
        let mut above = atlas.ancestry(index).into_iter().map(|above| &atlas.areas[above]);
        above.any(|above| {
            let code = above.subdivision_codes.first().and_then(|code| code.split('-').nth(1));
            normal(above.name) == normal(state) || code.is_some_and(|code| code.eq_ignore_ascii_case(state))
        })
    });
    let code = atlas.country_code(index);
    area.openweather_point.is_some()
        && area.kind != Some("Country")
        && (is_called(area.name) || area.local_name.is_some_and(is_called))
        && is_in_state
        && country.is_none_or(|country| code.is_some_and(|code| code.eq_ignore_ascii_case(country)))
}

fn shown(atlas: &Atlas, index: usize) -> Option<Value> {
    let area = &atlas.areas[index];
    let (latitude, longitude) = area.openweather_point?;
    let mut shown = json!({"country": atlas.country_code(index), "lat": latitude, "lon": longitude, "name": area.name});
    if let Some(local_name) = area.local_name {
        shown["local_names"] = json!({"en": area.name, "local": local_name});
    }
    let state = atlas.ancestry(index).into_iter().skip(1).find(|above| atlas.areas[*above].kind == Some("Subdivision"));
    if let Some(state) = state {
        shown["state"] = json!(atlas.areas[state].name);
    }
    Some(shown)
}

fn refuse(status: StatusCode, code: Value, message: &str) -> Response {
    (status, Json(json!({"cod": code, "message": message}))).into_response()
}
