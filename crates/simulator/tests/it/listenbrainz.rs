use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta};
use serde_json::{Value, json};
use simulator::server::{Fault, FaultKind, Options, RetryAfter, Service};
use simulator::{Listen, Origin};

use crate::visit::Visit;

impl Visit {
    async fn listens(&self, query: &str) -> Value {
        let page = self.json(&format!("listenbrainz/1/user/ada-listens/listens?{query}")).await;
        page["payload"].clone()
    }

    /// What ListenBrainz knows by now.
    fn listens_known(&self) -> Vec<Listen> {
        let world = self.server.world();
        let now_ms = self.server.now().timestamp_millis();
        let listens = world.listens_of(world.account("ada").unwrap());
        listens.into_iter().filter(|listen| listen.inserted_ms <= now_ms).collect()
    }
}

fn times(payload: &Value) -> Vec<i64> {
    payload["listens"].as_array().unwrap().iter().map(|listen| listen["listened_at"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn everything_is_there_for_who_pages_with_care() {
    let visit = Visit::everywhere(Options::default()).await;
    let known = visit.listens_known();
    assert!(known.len() > 450, "{}", known.len());
    // Back from the newest, with the second of the boundary asked for again.
    let (mut seen, mut max_ts) = (BTreeSet::new(), visit.server.now().timestamp() + 1);
    loop {
        let payload = visit.listens(&format!("count=50&max_ts={max_ts}")).await;
        let page = times(&payload);
        assert!(page.is_sorted_by(|left, right| left >= right), "newest first");
        assert_eq!(payload["count"], page.len());
        let Some(oldest) = page.last() else { break };
        seen.extend(page.iter().copied());
        max_ts = if *oldest + 1 < max_ts { oldest + 1 } else { *oldest };
    }
    assert_eq!(seen, known.iter().map(|listen| listen.listened_at).collect());
    let numbers: BTreeSet<usize> = known.iter().map(|listen| listen.number).collect();
    assert_eq!(visit.server.served(Service::ListenBrainz, "ada"), numbers);
    assert_eq!(visit.json("listenbrainz/1/user/ada-listens/listen-count").await["payload"]["count"], known.len());
}

#[tokio::test]
async fn a_page_may_be_made_small() {
    let visit = Visit::everywhere(Options { listens_per_page: 7, ..Options::default() }).await;
    assert_eq!(times(&visit.listens("count=1000").await).len(), 7);
    assert_eq!(times(&visit.listens("count=3").await).len(), 3);
}

#[tokio::test]
async fn withheld_listens_are_neither_shown_nor_counted_until_they_are_imported() {
    let visit = Visit::everywhere(Options::default()).await;
    let known = visit.listens_known();
    let at = |place: usize| DateTime::from_timestamp(known[place].listened_at, 0).unwrap();
    let inside = |time: i64| (at(100).timestamp()..at(200).timestamp()).contains(&time);
    let fault = FaultKind::WithheldPlays { from: at(100), to: at(200) };
    let fault = visit.server.switch_on(Fault::new(Service::ListenBrainz, fault)).unwrap();
    let left = known.iter().filter(|listen| !inside(listen.listened_at)).count();
    let count = async || visit.json("listenbrainz/1/user/ada-listens/listen-count").await["payload"]["count"].clone();
    assert!(left < known.len());
    let shown = times(&visit.listens("count=1000").await);
    assert_eq!(shown.len(), left);
    assert!(!shown.into_iter().any(inside));
    assert_eq!(count().await, left);
    visit.server.switch_off(fault);
    assert_eq!(times(&visit.listens("count=1000").await).len(), known.len());
    assert_eq!(count().await, known.len());
}

#[tokio::test]
async fn a_lower_bound_gives_the_oldest_and_a_count_is_cut() {
    let visit = Visit::everywhere(Options::default()).await;
    let known = visit.listens_known();
    let from = known[99].listened_at;
    let after: Vec<i64> = known.iter().map(|listen| listen.listened_at).filter(|time| *time > from).collect();
    let payload = visit.listens(&format!("count=20&min_ts={from}")).await;
    let mut expected = after[..20].to_vec();
    expected.reverse();
    assert_eq!(times(&payload), expected);
    assert_eq!(payload["latest_listen_ts"], known.last().unwrap().listened_at);
    assert_eq!(payload["oldest_listen_ts"], known[0].listened_at);
    assert_eq!(payload["user_id"], "ada-listens");
    assert_eq!(times(&visit.listens("").await).len(), 25);
    assert_eq!(times(&visit.listens("count=5000").await).len(), known.len());
}

#[tokio::test]
async fn seconds_are_shared() {
    let visit = Visit::everywhere(Options::default()).await;
    let mut seconds: BTreeMap<i64, usize> = BTreeMap::new();
    visit.listens_known().iter().for_each(|listen| *seconds.entry(listen.listened_at).or_default() += 1);
    let shared = *seconds.iter().find(|(_, count)| **count > 1).expect("two listens in one second").0;
    let before = seconds.range(..shared).map(|(_, count)| count).sum::<usize>();
    let first = seconds.first_key_value().unwrap().0 - 1;
    let page = visit.listens(&format!("count={}&min_ts={first}", before + 1)).await;
    assert_eq!(times(&page)[0], shared, "the boundary falls into the second");
    assert!(!times(&visit.listens(&format!("min_ts={shared}")).await).contains(&shared), "and the rest is gone");
    assert!(times(&visit.listens(&format!("min_ts={}", shared - 1)).await).contains(&shared));
}

#[tokio::test]
async fn an_empty_page_is_not_the_end_and_windows_double_listens() {
    let visit = Visit::everywhere(Options { listen_window: TimeDelta::seconds(1), ..Options::default() }).await;
    let known = visit.listens_known();
    let silence = known.windows(2).find(|pair| pair[1].listened_at - pair[0].listened_at > 40_000);
    let from = silence.expect("a silence of half a day")[0].listened_at;
    let payload = visit.listens(&format!("min_ts={from}")).await;
    assert_eq!(times(&payload), Vec::<i64>::new());
    assert!(payload["latest_listen_ts"].as_i64().unwrap() > from);

    let visit = Visit::everywhere(Options { listen_window: TimeDelta::seconds(5_000), ..Options::default() }).await;
    let (mut doubles, asked) = (0, known.iter().step_by(7));
    for listen in asked.clone() {
        let page = times(&visit.listens(&format!("count=100&min_ts={}", listen.listened_at - 4_999)).await);
        doubles += usize::from(page.iter().filter(|time| **time == listen.listened_at).count() > 1);
    }
    assert!(doubles > asked.len() / 2, "{doubles} of {}", asked.len());
}

#[tokio::test]
async fn clients_write_in_their_own_way() {
    let visit = Visit::everywhere(Options::default()).await;
    let (world, known) = (visit.server.world(), visit.listens_known());
    let account = world.account("ada").unwrap();
    let payload = visit.listens("count=1000").await;
    let (mut floats, mut places) = (0, BTreeSet::new());
    for (shown, listen) in payload["listens"].as_array().unwrap().iter().rev().zip(&known) {
        let play = world.play(account, listen.number);
        let metadata = &shown["track_metadata"];
        let info = &metadata["additional_info"];
        assert_eq!(metadata["track_name"], play.item.title.as_str());
        assert_eq!(shown["user_name"], "ada-listens");
        match listen.origin {
            Origin::Spotify => {
                assert_eq!(info["submission_client"], "listenbrainz");
                assert_eq!(info["music_service"], "spotify.com");
                assert_eq!(shown["listened_at"], play.ended_at.timestamp(), "the end");
                assert!(play.in_api);
            }
            Origin::Navidrome => {
                assert_eq!(info["submission_client"], "navidrome");
                assert_eq!(shown["listened_at"], play.started_at.timestamp(), "the start");
                assert_eq!(info["music_service"], Value::Null);
            }
        }
        floats += usize::from(shown["inserted_at"].is_f64());
        for (place, object) in [("top", shown), ("metadata", metadata), ("info", info)] {
            places.extend(object["recording_msid"].is_string().then_some(place));
        }
    }
    assert!(floats > 0 && floats < known.len() && places.len() == 3);
}

#[tokio::test]
async fn some_listens_and_mappings_come_later() {
    let visit = Visit::everywhere(Options::default()).await;
    let world = visit.server.world();
    let all = world.listens_of(world.account("ada").unwrap());
    let late = all.iter().filter(|listen| listen.inserted_ms > listen.listened_at * 1_000 + 3_600_000);
    let late: Vec<&Listen> = late.filter(|listen| listen.origin == Origin::Navidrome).collect();
    assert!(!late.is_empty() && late.len() * 10 < all.len());
    let at = |ms: i64| chrono::DateTime::from_timestamp_millis(ms).unwrap();
    visit.server.set_now(at(late[0].inserted_ms - 1));
    let query = format!("min_ts={}&max_ts={}", late[0].listened_at - 1, late[0].listened_at + 1);
    let count = async |visit: &Visit| times(&visit.listens(&query).await).len();
    let before = count(&visit).await;
    visit.server.set_now(at(late[0].inserted_ms));
    assert_eq!(count(&visit).await, before + 1);

    let mapped_later = all.iter().find(|listen| {
        let item = world.play(world.account("ada").unwrap(), listen.number).item;
        world.facts().recording(item.recording).is_some()
            && listen.origin == Origin::Navidrome
            && listen.mapped_ms.is_some_and(|mapped_ms| mapped_ms > listen.inserted_ms)
    });
    let listen = mapped_later.expect("a mapping that comes later");
    let query = format!("min_ts={}&max_ts={}", listen.listened_at - 1, listen.listened_at + 1);
    visit.server.set_now(at(listen.inserted_ms));
    assert_eq!(visit.listens(&query).await["listens"][0]["track_metadata"]["mbid_mapping"], Value::Null);
    visit.server.set_now(at(listen.mapped_ms.unwrap()));
    let mapping = &visit.listens(&query).await["listens"][0]["track_metadata"]["mbid_mapping"];
    assert_eq!(mapping["recording_mbid"].as_str().unwrap().len(), 36);
    assert!(mapping["artists"][0]["artist_mbid"].is_string());
}

#[tokio::test]
async fn tokens_limits_and_strangers() {
    let visit = Visit::everywhere(Options { listenbrainz_limit: Some(4), ..Options::default() }).await;
    let token = &visit.server.world().account("ada").unwrap().listenbrainz_token;
    let validate = async |token: &str| {
        let request = visit.http.get(visit.url("listenbrainz/1/validate-token"));
        request.header("Authorization", format!("Token {token}")).send().await.unwrap()
    };
    let answer = validate(token).await;
    assert_eq!(answer.headers()["x-ratelimit-limit"], "4");
    assert_eq!(answer.headers()["x-ratelimit-remaining"], "3");
    assert_eq!(answer.headers()["x-ratelimit-reset-in"], "10");
    assert!(answer.headers().contains_key("x-ratelimit-reset"));
    let expected = json!({"code": 200, "message": "Token valid.", "valid": true, "user_name": "ada-listens"});
    assert_eq!(answer.json::<Value>().await.unwrap(), expected);
    assert_eq!(validate("wrong").await.json::<Value>().await.unwrap()["valid"], false);
    let stranger = visit.get("listenbrainz/1/user/nobody/listens").await;
    assert_eq!(stranger.status(), 404);
    assert_eq!(stranger.json::<Value>().await.unwrap()["error"], "Cannot find user: nobody");
    assert_eq!(visit.get("listenbrainz/1/user/ada-listens/listens?min_ts=5&max_ts=5").await.status(), 400);
    assert_eq!(visit.get("listenbrainz/1/user/ada-listens/listens").await.status(), 429);
    visit.server.set_now(visit.server.now() + TimeDelta::seconds(10));
    assert_eq!(visit.get("listenbrainz/1/user/ada-listens/listens").await.status(), 200);

    let strict = Visit::everywhere(Options { listenbrainz_needs_token: true, ..Options::default() }).await;
    assert_eq!(strict.get("listenbrainz/1/user/ada-listens/listens").await.status(), 401);
}

#[tokio::test]
async fn faults_speak_its_language() {
    let visit = Visit::everywhere(Options::default()).await;
    let busy = FaultKind::RateLimited { retry_after: RetryAfter::Secs(7) };
    visit.server.switch_on(Fault::new(Service::ListenBrainz, busy).at("listens").of("ada").times(1)).unwrap();
    assert_eq!(visit.get("listenbrainz/1/user/eve-listens/listens").await.status(), 200);
    let answer = visit.get("listenbrainz/1/user/ada-listens/listens").await;
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].as_bytes()), (429, &b"7"[..]));
    assert_eq!(answer.headers()["x-ratelimit-reset-in"], "7");
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], 429);
    assert_eq!(visit.get("listenbrainz/1/user/ada-listens/listens").await.status(), 200);
}
