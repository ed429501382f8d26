//! Who somebody is when several ways of finding out, sources and people disagree.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use lake::identity::named_artist;
use lake::schema::ARTISTS;
use serde_json::{Value, json};
use simulator::Item;
use simulator::facts::{Found, KnownArtist};
use simulator::server::{Fault, FaultKind, Options, Service};

use crate::world::World;

/// Tracks by artists who are to be found in this way.
fn tracks(world: &World, found: Found) -> Vec<&Item> {
    let facts = world.life().facts();
    world.tracks().into_iter().filter(|item| facts.artist(item.artists[0] as usize).found == found).collect()
}

/// Tracks by artists whom a search for the name finds, and nobody else.
fn tracks_of_names(world: &World) -> Vec<&Item> {
    let has_name = |item: &&Item| {
        let known = &world.life().facts().artists;
        let same = |one: &&KnownArtist| {
            one.name == name(world, item) || one.aliases.iter().any(|alias| alias == name(world, item))
        };
        known.iter().filter(same).count() == 1 && known.iter().any(|one| one.name == name(world, item))
    };
    tracks(world, Found::Linked).into_iter().filter(has_name).collect()
}

/// Plays of them as an export tells them, with the artist's own name.
fn import(world: &World, tracks: &[&Item]) {
    let rows: Vec<(String, String, &str)> =
        tracks.iter().map(|item| (item.uri.clone(), item.title.clone(), name(world, item))).collect();
    world.import_rows(&rows);
}

fn name<'w>(world: &'w World, item: &Item) -> &'w str {
    &world.life().catalogue().artist(item.artists[0]).name
}

fn uri(world: &World, item: &Item) -> String {
    world.life().catalogue().artist(item.artists[0]).uri().unwrap()
}

fn mbid<'w>(world: &'w World, item: &Item) -> &'w str {
    world.life().facts().artist(item.artists[0] as usize).mbid.unwrap()
}

/// MusicBrainz says this, wherever it is asked so.
fn says(world: &World, endpoint: &str, body: Value) -> u64 {
    world.server.switch_on(Fault::new(Service::MusicBrainz, FaultKind::Says { body }).at(endpoint)).unwrap()
}

/// What a search finds: artists of this name.
fn found(name: &str, mbids: &[&str]) -> Value {
    let artists: Vec<Value> = mbids.iter().map(|mbid| json!({"id": mbid, "name": name, "score": 100})).collect();
    json!({"count": artists.len(), "artists": artists})
}

const SOMEBODY: &str = "11111111-1111-4111-8111-111111111111";
const NAMESAKE: &str = "22222222-2222-4222-8222-222222222222";

fn described(world: &World) -> BTreeSet<String> {
    world.asked("artists").into_iter().map(|subject| subject.id).collect()
}

fn searched(world: &World) -> BTreeSet<String> {
    world.asked("search").into_iter().map(|subject| subject.id).collect()
}

#[test]
fn titles_tell_later_whom_a_search_took_for_another() {
    let world = World::of(60, Options::default());
    let is_known = |item: &&Item| {
        let recording = world.life().facts().recording_by_names(name(&world, item), &item.title);
        recording.is_some_and(|recording| recording.credits.len() == 1 && recording.credit() == name(&world, item))
    };
    let track = tracks_of_names(&world).into_iter().find(is_known).unwrap();
    let (name, mbid) = (name(&world, track).to_owned(), mbid(&world, track).to_owned());
    import(&world, &[track]);
    let fault = says(&world, "artist-search", found(&name, &[SOMEBODY]));
    world.enrich().expect_ok();
    assert!(described(&world).contains(SOMEBODY));
    assert!(world.server.switch_off(fault));
    let world = world.with_token();
    world.enrich().expect_ok();
    assert!(described(&world).contains(&mbid), "{:?}", described(&world));
}

#[test]
fn a_search_that_leads_to_several_now_links_nobody_any_more() {
    let world = World::of(40, Options::default());
    let track = tracks(&world, Found::Nowhere)[0];
    let name = name(&world, track).to_owned();
    import(&world, &[track]);
    let fault = says(&world, "artist-search", found(&name, &[SOMEBODY]));
    assert_eq!(world.enrich().expect_ok().count("identities_known"), 1);
    assert!(world.server.switch_off(fault));
    says(&world, "artist-search", found(&name, &[SOMEBODY, NAMESAKE]));
    world.wait(TimeDelta::days(181));
    assert_eq!(world.enrich().expect_ok().count("identities_known"), 0);
}

#[test]
fn a_release_whose_address_musicbrainz_took_away_is_not_asked_about_any_more() {
    let world = World::of(30, Options::default());
    world.hear(&world.tracks());
    world.enrich().expect_ok();
    let before = world.asked("releases").len();
    assert!(before > 0);
    says(&world, "url", json!({"url-count": 0, "url-offset": 0, "urls": []}));
    world.wait(TimeDelta::days(181));
    world.enrich().expect_ok();
    assert!(world.asked("album_url").len() > before);
    assert_eq!(world.asked("releases").len(), before);
}

