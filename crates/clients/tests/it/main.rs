//! The clients against a mock server on loopback.

#![allow(clippy::unwrap_used, reason = "a test that cannot lay its ground has failed")]

mod http;
mod lastfm;
mod limits;
mod listenbrainz;
mod musicbrainz;
mod places;
mod recorded;
mod spotify_consent;
mod spotify_refresh;
mod spotify_web_api;
mod world;
