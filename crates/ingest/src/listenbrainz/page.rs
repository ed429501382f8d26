//! A page of listens, from its bytes to plays. Programs submit what they like, so nearly
//! everything may be missing, empty, or of another type; only time and title are needed.
//!
//! <https://listenbrainz.readthedocs.io/en/latest/users/json.html>

use lake::play::{Clock, Credit, Kind, Play, Precision, UnixMs};
use lake::text::Text;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::page::{self, Page, PageError, filled};
use crate::rows::{Reject, check_length, check_listen_time};

/// Reads the body of `GET /1/user/{name}/listens`.
///
/// # Errors
/// When the body is no page of listens.
pub fn parse(body: &[u8], received_at: UnixMs) -> Result<Page<'_>, PageError> {
    let Body { payload } = serde_json::from_slice(body)?;
    Ok(page::read_items(body, &payload.listens, |item| page::item::<Listen<'_>>(item)?.read(received_at).map(Some)))
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    payload: Payload<'a>,
}

#[derive(Deserialize)]
struct Payload<'a> {
    #[serde(borrow)]
    listens: Vec<&'a RawValue>,
}

/// One listen, in an answer or in a line of a ListenBrainz export.
#[derive(Deserialize)]
pub struct Listen<'a> {
    #[serde(borrow)]
    listened_at: Option<&'a RawValue>,
    recording_msid: Option<Text<'a>>,
    track_metadata: Option<Metadata<'a>>,
}

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow)]
    track_name: Option<Text<'a>>,
    artist_name: Option<Text<'a>>,
    release_name: Option<Text<'a>>,
    /// Exports put it here.
    recording_msid: Option<Text<'a>>,
    additional_info: Option<&'a RawValue>,
    mbid_mapping: Option<Mapping<'a>>,
}

/// What ListenBrainz found out about a listen, often days later.
#[derive(Deserialize)]
struct Mapping<'a> {
    #[serde(borrow)]
    recording_mbid: Option<Text<'a>>,
    artists: Option<Vec<MappedArtist<'a>>>,
    artist_mbids: Option<Vec<Text<'a>>>,
}

#[derive(Deserialize)]
struct MappedArtist<'a> {
    #[serde(borrow)]
    artist_mbid: Option<Text<'a>>,
    artist_credit_name: Option<Text<'a>>,
    join_phrase: Option<Text<'a>>,
}

impl<'a> Listen<'a> {
    /// Makes a play of the listen. `received_at` bounds its time.
    ///
    /// # Errors
    /// When it has no time or no title.
    pub fn read(self, received_at: UnixMs) -> Result<(Play<'a>, Vec<Credit<'a>>), Reject> {
        let missing = |key: &str| Reject::new("missing_key", format!("the listen has no {key}"));
        let time_raw = self.listened_at.ok_or_else(|| missing("listened_at"))?.get();
        let metadata = self.track_metadata.ok_or_else(|| missing("track_metadata"))?;
        let seconds: i64 = time_raw
            .parse()
            .map_err(|_| Reject::new("wrong_value", format!("the time {time_raw} is not understood")))?;
        let at = seconds.saturating_mul(1000);
        check_listen_time(at, time_raw, received_at)?;
        let info = Info::of(metadata.additional_info);
        let msid = [self.recording_msid, metadata.recording_msid, info.recording_msid.clone().map(Text::from)]
            .into_iter()
            .find_map(filled);

        // Listens are told by their start; those that ListenBrainz fetched from Spotify by
        // itself carry Spotify's time, which is the end.
        let is_spotify_import = info.client().as_deref() == Some("listenbrainz")
            && info.music_service.as_deref().is_some_and(|service| service.starts_with("spotify"));
        let clock = if is_spotify_import { Clock::End } else { Clock::Start };
        let mut play = Play::at(at, time_raw.into(), clock, Precision::Second);
        play.kind = Kind::Track;
        play.client = info.client().map(Text::from);
        play.duration_ms = info.duration_ms();
        play.ms_played = info.ms_played();
        play.other_end = play.ms_played.or(play.duration_ms).map(|ms| match clock {
            Clock::End => at - ms,
            Clock::Start => at + ms,
        });
        play.track_uri = info.track_uri().map(Text::from);
        play.track_isrc = info.isrc.clone().filter(|isrc| !isrc.is_empty()).map(Text::from);
        let mapping = metadata.mbid_mapping;
        let mapped = mapping.as_ref().and_then(|mapping| mapping.recording_mbid.clone());
        // What the person's program says about the recording counts more than a guess.
        play.recording_mbid = filled(info.recording_mbid.clone().map(Text::from)).or_else(|| filled(mapped));
        play.album_name = filled(metadata.release_name);
        play.album_artist_name = info.release_artist_name.clone().filter(|name| !name.is_empty()).map(Text::from);
        let artist_name = metadata.artist_name.ok_or_else(|| missing("artist_name"))?;
        play.track_name = Some(metadata.track_name.ok_or_else(|| missing("track_name"))?);
        play.own_key = match msid {
            Some(msid) => vec![msid],
            // It is made of these three; a page without it has never been seen.
            None => vec![
                artist_name.clone(),
                play.track_name.clone().unwrap_or_else(|| "".into()),
                play.album_name.clone().unwrap_or_else(|| "".into()),
            ],
        };
        let credits = credits(artist_name.clone(), mapping, &info);
        // The mapping may spell the artist in another way than the program, and than others to whom
        // the program told the same.
        if play.album_artist_name.is_none() && credits.iter().all(|credit| credit.artist_name != artist_name) {
            play.album_artist_name = Some(artist_name);
        }
        Ok((play, credits))
    }
}

