//! What all fetched sources have in common: which accounts, what to do with an answer, and
//! what became of it all.
//!
//! The receipt of an answer is written first, then the body as a synced `.partial` file; only
//! then is the body read, and what is new in it written as parts that nobody sees yet. If
//! there is anything, the body is renamed into place, and then the parts become visible; if
//! not, body and receipt go. A program killed in between leaves a pending receipt, and the
//! next start finishes the work from the body on disk.

mod each;

use std::time::Duration;

use clients::{Answer, ClientError};
use lake::play::Source;
use lake::raw::{HeldBody, Item, Job, RawStore, Receipt, State};
use platform::state::{Account, FetchedSource};
use platform::{JobContext, Stop};

pub(crate) use self::each::{Fetched, for_each};
use crate::buckets::Buckets;
use crate::harvest::{self, Harvest, Stand};
use crate::months::{Against, Settlement, settle_months};
use crate::session::Session;
use crate::settle::Tally;
use crate::spotify::refused;
use crate::{gaps, rebuild};

/// A service that is fetched from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Service {
    /// Its name in the state database and on the command line.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// Whose statements its answers are.
    pub source: Source,
}

impl Service {
    /// The job that fetches from it.
    pub(crate) fn job(self) -> String {
        format!("ingest {}", self.name)
    }

    /// What is typed behind `account connect`: only Spotify finds out by itself who somebody is.
    fn connecting(self) -> String {
        if self == SPOTIFY { self.name.to_owned() } else { format!("{} --user NAME", self.name) }
    }
}

/// Spotify's list of recent plays.
pub(crate) const SPOTIFY: Service = Service { name: "spotify", title: "Spotify", source: Source::SpotifyApi };
/// The listens of a ListenBrainz user.
pub(crate) const LISTENBRAINZ: Service =
    Service { name: "listenbrainz", title: "ListenBrainz", source: Source::Listenbrainz };
/// The scrobbles of a Last.fm user.
pub(crate) const LASTFM: Service = Service { name: "lastfm", title: "Last.fm", source: Source::Lastfm };
/// All of them.
pub(crate) const SERVICES: [Service; 3] = [SPOTIFY, LISTENBRAINZ, LASTFM];

/// What fetching for one account brought.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome {
    /// Plays in the answers.
    pub rows: u64,
    /// What became of them.
    pub tally: Tally,
    /// Plays that could not be read.
    pub rejected: u64,
    /// A new gap that the answer showed, in words.
    pub gap: Option<String>,
    /// When to ask again, at the latest.
    pub ask_again_in: Option<Duration>,
    /// What the person should know.
    pub warnings: Vec<String>,
}

impl Outcome {
    /// Adds what another answer brought.
    pub(crate) fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.tally += other.tally;
        self.rejected += other.rejected;
        self.gap = other.gap.or(self.gap.take());
        self.ask_again_in = other.ask_again_in.or(self.ask_again_in);
        self.warnings.extend(other.warnings);
    }
}

/// Keeps an answer and takes in what is new in it.
///
/// # Errors
/// Any I/O error; the next start then goes on.
pub(crate) fn take_in(session: &Session<'_>, service: Service, answer: &Answer) -> anyhow::Result<Outcome> {
    let receipt = Receipt {
        receipt_id: session.raw.free_receipt_id(Job::Poll, &session.context.run_id),
        job: Job::Poll,
        run_id: session.context.run_id.clone(),
        number: session.number_receipt()?,
        account_id: session.account_id().to_owned(),
        received_at_ms: session.now().timestamp_millis(),
        origin: service.source.as_str().to_owned(),
        items: vec![Item {
            raw_id: RawStore::raw_id_of(&answer.body),
            source: service.source,
            name: answer.url.to_string(),
            status: Some(answer.status),
            original_sha256: None,
            bytes: answer.body.len() as u64,
            span: None,
        }],
        is_loose: false,
        span: None,
    };
    session.raw.write_receipt(&receipt, State::Pending)?;
    let held = session.raw.hold_body(service.source, &answer.body)?;
    decide(session, &receipt, held, &answer.body)
}

