//! A build makes only what would come out otherwise, and what comes out is what a build from
//! nothing gives, row for row.

use std::collections::BTreeMap;

use proptest::prelude::*;
use transform::{correct, jobs};

use crate::correcting::typed;
use crate::happening::{HEADER, Told, events, happens};
use crate::story::Story;
use crate::world::World;

/// The tables of two warehouses of which the rows differ.
fn differences(one: &World, other: &World) -> Vec<String> {
    let duckdb = duckdb::Connection::open(one.data().warehouse()).unwrap();
    let attach = format!("attach '{}' as other (read_only)", other.data().warehouse().display());
    duckdb.execute_batch(&attach).unwrap();
    let tables = |database: &str| -> Vec<String> {
        let question = format!(
            "select table_name from duckdb_tables() where database_name = {database} and table_name <> '_build' order by 1"
        );
        let mut statement = duckdb.prepare(&question).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<duckdb::Result<_>>().unwrap()
    };
    assert_eq!(tables("current_database()"), tables("'other'"));
    // A hash of each row, put together in two ways: `except all` of a hundred tables takes as long as a build.
    let rows = |table: &str| {
        format!(
            "(select [count(*), bit_xor(row), sum(row)] from (select hash(*columns(*))::hugeint as row from {table}))"
        )
    };
    let differs = |table: &String| {
        let question = format!("select {} is distinct from {}", rows(table), rows(&format!("other.{table}")));
        duckdb.query_row(&question, [], |row| row.get::<_, bool>(0)).unwrap()
    };
    let mut found: Vec<String> = tables("'other'").into_iter().filter(differs).collect();
    // What the build says that they hold decides which published files are kept.
    let known = contents(&duckdb, "");
    for (name, content) in contents(&duckdb, "other.") {
        if known.get(&name) != Some(&content) {
            found.push(format!("what is known of {name}"));
        }
    }
    found
}

/// The tables that a build from nothing would give other rows.
pub(crate) fn differences_from_anew(story: &Story) -> Vec<String> {
    let anew = story.copy();
    jobs::refresh(&anew.world.context(), anew.own_models().as_deref(), true).unwrap();
    differences(&story.world, &anew.world)
}

/// What a build found each table to hold, as it wrote it down.
fn contents(duckdb: &duckdb::Connection, database: &str) -> BTreeMap<String, serde_json::Value> {
    let record = |row: &duckdb::Row<'_>| row.get::<_, String>(0);
    let record = duckdb.query_row(&format!("select record from {database}_build"), [], record).unwrap();
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    let models = record["models"].as_array().unwrap().iter();
    models.map(|model| (model["name"].as_str().unwrap().to_owned(), model["content"].clone())).collect()
}

/// What was heard before: enough that most of it is untouched by whatever happens then.
fn history() -> String {
    let play = |number: usize| {
        let (who, song) = (["ANN", "BO"][number % 2], 1 + number % 5);
        format!(
            "p{number}aa | {who} | spotify_export | end | track | 2024-06-{0:02} 10:00:00Z | 2024-06-{0:02} 10:03:00Z | 180000 | u{song} | Song {song} | Host {song}",
            1 + number
        )
    };
    [HEADER.to_owned()].into_iter().chain((0..16).map(play)).collect::<Vec<_>>().join("\n")
}

/// How many stories there are; more with `MUSIC_WORLDS=50`.
#[expect(clippy::disallowed_methods, reason = "a knob of the test, not of the program")]
fn stories() -> u32 {
    std::env::var("MUSIC_WORLDS").ok().and_then(|count| count.parse().ok()).unwrap_or(2)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: stories(), max_shrink_iters: 12, ..ProptestConfig::default() })]

    #[test]
    fn a_build_of_what_changed_equals_a_build_of_everything(events in events()) {
        let mut story = Story::of("", &history());
        let mut told = Told::default();
        for (event, is_refreshed) in &events {
            happens(&mut story, *event, &mut told);
            if *is_refreshed {
                story.refresh();
            }
        }
        story.refresh();
        prop_assert_eq!(differences_from_anew(&story), Vec::<String>::new());
    }
}

