//! Spotify's catalogue, in both shapes.

use serde_json::{Value, json};
use simulator::server::{Fault, FaultKind, Options, Service, Shape};

use crate::small_scenario;
use crate::visit::Visit;

async fn ada(shape: Shape) -> (Visit, String) {
    let visit = Visit::of(small_scenario(1), Options { shape, ..Options::default() }).await;
    let token = visit.access("ada").await;
    (visit, token)
}

impl Visit {
    async fn spotify(&self, token: &str, path: &str) -> (u16, Value) {
        let answer = self.http.get(self.url(&format!("v1/{path}"))).bearer_auth(token).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// The ids of a track with an ISRC, of its album and of its artist.
    fn ids(&self) -> [String; 3] {
        let catalogue = self.server.world().catalogue();
        let item = catalogue.items.iter().find(|item| item.isrc.is_some()).unwrap();
        let (album, artist) = (catalogue.collection(item.collection), catalogue.artist(item.artists[0]));
        [&item.id, &album.id, &artist.id].map(|id| id.clone().unwrap())
    }
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn development_mode_has_single_objects_with_fewer_fields() {
    let (visit, token) = ada(Shape::Development).await;
    let [track, album, artist] = visit.ids();
    let (status, body) = visit.spotify(&token, &format!("artists/{artist}")).await;
    assert_eq!(status, 200);
    assert_eq!(keys(&body), ["external_urls", "href", "id", "images", "name", "type", "uri"]);
    let (_, body) = visit.spotify(&token, &format!("tracks/{track}")).await;
    assert!(body["external_ids"]["isrc"].is_string() && body["album"]["id"] == album);
    for gone in ["available_markets", "popularity"] {
        assert_eq!(body.get(gone), None, "{gone}");
    }
    let (_, body) = visit.spotify(&token, &format!("albums/{album}")).await;
    for gone in ["available_markets", "label", "popularity"] {
        assert_eq!(body.get(gone), None, "{gone}");
    }
    assert!(body["external_ids"]["upc"].is_string() && body["copyrights"][0]["type"] == "C");
    let tracks = body["tracks"]["items"].as_array().unwrap();
    assert_eq!(
        (body["total_tracks"].as_u64(), body["tracks"]["total"].as_u64()),
        (Some(tracks.len() as u64), Some(tracks.len() as u64))
    );
    assert!(tracks.iter().all(|track| track.get("external_ids").is_none() && track.get("album").is_none()));
    for kind in ["tracks", "albums", "artists"] {
        let forbidden = json!({"error": {"status": 403, "message": "Forbidden"}});
        assert_eq!(visit.spotify(&token, &format!("{kind}?ids={track}")).await, (403, forbidden));
    }
}

#[tokio::test]
async fn extended_quota_has_many_at_once_and_all_fields() {
    let (visit, token) = ada(Shape::Extended).await;
    let [track, album, artist] = visit.ids();
    let nobody = "0000000000000000000000";
    let (status, body) = visit.spotify(&token, &format!("artists?ids={artist},{nobody}")).await;
    assert_eq!((status, &body["artists"][0]["id"], &body["artists"][1]), (200, &json!(artist), &Value::Null));
    for more in ["followers", "genres", "popularity"] {
        assert!(body["artists"][0].get(more).is_some(), "{more}");
    }
    let (_, body) = visit.spotify(&token, &format!("tracks?ids={nobody},{track}")).await;
    assert_eq!((&body["tracks"][0], &body["tracks"][1]["id"]), (&Value::Null, &json!(track)));
    assert!(body["tracks"][1]["popularity"].is_u64() && body["tracks"][1]["album"]["available_markets"].is_array());
    let (_, body) = visit.spotify(&token, &format!("albums?ids={album}")).await;
    assert!(body["albums"][0]["label"].is_string() && body["albums"][0]["genres"] == json!([]));
    let many = vec![nobody; 21].join(",");
    assert_eq!(visit.spotify(&token, &format!("albums?ids={many}")).await.0, 400);
    assert_eq!(visit.spotify(&token, &format!("tracks?ids={many}")).await.0, 200);
}

#[tokio::test]
async fn what_is_unknown_or_not_allowed() {
    let (visit, token) = ada(Shape::Development).await;
    let [track, ..] = visit.ids();
    assert_eq!(visit.spotify(&token, "tracks/0000000000000000000000").await.0, 404);
    assert_eq!(visit.spotify(&token, "albums/short").await.0, 400);
    assert_eq!(visit.spotify("nonsense", &format!("tracks/{track}")).await.0, 401);
    visit.server.switch_on(Fault::new(Service::Spotify, FaultKind::ExpiredToken {}).at("track").times(1)).unwrap();
    assert_eq!(visit.spotify(&token, &format!("tracks/{track}")).await.0, 401);
    assert_eq!(visit.spotify(&token, &format!("tracks/{track}")).await.0, 200);
    assert_eq!(visit.server.requests()[&format!("GET /v1/tracks/{track}")], 3);
}
