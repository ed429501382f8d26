//! HTTP clients of the upstream services, one module per API.
//!
//! A client returns the body untouched, so that it can be kept before anything fails to
//! parse it, and holds the limiter of the API it protects. It writes no files, keeps no
//! state between runs, and never shows a token in `Debug`, in an error or in a log line.

mod backoff;
mod error;
mod http;
pub mod spotify;

pub use backoff::Backoff;
pub use error::ClientError;
pub use http::{MAX_BODY_BYTES, http_client};
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
