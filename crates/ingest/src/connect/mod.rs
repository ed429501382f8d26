//! Sources that are fetched: how a person connects them, and takes them away.

mod listener;
mod login;
mod owner;

use std::io::{self, BufRead};

use anyhow::Context;
use clients::{Lastfm, Listenbrainz};
use lake::raw::{Job, RawStore, Receipt, State};
use platform::state::Account;
use platform::{JobContext, Stop};

use crate::account::{copies_left, erase_source, forget_published};
use crate::fetch::{LASTFM, LISTENBRAINZ, SERVICES, SPOTIFY, Service, decided};
use crate::import::thousands;
use crate::question;
use crate::session::Session;
use crate::spotify::token::UNPROVEN;

/// What a person wants to connect, and how.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Which service: `spotify`, `listenbrainz` or `lastfm`.
    pub service: String,
    /// Whose listening it is; the only account when there is one.
    pub account: Option<String>,
    /// The person's name at ListenBrainz or Last.fm.
    pub user: Option<String>,
    /// The port of this machine to which Spotify sends the person back.
    pub port: u16,
    /// The address at which the browser ended up, from a login that was begun before.
    pub paste: Option<String>,
    /// Only show where to log in.
    pub no_wait: bool,
}

/// Connects a source.
///
/// # Errors
/// A [`Stop`] that says what is missing, or what the service said.
pub fn connect(context: &JobContext, request: &Request) -> anyhow::Result<String> {
    let service = service_named(&request.service)?;
    if service == SPOTIFY {
        return match &request.paste {
            // An address holds the code: from stdin it is in no list of processes.
            Some(dash) if dash == "-" => {
                let asked = question::ask("Paste the address of the browser's last page here and press Enter:")?;
                let address = match asked {
                    Some(address) => address,
                    None => io::stdin().lock().lines().next().transpose()?.unwrap_or_default(),
                };
                login::finish(context, &address, request.account.as_deref())
            }
            Some(address) => login::finish(context, address, request.account.as_deref()),
            None => {
                // One that is not there yet is made when somebody has logged in.
                let account = context.state()?.chosen_account(request.account.as_deref())?;
                login::log_in(context, account.as_ref(), request)
            }
        };
    }
    let Some(user) = request.user.as_deref().map(str::trim).filter(|user| !user.is_empty()) else {
        return Err(Stop::Usage(format!("say who you are at {} with --user NAME", service.title)).into());
    };
    let chosen = context.state()?.chosen_account(request.account.as_deref())?;
    let plays = ask_once(context, service, user)?;
    // Nobody is left behind by an answer that was none.
    let (account, note) = owner::agreed(context, chosen)?;
    let now = context.clock.now();
    let mut state = context.state()?;
    state.attach_identity(&account, service.name, &user.to_lowercase(), now)?;
    state.connect(service.name, &account.account_id, Some(user), now)?;
    let mut said: Vec<String> = note.into_iter().collect();
    said.push(format!("{:?} is {user:?} at {}{plays}.", account.name, service.title));
    said.push(format!("`music-tracker {}` fetches the whole history now, and later what is new.", service.name));
    Ok(said.join("\n"))
}

/// Asks for one play: is there such a user, and may we read?
fn ask_once(context: &JobContext, service: Service, user: &str) -> anyhow::Result<&'static str> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answer = if service == LISTENBRAINZ {
        let client = Listenbrainz::open(context)?;
        runtime.block_on(client.listens(user, clients::listenbrainz::Window::Newest, 1))
    } else {
        let client = Lastfm::open(context).map_err(|error| decided(context, LASTFM, error))?;
        runtime.block_on(client.recent_tracks(user, clients::lastfm::Window::default(), 1))
    };
    let answer = answer.map_err(|error| decided(context, service, error))?;
    let page = crate::page::parse(service.source, &answer.body, context.clock.now().timestamp_millis())?;
    Ok(if page.rows.is_empty() { ", where nothing was heard yet" } else { "" })
}

