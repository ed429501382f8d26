//! `ingest spotify`: the newest 50 plays of each account, kept before they are read.

pub mod page;
mod poll;
mod token;

use std::time::Duration;

use anyhow::Context;
use chrono::TimeDelta;
use clients::{ClientError, Spotify, http_client};
use platform::state::Account;
use platform::{JobContext, Stop, Summary};

use crate::import::choose_account;
use crate::session::Session;
pub(crate) use poll::decide;

/// What became of the polls.
#[derive(Debug, Default)]
struct Polled {
    rows: u64,
    stored: u64,
    changed: u64,
    known: u64,
    rejected: u64,
    lines: Vec<String>,
    failures: Vec<anyhow::Error>,
}

/// Polls the wanted account, or every account that has a login.
///
/// # Errors
/// When no account could be polled; with several, the trouble of one does not stop the
/// others.
pub fn poll(context: &JobContext, wanted: Option<&str>) -> anyhow::Result<Summary> {
    let accounts = accounts(context, wanted)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let settings = &context.settings;
    let http = http_client(settings.contact.as_deref(), Duration::from_secs(settings.spotify.timeout_secs))
        .context("preparing the HTTP client")?;
    let client = Spotify::new(http, &settings.spotify).map_err(|error| decided(context, error))?;
    let several = accounts.len() > 1;
    let mut polled = Polled::default();
    for account in accounts {
        let name = account.name.clone();
        let result = Session::begin(context, account)
            .and_then(|session| runtime.block_on(poll::poll(&session, &client)))
            .map_err(|error| if several { error.context(format!("polling Spotify for {name:?}")) } else { error });
        match result {
            Ok(one) => polled.add(&name, &one),
            Err(error) => polled.failures.push(error),
        }
    }
    polled.into_summary()
}

/// The wanted account; else all that have a login; else the only one, which then adopts the
/// refresh token of the settings.
fn accounts(context: &JobContext, wanted: Option<&str>) -> anyhow::Result<Vec<Account>> {
    let state = context.state()?;
    if wanted.is_none() {
        let mut connected = Vec::new();
        for account in state.accounts()? {
            if state.refresh_token(token::SERVICE, &account.account_id)?.is_some() {
                connected.push(account);
            }
        }
        if !connected.is_empty() {
            return Ok(connected);
        }
    }
    if wanted.is_none() && context.settings.spotify.refresh_token.is_none() {
        return Err(Stop::Usage(
            "no account has a Spotify login yet: set SPOTIFY_CLIENT_ID, SPOTIFY_REFRESH_TOKEN and, if the app \
             has one, SPOTIFY_CLIENT_SECRET (see .env.example)"
                .into(),
        )
        .into());
    }
    Ok(vec![choose_account(context, wanted)?.0])
}

/// Turns the decision of a client into the decision of the job.
fn decided(context: &JobContext, error: ClientError) -> anyhow::Error {
    let wait = error.retry_after().and_then(|wait| TimeDelta::from_std(wait).ok());
    let later = |reason: &str| Stop::Later {
        reason: reason.to_owned(),
        retry_at: wait.and_then(|wait| context.clock.now().checked_add_signed(wait)),
    };
    let stop = match &error {
        ClientError::Reauthorize { .. } => Stop::NeedsPerson(
            "the Spotify login has ended: log in again, and put the new refresh token into SPOTIFY_REFRESH_TOKEN"
                .into(),
        ),
        ClientError::Forbidden { .. } => Stop::NeedsPerson(
            "Spotify refuses this app (is the owner's Premium active, and is the listener on the app's list?)".into(),
        ),
        ClientError::Settings { .. } => Stop::Usage("the settings of the Spotify app are wrong".into()),
        ClientError::RateLimited { .. } => later("Spotify asks to slow down"),
        _ if error.is_transient() => later("Spotify does not answer properly"),
        _ => return error.into(),
    };
    anyhow::Error::new(error).context(stop)
}

impl Polled {
    fn add(&mut self, name: &str, one: &poll::Outcome) {
        self.rows += one.rows;
        self.stored += one.tally.stored;
        self.changed += one.tally.changed;
        self.known += one.tally.known;
        self.rejected += one.rejected;
        self.lines.push(format!("{name}: {} new of the newest {} plays", one.tally.stored, one.rows));
    }

    fn into_summary(mut self) -> anyhow::Result<Summary> {
        if self.lines.is_empty() && !self.failures.is_empty() {
            let first = self.failures.remove(0);
            self.failures.iter().for_each(|other| tracing::error!("{other:#}"));
            return Err(first);
        }
        let summary = Summary {
            partial: !self.failures.is_empty() || self.rejected > 0,
            warnings: self.failures.iter().map(|error| format!("{error:#}")).collect(),
            text: self.lines.join("\n"),
            ..Summary::default()
        };
        Ok(summary
            .count("rows", self.rows)
            .count("stored", self.stored)
            .count("changed", self.changed)
            .count("known", self.known)
            .count("rejected", self.rejected))
    }
}
