//! HTTP clients of the upstream services, one module per API.
//!
//! A client returns the body untouched, so that it can be kept before anything fails to
//! parse it. Its requests go out over a [`Line`], which keeps to the limits of the service
//! together with all other programs. It writes no files, and never shows a token in `Debug`, in
//! an error or in a log line.

mod error;
mod http;
pub mod lastfm;
mod line;
pub mod listenbrainz;
pub mod musicbrainz;
pub mod places;
mod policy;
pub mod spotify;

pub use error::ClientError;
pub use http::MAX_BODY_BYTES;
pub use lastfm::Lastfm;
pub use line::{Class, Line};
pub use listenbrainz::Listenbrainz;
pub use musicbrainz::Musicbrainz;
pub use policy::{CoolDown, Decision, Policy};
pub use spotify::Spotify;

/// What a service answered, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What was asked; it holds no secrets.
    pub url: url::Url,
    /// The HTTP status.
    pub status: u16,
    /// The bytes of the body, decompressed.
    pub body: Vec<u8>,
}

impl Answer {
    pub(crate) fn of(reply: http::Reply) -> Self {
        Self { url: reply.url, status: reply.status.as_u16(), body: reply.body }
    }
}
