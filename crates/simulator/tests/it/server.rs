use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use simulator::server::{Options, Server, Shape};
use simulator::{Kind, Scenario, Shares, TruePlay, World, parse_instant};

use crate::{small, small_scenario};

/// A server with someone who is logged in.
struct Visit {
    server: Server,
    http: Client,
    token: String,
}

impl Visit {
    async fn of(account: &str, scenario: Scenario, options: Options) -> Self {
        // Only http is spoken here, but reqwest wants a provider for https all the same.
        drop(rustls::crypto::ring::default_provider().install_default());
        let server = Server::start(World::build(&scenario).unwrap(), options).await.unwrap();
        let http = Client::builder().build().unwrap();
        let mut visit = Self { server, http, token: String::new() };
        let refresh_token = visit.server.refresh_token(account).unwrap();
        visit.token = visit.refresh(&refresh_token).await["access_token"].as_str().unwrap().to_owned();
        visit
    }

    async fn refresh(&self, refresh_token: &str) -> Value {
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token), ("client_id", "some-app")];
        let url = format!("{}api/token", self.server.accounts_base_url());
        self.http.post(url).form(&form).send().await.unwrap().json().await.unwrap()
    }

    async fn get(&self, path: &str) -> Response {
        let url = format!("{}{path}", self.server.base_url());
        self.http.get(url).bearer_auth(&self.token).send().await.unwrap()
    }

    async fn page(&self, query: &str) -> Value {
        let response = self.get(&format!("me/player/recently-played{query}")).await;
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }

    /// Status and message of a refusal.
    async fn refusal(&self, path: &str) -> (u64, String) {
        let response = self.get(path).await;
        let status = u64::from(response.status().as_u16());
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error"]["status"], status);
        (status, body["error"]["message"].as_str().unwrap().to_owned())
    }
}

async fn ada(options: Options) -> Visit {
    Visit::of("ada", small_scenario(1), options).await
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn set(words: &str) -> BTreeSet<&str> {
    words.split_whitespace().collect()
}

fn played_ms(item: &Value) -> i64 {
    item["played_at"].as_str().unwrap().parse::<DateTime<Utc>>().unwrap().timestamp_millis()
}

fn newest(world: &World, now: DateTime<Utc>, count: usize) -> Vec<(i64, String)> {
    let shown = |play: &TruePlay<'_>| play.in_api && play.ended_at <= now;
    let mut plays: Vec<_> = world
        .plays_of("ada")
        .filter(shown)
        .map(|play| (play.ended_at.timestamp_millis(), play.item.uri.clone()))
        .collect();
    plays.reverse();
    plays.truncate(count);
    plays
}

fn shown(page: &Value) -> Vec<(i64, String)> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| (played_ms(item), item["track"]["uri"].as_str().unwrap().to_owned())).collect()
}

#[tokio::test]
async fn the_newest_fifty_at_any_moment() {
    let visit = ada(Options::default()).await;
    for now in ["2024-03-05T20:00:00Z", "2024-03-20T08:30:00Z", "2024-04-15T00:00:00Z"] {
        let now = parse_instant(now).unwrap();
        visit.server.set_now(now);
        let page = visit.page("?limit=50").await;
        assert_eq!(shown(&page), newest(visit.server.world(), now, 50));
        assert_eq!(keys(&page), set("items next cursors limit href"));
        assert_eq!(page["limit"], 50);
    }
    assert_eq!(visit.page("").await["items"].as_array().unwrap().len(), 20);
    // Before the first play there is nothing.
    visit.server.set_now(parse_instant("2024-01-01").unwrap());
    assert_eq!(visit.page("").await["items"], json!([]));
}

#[tokio::test]
async fn a_play_appears_the_moment_it_ends() {
    let visit = ada(Options::default()).await;
    let (ended_ms, _) = newest(visit.server.world(), visit.server.now(), 1).remove(0);
    let ended_at = DateTime::from_timestamp_millis(ended_ms).unwrap();
    visit.server.set_now(ended_at);
    assert_eq!(played_ms(&visit.page("?limit=1").await["items"][0]), ended_ms);
    visit.server.set_now(ended_at - TimeDelta::milliseconds(1));
    assert!(played_ms(&visit.page("?limit=1").await["items"][0]) < ended_ms);
}

