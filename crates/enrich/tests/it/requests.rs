//! How many requests it takes to know a thousand artists, counted by the services themselves.

use std::collections::BTreeMap;

use simulator::Item;
use simulator::facts::Found;
use simulator::server::Options;

use crate::truth::{assert_known, links};
use crate::world::World;

/// So many artists whose address at Spotify MusicBrainz has.
const LINKED: usize = 1_000;

/// So many of whom it has none.
const UNLINKED: usize = 40;

/// A track of each of the former, and of each of the latter.
fn tracks(world: &World) -> (Vec<&Item>, Vec<&Item>) {
    let is_linked = |item: &&Item| world.life().facts().artist(item.artists[0] as usize).found == Found::Linked;
    let (mut linked, mut unlinked): (Vec<&Item>, Vec<&Item>) = world.tracks().into_iter().partition(is_linked);
    assert!(linked.len() >= LINKED && unlinked.len() >= UNLINKED, "{} and {}", linked.len(), unlinked.len());
    linked.truncate(LINKED);
    unlinked.truncate(UNLINKED);
    (linked, unlinked)
}

/// How often each endpoint was asked.
fn asked(world: &World) -> BTreeMap<String, usize> {
    let mut asked = BTreeMap::new();
    for line in world.server.request_log() {
        *asked.entry(format!("{} {}", line.service.name(), line.endpoint)).or_default() += 1;
    }
    asked
}

#[test]
fn a_thousand_artists_take_sixty_requests_and_each_without_a_link_two_more() {
    let world = World::of(1_250, Options::default()).with_token();
    let (linked, unlinked) = tracks(&world);
    world.hear_without_albums(&linked);
    world.enrich().expect_ok();
    let requests = world.requests();
    assert!(requests <= 60, "{requests} requests: {:#?}", asked(&world));
    assert_eq!(links(&world).len(), LINKED);
    assert_known(&world, &linked);

    world.hear_without_albums(&unlinked);
    world.enrich().expect_ok();
    let more = world.requests() - requests;
    assert!(more <= 2 * UNLINKED, "{more} requests more: {:#?}", asked(&world));
    assert_known(&world, &unlinked);
}
