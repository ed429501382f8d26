//! What a service asked for is remembered by every program, and across restarts.

use std::time::Duration;

use clients::{ClientError, Spotify};
use platform::{Clock, SystemClock};
use tempfile::TempDir;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::world::{access_token, answer, context, refresh_token, text};

/// A service that bans once and would answer well afterwards.
async fn banning(given: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    let list = || Mock::given(method("GET")).and(path("/v1/me/player/recently-played"));
    list().respond_with(given).up_to_n_times(1).mount(&server).await;
    list().respond_with(answer!(200, "recently_played_empty.json")).mount(&server).await;
    Mock::given(path("/v1/me")).respond_with(answer!(200, "me.json")).mount(&server).await;
    server
}

async fn requests(server: &MockServer) -> usize {
    server.received_requests().await.unwrap().len()
}

#[tokio::test]
async fn a_ban_of_hours_is_kept_by_the_next_program() {
    let server = banning(answer!(429, "error_rate_limit.json").insert_header("retry-after", "48925")).await;
    let folder = TempDir::new().unwrap();
    let open = || Spotify::open(&context(&folder, &server.uri(), None)).unwrap();
    open().recently_played(&access_token()).await.unwrap_err();
    let error = open().recently_played(&access_token()).await.unwrap_err();
    let ClientError::CoolingDown { until, .. } = &error else { panic!("{error}") };
    let left = (*until - SystemClock.now()).num_seconds();
    assert!((48_800..=48_925).contains(&left), "{left}");
    assert_eq!(requests(&server).await, 1);
}

#[tokio::test]
async fn a_limit_of_the_rate_is_the_whole_apps() {
    let server = banning(answer!(429, "error_rate_limit.json").insert_header("retry-after", "60")).await;
    let folder = TempDir::new().unwrap();
    let open = || Spotify::open(&context(&folder, &server.uri(), None)).unwrap();
    open().recently_played(&access_token()).await.unwrap_err();
    assert!(matches!(open().me(&access_token()).await, Err(ClientError::CoolingDown { .. })));
    assert!(matches!(open().refresh(&refresh_token()).await, Err(ClientError::CoolingDown { .. })));
    assert_eq!(requests(&server).await, 1);
}

#[tokio::test]
async fn who_waits_for_a_turn_hears_of_a_ban_meanwhile() {
    let server = banning(answer!(429, "error_rate_limit.json").insert_header("retry-after", "48925")).await;
    let folder = TempDir::new().unwrap();
    let mut context = context(&folder, &server.uri(), None);
    context.settings.spotify.spacing_ms = 500;
    let (one, other) = (Spotify::open(&context).unwrap(), Spotify::open(&context).unwrap());
    let token = access_token();
    let (first, second) = tokio::join!(one.recently_played(&token), other.recently_played(&token));
    assert!(matches!(first, Err(ClientError::RateLimited { .. })), "{first:?}");
    assert!(matches!(second, Err(ClientError::CoolingDown { .. })), "{second:?}");
    assert_eq!(requests(&server).await, 1);
}

#[tokio::test]
async fn a_used_up_quota_stops_its_own_kind_of_requests_alone() {
    // A ban of hours is one, also where nobody says so.
    for answer in [answer!(429, "error_quota_exceeded.json"), answer!(429, "error_rate_limit.json")] {
        let server = banning(answer.insert_header("retry-after", "48925")).await;
        let folder = TempDir::new().unwrap();
        let client = Spotify::open(&context(&folder, &server.uri(), None)).unwrap();
        client.recently_played(&access_token()).await.unwrap_err();
        assert!(matches!(client.recently_played(&access_token()).await, Err(ClientError::CoolingDown { .. })));
        client.me(&access_token()).await.unwrap();
    }
}

#[tokio::test]
async fn a_token_service_that_wants_quiet_gets_it() {
    let server = MockServer::start().await;
    let ban = text(429, "").insert_header("retry-after", "3600");
    Mock::given(path("/api/token")).respond_with(ban).mount(&server).await;
    let folder = TempDir::new().unwrap();
    let open = || Spotify::open(&context(&folder, &server.uri(), None)).unwrap();
    assert!(matches!(open().refresh(&refresh_token()).await, Err(ClientError::RateLimited { .. })));
    assert!(matches!(open().refresh(&refresh_token()).await, Err(ClientError::CoolingDown { .. })));
    assert_eq!(requests(&server).await, 1);
}

