//! The points that are shipped for countries and subdivisions lie where they should.

use std::collections::BTreeMap;

const COUNTRIES: &str = include_str!("../../../../../sql/seeds/countries.csv");
const SUBDIVISIONS: &str = include_str!("../../../../../sql/seeds/subdivisions.csv");

/// Boxes around the parts of each country, a third of a degree wider, in degrees: from Natural Earth
/// (10 m; public domain), with some islands that it leaves out. Subdivisions that are territories of
/// their own (`FR-NC`) have their own boxes.
const BOXES: &str = include_str!("country_boxes.csv");

/// Countries so small that the middles of neighbours lie close to each other.
const SMALL: [&str; 6] = ["LI", "MC", "MT", "NR", "SC", "SM"];

/// A capital and what lies around it, a town and its district, one place under two codes.
const CLOSE: [[&str; 2]; 10] = [
    ["AZ-NV", "AZ-NX"],
    ["CZ-42", "CZ-426"],
    ["DO-32", "DO-40"],
    ["EE-251", "EE-803"],
    ["GB-LND", "GB-SWK"],
    ["IS-0", "IS-RKV"],
    ["KZ-79", "KZ-SHY"],
    ["MH-T", "MH-WTJ"],
    ["MK-814", "MK-815"],
    ["SI-081", "SI-141"],
];

struct Place {
    code: String,
    country: String,
    latitude: f64,
    longitude: f64,
}

/// The places of a seed that have a point.
fn places(seed: &str, code: &str, is_wanted: impl Fn(&BTreeMap<String, String>) -> bool) -> Vec<Place> {
    let mut places = Vec::new();
    for row in csv::Reader::from_reader(seed.as_bytes()).deserialize() {
        let row: BTreeMap<String, String> = row.unwrap();
        if !is_wanted(&row) || row["latitude"].is_empty() {
            continue;
        }
        places.push(Place {
            code: row[code].clone(),
            country: row["country_code"].clone(),
            latitude: row["latitude"].parse().unwrap(),
            longitude: row["longitude"].parse().unwrap(),
        });
    }
    places
}

fn subdivisions() -> Vec<Place> {
    places(SUBDIVISIONS, "subdivision_code", |_| true)
}

/// South, west, north and east of every part, by code.
fn boxes() -> BTreeMap<String, Vec<[f64; 4]>> {
    let mut boxes: BTreeMap<String, Vec<[f64; 4]>> = BTreeMap::new();
    for row in csv::Reader::from_reader(BOXES.as_bytes()).deserialize() {
        let (code, south, west, north, east): (String, f64, f64, f64, f64) = row.unwrap();
        boxes.entry(code).or_default().push([south, west, north, east]);
    }
    boxes
}

#[test]
fn every_point_lies_within_its_country() {
    let boxes = boxes();
    let countries = places(COUNTRIES, "country_code", |row| row["code_kind"] == "iso");
    let subdivisions = subdivisions();
    assert!(countries.len() > 240 && subdivisions.len() > 5000, "the seeds were not read");
    let mut outside = Vec::new();
    for place in countries.iter().chain(&subdivisions) {
        let parts = boxes.get(&place.code).or_else(|| boxes.get(&place.country)).map_or(&[][..], Vec::as_slice);
        let is_inside = parts.iter().any(|[south, west, north, east]| {
            (*south..=*north).contains(&place.latitude) && (*west..=*east).contains(&place.longitude)
        });
        if !is_inside {
            outside.push(format!("{} ({}, {})", place.code, place.latitude, place.longitude));
        }
    }
    assert!(outside.is_empty(), "outside of their countries: {}", outside.join(", "));
}

#[test]
fn no_two_subdivisions_of_a_country_lie_at_the_same_point() {
    let mut by_country: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    for place in subdivisions() {
        by_country.entry(place.country.clone()).or_default().push(place);
    }
    let mut close = Vec::new();
    for (country, places) in &by_country {
        for (index, one) in places.iter().enumerate() {
            for other in &places[index + 1..] {
                let is_listed =
                    CLOSE.iter().any(|pair| pair.contains(&one.code.as_str()) && pair.contains(&other.code.as_str()));
                if !is_listed && !SMALL.contains(&country.as_str()) && kilometres(one, other) < 1.5 {
                    close.push(format!("{} and {}", one.code, other.code));
                }
            }
        }
    }
    assert!(close.is_empty(), "at the same point: {}", close.join(", "));
}

/// How far two places that are near each other lie apart.
fn kilometres(one: &Place, other: &Place) -> f64 {
    let north = one.latitude - other.latitude;
    let east = (one.longitude - other.longitude) * one.latitude.to_radians().cos();
    111.2 * north.hypot(east)
}
