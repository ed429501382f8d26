//! How many files a month is in, and how long a file stays that was replaced.

use std::fs::File;
use std::path::PathBuf;
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

#[test]
fn a_file_stays_a_day_after_it_was_replaced_however_old_it_is() {
    let world = World::new();
    let now: DateTime<Utc> = "2024-02-01T12:00:00Z".parse().unwrap();
    for (name, minute) in [("endsong_1.json", 0), ("endsong_2.json", 1)] {
        let file = world.file(name, rows((0..60).map(|n| row(n * 90 + minute, n))));
        world.ingest(&["import", file.to_str().unwrap(), "--yes"]).expect_ok();
    }
    let replaced = world.living_parts();
    assert_eq!(replaced.len(), 2);
    replaced.iter().for_each(|file| age(file, now, 5 * DAY));
    let compact_at = |at: DateTime<Utc>| {
        let mut command = world.command(&["compact"]);
        assert!(command.env("TRACKER_NOW", at.to_rfc3339()).output().unwrap().status.success());
    };
    compact_at(now);
    assert_eq!(world.living_parts().len(), 1);
    assert!(replaced.iter().all(|file| file.exists()), "a reader of an hour ago still holds them");
    compact_at(now + TimeDelta::hours(23));
    assert!(replaced.iter().all(|file| file.exists()));
    compact_at(now + TimeDelta::hours(25));
    assert!(!replaced.iter().any(|file| file.exists()));
}
