//! Extended streaming history: one row per play, with everything Spotify knows.

use std::fmt::Write as _;
use std::ops::Range;

use chrono::{DateTime, Datelike, Utc};

use super::json::Row;
use super::{FileNames, KeySet, PackageWriter};
use crate::world::{Attribution, Kind, TruePlay};

/// The keys until mid-2024.
pub const KEYS_21: &[&str] = &[
    "ts",
    "username",
    "platform",
    "ms_played",
    "conn_country",
    "ip_addr_decrypted",
    "user_agent_decrypted",
    "master_metadata_track_name",
    "master_metadata_album_artist_name",
    "master_metadata_album_album_name",
    "spotify_track_uri",
    "episode_name",
    "episode_show_name",
    "spotify_episode_uri",
    "reason_start",
    "reason_end",
    "shuffle",
    "skipped",
    "offline",
    "offline_timestamp",
    "incognito_mode",
];

/// The keys at the end of 2024.
pub const KEYS_19: &[&str] = &[
    "ts",
    "platform",
    "ms_played",
    "conn_country",
    "ip_addr",
    "master_metadata_track_name",
    "master_metadata_album_artist_name",
    "master_metadata_album_album_name",
    "spotify_track_uri",
    "episode_name",
    "episode_show_name",
    "spotify_episode_uri",
    "reason_start",
    "reason_end",
    "shuffle",
    "skipped",
    "offline",
    "offline_timestamp",
    "incognito_mode",
];

/// The keys since 2025.
pub const KEYS_23: &[&str] = &[
    "ts",
    "platform",
    "ms_played",
    "conn_country",
    "ip_addr",
    "master_metadata_track_name",
    "master_metadata_album_artist_name",
    "master_metadata_album_album_name",
    "spotify_track_uri",
    "episode_name",
    "episode_show_name",
    "spotify_episode_uri",
    "audiobook_title",
    "audiobook_uri",
    "audiobook_chapter_uri",
    "audiobook_chapter_title",
    "reason_start",
    "reason_end",
    "shuffle",
    "skipped",
    "offline",
    "offline_timestamp",
    "incognito_mode",
];

/// Writes the files of one package.
pub(super) fn write<'w>(
    writer: &mut PackageWriter<'_>,
    keys: KeySet,
    names: FileNames,
    numbers: Range<usize>,
    show: &dyn Fn(usize) -> TruePlay<'w>,
) -> anyhow::Result<()> {
    let package = writer.package;
    // Only the numbers of the plays are held; 4 bytes each.
    let (mut audio, mut video) = (Vec::<u32>::new(), Vec::<u32>::new());
    for number in numbers {
        let play = show(number);
        if package.holds(&play) {
            let is_video = play.in_video_file && names == FileNames::StreamingHistory;
            if is_video { &mut video } else { &mut audio }.push(number as u32);
        }
    }
    writer.other("ReadMeFirst_ExtendedStreamingHistory.pdf", b"%PDF-1.4\n% not for machines\n%%EOF\n")?;
    for (index, file) in audio.chunks(package.rows_per_file).enumerate() {
        let name = match names {
            FileNames::Endsong => format!("endsong_{index}.json"),
            FileNames::StreamingHistory => format!("Streaming_History_Audio_{}_{index}.json", years(file, show)),
        };
        rows(writer, name, keys, file, show)?;
    }
    if !video.is_empty() {
        let name = format!("Streaming_History_Video_{}.json", years(&video, show));
        rows(writer, name, keys, &video, show)?;
    }
    Ok(())
}

/// The years of a file as its name has them: `2022` or `2021-2023`.
fn years<'w>(file: &[u32], show: &dyn Fn(usize) -> TruePlay<'w>) -> String {
    let year = |number: Option<&u32>| number.map_or(0, |number| show(*number as usize).ended_at.year());
    let (first, last) = (year(file.first()), year(file.last()));
    if first == last { format!("{first}") } else { format!("{first}-{last}") }
}