#[tokio::test]
async fn whether_polls_are_free_can_be_known_without_asking() {
    let server = banning(answer!(429, "error_quota_exceeded.json").insert_header("retry-after", "48925")).await;
    let folder = TempDir::new().unwrap();
    let mut context = context(&folder, &server.uri(), None);
    let client = Spotify::open(&context).unwrap();
    client.may_poll().unwrap();
    client.recently_played(&access_token()).await.unwrap_err();
    assert!(matches!(client.may_poll(), Err(ClientError::CoolingDown { .. })));
    (context.settings.spotify.developer, context.settings.spotify.polls_per_day) = ("someone-else".to_owned(), 1);
    let other = Spotify::open(&context).unwrap();
    other.recently_played(&access_token()).await.unwrap();
    assert!(matches!(other.may_poll(), Err(ClientError::BudgetSpent { per_day: 1, .. })));
}

#[tokio::test]
async fn a_short_wait_is_waited_out() {
    let server = banning(text(429, "").insert_header("retry-after", "0")).await;
    let folder = TempDir::new().unwrap();
    let client = Spotify::open(&context(&folder, &server.uri(), None)).unwrap();
    assert_eq!(client.recently_played(&access_token()).await.unwrap().status, 200);
}

#[tokio::test]
async fn polls_have_a_budget_that_other_requests_cannot_spend() {
    let server = MockServer::start().await;
    Mock::given(path("/v1/me")).respond_with(answer!(200, "me.json")).mount(&server).await;
    Mock::given(path("/v1/tracks/4iV5W9uYEdYUVa79Axb7Rh")).respond_with(text(200, "{}")).mount(&server).await;
    Mock::given(path("/v1/me/player/recently-played"))
        .respond_with(answer!(200, "recently_played_empty.json"))
        .mount(&server)
        .await;
    let folder = TempDir::new().unwrap();
    let mut context = context(&folder, &server.uri(), None);
    let track = "4iV5W9uYEdYUVa79Axb7Rh";
    (context.settings.spotify.lookups_per_day, context.settings.spotify.polls_per_day) = (2, 3);
    for _ in 0..2 {
        // A new program each time: the count is not in its memory.
        Spotify::open(&context).unwrap().track(track, &access_token()).await.unwrap();
    }
    let client = Spotify::open(&context).unwrap();
    let error = client.track(track, &access_token()).await.unwrap_err();
    assert!(matches!(error, ClientError::BudgetSpent { class: "lookups", per_day: 2, .. }), "{error}");
    for _ in 0..3 {
        client.recently_played(&access_token()).await.unwrap();
    }
    assert!(matches!(client.recently_played(&access_token()).await, Err(ClientError::BudgetSpent { .. })));
    client.me(&access_token()).await.unwrap();
    assert_eq!(requests(&server).await, 6);
}

#[tokio::test]
async fn apps_of_other_developers_have_budgets_of_their_own() {
    let server = banning(answer!(429, "error_rate_limit.json").insert_header("retry-after", "48925")).await;
    let folder = TempDir::new().unwrap();
    let mut context = context(&folder, &server.uri(), None);
    Spotify::open(&context).unwrap().recently_played(&access_token()).await.unwrap_err();
    context.settings.spotify.client_id = Some("another-app-of-the-same-developer".to_owned());
    assert!(Spotify::open(&context).unwrap().recently_played(&access_token()).await.is_err());
    context.settings.spotify.developer = "someone-else".to_owned();
    Spotify::open(&context).unwrap().recently_played(&access_token()).await.unwrap();
}

#[tokio::test]
async fn every_repetition_is_counted() {
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(text(502, "")).expect(3).mount(&server).await;
    let folder = TempDir::new().unwrap();
    let context = context(&folder, &server.uri(), None);
    Spotify::open(&context).unwrap().recently_played(&access_token()).await.unwrap_err();
    let line = clients::spotify::line_name(&context.settings.spotify);
    assert_eq!(context.state().unwrap().requests_of_day(&line, "polls", SystemClock.now()).unwrap(), 3);
}

#[tokio::test]
async fn a_service_that_never_answers_is_given_up() {
    let server = MockServer::start().await;
    let endless = answer!(200, "me.json").set_delay(Duration::from_secs(600));
    Mock::given(method("GET")).respond_with(endless).mount(&server).await;
    let folder = TempDir::new().unwrap();
    let mut context = context(&folder, &server.uri(), None);
    (context.settings.http.timeout_secs, context.settings.http.retries) = (1, 0);
    let error = Spotify::open(&context).unwrap().me(&access_token()).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
}
