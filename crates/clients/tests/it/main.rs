//! The clients against a mock server on loopback.

mod http;
mod spotify_refresh;
mod spotify_web_api;
mod world;
