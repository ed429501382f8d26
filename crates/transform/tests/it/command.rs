//! The program itself: exit codes, reports, and that it finds DuckDB without any help.

use std::process::{Command, Output};

use crate::world::World;

fn transform(world: &World, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_transform"))
        .env_clear()
        .args(["--data-dir", &world.data().root().display().to_string()])
        .args(["--sql-dir", &world.sql_dir().display().to_string()])
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn it_runs_without_any_variable() {
    let world = World::small();
    let output = transform(&world, &["refresh"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["job"], &report["status"]), (&"transform refresh".into(), &"ok".into()));
    assert_eq!(report["counts"]["published_rows"], 5);
    let output = transform(&world, &["query", "select plays from rpt_totals"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "plays\n2\n");
}

#[test]
fn a_failure_is_a_report_and_an_exit_code() {
    let world = World::small();
    world.plays("b", &["'p1', 'ann', null, '2024-01-10 10:00:00Z', 5"]);
    let output = transform(&world, &["build"]);
    assert_eq!(output.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["status"], "failed");
    let output = transform(&world, &["build", "--select", "nothing"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_models_in_the_program_are_in_order() {
    let world = World::empty();
    let output = Command::new(env!("CARGO_BIN_EXE_transform"))
        .env_clear()
        .args(["--data-dir", &world.data().root().display().to_string(), "ls"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
