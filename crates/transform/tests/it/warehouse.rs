//! The warehouse file: one writer, and no file that cannot be replaced.

use std::fs;

use duckdb::Connection;
use platform::files::{FileLock, write_whole};
use transform::jobs;

use crate::world::{World, failure, names_in};

#[test]
fn a_second_transform_is_told_to_wait() {
    let world = World::small();
    let _lock = FileLock::try_take(&world.data().lock("transform")).unwrap().unwrap();
    let (message, exit_code) = failure(world.build());
    assert_eq!(exit_code, 75);
    assert!(message.starts_with("another transform is running on this data folder"), "{message}");
}

#[test]
fn a_question_does_not_wait_for_a_build() {
    let world = World::small();
    world.refresh().unwrap();
    // What a build holds: the lock between transforms and DuckDB's own on the warehouse.
    let _lock = FileLock::try_take(&world.data().lock("transform")).unwrap().unwrap();
    let warehouse = Connection::open(world.data().warehouse()).unwrap();
    warehouse.execute_batch("begin; drop view rpt_totals; drop table fct_play").unwrap();
    assert_eq!(world.published("select plays from rpt_totals"), "2");
}

#[test]
fn a_warehouse_that_cannot_be_read_is_moved_aside() {
    for damage in [&b"this is no database"[..], &[0; 100_000]] {
        let world = World::small();
        write_whole(&world.data().warehouse(), damage).unwrap();
        let summary = world.build().unwrap();
        assert!(summary.warnings[0].starts_with("the warehouse could not be read and is built anew"), "{summary:?}");
        let names = names_in(world.data().root());
        assert!(names.contains(&"music_tracker.duckdb.broken-20240615T120000Z".to_owned()), "{names:?}");
        assert_eq!(world.warehouse("select count(*) from fct_play"), "2");
    }
}

#[test]
fn a_cut_off_warehouse_is_moved_aside() {
    let world = World::small();
    world.build().unwrap();
    let file = fs::File::options().write(true).open(world.data().warehouse()).unwrap();
    file.set_len(20_000).unwrap();
    drop(file);
    let summary = world.build().unwrap();
    assert_eq!(summary.warnings.len(), 1, "{summary:?}");
    assert_eq!(world.warehouse("select count(*) from fct_play"), "2");
}

#[test]
fn publishing_does_not_replace_what_it_cannot_read() {
    let world = World::small();
    write_whole(&world.data().warehouse(), b"this is no database").unwrap();
    let (message, _) = failure(jobs::publish(&world.context()));
    assert!(message.contains("(`music-tracker build` makes it anew)"), "{message}");
}

#[test]
fn a_full_refresh_makes_a_new_file() {
    let world = World::small();
    world.build().unwrap();
    {
        let warehouse = Connection::open(world.data().warehouse()).unwrap();
        warehouse.execute_batch("create table mine as select 1").unwrap();
    }
    jobs::refresh(&world.context(), Some(&world.sql_dir()), true).unwrap();
    assert_eq!(world.warehouse("select count(*) from duckdb_tables() where table_name = 'mine'"), "0");
    assert_eq!(world.published("select plays from rpt_totals"), "2");
    assert!(!names_in(world.data().root()).iter().any(|name| name.contains(".new")));
}

#[test]
fn a_full_refresh_that_fails_leaves_the_old_file() {
    let world = World::small();
    world.build().unwrap();
    world.edit("3_marts/fct_play.sql", "select *", "select no_such_column,");
    failure(jobs::refresh(&world.context(), Some(&world.sql_dir()), true));
    assert_eq!(world.warehouse("select count(*) from fct_play"), "2");
}

#[test]
fn scratch_space_is_gone_afterwards() {
    let world = World::small();
    write_whole(&world.data().work("transform").join("leftover"), b"x").unwrap();
    world.refresh().unwrap();
    assert!(!world.data().work("transform").exists());
}
