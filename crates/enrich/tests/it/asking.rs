//! Whom a run asks about what, and what it does not ask.

use std::collections::HashSet;

use lake::schema::{ALBUM_LINKS, AREA_COORDINATES, LOOKUPS};
use simulator::server::{Fault, FaultKind, Options, RequestLine, Service};

use crate::world::World;

/// Everybody was searched for, one a second, before anybody was described.
#[test]
fn who_was_found_is_described_while_many_are_still_searched_for() {
    let world = World::of(330, Options::default());
    world.import(&world.tracks());
    world.enrich().expect_ok();
    let log = world.server.request_log();
    let places =
        |is: &dyn Fn(&RequestLine) -> bool| (0..log.len()).filter(|place| is(&log[*place])).collect::<Vec<_>>();
    let searches = places(&|line| line.endpoint == "artist-search");
    assert!(searches.len() > 300, "{}", searches.len());
    let described = places(&|line| line.service == Service::ListenBrainz);
    let placed = places(&|line| line.endpoint == "area-search");
    let before = |first: usize| searches.iter().filter(|search| **search < first).count();
    assert!(before(described[0]) < 150 && before(placed[0]) < 250, "{} {}", before(described[0]), before(placed[0]));
}

#[test]
fn albums_that_musicbrainz_tells_little_of_are_asked_about_at_spotify() {
    let world = World::of(60, Options::default()).with_spotify();
    let tracks = world.tracks();
    world.hear(&tracks);
    world.enrich().expect_ok();
    let asked = world.pairs(&LOOKUPS, "subject", "method");
    let facts = world.life().facts();
    let mut seen = (0, 0);
    for track in &tracks {
        let release = facts.releases.iter().find(|release| release.collection == track.collection);
        let album = world.life().catalogue().collection(track.collection).uri().unwrap();
        let is_linked = asked.iter().any(|(who, how)| *who == album && how.as_deref() == Some("album_url"))
            && world.pairs(&ALBUM_LINKS, "album_uri", "release_mbid").iter().any(|(uri, _)| *uri == album);
        let Some(release) = release.filter(|_| is_linked) else { continue };
        let is_asked = asked.iter().any(|(who, how)| *who == album && how.as_deref() == Some("album"));
        let has_barcode = release.barcode.as_deref().is_some_and(|barcode| !barcode.is_empty());
        assert_eq!(is_asked, !has_barcode, "{album}");
        seen = (seen.0 + usize::from(is_asked), seen.1 + usize::from(!is_asked));
    }
    assert!(seen.0 > 0 && seen.1 > 0, "{seen:?}");
}

/// Spotify calls the artist otherwise: no track tells whose the name is.
#[test]
fn a_name_that_spotify_does_not_know_costs_two_of_its_look_ups_and_is_searched_for() {
    let world = World::of(30, Options::default()).with_spotify();
    let artist = world.tracks()[0].artists[0];
    let tracks = world.life().catalogue().items.iter().filter(|item| item.artists[..] == [artist]);
    let rows: Vec<_> = tracks.map(|item| (item.uri.clone(), item.title.clone(), "Kanye Somebody")).collect();
    assert!(rows.len() > 4, "{}", rows.len());
    world.import_rows(&rows);
    world.enrich().expect_ok();
    let asked = world.pairs(&LOOKUPS, "subject", "subject_type");
    let tracks = asked.iter().filter(|(_, kind)| kind.as_deref() == Some("spotify_track"));
    let tracks: HashSet<_> = tracks.map(|(track, _)| track).collect();
    assert_eq!(tracks.len(), 2, "{tracks:?}");
    assert!(asked.iter().any(|(who, kind)| who == "Kanye Somebody" && kind.as_deref() == Some("artist_name")));
}

/// Which of equals stands for a name was left to chance.
#[test]
fn the_same_track_stands_for_a_name_in_every_run() {
    let world = World::of(10, Options::default()).with_spotify();
    let rows = (0..40).map(|number| (format!("spotify:track:gone{number}"), format!("{number}"), "Nobody Known"));
    world.import_rows(&rows.collect::<Vec<_>>());
    assert!(world.enrich().expect_ok().count("requests") > 0);
    assert_eq!(world.enrich().expect_ok().count("requests"), 0);
}

/// A search names Jamaica and the United Kingdom above Kingston, Germany and East Germany above
/// Chemnitz, and does not say which of them was left.
#[test]
fn an_area_of_several_countries_is_looked_up_alone_unless_all_but_one_are_no_more() {
    let world = World::of(600, Options::default());
    let facts = world.life().facts();
    let place = |name: &str| facts.atlas().areas.iter().position(|area| area.name == name).unwrap();
    let places = ["Kingston", "Saint Petersburg", "Chemnitz"].map(place);
    let lives_there = |place: &usize| {
        let artist = facts.artists.iter().find(|artist| artist.begin_area.or(artist.area) == Some(*place));
        artist.unwrap_or_else(|| panic!("nobody is from {}", facts.atlas().areas[*place].name))
    };
    let lines: Vec<_> = (0..)
        .zip(&places)
        .map(|(number, place)| format!("c{number},link,Somebody {number},{}\n", lives_there(place).mbid))
        .collect();
    let corrections = format!("id,action,artist,value\n{}", lines.concat());
    platform::files::write_whole(&world.path("corrections/artists.csv"), corrections.as_bytes()).unwrap();
    world.enrich().expect_ok();
    let asked = world.pairs(&LOOKUPS, "subject", "method").into_iter();
    let alone: Vec<_> = asked.filter(|(_, method)| method.as_deref() == Some("area")).map(|(area, _)| area).collect();
    assert_eq!(alone, [facts.atlas().areas[places[0]].mbid.clone()]);
    assert_eq!(world.enrich().expect_ok().count("requests"), 0);
}

#[test]
fn openweather_is_asked_last_and_what_it_knows_is_kept() {
    let world = World::of(120, Options::default()).with_openweather();
    world.hear_without_albums(&world.tracks());
    let body = serde_json::json!([]);
    world.server.switch_on(Fault::new(Service::Nominatim, FaultKind::Says { body })).unwrap();
    world.enrich().expect_ok();
    let asked = world.pairs(&LOOKUPS, "subject", "method");
    let by = |way: &str| -> HashSet<&str> {
        asked.iter().filter(|(_, method)| method.as_deref() == Some(way)).map(|(area, _)| area.as_str()).collect()
    };
    let (nominatim, openweather) = (by("place"), by("geocode"));
    assert!(!openweather.is_empty() && openweather.is_subset(&nominatim), "{nominatim:?} {openweather:?}");
    let log = world.server.request_log();
    let first = log.iter().position(|line| line.service == Service::OpenWeather).unwrap();
    assert!(log[..first].iter().any(|line| line.service == Service::Nominatim));

    let placed = world.pairs(&AREA_COORDINATES, "area_id", "service");
    let atlas = world.life().facts().atlas();
    let known = openweather.iter().filter(|area| atlas.by_mbid(area).unwrap().openweather_point.is_some());
    let known: Vec<_> = known.collect();
    assert!(!known.is_empty());
    for area in known {
        let is_there = placed.iter().any(|(one, by)| one == area && by.as_deref() == Some("openweather"));
        assert!(is_there, "{area} has a place: {placed:?}");
    }
    assert_eq!(world.enrich().expect_ok().count("requests"), 0);
}
