//! A page of scrobbles, from its bytes to plays. It is XML turned into JSON by rule: numbers
//! are texts, what is missing is an empty text, and a list of one is the one itself.
//!
//! <https://www.last.fm/api/show/user.getRecentTracks>

use clients::lastfm::is_scrobble;
use lake::play::{Clock, Credit, Kind, Play, Precision, UnixMs};
use lake::text::Text;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::page::{self, Page, PageError, filled};
use crate::rows::{Reject, check_listen_time};

/// Reads the body of `user.getRecentTracks`. What is playing now is no play yet.
///
/// # Errors
/// When the body is no page of scrobbles.
pub fn parse(body: &[u8], received_at: UnixMs) -> Result<Page<'_>, PageError> {
    Ok(page::read_items(body, &items(body)?, |item| page::item::<Scrobble<'_>>(item)?.read(received_at)))
}

/// Where a page of scrobbles stands: of all of them, also of those that are no plays for another
/// reason, so that a walk does not stop at them.
#[derive(Debug, Default)]
pub(super) struct Stand {
    /// When they began, in Unix seconds.
    pub seconds: Vec<i64>,
    /// How many say no time that anybody can read, and are not just playing.
    pub undated: usize,
}

/// Reads where a page stands.
///
/// # Errors
/// When the body is no page of scrobbles.
pub(super) fn stand(body: &[u8]) -> Result<Stand, PageError> {
    #[derive(Deserialize)]
    struct Dated<'a> {
        #[serde(borrow)]
        date: Option<Date<'a>>,
    }
    let second = |item: &RawValue| serde_json::from_str::<Dated<'_>>(item.get()).ok()?.date?.uts?.parse().ok();
    let mut stand = Stand::default();
    for item in items(body)? {
        match second(item) {
            Some(second) => stand.seconds.push(second),
            None => stand.undated += usize::from(is_scrobble(item)),
        }
    }
    Ok(stand)
}

fn items(body: &[u8]) -> Result<Vec<&RawValue>, PageError> {
    let Body { recenttracks } = serde_json::from_slice(body)?;
    Ok(match recenttracks.track {
        None => Vec::new(),
        Some(OneOrMany::Many(items)) => items,
        Some(OneOrMany::One(item)) => vec![item],
    })
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    recenttracks: RecentTracks<'a>,
}

#[derive(Deserialize)]
struct RecentTracks<'a> {
    #[serde(borrow)]
    track: Option<OneOrMany<'a>>,
}

enum OneOrMany<'a> {
    One(&'a RawValue),
    Many(Vec<&'a RawValue>),
}

/// An untagged enum would lose the place of its items in the body.
impl<'de: 'a, 'a> Deserialize<'de> for OneOrMany<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let whole = <&RawValue>::deserialize(deserializer)?;
        if !whole.get().starts_with('[') {
            return Ok(Self::One(whole));
        }
        serde_json::from_str(whole.get()).map(Self::Many).map_err(serde::de::Error::custom)
    }
}

/// One scrobble.
#[derive(Deserialize)]
pub struct Scrobble<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
    mbid: Option<Text<'a>>,
    artist: Option<Named<'a>>,
    album: Option<Named<'a>>,
    date: Option<Date<'a>>,
    #[serde(rename = "@attr")]
    attributes: Option<Attributes<'a>>,
}

/// An artist or an album; `extended=1` calls the name `name`.
#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow, rename = "#text")]
    text: Option<Text<'a>>,
    name: Option<Text<'a>>,
    mbid: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Date<'a> {
    #[serde(borrow)]
    uts: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Attributes<'a> {
    #[serde(borrow)]
    nowplaying: Option<Text<'a>>,
}

impl<'a> Scrobble<'a> {
    /// Makes a play of the scrobble; `None` for what is playing now.
    ///
    /// # Errors
    /// When it has no time, no artist or no title.
    pub fn read(self, received_at: UnixMs) -> Result<Option<(Play<'a>, Vec<Credit<'a>>)>, Reject> {
        let is_playing = self.attributes.and_then(|attributes| attributes.nowplaying).as_deref() == Some("true");
        let missing = |key: &str| Reject::new("missing_key", format!("the scrobble has no {key}"));
        let time_raw = match self.date.and_then(|date| filled(date.uts)) {
            None if is_playing => return Ok(None),
            time_raw => time_raw.ok_or_else(|| missing("date"))?,
        };
        let seconds: i64 = time_raw
            .parse()
            .map_err(|_| Reject::new("wrong_value", format!("the time {:?} is not understood", &*time_raw)))?;
        let at = seconds.saturating_mul(1000);
        check_listen_time(at, &time_raw, received_at)?;
        let artist = self.artist.ok_or_else(|| missing("artist"))?;
        let artist_name = filled(artist.text).or_else(|| filled(artist.name)).ok_or_else(|| missing("artist"))?;
        let track_name = filled(self.name).ok_or_else(|| missing("name"))?;

        let mut play = Play::at(at, time_raw, Clock::Start, Precision::Second);
        play.kind = Kind::Track;
        play.recording_mbid = filled(self.mbid);
        play.album_name = self.album.and_then(|album| filled(album.text).or_else(|| filled(album.name)));
        play.own_key = vec![artist_name.clone(), track_name.clone()];
        play.track_name = Some(track_name);
        let credit = Credit { artist_name, artist_uri: None, artist_mbid: filled(artist.mbid), join_phrase: None };
        Ok(Some((play, vec![credit])))
    }
}
