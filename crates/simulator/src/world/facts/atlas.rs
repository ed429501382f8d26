//! The places of the world, and who knows what about them.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::dice::Dice;

/// Where something is: latitude and longitude in degrees.
pub type Point = (f64, f64);

/// A place as MusicBrainz has it, the same in every world.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    /// Its MBID.
    pub mbid: String,
    /// Its name in MusicBrainz, often that of the place itself.
    pub name: &'static str,
    /// What people there call it, where that differs.
    pub local_name: Option<&'static str>,
    /// `Country`, `Subdivision`, `County`, `Municipality`, `City`, `District` or `Island`.
    pub kind: Option<&'static str>,
    /// ISO 3166-1; historic countries and parts of the world have codes of their own.
    pub country_codes: Vec<&'static str>,
    /// ISO 3166-2.
    pub subdivision_codes: Vec<&'static str>,
    /// ISO 3166-3, for countries that are no more.
    pub former_codes: Vec<&'static str>,
    /// What it is part of, or was (then the flag is true), as indices into [`Atlas::areas`].
    pub parents: Vec<(usize, bool)>,
    /// Its item at Wikidata.
    pub wikidata: String,
    /// Where Wikidata says it is: nowhere, at one place or at two.
    pub wikidata_points: Vec<Point>,
    /// The country that Wikidata gives for it, as ISO 3166-1.
    pub wikidata_country: Option<&'static str>,
    /// Where Nominatim finds it.
    pub nominatim_point: Option<Point>,
    /// Where OpenWeather finds it.
    pub openweather_point: Option<Point>,
    pub(super) key: &'static str,
}

/// All places.
#[derive(Debug)]
pub struct Atlas {
    /// In the order of the table; parents may come later than what is in them.
    pub areas: Vec<Area>,
    by_mbid: HashMap<String, usize>,
}

/// The only one there is.
pub(super) fn atlas() -> &'static Atlas {
    static ATLAS: LazyLock<Atlas> = LazyLock::new(Atlas::read);
    &ATLAS
}

impl Atlas {
    fn read() -> Self {
        let rows: Vec<Vec<&'static str>> = include_str!("atlas.txt")
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.split('|').map(str::trim).collect())
            .collect();
        let places: HashMap<&str, usize> = rows.iter().enumerate().map(|(index, row)| (row[0], index)).collect();
        let mut areas: Vec<Area> = rows.iter().map(|row| Area::read(row, &places)).collect();
        for index in 0..areas.len() {
            let country =
                climb(&areas, index).into_iter().find_map(|above| areas[above].country_codes.first().copied());
            // What is no more, or never was a country, has no code of ISO 3166-1 there.
            let country = country.filter(|code| !["SU", "YU", "DD"].contains(code) && !code.starts_with('X'));
            areas[index].wikidata_country = areas[index].wikidata_country.or(country);
        }
        let by_mbid = areas.iter().enumerate().map(|(index, area)| (area.mbid.clone(), index)).collect();
        Self { areas, by_mbid }
    }

    /// The area with this MBID.
    pub fn by_mbid(&self, mbid: &str) -> Option<&Area> {
        self.index_of(mbid).map(|index| &self.areas[index])
    }

    /// The place of the area with this MBID.
    pub fn index_of(&self, mbid: &str) -> Option<usize> {
        self.by_mbid.get(mbid).copied()
    }

    /// An area and all that it is part of today, nearest first, up to the first with a code of
    /// a country: Hong Kong is no part of China here. Where something is part of itself, each
    /// is there once.
    pub fn ancestry(&self, index: usize) -> Vec<usize> {
        climb(&self.areas, index)
    }

    /// The country of an area as MusicBrainz derives it; none in a circle.
    pub fn country_code(&self, index: usize) -> Option<&'static str> {
        let ancestry = self.ancestry(index);
        ancestry.into_iter().find_map(|above| self.areas[above].country_codes.first().copied())
    }

    /// The nearest area with a code of ISO 3166-2, the area itself included.
    pub fn subdivision_code(&self, index: usize) -> Option<&'static str> {
        let ancestry = self.ancestry(index);
        ancestry.into_iter().find_map(|above| self.areas[above].subdivision_codes.first().copied())
    }

    /// What is part of an area today.
    pub(crate) fn children(&self, index: usize) -> impl Iterator<Item = (usize, bool)> + '_ {
        self.areas.iter().enumerate().flat_map(move |(child, area)| {
            area.parents
                .iter()
                .filter(move |(parent, _)| *parent == index)
                .map(move |(_, has_ended)| (child, *has_ended))
        })
    }

    /// The area with this key of the table.
    pub(super) fn by_key(&self, key: &str) -> Option<usize> {
        self.areas.iter().position(|area| area.key == key)
    }
}

