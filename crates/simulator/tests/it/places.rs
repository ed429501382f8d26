//! Wikidata, Nominatim and OpenWeather.

use std::time::Duration;

use serde_json::{Value, json};
use simulator::facts::Area;
use simulator::server::{Fault, FaultKind, Options, Rule, Service};

use crate::visit::{Visit, hurried};

impl Visit {
    fn area(&self, name: &str, kind: &str) -> &'static Area {
        let areas = &self.server.world().facts().atlas().areas;
        areas.iter().find(|area| area.name == name && area.kind == Some(kind)).unwrap()
    }

    /// What Wikidata says about areas.
    async fn sparql(&self, areas: &[&Area]) -> Vec<Value> {
        let query = question(areas);
        let request = self.http.get(self.url("wikidata/sparql")).query(&[("format", "json"), ("query", &query)]);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["head"]["vars"], json!(["mb", "coord", "iso"]));
        answer["results"]["bindings"].as_array().unwrap().clone()
    }

    async fn nominatim(&self, query: &[(&str, &str)]) -> Value {
        let request = self.http.get(self.url("nominatim/search")).query(query).query(&[("format", "jsonv2")]);
        request.send().await.unwrap().json().await.unwrap()
    }

    async fn openweather(&self, query: &str) -> Value {
        let request = self.http.get(self.url("openweather/geo/1.0/direct"));
        let request = request.query(&[("q", query), ("limit", "5"), ("appid", "key")]);
        request.send().await.unwrap().json().await.unwrap()
    }
}

fn question(areas: &[&Area]) -> String {
    let ids: Vec<String> = areas.iter().map(|area| format!("\"{}\"", area.mbid)).collect();
    format!(
        "SELECT ?mb ?coord ?iso WHERE {{ VALUES ?mb {{ {} }} ?place wdt:P982 ?mb .
         OPTIONAL {{ ?place wdt:P625 ?coord }} OPTIONAL {{ ?place wdt:P17/wdt:P297 ?iso }} }}",
        ids.join(" ")
    )
}

#[tokio::test]
async fn wikidata_knows_most_places_some_twice_and_some_not() {
    let visit = Visit::hurried().await;
    let paris = visit.area("Paris", "City");
    let rows = visit.sparql(&[paris]).await;
    let (latitude, longitude) = paris.wikidata_points[0];
    let expected = json!([{
        "mb": {"type": "literal", "value": paris.mbid},
        "coord": {"type": "literal", "datatype": "http://www.opengis.net/ont/geosparql#wktLiteral",
                  "value": format!("Point({longitude} {latitude})")},
        "iso": {"type": "literal", "value": "FR"},
    }]);
    assert_eq!(json!(rows), expected, "the longitude comes first");
    assert_eq!(visit.sparql(&[visit.area("London", "City")]).await.len(), 2);
    let memphis = visit.sparql(&[visit.area("Memphis", "City")]).await;
    assert_eq!((memphis.len(), memphis[0].get("coord")), (1, None));
    let [hong_kong, soviet] =
        [("Hong Kong", "HK"), ("Soviet Union", "SU")].map(|(name, _)| visit.area(name, "Country"));
    let rows = visit.sparql(&[hong_kong, soviet]).await;
    let iso = |area: &Area| rows.iter().find(|row| row["mb"]["value"] == area.mbid).unwrap()["iso"]["value"].clone();
    assert_eq!((iso(hong_kong), iso(soviet)), (json!("CN"), Value::Null), "not what MusicBrainz says");

    let everything: Vec<&Area> = visit.server.world().facts().atlas().areas.iter().collect();
    let posted = visit.http.post(visit.url("wikidata/sparql")).header("accept", "application/sparql-results+json");
    let answer: Value = posted.form(&[("query", question(&everything))]).send().await.unwrap().json().await.unwrap();
    assert!(answer["results"]["bindings"].as_array().unwrap().len() > everything.len());
    assert_eq!(visit.get("wikidata/sparql?query=SELECT&format=json").await.status(), 400);
    assert_eq!(visit.get("wikidata/sparql").await.status(), 400);
}

