//! Builds: all or nothing, with the model and the line when something is wrong.

use crate::world::{World, failure, names_in};

#[test]
fn a_build_makes_every_model_and_counts() {
    let world = World::small();
    let summary = world.build().unwrap();
    assert_eq!(summary.counts["models"], 4);
    assert_eq!(summary.text, "built 4 models, 5 tests passed");
    assert_eq!(world.warehouse("select count(*) from fct_play"), "2");
}

#[test]
fn building_twice_gives_the_same() {
    let world = World::small();
    world.build().unwrap();
    let rows = world.warehouse("select string_agg(p::varchar, ';' order by play_id) from fct_play as p");
    world.build().unwrap();
    assert_eq!(world.warehouse("select string_agg(p::varchar, ';' order by play_id) from fct_play as p"), rows);
}

#[test]
fn a_failed_test_leaves_everything_as_it_was() {
    let world = World::small();
    world.refresh().unwrap();
    world.plays("b", &["'p1', 'ann', null, '2024-01-10 10:00:00Z', 5", "'p1', 'ann', null, '2024-02-10 10:00:00Z', 6"]);
    let (message, exit_code) = failure(world.refresh());
    assert_eq!(exit_code, 1);
    let kept = world.data().failed_tests("20240615T120000Z-abcdef");
    let kept = kept.display();
    let lines: Vec<&str> = message.lines().collect();
    assert_eq!(
        lines,
        [
            "3 of 5 tests failed; everything stays as it was",
            &format!(
                "  dim_track: not_null track_name: 1 rows, kept in {kept}/dim_track__1_not_null_track_name.parquet"
            ),
            &format!("  fct_play: unique play_id: 1 rows, kept in {kept}/fct_play__1_unique_play_id.parquet"),
            &format!(
                "  plays_have_tracks: Every play is of a track.: 2 rows, kept in {kept}/plays_have_tracks.parquet"
            ),
            "  the rows: `music-tracker query 'select * from failed.dim_track__1_not_null_track_name'`",
        ]
    );
    assert_eq!(world.warehouse("select count(distinct play_id) from fct_play"), "2");
    assert_eq!(world.published("select plays, ms from rpt_totals"), "2,3000");
    assert_eq!(world.published("select count(*), sum(ms_played) from failed.plays_have_tracks"), "2,11");
}

#[test]
fn as_many_rows_as_are_allowed_break_no_test() {
    let world = World::small();
    world.refresh().unwrap();
    let mut line = "-- split:".to_owned();
    for (test, is_broken) in [
        ("above 1 between ms_played 0 1500", false),
        ("above 0 between ms_played 0 1500", true),
        ("above 50% between ms_played 0 1500", false),
        ("above 49.9% between ms_played 0 1500", true),
    ] {
        let next = format!("-- tests: {test}\n-- split:");
        world.edit("3_marts/fct_play.sql", &line, &next);
        assert_eq!(world.refresh().is_err(), is_broken, "{test}");
        line = next;
    }
    world.edit("3_marts/fct_play.sql", &line, "-- split:");
    let test = "tests/plays_are_short.sql";
    for (severity, is_broken) in [("error above 1", false), ("error above 0", true), ("warn above 0", false)] {
        let text = "select * from fct_play where ms_played > 1500";
        world.sql(test, &format!("-- Plays are short.\n--\n-- severity: {severity}\n{text}"));
        assert_eq!(world.refresh().is_err(), is_broken, "{severity}");
    }
    world.sql(test, "-- Plays are short.\n--\n-- severity: warn above 1%\nselect * from fct_play");
    assert!(failure(world.refresh()).0.contains("write `severity: warn above 10`"));
}

#[test]
fn failing_rows_are_kept() {
    let world = World::small();
    world.plays("b", &["'p1', 'ann', 'x', '2024-01-10 10:00:00Z', 5", "'p1', 'ann', 'y', '2024-02-10 10:00:00Z', 6"]);
    failure(world.build());
    let folder = world.data().failed_tests("20240615T120000Z-abcdef");
    assert_eq!(names_in(&folder), ["fct_play__1_unique_play_id.parquet"]);
    let duckdb = duckdb::Connection::open_in_memory().unwrap();
    let query = format!("select string_agg(track_name, ',' order by track_name) from '{}/*.parquet'", folder.display());
    assert_eq!(crate::world::one_value(&duckdb, &query), "x,y");
}

