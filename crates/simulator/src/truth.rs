//! The truth as a Parquet file, for comparing with what a pipeline stored.
//!
//! One row per play on Spotify, in the order of [`World::plays`], and then, account by account,
//! one row per play on Navidrome (numbers go on where those on Spotify end). Times are `timestamp(us, UTC)`.
//!
//! | column | type | what |
//! | --- | --- | --- |
//! | `account` | string | name of the account |
//! | `number` | int64 | which play of the account, from 0 |
//! | `kind` | string | track, episode, audiobook, local, unattributed |
//! | `started_at`, `ended_at` | timestamp | to the millisecond |
//! | `ms_played`, `duration_ms` | int64 | |
//! | `track_uri`, `track_name`, `track_isrc` | string | of the episode or chapter too |
//! | `artist_names`, `artist_uris` | string | the credits in order, as JSON arrays |
//! | `album_uri`, `album_name`, `album_artist_name` | string | or show, or book and author |
//! | `album_release_date`, `album_release_date_precision` | string | |
//! | `context_uri`, `platform`, `conn_country` | string | |
//! | `shuffle`, `skipped`, `offline`, `incognito` | bool | |
//! | `reason_start`, `reason_end` | string | |
//! | `zone` | string | IANA zone in force when it ended |
//! | `local_date` | string | `YYYY-MM-DD` there |
//! | `local_hour`, `local_second` | int32 | hour 0 to 23, second of the day 0 to 86,399 |
//! | `in_api` | bool | whether recently-played ever shows it |
//! | `in_video_file` | bool | whether exports list it in the video file |
//! | `origin` | string | spotify or navidrome: where it was played |
//! | `in_export` | bool | whether Spotify's exports hold it |
//! | `listed_at` | timestamp | from when on recently-played shows it; null when never |
//! | `is_late`, `is_lost` | bool | whether recently-played shows it late, or should and never does |
//! | `in_listenbrainz`, `in_lastfm` | bool | whether that service is told of it, sooner or later |
//!
//! What a service really handed out in a test is known to the server alone:
//! [`Server::served`](crate::server::Server::served).

use std::fs::File;
use std::path::Path;

use anyhow::Context;
use polars::prelude::{
    BatchedWriter, Column, DataFrame, DataType, IntoColumn, IntoSeries, NamedFrom, NewChunkedArray, ParquetCompression,
    ParquetWriter, Series, StringChunked, TimeUnit, TimeZone,
};

use crate::export::partial_of;
use crate::world::{Attribution, Kind, Origin, TruePlay, World};

/// Rows that are in memory at once.
const BATCH_ROWS: usize = 100_000;

/// Writes the truth about a world. With [`Attribution::Missing`], plays whose names Spotify
/// lost are of kind `unattributed` and have no names, as in an export of that time; with
/// [`Attribution::Restored`] they have them. Returns the number of rows.
///
/// # Errors
/// The file cannot be written.
pub fn write(world: &World, attribution: Attribution, path: &Path) -> anyhow::Result<usize> {
    let partial = partial_of(path);
    let file = File::create(&partial).with_context(|| format!("creating {}", partial.display()))?;
    let empty = frame(&[], attribution)?;
    let mut writer: BatchedWriter<File> =
        ParquetWriter::new(file).with_compression(ParquetCompression::Snappy).batched(empty.schema())?;
    let elsewhere = world.accounts().iter().flat_map(|account| world.everything_of(account).skip(account.play_count()));
    let (mut plays, mut rows) = (world.plays().chain(elsewhere), 0);
    loop {
        let batch: Vec<TruePlay<'_>> = plays.by_ref().take(BATCH_ROWS).collect();
        if batch.is_empty() {
            break;
        }
        rows += batch.len();
        writer.write_batch(&frame(&batch, attribution)?)?;
    }
    writer.finish()?;
    std::fs::rename(&partial, path).with_context(|| format!("renaming to {}", path.display()))?;
    Ok(rows)
}

