//! Release groups and releases that are searched for by MBIDs.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::search::{answer, id_fits, is_batch, needed_ids, query, tag_fits, text_fits};
use super::{Answer, Refusal, Wish};
use crate::facts::{Facts, Release, ReleaseGroup};
use crate::server::options::Batch;
use crate::server::state::Shared;

/// `GET /ws/2/release-group?query=…`
pub(super) fn search_groups(shared: &Shared, wish: &Wish) -> Answer {
    let clauses = query(wish, &["arid", "rgid", "releasegroup", "artist", "tag"])?;
    if is_batch(&clauses, "arid") && shared.options.refused_batches.contains(&Batch::Works) {
        return Err(Refusal::bad("Unable to parse search: too many clauses"));
    }
    let facts = shared.world.facts();
    let needed = needed_ids(&clauses, "arid");
    let may_fit =
        |group: &&ReleaseGroup| needed.as_ref().is_none_or(|ids| ids.contains(&facts.artists[group.artist].mbid));
    let found = answer(
        wish,
        "release-groups",
        &clauses,
        facts.release_groups.iter().filter(may_fit),
        |group, clause| match clause.field.as_deref() {
            Some("arid") => id_fits(clause, &facts.artists[group.artist].mbid),
            Some("rgid") => id_fits(clause, &group.mbid),
            Some("tag") => tag_fits(clause, &group.tags),
            Some("artist") => text_fits(clause, std::iter::once(facts.artists[group.artist].name.as_str())),
            _ => text_fits(clause, std::iter::once(group.title.as_str())),
        },
        |group| group_document(facts, group),
    );
    Ok(Json(found))
}

/// `GET /ws/2/release?query=…`
pub(super) async fn search_releases(State(shared): State<Arc<Shared>>, wish: Wish) -> Answer {
    let clauses = query(&wish, &["reid", "release", "barcode"])?;
    let facts = shared.world.facts();
    let needed = needed_ids(&clauses, "reid");
    let found = answer(
        &wish,
        "releases",
        &clauses,
        facts.releases.iter().filter(|release| needed.as_ref().is_none_or(|ids| ids.contains(&release.mbid))),
        |release, clause| match clause.field.as_deref() {
            Some("reid") => id_fits(clause, &release.mbid),
            Some("barcode") => id_fits(clause, release.barcode.as_deref().unwrap_or_default()),
            _ => text_fits(
                clause,
                std::iter::once(shared.world.catalogue().collection(release.collection).name.as_str()),
            ),
        },
        |release| release_document(&shared, release),
    );
    Ok(Json(found))
}

/// A release group as searches show it: what is unknown is absent.
fn group_document(facts: &Facts, group: &ReleaseGroup) -> Value {
    let mut document = json!({
        "artist-credit": credit_document(facts, group),
        "first-release-date": group.first_release_date,
        "id": group.mbid,
        "primary-type": group.primary_type,
        "title": group.title,
    });
    if !group.tags.is_empty() {
        let tags = group.tags.iter().map(|tag| json!({"count": tag.votes, "name": tag.name}));
        document["tags"] = tags.collect();
    }
    document
}

/// A release as searches show it.
fn release_document(shared: &Shared, release: &Release) -> Value {
    let (facts, catalogue) = (shared.world.facts(), shared.world.catalogue());
    let album = catalogue.collection(release.collection);
    let group = &facts.release_groups[release.group];
    let mut document = json!({
        "artist-credit": credit_document(facts, group),
        "date": album.release_date,
        "id": release.mbid,
        "label-info": [{"label": {"name": facts.albums[release.collection as usize].label}}],
        "release-group": {"id": group.mbid, "primary-type": group.primary_type, "title": group.title},
        "status": "Official",
        "title": album.name,
        "track-count": album.items.len(),
    });
    if let Some(barcode) = &release.barcode {
        document["barcode"] = json!(barcode);
    }
    document
}

fn credit_document(facts: &Facts, group: &ReleaseGroup) -> Value {
    let artist = &facts.artists[group.artist];
    json!([{"artist": {"id": artist.mbid, "name": artist.name, "sort-name": artist.sort_name}, "name": artist.name}])
}
