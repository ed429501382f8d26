//! Source tables: the live files of the manifest, whatever version wrote them.

use platform::state::CountingRule;

use crate::world::{World, failure};

const STAGING: (&str, &str) = (
    "1_staging/stg_plays.sql",
    "-- Plays.\n--\n-- grain: one row per observation\n-- kind:  table\n-- reads: src_plays\nselect * from src_plays",
);

#[test]
fn without_files_a_table_is_empty_but_typed() {
    let world = World::with(&[STAGING]);
    world.build().unwrap();
    assert_eq!(world.warehouse("select count(*) from stg_plays"), "0");
    let types = "select string_agg(data_type, ',' order by column_index) from duckdb_columns()
                 where table_name = 'stg_plays' and column_name in ('play_id', 'ended_at', 'ms_played', 'shuffle')";
    assert_eq!(world.warehouse(types), "VARCHAR,TIMESTAMP WITH TIME ZONE,BIGINT,BOOLEAN");
}

#[test]
fn older_and_newer_files_are_read_together() {
    let world = World::with(&[STAGING]);
    world.src_file_of_another_version("plays", "old", "select 'a' as play_id, 7 as ms_played");
    world.src_file_of_another_version(
        "plays",
        "new",
        "select 5::bigint as ms_played, 'b' as play_id, true as shuffle, 'x' as invented_later",
    );
    world.src_file_of_another_version("plays", "dead", "select 'c' as play_id");
    world.src_file("plays", "now", "select 'd' as play_id, 9 as ms_played, true as offline");
    let version = lake::schema::PLAYS.version;
    world.manifest("plays", &[("old", version - 1), ("now", version), ("new", version + 1)]);
    world.build().unwrap();
    assert_eq!(
        world.warehouse(
            "select string_agg(concat_ws(' ', play_id, ms_played, shuffle), ';' order by play_id) from stg_plays"
        ),
        "a 7;b 5 true;d 9"
    );
}

#[test]
fn a_lost_file_is_named() {
    let world = World::with(&[STAGING]);
    world.manifest("plays", &[("gone", 1)]);
    let (message, _) = failure(world.build());
    assert!(message.contains("plays/gone.parquet"), "{message}");
}

#[test]
fn accounts_and_zones_come_from_the_state_database() {
    let world = World::with(&[
        (
            "1_staging/stg_accounts.sql",
            "-- A.\n--\n-- grain: one row per account\n-- kind:  view\n-- reads: src_accounts\nselect * from src_accounts",
        ),
        (
            "1_staging/stg_zones.sql",
            "-- Z.\n--\n-- grain: one row per change\n-- kind:  view\n-- reads: src_account_zones\nselect * from src_account_zones",
        ),
    ]);
    let mut state = world.context().state().unwrap();
    let ann = state.add_account("Ann's", chrono_tz::Asia::Tokyo, CountingRule::Finished, world.now).unwrap();
    state.set_zone(&ann.account_id, Some("2024-03-01T00:00:00.5Z".parse().unwrap()), chrono_tz::UTC).unwrap();
    world.build().unwrap();
    world.build().unwrap();
    assert_eq!(
        world.warehouse("select name || ' ' || counting_rule || ' ' || created_at::varchar from stg_accounts"),
        "Ann's finished 2024-06-15 12:00:00+00"
    );
    assert_eq!(
        world.warehouse(
            "select string_agg(concat_ws(' ', zone, valid_from), ';' order by valid_from nulls first) from stg_zones"
        ),
        "Asia/Tokyo;UTC 2024-03-01 00:00:00.5+00"
    );
}
