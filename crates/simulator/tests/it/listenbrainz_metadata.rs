//! What ListenBrainz knows of names, recordings and artists.

use reqwest::Response;
use serde_json::{Value, json};
use simulator::facts::Found;
use simulator::server::{Batch, Fault, FaultKind, Options, RetryAfter, Service};

use crate::visit::{Visit, hurried};

const NONE: &str = "00000000-0000-4000-8000-000000000000";

impl Visit {
    fn lb_token(&self) -> String {
        format!("Token {}", self.server.world().account("ada").unwrap().listenbrainz_token)
    }

    async fn lb_post(&self, path: &str, wish: &Value) -> Response {
        let request = self.http.post(self.url(&format!("listenbrainz/1/{path}"))).json(wish);
        request.header("authorization", self.lb_token()).send().await.unwrap()
    }
}

#[tokio::test]
async fn who_is_found_nowhere_else_is_found_by_names() {
    let visit = Visit::hurried().await;
    let (facts, catalogue) = (visit.server.world().facts(), visit.server.world().catalogue());
    let (mut found, mut asked) = (0, 0);
    for index in 0..40 {
        let truth = facts.artist(index);
        if !matches!(truth.found, Found::NameLookup | Found::Nowhere) {
            continue;
        }
        let own =
            catalogue.items.iter().filter(|item| item.artists.first() == Some(&(index as u32)) && item.id.is_some());
        let name = &catalogue.artists[index].name;
        let names: Vec<Value> =
            own.take(40).map(|item| json!({"artist_name": name, "recording_name": item.title})).collect();
        let answer = visit.lb_post("metadata/lookup/", &json!({ "recordings": names })).await;
        let answers: Value = answer.json().await.unwrap();
        let alone = answers.as_array().unwrap().iter().find(|answer| {
            answer["artist_mbids"].as_array().is_some_and(|mbids| mbids.len() == 1)
                && answer["artist_credit_name"] == *name
        });
        let mbid = alone.map(|answer| answer["artist_mbids"][0].as_str().unwrap());
        asked += 1;
        found += usize::from(mbid.is_some());
        assert_eq!(mbid, truth.mbid.filter(|_| truth.found == Found::NameLookup), "{name}");
    }
    assert!(found > 0 && asked > found);
}

#[tokio::test]
async fn lookups_answer_in_order_and_need_a_token() {
    let visit = Visit::hurried().await;
    let facts = visit.server.world().facts();
    let recording = &facts.recordings[0];
    let (artist, title) = (recording.credit(), &recording.title);
    let wish = json!({"recordings": [
        {"artist_name": "Nobody", "recording_name": "Nothing"},
        {"artist_name": artist, "recording_name": title, "release_name": "x"},
    ]});
    let answer: Value = visit.lb_post("metadata/lookup/", &wish).await.json().await.unwrap();
    let nothing =
        json!({"artist_name_arg": "Nobody", "index": 0, "recording_name_arg": "Nothing", "release_name_arg": null});
    assert_eq!(answer[0], nothing);
    assert_eq!((&answer[1]["index"], &answer[1]["recording_mbid"]), (&json!(1), &json!(recording.mbid)));
    assert_eq!(answer[1]["artist_credit_name"], artist);

    let get = async |query: &[(&str, &str)], token: Option<String>| {
        let mut request = visit.http.get(visit.url("listenbrainz/1/metadata/lookup/")).query(query);
        if let Some(token) = token {
            request = request.header("authorization", token);
        }
        request.send().await.unwrap()
    };
    let names = [("artist_name", artist.as_str()), ("recording_name", title)];
    assert_eq!(get(&names, None).await.status(), 401);
    assert_eq!(get(&names, Some("Token wrong".into())).await.status(), 401);
    let more = [names[0], names[1], ("metadata", "true"), ("inc", "artist tag")];
    let answer = get(&more, Some(visit.lb_token())).await;
    assert!(answer.headers().contains_key("x-ratelimit-remaining"));
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["recording_mbid"], recording.mbid);
    assert_eq!(answer["metadata"]["artist"]["name"], artist);
    let nothing = [("artist_name", "Nobody"), ("recording_name", "Nothing")];
    assert_eq!(get(&nothing, Some(visit.lb_token())).await.text().await.unwrap(), "{}");
    assert_eq!(get(&nothing[..1], Some(visit.lb_token())).await.status(), 400);
    let long = "a".repeat(251);
    assert_eq!(get(&[("artist_name", &long), ("recording_name", "x")], Some(visit.lb_token())).await.status(), 400);
    let pairs = vec![json!({"artist_name": "a", "recording_name": "b"}); 51];
    assert_eq!(visit.lb_post("metadata/lookup/", &json!({ "recordings": pairs })).await.status(), 400);
    assert_eq!(visit.lb_post("metadata/lookup/", &json!({ "recordings": pairs[..50] })).await.status(), 200);
    let strict = Visit::everywhere(Options { refused_batches: vec![Batch::Names], ..hurried() }).await;
    assert_eq!(strict.lb_post("metadata/lookup/", &json!({ "recordings": pairs[..2] })).await.status(), 400);
    assert_eq!(strict.lb_post("metadata/lookup/", &json!({ "recordings": pairs[..1] })).await.status(), 200);
}

