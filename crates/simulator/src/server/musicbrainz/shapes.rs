//! MusicBrainz' JSON objects: in lookups what is unknown is null.

use serde_json::{Value, json};

use super::Incs;
use super::urls::url_mbid;
use crate::Collection;
use crate::dice::Dice;
use crate::facts::{Area, Facts, KnownArtist, Recording, Release, Tag, genre_mbid};

/// "Part of", between areas.
pub(super) const PART_OF: &str = "de7cc874-8b1b-3a05-8272-f3834c968fb7";
const WIKIDATA_OF_AREA: &str = "85c5256f-aef1-484f-979a-42007218a1c2";
const WIKIDATA_OF_ARTIST: &str = "689870a4-a1e4-4912-b17f-7b2664215698";
const ARTIST_NAME: &str = "894afba6-2816-3c24-8072-eadb66bd04bc";

/// A relation as lookups show it.
pub(super) struct Relation<'r> {
    pub(super) kind: &'r str,
    pub(super) type_id: &'r str,
    pub(super) direction: &'r str,
    /// The kind of the other end, and the other end.
    pub(super) target: (&'r str, Value),
    pub(super) has_ended: bool,
}

impl Relation<'_> {
    pub(super) fn shown(self) -> Value {
        let (target_type, target) = self.target;
        let mut relation = json!({
            "attribute-ids": {},
            "attribute-values": {},
            "attributes": [],
            "begin": null,
            "direction": self.direction,
            "end": null,
            "ended": self.has_ended,
            "source-credit": "",
            "target-credit": "",
            "target-type": target_type,
            "type": self.kind,
            "type-id": self.type_id,
        });
        relation[target_type] = target;
        relation
    }
}

/// The type of the link between an artist and Spotify; a few say that it costs money.
pub(super) fn streaming(id: &str) -> (&'static str, &'static str) {
    if Dice::new(0, id).chance(0.1) {
        ("streaming", "63cc5d1f-f096-4c94-a43f-ecb32ea94161")
    } else {
        ("free streaming", "769085a1-c2f7-4c24-a532-2375a77693bd")
    }
}

pub(super) fn streamed_recording(recording: &Recording) -> Value {
    let target = json!({
        "disambiguation": "", "id": recording.mbid, "length": recording.length_ms, "title": recording.title,
        "video": false,
    });
    let type_id = "7e41ef12-a124-4324-afdb-fdbae687a89c";
    let target = ("recording", target);
    Relation { kind: "free streaming", type_id, direction: "backward", target, has_ended: false }.shown()
}

pub(super) fn streamed_release(release: &Release, album: &Collection) -> Value {
    let target = json!({
        "barcode": release.barcode, "country": "XW", "date": album.release_date, "disambiguation": "",
        "id": release.mbid, "packaging": null, "packaging-id": null, "quality": "normal", "status": "Official",
        "status-id": "4e304316-386d-3409-af2e-78857eec5cfe", "title": album.name,
    });
    let type_id = "08445ccf-7b99-4438-9f9a-fb9ac18099ee";
    let target = ("release", target);
    Relation { kind: "free streaming", type_id, direction: "backward", target, has_ended: false }.shown()
}

/// An artist in a relation or a credit.
pub(super) fn artist_brief(facts: &Facts, artist: &KnownArtist) -> Value {
    json!({
        "country": artist.area.and_then(|area| facts.atlas().country_code(area)),
        "disambiguation": artist.disambiguation,
        "id": artist.mbid,
        "name": artist.name,
        "sort-name": artist.sort_name,
        "type": artist.kind,
        "type-id": artist.kind.map(kind_id),
    })
}

/// An artist that was looked up.
pub(super) fn artist(facts: &Facts, artist: &KnownArtist, incs: &Incs) -> Value {
    let mut shown = artist_brief(facts, artist);
    let area = |index: Option<usize>| index.map(|index| nested_area(&facts.atlas().areas[index]));
    shown["area"] = json!(area(artist.area));
    shown["begin-area"] = json!(area(artist.begin_area));
    shown["end-area"] = json!(area(artist.end_area));
    // Some answers repeat them with underscores, as all did once.
    if Dice::new(0, &artist.mbid).chance(0.3) {
        shown["begin_area"] = shown["begin-area"].clone();
        shown["end_area"] = shown["end-area"].clone();
    }
    shown["gender"] = json!(artist.gender);
    shown["gender-id"] = json!(artist.gender.map(gender_id));
    shown["ipis"] = json!([]);
    shown["isnis"] = json!([]);
    shown["life-span"] = json!({"begin": artist.begin, "end": artist.end, "ended": artist.has_ended});
    add_tags(&mut shown, &artist.tags, incs);
    if incs.has("aliases") {
        shown["aliases"] = artist.aliases.iter().map(|name| alias(name)).collect();
    }
    if incs.has("url-rels") {
        shown["relations"] = artist_urls(artist);
    }
    shown
}

