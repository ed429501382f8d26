//! From a refresh token to an access token.

use chrono::TimeDelta;
use clients::spotify::{AccessToken, Profile, Tokens};
use clients::{ClientError, Spotify};
use platform::Stop;
use platform::state::Login;
use secrecy::{ExposeSecret, SecretString};

use crate::fetch::{SIGN_IN_AGAIN, SPOTIFY, decided};
use crate::session::Session;

/// A fresh access token. A rotated refresh token is stored before anything else happens. Whose
/// login it is, is asked once, and again when it comes from the settings.
pub(super) async fn access_token(session: &Session<'_>, client: &Spotify) -> anyhow::Result<AccessToken> {
    let account_id = &session.account.account_id;
    let (tokens, is_adopted) = refresh(session, client).await?;
    if is_adopted || !session.context.state()?.has_identity(SPOTIFY.name, account_id)? {
        identify(session, client, &tokens.access_token).await?;
    }
    Ok(tokens.access_token)
}

/// Finds out whose login this is, and that it is nobody else's here.
///
/// # Errors
/// A [`Stop::NeedsPerson`] when it belongs to another account, or the account is someone else
/// at Spotify; the login is forgotten then.
pub(crate) async fn identify(
    session: &Session<'_>,
    client: &Spotify,
    access_token: &AccessToken,
) -> anyhow::Result<()> {
    let account_id = &session.account.account_id;
    let answer = client.me(access_token).await.map_err(|error| decided(session.context, SPOTIFY, error))?;
    let profile = Profile::parse(&answer.body)?;
    let mut state = session.context.state()?;
    if let Err(error) = state.attach_identity(&session.account, SPOTIFY.name, profile.identity(), session.now()) {
        state.forget_login(SPOTIFY.name, account_id)?;
        return Err(error);
    }
    state.connect(SPOTIFY.name, account_id, None, session.now())
}

/// Trades the stored refresh token, else the one of the settings. When the stored one is dead
/// and the settings have another, a person has logged in again. True when it is the settings'.
async fn refresh(session: &Session<'_>, client: &Spotify) -> anyhow::Result<(Tokens, bool)> {
    let (mut state, sealer) = (session.context.state()?, session.context.sealer()?);
    let account_id = &session.account.account_id;
    let stored = state.login(SPOTIFY.name, account_id, &sealer)?;
    let other = |token: &SecretString| {
        stored.as_ref().is_none_or(|old| old.refresh_token.expose_secret() != token.expose_secret())
    };
    let configured = session.context.settings.spotify.refresh_token.clone().filter(other);
    let trouble = state.connection(SPOTIFY.name, account_id)?.and_then(|one| one.trouble);
    let is_dead = trouble.as_deref().is_some_and(|trouble| trouble.starts_with(SIGN_IN_AGAIN));
    let (used, is_adopted, answer) = match (&stored, configured) {
        // Spotify was asked before, and its answer does not change.
        (Some(_), None) if is_dead => return Err(Stop::NeedsPerson(trouble.unwrap_or_default()).into()),
        (Some(stored), configured) => match (client.refresh(&stored.refresh_token).await, configured) {
            (Err(ClientError::Reauthorize { .. }), Some(configured)) => {
                let answer = client.refresh(&configured).await;
                (Login { refresh_token: configured, authorized_at: None, stored_at: session.now() }, true, answer)
            }
            (answer, _) => (stored.clone(), false, answer),
        },
        (None, Some(configured)) => {
            let answer = client.refresh(&configured).await;
            (Login { refresh_token: configured, authorized_at: None, stored_at: session.now() }, true, answer)
        }
        (None, None) => {
            let text = format!(
                "the account {:?} has no Spotify login: do it with `music-tracker account connect spotify`",
                session.account.name
            );
            return Err(Stop::NeedsPerson(text).into());
        }
    };
    let tokens = answer.map_err(|error| decided(session.context, SPOTIFY, error))?;
    // A new refresh token is of the old consent: the day it ends stays the same.
    let newest = Login { refresh_token: tokens.refresh_token.clone().unwrap_or(used.refresh_token), ..used };
    if other(&newest.refresh_token) {
        state.store_login(SPOTIFY.name, account_id, &newest, &sealer)?;
    }
    Ok((tokens, is_adopted))
}

/// What to say when the login ends within 30, 7 or 1 days.
pub(super) fn expiry_warning(session: &Session<'_>) -> anyhow::Result<Option<String>> {
    let (mut state, sealer) = (session.context.state()?, session.context.sealer()?);
    let login = state.login(SPOTIFY.name, &session.account.account_id, &sealer)?;
    let Some(end) = login.and_then(|login| login.expires_at()) else { return Ok(None) };
    let left = end - session.now();
    let near = [1, 7, 30].into_iter().map(TimeDelta::days).find(|near| left <= *near);
    Ok(near.map(|near| {
        format!(
            "{}: Spotify ends this login on {}, within {} day(s): log in again with `music-tracker account connect \
             spotify --account {:?}`",
            session.account.name,
            end.format("%Y-%m-%d"),
            near.num_days(),
            session.account.name
        )
    }))
}