#[tokio::test]
async fn recordings_and_artists_have_tags() {
    let visit = Visit::hurried().await;
    let facts = visit.server.world().facts();
    let tagged = facts.recordings.iter().find(|recording| !recording.tags.is_empty()).unwrap();
    let wish = json!({"recording_mbids": [tagged.mbid, NONE], "inc": "artist tag release"});
    let answer: Value = visit.lb_post("metadata/recording/", &wish).await.json().await.unwrap();
    assert_eq!(answer.as_object().unwrap().len(), 1, "only what is known");
    let shown = &answer[&tagged.mbid];
    assert_eq!(shown["tag"]["recording"][0]["tag"], tagged.tags[0].name);
    assert!(shown["tag"]["recording"][0]["genre_mbid"].is_string());
    assert_eq!(shown["artist"]["artists"].as_array().unwrap().len(), tagged.credits.len());
    assert!(shown["release"]["release_group_mbid"].is_string() && shown["release"]["year"].is_u64());
    let same = visit.json(&format!("listenbrainz/1/metadata/recording/?recording_mbids={}", tagged.mbid)).await;
    assert_eq!((same[&tagged.mbid].get("tag"), same[&tagged.mbid]["recording"]["rels"].is_array()), (None, true));
    let beyond = json!({"recording_mbids": vec![NONE; 1_001]});
    assert_eq!(visit.lb_post("metadata/recording/", &beyond).await.status(), 400);

    let artist = facts.artists.iter().find(|artist| artist.tags.len() > 1 && artist.area.is_some()).unwrap();
    let path = format!("listenbrainz/1/metadata/artist/?artist_mbids={},{NONE}&inc=tag", artist.mbid);
    let answer = visit.json(&path).await;
    assert_eq!(answer.as_array().unwrap().len(), 1);
    assert_eq!((&answer[0]["artist_mbid"], &answer[0]["mbid"]), (&json!(artist.mbid), &json!(artist.mbid)));
    assert_eq!(answer[0]["area"], facts.atlas().areas[artist.area.unwrap()].name);
    assert_eq!(answer[0]["tag"]["artist"].as_array().unwrap().len(), artist.tags.len());
    assert!(answer[0]["rels"]["free streaming"].as_str().unwrap().contains("deezer"), "one of each kind");
    assert_eq!(visit.get("listenbrainz/1/metadata/artist/?artist_mbids=x").await.status(), 400);
}

