//! Wikidata's query service, below `/wikidata/sparql`. It understands the one question that is
//! asked of it here: what has these MusicBrainz area ids (P982), where is it (P625), and in
//! which country (P17, P297).

use std::sync::Arc;

use axum::Form;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::state::Shared;
use crate::facts::{Area, Atlas};

/// Where an entity is.
const ENTITY: &str = "http://www.wikidata.org/entity/";

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/sparql", get(asked).post(posted))
        .fallback(async || (StatusCode::NOT_FOUND, "Not Found").into_response())
}

/// What is asked.
#[derive(Deserialize)]
struct Wish {
    query: Option<String>,
    format: Option<String>,
}

async fn asked(State(shared): State<Arc<Shared>>, headers: HeaderMap, Query(wish): Query<Wish>) -> Response {
    answer(&shared, &headers, &wish)
}

async fn posted(State(shared): State<Arc<Shared>>, headers: HeaderMap, Form(wish): Form<Wish>) -> Response {
    answer(&shared, &headers, &wish)
}

fn answer(shared: &Shared, headers: &HeaderMap, wish: &Wish) -> Response {
    let Some(question) = wish.query.as_deref().and_then(Question::read) else {
        let malformed = "SPARQL-QUERY: queryStr=…\njava.util.concurrent.ExecutionException: \
                         org.openrdf.query.MalformedQueryException: Encountered an unknown word\n";
        return (StatusCode::BAD_REQUEST, malformed).into_response();
    };
    let accepts = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if wish.format.as_deref() != Some("json") && !accepts.contains("json") {
        let xml = "<?xml version='1.0' encoding='UTF-8'?>\n<sparql xmlns='http://www.w3.org/2005/sparql-results#'/>";
        return ([(CONTENT_TYPE, "application/sparql-results+xml;charset=utf-8")], xml).into_response();
    }
    let atlas = shared.world.facts().atlas();
    // In the order of the store, which is nobody's.
    let asked = atlas.areas.iter().rev().filter(|area| question.ids.contains(&area.mbid));
    let rows: Vec<Value> = asked.flat_map(|area| question.rows(atlas, area)).collect();
    let body = json!({"head": {"vars": question.selected}, "results": {"bindings": rows}});
    ([(CONTENT_TYPE, "application/sparql-results+json;charset=utf-8")], body.to_string()).into_response()
}

/// A question, as far as it is understood.
#[derive(Debug, PartialEq, Eq)]
struct Question {
    selected: Vec<String>,
    ids: Vec<String>,
    /// The variables for the item, the id, the point, the country and its code; empty where
    /// they are not asked for.
    item: String,
    id: String,
    point: String,
    country: String,
    code: String,
    needs_point: bool,
}

impl Question {
    fn read(query: &str) -> Option<Self> {
        let words: Vec<&str> = query.split_whitespace().collect();
        let text = words.join(" ");
        let (head, body) = text.split_once('{')?;
        let selected = head.strip_prefix("SELECT ")?.split(' ').filter_map(|word| word.strip_prefix('?'));
        let selected: Vec<String> = selected.map(str::to_owned).collect();
        let (_, values) = body.split_once("VALUES ?")?;
        let (_, listed) = values.split_once('{')?;
        let ids = listed.split_once('}')?.0.split('"').skip(1).step_by(2).map(str::to_owned).collect();
        // `?place wdt:P982 ?mb`
        let (before, after) = text.split_once(" wdt:P982 ?")?;
        let (_, item) = before.rsplit_once('?')?;
        let object = |path: &str| text.split_once(path).map(|(_, rest)| name_of(rest)).unwrap_or_default();
        let point_is_optional = text.contains(&format!("OPTIONAL {{ ?{item} wdt:P625 "));
        Some(Self {
            selected,
            ids,
            item: item.to_owned(),
            id: name_of(after),
            point: object(" wdt:P625 ?"),
            country: object(" wdt:P17 ?"),
            code: object(" wdt:P17/wdt:P297 ?"),
            needs_point: text.contains(" wdt:P625 ") && !point_is_optional,
        })
    }

    /// One row for each place that the item has; one without where it has none.
    fn rows(&self, atlas: &Atlas, area: &Area) -> Vec<Value> {
        let points: Vec<Option<(f64, f64)>> = match area.wikidata_points.as_slice() {
            [] if self.needs_point => Vec::new(),
            [] => vec![None],
            points => points.iter().copied().map(Some).collect(),
        };
        let country = atlas.areas.iter().find(|country| {
            area.wikidata_country.is_some() && country.country_codes.first().copied() == area.wikidata_country
        });
        let rows = points.into_iter().map(|point| {
            let mut row = Map::new();
            let mut bind = |name: &str, value: Option<Value>| {
                if let (true, Some(value)) = (self.selected.iter().any(|selected| selected == name), value) {
                    row.insert(name.to_owned(), value);
                }
            };
            let entity = |item: &str| json!({"type": "uri", "value": format!("{ENTITY}{item}")});
            bind(&self.item, Some(entity(&area.wikidata)));
            bind(&self.id, Some(json!({"type": "literal", "value": area.mbid})));
            bind(&self.country, country.map(|country| entity(&country.wikidata)));
            bind(&self.code, area.wikidata_country.map(|code| json!({"type": "literal", "value": code})));
            // The longitude comes first.
            bind(
                &self.point,
                point.map(|(latitude, longitude)| {
                    json!({
                        "datatype": "http://www.opengis.net/ont/geosparql#wktLiteral",
                        "type": "literal",
                        "value": format!("Point({longitude} {latitude})"),
                    })
                }),
            );
            Value::Object(row)
        });
        rows.collect()
    }
}

/// The letters with which a text begins.
fn name_of(text: &str) -> String {
    text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_is_understood_in_other_words_too() {
        let question = Question::read(
            "SELECT ?mb ?coord ?iso WHERE { VALUES ?mb { \"a\" \"b\" } ?place wdt:P982 ?mb .
             OPTIONAL { ?place wdt:P625 ?coord } OPTIONAL { ?place wdt:P17/wdt:P297 ?iso } }",
        )
        .unwrap();
        assert_eq!((question.ids.len(), question.selected.len()), (2, 3));
        assert_eq!([&question.item, &question.id, &question.point], ["place", "mb", "coord"]);
        assert_eq!([&question.country, &question.code], ["", "iso"]);
        assert!(!question.needs_point);
        let strict = "SELECT ?x WHERE { VALUES ?x { \"a\" } ?p wdt:P982 ?x . ?p wdt:P625 ?c }";
        assert!(Question::read(strict).unwrap().needs_point);
        assert_eq!(Question::read("SELECT ?x WHERE { ?x ?y ?z }"), None);
        assert_eq!(Question::read("ASK { }"), None);
    }
}
