use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use simulator::server::{ErrorBody, Fault, FaultKind, Options, RetryAfter, Service};
use simulator::{Listing, parse_instant};

use crate::small_scenario;
use crate::visit::Visit;

async fn ada() -> (Visit, String) {
    let visit = Visit::of(small_scenario(1), Options::default()).await;
    let token = visit.access("ada").await;
    (visit, token)
}

/// Status and body of the next answer under a fault that happens once.
async fn once(kind: FaultKind) -> (u16, Option<String>, String) {
    let (visit, token) = ada().await;
    visit.fault(kind, Some(1));
    let answer = visit.history(&token).await.unwrap();
    let (status, wait) = (answer.status().as_u16(), answer.headers().get("retry-after").cloned());
    let wait = wait.map(|wait| wait.to_str().unwrap().to_owned());
    let body = answer.text().await.unwrap();
    assert_eq!(visit.items(&token).await.len(), 50, "it happens once");
    (status, wait, body)
}

fn body(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn times(items: &[Value]) -> Vec<i64> {
    let time = |item: &Value| item["played_at"].as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
    items.iter().map(|item| time(item).timestamp_millis()).collect()
}

#[tokio::test]
async fn too_many_requests_in_every_form() {
    let limited = |retry_after| FaultKind::RateLimited { retry_after };
    let (status, wait, text) = once(limited(RetryAfter::Secs(30))).await;
    assert_eq!((status, wait.as_deref()), (429, Some("30")));
    assert_eq!(body(&text), json!({"error": {"status": 429, "message": "API rate limit exceeded"}}));
    assert_eq!(once(limited(RetryAfter::Absent)).await.1, None);
    let (_, wait, _) = once(limited(RetryAfter::Date(90))).await;
    assert_eq!(wait.as_deref(), Some("Mon, 15 Apr 2024 00:01:30 GMT"));
    let quota = FaultKind::QuotaExceeded { retry_after: RetryAfter::Secs(48_925) };
    let (status, wait, text) = once(quota).await;
    assert_eq!((status, wait.as_deref()), (429, Some("48925")));
    assert_eq!(body(&text)["error"]["reason"], "QUOTA_EXCEEDED");
}

#[tokio::test]
async fn trouble_says_nothing_or_the_wrong_thing() {
    let trouble = |status, body| FaultKind::ServerError { status, body };
    assert_eq!(once(trouble(500, ErrorBody::Empty)).await, (500, None, String::new()));
    let (status, _, text) = once(trouble(502, ErrorBody::Html)).await;
    assert!(status == 502 && text.starts_with("<!DOCTYPE html>"));
    let (status, _, text) = once(trouble(504, ErrorBody::Json)).await;
    assert_eq!((status, &body(&text)["error"]["status"]), (504, &json!(504)));
    let (status, _, text) = once(FaultKind::NotJson {}).await;
    assert!(status == 200 && text.starts_with("<!DOCTYPE html>"));
    let (status, _, text) = once(FaultKind::Oversized { bytes: 3_000_000 }).await;
    assert!(status == 200 && text.len() > 3_000_000 && text.starts_with("{\"items\":"));
}

#[tokio::test]
async fn access_is_refused_in_spotifys_words() {
    let message = async |kind| body(&once(kind).await.2)["error"]["message"].as_str().unwrap().to_owned();
    assert_eq!(message(FaultKind::ExpiredToken {}).await, "The access token expired");
    let lapsed = "Active premium subscription required for the owner of the app.";
    assert_eq!(message(FaultKind::PremiumLapsed {}).await, lapsed);
    assert!(message(FaultKind::NotAllowListed {}).await.contains("may not be registered"));
    assert_eq!(once(FaultKind::PremiumLapsed {}).await.0, 403);

    let (visit, _) = ada().await;
    visit.server.switch_on(Fault::new(Service::Spotify, FaultKind::Revoked {}).at("token").of("ada")).unwrap();
    let refresh = async |account: &str| {
        let token = visit.server.refresh_token(account).unwrap();
        let form = [("grant_type", "refresh_token"), ("refresh_token", &token), ("client_id", "app")];
        visit.token(None, &form).await
    };
    let revoked = json!({"error": "invalid_grant", "error_description": "Refresh token revoked"});
    assert_eq!(refresh("ada").await, (400, revoked));
    assert_eq!(refresh("eve").await.0, 200, "others are not concerned");
}

#[tokio::test]
async fn connections_break_before_and_within_the_answer() {
    let (visit, token) = ada().await;
    visit.fault(FaultKind::Dropped {}, Some(1));
    assert!(visit.history(&token).await.is_err());
    visit.fault(FaultKind::Truncated {}, Some(1));
    let answer = visit.history(&token).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.content_length().unwrap() > 10_000);
    assert!(answer.bytes().await.is_err());
    assert!(visit.server.served(Service::Spotify, "ada").is_empty(), "nobody got a whole answer");
    visit.fault(FaultKind::Slow { pause_ms: 1, pieces: 40 }, Some(1));
    assert_eq!(visit.items(&token).await.len(), 50);
    assert_eq!(visit.server.served(Service::Spotify, "ada").len(), 50);
    let log = visit.server.request_log();
    let told: Vec<_> = log.iter().skip(1).map(|line| (line.fault, line.status)).collect();
    assert_eq!(told, [(Some("dropped"), None), (Some("truncated"), Some(200)), (Some("slow"), Some(200))]);
}

