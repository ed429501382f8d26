use std::process::{Command, Output};

use serde_json::Value;

fn simulator(folder: &std::path::Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_simulator")).current_dir(folder).args(args).output().unwrap()
}

#[test]
fn files_are_written_from_flags() {
    let folder = tempfile::tempdir().unwrap();
    let world = ["--plays", "300", "--artists", "30", "--to", "2022-03-01"];
    let run = |args: &[&str]| -> Value {
        let output = simulator(folder.path(), &[args, &world].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let report = run(&["export", "--out", "a.zip", "--of", "alice"]);
    assert_eq!(report["counts"]["rows"], 300);
    let report = run(&["export", "--out", "b.zip", "--account", "ada=Asia/Kolkata", "--account-data", "--old-names"]);
    assert_eq!(report["files"][0]["name"], "StreamingHistory0.json");
    assert_eq!(run(&["truth", "--out", "t.parquet"])["counts"]["rows"], 600);
    assert_eq!(run(&["export", "--out", "c", "--of", "bob", "--keys", "21", "--unpacked"])["counts"]["files"], 2);
    assert!(folder.path().join("a.zip").exists() && folder.path().join("t.parquet").exists());
    assert!(folder.path().join("c/Spotify Extended Streaming History").is_dir());
}

#[test]
fn help_teaches_and_mistakes_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let help = simulator(folder.path(), &["export", "--help"]);
    assert!(String::from_utf8_lossy(&help.stdout).contains("simulator export --out my_spotify_data.zip"));
    let mistake = simulator(folder.path(), &["truth", "--out", "x", "--account", "ada=Mars"]);
    assert_eq!(mistake.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&mistake.stderr).contains("no such time zone"));
    let unclear = simulator(folder.path(), &["export", "--out", "x.zip", "--plays", "10"]);
    assert_eq!(unclear.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unclear.stderr).contains("alice, bob"));
}