/// The mapping knows the artists one by one; without it there is one credit, as submitted.
fn credits<'a>(artist_name: Text<'a>, mapping: Option<Mapping<'a>>, info: &Info) -> Vec<Credit<'a>> {
    let (artists, mapped) = mapping.map_or_else(Default::default, |mapping| (mapping.artists, mapping.artist_mbids));
    let artists: Vec<_> = artists
        .into_iter()
        .flatten()
        .filter_map(|artist| {
            Some(Credit {
                artist_name: filled(artist.artist_credit_name)?,
                artist_uri: None,
                artist_mbid: filled(artist.artist_mbid),
                join_phrase: filled(artist.join_phrase),
            })
        })
        .collect();
    if !artists.is_empty() {
        return artists;
    }
    // One MBID for one name; several cannot be told apart by the text.
    let submitted = info.artist_mbids.clone().filter(|mbids| !mbids.is_empty());
    let mbid = match (submitted, mapped.as_deref()) {
        (Some(mbids), _) => <[String; 1]>::try_from(mbids).ok().map(|[mbid]| Text::from(mbid)),
        (None, Some([mbid])) => Some(mbid.clone()),
        _ => None,
    };
    vec![Credit { artist_name, artist_uri: None, artist_mbid: filled(mbid), join_phrase: None }]
}

/// What the submitting program added. Any field of another type than expected says nothing.
#[derive(Default)]
struct Info {
    recording_msid: Option<String>,
    recording_mbid: Option<String>,
    artist_mbids: Option<Vec<String>>,
    isrc: Option<String>,
    spotify_id: Option<String>,
    origin_url: Option<String>,
    music_service: Option<String>,
    submission_client: Option<String>,
    release_artist_name: Option<String>,
    duration_ms: Option<f64>,
    duration: Option<f64>,
    duration_played: Option<f64>,
}

impl Info {
    fn of(value: Option<&RawValue>) -> Self {
        let Some(value) = value else { return Self::default() };
        let value: serde_json::Value = serde_json::from_str(value.get()).unwrap_or_default();
        let text = |key: &str| value.get(key)?.as_str().map(|text| text.trim().to_owned());
        // Programs send numbers as text too.
        let number = |key: &str| {
            let value = value.get(key)?;
            value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
        };
        let texts = |key: &str| -> Option<Vec<String>> {
            value.get(key)?.as_array()?.iter().map(|one| one.as_str().map(str::to_owned)).collect()
        };
        Self {
            recording_msid: text("recording_msid"),
            recording_mbid: text("recording_mbid"),
            artist_mbids: texts("artist_mbids"),
            isrc: text("isrc"),
            spotify_id: text("spotify_id"),
            origin_url: text("origin_url"),
            music_service: text("music_service"),
            submission_client: text("submission_client"),
            release_artist_name: text("release_artist_name"),
            duration_ms: number("duration_ms"),
            duration: number("duration"),
            duration_played: number("duration_played"),
        }
    }

    /// The submitting program in lower case, so that `Navidrome` and `navidrome` are one.
    fn client(&self) -> Option<String> {
        self.submission_client.as_deref().filter(|client| !client.is_empty()).map(str::to_lowercase)
    }

    fn duration_ms(&self) -> Option<i64> {
        let seconds = || self.duration.map(|seconds| seconds * 1000.0);
        whole_ms(self.duration_ms.or_else(seconds)?).filter(|ms| *ms > 0)
    }

    fn ms_played(&self) -> Option<i64> {
        whole_ms(self.duration_played? * 1000.0)
    }

    /// `https://open.spotify.com/track/<id>`, in either of two fields.
    fn track_uri(&self) -> Option<String> {
        let id = |url: &Option<String>| {
            let url = url::Url::parse(url.as_deref()?).ok().filter(|url| url.host_str() == Some("open.spotify.com"))?;
            let mut segments = url.path_segments()?;
            let id = segments.by_ref().skip_while(|segment| *segment != "track").nth(1)?.to_owned();
            (id.len() == 22 && id.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(id)
        };
        id(&self.spotify_id).or_else(|| id(&self.origin_url)).map(|id| format!("spotify:track:{id}"))
    }
}

fn whole_ms(ms: f64) -> Option<i64> {
    let whole = ms.is_finite().then_some(ms.round() as i64)?;
    check_length(whole).ok().map(|()| whole)
}