#[tokio::test]
async fn wikidata_answers_five_at_once() {
    let visit = Visit::hurried().await;
    visit.server.switch_on(Fault::new(Service::Wikidata, FaultKind::Hang {}).times(5)).unwrap();
    let url = visit.url("wikidata/sparql");
    let hanging: Vec<_> = (0..5).map(|_| tokio::spawn(visit.http.get(&url).send())).collect();
    // All five are there before the sixth comes.
    while visit.server.request_log().len() < 5 {
        tokio::task::yield_now().await;
    }
    assert!(visit.server.broken_rules().is_empty());
    let sixth = visit.get("wikidata/sparql").await;
    assert_eq!((sixth.status().as_u16(), sixth.headers()["retry-after"].as_bytes()), (429, &b"1"[..]));
    assert_eq!(visit.server.broken_rules()[0].rule, Rule::AtOnce);
    assert_eq!(visit.server.request_log()[5].at_once, 6);
    hanging.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn nominatim_finds_places_by_their_parts() {
    let visit = Visit::hurried().await;
    let munich = visit.area("München", "City");
    let found = visit
        .nominatim(&[("city", "München"), ("countrycodes", "de"), ("addressdetails", "1"), ("accept-language", "en")])
        .await;
    let place = &found[0];
    let (latitude, longitude) = munich.nominatim_point.unwrap();
    assert_eq!(place["lat"], format!("{latitude:.7}"), "numbers are texts");
    assert_eq!(place["lon"], format!("{longitude:.7}"));
    assert!(place["osm_id"].is_i64() && place["boundingbox"].as_array().unwrap().iter().all(Value::is_string));
    let address = json!({"city": "München", "state": "Bavaria", "ISO3166-2-lvl4": "DE-BY", "country": "Germany", "country_code": "de"});
    assert_eq!(
        (&place["category"], &place["addresstype"], &place["address"]),
        (&json!("place"), &json!("city"), &address)
    );
    let local = visit.nominatim(&[("city", "München")]).await;
    assert_eq!(local[0]["display_name"], "München, Bayern, Deutschland");
    assert_eq!(local[0].get("address"), None);

    assert_eq!(visit.nominatim(&[("city", "Springfield")]).await.as_array().unwrap().len(), 2);
    let one = visit.nominatim(&[("city", "Springfield"), ("state", "Missouri"), ("countrycodes", "us")]).await;
    assert!(one.as_array().unwrap().len() == 1 && one[0]["display_name"].as_str().unwrap().contains("Missouri"));
    assert_eq!(visit.nominatim(&[("q", "Springfield, Illinois, United States")]).await.as_array().unwrap().len(), 1);
    assert_eq!(visit.nominatim(&[("city", "Springfield"), ("limit", "1")]).await.as_array().unwrap().len(), 1);
    assert_eq!(visit.nominatim(&[("city", "München"), ("countrycodes", "fr")]).await, json!([]));
    assert_eq!(visit.nominatim(&[("city", "Old Harbour")]).await, json!([]), "unknown");
    let mixed = visit.nominatim(&[("q", "München"), ("country", "Germany")]).await;
    assert_eq!(mixed["error"]["code"], 400);
    assert_eq!(visit.nominatim(&[]).await["error"]["message"], "Nothing to search for.");
    let old = visit.get("nominatim/search?q=Tokyo&format=json").await.json::<Value>().await.unwrap();
    assert!(old[0]["class"].is_string() && old[0].get("category").is_none());
    let page = visit.get("nominatim/search?q=Tokyo").await.text().await.unwrap();
    assert!(page.starts_with("<!DOCTYPE html>"));
}

#[tokio::test]
async fn nominatim_shuts_out_who_hurries_or_is_nameless() {
    let visit = Visit::everywhere(Options { nominatim_interval: Duration::from_secs(30), ..hurried() }).await;
    assert_eq!(visit.get("nominatim/search?q=Tokyo&format=jsonv2").await.status(), 200);
    let blocked = visit.get("nominatim/search?q=Tokyo&format=jsonv2").await;
    assert_eq!(blocked.status(), 429);
    assert!(blocked.text().await.unwrap().contains("Bandwidth limit exceeded"));
    let visit = Visit::hurried().await;
    let nameless = visit.http.get(visit.url("nominatim/search?q=Tokyo&format=jsonv2")).header("user-agent", "curl/8");
    assert_eq!(nameless.send().await.unwrap().status(), 403);
    visit.server.switch_on(Fault::new(Service::Nominatim, FaultKind::Blocked { status: 200 }).times(1)).unwrap();
    let blocked = visit.get("nominatim/search?q=Tokyo&format=jsonv2").await;
    assert_eq!(blocked.status(), 200);
    assert!(blocked.text().await.unwrap().contains("Bandwidth limit exceeded"));
    visit.server.switch_on(Fault::new(Service::Nominatim, FaultKind::Truncated {}).times(1)).unwrap();
    assert!(visit.get("nominatim/search?q=Tokyo&format=jsonv2").await.bytes().await.is_err());
}

#[tokio::test]
async fn openweather_wants_a_key_and_knows_states() {
    let visit = Visit::everywhere(Options { openweather_api_key: Some("key".into()), ..hurried() }).await;
    assert_eq!(visit.openweather("Springfield,US").await.as_array().unwrap().len(), 2);
    let found = visit.openweather("Springfield,Illinois,US").await;
    let (latitude, longitude) = visit.area("Springfield", "City").openweather_point.unwrap();
    assert_eq!(
        found,
        json!([{"name": "Springfield", "lat": latitude, "lon": longitude, "country": "US", "state": "Illinois"}])
    );
    assert_eq!(visit.openweather("Springfield,IL,US").await, found);
    assert_eq!(visit.openweather("Hamilton,BM").await[0]["country"], "BM");
    assert_eq!(visit.openweather("Nirgendwo,DE").await, json!([]));
    assert!(visit.openweather("Wien,AT").await[0]["lat"].is_f64());
    let refused = visit.get("openweather/geo/1.0/direct?q=Wien&appid=wrong").await;
    assert_eq!(refused.status(), 401);
    assert_eq!(refused.json::<Value>().await.unwrap()["cod"], 401);
    assert_eq!(visit.get("openweather/geo/1.0/direct?appid=key").await.status(), 400);
    visit.server.switch_on(Fault::new(Service::OpenWeather, FaultKind::NotJson {}).at("direct").times(1)).unwrap();
    assert!(
        visit.get("openweather/geo/1.0/direct?q=Wien&appid=key").await.text().await.unwrap().starts_with("<!DOCTYPE")
    );
}
