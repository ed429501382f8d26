use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde_json::Value;
use simulator::export::{KeySet, PERSONAL_VALUES, Package, Told};
use simulator::{Attribution, Kind, Scenario, Shares, TruePlay, World, parse_instant};

use crate::{household, small, small_scenario};

/// The files of a zip, by name without folder, and the folders.
fn unzip(path: &Path) -> (HashMap<String, String>, BTreeSet<String>) {
    let mut zip = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
    let (mut files, mut folders) = (HashMap::new(), BTreeSet::new());
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let (folder, base) = name.rsplit_once('/').unwrap_or(("", &name));
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        files.insert(base.to_owned(), text);
        folders.insert(folder.to_owned());
    }
    (files, folders)
}

fn zipped(package: &Package, world: &World) -> HashMap<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("my_spotify_data.zip");
    let contents = package.write_zip(world, &path).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no partial file stays");
    let files = unzip(&path).0;
    for (name, rows) in &contents.files {
        assert_eq!(rows_of(&files[name]).len(), *rows, "{name}");
    }
    assert_eq!(contents.rows(), package.plays(world).count());
    files
}

fn rows_of(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap()
}

/// All rows of the files whose names begin so, in order of time.
fn history(files: &HashMap<String, String>, begin: &str, time: &str) -> Vec<Value> {
    let names: BTreeSet<_> = files.keys().filter(|name| name.starts_with(begin)).collect();
    let mut rows: Vec<Value> = names.into_iter().flat_map(|name| rows_of(&files[name])).collect();
    rows.sort_by(|a, b| a[time].as_str().cmp(&b[time].as_str()));
    rows
}

#[test]
fn rows_have_exactly_the_keys_of_their_year() {
    let world = small(1);
    for (keys, count) in [(KeySet::Keys21, 21), (KeySet::Keys19, 19), (KeySet::Keys23, 23)] {
        let files = zipped(&Package::extended("ada", keys), &world);
        let expected: BTreeSet<_> = keys.keys().iter().map(|key| key.to_string()).collect();
        assert_eq!(expected.len(), count);
        for row in history(&files, "Streaming_History", "ts") {
            assert_eq!(row.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>(), expected);
        }
        assert!(files.contains_key("ReadMeFirst_ExtendedStreamingHistory.pdf"));
    }
}

#[test]
fn an_extended_history_is_the_truth() {
    let world = household();
    let files = zipped(&Package::extended("alice", KeySet::Keys23), world);
    let rows = history(&files, "Streaming_History", "ts");
    let row_key = |row: &Value| {
        let uri = ["spotify_track_uri", "spotify_episode_uri", "audiobook_chapter_uri"]
            .into_iter()
            .find_map(|key| row[key].as_str())
            .or(row["master_metadata_track_name"].as_str());
        format!("{} {} {uri:?} {}", row["ts"], row["ms_played"], row["conn_country"])
    };
    let play_key = |play: &TruePlay<'_>| {
        let uri = match play.kind {
            Kind::Unattributed => None,
            Kind::Local => Some(play.item.title.as_str()),
            _ => Some(play.item.uri.as_str()),
        };
        format!(
            "\"{}\" {} {uri:?} \"{}\"",
            play.ended_at.format("%Y-%m-%dT%H:%M:%SZ"),
            play.ms_played,
            play.conn_country
        )
    };
    let mut written: Vec<_> = rows.iter().map(row_key).collect();
    let mut played: Vec<_> = world.plays_of("alice").map(|play| play_key(&play)).collect();
    written.sort();
    played.sort();
    assert_eq!(written.len(), 20_000);
    assert_eq!(written, played);
}

#[test]
fn files_are_named_and_printed_like_spotifys() {
    let world = household();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    let package = Package::extended("alice", KeySet::Keys23).rows_per_file(8_000);
    let contents = package.write_zip(world, &path).unwrap();
    let names: Vec<_> = contents.files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names.len(), 4);
    assert_eq!(names[0], "Streaming_History_Audio_2022-2023_0.json");
    assert_eq!(names[2], "Streaming_History_Audio_2024_2.json");
    assert_eq!(names[3], "Streaming_History_Video_2022-2024.json");
    let (files, folders) = unzip(&path);
    assert_eq!(folders, BTreeSet::from(["Spotify Extended Streaming History".to_owned()]));
    let text = &files[names[0]];
    assert!(text.starts_with("[\n  {\n    \"ts\": \"2022-01-"), "{}", &text[..40]);
    assert!(text.ends_with("\n    \"incognito_mode\": false\n  }\n]"));
    let pretty = serde_json::to_string_pretty(&rows_of(text)).unwrap();
    assert_eq!(pretty.len(), text.len(), "two spaces, nothing escaped that need not be");

    package.clone().old_names().in_folder("").write_zip(world, &path).unwrap();
    let (files, folders) = unzip(&path);
    assert!(files.contains_key("endsong_0.json") && files.contains_key("endsong_2.json"));
    assert_eq!(folders, BTreeSet::from([String::new()]));
    assert!(!files.keys().any(|name| name.contains("Video")));
}