fn frame(plays: &[TruePlay<'_>], attribution: Attribution) -> anyhow::Result<DataFrame> {
    let named = |play: &TruePlay<'_>| play.kind_as(attribution) != Kind::Unattributed;
    let text = |name: &str, of: &dyn Fn(&TruePlay<'_>) -> Option<String>| -> Column {
        StringChunked::from_iter_options(name.into(), plays.iter().map(of)).into_series().into_column()
    };
    let name = |name: &str, of: &dyn Fn(&TruePlay<'_>) -> Option<String>| -> Column {
        text(name, &|play| if named(play) { of(play) } else { None })
    };
    let whole = |name: &str, of: &dyn Fn(&TruePlay<'_>) -> Option<i64>| -> Column {
        Series::new(name.into(), plays.iter().map(of).collect::<Vec<_>>()).into_column()
    };
    let small = |name: &str, of: &dyn Fn(&TruePlay<'_>) -> u32| -> Column {
        Series::new(name.into(), plays.iter().map(|play| of(play) as i32).collect::<Vec<_>>()).into_column()
    };
    let flag = |name: &str, of: &dyn Fn(&TruePlay<'_>) -> Option<bool>| -> Column {
        Series::new(name.into(), plays.iter().map(of).collect::<Vec<_>>()).into_column()
    };
    let moment = |name: &str, of: &dyn Fn(&TruePlay<'_>) -> Option<i64>| -> anyhow::Result<Column> {
        let micros: Vec<Option<i64>> = plays.iter().map(of).collect();
        let utc = DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC));
        Ok(Series::new(name.into(), micros).cast(&utc)?.into_column())
    };
    let time = |name: &str, of: &dyn Fn(&TruePlay<'_>) -> i64| moment(name, &|play| Some(of(play)));
    let listed_at = moment("listed_at", &|play| play.listed_at.map(|listed_at| listed_at.timestamp_micros()))?;
    let columns = vec![
        text("account", &|play| Some(play.account.into())),
        whole("number", &|play| Some(play.number as i64)),
        text("kind", &|play| Some(play.kind_as(attribution).as_str().into())),
        time("started_at", &|play| play.started_at.timestamp_micros())?,
        time("ended_at", &|play| play.ended_at.timestamp_micros())?,
        whole("ms_played", &|play| Some(play.ms_played.into())),
        whole("duration_ms", &|play| named(play).then(|| play.item.duration_ms.into())),
        name("track_uri", &|play| Some(play.item.uri.clone())),
        name("track_name", &|play| Some(play.item.title.clone())),
        name("track_isrc", &|play| play.item.isrc.clone()),
        name("artist_names", &|play| json_array(play.artists().map(|artist| Some(artist.name.clone())))),
        name("artist_uris", &|play| json_array(play.artists().map(|artist| artist.uri()))),
        name("album_uri", &|play| play.collection.uri()),
        name("album_name", &|play| Some(play.collection.name.clone())),
        name("album_artist_name", &|play| Some(play.collection.artist_name.clone())),
        name("album_release_date", &|play| Some(play.collection.release_date.clone())),
        name("album_release_date_precision", &|play| Some(play.collection.release_date_precision.into())),
        text("context_uri", &|play| play.context_uri.clone()),
        text("platform", &|play| Some(play.platform.into())),
        text("conn_country", &|play| Some(play.conn_country.into())),
        flag("shuffle", &|play| Some(play.shuffle)),
        flag("skipped", &|play| play.skipped),
        flag("offline", &|play| play.offline),
        flag("incognito", &|play| Some(play.incognito)),
        text("reason_start", &|play| Some(play.reason_start.as_str().into())),
        text("reason_end", &|play| Some(play.reason_end.as_str().into())),
        text("zone", &|play| Some(play.zone.name().into())),
        text("local_date", &|play| Some(play.local_date().to_string())),
        small("local_hour", &|play| play.local_hour()),
        small("local_second", &|play| play.local_second()),
        flag("in_api", &|play| Some(play.in_api)),
        flag("in_video_file", &|play| Some(play.in_video_file)),
        text("origin", &|play| Some(play.origin.as_str().into())),
        flag("in_export", &|play| Some(play.origin == Origin::Spotify)),
        listed_at,
        flag("is_late", &|play| Some(play.is_late)),
        flag("is_lost", &|play| Some(play.is_lost)),
        flag("in_listenbrainz", &|play| Some(play.in_listenbrainz)),
        flag("in_lastfm", &|play| Some(play.in_lastfm)),
    ];
    Ok(DataFrame::new(plays.len(), columns)?)
}

fn json_array(texts: impl Iterator<Item = Option<String>>) -> Option<String> {
    serde_json::to_string(&texts.collect::<Vec<_>>()).ok()
}
