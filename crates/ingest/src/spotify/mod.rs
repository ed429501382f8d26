//! `ingest spotify`: the newest 50 plays of each account, kept before they are read.

pub(crate) mod expiry;
mod pace;
pub mod page;
pub(crate) mod refused;
pub(crate) mod token;

use clients::{Answer, ClientError, Spotify};
use platform::state::Account;
use platform::{JobContext, Summary};

use crate::fetch::{self, SPOTIFY};
use crate::import::choose_account;
use crate::recover;
use crate::session::Session;

/// Polls the wanted account, or every account that is connected.
///
/// # Errors
/// When no account could be polled; with several, the trouble of one does not stop the
/// others.
pub fn poll(context: &JobContext, wanted: Option<&str>) -> anyhow::Result<Summary> {
    let accounts = accounts(context, wanted)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let client = Spotify::open(context).map_err(|error| fetch::decided(context, SPOTIFY, error))?;
    let listeners = listeners(context)?.max(accounts.len());
    fetch::for_each(context, SPOTIFY, accounts, wanted, |session| {
        recover::replay_what_is_missing(session)?;
        let mut warnings = Vec::new();
        let answer = runtime.block_on(newest(session, &client, &mut warnings))?;
        let mut outcome = fetch::take_in(session, SPOTIFY, &answer)?;
        outcome.warnings.append(&mut warnings);
        outcome.ask_again_in = Some(pace::advice(&answer.body, &context.settings.spotify, listeners, session.now()));
        outcome.warnings.extend(token::expiry_warning(session)?);
        Ok(outcome.into())
    })
}

/// How many accounts live on the budget, whichever of them are polled now.
fn listeners(context: &JobContext) -> anyhow::Result<usize> {
    let connections = context.state()?.connections()?;
    Ok(connections.iter().filter(|one| one.service == SPOTIFY.name && !one.is_paused && one.trouble.is_none()).count())
}

/// The newest 50 plays. A fresh access token may be refused now and then; another one is
/// fetched once.
async fn newest(session: &Session<'_>, client: &Spotify, warnings: &mut Vec<String>) -> anyhow::Result<Answer> {
    client.may_poll().map_err(|error| fetch::decided_for(session, SPOTIFY, error))?;
    let first = client.recently_played(&token::access_token(session, client, warnings).await?).await;
    let answer = match first {
        Err(ClientError::Unauthorized { .. }) => {
            client.recently_played(&token::access_token(session, client, warnings).await?).await
        }
        decided => decided,
    };
    answer.map_err(|error| fetch::decided_for(session, SPOTIFY, error))
}

/// The wanted account; else all that are connected, or whose login waits; else the only one,
/// which then adopts the refresh token of the settings.
fn accounts(context: &JobContext, wanted: Option<&str>) -> anyhow::Result<Vec<Account>> {
    let state = context.state()?;
    let mut connections = state.connections()?;
    connections.retain(|one| one.service == SPOTIFY.name);
    let adopts = match &context.settings.spotify.refresh_token {
        Some(token) => !state.was_adopted(token)?,
        None => false,
    };
    let mut waiting = Vec::new();
    for account in state.accounts()? {
        // A login whose owner could not be asked for yet.
        if state.has_login(token::UNPROVEN, &account.account_id)? {
            waiting.push(account);
        }
    }
    let is_waiting = |wanted: &str| waiting.iter().any(|account| account.name.eq_ignore_ascii_case(wanted));
    match wanted {
        Some(wanted) if is_waiting(wanted) => Ok(state.chosen_account(Some(wanted))?.into_iter().collect()),
        None if !waiting.is_empty() => {
            // Of those that are connected, some may be paused.
            waiting.retain(|account| connections.iter().all(|one| one.account_id != account.account_id));
            let connected = if connections.is_empty() { Vec::new() } else { fetch::accounts(context, SPOTIFY, None)? };
            Ok(connected.into_iter().chain(waiting).collect())
        }
        Some(wanted) if adopts => Ok(state.chosen_account(Some(wanted))?.into_iter().collect()),
        None if adopts && connections.is_empty() => Ok(vec![choose_account(context, None)?.0]),
        _ => fetch::accounts(context, SPOTIFY, wanted),
    }
}
