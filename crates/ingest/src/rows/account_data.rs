//! Rows of the streaming history inside the account data: music, podcasts and audiobooks
//! of the last year, by name, to the minute.

use std::fmt;

use chrono::NaiveDateTime;
use lake::play::{Clock, Kind, Play, Precision, UnixMs};
use lake::text::Text;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::extended::value;
use super::{Read, Reject, check_length, check_time};

/// A row as it stands in the file.
#[derive(Debug, Default)]
pub struct Row<'a> {
    end_time: Option<Text<'a>>,
    ms_played: Option<i64>,
    artist_name: Option<Text<'a>>,
    track_name: Option<Text<'a>>,
    podcast_name: Option<Text<'a>>,
    episode_name: Option<Text<'a>>,
    audiobook_name: Option<Text<'a>>,
    chapter_name: Option<Text<'a>>,
    author_name: Option<Text<'a>>,
    unknown_key: Option<Text<'a>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Row<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RowVisitor)
    }
}

struct RowVisitor;

impl<'de> Visitor<'de> for RowVisitor {
    type Value = Row<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a row of the account data's streaming history")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row<'de>, A::Error> {
        let mut row = Row::default();
        while let Some(key) = map.next_key::<Text<'de>>()? {
            match &*key {
                "endTime" => row.end_time = value(&mut map, &key)?,
                "msPlayed" => row.ms_played = value(&mut map, &key)?,
                "artistName" => row.artist_name = value(&mut map, &key)?,
                "trackName" => row.track_name = value(&mut map, &key)?,
                "podcastName" => row.podcast_name = value(&mut map, &key)?,
                "episodeName" => row.episode_name = value(&mut map, &key)?,
                "audiobookName" => row.audiobook_name = value(&mut map, &key)?,
                "chapterName" => row.chapter_name = value(&mut map, &key)?,
                "authorName" => row.author_name = value(&mut map, &key)?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    row.unknown_key = Some(key);
                }
            }
        }
        Ok(row)
    }
}

impl<'a> Row<'a> {
    /// Makes a play of the row. `received_at` bounds its time.
    pub fn read(mut self, received_at: UnixMs) -> Read<'a> {
        let unknown_key = self.unknown_key.take();
        Read { play: self.into_play(received_at), credits: Vec::new(), unknown_key }
    }

    fn into_play(self, received_at: UnixMs) -> Result<Play<'a>, Reject> {
        let (Some(end_time), Some(ms_played)) = (self.end_time, self.ms_played) else {
            return Err(Reject::new("missing_key", "endTime and msPlayed are needed to make a play"));
        };
        let Ok(time) = NaiveDateTime::parse_from_str(&end_time, "%Y-%m-%d %H:%M") else {
            return Err(Reject::new("wrong_value", format!("the time {:?} is not understood", &*end_time)));
        };
        let at = time.and_utc().timestamp_millis();
        check_time(at, &end_time, received_at)?;
        check_length(ms_played)?;

        let mut play = Play::at(at, end_time, Clock::End, Precision::Minute);
        play.other_end = Some(at - ms_played);
        play.ms_played = Some(ms_played);
        if self.track_name.is_some() || self.artist_name.is_some() {
            play.kind = Kind::Track;
            (play.track_name, play.album_artist_name) = (self.track_name, self.artist_name);
        } else if self.episode_name.is_some() || self.podcast_name.is_some() {
            play.kind = Kind::Episode;
            (play.track_name, play.album_name) = (self.episode_name, self.podcast_name);
        } else if self.chapter_name.is_some() || self.audiobook_name.is_some() {
            play.kind = Kind::Audiobook;
            (play.track_name, play.album_name) = (self.chapter_name, self.audiobook_name);
            play.album_artist_name = self.author_name;
        }
        Ok(play)
    }
}