fn artist_urls(artist: &KnownArtist) -> Value {
    let url = |resource: &str| ("url", json!({"id": url_mbid(resource), "resource": resource}));
    let spotify = artist.spotify_ids.iter().map(|(id, has_ended)| {
        let ((kind, type_id), resource) = (streaming(id), format!("https://open.spotify.com/artist/{id}"));
        Relation { kind, type_id, direction: "forward", target: url(&resource), has_ended: *has_ended }.shown()
    });
    let wikidata = artist.wikidata.iter().map(|item| {
        let target = url(&format!("https://www.wikidata.org/wiki/{item}"));
        let (kind, type_id) = ("wikidata", WIKIDATA_OF_ARTIST);
        Relation { kind, type_id, direction: "forward", target, has_ended: false }.shown()
    });
    spotify.chain(wikidata).collect()
}

/// Genres are tags too; each only when it is asked for.
pub(super) fn add_tags(shown: &mut Value, tags: &[Tag], incs: &Incs) {
    if incs.has("genres") {
        let genres = tags
            .iter()
            .filter(|tag| tag.is_genre)
            .map(|tag| json!({"count": tag.votes, "disambiguation": "", "id": genre_mbid(tag.name), "name": tag.name}));
        shown["genres"] = genres.collect();
    }
    if incs.has("tags") {
        shown["tags"] = tags.iter().map(|tag| json!({"count": tag.votes, "name": tag.name})).collect();
    }
}

fn alias(name: &str) -> Value {
    json!({
        "begin": null, "end": null, "ended": false, "locale": null, "name": name, "primary": null, "sort-name": name,
        "type": "Artist name", "type-id": ARTIST_NAME,
    })
}

/// An area within an artist: without its type.
fn nested_area(area: &Area) -> Value {
    let mut shown = area_brief(area);
    (shown["type"], shown["type-id"]) = (Value::Null, Value::Null);
    shown
}

/// An area in a relation.
pub(super) fn area_brief(area: &Area) -> Value {
    let mut shown = json!({
        "disambiguation": "", "id": area.mbid, "name": area.name, "sort-name": area.name,
        "type": area.kind, "type-id": area.kind.map(area_kind_id),
    });
    for (key, codes) in codes(area) {
        shown[key] = json!(codes);
    }
    shown
}

/// The codes that an area has; the keys of the others are absent.
pub(super) fn codes(area: &Area) -> impl Iterator<Item = (&'static str, &[&'static str])> {
    let all = [
        ("iso-3166-1-codes", area.country_codes.as_slice()),
        ("iso-3166-2-codes", area.subdivision_codes.as_slice()),
        ("iso-3166-3-codes", area.former_codes.as_slice()),
    ];
    all.into_iter().filter(|(_, codes)| !codes.is_empty())
}

/// The link of an area to Wikidata.
pub(super) fn area_wikidata(area: &Area) -> Value {
    let resource = format!("https://www.wikidata.org/wiki/{}", area.wikidata);
    let target = ("url", json!({"id": url_mbid(&resource), "resource": resource}));
    Relation { kind: "wikidata", type_id: WIKIDATA_OF_AREA, direction: "forward", target, has_ended: false }.shown()
}

/// The id of a type of artists.
pub(super) fn kind_id(kind: &str) -> &'static str {
    match kind {
        "Person" => "b6e035f4-3ce9-331c-97df-83397230b0df",
        "Group" => "e431f5f6-b5d2-343d-8b36-72607fffb74b",
        "Orchestra" => "a0b36c92-3eb1-3839-a4f9-4799823f54a5",
        "Choir" => "6124967d-7e3a-3eba-b642-c9a2ffb44d94",
        _ => "ac897045-5043-3294-969b-187360e45d86",
    }
}

/// The id of a gender.
pub(super) fn gender_id(gender: &str) -> &'static str {
    match gender {
        "Male" => "36d3d30a-839d-3eda-8cb3-29be4384e4a9",
        "Female" => "93452b5a-a947-30c8-934f-6a4056b151c2",
        _ => "13f3ca6b-e3cb-4b64-a1e4-3d3bfb8c5a3e",
    }
}

/// The id of a type of areas.
pub(super) fn area_kind_id(kind: &str) -> &'static str {
    match kind {
        "Country" => "06dd0ae4-8c74-30bb-b43d-95dcedf961de",
        "Subdivision" => "fd3d44c5-80a1-3842-9745-2c4972d35afa",
        "County" => "bcecec27-8bdb-3e00-8254-d948dda502fa",
        "Municipality" => "17246454-5ac4-36a1-b81a-4753eb2dab20",
        "City" => "6fd8f29a-3d0a-32fc-980d-ea697b69da78",
        "District" => "84039871-5e47-38ca-a66a-45e512c8290f",
        _ => "3f8e7b66-058b-369b-9834-ffa5fcba5641",
    }
}
