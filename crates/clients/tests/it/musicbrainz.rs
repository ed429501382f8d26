//! What MusicBrainz is asked, at which pace, and what its answers mean.

use clients::{ClientError, Musicbrainz};
use platform::{Clock, StateDb, SystemClock};
use tempfile::TempDir;
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer};

use crate::world::{job, json, text};

#[tokio::test]
async fn a_musicbrainz_that_is_asked_too_fast_is_asked_again_and_404_is_an_answer() {
    let server = MockServer::start().await;
    let overload = text(503, r#"{"error":"Your requests are exceeding the allowable rate limit."}"#);
    Mock::given(path("/musicbrainz/url")).respond_with(overload).up_to_n_times(1).mount(&server).await;
    Mock::given(path("/musicbrainz/url"))
        .and(query_param("resource", "https://open.spotify.com/artist/x"))
        .and(query_param("inc", "artist-rels"))
        .and(query_param("fmt", "json"))
        .respond_with(text(404, r#"{"error":"Not Found"}"#))
        .expect(1)
        .mount(&server)
        .await;
    let (_folder, context) = job(&server);
    let musicbrainz = Musicbrainz::open(&context).unwrap();
    let answer = musicbrainz.urls(&["https://open.spotify.com/artist/x".to_owned()], "artist-rels").await.unwrap();
    assert_eq!(answer.status, 404);
    let agent = &server.received_requests().await.unwrap()[0].headers["user-agent"];
    assert!(agent.to_str().unwrap().contains("https://example.org/me"), "{agent:?}");
}

/// A wrong address answers 404, too: that would say of everybody that nobody knows them.
#[tokio::test]
async fn only_musicbrainz_itself_says_that_there_is_nobody() {
    let server = MockServer::start().await;
    let answers = [
        ("/musicbrainz/artist", r#"{"error":"Not Found","help":"For usage, please see"}"#),
        ("/musicbrainz/artist/a", r#"{"error":{"message":"Service not found"}}"#),
        ("/musicbrainz/artist/b", "<html>Not Found</html>"),
        ("/musicbrainz/isrc/c", r#"{"error":"Not Found","help":"For usage, please see"}"#),
    ];
    for (place, body) in answers {
        Mock::given(path(place)).respond_with(text(404, body)).mount(&server).await;
    }
    let (_folder, context) = job(&server);
    let musicbrainz = Musicbrainz::open(&context).unwrap();
    for outcome in [
        musicbrainz.search("artist", "artist:x", 5).await,
        musicbrainz.lookup("artist", "a", "tags").await,
        musicbrainz.lookup("artist", "b", "tags").await,
    ] {
        assert!(matches!(&outcome, Err(ClientError::Status { status, .. }) if status.as_u16() == 404), "{outcome:?}");
    }
    assert_eq!(musicbrainz.isrc("c").await.unwrap().status, 404);
}

#[tokio::test]
async fn a_musicbrainz_that_says_to_slow_down_is_left_alone() {
    let server = MockServer::start().await;
    let slow = text(429, "{}").insert_header("retry-after", "3600");
    Mock::given(method("GET")).respond_with(slow).expect(1).mount(&server).await;
    let (_folder, context) = job(&server);
    let musicbrainz = Musicbrainz::open(&context).unwrap();
    let error = musicbrainz.isrc("a").await.unwrap_err();
    assert!(matches!(error, ClientError::RateLimited { .. }), "{error}");
    assert!(matches!(musicbrainz.isrc("b").await, Err(ClientError::CoolingDown { .. })));
}

#[tokio::test]
async fn a_line_of_many_addresses_stays_short() {
    let server = MockServer::start().await;
    Mock::given(path("/musicbrainz/url")).respond_with(json(r#"{"urls":[]}"#)).mount(&server).await;
    let (_folder, context) = job(&server);
    let addresses: Vec<String> =
        (0..100).map(|number| format!("https://open.spotify.com/artist/{number:022}")).collect();
    let answer = Musicbrainz::open(&context).unwrap().urls(&addresses, "artist-rels").await.unwrap();
    assert!(answer.url.as_str().len() < 8_000, "{}", answer.url.as_str().len());
}

/// All that an artist made, for whom a search for many finds nothing.
#[tokio::test]
async fn what_an_artist_made_can_be_asked_for_without_a_search() {
    let server = MockServer::start().await;
    Mock::given(path("/musicbrainz/release-group"))
        .and(query_param("artist", "mbid"))
        .and(query_param("inc", "artist-credits genres tags"))
        .and(query_param("limit", "100"))
        .respond_with(json(r#"{"release-groups":[]}"#))
        .expect(1)
        .mount(&server)
        .await;
    let (_folder, context) = job(&server);
    Musicbrainz::open(&context).unwrap().works("release-group", "mbid").await.unwrap();
}

/// Services count by address: what programs of two data folders ask is counted in one place.
#[tokio::test]
async fn programs_of_other_data_folders_take_their_turns_in_one_place() {
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(json("{}")).mount(&server).await;
    let pace = TempDir::new().unwrap();
    for _ in 0..2 {
        let (_folder, mut context) = job(&server);
        context.settings.pace_dir = Some(pace.path().join("of/mine"));
        Musicbrainz::open(&context).unwrap().isrc("a").await.unwrap();
        assert_eq!(counted(&context.state().unwrap()), 1);
    }
    assert_eq!(counted(&StateDb::open(&pace.path().join("of/mine/pace.db")).unwrap()), 2);
}

/// A mirror on this machine, and a test, have a pace of their own.
#[tokio::test]
async fn what_runs_here_takes_no_turns_with_what_does_not() {
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(json("{}")).mount(&server).await;
    let person = TempDir::new().unwrap();
    let (_folder, mut context) = job(&server);
    context.settings.state_of_person = Some(person.path().join("music-tracker"));
    Musicbrainz::open(&context).unwrap().isrc("a").await.unwrap();
    assert!(!person.path().join("music-tracker").exists());
    context.settings.musicbrainz.base_url = "https://musicbrainz.example.org/ws/2/".parse().unwrap();
    Musicbrainz::open(&context).unwrap();
    assert!(person.path().join("music-tracker/pace.db").exists());
}

#[tokio::test]
async fn a_pace_that_cannot_be_shared_stops_nobody() {
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(json("{}")).mount(&server).await;
    let (folder, mut context) = job(&server);
    let file = folder.path().join("a-file");
    platform::files::write_whole(&file, b"").unwrap();
    context.settings.pace_dir = Some(file);
    Musicbrainz::open(&context).unwrap().isrc("a").await.unwrap();
    assert_eq!(counted(&context.state().unwrap()), 1);
}

fn counted(state: &StateDb) -> u32 {
    state.requests_of_day("musicbrainz", "lookups", SystemClock.now()).unwrap()
}
