//! What searches have in common: documents that fit, the best first, with scores of which the
//! best is always 100.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::lucene::{self, Clause};
use super::{Refusal, Wish};
use crate::facts::{Tag, normal};

/// What searches say about themselves; their index is a little older than the data.
const CREATED: &str = "2026-01-05T03:00:12.345Z";

/// Reads the query of a search; its fields must be among those that are known.
pub(super) fn query(wish: &Wish, known: &[&str]) -> Result<Vec<Clause>, Refusal> {
    let query = wish.field("query").ok_or_else(|| Refusal::bad("query is a required parameter"))?;
    let clauses = lucene::parse(query).map_err(|why| Refusal::bad(format!("Unable to parse search: {why}")))?;
    let unknown = clauses.iter().filter_map(|clause| clause.field.as_deref()).find(|field| !known.contains(field));
    match unknown {
        Some(field) => Err(Refusal::bad(format!("Unable to parse search: undefined field {field}"))),
        None => Ok(clauses),
    }
}

/// The answer of a search: `kind` is the name of the list.
pub(super) fn answer<T>(
    wish: &Wish,
    kind: &str,
    clauses: &[Clause],
    documents: impl Iterator<Item = T>,
    fits: impl Fn(&T, &Clause) -> f64,
    shown: impl Fn(&T) -> Value,
) -> Value {
    let scored = documents.map(|document| (lucene::score(clauses, |clause| fits(&document, clause)), document));
    let mut found: Vec<(f64, T)> = scored.filter(|(score, _)| *score > 0.0).collect();
    found.sort_by(|(left, _), (right, _)| right.total_cmp(left));
    let best = found.first().map_or(1.0, |(score, _)| *score);
    let (limit, offset) = wish.page();
    let page = found.iter().skip(offset).take(limit).map(|(score, document)| {
        let mut shown = shown(document);
        shown["score"] = json!((100.0 * score / best).round() as i64);
        shown
    });
    json!({"created": CREATED, "count": found.len(), "offset": offset, kind: page.collect::<Vec<_>>()})
}

/// How well a text fits names, the first of which counts most.
pub(super) fn text_fits<'n>(clause: &Clause, names: impl Iterator<Item = &'n str>) -> f64 {
    normal_text_fits(clause, names.map(normal))
}

/// The same with names that are [`normal`] already.
pub(super) fn normal_text_fits(clause: &Clause, names: impl Iterator<Item = impl AsRef<str>>) -> f64 {
    let wanted = clause.normal.as_str();
    let fits = names.enumerate().map(|(place, name)| {
        let name = name.as_ref();
        let weight = if place == 0 { 1.0 } else { 0.95 };
        let words = name.split(' ').count() as f64;
        if name == wanted {
            return weight;
        }
        let is_within = format!(" {name} ").contains(&format!(" {wanted} "));
        let share = wanted.split(' ').count() as f64 / words;
        // Neighbours are found too, but none of them is as good.
        if is_within { 0.9 * weight * share } else { 0.0 }
    });
    fits.fold(0.0, f64::max)
}

/// 1 when an id is the one that is looked for.
pub(super) fn id_fits(clause: &Clause, id: &str) -> f64 {
    if clause.text.eq_ignore_ascii_case(id) { 1.0 } else { 0.0 }
}

/// 1 when there is a tag of this name, or any for `*`.
pub(super) fn tag_fits(clause: &Clause, tags: &[Tag]) -> f64 {
    f64::from(tags.iter().any(|tag| clause.is_anything() || tag.name == clause.text))
}

/// The ids of `field` without one of which nothing is found, where a query has such: whoever has
/// none of them need not be looked at.
pub(super) fn needed_ids(clauses: &[Clause], field: &str) -> Option<HashSet<String>> {
    let is_of_field = |clause: &&Clause| clause.field.as_deref() == Some(field);
    let is_needed = clauses.iter().all(|clause| is_of_field(&clause))
        || clauses.iter().filter(is_of_field).any(|clause| clause.is_needed);
    is_needed.then(|| clauses.iter().filter(is_of_field).map(|clause| clause.text.to_lowercase()).collect())
}

/// Whether so many ids are looked for that it is a batch.
pub(super) fn is_batch(clauses: &[Clause], field: &str) -> bool {
    clauses.iter().filter(|clause| clause.field.as_deref() == Some(field)).count() > 1
}
