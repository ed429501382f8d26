//! A track in JSON, where every number is a text and nothing is ever null.

use chrono::DateTime;
use serde_json::{Value, json};

use crate::server::encoding::percent_encoded;
use crate::world::TruePlay;

/// One row: a scrobble, or what is playing now when it has no time.
pub(super) fn track(play: &TruePlay<'_>, uts: Option<i64>, is_extended: bool) -> Value {
    let artist = play.artists().next().map_or("", |artist| artist.name.as_str());
    let page = |parts: &[&str]| {
        let parts: Vec<String> = parts.iter().map(|part| percent_encoded(part).replace("%20", "+")).collect();
        format!("https://www.last.fm/music/{}", parts.join("/_/"))
    };
    let mut track = json!({
        "album": {"mbid": "", "#text": play.collection.name},
        "image": images(),
        "mbid": "",
        "name": play.item.title,
        "streamable": "0",
        "url": page(&[artist, &play.item.title]),
    });
    track["artist"] = if is_extended {
        json!({"url": page(&[artist]), "name": artist, "image": images(), "mbid": ""})
    } else {
        json!({"mbid": "", "#text": artist})
    };
    if is_extended {
        track["loved"] = json!("0");
    }
    match uts.and_then(|uts| DateTime::from_timestamp(uts, 0)) {
        Some(time) => {
            let text = time.format("%d %b %Y, %H:%M").to_string();
            track["date"] = json!({"uts": time.timestamp().to_string(), "#text": text});
        }
        None => track["@attr"] = json!({"nowplaying": "true"}),
    }
    track
}

fn images() -> Value {
    ["small", "medium", "large", "extralarge"].iter().map(|size| json!({"size": size, "#text": ""})).collect()
}
