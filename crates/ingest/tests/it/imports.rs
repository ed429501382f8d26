//! Imports that overlap, repeat and disagree.

use lake::schema::PLAYS;
use platform::StateDb;

use crate::world::{AUDIO, Ran, World, row, row_with, rows};

#[test]
fn importing_again_adds_nothing() {
    let world = World::new();
    let zip = world.zip("export.zip", &[(AUDIO, rows((0..300).map(|n| row(n * 700, n))))]);
    world.import(&zip).expect_counts(300, 0, 0, 0);
    let before = world.rows(&PLAYS, &[]);
    world.import(&zip).expect_counts(0, 300, 0, 0);
    assert_eq!(world.rows(&PLAYS, &[]), before);
    let more = world.zip("more.zip", &[(AUDIO, rows((0..301).map(|n| row(n * 700, n))))]);
    for (archive, is_news) in [(&zip, false), (&more, true)] {
        let said = world.said_to_people(&["import", archive.to_str().unwrap()]);
        assert_eq!(said.contains("take this import back"), is_news, "{said}");
    }
}

#[test]
fn a_newer_export_adds_what_is_new() {
    let world = World::new();
    world.import(&world.zip("old.zip", &[(AUDIO, rows((0..100).map(|n| row(n, n))))])).expect_counts(100, 0, 0, 0);
    let newer = world.zip("new.zip", &[(AUDIO, rows((50..180).map(|n| row(n, n))))]);
    world.import(&newer).expect_counts(80, 50, 0, 0);
}

