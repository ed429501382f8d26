use std::time::Duration;

use serde_json::json;
use simulator::server::{Options, Rule};

use crate::visit::{Visit, hurried};

const ARTIST: &str = "musicbrainz/ws/2/artist?query=artist:a&fmt=json";

#[tokio::test]
async fn who_hurries_is_refused_and_named() {
    let visit = Visit::everywhere(Options::default()).await;
    assert_eq!(visit.get(ARTIST).await.status(), 200);
    assert!(visit.server.broken_rules().is_empty());
    let answer = visit.get(ARTIST).await;
    assert_eq!(answer.status(), 503);
    let body: serde_json::Value = answer.json().await.unwrap();
    assert!(body["error"].as_str().unwrap().starts_with("Your requests are exceeding the allowable rate limit."));
    let broken = visit.server.broken_rules();
    assert_eq!((broken.len(), broken[0].rule, broken[0].line), (1, Rule::Pace, 1));
    let told = json!([{"service": "musicbrainz", "rule": "pace", "line": 1}]);
    assert_eq!(visit.json("_control/broken-rules").await, told);
    let log = visit.server.request_log();
    assert!(log[0].really_at < log[1].really_at);
    assert_eq!(log[1].user_agent.as_deref(), Some("visitor/1.0 ( visitor@example.org )"));
}

#[tokio::test]
async fn the_pace_can_be_set_for_tests() {
    let visit =
        Visit::everywhere(Options { musicbrainz_interval: Duration::from_millis(60), ..Options::default() }).await;
    // Loopback is faster than eleven requests in 500 ms.
    let mut refused = 0;
    for _ in 0..60 {
        refused += usize::from(visit.get(ARTIST).await.status() == 503);
    }
    assert!(refused > 0);
    assert_eq!(visit.server.broken_rules().len(), refused);
    let visit = Visit::hurried().await;
    for _ in 0..20 {
        assert_eq!(visit.get(ARTIST).await.status(), 200);
    }
    assert!(visit.server.broken_rules().is_empty());
}

#[tokio::test]
async fn programs_must_say_who_they_are() {
    let visit = Visit::hurried().await;
    let ask = async |user_agent: &str| {
        let request = visit.http.get(visit.url(ARTIST)).header("user-agent", user_agent);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!([ask("").await, ask("python-requests/2.31").await], [403, 403]);
    assert_eq!(ask("player/1.0").await, 200, "a contact is missed, but not asked for");
    let rules: Vec<Rule> = visit.server.broken_rules().iter().map(|broken| broken.rule).collect();
    assert_eq!(rules, [Rule::UserAgent, Rule::UserAgent, Rule::Contact]);
    let tolerant = Visit::everywhere(Options { checks_user_agent: false, ..hurried() }).await;
    let request = tolerant.http.get(tolerant.url(ARTIST)).header("user-agent", "");
    assert_eq!(request.send().await.unwrap().status(), 200);
}
