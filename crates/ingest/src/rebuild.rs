//! Typed Parquet from raw bodies: one receipt that a killed program left, some months, or
//! everything.

use std::collections::HashSet;

use lake::anew;
use lake::compact;
use lake::manifest::{Manifest, Partition};
use lake::play::Source;
use lake::raw::{Job, Receipt, State};
use lake::schema::{PLAY_CREDITS, PLAYS};
use platform::progress;

use crate::buckets::{Buckets, Shelf};
use crate::gaps::covers;
use crate::harvest::{self, Harvest};
use crate::months::{Against, Settlement, partition, settle_months};
use crate::session::Session;
use crate::{gaps, rejects};

/// What a rebuild found.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Rebuilt {
    /// Bodies read.
    pub bodies: u64,
    /// Rows read.
    pub rows: u64,
    /// Observations written.
    pub observations: u64,
    /// Rows that could not be read.
    pub rejected: u64,
}

/// Finishes a receipt whose bodies are there but whose rows may be missing.
///
/// # Errors
/// When a body is missing or damaged.
pub(crate) fn finish(session: &Session<'_>, receipt: &Receipt) -> anyhow::Result<()> {
    let receipts = std::slice::from_ref(receipt);
    let buckets = Buckets::new(session.work_folder())?;
    let harvests = harvest::kept_bodies(session, receipts, &buckets, &|_| true, || ())?;
    let settled =
        settle_months(session, &buckets, &harvest::origins(receipts), Against::Known, &receipt.receipt_id, || ())?;
    conclude(session, receipt, &harvests[0], settled)
}

/// Whether a receipt brought anything that was not known: a play, more about a play, or a row
/// that nobody can read.
///
/// # Errors
/// When a live file is missing or damaged.
pub(crate) fn has_news(
    session: &Session<'_>,
    receipt: &Receipt,
    harvests: &[Harvest],
    settled: &Settlement,
) -> anyhow::Result<bool> {
    let total = settled.total();
    Ok(total.stored + total.changed > 0 || rejects::has_news(session, receipt, harvests)?)
}

/// Makes visible what a pending receipt brought. Killed in between, [`finish`] does the same.
///
/// # Errors
/// Any I/O error.
pub(crate) fn conclude(
    session: &Session<'_>,
    receipt: &Receipt,
    harvests: &[Harvest],
    settled: Settlement,
) -> anyhow::Result<()> {
    let mut told = HashSet::new();
    if harvests.iter().any(|harvest| !harvest.rejections.is_empty()) {
        told = rejects::told_before(&session.raw.living_receipts(Some(receipt.job))?, receipt);
    }
    let rejected = rejects::write(session, receipt, harvests, &mut told, &receipt.receipt_id)?;
    rejects::commit(session, rejected)?;
    let grown = settled.partitions();
    settled.commit(session.data())?;
    if receipt.job == Job::Import {
        gaps::settle(session)?;
    }
    session.raw.move_receipt(receipt, State::Pending, State::Done)?;
    for partition in &grown {
        for table in [&PLAY_CREDITS, &PLAYS] {
            compact::keep_few(session.data(), table, partition, &session.part_name("compact"), session.now())?;
        }
    }
    Ok(())
}

/// Makes the months on `shelves` anew from all raw bodies that are part of the history, and
/// with them the rejected rows of `sources`, to which all shelves must belong.
///
/// # Errors
/// When a body is missing or damaged; what was there before then stays.
pub(crate) fn months(
    session: &Session<'_>,
    sources: &HashSet<Source>,
    shelves: &HashSet<Shelf>,
    part_name: &str,
) -> anyhow::Result<Rebuilt> {
    let mut receipts = session.raw.living_receipts(None)?;
    for receipt in &mut receipts {
        receipt.items.retain(|item| sources.contains(&item.source));
    }
    let partitions = shelves.iter().map(|shelf| partition(session, *shelf)).collect();
    let (rebuilt, _) =
        rebuild(session, &receipts, sources, &|shelf| shelves.contains(&shelf), &partitions, part_name, false)?;
    Ok(rebuilt)
}

/// Makes all typed tables of the account anew from its raw bodies, and says anew in its receipts
/// which time the files of an export span.
///
/// # Errors
/// When a body is missing or damaged; what was there before then stays.
pub(crate) fn everything(session: &Session<'_>, part_name: &str) -> anyhow::Result<Rebuilt> {
    anew::begin(session.data(), || lake::raw::accounts(session.data()))?;
    let mut partitions = HashSet::new();
    for table in [&PLAYS, &PLAY_CREDITS] {
        let all = Manifest::read_or_empty(session.data(), table).files.into_iter().map(|part| part.partition);
        partitions.extend(all.filter(|mine| mine.account_id == session.account_id()));
    }
    let receipts = session.raw.living_receipts(None)?;
    let (rebuilt, harvests) =
        rebuild(session, &receipts, &HashSet::from(Source::ALL), &|_| true, &partitions, part_name, true)?;
    covers::keep_spans(session, &receipts, &harvests)?;
    anew::is_there(session.data(), session.account_id())?;
    Ok(rebuilt)
}

fn rebuild(
    session: &Session<'_>,
    receipts: &[Receipt],
    sources: &HashSet<Source>,
    take: harvest::Filter<'_>,
    partitions: &HashSet<Partition>,
    part_name: &str,
    over_damage: bool,
) -> anyhow::Result<(Rebuilt, Vec<Vec<Harvest>>)> {
    let buckets = Buckets::new(session.work_folder())?;
    let bodies = receipts.iter().map(|receipt| receipt.items.len() as u64).sum();
    let bar = progress::count_bar(bodies, "reading raw files");
    let harvests = harvest::kept_bodies(session, receipts, &buckets, take, || bar.inc(1))?;
    bar.finish_and_clear();
    let bar = progress::count_bar(buckets.shelves().len() as u64, "writing months");
    let origins = harvest::origins(receipts);
    let settled = settle_months(session, &buckets, &origins, Against::Nothing, part_name, || bar.inc(1))?;
    bar.finish_and_clear();
    let total = settled.total();
    settled.replace(session, partitions, over_damage)?;
    rejects::retell(session, receipts, &harvests, sources, part_name, over_damage)?;
    let all = || harvests.iter().flatten();
    let rebuilt = Rebuilt {
        bodies,
        rows: all().map(|harvest| harvest.rows).sum(),
        observations: total.stored + total.changed,
        rejected: all().flat_map(|harvest| harvest.rejected.values()).sum(),
    };
    Ok((rebuilt, harvests))
}
