//! What Spotify's list forgot, and how that is told.

use chrono::TimeDelta;
use platform::StateDb;
use platform::state::Gap;
use serde_json::Value;

use crate::polls::page;
use crate::spotify::Spotify;
use crate::world::{AUDIO, Ran, World, row, rows};

impl World {
    fn gaps(&self) -> Vec<Gap> {
        StateDb::open(&self.data().state_db()).unwrap().gaps().unwrap()
    }

    fn list(&self, spotify: &Spotify, list: Value) -> Ran {
        spotify.plays(list);
        let mut command = self.command(&["spotify"]);
        Ran::of(&command.envs(spotify.settings("a-login")).output().unwrap()).expect_ok()
    }
}

/// An export of the plays of these minutes.
fn export(world: &World, minutes: std::ops::Range<u32>) -> String {
    let zip = world.zip("export.zip", &[(AUDIO, rows(minutes.map(|minute| row(minute, minute))))]);
    let ran = world.ingest(&["import", zip.to_str().unwrap(), "--yes"]).expect_ok();
    ran.report.run_id
}

#[test]
fn a_list_that_does_not_reach_back_to_what_is_known_is_a_gap() {
    let (world, spotify) = (World::new(), Spotify::start());
    world.list(&spotify, page(0..50));
    assert!(world.gaps().is_empty(), "what was before the first list is no gap");
    world.list(&spotify, page(40..90));
    assert!(world.gaps().is_empty());
    let ran = world.list(&spotify, page(200..250));
    let [gap] = &world.gaps()[..] else { panic!("{:?}", world.gaps()) };
    assert_eq!(gap.before - gap.after, TimeDelta::minutes(200 - 89));
    assert_eq!(gap.closed_by, None);
    assert!(ran.report.warnings.iter().any(|warning| warning.contains("gap")), "{:?}", ran.report.warnings);
    let status = world.ingest(&["status"]);
    assert_eq!(status.report.counts["accounts"][0]["gaps"].as_array().unwrap().len(), 1);
    // The next list tells of no other one.
    world.list(&spotify, page(210..260));
    assert_eq!(world.gaps().len(), 1);
}

/// Connected at midnight, when the list could not be had; the first list came hours later.
#[track_caller]
fn first_list(list: Value) -> Vec<Gap> {
    let (world, spotify) = (World::new(), Spotify::start());
    let poll_at = |now: &str| {
        let mut command = world.command(&["spotify"]);
        let command = command.envs(spotify.settings("a-login")).env("TRACKER_NOW", now).env("MUSIC_HTTP__RETRIES", "0");
        Ran::of(&command.output().unwrap()).exit_code
    };
    spotify.list_answer(500, Value::Null);
    assert_eq!(poll_at("2024-01-01T00:00:00Z"), 75);
    spotify.list_answer(200, list);
    assert_eq!(poll_at("2024-01-02T00:00:00Z"), 0);
    world.gaps()
}

#[test]
fn what_was_heard_before_a_first_list_that_came_late_is_a_gap() {
    let [gap] = &first_list(page(300..350))[..] else { panic!("no gap") };
    assert_eq!(
        (gap.after.to_rfc3339().as_str(), (gap.before - gap.after).num_minutes()),
        ("2024-01-01T00:00:00+00:00", 300)
    );
    assert!(gap.estimated_plays > 0, "{gap:?}");
    // A list with room holds all there is, and one that begins before the login everything since.
    assert!(first_list(page(300..330)).is_empty());
    assert!(first_list(page(-10..40)).is_empty());
}

#[test]
fn a_gap_is_told_once() {
    let (world, spotify) = (World::new(), Spotify::start());
    world.list(&spotify, page(0..50));
    spotify.plays(page(200..250));
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ingest"));
    command.args(["spotify", "--report", "text"]).current_dir(world.path("")).env_clear().env("DATA_DIR", "data");
    let output = command.env("ENVIRONMENT", "testing").envs(spotify.settings("a-login")).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said.matches("a gap from").count(), 1, "{said}");
}

#[test]
fn a_list_that_names_a_play_twice_hides_no_gap() {
    let (world, spotify) = (World::new(), Spotify::start());
    world.list(&spotify, page(0..50));
    let mut list = page(200..249);
    let items = list["items"].as_array_mut().unwrap();
    items.insert(0, items[0].clone());
    world.list(&spotify, list);
    assert_eq!(world.gaps().len(), 1);
}

/// The list of 50 whose oldest play ended at this minute and is of a track of so many minutes.
fn page_after(end: i64, minutes: i64) -> Value {
    let mut list = page(end..end + 50);
    list["items"][49]["track"]["duration_ms"] = (minutes * 60_000).into();
    list
}

