//! One struct a table. What the columns mean stands in [`crate::schema`].

#![allow(missing_docs, reason = "the fields are the columns of the tables, which are described there")]

use serde::Serialize;

use crate::play::UnixMs;

/// What was asked about one subject, and what came of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Lookup {
    pub answer_id: String,
    pub service: String,
    pub method: String,
    pub subject_type: String,
    pub subject: String,
    pub outcome: String,
    pub reason: Option<String>,
    pub fetched_at: UnixMs,
    pub run_id: String,
}

/// Which artist of MusicBrainz somebody is.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ArtistLink {
    pub answer_id: String,
    pub subject_type: String,
    pub subject: String,
    pub artist_mbid: String,
    pub artist_name: Option<String>,
    pub method: String,
    pub score: Option<i64>,
    pub fetched_at: UnixMs,
}

/// What a service says about a track of Spotify.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TrackFacts {
    pub answer_id: String,
    pub service: String,
    pub track_uri: String,
    pub track_name: Option<String>,
    pub track_isrc: Option<String>,
    pub recording_mbid: Option<String>,
    pub duration_ms: Option<i64>,
    pub is_explicit: Option<bool>,
    pub popularity: Option<i64>,
    pub album_uri: Option<String>,
    pub album_name: Option<String>,
    pub disc_number: Option<i64>,
    pub track_number: Option<i64>,
    pub fetched_at: UnixMs,
}

/// What a service says about a recording of MusicBrainz.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RecordingFacts {
    pub answer_id: String,
    pub service: String,
    pub recording_mbid: String,
    pub track_isrc: Option<String>,
    pub artist_name: Option<String>,
    pub track_name: Option<String>,
    pub listens: Option<i64>,
    pub listeners: Option<i64>,
    pub fetched_at: UnixMs,
}

/// Whom Spotify credits for a track.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TrackCredit {
    pub answer_id: String,
    pub service: String,
    pub track_uri: String,
    pub position: i64,
    pub artist_name: Option<String>,
    pub artist_uri: Option<String>,
    pub artist_mbid: Option<String>,
    pub join_phrase: Option<String>,
    pub fetched_at: UnixMs,
}

/// What a service says about an artist.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ArtistFacts {
    pub answer_id: String,
    pub service: String,
    pub artist_ref: String,
    pub asked_ref: Option<String>,
    pub artist_name: Option<String>,
    pub sort_name: Option<String>,
    pub artist_type: Option<String>,
    pub gender: Option<String>,
    pub disambiguation: Option<String>,
    pub country_code: Option<String>,
    pub area_id: Option<String>,
    pub area_name: Option<String>,
    pub begin_area_id: Option<String>,
    pub begin_area_name: Option<String>,
    pub end_area_id: Option<String>,
    pub end_area_name: Option<String>,
    pub life_begin: Option<String>,
    pub life_end: Option<String>,
    pub is_ended: Option<bool>,
    pub alias_count: Option<i64>,
    pub popularity: Option<i64>,
    pub followers: Option<i64>,
    pub listens: Option<i64>,
    pub listeners: Option<i64>,
    pub fetched_at: UnixMs,
    pub ipis: Option<String>,
}

/// Another name of an artist.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Alias {
    pub answer_id: String,
    pub artist_mbid: String,
    pub alias: String,
    pub locale: Option<String>,
    pub alias_type: Option<String>,
    pub is_primary: Option<bool>,
    pub fetched_at: UnixMs,
}

/// How many voted for a tag.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct GenreVote {
    pub answer_id: String,
    pub service: String,
    pub artist_ref: String,
    pub subject_type: String,
    pub subject: String,
    pub tag: String,
    pub genre_mbid: Option<String>,
    pub votes: Option<i64>,
    pub fetched_at: UnixMs,
}

/// What MusicBrainz says about an area.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct AreaFacts {
    pub answer_id: String,
    pub area_id: String,
    pub asked_id: Option<String>,
    pub area_name: Option<String>,
    pub sort_name: Option<String>,
    pub area_type: Option<String>,
    pub iso_3166_1: Option<String>,
    pub iso_3166_2: Option<String>,
    pub disambiguation: Option<String>,
    pub is_ended: Option<bool>,
    pub wikidata_id: Option<String>,
    pub fetched_at: UnixMs,
}

/// An area that an area is part of.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct AreaParent {
    pub answer_id: String,
    pub area_id: String,
    pub parent_id: String,
    pub parent_name: Option<String>,
    pub parent_type: Option<String>,
    pub is_ended: Option<bool>,
    pub fetched_at: UnixMs,
}

/// Where an area lies.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Coordinates {
    pub answer_id: String,
    pub service: String,
    pub area_id: String,
    pub latitude: f64,
    pub longitude: f64,
    pub country_code: Option<String>,
    pub place_name: Option<String>,
    pub fetched_at: UnixMs,
}

/// Which release of MusicBrainz an album of Spotify is.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct AlbumLink {
    pub answer_id: String,
    pub album_uri: String,
    pub release_mbid: String,
    pub method: String,
    pub fetched_at: UnixMs,
}

/// What a service says about an album.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct AlbumFacts {
    pub answer_id: String,
    pub service: String,
    pub album_ref: String,
    pub album_name: Option<String>,
    pub artist_name: Option<String>,
    pub album_type: Option<String>,
    pub label: Option<String>,
    pub upc: Option<String>,
    pub release_date: Option<String>,
    pub release_date_precision: Option<String>,
    pub total_tracks: Option<i64>,
    pub popularity: Option<i64>,
    pub release_group_id: Option<String>,
    pub fetched_at: UnixMs,
    pub listens: Option<i64>,
    pub listeners: Option<i64>,
}

/// Whom Spotify credits for an album.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct AlbumCredit {
    pub answer_id: String,
    pub service: String,
    pub album_ref: String,
    pub position: i64,
    pub artist_name: Option<String>,
    pub artist_uri: Option<String>,
    pub fetched_at: UnixMs,
}