#[tokio::test]
async fn popularity_is_null_for_what_nobody_hears() {
    let visit = Visit::hurried().await;
    let facts = visit.server.world().facts();
    let heard = facts.artists.iter().find(|artist| artist.popularity.is_some()).unwrap();
    let wish = json!({"artist_mbids": [NONE, heard.mbid]});
    let answer: Value = visit.lb_post("popularity/artist", &wish).await.json().await.unwrap();
    let (listens, users) = heard.popularity.unwrap();
    assert_eq!(
        answer,
        json!([
            {"artist_mbid": NONE, "total_listen_count": null, "total_user_count": null},
            {"artist_mbid": heard.mbid, "total_listen_count": listens, "total_user_count": users},
        ])
    );
    let group = facts.release_groups.iter().find(|group| group.popularity.is_some()).unwrap();
    let wish = json!({"release_group_mbids": [group.mbid]});
    let answer: Value = visit.lb_post("popularity/release-group", &wish).await.json().await.unwrap();
    assert_eq!(answer[0]["total_user_count"], group.popularity.unwrap().1);
    let recording = facts.recordings.iter().find(|recording| recording.popularity.is_some()).unwrap();
    let wish = json!({"recording_mbids": [recording.mbid]});
    let answer: Value = visit.lb_post("popularity/recording", &wish).await.json().await.unwrap();
    assert_eq!(answer[0]["total_listen_count"], recording.popularity.unwrap().0);
    assert_eq!(visit.lb_post("popularity/artist", &json!({})).await.status(), 400);
    assert_eq!(visit.lb_post("popularity/user", &wish).await.status(), 404);
}

#[tokio::test]
async fn listens_name_mbids_that_musicbrainz_has() {
    let visit = Visit::hurried().await;
    let facts = visit.server.world().facts();
    let page = visit.json("listenbrainz/1/user/ada-listens/listens?count=1000").await;
    let (mut mapped, mut tagged, mut former) = (0, 0, 0);
    for listen in page["payload"]["listens"].as_array().unwrap() {
        let metadata = &listen["track_metadata"];
        for artist in metadata["mbid_mapping"]["artists"].as_array().into_iter().flatten() {
            let known = facts.artist_by_mbid(artist["artist_mbid"].as_str().unwrap()).unwrap();
            assert_eq!(artist["artist_mbid"], known.mbid, "the mapper knows today's");
            mapped += 1;
        }
        for mbid in metadata["additional_info"]["artist_mbids"].as_array().into_iter().flatten() {
            let known = facts.artist_by_mbid(mbid.as_str().unwrap()).unwrap();
            former += usize::from(*mbid != known.mbid);
            tagged += 1;
        }
    }
    assert!(mapped > 100 && tagged > 30 && former > 0, "{mapped} {tagged} {former}");
}

#[tokio::test]
async fn limits_and_faults_are_those_of_listenbrainz() {
    let visit = Visit::everywhere(Options { listenbrainz_limit: Some(2), ..hurried() }).await;
    let wish = json!({"artist_mbids": [NONE]});
    assert_eq!(visit.lb_post("popularity/artist", &wish).await.headers()["x-ratelimit-remaining"], "1");
    assert_eq!(visit.lb_post("popularity/artist", &wish).await.headers()["x-ratelimit-remaining"], "0");
    assert!(visit.server.broken_rules().is_empty());
    assert_eq!(visit.lb_post("popularity/artist", &wish).await.status(), 429);
    assert_eq!(visit.server.broken_rules().len(), 1, "it was told that nothing remains");

    let visit = Visit::hurried().await;
    let busy = FaultKind::RateLimited { retry_after: RetryAfter::Secs(7) };
    visit.server.switch_on(Fault::new(Service::ListenBrainz, busy).at("popularity").times(1)).unwrap();
    let answer = visit.lb_post("popularity/artist", &wish).await;
    assert_eq!((answer.status().as_u16(), answer.headers()["x-ratelimit-reset-in"].as_bytes()), (429, &b"7"[..]));
    assert!(visit.server.broken_rules().is_empty(), "that was not its fault");
}
