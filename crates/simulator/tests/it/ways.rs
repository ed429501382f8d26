//! The ways to an artist in MusicBrainz are those that the world tells.

use serde_json::Value;
use simulator::facts::Found;

use crate::musicbrainz::URL;
use crate::visit::Visit;

impl Visit {
    /// The MBID to which the URL of an artist leads: links of today, and of several the one
    /// with the right name.
    async fn by_url(&self, id: &str, name: &str) -> Option<String> {
        let answer = self.mb(&format!("url?resource={URL}{id}&inc=artist-rels&")).await;
        let links = answer["relations"].as_array()?.iter().filter(|link| link["ended"] == false);
        let artists: Vec<&Value> = links.map(|link| &link["artist"]).collect();
        let only = if artists.len() == 1 { Some(artists[0]) } else { None };
        only.or_else(|| artists.into_iter().find(|artist| artist["name"] == name))?["id"].as_str().map(str::to_owned)
    }

    /// The MBID of the credit with the right name, among all recordings that share an ISRC
    /// with one of the artist's.
    async fn by_isrc(&self, artist: usize, name: &str) -> Option<String> {
        let items = &self.server.world().catalogue().items;
        let own = items.iter().filter(|item| item.artists.contains(&(artist as u32)));
        for isrc in own.filter_map(|item| item.isrc.as_deref()) {
            let answer = self.mb(&format!("isrc/{isrc}?inc=artist-credits&")).await;
            let recordings = answer["recordings"].as_array().into_iter().flatten();
            let mut credits = recordings.flat_map(|recording| recording["artist-credit"].as_array().unwrap());
            if let Some(credit) = credits.find(|credit| credit["name"] == name) {
                return credit["artist"]["id"].as_str().map(str::to_owned);
            }
        }
        None
    }

    /// The MBID of the only artist that a search finds by this very name or alias, however badly.
    async fn by_search(&self, name: &str) -> Option<String> {
        let phrase = name.replace('\\', "\\\\").replace('"', "\\\"");
        let query = [("query", format!("artist:\"{phrase}\"")), ("fmt", "json".into()), ("limit", "5".into())];
        let request = self.http.get(self.url("musicbrainz/ws/2/artist")).query(&query);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        let is_called = |artist: &&Value| {
            let aliases = artist["aliases"].as_array().into_iter().flatten();
            let is_alias = aliases.into_iter().any(|alias| alias["name"] == name);
            artist["name"] == name || is_alias
        };
        let called: Vec<&Value> = answer["artists"].as_array().unwrap().iter().filter(is_called).collect();
        if called.len() == 1 { called[0]["id"].as_str().map(str::to_owned) } else { None }
    }
}

#[tokio::test]
async fn the_ways_to_artists_are_those_that_the_world_tells() {
    let visit = Visit::hurried().await;
    let facts = visit.server.world().facts();
    for (index, id, name) in visit.everyone() {
        let truth = facts.artist(index);
        let found = if let Some(mbid) = visit.by_url(&id, &name).await {
            (Found::Linked, Some(mbid))
        } else if let Some(mbid) = visit.by_isrc(index, &name).await {
            (Found::Isrc, Some(mbid))
        } else if let Some(mbid) = visit.by_search(&name).await {
            (Found::Search, Some(mbid))
        } else {
            (Found::Nowhere, None)
        };
        match truth.found {
            // That is asked elsewhere.
            Found::NameLookup | Found::Nowhere => assert_eq!(found, (Found::Nowhere, None), "{name}"),
            told => assert_eq!((found.0, found.1.as_deref()), (told, truth.mbid), "{name}"),
        }
    }
}