#[test]
fn only_what_a_change_touches_is_built_and_tested() {
    let mut story = Story::of(
        "fct_artist_genre fct_session rpt_corrected_plays rpt_top_artists",
        &format!(
        "{HEADER}
         p1aa | ANN | spotify_export | end | track | 2024-06-01 10:00:00Z | 2024-06-01 10:03:00Z | 180000 | u1 | Song 1 | Host 1"
    ));
    let count = |summary: &platform::Summary, name: &str| summary.counts[name].as_u64().unwrap();
    let nothing = jobs::build(&story.world.context(), None, false, &Default::default()).unwrap();
    assert_eq!((count(&nothing, "models"), count(&nothing, "tests")), (0, 0));
    let (all, correction) = (count(&nothing, "models_unchanged"), typed(&["exclude", "--track", "u1"]));
    correct::add(&story.world.context(), &correction).unwrap();
    let some = story.refresh();
    assert!(0 < count(&some, "models") && count(&some, "models") < all / 2, "{some:?}");
    assert!(0 < count(&some, "tests"), "{some:?}");
    story.receive(&format!(
        "{HEADER}
         p3aa | ANN | spotify_export | end | track | 2024-06-03 10:00:00Z | 2024-06-03 10:03:00Z | 180000 | u3 | Song 3 | Host 3"
    ));
    let more = story.refresh();
    assert!(count(&some, "models") < count(&more, "models") && count(&more, "models") < all, "{more:?}");
}

#[test]
fn of_tables_that_hold_every_play_only_the_rows_that_changed_are_made_again() {
    let mut story = Story::of("fct_artist_genre agg_daily agg_artist_daily", &history());
    let by_rows = |summary: &platform::Summary| summary.counts["models_by_rows"].as_u64().unwrap();
    let changes: [&dyn Fn(&mut Story); 3] = [
        // A new play, then one that is known told by another source, then a track that is left out.
        &|story| {
            story.receive(&format!("{HEADER}\n n1aa | ANN | spotify_api | end | track | null | 2024-07-01 10:03:00Z | null | u1 | Song 1 | Host 1"))
        },
        &|story| {
            story.receive(&format!("{HEADER}\n n2aa | BO | spotify_api | end | track | null | 2024-06-04 10:03:01Z | null | u4 | Song 4 | Host 4"))
        },
        &|story| drop(correct::add(&story.world.context(), &typed(&["exclude", "--track", "u3"])).unwrap()),
    ];
    for (change, least) in changes.into_iter().zip([6, 4, 3]) {
        change(&mut story);
        let summary = story.refresh();
        assert!(by_rows(&summary) >= least, "{summary:?}");
    }
    // Song 3 was heard three times.
    assert_eq!(story.ask("select count(*) from fct_track_played"), "14");
    story.take_back();
    story.take_back();
    story.refresh();
    assert_eq!(story.ask("select count(*) from fct_track_played"), "13");
}

/// So many rows are not copied: models read the files themselves.
#[test]
fn what_changed_is_found_in_files_too() {
    let mut story = Story::new();
    story.world.wanted = "agg_daily fct_artist_genre";
    let plays = |name: &str, source: &str, from: &str, count: u32, songs: u32| {
        format!(
            "select '{name}' || i as play_id, '{name}' || i as observation_id, 'ANN' as account_id, '{source}' as source,
                    'end' as clock, 'track' as kind, timestamptz '{from}' + to_minutes(5 * i) as ended_at,
                    case when '{source}' = 'spotify_export' then 180000 end as ms_played, 'u' || i % {songs} as track_uri,
                    'Song ' || i % {songs} as track_name, 'Host ' || i % 7 as album_artist_name
             from range({count}) as r(i)"
        )
    };
    story.receive_query(&plays("e", "spotify_export", "2024-01-01 00:00:00Z", 11_000, 40));
    story.refresh();
    // Some are known already, and some are new.
    story.receive_query(&plays("a", "spotify_api", "2024-02-07 00:00:01Z", 500, 2));
    let summary = story.refresh();
    assert!(summary.counts["models_by_rows"].as_u64().unwrap() >= 6, "{summary:?}");
    assert_eq!(differences_from_anew(&story), Vec::<String>::new());
    let known = story.ask("select count(*) filter (where source = 'spotify_api'), count(*) from fct_track_played");
    assert_eq!(known, "484,11484", "16 fell on a play of the same song");
}

#[test]
fn a_report_that_is_told_otherwise_under_its_own_name_is_seen() {
    let mut story = Story::of("agg_daily", &history());
    let told = |ms: u32| {
        format!(
            "{HEADER}
             n1aa | ANN | spotify_export | end | track | 2024-07-01 10:00:00Z | 2024-07-01 10:03:00Z | {ms} | u1 | Song 1 | Host 1"
        )
    };
    for ms in [90_000, 120_000] {
        story.receive(&told(ms));
        story.refresh();
        let heard = "select ms_played from fct_track_played where play_id = 'n1aa'";
        assert_eq!(story.ask(heard), ms.to_string());
        story.take_back();
    }
}