impl Area {
    fn read(row: &[&'static str], places: &HashMap<&str, usize>) -> Self {
        let [key, name, local_name, kind, codes, parents, point, oddities] = *row else {
            unreachable!("a row of the table has eight cells: {row:?}")
        };
        let mut dice = Dice::new(0, &format!("area {key}"));
        let is_odd = |oddity: &str| oddities.split(' ').any(|word| word == oddity);
        let numbers: Vec<f64> = point.split(' ').filter_map(|number| number.parse().ok()).collect();
        let point = if let [latitude, longitude] = *numbers { Some((latitude, longitude)) } else { None };
        let mut beside = |is_known: bool| {
            let shift = |degrees: f64, by: i64| (degrees * 1e5).round() / 1e5 + by as f64 / 1e5;
            let (north, east) = (dice.between(-900, 900), dice.between(-900, 900));
            point.filter(|_| is_known).map(|(latitude, longitude)| (shift(latitude, north), shift(longitude, east)))
        };
        let (second, nominatim, openweather) =
            (beside(is_odd("twice")), beside(!is_odd("unmapped")), beside(!is_odd("unweathered")));
        let codes = |is_kind: fn(&str) -> bool| codes.split(' ').filter(|code| is_kind(code)).collect();
        Self {
            mbid: dice.uuid(),
            name,
            local_name: Some(local_name).filter(|name| !name.is_empty()),
            kind: kind_of(kind),
            country_codes: codes(|code| code.len() == 2),
            subdivision_codes: codes(|code| code.contains('-')),
            former_codes: codes(|code| code.len() == 4 && !code.contains('-')),
            parents: parents
                .split(' ')
                .filter_map(|parent| {
                    let (parent, has_ended) = parent.strip_suffix('!').map_or((parent, false), |parent| (parent, true));
                    places.get(parent).map(|index| (*index, has_ended))
                })
                .collect(),
            wikidata: format!("Q{}", dice.between(20, 900_000)),
            wikidata_points: point.filter(|_| !is_odd("unlocated")).into_iter().chain(second).collect(),
            wikidata_country: oddities.split(' ').find_map(|word| word.strip_prefix("iso=")),
            nominatim_point: nominatim,
            openweather_point: openweather,
            key,
        }
    }
}

fn kind_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "country" => "Country",
        "subdivision" => "Subdivision",
        "county" => "County",
        "municipality" => "Municipality",
        "city" => "City",
        "district" => "District",
        "island" => "Island",
        _ => return None,
    })
}

/// Breadth first, so that what is nearer comes first.
fn climb(areas: &[Area], index: usize) -> Vec<usize> {
    let mut found = vec![index];
    let mut next = 0;
    while let Some(area) = found.get(next).map(|index| &areas[*index]) {
        next += 1;
        if area.country_codes.is_empty() {
            let parents: Vec<usize> =
                area.parents.iter().filter(|(_, has_ended)| !has_ended).map(|(of, _)| *of).collect();
            for parent in parents {
                if !found.contains(&parent) {
                    found.push(parent);
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(key: &str) -> usize {
        atlas().by_key(key).unwrap_or_else(|| panic!("no {key}"))
    }

    #[test]
    fn every_row_is_whole() {
        let atlas = atlas();
        for (area, line) in
            atlas.areas.iter().zip(include_str!("atlas.txt").lines().filter(|line| !line.starts_with('#')))
        {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let parents = cells[5].split(' ').filter(|parent| !parent.is_empty()).count();
            assert_eq!(area.parents.len(), parents, "a parent of {} is no row", area.key);
            assert_eq!(area.kind.is_none(), cells[3] == "-", "{}", area.key);
        }
        assert_eq!(atlas.by_mbid.len(), atlas.areas.len());
    }

    #[test]
    fn every_place_but_the_circle_has_one_country() {
        let atlas = atlas();
        for (index, area) in atlas.areas.iter().enumerate() {
            let ancestry = atlas.ancestry(index);
            let countries = ancestry.iter().filter(|above| !atlas.areas[**above].country_codes.is_empty()).count();
            assert_eq!(countries, usize::from(!area.key.ends_with("harbour")), "{}", area.key);
        }
        let country = |key| atlas.country_code(place(key));
        assert_eq!([country("kowloon"), country("san-juan"), country("nuuk")], [Some("HK"), Some("PR"), Some("GL")]);
        assert_eq!([country("hamilton-bm"), country("hamilton-on")], [Some("BM"), Some("CA")]);
        assert_eq!(
            [country("petersburg"), country("belgrade"), country("prague")],
            [Some("RU"), Some("RS"), Some("CZ")]
        );
        assert_eq!(country("old-harbour"), None);
        let subdivision = |key| atlas.subdivision_code(place(key));
        assert_eq!([subdivision("springfield-il"), subdivision("springfield-mo")], [Some("US-IL"), Some("US-MO")]);
        assert_eq!([subdivision("brooklyn"), subdivision("kreuzberg")], [Some("US-NY"), Some("DE-BE")]);
    }
}
