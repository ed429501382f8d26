//! MusicBrainz from outside.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use simulator::facts::KnownArtist;
use simulator::server::{Batch, ErrorBody, Fault, FaultKind, Options, RetryAfter, Service};

use crate::visit::{Visit, hurried};

pub(crate) const URL: &str = "https://open.spotify.com/artist/";
const NONE: &str = "00000000-0000-4000-8000-000000000000";

impl Visit {
    pub(crate) async fn mb(&self, path: &str) -> Value {
        self.json(&format!("musicbrainz/ws/2/{path}fmt=json")).await
    }

    async fn mb_status(&self, path: &str) -> u16 {
        self.get(&format!("musicbrainz/ws/2/{path}fmt=json")).await.status().as_u16()
    }

    /// Everyone in the catalogue of Spotify, with the truth about them.
    pub(crate) fn everyone(&self) -> Vec<(usize, String, String)> {
        let artists = self.server.world().catalogue().artists.iter().enumerate();
        artists.filter_map(|(index, artist)| Some((index, artist.id.clone()?, artist.name.clone()))).collect()
    }

    fn known(&self, is: impl Fn(&KnownArtist) -> bool) -> &KnownArtist {
        self.server.world().facts().artists.iter().find(|artist| is(artist)).unwrap()
    }
}

#[tokio::test]
async fn urls_come_one_by_one_or_many_at_once() {
    let visit = Visit::hurried().await;
    let linked = visit.known(|artist| artist.spotify_ids.len() == 1 && !artist.spotify_ids[0].1);
    let resource = format!("{URL}{}", linked.spotify_ids[0].0);
    let answer = visit.mb(&format!("url?resource={resource}&inc=artist-rels&")).await;
    assert_eq!(answer["resource"], resource);
    let relation = &answer["relations"][0];
    assert_eq!([&relation["direction"], &relation["target-type"]], ["backward", "artist"]);
    assert!(["free streaming", "streaming"].contains(&relation["type"].as_str().unwrap()));
    assert_eq!((&relation["artist"]["id"], &relation["ended"]), (&json!(linked.mbid), &json!(false)));
    assert_eq!(visit.mb(&format!("url?resource={resource}&")).await["relations"], Value::Null, "not asked for");
    assert_eq!(visit.mb_status(&format!("url?resource={URL}0000000000000000000000&")).await, 404);
    assert_eq!(visit.mb_status(&format!("url?resource={resource}?si=x&")).await, 404);

    let everyone = visit.everyone();
    let resources =
        |ids: &mut dyn Iterator<Item = &String>| ids.map(|id| format!("resource={URL}{id}&")).collect::<String>();
    let unknown = (0..70).map(|number| format!("resource={URL}{number:022}&")).collect::<String>();
    let known = resources(&mut everyone.iter().map(|(_, id, _)| id));
    let answer = visit.mb(&format!("url?{known}{unknown}inc=artist-rels&")).await;
    let urls = answer["urls"].as_array().unwrap();
    assert_eq!((&answer["url-count"], &answer["url-offset"]), (&json!(urls.len()), &json!(0)));
    assert!(urls.len() > 30 && urls.len() < everyone.len(), "only those that are there");
    let given: Vec<&str> = urls.iter().map(|url| url["resource"].as_str().unwrap()).collect();
    let asked: Vec<String> = everyone.iter().map(|(_, id, _)| format!("{URL}{id}")).collect();
    assert!(given.iter().all(|url| asked.iter().any(|asked| asked == url)));
    let positions: Vec<_> = given.iter().map(|url| asked.iter().position(|asked| asked == url)).collect();
    assert!(!positions.is_sorted(), "in an order of their own");
    // What is beyond the hundredth is not looked at.
    let answer =
        visit.mb(&format!("url?{unknown}{}{known}inc=artist-rels&", &unknown[..unknown.len() / 70 * 30])).await;
    assert_eq!(answer, json!({"url-count": 0, "url-offset": 0, "urls": []}));

    let strict = Visit::everywhere(Options { refused_batches: vec![Batch::Urls], ..hurried() }).await;
    assert_eq!(strict.mb_status(&format!("url?{known}")).await, 400);
    assert_eq!(strict.mb_status(&format!("url?resource={resource}&")).await, 200);
}

