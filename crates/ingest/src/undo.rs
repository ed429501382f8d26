//! Takes an import back: its raw files leave the history, and the months they touched are
//! made anew from everything that remains.

use std::collections::{BTreeSet, HashSet};
use std::sync::Mutex;
use std::sync::PoisonError;

use lake::manifest::Manifest;
use lake::play::Source;
use lake::raw::{DamagedBody, Job, RawStore, Receipt, State};
use lake::schema::PLAYS;
use platform::state::Account;
use platform::{JobContext, Stop, Summary};

use crate::buckets::{Buckets, Shelf};
use crate::fetch::SERVICES;
use crate::import::thousands;
use crate::session::Session;
use crate::{gaps, harvest, rebuild};

/// `ingest import --undo RUN`.
///
/// # Errors
/// A [`Stop::Usage`] when the run imported nothing, or is undone already.
pub fn command(context: &JobContext, run_id: &str, wanted: Option<&str>) -> anyhow::Result<Summary> {
    let mut accounts = context.state()?.accounts()?;
    if wanted.is_some() {
        accounts = context.state()?.chosen_account(wanted)?.into_iter().collect();
    } else if accounts.len() > 1 {
        accounts.retain(|account| imported(context, account, run_id));
    }
    let [account] = <[Account; 1]>::try_from(accounts).map_err(|_| {
        Stop::Usage(format!("no account has the import {run_id:?}: `music-tracker import --list` shows them"))
    })?;
    // The session ends an undo that was interrupted; that it did is this command's success.
    let session = Session::begin(context, account)?;
    let mut ended: Vec<Undone> = session.ended_undos.iter().filter(|one| one.run_id == run_id).cloned().collect();
    // What it could not end is tried again, and says why.
    for receipt in begun(&session.raw, run_id)? {
        ended.push(finish(&session, &receipt)?);
    }
    let rest = match ended.is_empty() || is_alive(&session.raw, run_id)? {
        true => undo(&session, run_id)?,
        false => Vec::new(),
    };
    let archives = ended.len() + rest.len();
    let gone: u64 = ended.iter().chain(&rest).map(|one| one.gone).sum();
    let rows = match ended.is_empty() {
        true => format!("{} rows that only it had brought are gone.", thousands(gone)),
        false => format!(
            "An earlier try was interrupted; {} rows that only it had brought are gone since, and those that the earlier \
             try took out are not counted.",
            thousands(gone)
        ),
    };
    let mut text = format!(
        "Took back the import {run_id} ({archives} archive(s)): {rows} What other imports and polls also held stays."
    );
    let again: BTreeSet<_> = ended.iter().chain(&rest).flat_map(|one| one.fetched_again.iter().copied()).collect();
    let holders: BTreeSet<_> = ended.iter().chain(&rest).flat_map(|one| &one.held_by).collect();
    for holder in holders {
        text += &format!("\nThe import {holder} holds the same files: to be rid of them, take it back too.");
    }
    for name in again {
        text += &format!("\nWhat `music-tracker {name}` had been given as well, it fetches again the next time.");
    }
    Ok(Summary::text(text).count("archives", archives).count("gone", gone))
}

/// What was taken back of a run: one archive.
#[derive(Debug, Clone)]
pub(crate) struct Undone {
    run_id: String,
    /// How many rows went.
    gone: u64,
    /// Other imports of the same files.
    held_by: BTreeSet<String>,
    /// Services that are fetched from anew.
    fetched_again: Vec<&'static str>,
}

/// What of a run's imports is half taken back.
fn begun(raw: &RawStore, run_id: &str) -> anyhow::Result<Vec<Receipt>> {
    let imports = raw.receipts_of(Job::Import)?.into_iter();
    let begun = imports.filter(|(receipt, state)| receipt.run_id == run_id && *state == State::Undoing);
    Ok(begun.map(|(receipt, _)| receipt).collect())
}

fn is_alive(raw: &RawStore, run_id: &str) -> anyhow::Result<bool> {
    Ok(raw.living_receipts(Some(Job::Import))?.iter().any(|receipt| receipt.run_id == run_id))
}

/// How many observations the account has.
fn observations(session: &Session<'_>) -> anyhow::Result<u64> {
    let plays = Manifest::read(session.data(), &PLAYS)?;
    let mine = plays.files.iter().filter(|part| part.partition.account_id == session.account_id());
    Ok(mine.map(|part| part.rows).sum())
}