#[test]
fn quirks_are_there() {
    let world = household();
    let old = history(&zipped(&Package::extended("bob", KeySet::Keys21), world), "Streaming", "ts");
    let new = history(&zipped(&Package::extended("bob", KeySet::Keys23), world), "Streaming", "ts");
    let count = |rows: &[Value], is: &dyn Fn(&Value) -> bool| rows.iter().filter(|row| is(row)).count();
    let before = |row: &Value, day: &str| row["ts"].as_str().unwrap() < day;
    assert_eq!(count(&new, &|row| before(row, "2022-10-01") && row["skipped"] != Value::Bool(false)), 0);
    assert!(count(&new, &|row| row["skipped"] == Value::Bool(true)) > 1_000);
    assert!(count(&new, &|row| row["skipped"].is_null()) > 0);
    assert!(count(&new, &|row| row["offline"].is_null()) > 50);
    assert!(count(&new, &|row| row["reason_end"] == "") > 5);
    assert!(count(&new, &|row| row["spotify_track_uri"].is_null() && row["episode_name"].is_null()) > 100);
    assert!(count(&new, &|row| row["platform"] == "android" && before(row, "2023-10-19")) == 0);
    assert!(count(&new, &|row| row["platform"] == "android") > 500);
    assert!(old.iter().filter_map(|row| row["offline_timestamp"].as_i64()).all(|time| time > 100_000_000_000));
    assert!(count(&old, &|row| row["offline_timestamp"].is_null()) > 1_000);
    assert!(new.iter().filter_map(|row| row["offline_timestamp"].as_i64()).all(|time| time < 100_000_000_000));
    assert!(count(&new, &|row| !row["audiobook_uri"].is_null()) > 50);
    assert_eq!(
        count(&new, &|row| row["ip_addr"] == "203.0.113.x")
            + count(&new, &|row| row["ip_addr"].as_str().unwrap().contains("2001:db8")),
        new.len()
    );
    assert!(old.len() < new.len(), "the old shape has no audiobooks");
}

#[test]
fn videos_are_in_a_file_of_their_own() {
    let world = household();
    let files = zipped(&Package::extended("bob", KeySet::Keys23), world);
    let videos = history(&files, "Streaming_History_Video", "ts");
    assert_eq!(videos.len(), world.plays_of("bob").filter(|play| play.in_video_file).count());
    assert!(videos.iter().any(|row| row["spotify_track_uri"].is_string()));
    assert!(videos.iter().any(|row| row["spotify_episode_uri"].is_string()));
}

#[test]
fn lost_names_come_back_in_a_later_export() {
    let scenario = small_scenario(4).shares(Shares { unattributed: 0.2, ..Shares::NONE });
    let world = World::build(&scenario).unwrap();
    let package = Package::extended("ada", KeySet::Keys19);
    let nameless = |package: &Package| {
        let rows = history(&zipped(package, &world), "Streaming", "ts");
        rows.iter().filter(|row| row["spotify_track_uri"].is_null()).count()
    };
    assert!(nameless(&package) > 50);
    assert_eq!(nameless(&package.restored()), 0);
}

#[test]
fn spans_overlap_and_meet() {
    let world = small(8);
    let day = |day: &str| parse_instant(day).unwrap();
    let package = |from, to| Package::extended("eve", KeySet::Keys23).between(day(from), day(to));
    let count = |package: &Package| history(&zipped(package, &world), "Streaming", "ts").len();
    let (all, first, rest) = (
        count(&package("2024-03-01", "2024-04-15")),
        count(&package("2024-03-01", "2024-03-20")),
        count(&package("2024-03-20", "2024-04-15")),
    );
    assert_eq!(all, 400);
    assert_eq!(first + rest, all);
    assert!(count(&package("2024-03-10", "2024-04-15")) > rest);
    assert_eq!(count(&package("2020-01-01", "2020-02-01")), 0);
}