#[test]
fn a_row_that_says_more_is_a_change_not_a_play() {
    let world = World::new();
    world.import(&world.file("endsong_0.json", rows([row(1, 1)]))).expect_counts(1, 0, 0, 0);
    let fuller = rows([row_with(1, 1, r#", "skipped": true"#)]);
    world.import(&world.file("endsong_1.json", fuller)).expect_counts(0, 0, 1, 0);
    let ids: std::collections::BTreeSet<_> =
        world.rows(&PLAYS, &[]).iter().map(|row| row.split('|').nth(1).unwrap().to_owned()).collect();
    assert_eq!(ids.len(), 1, "two observations of one play");
}

#[test]
fn equal_rows_are_numbered_so_that_real_doubles_stay_and_overlaps_coincide() {
    let world = World::new();
    let twice = rows([row(1, 1), row(1, 1), row(2, 2)]);
    world.import(&world.zip("one.zip", &[(AUDIO, twice.clone())])).expect_counts(3, 0, 0, 0);
    // The same rows, split into files in another way, and in another order.
    let split = [("endsong_1.json", rows([row(2, 2), row(1, 1)])), ("endsong_0.json", rows([row(1, 1)]))];
    world.import(&world.zip("two.zip", &split)).expect_counts(0, 3, 0, 0);
}

#[test]
fn two_exports_unpacked_side_by_side_share_their_plays() {
    let world = World::new();
    world.file("Downloads/my_spotify_data/endsong_0.json", rows((0..200).map(|n| row(n, n))));
    world.file("Downloads/my_spotify_data (1)/endsong_0.json", rows((0..300).map(|n| row(n, n))));
    world.import(&world.path("Downloads")).expect_counts(300, 200, 0, 0);
    let before = world.rows(&PLAYS, &[]);
    world.ingest(&["replay"]).expect_ok();
    assert_eq!(world.rows(&PLAYS, &[]), before);
}

#[test]
fn the_files_of_an_export_may_be_imported_one_by_one() {
    let world = World::new();
    // Two halves of one month, as one export is cut into files.
    world.import(&world.file("endsong_0.json", rows((0..150).map(|n| row(n * 9, n))))).expect_counts(150, 0, 0, 0);
    let second = world.file("endsong_1.json", rows((150..300).map(|n| row(n * 9, n))));
    world.import(&second).expect_counts(150, 0, 0, 0);
}

#[test]
fn an_archive_that_is_refused_does_not_hide_what_the_others_brought() {
    let world = World::new();
    world.import(&world.zip("mine.zip", &[(AUDIO, rows((0..100).map(|n| row(n, n))))])).expect_ok();
    let newer = world.zip("newer.zip", &[(AUDIO, rows((50..120).map(|n| row(n, n))))]);
    let theirs = world.zip("theirs.zip", &[(AUDIO, rows((0..100).map(|n| row(n, n + 5_000))))]);
    let both = ["import", theirs.to_str().unwrap(), newer.to_str().unwrap()];
    world.ingest(&both).expect_left(3, "theirs.zip", [20, 50, 0, 0]);
    assert_eq!(world.rows(&PLAYS, &[]).len(), 120);
    let bodies = world.files("raw").into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "zst"));
    assert_eq!(bodies.count(), 2, "nothing is kept of what was refused");
}

#[test]
fn what_cannot_be_opened_does_not_keep_the_others_out() {
    let world = World::new();
    let good = world.zip("good.zip", &[(AUDIO, rows((0..100).map(|n| row(n, n))))]);
    let whole = std::fs::read(&good).unwrap();
    let cut = world.file("cut.zip", &whole[..whole.len() / 2]);
    let words = ["import", cut.to_str().unwrap(), "nowhere.zip", good.to_str().unwrap()];
    let ran = world.ingest(&words).expect_left(2, "cut.zip: the zip is cut off", [100, 0, 0, 0]);
    assert!(ran.report.warnings.iter().any(|warning| warning.contains("nowhere.zip")), "{ran:?}");
    // A question goes before a mistake in typing: somebody must be asked.
    let theirs = world.zip("theirs.zip", &[(AUDIO, rows((0..100).map(|n| row(n, n + 5_000))))]);
    let words = ["import", "nowhere.zip", theirs.to_str().unwrap(), good.to_str().unwrap()];
    world.ingest(&words).expect_left(3, "theirs.zip", [0, 100, 0, 0]);
    let ran = world.ingest(&["import", "nowhere.zip", theirs.to_str().unwrap()]);
    assert_eq!((ran.exit_code, ran.report.status.as_str()), (3, "failed"), "{}", ran.stderr);
}

#[test]
fn a_clock_that_goes_back_does_not_change_who_brought_what() {
    let world = World::new();
    let at = |now: &str, zip: &std::path::Path| {
        let mut command = world.command(&["import", zip.to_str().unwrap()]);
        Ran::of(&command.env("TRACKER_NOW", now).output().unwrap()).expect_ok()
    };
    at("2026-03-01T12:00:00Z", &world.zip("a.zip", &[(AUDIO, rows((0..150).map(|n| row(n, n))))]));
    at("2026-03-01T11:00:00Z", &world.zip("b.zip", &[(AUDIO, rows((0..280).map(|n| row(n, n))))]));
    let before = world.rows(&PLAYS, &[]);
    world.ingest(&["replay"]).expect_ok();
    assert_eq!(world.rows(&PLAYS, &[]), before);
}

#[test]
fn a_restored_backup_has_its_typed_tables_made_before_it_grows() {
    let world = World::new();
    world.import(&world.zip("a.zip", &[(AUDIO, rows((0..100).map(|n| row(n, n))))])).expect_ok();
    std::fs::remove_dir_all(world.path("data/src")).unwrap();
    world.import(&world.zip("b.zip", &[(AUDIO, rows((50..130).map(|n| row(n, n))))])).expect_counts(30, 50, 0, 0);
    assert_eq!(world.rows(&PLAYS, &[]).len(), 130);
}

#[test]
fn replay_makes_damaged_tables_anew_and_passes_over_strangers() {
    let world = World::new();
    world.import(&world.zip("a.zip", &[(AUDIO, rows((0..100).map(|n| row(n, n))))])).expect_ok();
    let before = world.rows(&PLAYS, &[]);
    world.file("data/raw/.DS_Store", "");
    world.file("data/src/plays/manifest.json", "");
    world.ingest(&["replay"]).expect_ok();
    assert_eq!(world.rows(&PLAYS, &[]), before);
}

#[test]
fn a_body_that_only_half_a_backup_knows_is_not_swept_away() {
    let world = World::new();
    let zip = world.zip("a.zip", &[(AUDIO, rows((0..10).map(|n| row(n, n))))]);
    world.import(&zip).expect_ok();
    let receipts = |path: &&std::path::PathBuf| path.to_string_lossy().contains("/imports/");
    std::fs::remove_file(world.files("raw").iter().find(receipts).unwrap()).unwrap();
    // An import that fails behind its beginning takes back what it kept, and only that.
    world.file("data/src/plays/manifest.json", "");
    let other = world.zip("b.zip", &[(AUDIO, rows((90..99).map(|n| row(n, n))))]);
    assert_ne!(world.import(&other).exit_code, 0);
    let bodies = world.files("raw").into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "zst"));
    assert_eq!(bodies.count(), 1);
}