#[test]
fn each_kind_of_test_finds_its_rows() {
    let world = World::with(&[
        (
            "3_marts/dim_a.sql",
            "-- A.\n--\n-- grain: one row per x\n-- kind:  table\n-- key:   x\n-- columns:\n--   x  A number.\nselect * from range(3) as r(x)",
        ),
        (
            "3_marts/fct_b.sql",
            "-- B.
--
-- grain: one row per x
-- kind:  table
-- key:   x
-- tests: references x dim_a.x
--        accepted word one, two
--        between x 0 3
--        expression x < 4
--        warn not_null word
-- columns:
--   x  A number.
--   word  A word.
select x, case when x = 1 then 'one' when x = 2 then 'three' end as word from range(1, 6) as r(x)",
        ),
    ]);
    let (message, _) = failure(world.build());
    let found: Vec<String> =
        message.lines().skip(1).map(|line| line.split(", kept").next().unwrap().trim().to_owned()).collect();
    assert_eq!(
        found,
        [
            "fct_b: accepted word one, two: 1 rows",
            "fct_b: between x 0 3: 2 rows",
            "fct_b: expression x < 4: 2 rows",
            "fct_b: references x dim_a.x: 3 rows",
            "the rows: `music-tracker query 'select * from failed.fct_b__7_accepted_word'`",
        ]
    );
}

#[test]
fn a_warning_is_reported_and_nothing_more() {
    let world = World::small();
    world.edit("3_marts/fct_play.sql", "-- split:", "-- tests: warn between ms_played 0 1500\n-- split:");
    let summary = world.build().unwrap();
    let rows = "`music-tracker query 'select * from failed.fct_play__7_between_ms_played'`";
    assert_eq!(summary.warnings, [format!("fct_play: between ms_played 0 1500: 1 rows ({rows})")]);
    assert_eq!(world.warehouse("select count(*) from fct_play"), "2");
}

#[test]
fn duckdbs_words_come_with_file_and_line() {
    let world = World::small();
    world.edit("3_marts/fct_play.sql", "select * from stg_plays", "select *,\n    nope as x\nfrom stg_plays");
    let (message, exit_code) = failure(world.build());
    assert_eq!(exit_code, 1);
    assert!(
        message.contains("3_marts/fct_play.sql:15: Binder Error: Referenced column \"nope\" not found"),
        "{message}"
    );
    assert!(message.contains("LINE 15:     nope as x"), "{message}");
}

#[test]
fn an_error_while_running_rolls_back_too() {
    let world = World::small();
    world.build().unwrap();
    world.edit(
        "3_marts/dim_track.sql",
        "select distinct track_name",
        "select distinct\n    cast(track_name as int) as track_name",
    );
    let (message, _) = failure(world.build());
    assert!(message.contains("3_marts/dim_track.sql:10: Conversion Error"), "{message}");
    assert_eq!(world.warehouse("select max(track_name) from dim_track"), "Two");
}

#[test]
fn a_test_that_duckdb_does_not_understand_is_named() {
    let world = World::small();
    world.edit("3_marts/fct_play.sql", "-- split:", "-- tests: expression ms_palyed > 0\n-- split:");
    let (message, _) = failure(world.build());
    assert!(message.contains("3_marts/fct_play.sql:7: Binder Error"), "{message}");
}

#[test]
fn a_header_names_columns_that_exist() {
    let world = World::small();
    world.edit("3_marts/fct_play.sql", "-- key:   play_id", "-- key:   id");
    let (message, _) = failure(world.build());
    assert!(
        message.contains("3_marts/fct_play.sql:1: the header names the column `id`, but the query has none"),
        "{message}"
    );
}

#[test]
fn published_columns_are_described_and_scalar() {
    let world = World::small();
    world.edit("4_reporting/rpt_totals.sql", "cast(sum(ms_played) as bigint) as ms", "sum(ms_played) as ms");
    let (message, _) = failure(world.build());
    assert!(message.contains("rpt_totals.sql: column `ms`: HUGEINT becomes an inexact DOUBLE in Parquet"), "{message}");

    world.edit("4_reporting/rpt_totals.sql", "sum(ms_played) as ms", "list(ms_played) as ms");
    let (message, _) = failure(world.build());
    assert!(
        message.contains("column `ms`: dashboards cannot read the type BIGINT[]: publish scalars only"),
        "{message}"
    );

    world.edit("4_reporting/rpt_totals.sql", "list(ms_played) as ms", "1 as other, 2 as ms");
    let (message, _) = failure(world.build());
    assert!(
        message.contains("`columns:` does not say what these mean, and nothing that it reads does: other"),
        "{message}"
    );
}