#[tokio::test]
async fn a_hanging_request_ends_when_the_client_gives_up() {
    let (visit, token) = ada().await;
    visit.fault(FaultKind::Hang {}, Some(1));
    let request = visit.http.get(visit.url("v1/me/player/recently-played")).bearer_auth(&token);
    let error = request.timeout(Duration::from_millis(80)).send().await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(visit.server.request_log().last().unwrap().status, None);
    assert_eq!(visit.items(&token).await.len(), 50);
}

#[tokio::test]
async fn a_fault_may_spare_the_first_and_say_something_of_its_own() {
    let (visit, token) = ada().await;
    let says = FaultKind::Says { body: json!({"items": null}) };
    let fault = Fault::new(Service::Spotify, says).at("recently-played").after(2).times(1);
    visit.server.switch_on(fault).unwrap();
    assert_eq!(visit.items(&token).await.len(), 50);
    assert_eq!(visit.items(&token).await.len(), 50);
    assert_eq!(visit.history(&token).await.unwrap().text().await.unwrap(), r#"{"items":null}"#);
    assert_eq!(visit.items(&token).await.len(), 50);
}

#[tokio::test]
async fn faults_are_switched_over_http() {
    let (visit, token) = ada().await;
    let wish = json!({"service": "spotify", "endpoint": "recently-played", "fault": "rate_limited",
                      "retry_after": "date", "times": 2});
    let id = visit.control("faults", wish).await.json::<Value>().await.unwrap()["id"].clone();
    assert_eq!(visit.history(&token).await.unwrap().status(), 429);
    assert_eq!(visit.json("_control/faults").await[0]["times"], 1);
    let me = visit.http.get(visit.url("v1/me")).bearer_auth(&token).send().await.unwrap();
    assert_eq!(me.status(), 200, "another endpoint");
    assert_eq!(visit.http.delete(visit.url(&format!("_control/faults/{id}"))).send().await.unwrap().status(), 204);
    assert_eq!(visit.history(&token).await.unwrap().status(), 200);
    assert_eq!(visit.http.delete(visit.url(&format!("_control/faults/{id}"))).send().await.unwrap().status(), 404);
    for kind in [json!("hang"), json!("server_error"), json!("lost_plays"), json!("not_allow_listed")] {
        assert_eq!(visit.control("faults", json!({"service": "spotify", "fault": kind})).await.status(), 200);
    }
    assert_eq!(visit.http.delete(visit.url("_control/faults")).send().await.unwrap().status(), 204);
    assert_eq!(visit.json("_control/faults").await, json!([]));
    for (wrong, why) in [
        (json!({"service": "spotify", "fault": "bad_luck"}), "bad_luck"),
        (json!({"service": "deezer", "fault": "hang"}), "service"),
        (json!({"service": "spotify", "endpoint": "plays", "fault": "hang"}), "recently-played"),
        (json!({"service": "spotify", "fault": "rate_limited", "wait": 3}), "wait"),
        (json!({"service": "spotify", "fault": "rate_limited", "retry_after": "soon"}), "soon"),
        (json!({"service": "spotify", "fault": "hang", "times": "twice"}), "times"),
    ] {
        let answer = visit.control("faults", wrong).await;
        assert_eq!(answer.status(), 400);
        let message = answer.text().await.unwrap();
        assert!(message.contains(why), "{message}");
    }
}

#[tokio::test]
async fn plays_appear_late_as_long_as_the_fault_is_on() {
    let (visit, token) = ada().await;
    let all = times(&visit.items(&token).await);
    visit.server.set_now(visit.server.now() - TimeDelta::days(3));
    let before = visit.items(&token).await;
    visit.server.set_now(parse_instant("2024-04-15").unwrap());
    let id = visit.fault(FaultKind::LatePlays { delay_secs: 2 * 86_400, per_mille: 1_000 }, None);
    let held = times(&visit.items(&token).await);
    assert!(held[0] >= times(&before)[0], "what was shown stays");
    // Only what someone has seen, or what is two days old.
    let seen: BTreeSet<i64> = all.iter().copied().collect();
    assert!(held.iter().all(|time| seen.contains(time)));
    visit.server.switch_off(id);
    assert_eq!(times(&visit.items(&token).await), all);

    let (visit, token) = ada().await;
    visit.fault(FaultKind::LatePlays { delay_secs: 2 * 86_400, per_mille: 1_000 }, Some(1));
    let held = times(&visit.items(&token).await);
    let limit = (visit.server.now() - TimeDelta::days(2)).timestamp_millis();
    assert!(held[0] <= limit && all[0] > limit);
    assert_eq!(times(&visit.items(&token).await), all);
    assert!(!visit.server.fates("ada").late.is_empty());
}

#[tokio::test]
async fn lost_plays_never_come_back() {
    let visit = Visit::of(small_scenario(1), Options::default()).await;
    let now = visit.server.now();
    visit.server.set_now(now - TimeDelta::days(2));
    let token = visit.access("ada").await;
    let id = visit.fault(FaultKind::LostPlays { per_mille: 500 }, None);
    visit.server.set_now(now);
    let ended: Vec<usize> = visit
        .server
        .world()
        .plays_between("ada", now - TimeDelta::days(2), now)
        .filter(|play| play.in_api)
        .map(|play| play.number)
        .collect();
    visit.items(&token).await;
    visit.server.switch_off(id);
    visit.items(&token).await;
    let (served, lost) = (visit.server.served(Service::Spotify, "ada"), visit.server.fates("ada").lost);
    let gone: Vec<&usize> = ended.iter().filter(|number| !served.contains(number)).collect();
    assert!(gone.len() > 2 && gone.len() < ended.len(), "{} of {}", gone.len(), ended.len());
    assert!(gone.iter().all(|number| lost.contains(number)));
    assert_eq!(visit.json("_control/fates").await["ada"]["lost"], json!(lost));
    assert_eq!(visit.json("_control/served").await["spotify"]["ada"], json!(served));
}

#[tokio::test]
async fn pages_are_doubled_shifted_and_shuffled() {
    let (visit, token) = ada().await;
    let right = times(&visit.items(&token).await);
    visit.fault(FaultKind::DuplicatedPlays {}, Some(1));
    let doubled = times(&visit.items(&token).await);
    let distinct: BTreeSet<_> = doubled.iter().collect();
    assert!(doubled.len() == 50 && distinct.len() < 50 && doubled[0] == doubled[1]);
    visit.fault(FaultKind::ClockSkew { ms: -1_500 }, Some(1));
    let shifted = times(&visit.items(&token).await);
    assert!(shifted.iter().zip(&right).all(|(shifted, right)| shifted + 1_500 == *right));
    visit.fault(FaultKind::OutOfOrder {}, Some(1));
    let mut shuffled = times(&visit.items(&token).await);
    assert_ne!(shuffled, right);
    shuffled.sort_unstable_by(|left, right| right.cmp(left));
    assert_eq!(shuffled, right);
}

#[tokio::test]
async fn a_world_can_be_late_and_lossy_by_itself() {
    let scenario = small_scenario(1).listing(Listing::with(200, 100));
    let visit = Visit::of(scenario, Options::default()).await;
    let token = visit.access("ada").await;
    let world = visit.server.world();
    let shown = |now: DateTime<Utc>| {
        let plays = world.plays_of("ada").filter(|play| play.listed_at.is_some_and(|at| at <= now));
        let mut times: Vec<i64> = plays.map(|play| play.ended_at.timestamp_millis()).collect();
        times.sort_unstable_by(|left, right| right.cmp(left));
        times.truncate(50);
        times
    };
    for now in ["2024-03-20T20:00:00Z", "2024-04-01T12:00:00Z", "2024-04-14T22:00:00Z"] {
        let now = parse_instant(now).unwrap();
        visit.server.set_now(now);
        assert_eq!(times(&visit.items(&token).await), shown(now));
    }
    let count = |is: &dyn Fn(&simulator::TruePlay<'_>) -> bool| world.plays_of("ada").filter(|play| is(play)).count();
    let (late, lost, shown) = (count(&|play| play.is_late), count(&|play| play.is_lost), count(&|play| play.in_api));
    assert!(late * 8 > shown && late * 3 < shown, "{late} late of {shown}");
    assert!(lost * 20 > shown && lost * 6 < shown, "{lost} lost beside {shown}");
    assert_eq!(visit.server.fates("ada").late.len(), late);
}
