//! Spotify's catalogue: tracks and albums, many at a time where an app may still do that.
//!
//! Apps in development mode lost the batch forms in 2026; they answer 403.
//! <https://developer.spotify.com/documentation/web-api/references/changes/february-2026>

use super::{AccessToken, Spotify, lookups, refusal};
use crate::{Answer, ClientError, line};

/// The most tracks of one question.
pub const MAX_TRACKS: usize = 50;

/// The most albums of one question.
pub const MAX_ALBUMS: usize = 20;

impl Spotify {
    /// Whether the catalogue may be asked now.
    ///
    /// # Errors
    /// [`ClientError::CoolingDown`] or [`ClientError::BudgetSpent`] when it may not.
    pub fn may_look_up(&self) -> Result<(), ClientError> {
        self.line.is_open(lookups(&self.settings))
    }

    /// How many more of them fit into the budget of the day.
    ///
    /// # Errors
    /// [`ClientError::Memory`].
    pub fn look_ups_left(&self) -> Result<u32, ClientError> {
        self.line.left(lookups(&self.settings))
    }

    /// One track. That there is none of that id is an answer, too: 404.
    ///
    /// # Errors
    /// [`ClientError::Unauthorized`] when the access token is stale, and the usual ones.
    pub async fn track(&self, id: &str, access_token: &AccessToken) -> Result<Answer, ClientError> {
        self.look_up(&format!("tracks/{id}"), access_token).await
    }

    /// Up to [`MAX_TRACKS`] tracks.
    ///
    /// # Errors
    /// [`ClientError::Forbidden`] when the app may ask for one at a time only, and the usual ones.
    pub async fn tracks(&self, ids: &[&str], access_token: &AccessToken) -> Result<Answer, ClientError> {
        self.look_up(&format!("tracks?ids={}", ids.join(",")), access_token).await
    }

    /// One album.
    ///
    /// # Errors
    /// As [`track`](Self::track).
    pub async fn album(&self, id: &str, access_token: &AccessToken) -> Result<Answer, ClientError> {
        self.look_up(&format!("albums/{id}"), access_token).await
    }

    /// Up to [`MAX_ALBUMS`] albums.
    ///
    /// # Errors
    /// As [`tracks`](Self::tracks).
    pub async fn albums(&self, ids: &[&str], access_token: &AccessToken) -> Result<Answer, ClientError> {
        self.look_up(&format!("albums?ids={}", ids.join(",")), access_token).await
    }

    /// Up to 50 artists. For genres and popularity, which only apps with extended quota get.
    ///
    /// # Errors
    /// As [`tracks`](Self::tracks).
    pub async fn artists(&self, ids: &[&str], access_token: &AccessToken) -> Result<Answer, ClientError> {
        self.look_up(&format!("artists?ids={}", ids.join(",")), access_token).await
    }

    async fn look_up(&self, path: &str, access_token: &AccessToken) -> Result<Answer, ClientError> {
        self.ask(lookups(&self.settings), path, access_token, |reply| match reply.status.as_u16() {
            200 => line::json(reply).map(Answer::of),
            404 => Ok(Answer::of(reply)),
            _ => Err(refusal::of_web_api(reply)),
        })
        .await
    }
}
