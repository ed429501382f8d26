//! What lies in `processed/` and `reporting/` after publishing.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use duckdb::{AccessMode, Config, Connection};
use transform::jobs;

use crate::world::{World, failure, names_in, one_value};

/// Opens the reporting file as a dashboard does: read-only, finding files from `root`.
pub(crate) fn dashboard(world: &World, root: &Path) -> Connection {
    let path = root.join("reporting").join(format!("reporting-{}.duckdb", world.ddl_hash()));
    let config = Config::default().access_mode(AccessMode::ReadOnly).unwrap();
    let duckdb = Connection::open_with_flags(path, config).unwrap();
    duckdb.execute_batch(&format!("set file_search_path = '{}'", root.display())).unwrap();
    duckdb
}

/// The one file in the folder of a run whose name begins and ends so.
fn file(world: &World, run: &str, begin: &str, end: &str) -> PathBuf {
    let folder = world.data().processed().join(world.ddl_hash()).join(run);
    let mut names = names_in(&folder);
    names.retain(|name| name.starts_with(begin) && name.ends_with(end));
    assert_eq!(names.len(), 1, "{begin} … {end}: {names:?}");
    folder.join(&names[0])
}

fn inode(path: &Path) -> u64 {
    fs::metadata(path).unwrap().ino()
}

#[test]
fn a_run_is_a_folder_of_whole_files_behind_relative_links() {
    let world = World::small();
    let summary = world.refresh().unwrap();
    let hash = world.ddl_hash();
    assert_eq!(summary.counts["ddl_hash"], hash.as_str());
    let processed = world.data().processed();
    assert_eq!(names_in(&processed), [hash.as_str(), "current"]);
    assert_eq!(names_in(&processed.join(&hash)), ["current", "run-20240615T120000.000Z"]);
    assert_eq!(fs::read_link(processed.join("current")).unwrap(), Path::new(&hash).join("current"));
    assert_eq!(fs::read_link(processed.join(&hash).join("current")).unwrap(), Path::new("run-20240615T120000.000Z"));
    assert_eq!(
        names_in(&processed.join("current")),
        [
            "dim_track.20240615T120000.000Z.parquet",
            "fct_play.20240615T120000.000Z.history.parquet",
            "fct_play.20240615T120000.000Z.recent.parquet",
            "rpt_totals.20240615T120000.000Z.parquet",
            "run.json"
        ]
    );
    assert_eq!(names_in(&world.data().reporting()), [format!("reporting-{hash}.duckdb")]);
}

#[test]
fn old_rows_and_recent_rows_are_two_files() {
    let world = World::small();
    world.refresh().unwrap();
    let duckdb = Connection::open_in_memory().unwrap();
    let plays = |part: &str| {
        let file = world.data().processed().join(format!("current/fct_play.*.{part}.parquet"));
        one_value(&duckdb, &format!("select string_agg(play_id, ',') from '{}'", file.display()))
    };
    assert_eq!((plays("history").as_str(), plays("recent").as_str()), ("p1", "p2"));
    assert_eq!(world.published("select count(*) from fct_play"), "2");
}

#[test]
fn what_did_not_change_is_the_same_file() {
    let mut world = World::small();
    world.refresh().unwrap();
    world.later(1);
    world.plays(
        "b",
        &[
            "'p1', 'ann', 'One', '2024-01-10 10:00:00Z', 1000",
            "'p2', 'ann', 'Two', '2024-06-10 10:00:00Z', 2000",
            "'p3', 'ann', 'Two', '2024-06-11 10:00:00Z', 7",
        ],
    );
    let summary = world.refresh().unwrap();
    assert_eq!((&summary.counts["files_written"], &summary.counts["files_unchanged"]), (&2.into(), &2.into()));
    let [old, new] = &world.runs()[..] else { panic!("{:?}", world.runs()) };
    for (table, part, same) in [
        ("dim_track.20240615T120000", ".parquet", true),
        ("fct_play.", ".history.parquet", true),
        ("fct_play.20240615T130000", ".recent.parquet", false),
        ("rpt_totals.20240615T130000", ".parquet", false),
    ] {
        let old = file(&world, old, &table[..9], part);
        assert_eq!(inode(&old) == inode(&file(&world, new, table, part)), same, "{table}{part}");
    }
    assert_eq!(world.published("select plays, ms from rpt_totals"), "3,3007");
}

