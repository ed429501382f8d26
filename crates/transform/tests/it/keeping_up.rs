//! A refresh that is asked to do only what is needed.

use std::fs;

use chrono_tz::Tz;
use platform::files::write_whole;
use platform::state::{CountingRule, Gap};
use transform::jobs;

use crate::world::{SMALL, World};

/// Whether a refresh found something to do, and that the one behind it does not.
#[track_caller]
fn refreshed(world: &World) -> bool {
    let refresh = || jobs::refresh_if_changed(&world.context(), Some(&world.sql_dir())).unwrap();
    let summary = refresh();
    assert_eq!(refresh().counts["up_to_date"], true, "the second refresh in a row found something to do");
    !summary.counts.contains_key("up_to_date")
}

#[test]
fn where_nothing_was_received_there_is_nothing_to_publish() {
    assert!(!refreshed(&World::with(SMALL)));
}

#[test]
fn every_change_of_what_it_is_made_of_is_seen() {
    let world = World::small();
    assert!(refreshed(&world), "nothing was published");
    world.plays("b", &["'p3', 'ann', 'Three', '2024-06-11 10:00:00Z', 3000"]);
    assert!(refreshed(&world), "other plays came");
    assert_eq!(world.published("select count(*) from fct_play"), "1");
    let mut state = world.context().state().unwrap();
    let ann = state.add_account("ann", Tz::UTC, CountingRule::Any, world.now).unwrap();
    assert!(refreshed(&world), "an account came");
    state.set_zone(&ann.account_id, None, Tz::Asia__Tokyo).unwrap();
    assert!(refreshed(&world), "a zone changed");
    let gap = Gap {
        account_id: ann.account_id.clone(),
        source: "spotify_api".into(),
        noticed: (world.now, world.now),
        after: world.now,
        before: world.now,
        detected_at: world.now,
        run_id: "r".into(),
        estimated_plays: 3,
        closed_by: None,
    };
    state.add_gap(&gap).unwrap();
    assert!(refreshed(&world), "a gap was noticed");
    let closed = Gap { closed_by: Some("receipt".into()), ..gap };
    state.settle_gaps(&ann.account_id, &[closed]).unwrap();
    assert!(refreshed(&world), "a gap was closed");
    let correction = world.data().corrections().join("plays.csv");
    write_whole(&correction, b"id,action,track\n1,exclude,One\n").unwrap();
    assert!(refreshed(&world), "a correction was made");
    world.edit("4_reporting/rpt_totals.sql", "How much", "How very much");
    assert!(refreshed(&world), "a model changed");
}

#[test]
fn what_was_built_but_not_published_is_not_up_to_date() {
    let world = World::small();
    assert!(refreshed(&world));
    world.plays("b", &["'p3', 'ann', 'Three', '2024-06-11 10:00:00Z', 3000"]);
    world.build().unwrap();
    assert!(refreshed(&world));
}

#[test]
fn a_build_of_some_models_is_not_up_to_date() {
    let world = World::small();
    assert!(refreshed(&world));
    world.plays("b", &["'p3', 'ann', 'Three', '2024-06-11 10:00:00Z', 3000"]);
    world.build_selected(&["dim_track"]).unwrap();
    jobs::publish(&world.context()).unwrap();
    assert!(refreshed(&world));
    assert_eq!(world.published("select count(*) from fct_play"), "1");
}

#[test]
fn deleted_publications_are_made_again() {
    let world = World::small();
    assert!(refreshed(&world));
    fs::remove_dir_all(world.data().processed()).unwrap();
    assert!(refreshed(&world));
    assert_eq!(world.published("select count(*) from fct_play"), "2");
}