#[tokio::test]
async fn tracks_and_albums_are_linked_too() {
    let visit = Visit::hurried().await;
    let (facts, catalogue) = (visit.server.world().facts(), visit.server.world().catalogue());
    let recording = facts.recordings.iter().find(|recording| recording.is_linked).unwrap();
    let id = catalogue.item(recording.recording).id.as_deref().unwrap();
    let url = format!("url?resource=https://open.spotify.com/track/{id}&inc=recording-rels&");
    assert_eq!(visit.mb(&url).await["relations"][0]["recording"]["id"], recording.mbid);
    let release = facts.releases.iter().find(|release| release.is_linked).unwrap();
    let id = catalogue.collection(release.collection).id.as_deref().unwrap();
    let url = format!("url?resource=https://open.spotify.com/album/{id}&inc=release-rels&");
    assert_eq!(visit.mb(&url).await["relations"][0]["release"]["id"], release.mbid);
}

#[tokio::test]
async fn lookups_have_nulls_and_what_was_asked_for() {
    let visit = Visit::hurried().await;
    let facts = visit.server.world().facts();
    let tagged = visit.known(|artist| artist.tags.iter().any(|tag| tag.is_genre) && artist.artist.is_some());
    let bare = visit.mb(&format!("artist/{}?", tagged.mbid)).await;
    for key in ["genres", "tags", "aliases", "relations"] {
        assert_eq!(bare.get(key), None, "{key} was not asked for");
    }
    let full = visit.mb(&format!("artist/{}?inc=genres+tags+aliases+url-rels&", tagged.mbid)).await;
    let names = |key: &str| -> Vec<String> {
        full[key].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap().to_owned()).collect()
    };
    let (genres, tags) = (names("genres"), names("tags"));
    assert!(!genres.is_empty() && genres.is_sorted() && tags.is_sorted());
    assert!(genres.iter().all(|genre| tags.contains(genre)), "genres are tags");
    assert!(full["genres"][0]["id"].is_string() && full["genres"][0]["count"].as_u64().unwrap() > 0);

    for artist in facts.artists.iter().take(40) {
        let shown = visit.mb(&format!("artist/{}?", artist.mbid)).await;
        for key in ["area", "begin-area", "end-area", "country", "gender", "gender-id", "type"] {
            assert!(shown.get(key).is_some(), "{key} is there, if only as null");
        }
        if shown["area"].is_object() {
            assert_eq!(shown["area"]["type"], Value::Null);
            assert_ne!(shown["area"].get("iso-3166-1-codes"), Some(&json!([])));
        }
        let derived = artist.area.and_then(|area| facts.atlas().country_code(area));
        assert_eq!(shown["country"], json!(derived));
        assert_eq!(shown["life-span"], json!({"begin": artist.begin, "end": artist.end, "ended": artist.has_ended}));
    }
    let merged = visit.known(|artist| artist.former_mbid.is_some());
    let answer = visit.mb(&format!("artist/{}?", merged.former_mbid.as_ref().unwrap())).await;
    assert_eq!(answer["id"], merged.mbid, "the old MBID gives the artist of today");
}

