use std::fs::File;

use polars::prelude::{ParquetReader, SerReader};
use simulator::{Attribution, Elsewhere, Listing, Origin, Shares, World, truth};

use crate::{small, small_scenario};

#[test]
fn the_parquet_file_is_the_truth() {
    let (world, folder) = (small(6), tempfile::tempdir().unwrap());
    let path = folder.path().join("truth.parquet");
    assert_eq!(truth::write(&world, Attribution::Missing, &path).unwrap(), 800);
    let frame = ParquetReader::new(File::open(&path).unwrap()).finish().unwrap();
    assert_eq!(frame.height(), 800);
    let text = |name: &str| frame.column(name).unwrap().str().unwrap().clone();
    let (uris, dates, names, kinds) = (text("track_uri"), text("local_date"), text("artist_names"), text("kind"));
    let hours = frame.column("local_hour").unwrap().i32().unwrap().clone();
    let ended = frame.column("ended_at").unwrap().datetime().unwrap().clone();
    for (row, play) in world.plays().enumerate() {
        assert_eq!(kinds.get(row), Some(play.kind.as_str()));
        assert_eq!(uris.get(row), (play.kind.as_str() != "unattributed").then_some(play.item.uri.as_str()));
        assert_eq!(dates.get(row), Some(play.local_date().to_string().as_str()));
        assert_eq!(hours.get(row), Some(play.local_hour() as i32));
        assert_eq!(ended.physical().get(row), Some(play.ended_at.timestamp_micros()));
        if let Some(names) = names.get(row) {
            let names: Vec<String> = serde_json::from_str(names).unwrap();
            assert_eq!(names, play.artists().map(|artist| artist.name.clone()).collect::<Vec<_>>());
        }
    }
    assert_eq!(frame.column("ended_at").unwrap().dtype().to_string(), "datetime[μs, UTC]");
}

#[test]
fn restored_names_are_in_the_truth() {
    let scenario = small_scenario(4).shares(Shares { unattributed: 0.2, ..Shares::NONE });
    let (world, folder) = (World::build(&scenario).unwrap(), tempfile::tempdir().unwrap());
    let nameless = |attribution| {
        let path = folder.path().join("truth.parquet");
        truth::write(&world, attribution, &path).unwrap();
        ParquetReader::new(File::open(&path).unwrap()).finish().unwrap().column("track_uri").unwrap().null_count()
    };
    assert!(nameless(Attribution::Missing) > 100);
    assert_eq!(nameless(Attribution::Restored), 0);
}

#[test]
fn the_truth_says_who_was_told() {
    let scenario = small_scenario(4).elsewhere(Elsewhere::everything(120)).listing(Listing::with(100, 50));
    let (world, folder) = (World::build(&scenario).unwrap(), tempfile::tempdir().unwrap());
    let path = folder.path().join("truth.parquet");
    assert_eq!(truth::write(&world, Attribution::Missing, &path).unwrap(), 2 * (400 + 120));
    let frame = ParquetReader::new(File::open(&path).unwrap()).finish().unwrap();
    let origins = frame.column("origin").unwrap().str().unwrap();
    let flag = |name: &str| frame.column(name).unwrap().bool().unwrap().clone();
    let flags = ["in_export", "in_api", "is_late", "is_lost", "in_listenbrainz", "in_lastfm"].map(flag);
    let listed = frame.column("listed_at").unwrap().datetime().unwrap().clone();
    let elsewhere = world.accounts().iter().flat_map(|account| world.everything_of(account).skip(400));
    for (row, play) in world.plays().chain(elsewhere).enumerate() {
        assert_eq!(origins.get(row), Some(play.origin.as_str()));
        let is_on_spotify = play.origin == Origin::Spotify;
        let told = [is_on_spotify, play.in_api, play.is_late, play.is_lost, play.in_listenbrainz, play.in_lastfm];
        assert_eq!(flags.each_ref().map(|flag| flag.get(row)), told.map(Some));
        assert_eq!(listed.physical().get(row), play.listed_at.map(|listed_at| listed_at.timestamp_micros()));
        assert!(!(play.in_api && play.is_lost) && play.in_api == play.listed_at.is_some());
    }
    assert!(flags.iter().all(|flag| flag.iter().any(|flag| flag == Some(true))));
}