#[test]
fn a_long_track_that_may_have_been_skipped_hides_no_gap() {
    let (world, spotify) = (World::new(), Spotify::start());
    world.list(&spotify, page(0..50));
    // A mix of an hour, of which two minutes were heard after ten other songs.
    let ran = world.list(&spotify, page_after(94, 60));
    assert_eq!(shapes(&world), [(45, 0, false)]);
    assert!(ran.report.warnings.iter().any(|warning| warning.contains("perhaps none at all")), "{:?}", ran.report);
    assert!(world.said_to_people(&["status"]).contains("perhaps no plays"));
}

#[test]
fn an_export_that_ends_before_a_long_track_that_may_have_been_skipped_leaves_a_gap() {
    let (world, spotify) = (World::new(), Spotify::start());
    world.list(&spotify, page(0..50));
    export(&world, 0..60);
    world.list(&spotify, page_after(94, 60));
    assert_eq!(shapes(&world), [(10, 0, true), (35, 0, false)]);
}

#[test]
fn a_list_that_begins_where_the_last_one_ended_is_no_gap() {
    // Each play of the list is of three minutes.
    for (end, is_gap) in [(52, false), (51, true), (54, true)] {
        let (world, spotify) = (World::new(), Spotify::start());
        world.list(&spotify, page(0..50));
        let ran = world.list(&spotify, page_after(end, 3));
        assert_eq!(ran.count("known"), 0);
        assert_eq!(!world.gaps().is_empty(), is_gap, "{end}: {:?}", world.gaps());
    }
}

#[test]
fn a_play_that_was_listed_before_those_before_it_hides_no_gap() {
    let (world, spotify) = (World::new(), Spotify::start());
    let mut early = page(0..49);
    early["items"].as_array_mut().unwrap().insert(0, page(110..111)["items"][0].clone());
    world.list(&spotify, early);
    let ran = world.list(&spotify, page(71..121));
    assert_eq!((ran.count("known"), shapes(&world)), (1, vec![(23, 1, false)]));
    // All of the next list is known but for what is new.
    world.list(&spotify, page(75..125));
    assert_eq!(world.gaps().len(), 1);
}

/// The gaps as (minutes long, plays, whether they are closed).
fn shapes(world: &World) -> Vec<(i64, u32, bool)> {
    let minutes = |gap: &Gap| ((gap.before - gap.after).num_seconds() + 30) / 60;
    let of = |gap: Gap| (minutes(&gap), gap.estimated_plays, gap.closed_by.is_some());
    world.gaps().into_iter().map(of).collect()
}

#[test]
fn an_export_that_covers_a_gap_closes_it_and_undoing_the_import_opens_it() {
    let (world, spotify) = (World::new(), Spotify::start());
    world.list(&spotify, page(0..50));
    world.list(&spotify, page(200..250));
    let whole = shapes(&world);
    let run = export(&world, 0..230);
    assert_eq!(shapes(&world), [(whole[0].0, whole[0].1, true)]);
    world.ingest(&["import", "--undo", &run]).expect_ok();
    assert_eq!(shapes(&world), whole);
    world.ingest(&["replay"]).expect_ok();
    assert_eq!(shapes(&world), whole);
}

#[test]
fn an_export_that_covers_half_of_a_gap_leaves_the_other_half() {
    let (world, spotify) = (World::new(), Spotify::start());
    world.list(&spotify, page(0..50));
    // From minute 49 on nothing is known for 400 minutes.
    world.list(&spotify, page(449..499));
    let whole = shapes(&world);
    assert_eq!(whole, [(400, 14, false)]);
    let first = export(&world, 0..150);
    assert_eq!(shapes(&world), [(100, 3, true), (300, 11, false)], "the later part is still dark");
    let second = export(&world, 349..470);
    assert_eq!(shapes(&world), [(100, 3, true), (200, 7, false), (100, 4, true)]);
    world.ingest(&["import", "--undo", &first]).expect_ok();
    assert_eq!(shapes(&world), [(300, 10, false), (100, 4, true)], "the earlier part is dark again");
    let third = export(&world, 100..352);
    assert_eq!(shapes(&world), [(51, 2, false), (349, 12, true)], "two imports that touch cover together");
    for run in [second, third] {
        world.ingest(&["import", "--undo", &run]).expect_ok();
    }
    assert_eq!(shapes(&world), whole);
}