#[tokio::test]
async fn mistakes_are_answered_in_its_words() {
    let visit = Visit::hurried().await;
    let any = &visit.known(|_| true).mbid;
    let answer = visit.get(&format!("musicbrainz/ws/2/artist/{any}?inc=coffee&fmt=json")).await;
    assert_eq!(answer.status(), 400);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["error"], "coffee is not a valid inc parameter for the given resource.");
    assert!(body["help"].is_string());
    assert_eq!(visit.mb(&format!("artist/{NONE}?")).await["error"], "Not Found");
    for (path, status) in [
        (format!("artist/{NONE}?"), 404),
        ("artist/no-mbid?".into(), 400),
        ("isrc/nonsense?".into(), 400),
        ("isrc/XXXXX0000000?".into(), 404),
        ("isrc/XXXXX0000000?inc=genres&".into(), 400),
        ("artist?query=artist:AC/DC&".into(), 400),
        ("artist?query=colour:red&".into(), 400),
        ("artist?".into(), 400),
        ("url?".into(), 400),
        (format!("area/{NONE}?"), 404),
        (format!("recording/{NONE}?"), 404),
        (format!("release-group?artist={NONE}&"), 404),
        ("work/x?".into(), 404),
    ] {
        assert_eq!(visit.mb_status(&path).await, status, "{path}");
    }
    let xml = visit.get(&format!("musicbrainz/ws/2/artist/{any}")).await.text().await.unwrap();
    assert!(xml.starts_with("<?xml"), "JSON must be asked for");
}

#[tokio::test]
async fn searches_find_many_ids_at_once_and_leave_out_what_is_unknown() {
    let visit = Visit::hurried().await;
    let facts = visit.server.world().facts();
    let mbids: Vec<&str> = facts.artists.iter().take(60).map(|artist| artist.mbid.as_str()).collect();
    for query in [
        format!("arid:({})", mbids.join(" OR ")),
        mbids.iter().map(|mbid| format!("arid:\"{mbid}\"")).collect::<Vec<_>>().join(" OR "),
    ] {
        let answer = visit.mb(&format!("artist?query={query}&limit=100&")).await;
        let found: BTreeSet<&str> =
            answer["artists"].as_array().unwrap().iter().map(|artist| artist["id"].as_str().unwrap()).collect();
        assert_eq!(found, mbids.iter().copied().collect());
        assert_eq!(answer["count"], mbids.len());
        for shown in answer["artists"].as_array().unwrap() {
            assert_eq!(shown["score"], 100);
            assert_eq!(shown.get("genres"), None);
            assert!(shown.as_object().unwrap().values().all(|value| !value.is_null()), "{shown}");
            let area = shown.get("area").or(shown.get("begin-area"));
            assert!(area.is_none_or(|area| area.get("iso-3166-1-codes").is_none()));
        }
    }
    assert_eq!(
        visit.mb(&format!("artist?query=arid:({})&", mbids.join(" OR "))).await["artists"].as_array().unwrap().len(),
        25
    );
    let refused_batches = vec![Batch::Artists, Batch::Areas, Batch::Isrcs, Batch::Works];
    let strict = Options { refused_batches, ..hurried() };
    let strict = Visit::everywhere(strict).await;
    assert_eq!(strict.mb_status(&format!("artist?query=arid:({} OR {})&", mbids[0], mbids[1])).await, 400);
    assert_eq!(strict.mb_status(&format!("artist?query=arid:{}&", mbids[0])).await, 200);
    assert_eq!(strict.mb_status(&format!("area?query=aid:({NONE} OR {})&", mbids[1])).await, 400);
    assert_eq!(strict.mb_status("recording?query=isrc:(A OR B)&").await, 400);
    for works in ["recording", "release-group"] {
        let search = format!("{works}?query=arid:({} OR {}) AND tag:*&", mbids[0], mbids[1]);
        assert_eq!(strict.mb_status(&search).await, 400);
        assert_eq!(visit.mb_status(&search).await, 200);
    }
}

