//! Who may read what lies in the data folder.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::home::{Home, files_below};

/// What its group and all others may do.
fn open_to_others(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o077
}

const PRIVATE: [&str; 6] =
    ["data/state", "data/state/tracker.db", "data/raw", "data/src", "data/corrections", "data/music_tracker.duckdb"];

#[track_caller]
fn only_what_is_published_is_open(home: &Home) {
    for path in PRIVATE {
        assert_eq!(open_to_others(&home.path(path)), 0, "{path} is open to others");
    }
    // A dashboard in a container of its own is another user.
    for folder in ["data", "data/processed", "data/processed/current/", "data/reporting"] {
        assert_eq!(open_to_others(&home.path(folder)), 0o055, "{folder}");
    }
    let published: Vec<_> = ["data/processed/current/", "data/reporting"]
        .iter()
        .flat_map(|folder| files_below(&home.path(folder)))
        .collect();
    assert!(!published.is_empty());
    for file in published {
        assert_eq!(open_to_others(&file), 0o044, "{}", file.display());
    }
}

#[test]
fn history_and_tokens_are_private_and_what_is_published_is_not() {
    let home = Home::of_plays();
    home.run("music-tracker", &["import", "export.zip"]);
    home.run("music-tracker", &["correct", "rule", "off", "api_same_names"]);
    only_what_is_published_is_open(&home);
}

#[test]
fn a_folder_of_an_older_version_is_closed() {
    let home = Home::of_plays();
    home.run("music-tracker", &["import", "export.zip"]);
    // Corrections may also be written by hand.
    fs::create_dir(home.path("data/corrections")).unwrap();
    for path in PRIVATE {
        let mode = if home.path(path).is_dir() { 0o755 } else { 0o644 };
        fs::set_permissions(home.path(path), Permissions::from_mode(mode)).unwrap();
    }
    home.run("music-tracker", &["account", "list"]);
    only_what_is_published_is_open(&home);
}