#[test]
fn what_a_build_of_some_models_has_seen_is_not_taken_for_consumed() {
    let mut story = Story::of("agg_daily", &history());
    let plays = |story: &Story| story.ask("select count(*) from fct_track_played");
    let play = format!(
        "{HEADER}\n n1aa | ANN | spotify_export | end | track | 2024-07-01 10:00:00Z | 2024-07-01 10:03:00Z | 1 | u1 | Song 1 | Host 1"
    );
    let some = transform::project::Selection { words: vec!["int_plays_resolved".to_owned()] };
    story.receive(&play);
    story.refresh();
    assert_eq!(plays(&story), "17");
    // It goes, is seen to be gone by a build of one model, and comes back as it was.
    story.take_back();
    jobs::build(&story.world.context(), None, false, &some).unwrap();
    story.refresh();
    assert_eq!(plays(&story), "16");
    story.receive(&play);
    story.refresh();
    assert_eq!(plays(&story), "17");
}

#[test]
fn a_key_that_the_query_does_not_have_is_named() {
    let model = "-- Plays.\n--\n-- grain: one row per play\n-- kind:  incremental\n-- recompute: by play_idd\n\
                 -- reads: src_plays\nselect play_id from src_plays";
    let (message, _) = crate::world::failure(World::with(&[("1_staging/stg_play.sql", model)]).build());
    assert!(message.contains("stg_play.sql:1: the header names the column `play_idd`"), "{message}");
}

#[test]
fn a_model_whose_key_no_observation_has_is_made_as_a_whole() {
    let model = "-- Tracks.\n--\n-- grain: one row per track\n-- kind:  incremental\n-- key:   title\n-- recompute: by title\n\
                 -- reads: src_plays\nselect distinct track_name as title from src_plays";
    let world = World::with(&[("1_staging/stg_track.sql", model)]);
    let titles = |rows: &[&str]| {
        world.plays(&format!("f{}", rows.len()), rows);
        world.build().unwrap();
        world.warehouse("select count(*) from stg_track")
    };
    let rows = ["'p1', 'ann', 'One', '2024-01-10 10:00:00Z', 1", "'p2', 'ann', 'Two', '2024-01-11 10:00:00Z', 1"];
    assert_eq!((titles(&rows[..1]).as_str(), titles(&rows).as_str()), ("1", "2"));
}

#[test]
fn what_came_out_as_it_was_is_where_a_change_ends() {
    let model = |name: &str, reads: &str, select: &str| {
        format!(
            "-- {name}.\n--\n-- grain: one row per rule\n-- kind:  table\n-- key:   rule\n-- reads: {reads}\n\
             -- columns:\n--   rule  Its name.\n{select}"
        )
    };
    let world = World::with(&[
        ("seeds/rules.csv", "rule,bound\nstart,1500\n"),
        ("seeds/rules.sql", &model("rules", "csv_rules", "select rule, cast(bound as bigint) as bound from csv_rules")),
        ("2_intermediate/int_rule.sql", &model("int_rule", "rules", "select rule from rules where bound > 0")),
        ("3_marts/dim_rule.sql", &model("dim_rule", "int_rule", "select rule from int_rule where rule <> 'start'")),
    ]);
    let built = || world.build().unwrap().counts["models"].as_u64().unwrap();
    let rule_is = || world.warehouse("select data_type from duckdb_columns() where table_name = 'dim_rule'");
    assert_eq!(built(), 3);
    world.sql("seeds/rules.csv", "rule,bound\nstart,1501\n");
    assert_eq!(built(), 2, "int_rule holds the same rules");
    world.sql("seeds/rules.csv", "rule,bound\nstart,0\n");
    assert_eq!((built(), rule_is().as_str()), (3, "VARCHAR"));
    // A table without rows holds what it held, but its column is of another type.
    let typed = |kind: &str| format!("select cast(1 as {kind}) as rule from rules where bound > 0");
    world.sql("3_marts/dim_rule.sql", &model("dim_rule", "int_rule", "select rule from int_rule"));
    for kind in ["BIGINT", "DOUBLE"] {
        world.sql("2_intermediate/int_rule.sql", &model("int_rule", "rules", &typed(kind)));
        assert_eq!((built(), rule_is().as_str()), (2, kind));
    }
}

#[test]
fn a_table_that_somebody_dropped_is_made_again() {
    let world = World::small();
    world.build().unwrap();
    duckdb::Connection::open(world.data().warehouse()).unwrap().execute_batch("drop table dim_track").unwrap();
    world.build().unwrap();
    assert_eq!(world.warehouse("select count(*) from dim_track"), "2");
}

#[test]
fn a_test_that_is_new_is_asked_of_tables_that_are_not() {
    let world = World::small();
    world.build().unwrap();
    world.sql(
        "tests/nothing_is_called_two.sql",
        "-- Nothing is called Two.\nselect * from dim_track where track_name = 'Two'",
    );
    let (message, _) = crate::world::failure(world.build());
    assert!(message.contains("nothing_is_called_two"), "{message}");
    let (message, _) = crate::world::failure(world.build());
    assert!(message.contains("nothing_is_called_two"), "a broken test stays broken: {message}");
}
