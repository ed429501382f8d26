//! What a killed program left: finished where its bodies are safe, taken back where not.

use std::collections::HashSet;
use std::fs;

use lake::manifest::Manifest;
use lake::play::Source;
use lake::raw::{DamagedBody, Receipt, State};
use lake::schema::{PLAYS, TABLES};
use lake::{anew, compact};

use crate::buckets::BEGUN;
use crate::session::Session;
use crate::undo::{self, Undone};
use crate::{fetch, rebuild};

/// The sources whose bodies come before their receipt.
const IMPORTED: [Source; 3] = [Source::SpotifyExport, Source::SpotifyAccountData, Source::Listenbrainz];

/// Brings the account's files in order, and tells which undos it ended. Nothing to do costs two
/// listings of folders.
///
/// # Errors
/// When the disk refuses.
pub(crate) fn recover(session: &Session<'_>) -> anyhow::Result<Vec<Undone>> {
    let mut ended = Vec::new();
    let interrupted = session.work_folder().exists();
    session.raw.sweep_partial_receipts()?;
    for (receipt, state) in session.raw.unfinished_receipts()? {
        tracing::warn!(receipt = receipt.receipt_id, ?state, "finishing what an interrupted run left");
        let finished = match state {
            State::Undoing => undo::finish(session, &receipt).map(|undone| ended.push(undone)),
            _ => finish_pending(session, &receipt),
        };
        match finished {
            // It stays as it is until somebody mends it; what comes in meanwhile must not wait for that.
            Err(error) if error.is::<DamagedBody>() => tracing::error!("{error:#}"),
            other => other?,
        }
    }
    if interrupted {
        // Only a killed run leaves its scratch space, so only then may bodies be left over.
        take_back(session)?;
    }
    Ok(ended)
}

/// Takes back what an import left that did not come to its receipt.
///
/// # Errors
/// Any I/O error.
pub(crate) fn take_back(session: &Session<'_>) -> anyhow::Result<()> {
    sweep_bodies(session)?;
    let work = session.work_folder();
    if work.exists() {
        fs::remove_dir_all(&work)?;
    }
    Ok(())
}

/// Deletes the parts that were replaced more than a day ago, or that a killed run left. What cannot be
/// deleted now, or told apart because a manifest is damaged, only takes up room.
pub(crate) fn sweep_replaced(session: &Session<'_>) {
    for table in TABLES {
        let swept = compact::sweep_account(session.data(), table, session.account_id(), session.now());
        if let Err(error) = swept {
            tracing::warn!("{error:#}; files that nothing uses any more stay");
        }
    }
}

/// A history that was restored from a backup has raw files but no typed tables: they are made
/// before anything is compared with them.
///
/// # Errors
/// When a body is missing or damaged.
pub(crate) fn replay_what_is_missing(session: &Session<'_>) -> anyhow::Result<()> {
    let plays = Manifest::read(session.data(), &PLAYS)?;
    let is_there = plays.files.iter().any(|part| part.partition.account_id == session.account_id())
        && !anew::missing(session.data())?.contains(session.account_id());
    if is_there || session.raw.living_receipts(None)?.is_empty() {
        return Ok(());
    }
    tracing::warn!(account = session.account.name, "there are raw files but no typed tables: making them anew");
    rebuild::everything(session, &session.part_name("replay")).map(drop)
}

fn finish_pending(session: &Session<'_>, receipt: &Receipt) -> anyhow::Result<()> {
    for item in &receipt.items {
        if let Some((held, body)) = session.raw.held_body(item.source, &item.raw_id)? {
            return fetch::decide(session, receipt, held, &body).map(drop);
        }
        if !session.raw.has_body(item.source, &item.raw_id) {
            // A poll that was killed before its body was safe: the list still has the plays.
            return session.raw.delete_receipt(receipt, State::Pending);
        }
    }
    rebuild::finish(session, receipt)
}

/// Deletes bodies that a killed import kept before it could write its receipt. The archive
/// they came from is still in the person's hands, and importing it again keeps them again.
/// Older bodies without a receipt, as half a backup may leave them, are nobody's to delete.
fn sweep_bodies(session: &Session<'_>) -> anyhow::Result<()> {
    let begun = match fs::metadata(session.work_folder().join(BEGUN)) {
        Ok(mark) => mark.modified()?,
        Err(_) => return Ok(()),
    };
    let receipts = session.raw.receipts()?;
    let alive = receipts.iter().filter(|(_, state)| *state != State::Undone);
    let named: HashSet<&str> =
        alive.flat_map(|(receipt, _)| receipt.items.iter().map(|item| item.raw_id.as_str())).collect();
    for source in IMPORTED {
        session.raw.sweep_partials(source)?;
        for raw_id in session.raw.bodies_since(source, begun)?.iter().filter(|raw_id| !named.contains(raw_id.as_str()))
        {
            tracing::info!(raw_id, "deleting a raw file that an interrupted import left");
            session.raw.delete_body(source, raw_id)?;
        }
    }
    Ok(())
}