#[test]
fn whoever_a_person_said_to_be_nobody_is_not_known_and_not_described() {
    let world = World::of(30, Options::default());
    let track = tracks(&world, Found::Linked)[0];
    world.hear_without_albums(&[track]);
    assert_eq!(world.enrich().expect_ok().count("identities_known"), 1);
    world.correct(&[["link", &uri(&world, track), "none"]]);
    assert_eq!(world.enrich().expect_ok().count("identities_known"), 0);
    assert_eq!(world.run(&["status"]).expect_ok().count("known_at_musicbrainz"), 0);
    let asked = world.asked("artists").len();
    world.wait(TimeDelta::days(181));
    world.enrich().expect_ok();
    assert_eq!(world.asked("artists").len(), asked);
}

#[test]
fn whoever_counts_as_another_is_not_looked_for_and_the_other_is() {
    let world = World::of(40, Options::default());
    let tracks = tracks_of_names(&world);
    let names: Vec<&str> = tracks.iter().map(|track| name(&world, track)).collect();
    import(&world, &tracks[..4]);
    let keys: Vec<String> = names.iter().map(|name| named_artist(&name.to_lowercase())).collect();
    world.correct(&[["merge", &keys[0], &keys[1]], ["split", &keys[2], &format!("{}; {}", names[4], keys[3])]]);
    let ran = world.enrich().expect_ok();
    assert_eq!(searched(&world), [names[1], names[3], names[4]].map(str::to_owned).into());
    assert_eq!((ran.count("identities"), ran.count("identities_known")), (3, 3));
}

#[test]
fn a_name_that_came_with_its_mbid_is_not_looked_up() {
    let world = World::of(40, Options::default());
    let tracks = tracks_of_names(&world);
    import(&world, &tracks[..2]);
    world.listen(&tracks[..1]);
    let ran = world.enrich().expect_ok();
    assert_eq!(searched(&world), [name(&world, tracks[1]).to_owned()].into());
    // The name, the other name, and the MBID.
    assert_eq!((ran.count("identities"), ran.count("identities_known")), (3, 3));
}

#[test]
fn the_pieces_of_a_name_that_nobody_has_are_looked_for() {
    let world = World::of(40, Options::default());
    let mut tracks = tracks_of_names(&world);
    tracks.retain(|track| !name(&world, track).contains([',', '&']));
    let [one, two, three] = [0, 1, 2].map(|index| name(&world, tracks[index]));
    let (both, on_an_album) = (format!("{one} feat. {two} & {three}"), format!("{three} & Nobody"));
    // The first is known by URI; what is on an album of Spotify is one artist.
    world.hear_without_albums(&tracks[..1]);
    world.scrobble(&[("Some song", &both)]);
    world.import_rows(&[("spotify:track:0000000000000000000000".into(), "Song".into(), on_an_album.as_str())]);
    let ran = world.enrich().expect_ok();
    // The three, and who is on an album.
    assert_eq!((ran.count("identities"), ran.count("identities_known")), (4, 3));
    // Somebody may be called like the two behind "feat.", so that is looked for before each of them.
    let pieces = [format!("{two} & {three}"), two.to_owned(), three.to_owned()].map(|piece| piece.to_lowercase());
    assert_eq!(searched(&world), [both, on_an_album].into_iter().chain(pieces).collect());
    let described: BTreeSet<String> =
        world.pairs(&ARTISTS, "artist_ref", "service").into_iter().map(|(mbid, _)| mbid).collect();
    for track in &tracks[..3] {
        assert!(described.contains(mbid(&world, track)), "{}", name(&world, track));
    }
    assert_eq!(world.enrich().expect_ok().count("requests"), 0);
}

#[test]
fn a_name_that_several_have_is_not_taken_apart() {
    let world = World::of(40, Options::default());
    says(&world, "artist-search", found("Simon & Garfunkel", &[SOMEBODY, NAMESAKE]));
    world.scrobble(&[("Some song", "Simon & Garfunkel")]);
    world.enrich().expect_ok();
    assert_eq!(searched(&world), ["Simon & Garfunkel".to_owned()].into());
}

/// Spotify names an artist who was found by name: nobody is unknown for that.
#[test]
fn who_was_found_by_name_stays_known_when_spotify_names_them() {
    let world = World::of(40, Options::default());
    let tracks = &tracks_of_names(&world)[..3];
    import(&world, tracks);
    let ran = world.enrich().expect_ok();
    assert_eq!((ran.count("identities"), ran.count("identities_known")), (3, 3));
    world.hear_without_albums(tracks);
    let status = world.run(&["status"]).expect_ok();
    assert_eq!((status.count("known_at_musicbrainz"), status.count("known_at_musicbrainz_of")), (3, 3));
}

#[test]
fn a_link_to_nobody_is_told() {
    let world = World::of(40, Options::default());
    let tracks = &tracks_of_names(&world)[..1];
    import(&world, tracks);
    let line = format!("id,action,artist,value\nc1,link,{},{SOMEBODY}\n", name(&world, tracks[0]));
    platform::files::write_whole(&world.path("corrections/artists.csv"), line.as_bytes()).unwrap();
    let ran = world.enrich();
    let warnings = ran.report.warnings.join("\n");
    assert!(warnings.contains(&format!("MusicBrainz knows no artist {SOMEBODY}")), "{warnings}");
}
