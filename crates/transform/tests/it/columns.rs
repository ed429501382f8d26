//! What columns mean: told by headers and source tables, asked for in every layer.

use transform::jobs;

use crate::world::{SMALL, World, failure};

/// The small tree with a model that is not published, of these columns.
fn world(columns: &str) -> World {
    let world = World::small();
    let header = "-- Something on the way.\n--\n-- grain: one row\n-- kind:  view\n-- reads: stg_plays\n";
    world.sql("2_intermediate/int_steps.sql", &format!("{header}{columns}"));
    world
}

#[test]
fn a_check_names_what_has_no_meaning_in_all_layers_at_once() {
    let world = world("select play_id, ms_played, 1 as step, 2 as leap from stg_plays");
    world.edit("4_reporting/rpt_totals.sql", "--   ms  Milliseconds in all.\n", "");
    let (message, code) = failure(jobs::check(&world.context(), Some(&world.sql_dir())));
    let root = world.sql_dir();
    let line = |model: &str, columns: &str| {
        let words = "`columns:` does not say what these mean, and nothing that it reads does";
        format!("{}/{model}.sql: {words}: {columns}", root.display())
    };
    let lines = [line("2_intermediate/int_steps", "step, leap"), line("4_reporting/rpt_totals", "ms")];
    assert_eq!((message, code), (lines.join("\n"), 2));
}

#[test]
fn a_build_refuses_what_it_would_publish_and_warns_of_the_rest() {
    let world = world("select play_id, 1 as step from stg_plays");
    assert_eq!(
        world.build().unwrap().warnings,
        ["1 column of the models has no meaning: `music-tracker check` names them"]
    );
    world.edit("3_marts/dim_track.sql", "--   track_name  The title.\n", "");
    world.edit("3_marts/dim_track.sql", "-- columns:\n", "");
    world.edit("1_staging/stg_plays.sql", "track_name,", "track_name as title,");
    world.edit("3_marts/dim_track.sql", "-- key:   track_name", "-- key:   title");
    world.edit("3_marts/dim_track.sql", "select distinct track_name", "select distinct title");
    let (message, code) = failure(world.build());
    let of_mart =
        "3_marts/dim_track.sql: `columns:` does not say what these mean, and nothing that it reads does: title";
    // A header that names what is not there is told at the same time.
    let of_fact = "3_marts/fct_play.sql:11: the header names the column `track_name`, but the query has none";
    assert!(message.contains(of_mart) && message.contains(of_fact) && code == 2, "{message}");
    assert!(!message.contains("int_steps"), "{message}");
}

#[test]
fn a_check_knows_the_columns_that_headers_name() {
    let world = World::with(SMALL);
    world.edit("1_staging/stg_plays.sql", "--   play_id ", "--   play_idd ");
    let (message, code) = failure(jobs::check(&world.context(), Some(&world.sql_dir())));
    let words = "1_staging/stg_plays.sql:7: the header names the column `play_idd`, but the query has none";
    assert!(message.ends_with(words) && code == 2, "{message}");
}
