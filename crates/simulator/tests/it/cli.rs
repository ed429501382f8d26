use std::io::{BufRead, BufReader};
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
    let help = simulator(folder.path(), &["serve", "--help"]);
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    for word in
        ["/authorize", "/_control/faults", "rate_limited", "late_plays", "recent-tracks", "--navidrome-plays", "sparql"]
    {
        assert!(help.contains(word), "{word}");
    }
    let mistake = simulator(folder.path(), &["truth", "--out", "x", "--account", "ada=Mars"]);
    assert_eq!(mistake.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&mistake.stderr).contains("no such time zone"));
    let unclear = simulator(folder.path(), &["export", "--out", "x.zip", "--plays", "10"]);
    assert_eq!(unclear.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unclear.stderr).contains("alice, bob"));
}

#[test]
fn a_server_is_told_of_apps_faults_and_services_by_flags() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Command::new(env!("CARGO_BIN_EXE_simulator"));
    server.current_dir(folder.path()).stdout(std::process::Stdio::piped());
    server.args(["serve", "--plays", "200", "--artists", "30", "--to", "2022-03-01", "--late-plays", "50"]);
    server.args(["--musicbrainz-interval-ms", "20", "--refuse-batch", "urls", "--any-user-agent"]);
    server.args(["--navidrome-plays", "40", "--listenbrainz", "spotify,navidrome", "--lastfm", "navidrome"]);
    server.args(["--fault", r#"{"service": "spotify", "fault": "hang", "times": 1}"#]);
    server.args(["--app", r#"{"client_id": "id", "redirect_uris": ["http://127.0.0.1/back"]}"#]);
    let mut server = server.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    let report: Value = serde_json::from_str(&line).unwrap();
    assert!(report["listenbrainz_base_url"].as_str().unwrap().ends_with("/listenbrainz/1/"));
    assert!(report["lastfm_base_url"].as_str().unwrap().ends_with("/lastfm/2.0/"));
    assert!(report["musicbrainz_base_url"].as_str().unwrap().ends_with("/musicbrainz/ws/2/"));
    for service in ["wikidata", "nominatim", "openweather"] {
        let url = report[format!("{service}_base_url")].as_str().unwrap();
        assert!(url.ends_with(&format!("/{service}/")), "{url}");
    }
    assert_eq!(report["accounts"][0]["lastfm_name"], "alice_fm");
    for wrong in [["--fault", r#"{"service": "spotify"}"#], ["--app", "{}"], ["--lastfm", "deezer"]] {
        let mistake = simulator(folder.path(), &[&["serve"][..], &wrong].concat());
        assert_eq!(mistake.status.code(), Some(2), "{wrong:?}");
    }
}