fn rows<'w>(
    writer: &mut PackageWriter<'_>,
    name: String,
    keys: KeySet,
    file: &[u32],
    show: &dyn Fn(usize) -> TruePlay<'w>,
) -> anyhow::Result<()> {
    let (attribution, mut ts) = (writer.package.attribution, String::new());
    writer.history(name, file.iter().map(|number| show(*number as usize)), |row, play| {
        write_row(row, play, keys, attribution, &mut ts);
    })
}

fn write_row(row: &mut Row, play: &TruePlay<'_>, keys: KeySet, attribution: Attribution, ts: &mut String) {
    let kind = play.kind_as(attribution);
    let named = |wanted: &[Kind], text| if wanted.contains(&kind) { Some(text) } else { None };
    let (title, album) = (play.item.title.as_str(), play.collection.name.as_str());
    let (music, speech) = ([Kind::Track, Kind::Local], [Kind::Episode]);

    timestamp(ts, play.ended_at);
    row.text("ts", ts.as_str());
    if keys == KeySet::Keys21 {
        row.text("username", "user_secret_name");
    }
    row.text("platform", play.platform);
    row.plain("ms_played", Some(play.ms_played));
    row.text("conn_country", play.conn_country);
    if keys == KeySet::Keys21 {
        row.text("ip_addr_decrypted", address(play, "203.0.113.77"));
        let has_agent = play.number.is_multiple_of(5);
        row.text("user_agent_decrypted", has_agent.then_some("Mozilla%2F5.0 (user_agent_secret)"));
    } else {
        row.text("ip_addr", address(play, "203.0.113.x"));
    }
    row.text("master_metadata_track_name", named(&music, title));
    row.text("master_metadata_album_artist_name", named(&music, &play.collection.artist_name));
    row.text("master_metadata_album_album_name", named(&music, album));
    row.text("spotify_track_uri", named(&[Kind::Track], &play.item.uri));
    row.text("episode_name", named(&speech, title));
    row.text("episode_show_name", named(&speech, album));
    row.text("spotify_episode_uri", named(&speech, &play.item.uri));
    if keys == KeySet::Keys23 {
        let (book, uri) = ([Kind::Audiobook], play.collection.uri());
        row.text("audiobook_title", named(&book, album));
        row.text("audiobook_uri", uri.as_deref().filter(|_| kind == Kind::Audiobook));
        row.text("audiobook_chapter_uri", named(&book, &play.item.uri));
        row.text("audiobook_chapter_title", named(&book, title));
    }
    row.text("reason_start", play.reason_start.as_str());
    row.text("reason_end", play.reason_end.as_str());
    row.plain("shuffle", Some(play.shuffle));
    row.plain("skipped", play.skipped);
    row.plain("offline", play.offline);
    row.plain("offline_timestamp", offline_timestamp(play, keys));
    row.plain("incognito_mode", Some(play.incognito));
}

/// Formats like `2024-05-01T18:30:00Z`; several times as fast as chrono's formatting.
fn timestamp(text: &mut String, moment: DateTime<Utc>) {
    use chrono::Timelike;
    text.clear();
    let written = write!(
        text,
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        moment.year(),
        moment.month(),
        moment.day(),
        moment.hour(),
        moment.minute(),
        moment.second()
    );
    debug_assert!(written.is_ok());
}

/// Mostly the usual address, sometimes an IPv6 one.
fn address<'a>(play: &TruePlay<'_>, usual: &'a str) -> &'a str {
    if play.number.is_multiple_of(7) { "2001:db8:5ec:7e7::1" } else { usual }
}

/// About when the play began; in milliseconds in old exports, and sometimes missing.
fn offline_timestamp(play: &TruePlay<'_>, keys: KeySet) -> Option<i64> {
    let began = play.started_at;
    match keys {
        KeySet::Keys21 if play.number.is_multiple_of(3) => None,
        KeySet::Keys21 => Some(began.timestamp_millis()),
        KeySet::Keys19 | KeySet::Keys23 => Some(began.timestamp()),
    }
}
