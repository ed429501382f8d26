//! Where areas lie.

use std::collections::BTreeMap;

use lake::cache::Subject;
use lake::facts::Coordinates;
use serde::Deserialize;

use super::{Outcome, Said, country, filled};

/// A point on Earth, in degrees.
type Point = (f64, f64);

#[derive(Deserialize)]
struct Sparql {
    results: Results,
}

#[derive(Deserialize)]
struct Results {
    bindings: Vec<Binding>,
}

#[derive(Deserialize)]
struct Binding {
    mb: Value,
    coord: Option<Value>,
    iso: Option<Value>,
}

#[derive(Deserialize)]
struct Value {
    value: String,
}

/// Coordinates by MusicBrainz's identifiers. One may have several: the first in order stands,
/// so that the choice stays the same; one with a country beats one without.
pub(super) fn wikidata(said: &mut Said<'_>) -> Result<(), serde_json::Error> {
    let body: Sparql = said.read()?;
    let mut found: BTreeMap<String, Vec<(bool, String, Option<String>)>> = BTreeMap::new();
    for binding in body.results.bindings {
        if let Some(coord) = binding.coord {
            let iso = binding.iso.and_then(|iso| country(Some(iso.value)));
            found.entry(binding.mb.value).or_default().push((iso.is_none(), coord.value, iso));
        }
    }
    for subject in said.subjects() {
        let mut candidates = found.remove(&subject.id).unwrap_or_default();
        candidates.sort();
        let place = candidates.into_iter().find_map(|(_, coord, iso)| Some((wkt(&coord)?, iso)));
        match place {
            Some((point, iso)) => at(said, subject, point, iso, None),
            None => said.came_of(subject, Outcome::None, Some("Wikidata has no coordinates for this area")),
        }
    }
    Ok(())
}

/// `Point(-0.1275 51.507)`: the longitude comes first.
fn wkt(text: &str) -> Option<Point> {
    let inner = text.trim().strip_prefix("Point(")?.strip_suffix(')')?;
    let (longitude, latitude) = inner.split_once(' ')?;
    sound((latitude.trim().parse().ok()?, longitude.trim().parse().ok()?))
}

/// A point that is on Earth.
fn sound((latitude, longitude): Point) -> Option<Point> {
    let is_sound = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
    is_sound.then_some((latitude, longitude))
}

#[derive(Deserialize)]
struct Found {
    lat: String,
    lon: String,
    display_name: Option<String>,
    #[serde(default)]
    address: Option<Address>,
}

#[derive(Deserialize)]
struct Address {
    country_code: Option<String>,
}

/// The best match of OpenStreetMap. Its numbers are texts.
pub(super) fn nominatim(said: &mut Said<'_>) -> Result<(), serde_json::Error> {
    let found: Vec<Found> = said.read()?;
    let Some(subject) = said.subjects().first() else { return Ok(()) };
    let place = found.into_iter().next().and_then(|one| {
        let point = sound((one.lat.parse().ok()?, one.lon.parse().ok()?))?;
        Some((point, country(one.address.and_then(|address| address.country_code)), one.display_name))
    });
    match place {
        Some((point, country, name)) => at(said, subject, point, country, name),
        None => said.came_of(subject, Outcome::None, Some("OpenStreetMap knows no such place")),
    }
    Ok(())
}

#[derive(Deserialize)]
struct Geocoded {
    lat: f64,
    lon: f64,
    name: Option<String>,
    country: Option<String>,
}

/// The best match of OpenWeather.
pub(super) fn openweather(said: &mut Said<'_>) -> Result<(), serde_json::Error> {
    let found: Vec<Geocoded> = said.read()?;
    let Some(subject) = said.subjects().first() else { return Ok(()) };
    let place = found.into_iter().next().and_then(|one| Some((sound((one.lat, one.lon))?, one.country, one.name)));
    match place {
        Some((point, iso, name)) => at(said, subject, point, country(iso), name),
        None => said.came_of(subject, Outcome::None, Some("OpenWeather knows no such place")),
    }
    Ok(())
}

fn at(said: &mut Said<'_>, subject: &Subject, point: Point, country: Option<String>, name: Option<String>) {
    said.came_of(subject, Outcome::Found, None);
    said.facts.area_coordinates.push(Coordinates {
        answer_id: said.id(),
        service: said.service(),
        area_id: subject.id.clone(),
        latitude: point.0,
        longitude: point.1,
        country_code: country,
        place_name: filled(name),
        fetched_at: said.at(),
    });
}