/// Takes a source away: the login and how far it was fetched are forgotten. What came through
/// its API is erased with `erase`, stays with `keep`, and without either the person is asked. Who
/// wants to erase is asked as well, unless `yes` was said.
///
/// # Errors
/// A [`Stop::Usage`] when it was not connected; a [`Stop::NeedsPerson`] when nobody confirmed.
pub fn disconnect(
    context: &JobContext,
    service: &str,
    account: Option<&str>,
    erase: bool,
    keep: bool,
    yes: bool,
) -> anyhow::Result<String> {
    let service = service_named(service)?;
    let account = context.state()?.chosen_account(account)?.context("there is no account yet")?;
    let mut state = context.state()?;
    let is_connected = state.connection(service.name, &account.account_id)?.is_some()
        || state.has_login(service.name, &account.account_id)?
        || (service == SPOTIFY && state.has_login(UNPROVEN, &account.account_id)?);
    if !is_connected && !erase {
        return Err(Stop::Usage(format!("{:?} has not connected {}", account.name, service.title)).into());
    }
    // Asked before the account is taken: polls do not wait for a person.
    let answer = match (erase, keep) {
        (true, _) if !yes => Some(confirmed(context, service, &account)?),
        (true, _) | (_, true) => None,
        _ => wants_erasing(service, &account)?,
    };
    let session = Session::begin_deciding(context, &account, answer.is_some())?;
    if service == SPOTIFY {
        state.forget_login(UNPROVEN, &account.account_id)?;
    }
    state.forget_login(service.name, &account.account_id)?;
    state.disconnect(service.name, &account.account_id)?;
    let mut said =
        format!("{} of {:?} is forgotten: its login and how far it was fetched.", service.title, account.name);
    if service == SPOTIFY {
        said += " At https://www.spotify.com/account/apps the app can be removed as well.";
    }
    if answer.unwrap_or(erase) {
        let rows = erase_source(&session, service)?;
        state.forget_identity(service.name, &account.account_id)?;
        forget_published(&context.data)?;
        said += &format!(
            " The {rows} rows that came through its API are erased; imports stay. What was published of them is gone: \
             `music-tracker refresh` publishes the rest. {}",
            copies_left(&context.data)
        );
    } else {
        let terms = if service == SPOTIFY { " Spotify's terms ask to delete it:" } else { " To delete it:" };
        said += &format!(
            " What came through its API stays.{terms} `music-tracker account disconnect {} --account {:?} --erase`.",
            service.name, account.name
        );
    }
    Ok(said)
}

/// What a person wants; `None` when nobody can be asked.
fn wants_erasing(service: Service, account: &Account) -> anyhow::Result<Option<bool>> {
    let answer = question::ask(&format!(
        "Erase what came through the API of {} for {:?}, too? What an export also holds stays. [y/N]",
        service.title, account.name
    ))?;
    Ok(answer.map(|answer| question::is_yes(&answer)))
}

/// Asks whoever wants to erase once more, and says how much it is.
///
/// # Errors
/// A [`Stop::NeedsPerson`] when nobody can be asked, or the answer is no.
fn confirmed(context: &JobContext, service: Service, account: &Account) -> anyhow::Result<bool> {
    let raw = RawStore::new(&context.data, account.account_id.as_str());
    let is_its = |receipt: &&(Receipt, State)| receipt.0.items.iter().all(|item| item.source == service.source);
    let answers = raw.receipts_of(Job::Poll)?.iter().filter(is_its).count();
    let finding = format!(
        "this erases the {} kept answers of {} for {:?}, and the plays that only they tell, for good; imports stay",
        thousands(answers as u64),
        service.title,
        account.name
    );
    match question::ask(&format!("Final: {finding}. Erase them? [y/N]"))? {
        Some(answer) if question::is_yes(&answer) => Ok(true),
        Some(_) => Err(Stop::NeedsPerson("nothing was erased, and nothing disconnected".into()).into()),
        None => Err(Stop::NeedsPerson(format!("{finding}: say so with --yes")).into()),
    }
}

fn service_named(name: &str) -> anyhow::Result<Service> {
    SERVICES.into_iter().find(|service| service.name == name).ok_or_else(|| {
        let names = SERVICES.map(|service| service.name).join(", ");
        Stop::Usage(format!("there is no source {name:?}; there are: {names}")).into()
    })
}
