//! Bad input: each kind has its own clear message, and nothing that was good is lost.

use std::io::Write;

use lake::schema::REJECTED;
use zip::unstable::write::FileOptionsExt;
use zip::write::SimpleFileOptions;

use crate::world::{AUDIO, World, row, row_with, rows};

/// Input that has nothing good in it: exit 2, words that help, and a history as before.
#[track_caller]
fn check_refused(make: impl FnOnce(&World) -> std::path::PathBuf, words: &[&str]) {
    let world = World::new();
    world.import(&world.zip("good.zip", &[(AUDIO, rows([row(1, 1)]))])).expect_counts(1, 0, 0, 0);
    let before = (world.plays(), world.files("raw"));
    let ran = world.import(&make(&world));
    assert_eq!(ran.exit_code, 2, "{}", ran.stderr);
    for word in words {
        assert!(ran.stderr.contains(word), "{:?} does not say {word:?}", ran.stderr);
    }
    assert_eq!((world.plays(), world.files("raw")), before, "nothing changed");
}

/// A file with two good rows around something bad: both are kept, the bad one is told.
#[track_caller]
fn check_row_rejected(bad: &[u8], reason: &str) {
    let world = World::new();
    let mut file = format!("[\n  {},\n  ", row(1, 1)).into_bytes();
    file.extend_from_slice(bad);
    file.extend_from_slice(format!(",\n  {}\n]", row(2, 2)).as_bytes());
    let ran = world.import(&world.file("endsong_0.json", file)).expect_counts(2, 0, 0, 1);
    assert_eq!(ran.report.status, "partial");
    assert_eq!(ran.count(&format!("rejected_{reason}")), 1, "{:?}", ran.report.counts);
    let told = world.rows(&REJECTED, &[]);
    assert!(told.len() == 1 && told[0].contains(reason) && told[0].contains("endsong_0.json"), "{told:?}");
}

#[test]
fn not_a_zip() {
    check_refused(|world| world.file("my_spotify_data.zip", "hello"), &["not a zip"]);
}

#[test]
fn a_zip_that_was_cut_off() {
    let cut = |world: &World| {
        let whole = std::fs::read(world.zip("whole.zip", &[(AUDIO, rows((0..500).map(|n| row(n, n))))])).unwrap();
        world.file("cut.zip", &whole[..whole.len() / 2])
    };
    check_refused(cut, &["cut.zip", "cut off", "Download it again"]);
}

#[test]
fn an_encrypted_zip() {
    let encrypted = |world: &World| {
        let path = world.path("locked.zip");
        let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
        let options = SimpleFileOptions::default().with_deprecated_encryption(b"password").unwrap();
        zip.start_file(AUDIO, options).unwrap();
        zip.write_all(rows([row(5, 5)]).as_bytes()).unwrap();
        zip.finish().unwrap();
        path
    };
    check_refused(encrypted, &["encrypted", "Unpack it with its password"]);
}

#[test]
fn a_path_that_leads_out_of_the_zip() {
    let world = World::new();
    let zip = world.zip("sly.zip", &[(AUDIO, rows([row(1, 1)])), ("../../endsong_0.json", rows([row(2, 2)]))]);
    world.import(&zip).expect_left(2, "leads out of the archive", [1, 0, 0, 0]);
}

#[test]
fn files_of_one_name_in_a_zip() {
    let world = World::new();
    let zip = world.zip("twins.zip", &[("endsong_0.json", rows([row(1, 1)])), ("endsong_1.json", rows([row(2, 2)]))]);
    let mut twins = std::fs::read(&zip).unwrap();
    while let Some(at) = twins.windows(9).position(|part| part == b"endsong_1") {
        twins[at + 8] = b'0';
    }
    world.import(&world.file("twins.zip", twins)).expect_left(2, "Unpack it, and import the folder", [1, 0, 0, 0]);
}

#[test]
fn a_broken_zip_beside_a_good_file_is_not_passed_over() {
    let world = World::new();
    let whole = std::fs::read(world.zip("a.zip", &[("endsong_0.json", rows([row(1, 1)]))])).unwrap();
    world.file("mixed/a.zip", &whole[..whole.len() - 30]);
    world.file("mixed/endsong_1.json", rows([row(2, 2)]));
    world.import(&world.path("mixed")).expect_left(2, "Download it again", [1, 0, 0, 0]);
}

