//! What ListenBrainz knows of names, recordings and artists, and how much they are heard.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::known::{artist_shown, matched, recording_shown, tags};
use super::{Limits, refuse, token_of};
use crate::server::options::Batch;
use crate::server::state::Shared;

/// The most names in one request.
const MOST_NAMES: usize = 50;
/// The most MBIDs in one request.
const MOST_MBIDS: usize = 1_000;
/// The most characters that the names of one recording may have.
const LONGEST: usize = 250;

/// `GET /1/metadata/lookup/`
pub(in crate::server) async fn lookup(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let limits = match with_token(&shared, &headers) {
        Ok(limits) => limits,
        Err(refused) => return *refused,
    };
    let field = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let (artist, title) = (field("artist_name"), field("recording_name"));
    if let Err(message) = check(artist, title, field("release_name"), "arguments") {
        return refuse(400, &message);
    }
    let (facts, catalogue) = (shared.world.facts(), shared.world.catalogue());
    let mut found = json!({});
    if let Some(recording) = facts.recording_by_names(artist, title) {
        found = matched(facts, catalogue, recording);
        if field("metadata") == "true" {
            let incs = match incs(field("inc")) {
                Ok(incs) => incs,
                Err(message) => return refuse(400, &message),
            };
            found["metadata"] = recording_shown(facts, catalogue, recording, &incs);
        }
    }
    limits.on(Json(found).into_response())
}

/// `POST /1/metadata/lookup/`: an answer for each, in the order of the questions.
pub(in crate::server) async fn lookups(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Json(wish): Json<Value>,
) -> Response {
    let limits = match with_token(&shared, &headers) {
        Ok(limits) => limits,
        Err(refused) => return *refused,
    };
    let recordings = wish["recordings"].as_array().map(Vec::as_slice).unwrap_or_default();
    if recordings.is_empty() || (recordings.len() > 1 && shared.options.refused_batches.contains(&Batch::Names)) {
        return refuse(400, "recordings is invalid or not present in body");
    }
    if recordings.len() > MOST_NAMES {
        let message = format!("Number of recordings in request body exceeds maximum permitted. ({MOST_NAMES})");
        return refuse(400, &message);
    }
    let (facts, catalogue) = (shared.world.facts(), shared.world.catalogue());
    let mut answers = Vec::new();
    for (index, recording) in recordings.iter().enumerate() {
        let field = |name: &str| recording[name].as_str().unwrap_or_default();
        let (artist, title) = (field("artist_name"), field("recording_name"));
        if let Err(message) = check(artist, title, field("release_name"), &format!("Recording {index}")) {
            return refuse(400, &message);
        }
        let mut answer = json!({
            "artist_name_arg": artist, "index": index, "recording_name_arg": title,
            "release_name_arg": recording["release_name"],
        });
        let found = facts.recording_by_names(artist, title).map(|found| matched(facts, catalogue, found));
        if let (Some(Value::Object(found)), Some(answer)) = (found, answer.as_object_mut()) {
            answer.extend(found);
        }
        answers.push(answer);
    }
    limits.on(Json(answers).into_response())
}

/// `GET /1/metadata/recording/`
pub(in crate::server) async fn recordings(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let mbids = query.get("recording_mbids").map(String::as_str).unwrap_or_default();
    let mbids: Vec<&str> = mbids.split(',').map(str::trim).collect();
    answer_recordings(&shared, &mbids, query.get("inc").map(String::as_str).unwrap_or_default())
}

