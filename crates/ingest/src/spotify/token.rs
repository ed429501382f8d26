//! From a refresh token to an access token.

use clients::spotify::{AccessToken, Profile};
use clients::{ClientError, Spotify};
use platform::Stop;
use platform::state::{Login, TroubleKind};

use crate::fetch::{SPOTIFY, decided_for};
use crate::session::Session;
use crate::spotify::expiry;

/// Where a login waits until it is known whose it is.
pub(crate) const UNPROVEN: &str = "spotify (whose is it?)";

/// What helps when a browser is somebody else at Spotify than was meant.
const ANOTHER_PERSON: &str = "The login was not kept: log out at https://accounts.spotify.com in the browser, or use a \
                              private window, and connect again as the right person";

/// A fresh access token of the account's login. A new login that a person gave takes its place
/// once Spotify has said that it is this person's; when there is none, or it is dead, or no key
/// opens it, so does a refresh token of the settings that was never taken before. A new login
/// that is of no use does not take a good one along: it is told in `warnings`.
pub(super) async fn access_token(
    session: &Session<'_>,
    client: &Spotify,
    warnings: &mut Vec<String>,
) -> anyhow::Result<AccessToken> {
    let (mut state, sealer) = (session.context.state()?, session.context.sealer()?);
    let account_id = &session.account.account_id;
    let trouble = state.connection(SPOTIFY.name, account_id)?.and_then(|one| one.trouble);
    let is_dead = trouble.is_some_and(|trouble| trouble.kind == TroubleKind::LoginEnded);
    let mut useless = None;
    if is_dead {
        let message = "Spotify said so before, and was not asked again".into();
        useless = Some(decided_for(session, SPOTIFY, ClientError::Reauthorize { message }));
    } else if let Some(login) = opened(state.login(SPOTIFY.name, account_id, &sealer), &mut useless)? {
        if let Some(access_token) = prove_the_new(session, client, warnings).await? {
            return Ok(access_token);
        }
        match refresh(session, client, SPOTIFY.name, login).await {
            Ok(access_token) => {
                if !state.has_identity(SPOTIFY.name, account_id)? {
                    match identify(session, client, &access_token).await {
                        Err(error) if error.downcast_ref::<ClientError>().is_some() => {
                            let name = &session.account.name;
                            warnings.push(format!("{name}: who it is at Spotify is asked again: {error:#}"));
                        }
                        other => other?,
                    }
                }
                return Ok(access_token);
            }
            Err(error @ ClientError::Reauthorize { .. }) => useless = Some(decided_for(session, SPOTIFY, error)),
            Err(error) => return Err(decided_for(session, SPOTIFY, error)),
        }
    }
    if let Some(login) = unproven(session, &mut useless)? {
        return prove(session, client, login).await;
    }
    Err(useless.unwrap_or_else(|| {
        let text = format!(
            "the account {:?} has no Spotify login: do it with `music-tracker account connect spotify`",
            session.account.name
        );
        Stop::NeedsPerson(text).into()
    }))
}

/// A login that cannot be opened with the key of today is as good as none; why goes to `useless`.
fn opened(found: anyhow::Result<Option<Login>>, useless: &mut Option<anyhow::Error>) -> anyhow::Result<Option<Login>> {
    match found {
        Err(error) if matches!(Stop::in_chain(&error), Some(Stop::NeedsPerson(_))) => {
            useless.get_or_insert(error);
            Ok(None)
        }
        other => other,
    }
}

/// Lets a new login take the place of one that is still good, where it can: then no trouble of the
/// new one loses plays.
async fn prove_the_new(
    session: &Session<'_>,
    client: &Spotify,
    warnings: &mut Vec<String>,
) -> anyhow::Result<Option<AccessToken>> {
    let mut useless = None;
    let waiting = {
        let (mut state, sealer) = (session.context.state()?, session.context.sealer()?);
        opened(state.login(UNPROVEN, &session.account.account_id, &sealer), &mut useless)?
    };
    if let Some(waiting) = waiting {
        match prove(session, client, waiting).await {
            Ok(access_token) => return Ok(Some(access_token)),
            Err(error) => useless = Some(error),
        }
    }
    let Some(error) = useless else { return Ok(None) };
    if error.downcast_ref::<ClientError>().is_none() && !matches!(Stop::in_chain(&error), Some(Stop::NeedsPerson(_))) {
        return Err(error);
    }
    let name = &session.account.name;
    warnings.push(format!("{name}: the new login has not taken the place of the old one, which goes on: {error:#}"));
    Ok(None)
}