#[test]
fn a_month_too_busy_to_be_held_at_once_loses_and_doubles_nothing() {
    let world = World::new();
    // Some 15,000 rows of one month, the last third of each file in the next file as well.
    let file = |from: u32| rows((from..from + 6_000).map(|n| row(n * 3, n)));
    let files = [("endsong_0.json", file(0)), ("endsong_1.json", file(4_000)), ("endsong_2.json", file(8_000))];
    let zip = world.zip("busy.zip", &files);
    // A row that stands twice in one archive was played twice.
    world.import(&zip).expect_counts(18_000, 0, 0, 0);
    let before = world.rows(&PLAYS, &[]);
    world.import(&zip).expect_counts(0, 18_000, 0, 0);
    world.ingest(&["replay"]).expect_ok();
    assert_eq!(world.rows(&PLAYS, &[]), before);
    world.ingest(&["compact"]).expect_ok();
    assert_eq!(world.rows(&PLAYS, &[]), before);
}

#[test]
fn byte_identical_files_of_one_archive_are_read_once() {
    let world = World::new();
    let content = rows([row(1, 1), row(2, 2)]);
    let files = [("endsong_0.json", content.clone()), ("copy/endsong_0.json", content)];
    world.import(&world.zip("twice.zip", &files)).expect_counts(2, 0, 0, 0);
}