#[test]
fn account_data_in_both_shapes() {
    let world = household();
    let year = (parse_instant("2024-01-01").unwrap(), parse_instant("2025-01-01").unwrap());
    let package = Package::account_data("alice").between(year.0, year.1).rows_per_file(3_000);
    let files = zipped(&package, world);
    let keys = |row: &Value| row.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    let music = history(&files, "StreamingHistory_music_", "endTime");
    assert!(music.iter().all(|row| keys(row) == "artistName endTime msPlayed trackName"));
    assert!(music.iter().any(|row| row["artistName"] == "Unknown Artist"));
    let podcasts = history(&files, "StreamingHistory_podcast_0", "endTime");
    assert!(podcasts.iter().all(|row| keys(row) == "endTime episodeName msPlayed podcastName"));
    let books = history(&files, "StreamingHistory_audiobook_0", "endTime");
    assert!(books.iter().all(|row| keys(row) == "audiobookName authorName chapterName endTime msPlayed"));
    assert!(files.contains_key("StreamingHistory_music_1.json"));
    let first = world.plays_between("alice", year.0, year.1).find(|play| play.item.kind == Kind::Track).unwrap();
    assert_eq!(music[0]["endTime"].as_str().unwrap(), Told::of(&first).minute.format("%Y-%m-%d %H:%M").to_string());

    let old = zipped(&package.old_names(), world);
    let rows = history(&old, "StreamingHistory", "endTime");
    assert_eq!(rows.len(), music.len() + podcasts.len());
    assert!(rows.iter().all(|row| keys(row) == "artistName endTime msPlayed trackName"));
    assert!(old.contains_key("StreamingHistory0.json") && old.contains_key("Userdata.json"));
}

#[test]
fn account_data_is_now_and_then_a_little_off() {
    let world = household();
    let plays: Vec<_> = world.plays_of("alice").collect();
    let off = |play: &TruePlay<'_>| Told::of(play).ms_played.abs_diff(play.ms_played);
    let late = |play: &TruePlay<'_>| Told::of(play).minute > play.ended_at;
    let share = |count: usize| count as f64 / plays.len() as f64;
    assert!((0.08..0.12).contains(&share(plays.iter().filter(|play| off(play) > 0).count())));
    assert!((0.015..0.035).contains(&share(plays.iter().filter(|play| late(play)).count())));
    assert!(plays.iter().all(|play| off(play) <= 5));
    assert!(plays.iter().all(|play| (Told::of(play).minute - play.ended_at).num_seconds().abs() < 60));

    let rows = history(&zipped(&Package::account_data("alice"), world), "StreamingHistory_music_", "endTime");
    let mut written: Vec<_> = rows.iter().map(|row| format!("{} {}", row["endTime"], row["msPlayed"])).collect();
    let music = plays.iter().filter(|play| matches!(play.item.kind, Kind::Track | Kind::Local)).map(Told::of);
    let mut told: Vec<_> =
        music.map(|told| format!("\"{}\" {}", told.minute.format("%Y-%m-%d %H:%M"), told.ms_played)).collect();
    written.sort();
    told.sort();
    assert_eq!(written, told);
}

#[test]
fn personal_values_are_only_where_they_belong() {
    let world = small(3);
    let files = zipped(&Package::extended("ada", KeySet::Keys21), &world);
    let mut found: BTreeSet<&str> = BTreeSet::new();
    for mut row in history(&files, "Streaming", "ts") {
        for key in ["username", "ip_addr_decrypted", "user_agent_decrypted"] {
            let text = row[key].take().to_string();
            found.extend(PERSONAL_VALUES.iter().copied().filter(|value| text.contains(*value)));
        }
        let rest = row.to_string();
        assert!(PERSONAL_VALUES.iter().all(|value| !rest.contains(value)));
    }
    assert_eq!(found.len(), 4);
}

#[test]
fn a_folder_holds_what_the_zip_holds() {
    let (world, folder) = (small(3), tempfile::tempdir().unwrap());
    let package = Package::account_data("eve").in_folder("MyData");
    let files = zipped(&package, &world);
    package.write_folder(&world, folder.path()).unwrap();
    for (name, text) in files {
        assert_eq!(std::fs::read_to_string(folder.path().join("MyData").join(name)).unwrap(), text);
    }
    assert!(Package::account_data("nobody").write_folder(&world, folder.path()).is_err());
}

#[test]
fn a_doubled_row_is_in_the_export_twice() {
    let scenario: Scenario = small_scenario(9).exact_doubles(0.1);
    let world = World::build(&scenario).unwrap();
    let rows = history(&zipped(&Package::extended("ada", KeySet::Keys23), &world), "Streaming", "ts");
    let distinct: BTreeSet<_> =
        rows.iter().map(|row| format!("{} {} {}", row["ts"], row["spotify_track_uri"], row["ms_played"])).collect();
    assert_eq!(rows.len(), 400);
    assert!(distinct.len() < 390);
    assert_eq!(world.plays_of("ada").filter(|play| play.kind_as(Attribution::Missing) == play.kind).count(), 400);
}