fn imported(context: &JobContext, account: &Account, run_id: &str) -> bool {
    let raw = RawStore::new(&context.data, account.account_id.as_str());
    raw.receipts_of(Job::Import).is_ok_and(|receipts| receipts.iter().any(|(receipt, _)| receipt.run_id == run_id))
}

/// Takes back every archive that the run `run_id` imported.
///
/// # Errors
/// A [`Stop::Usage`] when the run imported nothing for this account, or is undone already; a
/// [`DamagedBody`] when a raw file that the months are made of is damaged: nothing is then changed.
fn undo(session: &Session<'_>, run_id: &str) -> anyhow::Result<Vec<Undone>> {
    let imports = session.raw.receipts_of(Job::Import)?;
    let of_run: Vec<_> = imports.iter().filter(|(receipt, _)| receipt.run_id == run_id).collect();
    if of_run.is_empty() {
        let alive = imports.iter().filter(|(_, state)| state.is_alive());
        let runs: Vec<_> = alive.map(|(receipt, _)| receipt.run_id.as_str()).collect();
        return Err(Stop::Usage(format!(
            "the run {run_id:?} imported nothing for {:?}; its imports are: {} (`music-tracker import --list`)",
            session.account.name,
            if runs.is_empty() { "none".to_owned() } else { runs.join(", ") }
        ))
        .into());
    }
    let done: Vec<_> = of_run.iter().filter(|(_, state)| *state == State::Done).collect();
    if done.is_empty() {
        return Err(Stop::Usage(format!("the import {run_id:?} is undone already")).into());
    }
    let take_back = |(receipt, _): &&(Receipt, State)| {
        session.raw.move_receipt(receipt, State::Done, State::Undoing)?;
        finish(session, receipt).or_else(|error| {
            // Where bodies are damaged nothing was changed, so it can wait until they are mended.
            if error.is::<DamagedBody>() {
                session.raw.move_receipt(receipt, State::Undoing, State::Done)?;
            }
            Err(error)
        })
    };
    done.into_iter().map(take_back).collect()
}

/// Carries an undo to its end; it may have been begun by a program that was killed.
///
/// # Errors
/// When a body is damaged or the disk refuses.
pub(crate) fn finish(session: &Session<'_>, receipt: &Receipt) -> anyhow::Result<Undone> {
    let before = observations(session)?;
    let sources = receipt.items.iter().map(|item| item.source).collect();
    let fetched_again = fetch_again(session, &sources)?;
    let touched = touched(session, receipt)?;
    rebuild::months(session, &sources, &touched, &session.part_name("without"))?;
    let alive = session.raw.living_receipts(Some(Job::Import))?;
    let mut held_by = BTreeSet::new();
    for item in &receipt.items {
        let mut holders =
            alive.iter().filter(|other| other.items.iter().any(|one| one.raw_id == item.raw_id)).peekable();
        if holders.peek().is_none() {
            session.raw.delete_body(item.source, &item.raw_id)?;
        }
        held_by.extend(holders.map(|other| other.run_id.clone()));
    }
    gaps::settle(session)?;
    session.raw.move_receipt(receipt, State::Undoing, State::Undone)?;
    let gone = before.saturating_sub(observations(session)?);
    Ok(Undone { run_id: receipt.run_id.clone(), gone, held_by, fetched_again })
}

/// An answer that brought nothing new was not kept, and what it said may stand in this import alone:
/// it has to be asked for once more. Which services that are.
fn fetch_again(session: &Session<'_>, sources: &HashSet<Source>) -> anyhow::Result<Vec<&'static str>> {
    let (mut state, mut names) = (session.context.state()?, Vec::new());
    for service in SERVICES.iter().filter(|service| sources.contains(&service.source)) {
        if state.forget_cursors(service.name, &session.account.account_id)? {
            names.push(service.name);
        }
    }
    Ok(names)
}

/// The months that rows of the receipt stand in. Bodies that an interrupted undo deleted
/// already were only deleted after their months had been made anew.
fn touched(session: &Session<'_>, receipt: &Receipt) -> anyhow::Result<HashSet<Shelf>> {
    let mut receipt = receipt.clone();
    receipt.items.retain(|item| session.raw.has_body(item.source, &item.raw_id));
    let touched = Mutex::new(HashSet::new());
    let note = |shelf: Shelf| {
        touched.lock().unwrap_or_else(PoisonError::into_inner).insert(shelf);
        false
    };
    let buckets = Buckets::new(session.work_folder())?;
    harvest::kept_bodies(session, &[receipt], &buckets, &note, || ())?;
    Ok(touched.into_inner().unwrap_or_else(PoisonError::into_inner))
}
