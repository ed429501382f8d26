//! From a refresh token to an access token.

use clients::spotify::{AccessToken, Profile, Tokens};
use clients::{ClientError, Spotify};
use platform::Stop;
use secrecy::{ExposeSecret, SecretString};

use super::decided;
use crate::session::Session;

/// The service's name in the state database.
pub(super) const SERVICE: &str = "spotify";

/// A fresh access token. A rotated refresh token is stored before anything else happens. Whose
/// login it is, is asked once, and again when it comes from the settings.
pub(super) async fn access_token(session: &Session<'_>, client: &Spotify) -> anyhow::Result<AccessToken> {
    let account_id = &session.account.account_id;
    let (tokens, is_adopted) = refresh(session, client).await?;
    let mut state = session.context.state()?;
    if is_adopted || !state.has_identity(SERVICE, account_id)? {
        let answer = client.me(&tokens.access_token).await.map_err(|error| decided(session.context, error))?;
        let profile = Profile::parse(&answer.body)?;
        if let Err(error) = state.attach_identity(&session.account, SERVICE, profile.identity(), session.now()) {
            state.forget_refresh_token(SERVICE, account_id)?;
            return Err(error);
        }
    }
    Ok(tokens.access_token)
}

/// Trades the stored refresh token, else the one of the settings. When the stored one is dead
/// and the settings have another, a person has logged in again. True when it is the settings'.
async fn refresh(session: &Session<'_>, client: &Spotify) -> anyhow::Result<(Tokens, bool)> {
    let mut state = session.context.state()?;
    let account_id = &session.account.account_id;
    let stored = state.refresh_token(SERVICE, account_id)?;
    let configured = session.context.settings.spotify.refresh_token.clone();
    let other = |token: &SecretString| stored.as_ref().is_none_or(|old| old.expose_secret() != token.expose_secret());
    let fresh = configured.filter(other);
    let (used, is_adopted, answer) = match (&stored, fresh) {
        (Some(stored), fresh) => match (client.refresh(stored).await, fresh) {
            (Err(ClientError::Reauthorize { .. }), Some(fresh)) => {
                let answer = client.refresh(&fresh).await;
                (fresh, true, answer)
            }
            (answer, _) => (stored.clone(), false, answer),
        },
        (None, Some(fresh)) => {
            let answer = client.refresh(&fresh).await;
            (fresh, true, answer)
        }
        (None, None) => {
            let name = &session.account.name;
            let text = format!("the account {name:?} has no Spotify login: set SPOTIFY_REFRESH_TOKEN");
            return Err(Stop::Usage(text).into());
        }
    };
    let tokens = answer.map_err(|error| decided(session.context, error))?;
    let newest = tokens.refresh_token.as_ref().unwrap_or(&used);
    if other(newest) {
        state.store_refresh_token(SERVICE, account_id, newest, session.now())?;
    }
    Ok((tokens, is_adopted))
}
