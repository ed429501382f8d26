//! What is known of areas: what kind of place each is, and what it is part of.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::LazyLock;

/// So far up an area is followed; the tree of MusicBrainz has cycles.
const DEPTH: usize = 8;

/// The seed of the models: which countries are no more must be the same here and there.
const COUNTRIES: &str = include_str!("../../../sql/seeds/countries.csv");

static COUNTRIES_NO_MORE: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let rows = csv::Reader::from_reader(COUNTRIES.as_bytes()).into_records().filter_map(Result::ok);
    let historic = rows.filter(|row| row.iter().next_back() == Some("historic"));
    historic.filter_map(|row| Some(row.get(0)?.to_owned())).collect()
});

/// What is known of an area.
#[derive(Debug, Clone, Default)]
pub(crate) struct Area {
    pub(crate) name: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) country: Option<String>,
    is_ended: bool,
    /// What it is or was part of, and whether it still is: a search does not say.
    parents: Vec<(String, Option<bool>)>,
}

impl Area {
    /// Nothing above it matters: it is a country.
    fn is_top(&self) -> bool {
        self.country.is_some() || self.kind.as_deref() == Some("Country")
    }

    /// Nothing is part of it any more.
    fn is_no_more(&self) -> bool {
        self.is_ended || self.country.as_ref().is_some_and(|code| COUNTRIES_NO_MORE.contains(code))
    }
}

/// All areas of which anything is known.
#[derive(Debug, Default)]
pub(crate) struct Areas(HashMap<String, Area>);

impl Areas {
    pub(crate) fn get(&self, id: &str) -> Option<&Area> {
        self.0.get(id)
    }

    /// Takes in what an answer says of an area: its name, its kind, and its code if it is a country.
    pub(crate) fn describe(&mut self, id: &str, texts: [Option<&str>; 3], is_ended: Option<bool>) {
        let [name, kind, country] = texts.map(|text| text.map(str::to_owned));
        let area = self.0.entry(id.to_owned()).or_default();
        area.name = name.or(area.name.take());
        area.kind = kind.or(area.kind.take());
        area.country = country.or(area.country.take());
        area.is_ended = is_ended.unwrap_or(area.is_ended);
    }

    /// Takes in what an area is, or was, part of.
    pub(crate) fn put_in(&mut self, id: &str, parent: &str, is_ended: Option<bool>) {
        let parents = &mut self.0.entry(id.to_owned()).or_default().parents;
        match parents.iter_mut().find(|(one, _)| one == parent) {
            Some((_, before)) => *before = is_ended.or(*before),
            None => parents.push((parent.to_owned(), is_ended)),
        }
    }

    /// What an area is part of today; what it was part of once says where it lies only when nothing
    /// else does.
    fn parents<'a>(&'a self, area: &'a Area) -> impl Iterator<Item = (&'a str, Option<bool>)> {
        let is_past = |(parent, is_ended): &(String, Option<bool>)| {
            *is_ended == Some(true) || self.get(parent).is_some_and(Area::is_no_more)
        };
        let has_present = area.parents.iter().any(|parent| !is_past(parent));
        let parents = area.parents.iter().filter(move |parent| !has_present || !is_past(parent));
        parents.map(|(parent, is_ended)| (parent.as_str(), *is_ended))
    }

    /// An area and what it is part of, up to its country.
    pub(crate) fn upwards<'a>(&'a self, area: &'a str) -> Vec<&'a str> {
        let mut seen = HashSet::from([area]);
        let (mut way, mut queue) = (vec![area], VecDeque::from([(area, 0)]));
        while let Some((id, depth)) = queue.pop_front() {
            let Some(area) = self.get(id).filter(|area| !area.is_top() && depth < DEPTH) else { continue };
            for (parent, _) in self.parents(area) {
                if seen.insert(parent) {
                    way.push(parent);
                    queue.push_back((parent, depth + 1));
                }
            }
        }
        way
    }

    /// Whether it is part of several countries, as far as anybody told: it may have left one.
    pub(crate) fn is_in_doubt(&self, id: &str) -> bool {
        let Some(area) = self.get(id).filter(|area| !area.is_top()) else { return false };
        let is_told = self.parents(area).filter(|(_, is_ended)| is_ended.is_none()).count() == 0;
        let tops = |parent| self.upwards(parent).into_iter().filter(|id| self.get(id).is_some_and(Area::is_top));
        !is_told && self.parents(area).flat_map(|(parent, _)| tops(parent)).collect::<BTreeSet<_>>().len() > 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Countries by code, and a city in some of them.
    fn city(parents: &[(&str, Option<bool>)]) -> Areas {
        let mut areas = Areas::default();
        for code in ["UA", "SU", "IS", "DK"] {
            areas.describe(code, [Some(code), Some("Country"), Some(code)], None);
        }
        areas.describe("city", [Some("City"), Some("City"), None], None);
        parents.iter().for_each(|(parent, is_ended)| areas.put_in("city", parent, *is_ended));
        areas
    }

    #[track_caller]
    fn check(parents: &[(&str, Option<bool>)], above: &[&str], is_in_doubt: bool) {
        let areas = city(parents);
        assert_eq!((&areas.upwards("city")[1..], areas.is_in_doubt("city")), (above, is_in_doubt));
    }

    #[test]
    fn nothing_is_part_of_a_country_that_is_no_more() {
        check(&[("SU", None), ("UA", None)], &["UA"], false);
        check(&[("SU", None)], &["SU"], false);
        let mut areas = city(&[("IS", None), ("old", None)]);
        areas.describe("old", [None, Some("County"), None], Some(true));
        assert_eq!(areas.upwards("city"), ["city", "IS"]);
    }

    #[test]
    fn several_countries_are_a_doubt_until_somebody_told() {
        check(&[("IS", None), ("DK", None)], &["IS", "DK"], true);
        check(&[("IS", None), ("DK", None), ("DK", Some(true)), ("DK", None)], &["IS"], false);
        check(&[("IS", Some(false)), ("DK", Some(false))], &["IS", "DK"], false);
    }
}
