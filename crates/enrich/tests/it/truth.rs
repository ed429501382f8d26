//! What is known after a run, held against what is true in the simulated world.

use std::collections::{HashMap, HashSet};

use lake::schema::{AREA_COORDINATES, ARTIST_LINKS, ARTISTS, ENRICHMENT_TABLES, GENRE_VOTES};
use simulator::Item;

use crate::world::World;

/// All rows of all tables.
pub(crate) fn everything(world: &World) -> Vec<Vec<String>> {
    ENRICHMENT_TABLES.iter().map(|table| world.rows(table)).collect()
}

/// Who was linked to whom, by the URI of the artist or by the name.
pub(crate) fn links(world: &World) -> HashMap<String, String> {
    world.pairs(&ARTIST_LINKS, "subject", "artist_mbid").into_iter().map(|(who, mbid)| (who, mbid.unwrap())).collect()
}

/// Every artist of these tracks who was found has the genres and the place of the world.
#[track_caller]
pub(crate) fn assert_known(world: &World, tracks: &[&Item]) {
    let (links, facts) = (links(world), world.life().facts());
    let votes: HashSet<(String, Option<String>)> = world.pairs(&GENRE_VOTES, "artist_ref", "tag").into_iter().collect();
    // ListenBrainz tells no areas.
    let told = |column| -> HashMap<String, Option<String>> {
        let pairs = world.pairs(&ARTISTS, "artist_ref", column);
        pairs.into_iter().filter(|(_, area)| area.is_some()).collect()
    };
    let (begins, areas) = (told("begin_area_id"), told("area_id"));
    let placed: HashSet<String> =
        world.pairs(&AREA_COORDINATES, "area_id", "service").into_iter().map(|pair| pair.0).collect();
    for track in tracks {
        let index = track.artists[0];
        let uri = world.life().catalogue().artist(index).uri().unwrap();
        let truth = facts.artist(index as usize);
        let Some(mbid) = truth.mbid.filter(|_| links.contains_key(&uri)) else { continue };
        for (genre, _) in &truth.genres {
            let is_there = votes.contains(&(mbid.to_owned(), Some((*genre).to_owned())));
            assert!(is_there, "{uri} makes {genre}, as {:?} tell", truth.genre_source);
        }
        let origin = begins.get(mbid).cloned().flatten().or(areas.get(mbid).cloned().flatten());
        let expected = truth.origin.as_ref();
        assert_eq!(origin.as_deref(), expected.map(|origin| origin.area_mbid), "{uri}");
        if let Some(origin) = expected
            && (!origin.wikidata_points.is_empty() || origin.nominatim_point.is_some())
        {
            assert!(placed.contains(origin.area_mbid), "{} has a place", origin.name);
        }
    }
}
