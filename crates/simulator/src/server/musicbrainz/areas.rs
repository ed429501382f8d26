//! Areas and what they are part of.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::artists::area_document;
use super::search::{answer, id_fits, is_batch, query, text_fits};
use super::shapes::{self, PART_OF, Relation};
use super::{Answer, Mbid, Refusal, Wish};
use crate::facts::{Area, Atlas};
use crate::server::options::Batch;
use crate::server::state::Shared;

/// `GET /ws/2/area/{mbid}`
pub(super) async fn lookup(State(shared): State<Arc<Shared>>, Mbid(mbid): Mbid, wish: Wish) -> Answer {
    let incs = wish.incs(&["aliases", "annotation", "tags", "genres", "area-rels", "url-rels"])?;
    let atlas = shared.world.facts().atlas();
    let index = atlas.index_of(&mbid).ok_or_else(Refusal::not_found)?;
    let area = &atlas.areas[index];
    let mut shown = shapes::area_brief(area);
    let is_former = !area.former_codes.is_empty();
    shown["life-span"] = json!({"begin": null, "end": is_former.then_some("1992"), "ended": is_former});
    let mut relations = Vec::new();
    if incs.has("area-rels") {
        let parents = area.parents.iter().map(|(parent, has_ended)| ("backward", *parent, *has_ended));
        let children = atlas.children(index).map(|(child, has_ended)| ("forward", child, has_ended));
        relations.extend(parents.chain(children).map(|(direction, other, has_ended)| {
            let target = ("area", shapes::area_brief(&atlas.areas[other]));
            Relation { kind: "part of", type_id: PART_OF, direction, target, has_ended }.shown()
        }));
    }
    if incs.has("url-rels") {
        relations.push(shapes::area_wikidata(area));
    }
    if incs.has("area-rels") || incs.has("url-rels") {
        shown["relations"] = Value::from(relations);
    }
    if incs.has("aliases") {
        shown["aliases"] = json!([]);
    }
    shapes::add_tags(&mut shown, &[], &incs);
    Ok(Json(shown))
}

/// `GET /ws/2/area?query=…`
pub(super) async fn search(State(shared): State<Arc<Shared>>, wish: Wish) -> Answer {
    let clauses = query(&wish, &["area", "aid", "iso", "iso1", "iso2", "type"])?;
    if is_batch(&clauses, "aid") && shared.options.refused_batches.contains(&Batch::Areas) {
        return Err(Refusal::bad("Unable to parse search: too many clauses"));
    }
    let atlas = shared.world.facts().atlas();
    let is_coded = |area: &Area, code: &str| shapes::codes(area).any(|(_, codes)| codes.contains(&code));
    let found = answer(
        &wish,
        "areas",
        &clauses,
        atlas.areas.iter(),
        |area, clause| match clause.field.as_deref() {
            Some("aid") => id_fits(clause, &area.mbid),
            Some("iso" | "iso1" | "iso2") => f64::from(is_coded(area, &clause.text)),
            Some("type") => id_fits(clause, area.kind.unwrap_or_default()),
            _ => text_fits(clause, std::iter::once(area.name)),
        },
        |area| document(atlas, area),
    );
    Ok(Json(found))
}

/// An area as searches show it, with its codes and its parents: whether it has left one of them, only
/// a lookup says.
fn document(atlas: &Atlas, area: &Area) -> Value {
    let mut shown = area_document(area);
    if !area.parents.is_empty() {
        let parents = area.parents.iter().map(|(parent, _)| {
            let parent = area_document(&atlas.areas[*parent]);
            json!({"area": parent, "direction": "backward", "target": parent["id"], "type": "part of", "type-id": PART_OF})
        });
        shown["relation-list"] = json!([{"relations": parents.collect::<Vec<_>>()}]);
    }
    for (key, codes) in shapes::codes(area) {
        shown[key] = json!(codes);
    }
    shown
}