#[tokio::test]
async fn areas_know_what_they_are_part_of() {
    let visit = Visit::hurried().await;
    let atlas = visit.server.world().facts().atlas();
    let area =
        |name: &str, kind: &str| atlas.areas.iter().find(|area| area.name == name && area.kind == Some(kind)).unwrap();
    let prague = visit.mb(&format!("area/{}?inc=area-rels+url-rels&", area("Praha", "City").mbid)).await;
    assert_eq!((&prague["type"], &prague["iso-3166-2-codes"]), (&json!("City"), &json!(["CZ-10"])));
    let parents: Vec<(&str, bool)> = prague["relations"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|relation| relation["type"] == "part of" && relation["direction"] == "backward")
        .map(|relation| (relation["area"]["name"].as_str().unwrap(), relation["ended"].as_bool().unwrap()))
        .collect();
    assert_eq!(parents, [("Czechia", false), ("Czechoslovakia", true)]);
    let wikidata = prague["relations"].as_array().unwrap().iter().find(|relation| relation["type"] == "wikidata");
    assert!(wikidata.unwrap()["url"]["resource"].as_str().unwrap().starts_with("https://www.wikidata.org/wiki/Q"));
    let germany = visit.mb(&format!("area/{}?inc=area-rels&", area("Germany", "Country").mbid)).await;
    assert!(germany["relations"].as_array().unwrap().iter().all(|relation| relation["direction"] == "forward"));
    assert_eq!(germany["iso-3166-1-codes"], json!(["DE"]));
    let former = visit.mb(&format!("area/{}?", area("Soviet Union", "Country").mbid)).await;
    assert_eq!(former["iso-3166-3-codes"], json!(["SUHH"]));
    assert_eq!(former["life-span"]["ended"], true);

    let (brooklyn, kowloon) = (&area("Brooklyn", "District").mbid, &area("Kowloon", "District").mbid);
    let found = visit.mb(&format!("area?query=aid:({brooklyn} OR {kowloon})&limit=100&")).await;
    assert_eq!(found["count"], 2);
    let brooklyn = found["areas"].as_array().unwrap().iter().find(|area| area["name"] == "Brooklyn").unwrap();
    let parents = brooklyn["relation-list"][0]["relations"].as_array().unwrap();
    assert_eq!(parents.iter().map(|parent| &parent["area"]["name"]).collect::<Vec<_>>(), ["New York", "Kings County"]);
    // Searches do not say what an area has left, only that a parent is no more.
    let found = visit.mb(&format!("area?query=aid:{}&", area("Praha", "City").mbid)).await;
    let parents = found["areas"][0]["relation-list"][0]["relations"].as_array().unwrap();
    assert!(parents.iter().all(|parent| parent.get("ended").is_none()));
    let lives: Vec<_> = parents.iter().map(|parent| &parent["area"]["life-span"]["ended"]).collect();
    assert_eq!(lives, [&Value::Null, &json!(true)]);
    assert_eq!(visit.mb("area?query=area:Springfield&").await["count"], 2);
}

