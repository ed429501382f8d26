//! Two data folders that share one warehouse file: neither ever shows what is the other's.

use std::path::Path;

use platform::{DataDir, JobContext};
use transform::jobs;
use transform::project::Selection;

use crate::world::{World, failure};

/// A job of `world` on a warehouse that lies elsewhere.
fn job(world: &World, warehouse: &Path) -> JobContext {
    let mut context = world.context();
    context.data = DataDir::new(world.data().root(), Some(warehouse.to_owned()));
    context
}

/// Ann's folder with one play, Bo's with two, and the file they share.
fn sharing() -> (World, World, tempfile::TempDir) {
    let (ann, bo) = (World::small(), World::small());
    ann.plays("a", &["'p9', 'ann', 'Nine', '2024-01-10 10:00:00Z', 1000"]);
    (ann, bo, tempfile::tempdir().unwrap())
}

fn refresh(world: &World, warehouse: &Path) -> Vec<String> {
    jobs::refresh(&job(world, warehouse), Some(&world.sql_dir()), false).unwrap().warnings
}

#[test]
fn nobody_publishes_or_tests_what_another_folder_built() {
    let (ann, bo, folder) = sharing();
    let warehouse = folder.path().join("shared.duckdb");
    assert!(refresh(&ann, &warehouse).is_empty());
    let [warning] = &refresh(&bo, &warehouse)[..] else { panic!("it was taken over in silence") };
    assert!(warning.contains("shared.duckdb held the star schema of another data folder"), "{warning}");
    assert!(refresh(&bo, &warehouse).is_empty());
    // Nor is it when nothing of the old is looked at.
    let anew = |world: &World| jobs::refresh(&job(world, &warehouse), Some(&world.sql_dir()), true).unwrap().warnings;
    let [warning] = &anew(&ann)[..] else { panic!("it was taken over in silence") };
    assert!(warning.contains("shared.duckdb held the star schema of another data folder"), "{warning}");
    assert!(anew(&ann).is_empty());
    assert_eq!(anew(&bo).len(), 1);
    assert_eq!(ann.published("select plays from rpt_totals"), "1");
    assert_eq!(bo.published("select plays from rpt_totals"), "2");
    let told = |outcome| {
        let (message, exit_code) = failure(outcome);
        let words =
            ["shared.duckdb holds the star schema of another data folder", "music-tracker refresh", "DUCKDB_PATH"];
        assert!(words.iter().all(|words| message.contains(words)) && exit_code == 2, "{exit_code}: {message}");
    };
    told(jobs::publish(&job(&ann, &warehouse)));
    told(jobs::test(&job(&ann, &warehouse), Some(&ann.sql_dir()), &Selection::all()));
    let selection = Selection { words: vec!["dim_track".to_owned()] };
    told(jobs::build(&job(&ann, &warehouse), Some(&ann.sql_dir()), false, &selection));
    assert_eq!(ann.published("select plays from rpt_totals"), "1");
    // Bo's is as it was.
    jobs::publish(&job(&bo, &warehouse)).unwrap();
    assert_eq!(bo.published("select plays from rpt_totals"), "2");
    // A build of everything makes it Ann's.
    jobs::build(&job(&ann, &warehouse), Some(&ann.sql_dir()), false, &Selection::all()).unwrap();
    jobs::test(&job(&ann, &warehouse), Some(&ann.sql_dir()), &Selection::all()).unwrap();
    jobs::publish(&job(&ann, &warehouse)).unwrap();
    assert_eq!(ann.published("select plays from rpt_totals"), "1");
    told(jobs::publish(&job(&bo, &warehouse)));
}

#[test]
fn a_folder_that_was_moved_or_restored_keeps_its_warehouse() {
    let world = World::small();
    world.refresh().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let restored = elsewhere.path().join("restored");
    let copied = std::process::Command::new("cp").arg("-a").args([world.data().root(), &restored]).status().unwrap();
    assert!(copied.success());
    let mut context = world.context();
    context.data = DataDir::new(&restored, None);
    jobs::publish(&context).unwrap();
    jobs::build(&context, Some(&world.sql_dir()), false, &Selection { words: vec!["dim_track".to_owned()] }).unwrap();
}

#[test]
fn a_warehouse_that_does_not_say_whose_it_is_is_nobodys() {
    let world = World::small();
    world.refresh().unwrap();
    {
        let duckdb = duckdb::Connection::open(world.data().warehouse()).unwrap();
        let forget = r#"update _build set record = regexp_replace(record, '"folder_id":"[0-9a-f]*",', '')"#;
        duckdb.execute_batch(forget).unwrap();
    }
    let (message, exit_code) = failure(jobs::publish(&world.context()));
    assert!(message.contains("of an older version") && exit_code == 2, "{message}");
    world.refresh().unwrap();
    jobs::publish(&world.context()).unwrap();
}