/// A login that waits to be proven, else the refresh token of the settings, which is taken once.
fn unproven(session: &Session<'_>, useless: &mut Option<anyhow::Error>) -> anyhow::Result<Option<Login>> {
    let (mut state, sealer) = (session.context.state()?, session.context.sealer()?);
    let account_id = &session.account.account_id;
    if let Some(login) = opened(state.login(UNPROVEN, account_id, &sealer), useless)? {
        return Ok(Some(login));
    }
    let Some(token) = session.context.settings.spotify.refresh_token.clone() else { return Ok(None) };
    if state.was_adopted(&token)? {
        return Ok(None);
    }
    let login = Login { refresh_token: token.clone(), authorized_at: None, stored_at: session.now() };
    state.store_login(UNPROVEN, account_id, &login, &sealer)?;
    state.note_adopted(&token, session.now())?;
    Ok(Some(login))
}

/// Makes a login the account's own when Spotify says that it is this person's.
async fn prove(session: &Session<'_>, client: &Spotify, login: Login) -> anyhow::Result<AccessToken> {
    // A token that is traded for nothing is rotated for nothing.
    client.may_identify().map_err(|error| decided_for(session, SPOTIFY, error))?;
    let access_token = match refresh(session, client, UNPROVEN, login).await {
        Ok(access_token) => access_token,
        Err(error) => {
            if matches!(error, ClientError::Reauthorize { .. }) {
                session.context.state()?.forget_login(UNPROVEN, &session.account.account_id)?;
            }
            return Err(decided_for(session, SPOTIFY, error));
        }
    };
    make_own(session, client, &access_token).await?;
    Ok(access_token)
}

/// Makes the login that waits, of which `access_token` is, the account's own when Spotify says
/// that it is this person's.
///
/// # Errors
/// As [`identify`]; someone else's login is forgotten, any other waits on.
pub(crate) async fn make_own(
    session: &Session<'_>,
    client: &Spotify,
    access_token: &AccessToken,
) -> anyhow::Result<()> {
    let (mut state, sealer) = (session.context.state()?, session.context.sealer()?);
    let account_id = &session.account.account_id;
    if let Err(error) = identify(session, client, access_token).await {
        // Someone else's is of no use here. Whatever else went wrong, it is asked again.
        if error.downcast_ref::<ClientError>().is_none() && matches!(Stop::in_chain(&error), Some(Stop::NeedsPerson(_)))
        {
            state.forget_login(UNPROVEN, account_id)?;
        }
        return Err(error);
    }
    if let Some(login) = state.login(UNPROVEN, account_id, &sealer)? {
        state.store_login(SPOTIFY.name, account_id, &login, &sealer)?;
        state.forget_login(UNPROVEN, account_id)?;
    }
    Ok(())
}

/// Finds out whose login this is, and that it is nobody else's here.
///
/// # Errors
/// A [`Stop::NeedsPerson`] when it belongs to another account, or the account is someone else
/// at Spotify.
async fn identify(session: &Session<'_>, client: &Spotify, access_token: &AccessToken) -> anyhow::Result<()> {
    let answer = client.me(access_token).await.map_err(|error| decided_for(session, SPOTIFY, error))?;
    let profile = Profile::parse(&answer.body)?;
    let mut state = session.context.state()?;
    state.attach_identity(&session.account, SPOTIFY.name, profile.identity(), session.now()).map_err(|error| {
        match Stop::in_chain(&error) {
            Some(Stop::NeedsPerson(whose)) => Stop::NeedsPerson(format!("{whose}. {ANOTHER_PERSON}")).into(),
            _ => error,
        }
    })?;
    state.connect(SPOTIFY.name, &session.account.account_id, None, session.now())
}

/// Trades the login that is kept in `place`; a rotated one is stored there, too.
async fn refresh(
    session: &Session<'_>,
    client: &Spotify,
    place: &str,
    login: Login,
) -> Result<AccessToken, ClientError> {
    let keep = |rotated: &Login| -> anyhow::Result<()> {
        let sealer = session.context.sealer()?;
        session.context.state()?.store_login(place, &session.account.account_id, rotated, &sealer)
    };
    client.trade(login, keep).await
}

/// What to say when the login ends soon.
pub(super) fn expiry_warning(session: &Session<'_>) -> anyhow::Result<Option<String>> {
    let (mut state, sealer) = (session.context.state()?, session.context.sealer()?);
    let (account, now) = (&session.account, session.now());
    let login = state.login(SPOTIFY.name, &account.account_id, &sealer)?;
    let near = login.and_then(|login| expiry::near(&account.name, &login, now));
    Ok(near.map(|near| format!("{}: {near}", account.name)))
}
