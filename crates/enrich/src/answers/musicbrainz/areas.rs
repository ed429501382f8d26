//! What areas are, and what they are part of.

use lake::facts::{AreaFacts, AreaParent};
use serde::Deserialize;

use super::super::{Said, country, filled};
use super::{Relation, take_found, take_one};

/// "part of", seen from the part.
const PART_OF: &str = "de7cc874-8b1b-3a05-8272-f3834c968fb7";

#[derive(Deserialize)]
struct Areas {
    areas: Vec<Area>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Area {
    id: String,
    name: Option<String>,
    #[serde(rename = "sort-name")]
    sort_name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    disambiguation: Option<String>,
    #[serde(rename = "iso-3166-1-codes", default)]
    countries: Option<Vec<String>>,
    #[serde(rename = "iso-3166-2-codes", default)]
    subdivisions: Option<Vec<String>>,
    #[serde(rename = "life-span")]
    life: Option<Life>,
    /// A lookup has them here, a search in `relation-list`.
    #[serde(default)]
    relations: Option<Vec<Relation>>,
    #[serde(rename = "relation-list", default)]
    relation_lists: Option<Vec<RelationList>>,
}

#[derive(Debug, Deserialize)]
struct Life {
    ended: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct RelationList {
    #[serde(default)]
    relations: Vec<Relation>,
}

/// The areas that a search by MBID found.
pub(in crate::answers) fn many(said: &mut Said<'_>) -> Result<(), serde_json::Error> {
    let body: Areas = said.read()?;
    let nobody = "the search knows no area of this MBID";
    take_found(said, body.areas, |one| &one.id, nobody, |said, one| take(said, one, None));
    Ok(())
}

/// One area, which may have been merged into another.
pub(in crate::answers) fn one(said: &mut Said<'_>) -> Result<(), serde_json::Error> {
    take_one(said, |one: &Area| &one.id, "there is no area of this MBID any more", take)
}

fn take(said: &mut Said<'_>, area: Area, asked: Option<String>) {
    let lists = area.relation_lists.unwrap_or_default().into_iter().flat_map(|list| list.relations);
    let relations: Vec<Relation> = area.relations.unwrap_or_default().into_iter().chain(lists).collect();
    let wikidata =
        relations.iter().filter(|relation| relation.kind.as_deref() == Some("wikidata")).find_map(|relation| {
            let resource = relation.url.as_ref()?.resource.as_deref()?;
            resource.rsplit('/').next().map(str::to_owned)
        });
    for relation in relations {
        let is_part_of = relation.type_id.as_deref() == Some(PART_OF) || relation.kind.as_deref() == Some("part of");
        // The other direction leads to the parts: hundreds for a country.
        if let Some(parent) = relation.area.filter(|_| is_part_of && relation.direction.as_deref() == Some("backward"))
        {
            let is_no_more = parent.life.is_some_and(|life| life.ended == Some(true));
            said.facts.area_parents.push(AreaParent {
                answer_id: said.id(),
                area_id: area.id.clone(),
                parent_id: parent.id,
                parent_name: filled(parent.name),
                parent_type: filled(parent.kind),
                // A search says nothing about the relation, and may say that the parent is no more.
                is_ended: if is_no_more { Some(true) } else { relation.ended },
                fetched_at: said.at(),
            });
        }
    }
    let first = |codes: Option<Vec<String>>| codes.unwrap_or_default().into_iter().min();
    let countries = area.countries.unwrap_or_default().into_iter();
    said.facts.areas.push(AreaFacts {
        answer_id: said.id(),
        area_id: area.id,
        asked_id: asked,
        area_name: filled(area.name),
        sort_name: filled(area.sort_name),
        area_type: filled(area.kind),
        iso_3166_1: countries.filter_map(|code| country(Some(code))).min(),
        iso_3166_2: first(area.subdivisions),
        disambiguation: filled(area.disambiguation),
        is_ended: area.life.and_then(|life| life.ended),
        wikidata_id: wikidata,
        fetched_at: said.at(),
    });
}