#[test]
fn a_model_may_become_a_table_or_vanish() {
    let world = World::small();
    world.build().unwrap();
    world.edit("1_staging/stg_plays.sql", "-- kind:  view", "-- kind:  table");
    std::fs::remove_file(world.sql_dir().join("3_marts/dim_track.sql")).unwrap();
    world.build().unwrap();
    assert_eq!(
        world.warehouse("select string_agg(table_name, ' ' order by table_name) from duckdb_tables() where table_name not like 'src%'"),
        "_build fct_play stg_plays"
    );
}

#[test]
fn a_selection_builds_just_that() {
    let world = World::small();
    let (message, exit_code) = failure(world.build_selected(&["fct_play"]));
    assert_eq!(
        (message.as_str(), exit_code),
        ("fct_play reads stg_plays, which is not built yet: use `--select +fct_play`", 2)
    );
    assert_eq!(world.build_selected(&["+fct_play"]).unwrap().counts["models"], 2);
    assert_eq!(world.build_selected(&["fct_play+"]).unwrap().counts["models"], 2);
    assert_eq!(world.build_selected(&["dim_track", "rpt_totals"]).unwrap().counts["models"], 2);
    assert_eq!(world.warehouse("select count(*) from dim_track"), "2");
    let (message, exit_code) = failure(world.build_selected(&["dim_x"]));
    assert_eq!((message.as_str(), exit_code), ("there is no model `dim_x`: see `music-tracker ls`", 2));
}

#[test]
fn of_the_models_only_those_that_are_wanted_are_there_with_what_they_read() {
    let mut world = World::small();
    world.sql(
        "tests/tracks_have_plays.sql",
        "-- A track has plays.\nselect track_name from dim_track except select track_name from fct_play",
    );
    world.refresh().unwrap();
    let published = "select string_agg(view_name, ' ' order by view_name) from duckdb_views() where not internal and view_name[:1] <> '_'";
    assert_eq!(world.published(published), "dim_track fct_play rpt_totals");
    world.wanted = "rpt_totals, stg_plays";
    let summary = world.refresh().unwrap();
    assert_eq!((&summary.counts["models"], &summary.counts["models_unchanged"]), (&0.into(), &3.into()));
    assert_eq!(world.published(published), "fct_play rpt_totals");
    world.wanted = "dim_x";
    let (message, exit_code) = failure(world.refresh());
    assert_eq!(exit_code, 2);
    assert_eq!(message, "the setting transform.models: there is no model `dim_x`: see `music-tracker ls`");
    assert!(transform::jobs::ls(&world.context(), Some(&world.sql_dir())).unwrap().contains("dim_track"));
    world.wanted = "";
    assert_eq!(world.refresh().unwrap().counts["models"], 1);
    assert_eq!(world.published(published), "dim_track fct_play rpt_totals");
}

#[test]
fn seeds_are_typed_by_their_model() {
    let world = World::with(&[
        ("seeds/rules.csv", "rule,bound_ms\nstart,1500\n\"a, b\",\n"),
        (
            "seeds/rules.sql",
            "-- Rules.\n--\n-- grain: one row per rule\n-- kind:  table\n-- key:   rule\n-- reads: csv_rules\nselect rule, cast(bound_ms as bigint) as bound_ms from csv_rules",
        ),
    ]);
    world.build().unwrap();
    assert_eq!(
        world.warehouse("select string_agg(r::varchar, ';' order by rule) from rules as r"),
        "{'rule': 'a, b', 'bound_ms': NULL};{'rule': start, 'bound_ms': 1500}"
    );
    world.sql("seeds/rules.csv", "rule,bound_ms\nstart,soon\n");
    let (message, _) = failure(world.build());
    assert!(
        message.contains("seeds/rules.sql:7: Conversion Error: Could not convert string 'soon' to INT64"),
        "{message}"
    );
}

