//! By what somebody is looked up, and who has to wait for whom.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use lake::schema::TRACK_CREDITS;
use simulator::Item;
use simulator::facts::Found;
use simulator::server::Options;

use crate::truth::links;
use crate::world::World;

fn first(world: &World, found: Found) -> &Item {
    let facts = world.life().facts();
    let is_found = |item: &&Item| facts.artist(item.artists[0] as usize).found == found && item.isrc.is_some();
    world.tracks().into_iter().find(is_found).unwrap()
}

fn hints(world: &World, method: &str) -> Vec<String> {
    world.asked(method).into_iter().filter_map(|subject| subject.hint).collect()
}

#[test]
fn an_artist_is_looked_up_by_the_title_heard_most_and_then_by_another() {
    let world = World::of(200, Options::default()).with_token();
    let (facts, catalogue) = (world.life().facts(), world.life().catalogue());
    let is_known = |item: &&Item| {
        let is_lost = facts.artist(item.artists[0] as usize).found == Found::NameLookup;
        let name = &catalogue.artist(item.artists[0]).name;
        is_lost && facts.recording_by_names(name, &item.title).is_some_and(|recording| recording.credit() == *name)
    };
    let track = world.tracks().into_iter().find(is_known).unwrap();
    let mut odd = track.clone();
    odd.title = "A title that nobody knows".to_owned();
    odd.uri = "spotify:track:0000000000000000000000".to_owned();
    world.hear_without_albums(&[track, &odd, &odd]);
    world.enrich().expect_ok();
    assert_eq!(hints(&world, "names"), [odd.title.as_str()]);
    world.wait(TimeDelta::days(8));
    world.enrich().expect_ok();
    assert_eq!(hints(&world, "names"), [odd.title.as_str(), &track.title]);
    assert_eq!(links(&world).len(), 1);
}

#[test]
fn an_isrc_is_asked_for_as_services_write_it_and_what_is_none_is_not() {
    let world = World::of(60, Options::default());
    let mut written = first(&world, Found::Isrc).clone();
    let isrc = written.isrc.clone().unwrap();
    written.isrc = Some(format!("{}-{}-{}-{}", &isrc[..2].to_lowercase(), &isrc[2..5], &isrc[5..7], &isrc[7..]));
    let mut wrong = first(&world, Found::Search).clone();
    wrong.isrc = Some("no ISRC".to_owned());
    world.hear_without_albums(&[&written, &wrong]);
    world.enrich().expect_ok();
    assert_eq!(hints(&world, "isrcs"), [isrc]);
    assert_eq!(links(&world).len(), 2);
}

#[test]
fn a_track_that_spotify_has_no_more_keeps_no_other_from_being_asked_about() {
    let world = World::of(20, Options::default()).with_spotify();
    let track = world.tracks()[0];
    let name = world.life().catalogue().collection(track.collection).artist_name.clone();
    let gone = ("spotify:track:0000000000000000000000".to_owned(), "Gone".to_owned(), name.as_str());
    world.import_rows(&[gone.clone(), gone, (track.uri.clone(), track.title.clone(), &name)]);
    world.enrich().expect_ok();
    let credited: BTreeSet<String> =
        world.pairs(&TRACK_CREDITS, "track_uri", "artist_uri").into_iter().map(|(track, _)| track).collect();
    assert_eq!(credited, [track.uri.clone()].into());
}

#[test]
fn whom_a_search_found_is_asked_about_at_spotify_when_there_is_room() {
    let world = World::of(30, Options::default()).with_lookups(3);
    world.import(&world.tracks()[..10]);
    world.enrich();
    // A batch that was refused, and two tracks: they are waited for, and the others are not.
    assert_eq!((world.asked("track").len(), world.asked("search").len()), (2, 8));
    for _ in 0..5 {
        world.wait(TimeDelta::days(1));
        world.enrich();
    }
    // The album of one of them is by another of them too, which tells who that is.
    assert_eq!(world.asked("track").len(), 9);
}

#[test]
fn a_limit_gets_on_when_the_budget_of_the_day_is_spent() {
    let world = World::of(30, Options::default()).with_lookups(1);
    world.import(&world.tracks()[..10]);
    let searched = |times| {
        (0..times).for_each(|_| drop(world.run(&["run", "--limit", "4"])));
        world.asked("search").into_iter().map(|subject| subject.id).collect::<BTreeSet<_>>().len()
    };
    assert_eq!([searched(1), searched(1), searched(1)], [4, 8, 10]);
}
