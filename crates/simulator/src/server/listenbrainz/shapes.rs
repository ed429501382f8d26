//! A listen in JSON, as its client sent it and as far as ListenBrainz knows it by now.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::put;
use crate::dice::Dice;
use crate::facts::{Facts, Recording};
use crate::world::{Account, Kind, Listen, Origin, TruePlay, World};

/// One listen of an account.
pub(super) fn listen(world: &World, account: &Account, listen: &Listen, now: DateTime<Utc>) -> Value {
    let play = &world.play(account, listen.number);
    // Local files have names alone.
    let known = world.facts().recording(play.item.recording).filter(|_| play.item.kind == Kind::Track);
    let mut dice = Dice::new(listen.inserted_ms.unsigned_abs(), "shape of a listen");
    let mut metadata = json!({
        "additional_info": info(world.facts(), play),
        "artist_name": artist_name(play),
        "track_name": play.item.title,
    });
    put(
        &mut metadata,
        "release_name",
        (!play.collection.name.is_empty()).then(|| play.collection.name.as_str().into()),
    );
    let is_mapped = listen.mapped_ms.is_some_and(|mapped_ms| mapped_ms <= now.timestamp_millis());
    let mapping = known.filter(|_| is_mapped).map(|known| mapping(world, known));
    put(&mut metadata, "mbid_mapping", mapping);
    let inserted_at = if dice.chance(0.3) {
        json!(listen.inserted_ms as f64 / 1_000.0)
    } else {
        json!(listen.inserted_ms.div_euclid(1_000))
    };
    let mut shown = json!({
        "inserted_at": inserted_at,
        "listened_at": listen.listened_at,
        "user_name": account.listenbrainz_name,
    });
    let msid = json!(msid(play));
    // Where it is depends on the years in which a listen came and on the way it is read.
    match dice.below(10) {
        0 => metadata["additional_info"]["recording_msid"] = msid,
        1 => metadata["recording_msid"] = msid,
        _ => shown["recording_msid"] = msid,
    }
    shown["track_metadata"] = metadata;
    shown
}

/// What the client said.
fn info(facts: &Facts, play: &TruePlay<'_>) -> Value {
    match play.origin {
        Origin::Navidrome => navidrome(facts, play),
        Origin::Spotify => spotify(play),
    }
}

fn navidrome(facts: &Facts, play: &TruePlay<'_>) -> Value {
    let mut info = json!({
        "artist_names": play.artists().map(|artist| artist.name.as_str()).collect::<Vec<_>>(),
        "duration_ms": play.item.duration_ms,
        "submission_client": "navidrome",
        "submission_client_version": "0.58.0 (9dbe0c18)",
        "tracknumber": play.item.track_number,
    });
    // Not every file has tags from MusicBrainz, and some are older than a merge of artists.
    if let Some(known) = facts.recording(play.item.recording).filter(|_| play.item.recording % 5 < 3) {
        let artists = known.credits.iter().map(|credit| &facts.artists[credit.artist]);
        info["recording_mbid"] = json!(known.mbid);
        info["artist_mbids"] =
            artists.map(|artist| artist.former_mbid.as_ref().unwrap_or(&artist.mbid)).cloned().collect();
    }
    info
}

/// What ListenBrainz writes when it reads Spotify's list of recent plays itself.
fn spotify(play: &TruePlay<'_>) -> Value {
    let open = |kind: &str, id: &Option<String>| id.as_ref().map(|id| format!("https://open.spotify.com/{kind}/{id}"));
    let mut info = json!({
        "artist_names": play.artists().map(|artist| artist.name.as_str()).collect::<Vec<_>>(),
        "discnumber": play.item.disc_number,
        "duration_ms": play.item.duration_ms,
        "music_service": "spotify.com",
        "release_artist_name": play.collection.artist_name,
        "release_artist_names": [play.collection.artist_name],
        "submission_client": "listenbrainz",
        "tracknumber": play.item.track_number,
    });
    put(&mut info, "isrc", play.item.isrc.as_deref().map(Value::from));
    let track = open("track", &play.item.id).map(Value::from);
    put(&mut info, "origin_url", track.clone());
    put(&mut info, "spotify_id", track);
    put(&mut info, "spotify_album_id", open("album", &play.collection.id).map(Value::from));
    let artists = play.artists().filter_map(|artist| open("artist", &artist.id));
    info["spotify_artist_ids"] = artists.collect();
    info
}

/// What the mapper found in MusicBrainz.
fn mapping(world: &World, known: &Recording) -> Value {
    let facts = world.facts();
    let artists = known.credits.iter().map(|credit| {
        let artist_mbid = &facts.artists[credit.artist].mbid;
        json!({"artist_credit_name": credit.name, "artist_mbid": artist_mbid, "join_phrase": credit.join_phrase})
    });
    let mut mapping = json!({
        "artist_mbids": known.credits.iter().map(|credit| &facts.artists[credit.artist].mbid).collect::<Vec<_>>(),
        "artists": artists.collect::<Vec<_>>(),
        "recording_mbid": known.mbid,
        "recording_name": known.title,
    });
    if let Some(release) = facts.release_of(world.catalogue(), known) {
        mapping["caa_id"] = json!(10_000_000_000_u64 + u64::from(release.collection));
        mapping["caa_release_mbid"] = json!(release.mbid);
        mapping["release_mbid"] = json!(release.mbid);
    }
    mapping
}

fn artist_name(play: &TruePlay<'_>) -> String {
    play.artists().map(|artist| artist.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// One per way of writing a recording: title, artist and release.
fn msid(play: &TruePlay<'_>) -> String {
    let text = [play.item.title.as_str(), &artist_name(play), &play.collection.name].join("\n");
    Dice::new(0, &text).uuid()
}
