//! Who a listener is at Spotify.

use serde::Deserialize;

/// The part of `GET /me` that is used. Apps in development mode get no more than this.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Profile {
    /// Immutable and the same for every app; absent in answers before May 2026.
    account_id: Option<String>,
    /// The user id.
    id: String,
}

impl Profile {
    /// Reads the body of [`super::Spotify::me`].
    ///
    /// # Errors
    /// When it is no profile.
    pub fn parse(body: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(body)
    }

    /// What to know the listener by: the `account_id`, else the user id.
    pub fn identity(&self) -> &str {
        self.account_id.as_deref().unwrap_or(&self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, identity: &str) {
        assert_eq!(Profile::parse(body.as_bytes()).unwrap().identity(), identity);
    }

    #[test]
    fn the_account_id_comes_first() {
        check(r#"{"account_id":"aB3","id":"alice","display_name":"Alice","type":"user"}"#, "aB3");
        check(r#"{"id":"alice","display_name":null,"followers":{"total":3}}"#, "alice");
    }

    #[test]
    fn anything_else_is_an_error() {
        assert!(Profile::parse(b"{}").is_err());
        assert!(Profile::parse(b"<html>").is_err());
    }
}