#[tokio::test]
async fn pages_go_back_to_the_fiftieth_and_end_in_nulls() {
    let visit = ada(Options::default()).await;
    let all = newest(visit.server.world(), visit.server.now(), 50);
    let (mut seen, mut query) = (Vec::new(), "?limit=20".to_owned());
    loop {
        let page = visit.page(&query).await;
        let items = shown(&page);
        if items.is_empty() {
            assert_eq!((&page["next"], &page["cursors"]), (&Value::Null, &Value::Null));
            break;
        }
        assert_eq!(page["cursors"]["after"], items[0].0.to_string());
        assert_eq!(page["cursors"]["before"], items.last().unwrap().0.to_string());
        let next = page["next"].as_str().unwrap();
        assert!(next.starts_with(&visit.server.base_url()));
        query = next[next.find('?').unwrap()..].to_owned();
        seen.extend(items);
    }
    assert_eq!(seen, all);
}

#[tokio::test]
async fn cursors_are_exclusive() {
    let visit = ada(Options::default()).await;
    let all = newest(visit.server.world(), visit.server.now(), 50);
    let page = visit.page(&format!("?limit=50&after={}", all[5].0)).await;
    assert_eq!(shown(&page), all[..5]);
    let page = visit.page(&format!("?limit=50&before={}", all[5].0)).await;
    assert_eq!(shown(&page), all[6..]);
    let page = visit.page(&format!("?after={}", all[0].0)).await;
    assert_eq!(page["cursors"], Value::Null);
}

#[tokio::test]
async fn wrong_requests_are_refused() {
    let mut visit = ada(Options::default()).await;
    let path = "me/player/recently-played";
    for query in ["?limit=0", "?limit=51", "?limit=ten", "?after=1&before=2", "?before=yesterday"] {
        assert_eq!(visit.refusal(&format!("{path}{query}")).await.0, 400, "{query}");
    }
    assert_eq!(visit.refusal("me/player/currently").await.0, 404);
    visit.token = "stolen".into();
    assert_eq!(visit.refusal(path).await, (401, "Invalid access token".into()));
    let nobody = visit.http.get(format!("{}me", visit.server.base_url())).send().await.unwrap();
    assert_eq!(nobody.status(), 401);
}

#[tokio::test]
async fn tokens_are_given_to_those_who_are_known() {
    let client = Some(("app".to_owned(), "secret".to_owned()));
    let visit = ada(Options::default()).await;
    let answer = visit.refresh(&visit.server.refresh_token("eve").unwrap()).await;
    assert_eq!(keys(&answer), set("access_token token_type expires_in scope"));
    assert_eq!(visit.refresh("unknown").await["error"], "invalid_grant");

    let strict = Server::start(small(1), Options { client, ..Options::default() }).await.unwrap();
    let token = strict.refresh_token("ada").unwrap();
    let url = format!("{}api/token", strict.accounts_base_url());
    let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
    let right = visit.http.post(&url).basic_auth("app", Some("secret")).form(&form).send().await.unwrap();
    assert_eq!(right.status(), 200);
    for wrong in [visit.http.post(&url).basic_auth("app", Some("guess")), visit.http.post(&url)] {
        let answer = wrong.form(&form).send().await.unwrap();
        assert_eq!(answer.status(), 400);
        assert_eq!(answer.json::<Value>().await.unwrap()["error"], "invalid_client");
    }
    let wrong_grant = [("grant_type", "password"), ("client_id", "app")];
    let answer = visit.http.post(&url).form(&wrong_grant).send().await.unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap()["error"], "unsupported_grant_type");
}

#[tokio::test]
async fn access_tokens_expire_by_the_simulated_clock() {
    let visit = ada(Options { tokens_expire: true, ..Options::default() }).await;
    visit.page("").await;
    visit.server.set_now(visit.server.now() + TimeDelta::hours(1));
    assert_eq!(visit.refusal("me").await, (401, "The access token expired".into()));
}

