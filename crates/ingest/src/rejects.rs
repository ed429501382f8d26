//! The table `rejected`: one part for each receipt that brought rows nobody could read.

use std::collections::HashSet;

use lake::manifest::{Manifest, Part, Partition};
use lake::parts::{self, Rejection};
use lake::play::Source;
use lake::raw::Receipt;
use lake::schema::REJECTED;

use crate::harvest::Harvest;
use crate::month::Month;
use crate::session::Session;

/// Writes the rejected rows of one receipt. Bodies in `told` were reported by an earlier
/// receipt and are left out; those of this one are added. The parts, named `part_name`,
/// are not visible yet.
///
/// # Errors
/// Any I/O error.
pub(crate) fn write(
    session: &Session<'_>,
    receipt: &Receipt,
    harvests: &[Harvest],
    told: &mut HashSet<String>,
    part_name: &str,
) -> anyhow::Result<Vec<Part>> {
    let mut written = Vec::new();
    for source in Source::ALL {
        let mut rows: Vec<Rejection> = Vec::new();
        for (item, harvest) in receipt.items.iter().zip(harvests).filter(|(item, _)| item.source == source) {
            if told.insert(item.raw_id.clone()) {
                rows.extend(harvest.rejections.iter().map(|rejection| Rejection {
                    raw_id: item.raw_id.clone(),
                    run_id: receipt.run_id.clone(),
                    ingested_at: receipt.received_at_ms,
                    ..rejection.clone()
                }));
            }
        }
        if !rows.is_empty() {
            let partition = Partition {
                account_id: session.account_id().to_owned(),
                source: source.as_str().to_owned(),
                month: Month::of(receipt.received_at_ms).to_string(),
            };
            written.push(parts::write_rejected(session.data(), &partition, part_name, &rows)?);
        }
    }
    Ok(written)
}

/// Whether an answer holds a rejected row that no earlier answer of these two months held: a
/// list of the newest 50 repeats a broken one for days.
///
/// # Errors
/// When a live file is missing or damaged.
pub(crate) fn has_news(session: &Session<'_>, receipt: &Receipt, harvests: &[Harvest]) -> anyhow::Result<bool> {
    const DAYS_30_MS: i64 = 30 * 24 * 60 * 60 * 1000;
    let months = [receipt.received_at_ms, receipt.received_at_ms - DAYS_30_MS].map(|at| Month::of(at).to_string());
    let manifest = Manifest::read(session.data(), &REJECTED)?;
    let mut known = HashSet::new();
    for part in manifest
        .files
        .iter()
        .filter(|part| part.partition.account_id == session.account_id() && months.contains(&part.partition.month))
    {
        parts::excerpts(session.data(), part, |excerpt| {
            known.insert(excerpt.to_owned());
        })?;
    }
    Ok(harvests.iter().flat_map(|harvest| &harvest.rejections).any(|rejection| !known.contains(&rejection.excerpt)))
}

/// Makes parts visible.
///
/// # Errors
/// Any I/O error.
pub(crate) fn commit(session: &Session<'_>, parts: Vec<Part>) -> anyhow::Result<()> {
    Manifest::extend(session.data(), &REJECTED, parts)
}

/// Tells the rejected rows of `receipts` anew, in place of all that the account has from
/// `sources`: each body's belong to the first receipt that holds it.
///
/// # Errors
/// Any I/O error.
pub(crate) fn retell(
    session: &Session<'_>,
    receipts: &[Receipt],
    harvests: &[Vec<Harvest>],
    sources: &HashSet<Source>,
    part_name: &str,
    over_damage: bool,
) -> anyhow::Result<()> {
    let (mut told, mut add) = (HashSet::new(), Vec::new());
    for (receipt, harvests) in receipts.iter().zip(harvests) {
        add.extend(write(session, receipt, harvests, &mut told, &format!("{part_name}-{}", receipt.receipt_id))?);
    }
    let is_retold = |partition: &Partition| {
        partition.account_id == session.account_id() && sources.iter().any(|source| source.as_str() == partition.source)
    };
    Manifest::replace(session.data(), &REJECTED, add, over_damage, session.now(), is_retold)
}

/// Which bodies earlier receipts have told the rejected rows of.
pub(crate) fn told_before(receipts: &[Receipt], receipt: &Receipt) -> HashSet<String> {
    let before = |other: &&Receipt| other.order() < receipt.order();
    receipts.iter().filter(before).flat_map(|other| other.items.iter().map(|item| item.raw_id.clone())).collect()
}
