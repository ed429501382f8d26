use std::fs::File;

use polars::prelude::{ParquetReader, SerReader};
use simulator::{Attribution, Shares, World, truth};

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