#[test]
fn an_empty_file_beside_a_zip_is_told() {
    let world = World::new();
    world.zip("good.zip", &[("endsong_0.json", rows([row(1, 1)]))]);
    world.file("mixed/endsong_1.json", "");
    std::fs::rename(world.path("good.zip"), world.path("mixed/good.zip")).unwrap();
    let ran = world.import(&world.path("mixed"));
    assert!(ran.report.warnings.iter().any(|warning| warning.contains("endsong_1.json")), "{ran:?}");
}

#[test]
#[cfg(unix)]
fn what_is_not_looked_into_is_named() {
    let world = World::new();
    world.file("export/endsong_0.json", rows([row(1, 1)]));
    world.file("export/1/2/3/4/5/6/7/8/9/endsong_1.json", rows([row(2, 2)]));
    let elsewhere = world.file("endsong_2.json", rows([row(3, 3)]));
    std::os::unix::fs::symlink(elsewhere, world.path("export/endsong_2.json")).unwrap();
    let ran = world.import(&world.path("export")).expect_counts(1, 0, 0, 0);
    for words in ["export/1/2/3/4/5/6/7/8/9: folders this deep", "export/endsong_2.json: links are not followed"] {
        assert!(ran.report.warnings.iter().any(|warning| warning.contains(words)), "{words}: {ran:?}");
    }
}

#[test]
fn a_bad_file_of_a_folder_is_named_and_no_other() {
    let world = World::new();
    world.file("mixed/broken.zip", "hello");
    world.zip("good.zip", &[("endsong_0.json", rows([row(1, 1)]))]);
    std::fs::rename(world.path("good.zip"), world.path("mixed/good.zip")).unwrap();
    let ran = world.import(&world.path("mixed")).expect_left(2, "broken.zip: not a zip", [1, 0, 0, 0]);
    let error = ran.stderr.lines().find(|line| line.starts_with("error: ")).unwrap();
    assert!(!error.contains("good.zip") && error.contains("mixed/broken.zip"), "{error}");
}

#[test]
#[cfg(unix)]
fn a_folder_without_history_is_told_first_and_then_what_could_not_be_looked_into() {
    let world = World::new();
    for name in ["a.conf", "b.gz", "c.gz"] {
        world.file(&format!("etc/{name}"), "x = 1");
    }
    for name in ["d", "e", "f", "g"] {
        world.file(&format!("etc/{name}.zip"), "hello");
    }
    std::os::unix::fs::symlink("nowhere", world.path("etc/link")).unwrap();
    let ran = world.import(&world.path("etc"));
    let said = ran.stderr.split_once("error: ").unwrap().1;
    assert!(ran.exit_code == 2 && said.lines().next().unwrap().contains("etc: no listening history in it"), "{said}");
    for words in ["2 files in it, such as b.gz", "etc/d.zip: not a zip", "2 more"] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
#[cfg(unix)]
fn what_is_no_file() {
    check_refused(|_| "/dev/null".into(), &["/dev/null", "neither a file nor a folder"]);
}

#[test]
fn a_zip_in_a_zip() {
    check_refused(
        |world| world.zip("outer.zip", &[("my_spotify_data.zip", "PK".into())]),
        &["my_spotify_data.zip is packed", "unpack it, and import what it holds"],
    );
}

#[test]
fn a_zip_bomb() {
    let bomb = |world: &World| world.zip("bomb.zip", &[(AUDIO, format!("[{}]", " ".repeat(30 << 20)))]);
    check_refused(bomb, &["no honest file", "MUSIC_IMPORT__MAX_RATIO"]);
}

#[test]
fn a_file_that_is_too_large() {
    let world = World::new();
    let path = world.file("endsong_0.json", rows((0..50).map(|n| row(n, n))));
    let output = world
        .command(&["import", path.to_str().unwrap()])
        .env("MUSIC_IMPORT__MAX_FILE_BYTES", "1000")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("MUSIC_IMPORT__MAX_FILE_BYTES"));
}

#[test]
fn a_file_that_does_not_exist() {
    check_refused(|world| world.path("nowhere.zip"), &["nowhere.zip", "cannot be read"]);
}

