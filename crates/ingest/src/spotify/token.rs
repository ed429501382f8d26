//! From a refresh token to an access token.

use clients::Spotify;
use clients::spotify::{AccessToken, Profile};
use platform::Stop;

use super::decided;
use crate::session::Session;

/// The service's name in the state database.
pub(super) const SERVICE: &str = "spotify";

/// A fresh access token. A rotated refresh token is stored before anything else happens; on
/// the first login the account learns who it is at Spotify.
pub(super) async fn access_token(session: &Session<'_>, client: &Spotify) -> anyhow::Result<AccessToken> {
    let mut state = session.context.state()?;
    let account_id = &session.account.account_id;
    let stored = state.refresh_token(SERVICE, account_id)?;
    let is_first = stored.is_none();
    let refresh_token = stored.or_else(|| session.context.settings.spotify.refresh_token.clone()).ok_or_else(|| {
        Stop::Usage(format!("the account {:?} has no Spotify login: set SPOTIFY_REFRESH_TOKEN", session.account.name))
    })?;
    let tokens = client.refresh(&refresh_token).await.map_err(|error| decided(session.context, error))?;
    if is_first || tokens.refresh_token.is_some() {
        let newest = tokens.refresh_token.as_ref().unwrap_or(&refresh_token);
        state.store_refresh_token(SERVICE, account_id, newest, session.now())?;
    }
    if is_first {
        let answer = client.me(&tokens.access_token).await.map_err(|error| decided(session.context, error))?;
        let profile = Profile::parse(&answer.body)?;
        if let Err(error) = state.attach_identity(&session.account, SERVICE, profile.identity(), session.now()) {
            state.forget_refresh_token(SERVICE, account_id)?;
            return Err(error);
        }
    }
    Ok(tokens.access_token)
}
