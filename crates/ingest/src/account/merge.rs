//! Two accounts that turn out to be one person.

use std::collections::{BTreeSet, HashSet};

use anyhow::{Context, ensure};
use lake::identity::Id;
use lake::manifest::{Manifest, Partition};
use lake::parts;
use lake::raw::{Receipt, State};
use lake::schema::PLAYS;
use platform::{JobContext, Stop};

use super::corrections;
use super::erase::erase_account;
use crate::session::Session;
use crate::{gaps, rebuild};

/// Moves the history, the logins and the connections of `from` into `into`, and removes `from`.
///
/// Bodies are copied before anything goes, so that a kill loses nothing; the same command then
/// goes on. Plays that both had are one again.
///
/// # Errors
/// A [`Stop::Usage`] when both are the same; when they are different persons at a service.
pub fn merge(context: &JobContext, from: &str, into: &str) -> anyhow::Result<String> {
    let state = context.state()?;
    let from = state.chosen_account(Some(from))?.context("the account vanished")?;
    let into = state.chosen_account(Some(into))?.context("the account vanished")?;
    if from.account_id == into.account_id {
        return Err(Stop::Usage("an account cannot be merged into itself".into()).into());
    }
    let source = Session::begin(context, from.clone())?;
    let target = Session::begin(context, into.clone())?;
    context.state()?.may_merge(&from, &into)?;
    names_no_play(context, &source)?;
    let mut receipts = source.raw.receipts()?;
    receipts.sort_by(|(left, _), (right, _)| left.order().cmp(&right.order()));
    let there = target.raw.receipts()?;
    for (receipt, state) in &receipts {
        ensure!(matches!(state, State::Done | State::Undone), "{} is not finished", receipt.receipt_id);
        let is_it = |(other, _): &(Receipt, State)| {
            (other.received_at_ms, &other.run_id, &other.origin, &other.items)
                == (receipt.received_at_ms, &receipt.run_id, &receipt.origin, &receipt.items)
        };
        if there.iter().any(is_it) {
            continue;
        }
        for item in receipt.items.iter().filter(|item| source.raw.has_body(item.source, &item.raw_id)) {
            source.raw.copy_body(&target.raw, item.source, &item.raw_id)?;
        }
        let mut moved = receipt.clone();
        // Its name may be taken: one run works on several accounts.
        moved.receipt_id = target.raw.free_receipt_id(receipt.job, &receipt.run_id);
        moved.account_id = target.account_id().to_owned();
        moved.number = target.number_receipt()?;
        target.raw.write_receipt(&moved, *state)?;
    }
    let rebuilt = rebuild::everything(&target, &target.part_name("merge"))?;
    context.state()?.merge_accounts(&from, &into, &context.sealer()?)?;
    gaps::settle(&target)?;
    corrections::rename(&context.data, &from, Some(&into.name))?;
    erase_account(&context.data, from.account_id.as_str())?;
    context.state()?.remove_account(&from.account_id)?;
    Ok(format!(
        "{:?} is now part of {:?}: {} imports and answers were moved, {} observations stand there. Zones and counting \
         rule are those of {:?}.",
        from.name,
        into.name,
        receipts.len(),
        rebuilt.observations,
        into.name
    ))
}

/// A play gets another name when its account changes, so a correction that names it would lose
/// it, and what somebody left out would be back.
fn names_no_play(context: &JobContext, from: &Session<'_>) -> anyhow::Result<()> {
    let named: HashSet<Id> = corrections::plays(&context.data)?.iter().filter_map(|play| Id::parse(play)).collect();
    let plays = Manifest::read(&context.data, &PLAYS)?;
    let partitions: BTreeSet<&Partition> = plays
        .files
        .iter()
        .map(|part| &part.partition)
        .filter(|partition| !named.is_empty() && partition.account_id == from.account_id())
        .collect();
    for partition in partitions {
        let known = parts::known(&context.data, &plays, partition)?.plays;
        if let Some(play) = named.iter().find(|play| known.contains(play)) {
            return Err(Stop::Usage(format!(
                "a correction names the play {play} of {:?}, which gets another name: take it back with `music-tracker \
                 correct undo`, and make it again after the merge (by time or track it holds for both accounts)",
                from.account.name
            ))
            .into());
        }
    }
    Ok(())
}