#[test]
fn a_folder_without_history() {
    let folder = |world: &World| {
        world.file("photos/cat.json", r#"{"cat": true}"#);
        world.path("photos")
    };
    check_refused(folder, &["no listening history", "spotify.com/account/privacy"]);
}

#[test]
fn the_wrong_package() {
    let account_data = |world: &World| {
        world.zip(
            "data.zip",
            &[("MyData/Userdata.json", r#"{"username":"x"}"#.into()), ("MyData/Playlist1.json", "{}".into())],
        )
    };
    check_refused(account_data, &["account data without its streaming history", "Extended streaming history"]);
    let log = |world: &World| {
        world.zip("log.zip", &[("Spotify Technical Log Information/ConnectionError.json", "[]".into())])
    };
    check_refused(log, &["technical log", "Extended streaming history"]);
}

#[test]
fn an_empty_file() {
    check_refused(|world| world.file("endsong_0.json", ""), &["endsong_0.json", "empty"]);
    check_refused(|world| world.zip("empty.zip", &[]), &["no listening history"]);
}

#[test]
fn a_file_in_utf_16() {
    let utf_16 = |world: &World| {
        let bytes: Vec<u8> =
            [0xfeff_u16].into_iter().chain(rows([row(1, 1)]).encode_utf16()).flat_map(u16::to_le_bytes).collect();
        world.file("endsong_0.json", bytes)
    };
    check_refused(utf_16, &["UTF-16"]);
}

#[test]
fn invalid_json() {
    check_row_rejected(br#"{"ts": "2024-01-01T00:00:00Z", "ms_played": oops}"#, "invalid_json");
    check_row_rejected(b"null", "invalid_json");
}

#[test]
fn an_object_that_is_too_long_is_one_row() {
    let text = format!(r#"{{"ts": "2024-01-01T00:00:00Z", "note": "{}"}}"#, "x, [ ".repeat(600_000));
    let nested = format!(r#"{{"notes": [{{"of": ["}}"]}}{}]}}"#, r#", {"n": 1, "m": ["\"{", {}]}"#.repeat(100_000));
    for long in [text, nested] {
        check_row_rejected(long.as_bytes(), "too_long");
    }
    // What only looks like one long object costs no play.
    let world = World::new();
    let open = format!(r#"{{"notes": [{}"#, "1, ".repeat(600_000));
    let file = format!("[{}, {open}\n{}\n]", row(1, 1), [row(2, 2), row(3, 3)].join(",\n"));
    world.import(&world.file("endsong_0.json", file)).expect_counts(3, 0, 0, 1);
}

#[test]
fn bytes_that_are_no_text() {
    check_row_rejected(
        b"{\"ts\": \"2024-01-01T00:00:00Z\", \"ms_played\": 1, \"platform\": \"\xff\xfe\xff\"}",
        "not_utf8",
    );
}

#[test]
fn half_a_character_costs_no_play() {
    let world = World::new();
    let cut = row(1, 1).replace("Song 1", r"Song \ud83d");
    let whole = row(2, 2).replace("Song 2", r"Song \ud83d\ude00");
    world.import(&world.file("endsong_0.json", rows([cut, whole]))).expect_counts(2, 0, 0, 0);
    let plays = world.plays().join("\n");
    assert!(plays.contains("Song \u{fffd}\"") && plays.contains("Song \u{1f600}\""), "{plays}");
}

#[test]
fn wrong_types() {
    check_row_rejected(row_with(3, 3, r#", "skipped": "maybe""#).as_bytes(), "wrong_type");
    check_row_rejected(br#"{"ts": 17, "ms_played": 1}"#, "wrong_type");
}

#[test]
fn missing_keys() {
    check_row_rejected(br#"{"ts": "2024-01-01T00:00:00Z"}"#, "missing_key");
    check_row_rejected(b"{}", "missing_key");
}

#[test]
fn impossible_values() {
    check_row_rejected(br#"{"ts": "2084-01-01T00:00:00Z", "ms_played": 1}"#, "time_out_of_range");
    check_row_rejected(br#"{"ts": "1970-01-01T00:00:00Z", "ms_played": 1}"#, "time_out_of_range");
    check_row_rejected(br#"{"ts": "yesterday", "ms_played": 1}"#, "wrong_value");
    check_row_rejected(br#"{"ts": "2024-01-01T00:00:00Z", "ms_played": -5}"#, "wrong_value");
}

#[test]
fn of_a_file_that_breaks_off_what_is_there_is_kept_and_what_is_missing_is_told() {
    let whole = rows((0..10).map(|n| row(n, n)));
    let behind_the_last = |text: &str| whole.rfind(text).unwrap() + text.len();
    // In the middle of the last row, of its first key, and between two rows, where no row is damaged.
    let cuts = [(whole.len() - 100, 9, 1), (behind_the_last("{\"t"), 9, 1), (behind_the_last("},\n"), 9, 0)];
    for (cut, stored, rejected) in cuts {
        let world = World::new();
        let files = [(AUDIO, whole[..cut].to_owned()), ("endsong_1.json", rows([row(50, 1)]))];
        let words = "Audio_2024_0.json breaks off in the middle: what it holds is imported, and what came after is missing. \
                     Download the export again and import it: rows that are known are skipped";
        let counts = [stored + 1, 0, 0, rejected];
        let ran = world.import(&world.zip("a.zip", &files)).expect_left(2, words, counts);
        assert_eq!(ran.count("rejected_truncated"), rejected);
        let file = world.file("endsong_0.json", &whole[..cut]);
        let ran = world.import(&file).expect_left(2, "endsong_0.json breaks off", [0, stored, 0, rejected]);
        assert!(!ran.stderr.contains("endsong_0.json: endsong_0.json"), "{}", ran.stderr);
        world.import(&world.zip("again.zip", &[(AUDIO, whole.clone())])).expect_counts(10 - stored, stored, 0, 0);
    }
}

#[test]
fn a_file_that_comes_to_its_end_does_not_break_off() {
    let good = rows([row(1, 1), row(2, 2)]);
    let lines = r#"{"listened_at": 1704067200, "track_metadata": {"track_name": "A", "artist_name": "B"}}"#;
    let files = [
        (good.clone() + "\n \n", [2, 0]),
        (good.clone() + ", and so on", [2, 1]),
        (good.replace("\n]", ", 17]\n"), [2, 1]),
        (good.replacen("},", "}, {\"ts\": [1,", 1), [2, 1]),
        ("[]".to_owned(), [0, 0]),
        (lines.to_owned(), [1, 0]),
    ];
    for (text, [stored, rejected]) in files {
        let world = World::new();
        world.import(&world.file("endsong_0.json", text)).expect_counts(stored, 0, 0, rejected);
    }
}

#[test]
fn of_a_file_that_was_damaged_inside_the_zip_nothing_is_believed() {
    let world = World::new();
    let files = [(AUDIO, rows((0..2_000).map(|n| row(n, n)))), ("endsong_1.json", rows([row(9_000, 1)]))];
    let whole = world.zip("good.zip", &files);
    let mut bytes = std::fs::read(&whole).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 64].fill(0xa5);
    world.import(&world.file("damaged.zip", bytes)).expect_left(2, "Download the zip again", [1, 0, 0, 0]);
    world.import(&whole).expect_counts(2_000, 1, 0, 0);
}

#[test]
#[cfg(target_os = "linux")]
fn an_answer_that_cannot_be_written_is_told() {
    let world = World::new();
    world.import(&world.file("endsong_0.json", rows([row(1, 1)]))).expect_ok();
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = world.command(&["account", "list"]).stdout(full).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("could not be written"), "{output:?}");
}

#[test]
fn unknown_keys_are_told_and_harmless() {
    let world = World::new();
    let file = rows([row_with(1, 1, r#", "brand_new_key": {"a": [1]}"#)]);
    let ran = world.import(&world.file("endsong_0.json", file)).expect_counts(1, 0, 0, 0);
    assert!(ran.report.warnings.iter().any(|warning| warning.contains("brand_new_key")), "{ran:?}");
}

#[test]
fn personal_values_never_reach_the_disk() {
    let world = World::new();
    let good = rows([row(1, 1), row(2, 2)]);
    world.import(&world.zip("good.zip", &[(AUDIO, good.clone())])).expect_ok();
    world.import(&world.file("endsong_0.json", &good[..good.len() - 40])).expect_left(2, "breaks off", [0, 1, 0, 1]);
    for path in world.files("") {
        let mut bytes = std::fs::read(&path).unwrap();
        if path.extension().is_some_and(|ending| ending == "zst") {
            bytes = zstd::decode_all(&*bytes).unwrap();
        }
        for secret in ["203.0.113.7", "secret-user", "secret-agent"] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} stands in {}", path.display());
        }
    }
}
