//! Account data: the last year, with names and minutes only.

use std::ops::Range;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};

use super::PackageWriter;
use super::json::Row;
use crate::dice::Dice;
use crate::world::{Kind, TruePlay};

/// The share of rows whose listening time is some milliseconds off.
const INEXACT: f64 = 0.1;

/// The share of rows whose minute is the nearest one instead of the one that was begun.
const ROUNDED: f64 = 0.05;

/// What account data says of a play, in whatever archive it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// The minute in which it ended, or the one after it.
    pub minute: DateTime<Utc>,
    /// How long it was heard, now and then not quite.
    pub ms_played: u32,
}

impl Told {
    /// What is told of this play; always the same.
    pub fn of(play: &TruePlay<'_>) -> Self {
        let seed = play.ended_at.timestamp_millis().unsigned_abs();
        let mut dice = Dice::new(seed, play.account);
        let off = if dice.chance(INEXACT) { *dice.pick(&[-5, -2, -1, 1, 3]) } else { 0 };
        let minute = TimeDelta::minutes(1);
        let rounded = if dice.chance(ROUNDED) {
            play.ended_at.duration_round(minute)
        } else {
            play.ended_at.duration_trunc(minute)
        };
        Self { minute: rounded.unwrap_or(play.ended_at), ms_played: play.ms_played.saturating_add_signed(off) }
    }
}

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
    let told = Told::of(play);
    row.text("endTime", told.minute.format("%Y-%m-%d %H:%M").to_string().as_str());
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
    row.plain("msPlayed", Some(told.ms_played));
}