#[test]
fn every_kind_of_file_is_found_by_name_or_content() {
    let world = World::new();
    let music = r#"[{"endTime":"2024-05-21 09:54","artistName":"A","trackName":"B","msPlayed":205999}]"#;
    let podcast = r#"[{"endTime":"2024-05-21 10:54","podcastName":"P","episodeName":"E","msPlayed":5}]"#;
    let book =
        r#"[{"endTime":"2024-05-21 11:54","audiobookName":"K","chapterName":"1","authorName":"W","msPlayed":5}]"#;
    world.file("all/MyData/StreamingHistory_music_0.json", music);
    world.file("all/MyData/StreamingHistory_podcast_0.json", podcast);
    world.file("all/MyData/StreamingHistory_audiobook_0.json", book);
    world.file("all/renamed by hand.json", rows([row(1, 1)]));
    world.file("all/Streaming_History_Video_2020-2025.json", rows([row(2, 2)]));
    world.file("all/MyData/Userdata.json", r#"{"username":"x"}"#);
    world.zip("all/old.zip", &[("endsong_0.json", rows([row(3, 3)]))]);
    let ran = world.import(&world.path("all")).expect_counts(6, 0, 0, 0);
    assert_eq!(ran.count("files"), 6);
}

#[test]
fn kinds_of_plays() {
    let world = World::new();
    let plain = |uri: &str, more: &str| {
        format!(r#"{{"ts":"2024-02-01T00:00:00Z","ms_played":1,"spotify_track_uri":{uri}{more}}}"#)
    };
    let file = rows([
        plain(r#""spotify:track:1""#, ""),
        plain(r#""spotify:local:a:b:c:1""#, ""),
        plain("null", r#","spotify_episode_uri":"spotify:episode:1","episode_name":"E","episode_show_name":"S""#),
        plain(
            "null",
            r#","audiobook_uri":"spotify:show:1","audiobook_chapter_uri":"spotify:episode:2","audiobook_title":"T""#,
        ),
        plain("null", ""),
    ]);
    world.import(&world.file("endsong.json", file)).expect_counts(5, 0, 0, 0);
    let rows = world.rows(&PLAYS, &[]);
    let mut kinds: Vec<_> = rows.iter().map(|row| row.split('|').nth(5).unwrap()).collect();
    kinds.sort_unstable();
    let expected = ["audiobook", "episode", "local", "track", "unattributed"].map(|kind| format!("String({kind:?})"));
    assert_eq!(kinds, expected);
}

#[test]
fn someone_elses_export_is_asked_about() {
    let world = World::new();
    world.import(&world.file("mine/endsong_0.json", rows((0..200).map(|n| row(n * 3, n))))).expect_ok();
    let before = (world.rows(&PLAYS, &[]), world.files("raw"), world.files("src"));
    let theirs = world.file("theirs/endsong_0.json", rows((0..200).map(|n| row(n * 3 + 1, n + 1000))));
    let ran = world.import(&theirs);
    assert_eq!(ran.exit_code, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("someone else's") && ran.stderr.contains("--yes"), "{}", ran.stderr);
    let after = (world.rows(&PLAYS, &[]), world.files("raw"), world.files("src"));
    assert_eq!(after, before, "nothing of it stays");
    world.ingest(&["import", theirs.to_str().unwrap(), "--yes"]).expect_counts(200, 0, 0, 0);
}

#[test]
fn the_zone_of_an_account_that_was_made_is_told_until_something_was_imported() {
    let world = World::new();
    let file = world.file("endsong_0.json", rows([row(1, 1)]));
    // As a first import leaves it that was stopped before it had read anything.
    let state = || StateDb::open(&world.data().state_db()).unwrap();
    world.data().make_private_folders().unwrap();
    let made = state().add_first_account("me", chrono_tz::Europe::Berlin, chrono::DateTime::UNIX_EPOCH).unwrap();
    assert!(made.is_some());
    let warnings = || world.import(&file).expect_ok().report.warnings;
    assert!(warnings().iter().any(|text| text.contains("Europe/Berlin")));
    assert!(!warnings().iter().any(|text| text.contains("Europe/Berlin")));
}

#[test]
fn an_account_is_made_once_and_then_asked_for() {
    let world = World::new();
    let file = world.file("endsong_0.json", rows([row(1, 1)]));
    let ran = world.import(&file).expect_ok();
    assert!(ran.report.warnings[0].contains("Europe/Berlin"), "{ran:?}");
    assert!(world.command(&["account", "add", "ann", "--zone", "Asia/Kolkata"]).status().unwrap().success());
    let ran = world.import(&file);
    assert_eq!(ran.exit_code, 2);
    assert!(ran.stderr.contains("--account") && ran.stderr.contains("ann"), "{}", ran.stderr);
    world.ingest(&["import", file.to_str().unwrap(), "--account", "ANN", "--yes"]).expect_counts(1, 0, 0, 0);
}

/// An archive that is another account's is refused with these words, and leaves nothing behind.
#[track_caller]
fn is_asked_about(world: &World, words: &[&str], said: &[&str]) {
    let before = (world.rows(&PLAYS, &[]), world.files("raw"));
    let ran = world.ingest(words);
    assert_eq!(ran.exit_code, 3, "{}", ran.stderr);
    assert!(said.iter().all(|words| ran.stderr.contains(words)), "{said:?}: {}", ran.stderr);
    assert_eq!((world.rows(&PLAYS, &[]), world.files("raw")), before, "nothing was imported");
}

#[test]
fn an_export_that_another_account_has_is_asked_about() {
    let world = World::new();
    for name in ["ada", "bob"] {
        assert!(world.command(&["account", "add", name]).status().unwrap().success());
    }
    let heard = |minutes: std::ops::Range<u32>| rows(minutes.map(|n| row(n * 700, n)));
    let export = world.zip("export.zip", &[(AUDIO, heard(0..100)), ("endsong_9.json", "[]".into())]);
    let import = |name: &str, more: &[&str]| {
        let words = ["import", export.to_str().unwrap(), "--account", name];
        world.ingest(&[&words, more].concat())
    };
    import("ada", &[]).expect_counts(100, 0, 0, 0);
    let said =
        ["\"export.zip\" was imported for \"ada\" already, on 20", "also \"bob\"'s?", "--yes", "--account \"ada\""];
    is_asked_about(&world, &["import", export.to_str().unwrap(), "--account", "bob"], &said);
    // A newer export of the same person is another file with the same plays.
    let newer = world.zip("newer.zip", &[(AUDIO, heard(20..140))]);
    let said = ["80 of its 120 plays are known of \"ada\", at the same moments"];
    is_asked_about(&world, &["import", newer.to_str().unwrap(), "--account", "bob"], &said);
    // Whoever said yes once is not asked again, and neither is whose it was at first.
    import("bob", &["--yes"]).expect_counts(100, 0, 0, 0);
    import("bob", &[]).expect_counts(0, 100, 0, 0);
    import("ada", &[]).expect_counts(0, 100, 0, 0);
    for name in ["bob", "ada"] {
        world.ingest(&["import", newer.to_str().unwrap(), "--account", name]).expect_counts(40, 80, 0, 0);
    }
}

#[test]
fn what_two_people_have_by_chance_is_not_asked_about() {
    let world = World::new();
    for name in ["ada", "bob"] {
        assert!(world.command(&["account", "add", name]).status().unwrap().success());
    }
    let import = |name: &str, file: &str, text: String| {
        let path = world.zip(file, &[(AUDIO, text), ("endsong_9.json", "[]".into())]);
        world.ingest(&["import", path.to_str().unwrap(), "--account", name])
    };
    import("ada", "ada.zip", rows((0..200).map(|n| row(n * 3, n)))).expect_counts(200, 0, 0, 0);
    // An evening together, and a file without any row that both exports have.
    let bobs = (0..80).map(|n| row(n * 3, n)).chain((0..120).map(|n| row(n * 3 + 900, n + 1_000)));
    import("bob", "bob.zip", rows(bobs)).expect_counts(200, 0, 0, 0);
    // What was taken back is nobody's.
    let undone = import("ada", "late.zip", rows((0..9).map(|n| row(n + 90_000, n)))).expect_ok();
    world.ingest(&["import", "--undo", &undone.report.run_id, "--account", "ada"]).expect_ok();
    import("bob", "late.zip", rows((0..9).map(|n| row(n + 90_000, n)))).expect_counts(9, 0, 0, 0);
}

#[test]
fn a_replay_gives_the_same_rows() {
    let world = World::new();
    world.import(&world.zip("a.zip", &[(AUDIO, rows((0..400).map(|n| row(n * 200, n))))])).expect_ok();
    let more = rows((300..500).map(|n| row_with(n * 200, n, if n % 3 == 0 { r#", "offline": true"# } else { "" })));
    world.import(&world.zip("b.zip", &[(AUDIO, more), ("endsong_7.json", "[{\"ts\":1}]".into())])).expect_ok();
    let before = lake::schema::TABLES.iter().map(|table| world.rows(table, &[])).collect::<Vec<_>>();
    std::fs::remove_dir_all(world.path("data/src")).unwrap();
    world.ingest(&["replay"]).expect_ok();
    let after = lake::schema::TABLES.iter().map(|table| world.rows(table, &[])).collect::<Vec<_>>();
    assert_eq!(after, before, "run ids and ingest times included");
}

#[test]
fn compaction_changes_no_row() {
    let world = World::new();
    for part in 0..4 {
        let file = rows((0..50).map(|n| row(n * 4 + part, n)));
        world.import(&world.file(&format!("endsong_{part}.json"), file)).expect_ok();
    }
    let before = world.rows(&PLAYS, &[]);
    let ran = world.ingest(&["compact"]).expect_ok();
    assert_eq!((ran.count("parts"), ran.count("partitions")), (4, 1));
    assert_eq!(world.rows(&PLAYS, &[]), before);
    assert_eq!(world.ingest(&["compact"]).expect_ok().count("parts"), 0, "nothing left to do");
}

#[test]
fn exports_that_lie_loose_in_one_folder_do_not_double() {
    let world = World::new();
    let folder = world.path("loose");
    let file = |name: &str, minutes: std::ops::Range<u32>| {
        world.file(&format!("loose/{name}"), rows(minutes.map(|n| row(n, n))));
    };
    file("endsong_0.json", 0..100);
    file("Streaming_History_Audio_2024_0.json", 0..80);
    file("Streaming_History_Audio_2024_1.json", 80..150);
    file("Streaming_History_Audio_2024_1 (1).json", 60..150);
    world.import(&folder).expect_counts(150, 190, 0, 0);
    assert_eq!(world.rows(&PLAYS, &[]).len(), 150);
    let before = world.rows(&PLAYS, &[]);
    world.ingest(&["replay"]).expect_ok();
    assert_eq!(world.rows(&PLAYS, &[]), before);
}

#[test]
fn a_file_of_music_videos_is_not_taken_for_someone_elses() {
    let world = World::new();
    world.import(&world.zip("a.zip", &[(AUDIO, rows((0..200).map(|n| row(2 * n, n))))])).expect_ok();
    let videos = rows((0..200).map(|n| row(2 * n + 1, 1_000 + n)));
    let path = world.file("Streaming_History_Video_2024.json", videos.clone());
    world.import(&path).expect_counts(200, 0, 0, 0);
    let stranger = world.file("Streaming_History_Audio_2024_9.json", rows((0..200).map(|n| row(2 * n + 1, 5_000 + n))));
    assert_eq!(world.import(&stranger).exit_code, 3, "another person's is still asked about");
}

#[test]
fn the_rest_of_a_history_of_which_only_the_videos_came_in_is_not_taken_for_someone_elses() {
    let world = World::new();
    let videos = rows((0..200).map(|n| row(20 * n + 1, 5_000 + n)));
    let files = [(AUDIO, rows((0..2_000).map(|n| row(2 * n, n)))), ("Streaming_History_Video_2024.json", videos)];
    let whole = world.zip("whole.zip", &files);
    let mut bytes = std::fs::read(&whole).unwrap();
    bytes[10_000..10_064].fill(0xa5);
    world.import(&world.file("damaged.zip", bytes)).expect_left(2, "Audio_2024_0.json: damaged", [200, 0, 0, 0]);
    world.import(&whole).expect_counts(2_000, 200, 0, 0);
    let stranger = world.file("endsong_9.json", rows((0..2_000).map(|n| row(2 * n, 9_000 + n))));
    assert_eq!(world.import(&stranger).exit_code, 3, "another person's is still asked about");
}

#[test]
fn ones_own_listens_are_not_taken_for_someone_elses() {
    // Four minutes before each play of the export ended, whether the length of the track is told or not.
    let listens = |track: fn(u32) -> u32, more: &str| -> String {
        let line = |n: u32| {
            let (at, track) = (1_704_067_200 + n * 600 - 240, track(n));
            format!(
                r#"{{"listened_at": {at}, "track_metadata": {{"track_name": "Song {track}", "artist_name": "Artist {}", "additional_info": {{"media_player": "x"{more}}}}}}}"#,
                track % 7
            )
        };
        (1..200).map(line).collect::<Vec<_>>().join("\n")
    };
    for more in ["", r#", "duration_ms": 241000"#] {
        let world = World::new();
        world.import(&world.file("endsong_0.json", rows((1..200).map(|n| row(n * 10, n))))).expect_ok();
        world.import(&world.file("mine.jsonl", listens(|n| n, more))).expect_counts(199, 0, 0, 0);
        let theirs = world.import(&world.file("theirs.jsonl", listens(|n| n + 1000, more)));
        assert_eq!(theirs.exit_code, 3, "another person's are still asked about: {}", theirs.stderr);
    }
}