#[tokio::test]
async fn recordings_are_found_by_isrc_and_albums_have_genres() {
    let visit = Visit::hurried().await;
    let facts = visit.server.world().facts();
    let with_guests = facts.recordings.iter().find(|recording| {
        recording.credits.len() > 1
            && facts.recordings_by_isrc(recording.isrcs.first().map_or("", |isrc| isrc)).count() == 1
    });
    let known = with_guests.unwrap();
    let isrc = &known.isrcs[0];
    let answer = visit.mb(&format!("isrc/{isrc}?inc=artist-credits&")).await;
    assert_eq!((&answer["isrc"], &answer["recordings"][0]["id"]), (&json!(isrc), &json!(known.mbid)));
    let credits = answer["recordings"][0]["artist-credit"].as_array().unwrap();
    let name: String = credits
        .iter()
        .map(|credit| format!("{}{}", credit["name"].as_str().unwrap(), credit["joinphrase"].as_str().unwrap()))
        .collect();
    assert_eq!(name, known.credit());

    let others: Vec<&str> =
        facts.recordings.iter().filter_map(|other| other.isrcs.first().map(String::as_str)).collect();
    let answer = visit.mb(&format!("recording?query=isrc:({})&limit=100&", others[..50].join(" OR "))).await;
    let recordings = answer["recordings"].as_array().unwrap();
    assert!(recordings.len() >= 50 && recordings[0]["artist-credit"][0]["artist"]["id"].is_string());
    assert!(recordings.iter().all(|recording| recording["isrcs"][0].is_string()));
    let full = "inc=artist-credits+isrcs+genres+tags+releases+release-groups&";
    let answer = visit.mb(&format!("recording/{}?{full}", known.mbid)).await;
    assert_eq!(answer["isrcs"], json!(known.isrcs));
    assert!(answer["genres"].is_array() && answer["releases"][0]["release-group"]["primary-type"].is_string());

    let group = facts.release_groups.iter().find(|group| !group.tags.is_empty()).unwrap();
    let artist = &facts.artists[group.artist].mbid;
    let answer = visit.mb(&format!("release-group?artist={artist}&inc=genres&limit=100&")).await;
    let groups = answer["release-groups"].as_array().unwrap();
    assert_eq!(answer["release-group-count"], groups.len());
    let shown = groups.iter().find(|shown| shown["id"] == group.mbid).unwrap();
    assert_eq!(shown["genres"].as_array().unwrap().len(), group.tags.len());
    let by = &facts.artists[known.credits[1].artist].mbid;
    let answer = visit.mb(&format!("recording?artist={by}&inc=artist-credits+genres+tags&limit=100&")).await;
    let recordings = answer["recordings"].as_array().unwrap();
    assert!(answer["recording-count"].as_u64().unwrap() >= recordings.len() as u64);
    let shown = recordings.iter().find(|shown| shown["id"] == known.mbid).unwrap();
    assert!(shown["genres"].is_array() && shown["artist-credit"].as_array().unwrap().len() > 1);
    assert_eq!(visit.mb(&format!("release-group/{}?inc=genres&", group.mbid)).await["title"], group.title);
    let release = &facts.releases[0];
    let answer = visit.mb(&format!("release/{}?inc=release-groups+recordings+artist-credits&", release.mbid)).await;
    assert_eq!(answer["release-group"]["id"], facts.release_groups[release.group].mbid);
    assert!(answer["media"][0]["track-count"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn faults_reach_it_in_its_words() {
    let visit = Visit::hurried().await;
    let path = format!("artist/{}?", visit.known(|_| true).mbid);
    let switch = |kind: FaultKind| {
        visit.server.switch_on(Fault::new(Service::MusicBrainz, kind).at("artist").times(1)).unwrap();
    };
    switch(FaultKind::Overloaded { retry_after: RetryAfter::Secs(7) });
    let answer = visit.get(&format!("musicbrainz/ws/2/{path}fmt=json")).await;
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].as_bytes()), (503, &b"7"[..]));
    assert!(answer.text().await.unwrap().contains("exceeding the allowable rate limit"));
    switch(FaultKind::Overloaded { retry_after: RetryAfter::Absent });
    let answer = visit.get(&format!("musicbrainz/ws/2/{path}fmt=json")).await;
    assert!(answer.status() == 503 && !answer.headers().contains_key("retry-after"));
    switch(FaultKind::ServerError { status: 502, body: ErrorBody::Json });
    let answer = visit.get(&format!("musicbrainz/ws/2/{path}fmt=json")).await;
    assert!(answer.json::<Value>().await.unwrap()["help"].is_string());
    switch(FaultKind::NotJson {});
    let answer = visit.get(&format!("musicbrainz/ws/2/{path}fmt=json")).await;
    assert!(answer.text().await.unwrap().starts_with("<!DOCTYPE html>"));
    switch(FaultKind::Truncated {});
    assert!(visit.get(&format!("musicbrainz/ws/2/{path}fmt=json")).await.bytes().await.is_err());
    assert_eq!(visit.mb_status(&path).await, 200);
    assert!(visit.server.broken_rules().is_empty());
}
