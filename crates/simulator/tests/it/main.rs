//! Tests of the simulator from outside.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod catalogue;
mod cli;
mod export;
mod facts;
mod faults;
mod habits;
mod lastfm;
mod listenbrainz;
mod listenbrainz_metadata;
mod local_time;
mod manners;
mod musicbrainz;
mod oauth;
mod places;
mod server;
mod truth;
mod visit;
mod ways;

use std::sync::LazyLock;

use simulator::{AccountPlan, Scenario, World, parse_instant};

/// The household over three years, as the demo has it.
fn household() -> &'static World {
    static HOUSEHOLD: LazyLock<World> =
        LazyLock::new(|| World::build(&Scenario::new(11).household().plays_per_account(20_000)).unwrap());
    &HOUSEHOLD
}

/// A small world that is made in a moment.
fn small(seed: u64) -> World {
    World::build(&small_scenario(seed)).unwrap()
}

fn small_scenario(seed: u64) -> Scenario {
    Scenario::new(seed)
        .between(parse_instant("2024-03-01").unwrap(), parse_instant("2024-04-15").unwrap())
        .plays_per_account(400)
        .artists(40)
        .account(AccountPlan::at_home("ada", chrono_tz::Europe::Berlin))
        .account("eve=Asia/Kolkata,Australia/Lord_Howe@2024-04-02T10:00:00Z".parse().unwrap())
}
