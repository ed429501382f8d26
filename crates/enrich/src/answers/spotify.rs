//! What Spotify says about its tracks, albums and artists. Apps in development mode get fewer
//! fields than others; whatever is missing is not known.
//!
//! <https://developer.spotify.com/documentation/web-api/reference/get-track>

use std::collections::{HashMap, HashSet};

use lake::facts::{AlbumCredit, AlbumFacts, ArtistFacts, GenreVote, TrackCredit, TrackFacts};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Error};
use serde_json::Value;

use super::musicbrainz::releases::upc;
use super::{MOST, Outcome, Said, filled, within};
use crate::question::{Method, has_sound_id};

/// The most artists that a track is credited to.
const MOST_CREDITS: i64 = 1_000;

#[derive(Deserialize)]
struct Tracks {
    tracks: Vec<Option<Track>>,
}

#[derive(Deserialize)]
struct Track {
    uri: Option<String>,
    name: Option<String>,
    duration_ms: Option<i64>,
    explicit: Option<bool>,
    popularity: Option<i64>,
    disc_number: Option<i64>,
    track_number: Option<i64>,
    #[serde(default)]
    artists: Option<Vec<Artist>>,
    album: Option<Album>,
    external_ids: Option<ExternalIds>,
}

#[derive(Default, Deserialize)]
struct ExternalIds {
    isrc: Option<String>,
    upc: Option<String>,
}

