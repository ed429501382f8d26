//! Two accounts that turn out to be one person.

use std::collections::BTreeSet;

use anyhow::{Context, ensure};
use lake::manifest::{Manifest, Partition};
use lake::parts;
use lake::raw::{Job, RawStore, Receipt, State};
use lake::schema::PLAYS;
use platform::state::Account;
use platform::{JobContext, Stop};

use super::corrections;
use super::erase::erase_account;
use crate::import::thousands;
use crate::session::Session;
use crate::{gaps, question, rebuild, recover};

/// Moves the history, the logins and the connections of `from` into `into`, and removes `from`.
///
/// Whoever types is told what moves, and asked, unless `yes` was said: there is no way back.
///
/// Bodies are copied before anything goes, so that a kill loses nothing; the same command then
/// goes on. Plays that both had are one again.
///
/// # Errors
/// A [`Stop::Usage`] when both are the same; when they are different persons at a service; when a
/// correction names a single play of `from`; a [`Stop::NeedsPerson`] when nobody confirmed.
pub fn merge(context: &JobContext, from: &str, into: &str, yes: bool) -> anyhow::Result<String> {
    let state = context.state()?;
    let from = state.chosen_account(Some(from))?.context("the account vanished")?;
    let into = state.chosen_account(Some(into))?.context("the account vanished")?;
    if from.account_id == into.account_id {
        return Err(Stop::Usage("an account cannot be merged into itself".into()).into());
    }
    if !yes {
        context.state()?.may_merge(&from, &into)?;
        corrections::are_understood(&context.data)?;
        confirm(context, &from, &into)?;
    }
    let (source, target) = both(context, &from, &into, !yes)?;
    context.state()?.may_merge(&from, &into)?;
    corrections::are_understood(&context.data)?;
    names_no_play(context, &source)?;
    let mut receipts = source.raw.receipts()?;
    receipts.sort_by(|(left, _), (right, _)| left.order().cmp(&right.order()));
    let there = target.raw.receipts()?;
    for (receipt, state) in &receipts {
        ensure!(matches!(state, State::Done | State::Undone), "{} is not finished", receipt.receipt_id);
        // What a replay writes into a receipt does not make it another one.
        let is_it = |(other, _): &(Receipt, State)| {
            let bodies = |one: &Receipt| one.items.iter().map(|item| item.raw_id.clone()).collect::<Vec<_>>();
            (other.received_at_ms, &other.run_id, &other.origin, bodies(other))
                == (receipt.received_at_ms, &receipt.run_id, &receipt.origin, bodies(receipt))
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
    let corrections = corrections::rename(&context.data, &from, Some(&into.name))?.lines;
    erase_account(context, from.account_id.as_str())?;
    context.state()?.remove_account(&from.account_id)?;
    source.end_for_good()?;
    Ok(format!(
        "{:?} is now part of {:?}: {} imports and answers were moved, {} observations stand there. Zones and counting \
         rule are those of {:?}.{}",
        from.name,
        into.name,
        receipts.len(),
        rebuilt.observations,
        into.name,
        match corrections {
            0 => String::new(),
            lines => format!(" {lines} corrections of {:?} hold for all of {:?} now.", from.name, into.name),
        }
    ))
}

/// Takes both accounts, always in the same order: two merges that wait for each other would wait for ever.
fn both<'c>(
    context: &'c JobContext,
    from: &Account,
    into: &Account,
    was_asked: bool,
) -> anyhow::Result<(Session<'c>, Session<'c>)> {
    let take = |account| Session::begin_deciding(context, account, was_asked);
    if from.account_id < into.account_id {
        let source = take(from)?;
        return Ok((source, take(into)?));
    }
    let target = take(into)?;
    Ok((take(from)?, target))
}

/// Says what would move, and asks for it.
fn confirm(context: &JobContext, from: &Account, into: &Account) -> anyhow::Result<()> {
    let receipts = RawStore::new(&context.data, from.account_id.as_str()).receipts()?;
    let imports = receipts.iter().filter(|(receipt, _)| receipt.job == Job::Import).count();
    let plays = Manifest::read(&context.data, &PLAYS)?;
    let mine = plays.files.iter().filter(|part| part.partition.account_id == from.account_id.as_str());
    let connections = context.state()?.connections()?;
    let moving = format!(
        "this makes {:?} part of {:?}, for good: {} imports, {} answers of services ({} rows in all), {} connected \
         sources and {} corrections move; the zones and the counting rule of {:?} are lost. Nothing takes it back",
        from.name,
        into.name,
        thousands(imports as u64),
        thousands((receipts.len() - imports) as u64),
        thousands(mine.map(|part| part.rows).sum()),
        connections.iter().filter(|one| one.account_id == from.account_id).count(),
        corrections::naming(&context.data, from)?,
        from.name,
    );
    let refusal = match question::ask(&format!("Final: {moving}. Type the name {:?} to go on:", from.name))? {
        Some(answer) if answer == from.name => return Ok(()),
        Some(_) => "nothing was merged".to_owned(),
        None => format!("{moving}: say so with --yes"),
    };
    Err(Stop::NeedsPerson(refusal).into())
}

/// A play gets another name when its account changes, so a correction that names it would lose
/// it, and what somebody left out would be back. All other corrections can follow.
fn names_no_play(context: &JobContext, from: &Session<'_>) -> anyhow::Result<()> {
    let named = corrections::of_single_plays(&context.data)?;
    recover::replay_what_is_missing(from)?;
    let plays = Manifest::read(&context.data, &PLAYS)?;
    let partitions: BTreeSet<&Partition> = plays
        .files
        .iter()
        .map(|part| &part.partition)
        .filter(|partition| !named.is_empty() && partition.account_id == from.account_id())
        .collect();
    let mut losing = Vec::new();
    for partition in partitions {
        let known = parts::known(&context.data, &plays, partition)?.plays;
        losing.extend(named.iter().filter(|(play, _)| known.contains(play)).map(|(play, line)| {
            format!("{}: the correction {} names the play {play}", line.place(), line.get("id").unwrap_or("without id"))
        }));
    }
    if losing.is_empty() {
        return Ok(());
    }
    losing.sort();
    let name = &from.account.name;
    Err(Stop::Usage(format!(
        "the plays of {name:?} get other names when they become another account's, and these corrections would lose \
         theirs. Take each of them back with `music-tracker correct undo CORRECTION` and make it again after the \
         merge; or make it for a range of time, a track, an artist or a context, which follow by themselves\n  {}",
        losing.join("\n  ")
    ))
    .into())
}
