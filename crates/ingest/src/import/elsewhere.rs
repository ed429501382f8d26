//! Is this the export of another account here? A new account has nothing that could contradict
//! it, so the question is whether somebody else is known to have heard the same: first by the
//! files, which are the same byte for byte when an archive is imported twice, then by the plays,
//! which a newer export of the same person tells again.
//!
//! Another history is read file by file, and only for the months that the import has.

use std::collections::{BTreeMap, HashSet};
use std::fs;

use anyhow::Context;
use chrono::{DateTime, Utc};
use lake::manifest::Manifest;
use lake::raw::{Job, RawStore, Receipt};
use lake::schema::PLAYS;
use lake::{Part, parts};
use platform::state::Account;

use super::files::FileResult;
use crate::buckets::{self, Buckets, Shelf};
use crate::months::Settlement;
use crate::overlap::{ENOUGH, moment};
use crate::session::Session;

/// Another account to which an archive seems to belong.
pub(super) struct Other {
    /// What people call it.
    pub account: String,
    /// How that shows.
    pub sign: Sign,
}

/// How an archive shows that it is another account's.
pub(super) enum Sign {
    /// Most of its rows stand in files that were imported for that account at this time.
    SameFiles(DateTime<Utc>),
    /// So many of so many moments of its plays are known of that account.
    SamePlays { shared: usize, of: usize },
}

/// The other account to which most of an archive seems to belong. `None` where most of it is
/// known of the session's own account: that was asked before.
///
/// # Errors
/// When a receipt or a part of another account cannot be read.
pub(super) fn told_for(
    session: &Session<'_>,
    buckets: &Buckets,
    results: &[FileResult],
    settled: &Settlement,
) -> anyhow::Result<Option<Other>> {
    let rows: u64 = results.iter().filter(|result| result.counts()).map(|result| result.harvest.rows).sum();
    if settled.overlap.agreeing * 2 >= rows {
        return Ok(None);
    }
    let mut others = session.context.state()?.accounts()?;
    others.retain(|account| account.account_id != session.account.account_id);
    if others.is_empty() {
        return Ok(None);
    }
    let own = session.raw.living_receipts(Some(Job::Import))?;
    let new: Vec<&FileResult> =
        results.iter().filter(|result| result.counts() && !own.iter().any(|receipt| has(receipt, result))).collect();
    for other in &others {
        if let Some(at) = same_files(session, other, &new, rows)? {
            return Ok(Some(Other { account: other.name.clone(), sign: Sign::SameFiles(at) }));
        }
    }
    same_plays(session, buckets, results, &others)
}

/// When most of the rows were imported for another account.
fn same_files(
    session: &Session<'_>,
    other: &Account,
    new: &[&FileResult],
    rows: u64,
) -> anyhow::Result<Option<DateTime<Utc>>> {
    let raw = RawStore::new(session.data(), other.account_id.as_str());
    let known = raw.living_receipts(Some(Job::Import))?.into_iter().find(|receipt| {
        let same = new.iter().filter(|result| has(receipt, result)).map(|result| result.harvest.rows);
        same.sum::<u64>() * 2 > rows
    });
    Ok(known.map(|receipt| DateTime::from_timestamp_millis(receipt.received_at_ms).unwrap_or_default()))
}

fn has(receipt: &Receipt, result: &FileResult) -> bool {
    receipt.items.iter().any(|item| item.raw_id == result.item.raw_id)
}

/// Counts, month by month, at how many of the moments another account heard the same.
fn same_plays(
    session: &Session<'_>,
    buckets: &Buckets,
    results: &[FileResult],
    others: &[Account],
) -> anyhow::Result<Option<Other>> {
    let manifest = Manifest::read(session.data(), &PLAYS)?;
    let (mut all, mut shared) = (0, BTreeMap::<&str, usize>::new());
    for shelf in buckets.shelves() {
        let (moments, month) = (moments(buckets, shelf, results)?, shelf.1.to_string());
        all += moments.len();
        for other in others {
            let id = other.account_id.as_str();
            let is_meant = |part: &&Part| part.partition.account_id == id && part.partition.month == month;
            let mut met = HashSet::new();
            for part in manifest.files.iter().filter(is_meant) {
                parts::titles(session.data(), part, |ended_at, title, _| {
                    let near = (-1..=1).map(|minutes| moment(ended_at, minutes, title));
                    met.extend(near.filter(|moment| moments.contains(moment)));
                })?;
            }
            *shared.entry(&other.name).or_default() += met.len();
        }
    }
    let most = shared.into_iter().max_by_key(|(_, shared)| *shared);
    Ok(most
        .filter(|(_, shared)| *shared as u64 >= ENOUGH && shared * 2 > all)
        .map(|(account, shared)| Other { account: account.to_owned(), sign: Sign::SamePlays { shared, of: all } }))
}

/// What ended when, by the rows of one month. A row without a title says nothing.
fn moments(buckets: &Buckets, shelf: Shelf, results: &[FileResult]) -> anyhow::Result<HashSet<u64>> {
    let mut moments = HashSet::new();
    for piece in buckets.pieces(shelf)? {
        let bytes = fs::read(&piece).with_context(|| format!("reading {}", piece.display()))?;
        let rows = buckets::rows(&bytes)?;
        let counting = rows.iter().filter(|row| results[row.item as usize].counts());
        moments.extend(counting.filter_map(|row| Some(moment(row.play.at, 0, row.play.track_name.as_deref()?))));
    }
    Ok(moments)
}
