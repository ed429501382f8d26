//! Frozen identifiers. They are made here and nowhere else; the golden vectors below must
//! never change, or every stored history would lose its names.
//!
//! An identifier is the MD5 of a list of fields. A field is one byte `0` for null, or one
//! byte `1`, the length in bytes as 32 bits little-endian, and the value as UTF-8 text
//! (integers in decimal, `true` or `false`). Null therefore differs from empty, and no two
//! lists run together.

use std::fmt;

use md5::{Digest, Md5};

use crate::play::{Credit, Play, Source};

/// A 128-bit identifier; its text is 32 lowercase hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id([u8; 16]);

impl Id {
    /// Reads the text form back.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 32).then(|| u128::from_str_radix(text, 16).ok())?.map(|number| Self(number.to_be_bytes()))
    }

    /// The text form, without a heap allocation.
    pub fn hex(self) -> HexId {
        let mut digits = [0; 32];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(self.0) {
            pair[0] = HEX[usize::from(byte >> 4)];
            pair[1] = HEX[usize::from(byte & 15)];
        }
        HexId(digits)
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.hex().as_str())
    }
}

/// The digits of an [`Id`].
pub struct HexId([u8; 32]);

impl HexId {
    /// The digits as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// The key of an artist who is known by name alone, from the name without case and outer spaces. The models
/// make the same.
pub fn named_artist(name_key: &str) -> String {
    let digest: [u8; 16] = Md5::digest(format!("artist:{name_key}")).into();
    format!("name:{}", Id(digest))
}

/// What makes two rows of one archive "the same row twice": everything in the play's name
/// except the ordinal.
pub type Key<'p> = (i64, Option<&'p str>, Option<i64>, [Option<&'p str>; 3]);

/// The key of a play within its source and account: time and the source's own key; else time,
/// URI and listened time, where the names stand in for a missing URI.
pub fn key<'p>(play: &'p Play<'_>) -> Key<'p> {
    if !play.own_key.is_empty() {
        let part = |place: usize| play.own_key.get(place).map(|part| &**part);
        return (play.at, None, None, [part(0), part(1), part(2)]);
    }
    let names = if play.track_uri.is_some() {
        [None; 3]
    } else {
        [play.track_name.as_deref(), play.album_artist_name.as_deref(), play.album_name.as_deref()]
    };
    (play.at, play.track_uri.as_deref(), play.ms_played, names)
}

/// Names the event within its source. `ordinal` counts rows with equal [`key`]s of one
/// archive from 0; sources whose key is unique by itself always have 0.
pub fn play_id(account_id: &str, source: Source, play: &Play<'_>, ordinal: u32) -> Id {
    let mut fields = Fields::new();
    fields.text(Some(account_id));
    fields.text(Some(source.as_str()));
    fields.int(Some(play.at));
    if play.own_key.is_empty() {
        fields.text(play.track_uri.as_deref());
        if play.track_uri.is_none() {
            fields.text(play.track_name.as_deref());
            fields.text(play.album_artist_name.as_deref());
            fields.text(play.album_name.as_deref());
        }
        if source.names_hold_number() {
            fields.int(play.ms_played);
        }
    } else {
        play.own_key.iter().for_each(|part| fields.text(Some(part)));
    }
    if source.names_hold_number() {
        fields.int(Some(i64::from(ordinal)));
    }
    fields.finish()
}

/// Names what was said: the play, every typed column and the credits, but not the raw file
/// and the run that brought it.
pub fn observation_id(play_id: Id, play: &Play<'_>, credits: &[Credit<'_>]) -> Id {
    let mut fields = Fields::new();
    fields.text(Some(play_id.hex().as_str()));
    fields.text(play.client.as_deref());
    fields.text(Some(play.kind.as_str()));
    fields.text(Some(&play.time_raw));
    fields.text(Some(play.clock.as_str()));
    fields.text(Some(play.time_precision.as_str()));
    fields.int(play.started_at());
    fields.int(play.ended_at());
    fields.text(play.time_estimated());
    fields.int(play.ms_played);
    fields.int(play.duration_ms);
    fields.text(play.track_uri.as_deref());
    fields.text(play.track_name.as_deref());
    fields.text(play.track_isrc.as_deref());
    fields.text(play.recording_mbid.as_deref());
    fields.text(play.album_uri.as_deref());
    fields.text(play.album_name.as_deref());
    fields.text(play.album_release_date.as_deref());
    fields.text(play.album_release_date_precision.as_deref());
    fields.text(play.album_artist_name.as_deref());
    fields.text(play.context_uri.as_deref());
    fields.text(play.platform.as_deref());
    fields.text(play.conn_country.as_deref());
    fields.boolean(play.shuffle);
    fields.boolean(play.skipped);
    fields.boolean(play.offline);
    fields.boolean(play.incognito);
    fields.text(play.reason_start.as_deref());
    fields.text(play.reason_end.as_deref());
    for credit in credits {
        fields.text(Some(&credit.artist_name));
        fields.text(credit.artist_uri.as_deref());
        fields.text(credit.artist_mbid.as_deref());
        fields.text(credit.join_phrase.as_deref());
    }
    fields.finish()
}

/// Gathers the fields of one identifier.
struct Fields(Vec<u8>);

impl Fields {
    fn new() -> Self {
        Self(Vec::with_capacity(512))
    }

