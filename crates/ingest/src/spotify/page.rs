//! A page of recently played tracks, from its bytes to plays.
//!
//! Spotify's objects come with all fields or, for apps in development mode, with fewer;
//! only what both have is read, and nearly all of it may be missing or null.

use chrono::{DateTime, NaiveDateTime};
use lake::play::{Clock, Credit, Kind, Play, Precision, UnixMs};
use lake::text::Text;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::page::{self, Page, PageError, filled};
use crate::rows::{Reject, check_length, check_time};

/// Reads the body of `GET /me/player/recently-played`. `received_at` bounds the times.
///
/// # Errors
/// When the body is not an object with a list of items. An item that is wrong by itself is
/// a rejected row and does not disturb the others.
pub fn parse(body: &[u8], received_at: UnixMs) -> Result<Page<'_>, PageError> {
    let Body { items } = serde_json::from_slice(body)?;
    Ok(page::read_items(body, &items, |item| read(item, received_at).map(Some)))
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    items: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow)]
    track: Option<Track<'a>>,
    played_at: Option<Text<'a>>,
    context: Option<Context<'a>>,
}

/// A track, or an episode: the list has no episodes today.
#[derive(Deserialize)]
struct Track<'a> {
    #[serde(borrow, rename = "type")]
    object_type: Option<Text<'a>>,
    uri: Option<Text<'a>>,
    name: Option<Text<'a>>,
    is_local: Option<bool>,
    duration_ms: Option<i64>,
    external_ids: Option<ExternalIds<'a>>,
    artists: Option<Vec<Artist<'a>>>,
    album: Option<Album<'a>>,
    /// What an episode has in place of an album.
    show: Option<Album<'a>>,
}

#[derive(Default, Deserialize)]
struct Album<'a> {
    #[serde(borrow)]
    uri: Option<Text<'a>>,
    name: Option<Text<'a>>,
    release_date: Option<Text<'a>>,
    release_date_precision: Option<Text<'a>>,
    artists: Option<Vec<Artist<'a>>>,
}

#[derive(Deserialize)]
struct Artist<'a> {
    #[serde(borrow)]
    uri: Option<Text<'a>>,
    name: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct ExternalIds<'a> {
    #[serde(borrow)]
    isrc: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Context<'a> {
    #[serde(borrow)]
    uri: Option<Text<'a>>,
}

fn read(item: &str, received_at: UnixMs) -> Result<(Play<'_>, Vec<Credit<'_>>), Reject> {
    let item: Item<'_> = page::item(item)?;
    let track = item.track.ok_or_else(|| Reject::new("missing_key", "the item has no track"))?;
    let time_raw = item.played_at.ok_or_else(|| Reject::new("missing_key", "the item has no played_at"))?;
    let at = instant(&time_raw)
        .ok_or_else(|| Reject::new("wrong_value", format!("the time {:?} is not understood", &*time_raw)))?;
    check_time(at, &time_raw, received_at)?;
    track.duration_ms.map_or(Ok(()), check_length)?;

    let uri = filled(track.uri);
    let album = track.album.or(track.show).unwrap_or_default();
    // The list tells the end of a play, as measured in 2026; ten years earlier it was the start.
    let mut play = Play::at(at, time_raw, Clock::End, Precision::Millisecond);
    play.other_end = track.duration_ms.map(|duration_ms| at - duration_ms);
    play.kind = kind(uri.as_deref(), track.object_type.as_deref(), track.is_local, track.name.is_some());
    play.duration_ms = track.duration_ms;
    play.track_uri = uri;
    play.track_name = track.name;
    play.track_isrc = filled(track.external_ids.and_then(|ids| ids.isrc));
    play.album_uri = filled(album.uri);
    play.album_name = album.name;
    play.album_release_date = filled(album.release_date);
    play.album_release_date_precision = filled(album.release_date_precision);
    play.album_artist_name = album.artists.into_iter().flatten().next().and_then(|artist| artist.name);
    play.context_uri = filled(item.context.and_then(|context| context.uri));
    Ok((play, credits(track.artists)))
}

/// Three decimals and a `Z` today; fewer decimals, or no zone, mean the same.
fn instant(time_raw: &str) -> Option<UnixMs> {
    let with_zone = DateTime::parse_from_rfc3339(time_raw).map(|time| time.timestamp_millis());
    let in_utc = || NaiveDateTime::parse_from_str(time_raw, "%Y-%m-%dT%H:%M:%S%.f");
    with_zone.or_else(|_| in_utc().map(|time| time.and_utc().timestamp_millis())).ok()
}

fn kind(uri: Option<&str>, object_type: Option<&str>, is_local: Option<bool>, is_named: bool) -> Kind {
    let begins = |start| uri.is_some_and(|uri| uri.starts_with(start));
    if is_local == Some(true) || begins("spotify:local:") {
        Kind::Local
    } else if object_type == Some("episode") || begins("spotify:episode:") {
        Kind::Episode
    } else if uri.is_some() {
        Kind::Track
    } else if is_named {
        Kind::Local
    } else {
        Kind::Unattributed
    }
}

/// An artist without a name and without an identifier, as local files may have, is no credit.
fn credits<'a>(artists: Option<Vec<Artist<'a>>>) -> Vec<Credit<'a>> {
    let credit = |artist: Artist<'a>| Credit {
        artist_name: artist.name.unwrap_or_else(|| "".into()),
        artist_uri: filled(artist.uri),
        artist_mbid: None,
        join_phrase: None,
    };
    let says_something = |credit: &Credit<'_>| !credit.artist_name.is_empty() || credit.artist_uri.is_some();
    artists.into_iter().flatten().map(credit).filter(says_something).collect()
}

#[cfg(test)]
mod tests;