#[tokio::test]
async fn both_shapes_have_their_fields() {
    let shapes = HashMap::from([("eve".to_owned(), Shape::Extended)]);
    let options = || Options { shapes: shapes.clone(), ..Options::default() };
    let scenario = || small_scenario(2).shares(Shares { local: 0.0, ..Shares::default() });
    let development = Visit::of("ada", scenario(), options()).await;
    let extended = Visit::of("eve", scenario(), options()).await;

    let track = set("album artists disc_number duration_ms explicit external_ids external_urls href id is_local name \
                     preview_url track_number type uri");
    let album = set("album_type artists external_urls href id images name release_date release_date_precision \
                     total_tracks type uri");
    let profile = set("account_id display_name external_urls href id images type uri");
    let with =
        |base: &BTreeSet<&'static str>, more: &'static str| base.union(&set(more)).copied().collect::<BTreeSet<&str>>();
    for item in development.page("").await["items"].as_array().unwrap() {
        assert_eq!(keys(item), set("track played_at context"));
        assert_eq!(keys(&item["track"]), track);
        assert_eq!(keys(&item["track"]["album"]), album);
        assert!(item["played_at"].as_str().unwrap().ends_with('Z'));
        assert_eq!(item["played_at"].as_str().unwrap().len(), 24);
    }
    for item in extended.page("").await["items"].as_array().unwrap() {
        assert_eq!(keys(&item["track"]), with(&track, "available_markets popularity"));
        assert_eq!(keys(&item["track"]["album"]), with(&album, "available_markets"));
        assert_eq!(keys(&item["track"]["artists"][0]), set("external_urls href id name type uri"));
    }
    let me: Value = development.get("me").await.json().await.unwrap();
    assert_eq!(keys(&me), profile);
    let me: Value = extended.get("me").await.json().await.unwrap();
    assert_eq!(keys(&me), with(&profile, "country email explicit_content followers product"));
    let eve = extended.server.world().account("eve").unwrap();
    assert_eq!(me["account_id"], eve.spotify_account_id.as_str());
}

#[tokio::test]
async fn a_track_is_what_was_played() {
    let visit = ada(Options::default()).await;
    let page = visit.page("?limit=50").await;
    let world = visit.server.world();
    for item in page["items"].as_array().unwrap() {
        let play = world.plays_of("ada").find(|play| play.ended_at.timestamp_millis() == played_ms(item)).unwrap();
        let track = &item["track"];
        assert_eq!(track["name"], play.item.title.as_str());
        assert_eq!(track["duration_ms"], play.item.duration_ms);
        assert_eq!(track["album"]["name"], play.collection.name.as_str());
        let credits: Vec<_> =
            track["artists"].as_array().unwrap().iter().map(|artist| artist["name"].as_str()).collect();
        assert_eq!(credits, play.artists().map(|artist| Some(artist.name.as_str())).collect::<Vec<_>>());
        assert_eq!(item["context"]["uri"].as_str(), play.context_uri.as_deref());
        if play.kind == Kind::Track {
            assert_eq!(track["external_ids"]["isrc"].as_str(), play.item.isrc.as_deref());
        }
    }
}

#[tokio::test]
async fn local_files_have_no_ids() {
    let scenario = small_scenario(1).shares(Shares { local: 0.5, ..Shares::NONE });
    let visit = Visit::of("ada", scenario, Options { shape: Shape::Extended, ..Options::default() }).await;
    let page = visit.page("?limit=50").await;
    let locals = page["items"].as_array().unwrap().iter().filter(|item| item["track"]["is_local"] == true);
    let locals: Vec<_> = locals.collect();
    assert!(locals.len() > 10);
    for item in locals {
        assert_eq!((&item["track"]["id"], &item["track"]["album"]["uri"]), (&Value::Null, &Value::Null));
        assert!(item["track"]["uri"].as_str().unwrap().starts_with("spotify:local:"));
    }
}

#[tokio::test]
async fn the_clock_is_moved_and_requests_are_counted_over_http() {
    let visit = ada(Options::default()).await;
    let control = |path: &str| format!("{}_control/{path}", visit.server.accounts_base_url());
    let wish = json!({"now": "2024-03-15T12:00:00Z"});
    let answer = visit.http.post(control("now")).json(&wish).send().await.unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap(), wish);
    assert_eq!(visit.server.now(), parse_instant("2024-03-15T12:00:00Z").unwrap());
    let wrong = visit.http.post(control("now")).json(&json!({"now": "later"})).send().await.unwrap();
    assert_eq!(wrong.status(), 400);
    visit.page("").await;
    visit.page("?limit=5").await;
    let counts: Value = visit.http.get(control("requests")).send().await.unwrap().json().await.unwrap();
    assert_eq!(counts, json!({"GET /v1/me/player/recently-played": 2, "POST /api/token": 1}));
    let accounts: Value = visit.http.get(control("accounts")).send().await.unwrap().json().await.unwrap();
    assert_eq!(accounts[1]["refresh_token"].as_str(), visit.server.refresh_token("eve").as_deref());
}

#[tokio::test]
async fn a_dropped_server_stops() {
    let visit = ada(Options::default()).await;
    let url = format!("{}me", visit.server.base_url());
    drop(visit.server);
    // The task ends when it is polled next; a connection may still be accepted until then.
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
        if visit.http.get(&url).send().await.is_err() {
            return;
        }
    }
    panic!("the server still answers");
}