/// The rows of these minutes.
fn of(minutes: std::ops::Range<u32>) -> String {
    rows(minutes.map(|minute| row(minute, minute)))
}

#[test]
fn a_file_without_music_closes_no_gap() {
    let (world, spotify) = (World::new(), Spotify::start());
    world.list(&spotify, page(0..50));
    world.list(&spotify, page(200..250));
    let whole = shapes(&world);
    let videos = world.file("Streaming_History_Video_2020-2025.json", of(0..300));
    let episode = |minute: u32| {
        format!(
            r#"{{"endTime":"2024-01-01 {:02}:{:02}","podcastName":"P","episodeName":"E","msPlayed":50000}}"#,
            minute / 60,
            minute % 60
        )
    };
    let podcasts = world.file("StreamingHistory_podcast_0.json", rows((0..300).map(episode)));
    for file in [videos, podcasts] {
        world.ingest(&["import", file.to_str().unwrap(), "--yes"]).expect_ok();
        assert_eq!(shapes(&world), whole, "{}", file.display());
    }
    world.ingest(&["replay"]).expect_ok();
    assert_eq!(shapes(&world), whole);
}

#[test]
fn files_of_an_archive_cover_what_lies_between_them_where_none_is_missing() {
    let (world, spotify) = (World::new(), Spotify::start());
    world.list(&spotify, page(0..50));
    world.list(&spotify, page(449..499));
    let whole = shapes(&world);
    let name = |number| AUDIO.replace("_0", &format!("_{number}"));
    let parts = |numbers: [u32; 2]| [(name(numbers[0]), of(0..150)), (name(numbers[1]), of(349..470))];
    let run = |zip: &str, numbers| {
        let files = parts(numbers);
        let zip = world.zip(zip, &files.each_ref().map(|(name, content)| (name.as_str(), content.clone())));
        world.ingest(&["import", zip.to_str().unwrap(), "--yes"]).expect_ok().report.run_id
    };
    let torn = run("torn.zip", [0, 2]);
    assert_eq!(shapes(&world), [(100, 3, true), (200, 7, false), (100, 4, true)], "a file is missing");
    world.ingest(&["import", "--undo", &torn]).expect_ok();
    run("all.zip", [0, 1]);
    assert_eq!(shapes(&world), [(whole[0].0, whole[0].1, true)]);
}

#[test]
fn a_file_that_breaks_off_covers_nothing() {
    let (world, spotify) = (World::new(), Spotify::start());
    world.list(&spotify, page(0..50));
    world.list(&spotify, page(449..499));
    let whole = shapes(&world);
    let name = |number| AUDIO.replace("_0", &format!("_{number}"));
    let torn = of(0..150);
    let files = [(&*name(0), torn[..torn.len() - 1].to_owned()), (&name(1), of(349..470))];
    let zip = world.zip("torn.zip", &files);
    let ran = world.ingest(&["import", zip.to_str().unwrap(), "--yes"]);
    assert_eq!(ran.exit_code, 2, "{}", ran.stderr);
    let covered = [(whole[0].0 - 100, 10, false), (100, 4, true)];
    assert_eq!(shapes(&world), covered);
    world.ingest(&["replay"]).expect_ok();
    assert_eq!(shapes(&world), covered);
}

#[test]
fn a_replay_finds_out_what_the_files_of_an_older_import_span() {
    let (world, spotify) = (World::new(), Spotify::start());
    world.list(&spotify, page(0..50));
    world.list(&spotify, page(449..499));
    let files = [("early.json", of(0..150)), ("late.json", of(349..470))];
    let zip = world.zip("export.zip", &files);
    world.ingest(&["import", zip.to_str().unwrap(), "--yes"]).expect_ok();
    let by_file = shapes(&world);
    assert_eq!(by_file, [(100, 3, true), (200, 7, false), (100, 4, true)]);
    // As the program wrote it before.
    let path = world.files("raw").into_iter().find(|path| path.to_string_lossy().contains("imports/")).unwrap();
    let mut receipt: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let items = receipt["items"].as_array_mut().unwrap();
    let spans: Vec<Value> =
        items.iter_mut().map(|item| item.as_object_mut().unwrap().remove("span").unwrap()).collect();
    receipt["span"] = serde_json::json!([spans[0][0], spans[1][1]]);
    world.file(path.to_str().unwrap(), serde_json::to_vec(&receipt).unwrap());
    world.ingest(&["import", world.file("another.json", of(0..1)).to_str().unwrap(), "--yes"]).expect_ok();
    assert_eq!(shapes(&world), [(400, 14, true)], "what it says counts");
    world.ingest(&["replay"]).expect_ok();
    assert_eq!(shapes(&world), by_file);
}

