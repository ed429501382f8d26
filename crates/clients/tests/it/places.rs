//! What the services of places are asked, and what their answers mean.

use clients::ClientError;
use clients::places::{Nominatim, Openweather, Place, PlaceKind, Wikidata};
use wiremock::matchers::{body_string_contains, method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer};

use crate::world::{OPENWEATHER_API_KEY, job, json, text};

const KREUZBERG: Place<'_> =
    Place { name: "Kreuzberg", kind: PlaceKind::Settlement, state: Some("Berlin"), country: Some("DE") };

const PORTLAND: Place<'_> =
    Place { name: "Portland", kind: PlaceKind::Settlement, state: Some("Oregon"), country: Some("US") };

/// B18: a city was looked for by its name and country alone, so that one of another state was taken.
#[tokio::test]
async fn a_city_is_asked_for_with_its_state_and_its_country() {
    let server = MockServer::start().await;
    Mock::given(path("/nominatim/search"))
        .and(query_param("city", "Kreuzberg"))
        .and(query_param("state", "Berlin"))
        .and(query_param("countrycodes", "de"))
        .and(query_param("format", "jsonv2"))
        .and(query_param_is_missing("q"))
        .respond_with(json("[]"))
        .expect(1)
        .mount(&server)
        .await;
    let (_folder, context) = job(&server);
    Nominatim::open(&context).unwrap().search(KREUZBERG).await.unwrap();
}

#[tokio::test]
async fn a_state_and_a_country_are_asked_for_as_what_they_are() {
    let server = MockServer::start().await;
    for (kind, key) in [(PlaceKind::State, "state"), (PlaceKind::County, "county"), (PlaceKind::Country, "country")] {
        Mock::given(path("/nominatim/search"))
            .and(query_param(key, "Somewhere"))
            .and(query_param_is_missing("city"))
            .respond_with(json("[]"))
            .expect(1)
            .mount(&server)
            .await;
        let (_folder, context) = job(&server);
        let place = Place { name: "Somewhere", kind, state: None, country: Some("AT") };
        Nominatim::open(&context).unwrap().search(place).await.unwrap();
    }
}

/// Whoever asked too much is shown a web page: with 403, with 429, and once with 200.
#[tokio::test]
async fn a_page_that_shuts_out_is_no_answer_and_is_remembered() {
    for status in [200, 403, 429] {
        let server = MockServer::start().await;
        let page = text(status, "\n<html><head><title>Bandwidth limit exceeded</title></head></html>");
        Mock::given(method("GET")).respond_with(page).expect(1).mount(&server).await;
        let (_folder, context) = job(&server);
        let error = Nominatim::open(&context).unwrap().search(KREUZBERG).await.unwrap_err();
        assert!(matches!(error, ClientError::RateLimited { retry_after: None, .. }), "{status}: {error}");
        let error = Nominatim::open(&context).unwrap().search(KREUZBERG).await.unwrap_err();
        assert!(matches!(error, ClientError::CoolingDown { .. }), "{status}: {error}");
    }
}

/// What is cut off is no page: the next try may bring it whole.
#[tokio::test]
async fn an_answer_that_breaks_off_is_asked_for_again() {
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(text(200, "[{\"lat\": \"52")).up_to_n_times(1).mount(&server).await;
    Mock::given(method("GET")).respond_with(json("[]")).expect(1).mount(&server).await;
    let (_folder, context) = job(&server);
    assert_eq!(Nominatim::open(&context).unwrap().search(KREUZBERG).await.unwrap().body, b"[]");
}

#[tokio::test]
async fn openweather_is_told_a_state_of_the_united_states_alone_and_its_key_is_shown_nowhere() {
    let server = MockServer::start().await;
    for words in ["Kreuzberg,DE", "Portland,Oregon,US"] {
        Mock::given(path("/openweather/geo/1.0/direct"))
            .and(query_param("q", words))
            .and(query_param("appid", OPENWEATHER_API_KEY))
            .respond_with(json("[]"))
            .expect(1)
            .mount(&server)
            .await;
    }
    let (_folder, context) = job(&server);
    let openweather = Openweather::open(&context).unwrap().unwrap();
    for place in [KREUZBERG, PORTLAND] {
        let answer = openweather.locate(place).await.unwrap();
        assert!(!answer.url.as_str().contains(OPENWEATHER_API_KEY), "{}", answer.url);
    }
}

#[tokio::test]
async fn a_key_that_openweather_does_not_accept_is_a_wrong_setting() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(text(401, r#"{"cod":401,"message":"Invalid API key."}"#))
        .mount(&server)
        .await;
    let (_folder, mut context) = job(&server);
    let error = Openweather::open(&context).unwrap().unwrap().locate(KREUZBERG).await.unwrap_err();
    assert!(matches!(&error, ClientError::Settings { message } if message.contains("OPENWEATHER_API_KEY")), "{error}");
    context.settings.openweather.api_key = None;
    assert!(Openweather::open(&context).unwrap().is_none());
}

#[tokio::test]
async fn wikidata_is_asked_about_many_areas_in_one_form() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/wikidata/sparql"))
        .and(body_string_contains("VALUES+%3Fmb+%7B+%22one%22+%22two%22+%7D"))
        .and(body_string_contains("P982"))
        .respond_with(json(r#"{"results":{"bindings":[]}}"#))
        .expect(1)
        .mount(&server)
        .await;
    let (_folder, context) = job(&server);
    Wikidata::open(&context).unwrap().areas(&["one", "two"]).await.unwrap();
}
