//! Nominatim, below `/nominatim/search`: places by name.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::state::Shared;
use crate::dice::Dice;
use crate::facts::{Area, Atlas, normal};

const LICENCE: &str = "Data © OpenStreetMap contributors, ODbL 1.0. http://osm.org/copyright";
/// The parts of an address by which one can search.
const PARTS: [&str; 7] = ["amenity", "street", "city", "county", "state", "country", "postalcode"];
/// The most places in one answer.
const MOST: usize = 40;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/search", get(search)).fallback(async || refuse(StatusCode::NOT_FOUND, "Not Found"))
}

async fn search(State(shared): State<Arc<Shared>>, Query(query): Query<HashMap<String, String>>) -> Response {
    let field = |name: &str| query.get(name).map(String::as_str).filter(|value| !value.is_empty());
    let parts: Vec<(&str, &str)> = PARTS.iter().filter_map(|part| Some((*part, field(part)?))).collect();
    let wish = match (field("q"), parts.as_slice()) {
        (None, []) => return refuse(StatusCode::BAD_REQUEST, "Nothing to search for."),
        (Some(words), []) => Wish::of_words(words),
        (None, parts) => Wish::of_parts(parts),
        (Some(_), _) => {
            let message = "Structured query parameters(amenity, street, city, county, state, postalcode, country) \
                           cannot be used together with 'q' parameter.";
            return refuse(StatusCode::BAD_REQUEST, message);
        }
    };
    let format = field("format");
    if !matches!(format, Some("jsonv2" | "json")) {
        // Whoever names no format gets the page for people.
        return Html("<!DOCTYPE html><html><head><title>Nominatim</title></head><body></body></html>").into_response();
    }
    let countries: Vec<String> =
        field("countrycodes").into_iter().flat_map(|codes| codes.split(',')).map(upper).collect();
    let atlas = shared.world.facts().atlas();
    let is_there = |index: usize| {
        let country = atlas.country_code(index);
        countries.is_empty() || country.is_some_and(|country| countries.iter().any(|code| code == country))
    };
    let found = (0..atlas.areas.len()).filter(|index| is_there(*index) && wish.fits(atlas, *index));
    let mut found: Vec<(usize, f64)> = found.map(|index| (index, importance(&atlas.areas[index]))).collect();
    found.sort_by(|(_, left), (_, right)| right.total_cmp(left));
    let limit = field("limit").and_then(|limit| limit.parse().ok()).unwrap_or(10).clamp(1, MOST);
    let in_english = field("accept-language").is_some_and(|language| language.starts_with("en"));
    let with_address = field("addressdetails") == Some("1");
    let shown = found.into_iter().take(limit).filter_map(|(index, importance)| {
        let mut shown = shown(atlas, index, in_english, with_address)?;
        shown["importance"] = json!(importance);
        if format == Some("json") {
            shown["class"] = shown["category"].take();
            shown.as_object_mut()?.remove("category");
        }
        Some(shown)
    });
    Json(shown.collect::<Vec<_>>()).into_response()
}

fn upper(code: &str) -> String {
    code.trim().to_uppercase()
}

/// What is looked for.
struct Wish {
    /// Its name.
    name: String,
    /// What kind of place it must be; any when empty.
    kinds: &'static [Option<&'static str>],
    /// The names of what it must be part of.
    within: Vec<String>,
}

impl Wish {
    /// `Springfield, Illinois, United States`
    fn of_words(words: &str) -> Self {
        let mut names = words.split(',').map(normal);
        Self { name: names.next().unwrap_or_default(), kinds: &[], within: names.collect() }
    }

