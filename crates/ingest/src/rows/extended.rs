//! Rows of the extended streaming history, in all key sets since 2021 (19, 21 and 23 keys).

use std::fmt;

use chrono::DateTime;
use lake::play::{Clock, Kind, Play, Precision, UnixMs};
use lake::text::Text;
use serde::de::{Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{Read, Reject, check_length, check_time};

/// A row as it stands in the file. Keys may be absent, in any order.
#[derive(Debug, Default)]
pub struct Row<'a> {
    ts: Option<Text<'a>>,
    ms_played: Option<i64>,
    platform: Option<Text<'a>>,
    conn_country: Option<Text<'a>>,
    track_name: Option<Text<'a>>,
    album_artist_name: Option<Text<'a>>,
    album_name: Option<Text<'a>>,
    track_uri: Option<Text<'a>>,
    episode_name: Option<Text<'a>>,
    show_name: Option<Text<'a>>,
    episode_uri: Option<Text<'a>>,
    audiobook_title: Option<Text<'a>>,
    audiobook_uri: Option<Text<'a>>,
    chapter_uri: Option<Text<'a>>,
    chapter_title: Option<Text<'a>>,
    reason_start: Option<Text<'a>>,
    reason_end: Option<Text<'a>>,
    shuffle: Option<bool>,
    skipped: Option<bool>,
    offline: Option<bool>,
    incognito: Option<bool>,
    unknown_key: Option<Text<'a>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Row<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RowVisitor)
    }
}

/// Written out rather than derived: it names the key of a wrong value, and it notices keys
/// that are new.
struct RowVisitor;

impl<'de> Visitor<'de> for RowVisitor {
    type Value = Row<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a row of the extended streaming history")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row<'de>, A::Error> {
        let mut row = Row::default();
        while let Some(key) = map.next_key::<Text<'de>>()? {
            match &*key {
                "ts" => row.ts = value(&mut map, &key)?,
                "ms_played" => row.ms_played = value(&mut map, &key)?,
                "platform" => row.platform = value(&mut map, &key)?,
                "conn_country" => row.conn_country = value(&mut map, &key)?,
                "master_metadata_track_name" => row.track_name = value(&mut map, &key)?,
                "master_metadata_album_artist_name" => row.album_artist_name = value(&mut map, &key)?,
                "master_metadata_album_album_name" => row.album_name = value(&mut map, &key)?,
                "spotify_track_uri" => row.track_uri = value(&mut map, &key)?,
                "episode_name" => row.episode_name = value(&mut map, &key)?,
                "episode_show_name" => row.show_name = value(&mut map, &key)?,
                "spotify_episode_uri" => row.episode_uri = value(&mut map, &key)?,
                "audiobook_title" => row.audiobook_title = value(&mut map, &key)?,
                "audiobook_uri" => row.audiobook_uri = value(&mut map, &key)?,
                "audiobook_chapter_uri" => row.chapter_uri = value(&mut map, &key)?,
                "audiobook_chapter_title" => row.chapter_title = value(&mut map, &key)?,
                "reason_start" => row.reason_start = value(&mut map, &key)?,
                "reason_end" => row.reason_end = value(&mut map, &key)?,
                "shuffle" => row.shuffle = value(&mut map, &key)?,
                "skipped" => row.skipped = value(&mut map, &key)?,
                "offline" => row.offline = value(&mut map, &key)?,
                "incognito_mode" => row.incognito = value(&mut map, &key)?,
                // Personal, masked already; and a time that is known to be unreliable.
                "ip_addr" | "ip_addr_decrypted" | "username" | "user_agent_decrypted" | "offline_timestamp" => {
                    map.next_value::<IgnoredAny>()?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    row.unknown_key = Some(key);
                }
            }
        }
        Ok(row)
    }
}

pub(super) fn value<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    map: &mut A,
    key: &str,
) -> Result<Option<T>, A::Error> {
    map.next_value().map_err(|error| A::Error::custom(format_args!("{key}: {error}")))
}

impl<'a> Row<'a> {
    /// Makes a play of the row. `received_at` bounds its time.
    pub fn read(mut self, received_at: UnixMs) -> Read<'a> {
        let unknown_key = self.unknown_key.take();
        Read { play: self.into_play(received_at), credits: Vec::new(), unknown_key }
    }

    fn into_play(self, received_at: UnixMs) -> Result<Play<'a>, Reject> {
        let (Some(ts), Some(ms_played)) = (self.ts, self.ms_played) else {
            return Err(Reject::new("missing_key", "ts and ms_played are needed to make a play"));
        };
        let Ok(time) = DateTime::parse_from_rfc3339(&ts) else {
            return Err(Reject::new("wrong_value", format!("the time {:?} is not understood", &*ts)));
        };
        let at = time.timestamp_millis();
        check_time(at, &ts, received_at)?;
        check_length(ms_played)?;

        let mut play = Play::at(at, ts, Clock::End, Precision::Second);
        play.other_end = Some(at - ms_played);
        play.ms_played = Some(ms_played);
        let track_uri = filled(self.track_uri);
        let episode_uri = filled(self.episode_uri);
        let chapter_uri = filled(self.chapter_uri);
        if track_uri.is_some() {
            let is_local = track_uri.as_deref().is_some_and(|uri| uri.starts_with("spotify:local:"));
            play.kind = if is_local { Kind::Local } else { Kind::Track };
            (play.track_uri, play.track_name) = (track_uri, self.track_name);
            (play.album_name, play.album_artist_name) = (self.album_name, self.album_artist_name);
        } else if episode_uri.is_some() {
            play.kind = Kind::Episode;
            (play.track_uri, play.track_name, play.album_name) = (episode_uri, self.episode_name, self.show_name);
        } else if chapter_uri.is_some()
            || filled(self.audiobook_uri.clone()).is_some()
            || self.audiobook_title.is_some()
        {
            play.kind = Kind::Audiobook;
            (play.track_uri, play.track_name) = (chapter_uri, self.chapter_title);
            (play.album_uri, play.album_name) = (filled(self.audiobook_uri), self.audiobook_title);
        } else if self.episode_name.is_some() {
            play.kind = Kind::Episode;
            (play.track_name, play.album_name) = (self.episode_name, self.show_name);
        } else if self.track_name.is_some() {
            play.kind = Kind::Local;
            play.track_name = self.track_name;
            (play.album_name, play.album_artist_name) = (self.album_name, self.album_artist_name);
        }
        play.platform = self.platform;
        play.conn_country = self.conn_country;
        play.shuffle = self.shuffle;
        play.skipped = self.skipped;
        play.offline = self.offline;
        play.incognito = self.incognito;
        play.reason_start = self.reason_start;
        play.reason_end = self.reason_end;
        Ok(play)
    }
}

/// An empty URI names nothing.
fn filled(uri: Option<Text<'_>>) -> Option<Text<'_>> {
    uri.filter(|uri| !uri.is_empty())
}