#[test]
fn sparks_functions_are_there() {
    let world = World::with(&[(
        "2_intermediate/int_a.sql",
        "-- A.\n--\n-- grain: one row\n-- kind:  table\nselect cast(from_utc_timestamp(timestamptz '2024-07-01 12:00:00Z', 'Australia/Lord_Howe') as timestamp_ntz) as local_at, pmod(-1, 7) as day",
    )]);
    world.build().unwrap();
    assert_eq!(world.warehouse("select local_at || ' ' || day from int_a"), "2024-07-01 22:30:00 6");
}

#[test]
fn tests_run_alone_and_change_nothing() {
    let world = World::small();
    let test = || transform::jobs::test(&world.context(), Some(&world.sql_dir()), &Default::default());
    let (message, exit_code) = failure(test());
    assert_eq!(
        (message.as_str(), exit_code),
        ("the warehouse has not been built yet: run `music-tracker build` first", 2)
    );
    world.build().unwrap();
    assert_eq!(test().unwrap().text, "5 tests passed");
    world.edit("3_marts/fct_play.sql", "-- split:", "-- tests: between ms_played 0 1500\n-- split:");
    assert!(failure(test()).0.starts_with("1 of 6 tests failed"));
}

#[test]
fn a_memory_limit_that_is_no_size_is_refused_by_its_name() {
    let world = World::small();
    let context = world.context_with(&[("MUSIC_TRANSFORM__MEMORY_LIMIT", "lots")]);
    let (message, exit_code) = failure(transform::jobs::refresh(&context, Some(&world.sql_dir()), false));
    assert!(exit_code == 2 && message.contains("MUSIC_TRANSFORM__MEMORY_LIMIT is \"lots\""), "{message}");
}

#[test]
fn a_build_gets_more_memory_when_it_needs_it() {
    let world = World::with(&[(
        "2_intermediate/int_a.sql",
        "-- A long list, which must be in memory as a whole.\n--\n-- grain: one row\n-- kind:  table\nselect size(collect_list(x)) as n from range(9000000) as r(x)",
    )]);
    world.build().unwrap();
    assert_eq!(world.warehouse("select n from int_a"), "9000000");
    let context = world.context_with(&[("MUSIC_TRANSFORM__MEMORY_LIMIT", "90MB")]);
    let outcome = transform::jobs::build(&context, Some(&world.sql_dir()), true, &Default::default());
    let (message, exit_code) = failure(outcome);
    assert!(message.contains("2_intermediate/int_a.sql: Out of Memory Error"), "the setting is the most: {message}");
    assert_eq!(exit_code, 1);
}

/// The daily table may agree with the plays in all and be wrong on each day.
#[test]
fn the_daily_table_is_compared_day_by_day() {
    let world = |days: &str| {
        let model = |columns: &str, rows: &str| {
            let described: Vec<String> = columns.split(", ").map(|column| format!("--   {column}  It.")).collect();
            format!(
                "-- What was heard.\n--\n-- grain: one row each\n-- kind:  table\n-- key:   account_id, date_id\n\
                 -- columns:\n{}\nselect * from (values {rows}) as given({columns})",
                described.join("\n")
            )
        };
        let plays = "account_id, date_id, tracks_played, is_music, is_counted, ms_listened";
        let sums = "account_id, date_id, plays, music_plays, counted_plays, music_ms, episode_ms, audiobook_ms";
        let world = World::empty();
        world.sql(
            "3_marts/fct_track_played.sql",
            &model(plays, "('ann', 1, 1, true, true, 7), ('ann', 2, 1, true, false, 9)"),
        );
        world.sql("3_marts/agg_daily.sql", &model(sums, days));
        world.sql(
            "tests/agg_daily_sums_equal_the_fact.sql",
            include_str!("../../../../sql/tests/agg_daily_sums_equal_the_fact.sql"),
        );
        world
    };
    world("('ann', 1, 1, 1, 1, 7, 0, 0), ('ann', 2, 1, 1, 0, 9, 0, 0)").build().unwrap();
    let swapped = world("('ann', 1, 1, 1, 0, 9, 0, 0), ('ann', 2, 1, 1, 1, 7, 0, 0)");
    let (message, _) = failure(swapped.build());
    assert!(message.contains("agg_daily_sums_equal_the_fact") && message.contains("2 rows"), "{message}");
    let one_lost = world("('ann', 1, 2, 2, 1, 16, 0, 0)");
    assert!(failure(one_lost.build()).0.contains("2 rows"));
}
