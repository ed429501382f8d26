//! How many files a month is in, and how long a file stays that was replaced.

use std::fs::File;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};
use lake::manifest::{self, Manifest};
use lake::schema::PLAYS;

use crate::polls::page;
use crate::spotify::Spotify;
use crate::world::{World, row, rows};

const DAY: Duration = Duration::from_hours(24);

impl World {
    fn living_parts(&self) -> Vec<PathBuf> {
        let manifest = Manifest::read(&self.data(), &PLAYS).unwrap();
        manifest.files.iter().map(|part| manifest::part_path(&self.data(), &PLAYS, part)).collect()
    }
}

/// As if the file had been written so long before an instant.
fn age(file: &PathBuf, now: DateTime<Utc>, by: Duration) {
    File::options().append(true).open(file).unwrap().set_modified(SystemTime::from(now) - by).unwrap();
}

#[test]
fn polls_alone_keep_the_files_of_a_month_few() {
    let (world, spotify) = (World::new(), Spotify::start());
    let mut most = 0;
    for poll in 0..20 {
        spotify.plays(page(poll..poll + 3));
        let output = world.command(&["spotify"]).envs(spotify.settings("a-login")).output().unwrap();
        assert!(output.status.success());
        most = most.max(world.living_parts().len());
    }
    assert_eq!((most, world.living_parts().len()), (16, 4), "the seventeenth file was merged with the others");
    assert_eq!(world.plays().len(), 22);
    assert!(world.files("src/plays").len() > 17, "those who read the old files still can");
    let merged = world.plays();
    world.ingest(&["replay"]).expect_ok();
    assert_eq!(world.plays(), merged);
}

/// `job` puts other files in the place of those there are: whoever reads them has a day to come to an end.
#[track_caller]
fn replaced_files_stay_a_day(job: &[&str]) {
    let world = World::new();
    let now: DateTime<Utc> = "2024-02-01T12:00:00Z".parse().unwrap();
    let files = [("endsong_1.json", 0), ("endsong_2.json", 1)]
        .map(|(name, minute)| world.file(name, rows((0..60).map(|n| row(n * 90 + minute, n)))));
    let mut runs = Vec::new();
    for file in &files {
        runs.push(world.ingest(&["import", file.to_str().unwrap(), "--yes"]).expect_ok().report.run_id);
    }
    let replaced = world.living_parts();
    assert_eq!(replaced.len(), 2);
    replaced.iter().for_each(|file| age(file, now, 5 * DAY));
    let run_at = |job: &[&str], at: DateTime<Utc>| {
        let job: Vec<&str> = job.iter().map(|word| if *word == "RUN" { runs[0].as_str() } else { word }).collect();
        let output = world.command(&job).env("TRACKER_NOW", at.to_rfc3339()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    run_at(job, now);
    assert!(!world.living_parts().iter().any(|file| replaced.contains(file)), "{job:?}");
    assert!(replaced.iter().all(|file| file.exists()), "{job:?}: a reader of an hour ago still holds them");
    // Any job that changes the history tidies up.
    let again = ["import", files[1].to_str().unwrap()];
    run_at(&again, now + TimeDelta::hours(23));
    assert!(replaced.iter().all(|file| file.exists()), "{job:?}");
    run_at(&again, now + TimeDelta::hours(25));
    assert!(!replaced.iter().any(|file| file.exists()), "{job:?}");
}

#[test]
fn a_file_stays_a_day_after_it_was_replaced_however_old_it_is() {
    replaced_files_stay_a_day(&["compact"]);
    replaced_files_stay_a_day(&["replay"]);
    replaced_files_stay_a_day(&["import", "--undo", "RUN"]);
}

#[test]
fn a_long_history_needs_few_open_files() {
    let world = World::new();
    let month = |n: u32| format!("{}-{:02}-01T", 2008 + n / 12, n % 12 + 1);
    let file = world.file("endsong_0.json", rows((0..200).map(|n| row(0, n).replace("2024-01-01T", &month(n)))));
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 128 && exec \"$0\" import \"$1\"", env!("CARGO_BIN_EXE_ingest")]).arg(file);
    let output = command.current_dir(world.path("")).env_clear().env("DATA_DIR", "data").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(world.plays().len(), 200);
}