/// `POST /1/metadata/recording/`
pub(in crate::server) async fn recordings_posted(
    State(shared): State<Arc<Shared>>,
    Json(wish): Json<Value>,
) -> Response {
    let mbids = wish["recording_mbids"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mbids: Vec<&str> = mbids.iter().map(|mbid| mbid.as_str().unwrap_or_default()).collect();
    answer_recordings(&shared, &mbids, wish["inc"].as_str().unwrap_or_default())
}

fn answer_recordings(shared: &Shared, mbids: &[&str], wanted: &str) -> Response {
    let limits = match Limits::count(shared) {
        Ok(limits) => limits,
        Err(refused) => return *refused,
    };
    let incs = match check_mbids(mbids, "recording_mbid").and_then(|()| incs(wanted)) {
        Ok(incs) => incs,
        Err(message) => return refuse(400, &message),
    };
    let (facts, catalogue) = (shared.world.facts(), shared.world.catalogue());
    let known = mbids.iter().filter_map(|mbid| facts.recording_by_mbid(mbid));
    let shown: Map<String, Value> =
        known.map(|recording| (recording.mbid.clone(), recording_shown(facts, catalogue, recording, &incs))).collect();
    limits.on(Json(shown).into_response())
}

/// `GET /1/metadata/artist/`
pub(in crate::server) async fn artists(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let limits = match with_any_token(&shared, &headers) {
        Ok(limits) => limits,
        Err(refused) => return *refused,
    };
    let mbids = query.get("artist_mbids").map(String::as_str).unwrap_or_default();
    let mbids: Vec<&str> = mbids.split(',').map(str::trim).collect();
    let wanted = query.get("inc").map(String::as_str).unwrap_or_default();
    let incs = match check_mbids(&mbids, "artist_mbid").and_then(|()| incs(wanted)) {
        Ok(incs) => incs,
        Err(message) => return refuse(400, &message),
    };
    let facts = shared.world.facts();
    // Its tables know nothing of MBIDs that were merged.
    let known = mbids.iter().filter_map(|mbid| facts.artist_by_mbid(mbid).filter(|artist| artist.mbid == *mbid));
    let shown = known.map(|artist| {
        let mut shown = artist_shown(facts, artist);
        shown["mbid"] = json!(artist.mbid);
        if incs.contains(&"tag") {
            shown["tag"] = json!({"artist": tags(&artist.tags, Some(&artist.mbid))});
        }
        shown
    });
    limits.on(Json(shown.collect::<Value>()).into_response())
}

/// `POST /1/popularity/{kind}`: counts for each, in the order of the questions.
pub(in crate::server) async fn popularity(
    State(shared): State<Arc<Shared>>,
    Path(kind): Path<String>,
    headers: HeaderMap,
    Json(wish): Json<Value>,
) -> Response {
    let limits = match with_any_token(&shared, &headers) {
        Ok(limits) => limits,
        Err(refused) => return *refused,
    };
    let facts = shared.world.facts();
    let key = match kind.as_str() {
        "artist" => "artist_mbid",
        "recording" => "recording_mbid",
        "release-group" => "release_group_mbid",
        _ => return super::not_found().await,
    };
    let mbids = wish[format!("{key}s")].as_array().map(Vec::as_slice).unwrap_or_default();
    let mbids: Vec<&str> = mbids.iter().map(|mbid| mbid.as_str().unwrap_or_default()).collect();
    if let Err(message) = check_mbids(&mbids, key) {
        return refuse(400, &message);
    }
    let counts = mbids.iter().map(|mbid| {
        let counts = match key {
            "artist_mbid" => {
                facts.artist_by_mbid(mbid).filter(|artist| artist.mbid == *mbid).and_then(|of| of.popularity)
            }
            "recording_mbid" => facts.recording_by_mbid(mbid).and_then(|of| of.popularity),
            _ => facts.release_group_by_mbid(mbid).and_then(|of| of.popularity),
        };
        json!({
            key: mbid,
            "total_listen_count": counts.map(|(listens, _)| listens),
            "total_user_count": counts.map(|(_, users)| users),
        })
    });
    limits.on(Json(counts.collect::<Value>()).into_response())
}

/// The rate limit, and the token that some requests need since 2025.
fn with_token(shared: &Shared, headers: &HeaderMap) -> Result<Limits, Box<Response>> {
    let limits = Limits::count(shared)?;
    let token = token_of(headers);
    let mut accounts = shared.world.accounts().iter();
    match token {
        None => Err(Box::new(refuse(401, "You need to provide an Authorization header."))),
        Some(token) if accounts.any(|account| account.listenbrainz_token == token) => Ok(limits),
        Some(_) => Err(Box::new(refuse(401, "Invalid authorization token."))),
    }
}

/// The same where no token is needed: one that is wrong is refused all the same.
fn with_any_token(shared: &Shared, headers: &HeaderMap) -> Result<Limits, Box<Response>> {
    if token_of(headers).is_some() { with_token(shared, headers) } else { Limits::count(shared) }
}

fn check(artist: &str, title: &str, release: &str, place: &str) -> Result<(), String> {
    for (name, text) in [("artist_name", artist), ("recording_name", title)] {
        if text.is_empty() {
            return Err(format!("{place} {name} is invalid or not present"));
        }
    }
    let length: usize = [artist, title, release].iter().map(|text| text.chars().count()).sum();
    if length > LONGEST {
        return Err(format!("{place} total number of characters in the names must be less than {LONGEST}"));
    }
    Ok(())
}

fn check_mbids(mbids: &[&str], name: &str) -> Result<(), String> {
    if mbids.iter().all(|mbid| mbid.is_empty()) {
        return Err(format!("At least one valid {name} must be present."));
    }
    if mbids.len() > MOST_MBIDS {
        return Err(format!("Maximum number of {name}s that can be fetched at once is {MOST_MBIDS}"));
    }
    match mbids.iter().find(|mbid| mbid.len() != 36 || mbid.split('-').count() != 5) {
        Some(wrong) => Err(format!("{name} {wrong} is not valid.")),
        None => Ok(()),
    }
}

fn incs(wanted: &str) -> Result<Vec<&str>, String> {
    let incs: Vec<&str> = wanted.split([' ', '+']).filter(|inc| !inc.is_empty()).collect();
    match incs.iter().find(|inc| !["artist", "tag", "release", "recording", "release_group"].contains(inc)) {
        Some(wrong) => Err(format!("invalid inc argument '{wrong}'.")),
        None => Ok(incs),
    }
}