/// What a view has planned to read is found by name, so a name must never stand for other rows.
#[test]
fn all_files_of_a_table_are_named_after_its_last_change() {
    let mut world = World::small();
    world.refresh().unwrap();
    world.later(1);
    world.plays(
        "b",
        &["'p1', 'ann', 'One', '2024-01-10 10:00:00Z', 1000", "'p2', 'ann', 'Two', '2024-06-10 10:00:00Z', 7"],
    );
    world.refresh().unwrap();
    let named = |run: &str| names_in(&world.data().processed().join(world.ddl_hash()).join(run));
    assert_eq!(
        named("run-20240615T130000.000Z"),
        [
            "dim_track.20240615T120000.000Z.parquet",
            "fct_play.20240615T130000.000Z.history.parquet",
            "fct_play.20240615T130000.000Z.recent.parquet",
            "rpt_totals.20240615T130000.000Z.parquet",
            "run.json"
        ]
    );
}

#[test]
fn nothing_new_is_no_new_run() {
    let mut world = World::small();
    world.refresh().unwrap();
    world.later(1);
    let summary = world.refresh().unwrap();
    assert!(
        summary.text.ends_with(&format!("nothing changed since {}/run-20240615T120000.000Z", world.ddl_hash())),
        "{}",
        summary.text
    );
    assert_eq!(world.runs().len(), 1);
}

#[test]
fn a_damaged_file_is_not_shared() {
    let mut world = World::small();
    world.refresh().unwrap();
    let damaged = file(&world, &world.runs()[0], "dim_track.", ".parquet");
    fs::remove_file(&damaged).unwrap();
    platform::files::write_whole(&damaged, b"short").unwrap();
    world.later(1);
    world.refresh().unwrap();
    assert_eq!(world.published("select count(*) from dim_track"), "2");
    let written = file(&world, &world.runs()[1], "dim_track.", ".parquet");
    assert_ne!(written.file_name(), damaged.file_name(), "other bytes have another name");
}

#[test]
fn dashboards_read_from_anywhere_the_folder_is() {
    let world = World::small();
    world.refresh().unwrap();
    assert_eq!(one_value(&dashboard(&world, world.data().root()), "select ms from rpt_totals"), "3000");
    let hash = world.ddl_hash();
    let moved = world.data().root().parent().unwrap().join("moved");
    fs::rename(world.data().root(), &moved).unwrap();
    let config = Config::default().access_mode(AccessMode::ReadOnly).unwrap();
    let duckdb = Connection::open_with_flags(moved.join(format!("reporting/reporting-{hash}.duckdb")), config).unwrap();
    duckdb.execute_batch(&format!("set file_search_path = '{}'", moved.display())).unwrap();
    assert_eq!(one_value(&duckdb, "select count(*) from fct_play"), "2");
}

#[test]
fn views_say_what_they_mean() {
    let world = World::small();
    world.refresh().unwrap();
    let duckdb = dashboard(&world, world.data().root());
    let view = "select comment from duckdb_views() where view_name = 'fct_play'";
    assert_eq!(one_value(&duckdb, view), "Every play, once.\n\nGrain: one row per play.");
    let columns = "select string_agg(column_name || ': ' || comment, ' | ' order by column_index)
                   from duckdb_columns() where table_name = 'fct_play'";
    assert_eq!(
        one_value(&duckdb, columns),
        "play_id: Key of the play. | account_id: Who listened. | track_name: What was heard. \
         | ended_at: When it ended (UTC). | ms_played: Milliseconds listened."
    );
    let text = one_value(&duckdb, "select sql from duckdb_views() where view_name = 'fct_play'");
    assert!(text.contains("SELECT play_id, account_id"), "columns are named one by one: {text}");
    assert!(text.contains(&format!("'processed/{}/current/fct_play.*.parquet'", world.ddl_hash())), "{text}");
}

#[test]
fn the_reporting_file_is_of_the_oldest_format() {
    let world = World::small();
    world.refresh().unwrap();
    let path = world.data().reporting().join(format!("reporting-{}.duckdb", world.ddl_hash()));
    // The format's number stands behind the checksum and the magic bytes.
    let bytes = fs::read(&path).unwrap();
    assert_eq!((&bytes[8..12], bytes[12]), (&b"DUCK"[..], 64));
    assert!(fs::metadata(path).unwrap().permissions().readonly());
}