    fn text(&mut self, value: Option<&str>) {
        match value {
            None => self.0.push(0),
            Some(value) => {
                self.0.push(1);
                // Bodies are bounded far below 4 GiB; a longer text could not have got here.
                let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
                self.0.extend_from_slice(&length.to_le_bytes());
                self.0.extend_from_slice(value.as_bytes());
            }
        }
    }

    fn int(&mut self, value: Option<i64>) {
        match value {
            None => self.text(None),
            Some(value) => self.text(Some(&value.to_string())),
        }
    }

    fn boolean(&mut self, value: Option<bool>) {
        self.text(value.map(|value| if value { "true" } else { "false" }));
    }

    fn finish(self) -> Id {
        Id(Md5::digest(&self.0).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::play::{Clock, Kind, Precision};

    fn export_row() -> Play<'static> {
        let mut play = Play::at(1_745_874_275_000, "2025-04-28T21:04:35Z".into(), Clock::End, Precision::Second);
        play.kind = Kind::Track;
        play.ms_played = Some(1603);
        play.other_end = Some(1_745_874_275_000 - 1603);
        play.track_uri = Some("spotify:track:0000000000000000000001".into());
        play.track_name = Some("Ænima".into());
        play.shuffle = Some(false);
        play
    }

    /// Computed once by an independent program (Python's hashlib) from the description at
    /// the top of this file.
    #[test]
    fn golden_vectors() {
        let play = export_row();
        let id = play_id("acc", Source::SpotifyExport, &play, 0);
        assert_eq!(id.to_string(), "ca0cb2b1998d0045df9d623d8d6d4316");
        assert_eq!(observation_id(id, &play, &[]).to_string(), "5249ea1f93d2e867c27496069c6c6aea");
        let api = play_id("acc", Source::SpotifyApi, &play, 0);
        assert_eq!(api.to_string(), "fb8a708646423de99903addde5dc4b1a");
        let credit = Credit {
            artist_name: "Tool".into(),
            artist_uri: Some("spotify:artist:1".into()),
            artist_mbid: None,
            join_phrase: None,
        };
        assert_eq!(observation_id(api, &play, &[credit]).to_string(), "d0e7fdb4edfc018a44e435a58a7bd90b");
        let mut nameless = export_row();
        nameless.track_uri = None;
        let id = play_id("acc", Source::SpotifyAccountData, &nameless, 3);
        assert_eq!(id.to_string(), "2f4440fedd5e37d485f40b66c9ee8af1");
    }

    /// As above, for sources with a key of their own.
    #[test]
    fn golden_vectors_of_own_keys() {
        let mut listen = Play::at(1_771_414_109_000, "1771414109".into(), Clock::Start, Precision::Second);
        listen.track_name = Some("Ænima".into());
        listen.own_key = vec!["d23f4719-9212-49f0-ad08-ddbfbfc50d6f".into()];
        let listenbrainz = play_id("acc", Source::Listenbrainz, &listen, 7);
        assert_eq!(listenbrainz.to_string(), "b22d54a863c4c3f6e328fb4f518dc369");
        listen.own_key = vec!["Tool".into(), "Ænima".into()];
        assert_eq!(play_id("acc", Source::Lastfm, &listen, 1).to_string(), "adaed6388b3cbac202c6335f22ee3f8e");
        listen.own_key = vec!["navidrome".into(), "Tool".into(), "Ænima".into()];
        assert_eq!(play_id("acc", Source::Submitted, &listen, 0).to_string(), "39f3c75dabe801c83d18014617ff097a");
    }

    #[test]
    fn null_differs_from_empty() {
        let mut empty = export_row();
        empty.track_name = Some("".into());
        let mut null = export_row();
        null.track_name = None;
        let id = play_id("acc", Source::SpotifyExport, &null, 0);
        assert_ne!(observation_id(id, &empty, &[]), observation_id(id, &null, &[]));
    }

    #[test]
    fn text_form_goes_both_ways() {
        let id = play_id("acc", Source::SpotifyApi, &export_row(), 0);
        assert_eq!(Id::parse(&id.to_string()), Some(id));
        assert_eq!(Id::parse("short"), None);
    }
}