#[derive(Deserialize)]
struct Artist {
    uri: Option<String>,
    name: Option<String>,
    popularity: Option<i64>,
    followers: Option<Followers>,
    #[serde(default)]
    genres: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Followers {
    total: Option<i64>,
}

#[derive(Default, Deserialize)]
struct Album {
    uri: Option<String>,
    name: Option<String>,
    album_type: Option<String>,
    label: Option<String>,
    popularity: Option<i64>,
    release_date: Option<String>,
    release_date_precision: Option<String>,
    total_tracks: Option<i64>,
    #[serde(default)]
    artists: Option<Vec<Artist>>,
    external_ids: Option<ExternalIds>,
}

/// Reads the answer to a question about one thing or about many: that of many is a list in the
/// order of the question, with nothing for what is not known.
fn items<T: DeserializeOwned, L: DeserializeOwned>(
    said: &Said<'_>,
    list: impl Fn(L) -> Vec<Option<T>>,
    uri: impl Fn(&T) -> &Option<String>,
) -> Result<Vec<Option<T>>, serde_json::Error> {
    if said.is_not_found() {
        return Ok(Vec::new());
    }
    if Method::of_name(&said.answer.question.method).is_some_and(Method::is_for_many) {
        return Ok(list(said.read()?));
    }
    let one: T = said.read()?;
    if uri(&one).is_none() {
        return Err(serde_json::Error::custom("there is no URI"));
    }
    Ok(vec![Some(one)])
}

/// Tracks with their artists. A track may be answered with another one that stands for it in
/// some market: what stands in its place is meant all the same.
pub(super) fn tracks(said: &mut Said<'_>) -> Result<(), serde_json::Error> {
    let tracks: Vec<Option<Track>> = items(said, |body: Tracks| body.tracks, |track| &track.uri)?;
    let are_in_order = tracks.len() == said.subjects().len();
    let (mut in_order, mut found): (Vec<Option<Track>>, HashMap<String, Track>) = Default::default();
    if are_in_order {
        in_order = tracks;
    } else {
        found.extend(tracks.into_iter().flatten().filter_map(|track| Some((track.uri.clone()?, track))));
    }
    let mut seen = HashSet::new();
    for (place, subject) in said.subjects().iter().enumerate() {
        let track = in_order.get_mut(place).and_then(Option::take).or_else(|| found.remove(&subject.id));
        let Some(track) = track else {
            said.came_of(subject, Outcome::None, Some("Spotify knows no such track any more"));
            continue;
        };
        said.came_of(subject, Outcome::Found, None);
        for (position, artist) in (1..=MOST_CREDITS).zip(track.artists.unwrap_or_default()) {
            said.facts.track_credits.push(TrackCredit {
                answer_id: said.id(),
                service: said.service(),
                track_uri: subject.id.clone(),
                position,
                artist_name: filled(artist.name),
                artist_uri: filled(artist.uri),
                fetched_at: said.at(),
                ..TrackCredit::default()
            });
        }
        let album = track.album.unwrap_or_default();
        let (album_uri, album_name) = (filled(album.uri.clone()), filled(album.name.clone()));
        if let Some(uri) = album_uri.as_deref().filter(|uri| is_album(uri) && seen.insert((*uri).to_owned())) {
            take_album(said, uri, album);
        }
        said.facts.tracks.push(TrackFacts {
            answer_id: said.id(),
            service: said.service(),
            track_uri: subject.id.clone(),
            track_name: filled(track.name),
            track_isrc: filled(track.external_ids.unwrap_or_default().isrc).map(|isrc| isrc.to_uppercase()),
            duration_ms: within(track.duration_ms, 0..=MOST),
            is_explicit: track.explicit,
            popularity: within(track.popularity, 0..=100),
            album_uri,
            album_name,
            disc_number: within(track.disc_number, 0..=MOST),
            track_number: within(track.track_number, 0..=MOST),
            fetched_at: said.at(),
            ..TrackFacts::default()
        });
    }
    Ok(())
}

#[derive(Deserialize)]
struct Albums {
    albums: Vec<Option<Album>>,
}

/// Albums.
pub(super) fn albums(said: &mut Said<'_>) -> Result<(), serde_json::Error> {
    let albums: Vec<Option<Album>> = items(said, |body: Albums| body.albums, |album| &album.uri)?;
    let mut found: HashMap<String, Album> =
        albums.into_iter().flatten().filter_map(|album| Some((album.uri.clone()?, album))).collect();
    for subject in said.subjects() {
        let Some(album) = found.remove(&subject.id) else {
            said.came_of(subject, Outcome::None, Some("Spotify knows no such album any more"));
            continue;
        };
        said.came_of(subject, Outcome::Found, None);
        take_album(said, &subject.id, album);
    }
    Ok(())
}

fn is_album(uri: &str) -> bool {
    uri.starts_with("spotify:album:") && has_sound_id(uri)
}

fn take_album(said: &mut Said<'_>, uri: &str, album: Album) {
    let artists = album.artists.unwrap_or_default();
    let artist_name = artists.first().and_then(|artist| filled(artist.name.clone()));
    for (position, artist) in (1..=MOST_CREDITS).zip(artists) {
        said.facts.album_credits.push(AlbumCredit {
            answer_id: said.id(),
            service: said.service(),
            album_ref: uri.to_owned(),
            position,
            artist_name: filled(artist.name),
            artist_uri: filled(artist.uri),
            fetched_at: said.at(),
        });
    }
    said.facts.albums.push(AlbumFacts {
        answer_id: said.id(),
        service: said.service(),
        album_ref: uri.to_owned(),
        album_name: filled(album.name),
        artist_name,
        album_type: filled(album.album_type),
        label: filled(album.label),
        upc: filled(album.external_ids.unwrap_or_default().upc).and_then(|code| upc(&code)),
        release_date: filled(album.release_date),
        release_date_precision: filled(album.release_date_precision),
        total_tracks: within(album.total_tracks, 1..=MOST),
        popularity: within(album.popularity, 0..=100),
        fetched_at: said.at(),
        ..AlbumFacts::default()
    });
}

#[derive(Deserialize)]
struct Played {
    items: Vec<Value>,
}

/// What a page of recently played tracks says besides who played what when: plays hold the rest. An item
/// that cannot be read says nothing.
pub(super) fn played(said: &mut Said<'_>) -> Result<(), serde_json::Error> {
    let page: Played = said.read()?;
    if let Some(subject) = said.subjects().first() {
        said.came_of(subject, Outcome::Found, None);
    }
    let mut seen = HashSet::new();
    let tracks = page.items.into_iter().filter_map(|mut item| item.get_mut("track").map(Value::take));
    for track in tracks.filter_map(|track| serde_json::from_value::<Track>(track).ok()) {
        let is_track = |uri: &str| uri.starts_with("spotify:track:") && has_sound_id(uri);
        if let Some(uri) = filled(track.uri).filter(|uri| is_track(uri) && seen.insert(uri.clone())) {
            said.facts.tracks.push(TrackFacts {
                answer_id: said.id(),
                service: said.service(),
                track_uri: uri,
                is_explicit: track.explicit,
                popularity: within(track.popularity, 0..=100),
                disc_number: within(track.disc_number, 0..=MOST),
                track_number: within(track.track_number, 0..=MOST),
                fetched_at: said.at(),
                ..TrackFacts::default()
            });
        }
        let Some(album) = track.album else { continue };
        if let Some(uri) = filled(album.uri.clone()).filter(|uri| is_album(uri) && seen.insert(uri.clone())) {
            take_album(said, &uri, album);
        }
    }
    Ok(())
}

#[derive(Deserialize)]
struct Artists {
    artists: Vec<Option<Artist>>,
}

/// Genres, popularity and followers of artists, where the app still gets them.
pub(super) fn artists(said: &mut Said<'_>) -> Result<(), serde_json::Error> {
    let artists: Vec<Option<Artist>> = items(said, |body: Artists| body.artists, |artist| &artist.uri)?;
    let mut found: HashMap<String, Artist> =
        artists.into_iter().flatten().filter_map(|artist| Some((artist.uri.clone()?, artist))).collect();
    for subject in said.subjects() {
        let Some(artist) = found.remove(&subject.id) else {
            said.came_of(subject, Outcome::None, Some("Spotify knows no such artist any more"));
            continue;
        };
        said.came_of(subject, Outcome::Found, None);
        for genre in artist.genres.unwrap_or_default().into_iter().filter_map(|genre| filled(Some(genre))) {
            said.facts.genre_votes.push(GenreVote {
                answer_id: said.id(),
                service: said.service(),
                artist_ref: subject.id.clone(),
                subject_type: "artist".to_owned(),
                subject: subject.id.clone(),
                tag: genre,
                genre_mbid: None,
                votes: None,
                fetched_at: said.at(),
            });
        }
        said.facts.artists.push(ArtistFacts {
            answer_id: said.id(),
            service: said.service(),
            artist_ref: subject.id.clone(),
            artist_name: filled(artist.name),
            popularity: within(artist.popularity, 0..=100),
            followers: within(artist.followers.and_then(|followers| followers.total), 0..=i64::MAX),
            fetched_at: said.at(),
            ..ArtistFacts::default()
        });
    }
    Ok(())
}