#[test]
fn a_dashboard_sees_the_next_run_without_opening_anything() {
    let mut world = World::small();
    world.refresh().unwrap();
    let duckdb = dashboard(&world, world.data().root());
    assert_eq!(one_value(&duckdb, "select plays from rpt_totals"), "2");
    world.later(1);
    world.plays("b", &["'p9', 'ann', 'One', '2024-01-10 10:00:00Z', 1000"]);
    world.refresh().unwrap();
    assert_eq!(one_value(&duckdb, "select plays from rpt_totals"), "1");
}

#[test]
fn changed_views_get_a_file_and_a_folder_of_their_own() {
    let mut world = World::small();
    world.refresh().unwrap();
    let old = dashboard(&world, world.data().root());
    let old_hash = world.ddl_hash();
    world.later(1);
    world.edit("4_reporting/rpt_totals.sql", "Number of plays.", "How many plays.");
    let summary = world.refresh().unwrap();
    assert_eq!(summary.counts["new_views"], true);
    assert_ne!(world.ddl_hash(), old_hash);
    assert_eq!(names_in(&world.data().reporting()).len(), 2);
    assert_eq!(one_value(&old, "select plays from rpt_totals"), "2", "the old file still answers");
}

#[test]
fn leftovers_of_a_killed_run_are_cleared() {
    let mut world = World::small();
    world.refresh().unwrap();
    let folder = world.data().processed().join(world.ddl_hash());
    fs::create_dir(folder.join("run-20240615T110000.000Z.partial")).unwrap();
    platform::files::write_whole(&folder.join("run-20240615T110000.000Z.partial/half.parquet"), b"half").unwrap();
    std::os::unix::fs::symlink("nowhere", folder.join("current.partial")).unwrap();
    let reporting = world.data().reporting();
    platform::files::write_whole(&reporting.join("reporting-aaaaaaaaaaaa.duckdb.partial"), b"half").unwrap();
    platform::files::write_whole(&reporting.join("reporting-aaaaaaaaaaaa.duckdb.partial.wal"), b"half").unwrap();
    world.later(1);
    world.refresh().unwrap();
    assert_eq!(names_in(&folder), ["current", "run-20240615T120000.000Z"]);
    assert_eq!(names_in(&reporting).len(), 1);
}

/// A kill between any two steps of a publication leaves some of them undone; the next run
/// does the rest.
#[test]
fn a_publication_that_was_cut_off_is_finished() {
    let world = World::small();
    world.refresh().unwrap();
    let (hash, processed) = (world.ddl_hash(), world.data().processed());
    let reporting = world.data().reporting().join(format!("reporting-{hash}.duckdb"));
    for lost in [processed.join("current"), processed.join(&hash).join("current"), reporting.clone()] {
        fs::remove_file(&lost).unwrap();
        jobs::publish(&world.context()).unwrap();
        assert!(lost.exists(), "{}", lost.display());
        assert_eq!(one_value(&dashboard(&world, world.data().root()), "select plays from rpt_totals"), "2");
    }
}

#[test]
fn old_runs_go_when_they_are_old_and_many() {
    let mut world = World::small();
    for hour in 0..5 {
        world.plays("b", &[&format!("'p{hour}', 'ann', 'One', '2024-06-10 10:00:00Z', {hour}")]);
        world.refresh().unwrap();
        world.later(1);
    }
    assert_eq!(world.runs().len(), 5, "none is a day old");
    world.later(48);
    world.plays("b", &["'p9', 'ann', 'One', '2024-06-10 10:00:00Z', 9"]);
    let summary = world.refresh().unwrap();
    assert_eq!(summary.counts["runs_removed"], 3);
    assert_eq!(world.runs().len(), 3, "three stay whatever their age");
    assert_eq!(world.published("select play_id from fct_play"), "p9");
}

#[test]
fn there_must_be_something_to_publish() {
    let world = World::empty();
    let (message, exit_code) = failure(jobs::publish(&world.context()));
    assert_eq!(
        (message.as_str(), exit_code),
        ("the warehouse has not been built yet: run `music-tracker build` first", 2)
    );
}
