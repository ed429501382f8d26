//! Typed Parquet from raw bodies: one receipt that a killed program left, some months, or
//! everything.

use std::collections::HashSet;

use lake::manifest::{Manifest, Partition};
use lake::raw::{Job, Receipt, State};
use lake::schema::{PLAY_CREDITS, PLAYS};
use platform::progress;

use crate::buckets::{Buckets, Shelf};
use crate::harvest;
use crate::months::{Against, partition, settle_months};
use crate::rejects;
use crate::session::Session;

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
    let earlier: Vec<Receipt> = match receipt.job {
        // An answer of an API is never received twice in the same bytes.
        Job::Poll => Vec::new(),
        Job::Import => alive(session.raw.receipts_of(Job::Import)?),
    };
    let rejected = rejects::write(session, receipt, &harvests[0], &mut rejects::told_before(&earlier, receipt))?;
    rejects::commit(session, rejected)?;
    settled.commit(session.data())?;
    session.raw.move_receipt(receipt, State::Pending, State::Done)
}

/// Makes the months on `shelves` anew from all raw bodies that are part of the history.
///
/// # Errors
/// When a body is missing or damaged; what was there before then stays.
pub(crate) fn months(session: &Session<'_>, shelves: &HashSet<Shelf>, part_name: &str) -> anyhow::Result<Rebuilt> {
    let sources: HashSet<_> = shelves.iter().map(|(source, _)| *source).collect();
    let mut receipts = alive(session.raw.receipts()?);
    for receipt in &mut receipts {
        receipt.items.retain(|item| sources.contains(&item.source));
    }
    let partitions = shelves.iter().map(|shelf| partition(session, *shelf)).collect();
    plays(session, &receipts, &|shelf| shelves.contains(&shelf), &partitions, part_name).map(|(rebuilt, _)| rebuilt)
}

/// Makes all typed tables of the account anew from its raw bodies.
///
/// # Errors
/// When a body is missing or damaged; what was there before then stays.
pub(crate) fn everything(session: &Session<'_>, part_name: &str) -> anyhow::Result<Rebuilt> {
    let receipts = alive(session.raw.receipts()?);
    let mut partitions = HashSet::new();
    for table in [&PLAYS, &PLAY_CREDITS] {
        let manifest = Manifest::read(session.data(), table)?;
        partitions.extend(
            manifest
                .files
                .into_iter()
                .map(|part| part.partition)
                .filter(|mine| mine.account_id == session.account_id()),
        );
    }
    let (rebuilt, harvests) = plays(session, &receipts, &|_| true, &partitions, part_name)?;
    let (mut told, mut rejected) = (HashSet::new(), Vec::new());
    for (receipt, harvests) in receipts.iter().zip(&harvests) {
        rejected.extend(rejects::write(session, receipt, harvests, &mut told)?);
    }
    rejects::replace(session, rejected)?;
    Ok(rebuilt)
}

fn plays(
    session: &Session<'_>,
    receipts: &[Receipt],
    take: harvest::Filter<'_>,
    partitions: &HashSet<Partition>,
    part_name: &str,
) -> anyhow::Result<(Rebuilt, Vec<Vec<harvest::Harvest>>)> {
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
    settled.replace(session.data(), partitions)?;
    let all = || harvests.iter().flatten();
    let rebuilt = Rebuilt {
        bodies,
        rows: all().map(|harvest| harvest.rows).sum(),
        observations: total.stored + total.changed,
        rejected: all().flat_map(|harvest| harvest.rejected.values()).sum(),
    };
    Ok((rebuilt, harvests))
}

fn alive(receipts: Vec<(Receipt, State)>) -> Vec<Receipt> {
    receipts.into_iter().filter(|(_, state)| state.is_alive()).map(|(receipt, _)| receipt).collect()
}