/// Reads a body that is durable, and keeps it if it holds anything new.
///
/// # Errors
/// Any I/O error; the next start then decides.
pub(crate) fn decide(session: &Session<'_>, receipt: &Receipt, held: HeldBody, body: &[u8]) -> anyhow::Result<Outcome> {
    let (harvest, settled) = read(session, receipt, body)?;
    let (tally, harvests) = (settled.total(), std::slice::from_ref(&harvest));
    let mut outcome =
        Outcome { rows: harvest.rows, tally, rejected: harvest.rejected.values().sum(), ..Outcome::default() };
    if rebuild::has_news(session, receipt, harvests, &settled)? {
        // Noted before the plays are stored: afterwards they would be the known ones.
        if receipt.items[0].source == Source::SpotifyApi && tally.stored > 0 {
            outcome.gap = gaps::notice(session, receipt, body)?;
        }
        held.keep()?;
        rebuild::conclude(session, receipt, harvests, settled)?;
    } else {
        held.discard()?;
        session.raw.delete_receipt(receipt, State::Pending)?;
    }
    Ok(outcome)
}

/// What an answer says, and what of it is new, as parts of `src/` that nobody sees yet.
fn read(session: &Session<'_>, receipt: &Receipt, body: &[u8]) -> anyhow::Result<(Harvest, Settlement)> {
    let buckets = Buckets::new(session.work_folder())?;
    let mut rows = buckets.writer();
    let item = &receipt.items[0];
    let stand = Stand { receipt: 0, item: 0, source: item.source, received_at: receipt.received_at_ms };
    let harvest = harvest::api_page(body, stand, &item.name, &mut rows, &|_| true)?;
    rows.finish()?;
    let origins = harvest::origins(std::slice::from_ref(receipt));
    let settled = settle_months(session, &buckets, &origins, Against::Known, &receipt.receipt_id, || ())?;
    Ok((harvest, settled))
}

/// The wanted account, else all that have this source connected and not paused.
///
/// # Errors
/// A [`Stop::Usage`] when there is none.
pub(crate) fn accounts(context: &JobContext, service: Service, wanted: Option<&str>) -> anyhow::Result<Vec<Account>> {
    let state = context.state()?;
    let connections: Vec<FetchedSource> =
        state.connections()?.into_iter().filter(|one| one.service == service.name).collect();
    let connected = |account: &Account| connections.iter().find(|one| one.account_id == account.account_id);
    if let Some(wanted) = wanted {
        let account = state.chosen_account(Some(wanted))?.filter(|account| connected(account).is_some());
        return Ok(vec![account.ok_or_else(|| not_connected(service, wanted))?]);
    }
    let mut accounts = state.accounts()?;
    accounts.retain(|account| connected(account).is_some());
    if accounts.is_empty() {
        let text = format!(
            "nobody has connected {}: do it with `music-tracker account connect {}`",
            service.title,
            service.connecting()
        );
        return Err(Stop::Usage(text).into());
    }
    accounts.retain(|account| connected(account).is_some_and(|one| !one.is_paused));
    Ok(accounts)
}

fn not_connected(service: Service, name: &str) -> Stop {
    Stop::Usage(format!(
        "the account {name:?} has not connected {}: do it with `music-tracker account connect {} --account {name:?}`",
        service.title,
        service.connecting()
    ))
}

/// The name under which `service` knows the person.
///
/// # Errors
/// A [`Stop::NeedsPerson`] when it was never said.
pub(crate) fn user_name(session: &Session<'_>, service: Service) -> anyhow::Result<String> {
    let connection = session.context.state()?.connection(service.name, &session.account.account_id)?;
    connection.and_then(|one| one.user_name).ok_or_else(|| {
        let text = format!("say who it is with `music-tracker account connect {}`", service.connecting());
        Stop::NeedsPerson(text).into()
    })
}

/// As [`decided`], about the account of a session: whose login has ended is told with a name.
pub(crate) fn decided_for(session: &Session<'_>, service: Service, error: ClientError) -> anyhow::Error {
    let ClientError::Reauthorize { .. } = &error else { return decided(session.context, service, error) };
    let (name, account) = (service.name, &session.account.name);
    let text = format!("{LOGIN_ENDED} `music-tracker account connect {name} --account {account:?}`");
    anyhow::Error::new(error).context(Stop::NeedsPerson(text))
}

/// Turns the decision of a client into the decision of the job.
pub(crate) fn decided(context: &JobContext, service: Service, error: ClientError) -> anyhow::Error {
    let Service { title, name, .. } = service;
    let stop = match &error {
        ClientError::Reauthorize { .. } => {
            Some(Stop::NeedsPerson(format!("{LOGIN_ENDED} `music-tracker account connect {name}`")))
        }
        ClientError::Forbidden { message } if service == SPOTIFY => {
            Some(Stop::NeedsPerson(refused::advice(message).to_owned()))
        }
        other => other.stop(title, context.clock.now()),
    };
    let error = anyhow::Error::from(error);
    match stop {
        Some(stop) => error.context(stop),
        None => error,
    }
}

/// What a person is told whose login has ended.
const LOGIN_ENDED: &str = "the login has ended: log in again with";
