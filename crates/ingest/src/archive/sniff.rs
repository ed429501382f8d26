//! What a file is: by the keys of its first row, and by its name where that says nothing.

use std::collections::HashSet;

use lake::play::Source;
use serde::Deserializer;
use serde::de::{IgnoredAny, MapAccess, Visitor};

/// How much of a file is looked at.
pub(super) const HEAD_BYTES: usize = 64 << 10;

/// What the first bytes of a file tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sniffed {
    /// Listening history of this source.
    Listening(Source),
    /// Nothing at all.
    Empty,
    /// Text in UTF-16, as some editors save it.
    Utf16,
    /// Something else.
    Other,
}

/// Looks at a file's name and its first bytes.
pub(super) fn sniff(name: &str, head: &[u8]) -> Sniffed {
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return Sniffed::Utf16;
    }
    let by_name = by_name(name);
    if head.iter().all(u8::is_ascii_whitespace) {
        // Of what else lies in a folder nobody wants to hear.
        let is_json = name.to_lowercase().ends_with(".json") || name.to_lowercase().ends_with(".jsonl");
        return if is_json { Sniffed::Empty } else { Sniffed::Other };
    }
    match by_content(head).or(by_name) {
        Some(source) => Sniffed::Listening(source),
        None => Sniffed::Other,
    }
}

/// Spotify's names since 2018; people rename files, so the name counts only where the
/// content says nothing.
fn by_name(name: &str) -> Option<Source> {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name).to_lowercase();
    if !base.ends_with(".json") {
        return None;
    }
    if base.starts_with("streaming_history_audio")
        || base.starts_with("streaming_history_video")
        || base.starts_with("endsong")
    {
        return Some(Source::SpotifyExport);
    }
    base.starts_with("streaminghistory").then_some(Source::SpotifyAccountData)
}

/// By the keys of the first object, whole or cut off.
fn by_content(head: &[u8]) -> Option<Source> {
    let start = head.iter().position(|byte| *byte == b'{')?;
    let before = head[..start].strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head[..start]);
    if !before.iter().all(|byte| byte.is_ascii_whitespace() || *byte == b'[') {
        return None;
    }
    let mut keys = HashSet::new();
    let mut deserializer = serde_json::Deserializer::from_slice(&head[start..]);
    // A cut-off object ends in an error; the keys before it are good.
    drop(deserializer.deserialize_map(Keys(&mut keys)));
    let has = |key: &str| keys.contains(key);
    if has("ts") && has("ms_played") {
        Some(Source::SpotifyExport)
    } else if has("endTime") && has("msPlayed") {
        Some(Source::SpotifyAccountData)
    } else if has("listened_at") && has("track_metadata") {
        Some(Source::Listenbrainz)
    } else {
        None
    }
}

struct Keys<'k>(&'k mut HashSet<String>);

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            self.0.insert(key);
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXTENDED: &[u8] = br#"[ { "ts": "2024-01-01T00:00:00Z", "ms_played": 1, "platform": "ios" }"#;
    const ACCOUNT: &[u8] = br#"[{"endTime":"2024-05-21 09:54","artistName":"a","trackName":"b","msPlayed":2}]"#;

    #[track_caller]
    fn check(name: &str, head: &[u8], expected: Sniffed) {
        assert_eq!(sniff(name, head), expected);
    }

    #[test]
    fn content_wins_over_the_name() {
        check("anything.json", EXTENDED, Sniffed::Listening(Source::SpotifyExport));
        check("MyData/StreamingHistory_music_0.json", ACCOUNT, Sniffed::Listening(Source::SpotifyAccountData));
        check("endsong_3.json", ACCOUNT, Sniffed::Listening(Source::SpotifyAccountData));
    }

    #[test]
    fn the_name_helps_where_the_content_does_not() {
        check("a/Streaming_History_Video_2020-2025.json", b"[{\"ts", Sniffed::Listening(Source::SpotifyExport));
        check("a/Streaming_History_Audio_2018_3.json", b"[]", Sniffed::Listening(Source::SpotifyExport));
    }

    #[test]
    fn an_export_of_listenbrainz_has_a_listen_in_each_line() {
        let line = br#"{"inserted_at": 1.5, "listened_at": 1749780612, "track_metadata": {"track_name": "Desert"}}"#;
        check("listens/2025/6.jsonl", line, Sniffed::Listening(Source::Listenbrainz));
        check("user.json", br#"{"user_id": 1, "username": "rob"}"#, Sniffed::Other);
    }

    #[test]
    fn other_files_are_other() {
        check("MyData/Playlist1.json", br#"{"playlists":[{"name":"x"}]}"#, Sniffed::Other);
        check("ReadMeFirst.pdf", b"%PDF-1.4 {", Sniffed::Other);
        check("endsong_0.json", b" \n", Sniffed::Empty);
        check("endsong_0.json", b"\xff\xfe[\0", Sniffed::Utf16);
    }
}
