//! URLs, and what is linked to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::shapes::{self, Relation};
use super::{Answer, MOST, Refusal, Wish};
use crate::dice::Dice;
use crate::facts::Facts;
use crate::server::options::Batch;
use crate::server::state::Shared;

/// `GET /ws/2/url?resource=…`: one gives an object, several give a list of those that exist.
pub(super) async fn urls(State(shared): State<Arc<Shared>>, wish: Wish) -> Answer {
    let incs = wish.incs(&["artist-rels", "recording-rels", "release-rels"])?;
    let resources: Vec<&str> = wish.fields("resource").take(MOST).collect();
    let shown = |kind: &str| incs.has(&format!("{kind}-rels"));
    let url = |resource: &str| {
        let relations = linked(&shared, resource);
        if relations.is_empty() {
            return None;
        }
        let mut url = json!({"id": url_mbid(resource), "resource": resource});
        if ["artist", "recording", "release"].into_iter().any(shown) {
            url["relations"] =
                relations.into_iter().filter(|(kind, _)| shown(kind)).map(|(_, relation)| relation).collect();
        }
        Some(url)
    };
    match *resources {
        [] => Err(Refusal::bad("resource is a required parameter")),
        [resource] => url(resource).map(Json).ok_or_else(Refusal::not_found),
        _ if shared.options.refused_batches.contains(&Batch::Urls) => Err(Refusal::bad("Invalid resource parameter.")),
        _ => {
            // In an order of their own, and each once.
            let urls: BTreeMap<String, Value> =
                resources.iter().filter_map(|resource| Some((url_mbid(resource), url(resource)?))).collect();
            let urls: Vec<Value> = urls.into_values().collect();
            Ok(Json(json!({"url-count": urls.len(), "url-offset": 0, "urls": urls})))
        }
    }
}

/// The MBID of a URL.
pub(super) fn url_mbid(resource: &str) -> String {
    Dice::new(0, &format!("url {resource}")).uuid()
}

/// What is linked to a URL, with the kind of each.
fn linked(shared: &Shared, resource: &str) -> Vec<(&'static str, Value)> {
    let (facts, catalogue) = (shared.world.facts(), shared.world.catalogue());
    let Some((kind, id)) = resource.strip_prefix("https://open.spotify.com/").and_then(|rest| rest.split_once('/'))
    else {
        return Vec::new();
    };
    match kind {
        "artist" => artists(facts, id),
        "track" => {
            let item = catalogue.items.iter().find(|item| item.id.as_deref() == Some(id));
            let recording = item.and_then(|item| facts.recording(item.recording)).filter(|known| known.is_linked);
            recording.into_iter().map(|recording| ("recording", shapes::streamed_recording(recording))).collect()
        }
        "album" => {
            let is_it = |release: &&crate::facts::Release| {
                release.is_linked && catalogue.collection(release.collection).id.as_deref() == Some(id)
            };
            let release = facts.releases.iter().find(is_it);
            release
                .map(|release| ("release", shapes::streamed_release(release, catalogue.collection(release.collection))))
                .into_iter()
                .collect()
        }
        _ => Vec::new(),
    }
}

fn artists(facts: &Facts, id: &str) -> Vec<(&'static str, Value)> {
    let links = facts.artists.iter().flat_map(|artist| artist.spotify_ids.iter().map(move |link| (artist, link)));
    let here = links.filter(|(_, (linked, _))| linked == id);
    let relations = here.map(|(artist, (_, has_ended))| {
        let (kind, type_id) = shapes::streaming(id);
        let target = ("artist", shapes::artist_brief(facts, artist));
        ("artist", Relation { kind, type_id, direction: "backward", target, has_ended: *has_ended }.shown())
    });
    relations.collect()
}
