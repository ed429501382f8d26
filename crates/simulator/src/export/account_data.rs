//! Account data: the last year, with names and minutes only.

use std::ops::Range;

use super::PackageWriter;
use super::json::Row;
use crate::world::{Kind, TruePlay};

/// Other files of such an archive, full of what nobody should copy.
const USER_DATA: &str = r#"{
  "username": "user_secret_name",
  "email": "secret-mail@example.invalid",
  "country": "DE",
  "createdFromFacebook": false
}"#;

/// Writes the files of one package.
pub(super) fn write<'w>(
    writer: &mut PackageWriter<'_>,
    is_old: bool,
    numbers: Range<usize>,
    show: &dyn Fn(usize) -> TruePlay<'w>,
) -> anyhow::Result<()> {
    let package = writer.package;
    writer.other("Userdata.json", USER_DATA.as_bytes())?;
    let series: &[(&str, &[Kind])] = if is_old {
        &[("", &[Kind::Track, Kind::Local, Kind::Episode])]
    } else {
        &[
            ("_music_", &[Kind::Track, Kind::Local]),
            ("_podcast_", &[Kind::Episode]),
            ("_audiobook_", &[Kind::Audiobook]),
        ]
    };
    for (infix, kinds) in series {
        let mut file = Vec::<u32>::new();
        for number in numbers.clone() {
            let play = show(number);
            if package.holds(&play) && kinds.contains(&play.item.kind) {
                file.push(number as u32);
            }
        }
        for (index, numbers) in file.chunks(package.rows_per_file).enumerate() {
            let plays = numbers.iter().map(|number| show(*number as usize));
            writer.history(format!("StreamingHistory{infix}{index}.json"), plays, |row, play| {
                write_row(row, play, is_old, package.attribution);
            })?;
        }
    }
    Ok(())
}

fn write_row(row: &mut Row, play: &TruePlay<'_>, is_old: bool, attribution: crate::Attribution) {
    let end_time = play.ended_at.format("%Y-%m-%d %H:%M").to_string();
    row.text("endTime", end_time.as_str());
    let (title, collection) = (play.item.title.as_str(), play.collection);
    match play.kind_as(attribution) {
        Kind::Episode if !is_old => {
            row.text("podcastName", collection.name.as_str());
            row.text("episodeName", title);
        }
        Kind::Audiobook => {
            row.text("audiobookName", collection.name.as_str());
            row.text("chapterName", title);
            row.text("authorName", collection.artist_name.as_str());
        }
        Kind::Episode => {
            row.text("artistName", collection.name.as_str());
            row.text("trackName", title);
        }
        Kind::Unattributed => {
            row.text("artistName", "Unknown Artist");
            row.text("trackName", "Unknown Track");
        }
        Kind::Track | Kind::Local => {
            row.text("artistName", collection.artist_name.as_str());
            row.text("trackName", title);
        }
    }
    row.plain("msPlayed", Some(play.ms_played));
}