#[test]
fn what_an_export_knew_is_in_a_gap_when_it_is_undone() {
    let (world, spotify) = (World::new(), Spotify::start());
    world.list(&spotify, page(0..50));
    let run = export(&world, 0..150);
    let ran = world.list(&spotify, page(449..499));
    assert_eq!(shapes(&world), [(100, 3, true), (300, 11, false)]);
    let told: Vec<_> = ran.report.warnings.iter().filter(|warning| warning.contains("gap")).collect();
    let [told] = &told[..] else { panic!("{told:?}") };
    assert!(told.contains("perhaps 11 plays") && !told.contains("perhaps 14 plays"), "{told}");
    world.ingest(&["import", "--undo", &run]).expect_ok();
    assert_eq!(shapes(&world), [(400, 14, false)]);
}

#[test]
fn a_gap_that_an_export_fills_before_it_is_noticed_alarms_nobody() {
    // It reaches into the list, or just to it: the oldest of the list began at minute 257.
    for end in [300, 258] {
        let (world, spotify) = (World::new(), Spotify::start());
        world.list(&spotify, page(0..50));
        let run = export(&world, 0..end);
        let ran = world.list(&spotify, page(260..310));
        assert!(world.gaps().iter().all(|gap| gap.closed_by.is_some()), "{:?}", world.gaps());
        assert!(!ran.report.warnings.iter().any(|warning| warning.contains("gap")), "{:?}", ran.report.warnings);
        world.ingest(&["import", "--undo", &run]).expect_ok();
        let [gap] = &world.gaps()[..] else { panic!("{:?}", world.gaps()) };
        assert_eq!((gap.closed_by.as_ref(), (gap.before - gap.after).num_minutes() >= 208), (None, true), "{gap:?}");
    }
}

#[test]
fn an_import_that_is_finished_after_a_kill_closes_its_gap() {
    let (world, spotify) = (World::new(), Spotify::start());
    world.list(&spotify, page(0..50));
    world.list(&spotify, page(200..250));
    let open = world.gaps();
    export(&world, 0..230);
    let closed = world.gaps();
    // As a kill leaves it: the rows are there, and nobody has looked at the gaps.
    StateDb::open(&world.data().state_db()).unwrap().settle_gaps(&open[0].account_id, &open).unwrap();
    let mut files = world.files("raw").into_iter();
    let receipt = files.find(|path| path.to_string_lossy().contains("imports/")).unwrap();
    std::fs::rename(&receipt, receipt.with_extension("pending.json")).unwrap();
    world.list(&spotify, page(210..260));
    assert_eq!(world.gaps(), closed);
}

#[test]
fn what_an_export_knows_is_known() {
    let (world, spotify) = (World::new(), Spotify::start());
    export(&world, 0..300);
    world.list(&spotify, page(260..310));
    assert!(world.gaps().is_empty(), "{:?}", world.gaps());
    world.list(&spotify, page(400..450));
    assert_eq!(world.gaps().len(), 1);
}

#[test]
fn how_many_plays_are_missing_is_estimated_by_habit() {
    let (world, spotify) = (World::new(), Spotify::start());
    world.list(&spotify, page(0..50));
    world.list(&spotify, page(4_000..4_050));
    // 50 plays in the one day that is known; the gap lasts for 2.74 of them.
    assert_eq!(world.gaps()[0].estimated_plays, 137);
}

#[test]
fn a_page_that_tells_a_play_twice_hides_no_gap() {
    let (world, spotify) = (World::new(), Spotify::start());
    world.list(&spotify, page(0..50));
    let mut twice = page(200..249);
    let items = twice["items"].as_array_mut().unwrap();
    items.insert(1, items[0].clone());
    world.list(&spotify, twice);
    assert_eq!(world.gaps().len(), 1);
}

#[test]
fn a_poll_that_is_finished_after_a_kill_tells_its_gap() {
    let (world, spotify) = (World::new(), Spotify::start());
    world.list(&spotify, page(0..50));
    world.list(&spotify, page(200..250));
    let known = world.gaps();
    // As a kill leaves it between the body and the rows.
    let receipts = world.files("raw").into_iter().filter(|path| path.extension().is_some_and(|it| it == "json"));
    let newest = receipts.max_by_key(|path| std::fs::metadata(path).unwrap().modified().unwrap()).unwrap();
    std::fs::rename(&newest, newest.with_extension("pending.json")).unwrap();
    world.list(&spotify, page(210..260));
    assert_eq!(world.gaps(), known);
}