    fn of_parts(parts: &[(&str, &str)]) -> Self {
        // In the order of the parts of an address the first is the finest.
        let (finest, name) = parts.first().copied().unwrap_or_default();
        let kinds: &[Option<&str>] = match finest {
            "city" => {
                &[Some("City"), Some("Municipality"), Some("District"), Some("Subdivision"), Some("Island"), None]
            }
            "county" => &[Some("County"), Some("Municipality")],
            "state" => &[Some("Subdivision"), Some("Island")],
            "country" => &[Some("Country")],
            // Nobody lives in this world's streets.
            _ => &[Some("Street")],
        };
        let within = parts.iter().skip(1).map(|(_, name)| normal(name)).collect();
        Self { name: normal(name), kinds, within }
    }

    fn fits(&self, atlas: &Atlas, index: usize) -> bool {
        let area = &atlas.areas[index];
        let is_called = |area: &Area, name: &str| {
            normal(area.name) == name || area.local_name.is_some_and(|local| normal(local) == name)
        };
        let ancestry = atlas.ancestry(index);
        area.nominatim_point.is_some()
            && is_called(area, &self.name)
            && (self.kinds.is_empty() || self.kinds.contains(&area.kind))
            && self.within.iter().all(|name| ancestry.iter().any(|above| is_called(&atlas.areas[*above], name)))
    }
}

/// Countries are more important than cities, and of two cities always the same one is.
fn importance(area: &Area) -> f64 {
    let level = match area.kind {
        Some("Country") => 0.8,
        Some("City") => 0.6,
        Some("Subdivision") => 0.5,
        _ => 0.4,
    };
    level + (Dice::new(0, &area.mbid).unit() * 1e6).round() / 1e7
}

fn shown(atlas: &Atlas, index: usize, in_english: bool, with_address: bool) -> Option<Value> {
    let area = &atlas.areas[index];
    let (latitude, longitude) = area.nominatim_point?;
    let name = |area: &Area| if in_english { area.name } else { area.local_name.unwrap_or(area.name) };
    let ancestry: Vec<&Area> = atlas.ancestry(index).into_iter().map(|index| &atlas.areas[index]).collect();
    let (kind, rank) = match area.kind {
        Some("Country") => ("country", 4),
        Some("Subdivision") => ("state", 8),
        Some("County") => ("county", 12),
        Some("City" | "Municipality") => ("city", 16),
        Some("Island") => ("island", 17),
        _ => ("suburb", 19),
    };
    let is_boundary = matches!(kind, "country" | "state" | "county");
    let mut dice = Dice::new(1, &area.mbid);
    let mut shown = json!({
        "addresstype": kind,
        "boundingbox": [
            format!("{:.7}", latitude - 0.16), format!("{:.7}", latitude + 0.16),
            format!("{:.7}", longitude - 0.16), format!("{:.7}", longitude + 0.16),
        ],
        "category": if is_boundary { "boundary" } else { "place" },
        "display_name": ancestry.iter().map(|area| name(area)).collect::<Vec<_>>().join(", "),
        "lat": format!("{latitude:.7}"),
        "licence": LICENCE,
        "lon": format!("{longitude:.7}"),
        "name": name(area),
        "osm_id": dice.between(10_000, 9_000_000),
        "osm_type": "relation",
        "place_id": dice.between(1_000_000, 400_000_000),
        "place_rank": rank,
        "type": if is_boundary { "administrative" } else { kind },
    });
    if with_address {
        let mut address = json!({});
        for area in ancestry {
            let key = match area.kind {
                Some("Country") => "country",
                Some("Subdivision") => "state",
                Some("County") => "county",
                Some("Island") => "island",
                Some("District") => "suburb",
                _ => "city",
            };
            address[key] = json!(name(area));
            if let (Some("Subdivision"), Some(code)) = (area.kind, area.subdivision_codes.first()) {
                address["ISO3166-2-lvl4"] = json!(code);
            }
        }
        if let Some(country) = atlas.country_code(index) {
            address["country_code"] = json!(country.to_lowercase());
        }
        shown["address"] = address;
    }
    Some(shown)
}

fn refuse(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({"error": {"code": status.as_u16(), "message": message}}))).into_response()
}
