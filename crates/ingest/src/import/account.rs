//! Whose history an import becomes.

use anyhow::Context;
use chrono_tz::Tz;
use lake::raw::RawStore;
use platform::JobContext;
use platform::state::Account;

/// The name of an account that nobody asked for.
const DEFAULT_NAME: &str = "me";

/// The wanted account, else the only one; without any, one is made, and the note says so.
///
/// # Errors
/// A [`Stop::Usage`](platform::Stop::Usage) when it is not clear whose.
pub(crate) fn choose(context: &JobContext, wanted: Option<&str>) -> anyhow::Result<(Account, Option<String>)> {
    if let Some(account) = context.state()?.chosen_account(wanted)? {
        // Whoever stopped the first import was not told.
        let note = is_as_made(context, &account)?.then(|| note(context.settings.home_zone()));
        return Ok((account, note));
    }
    if let Some((account, note)) = make_first(context)? {
        return Ok((account, Some(note)));
    }
    // Another process was first.
    Ok((context.state()?.chosen_account(None)?.context("the account vanished")?, None))
}

/// Makes an account, and a note that says so; `None` when there is one by now.
///
/// # Errors
/// Database errors.
pub(crate) fn make_first(context: &JobContext) -> anyhow::Result<Option<(Account, String)>> {
    let zone = context.settings.home_zone();
    let account = context.state()?.add_first_account(DEFAULT_NAME, zone, context.clock.now())?;
    Ok(account.map(|account| (account, note(zone))))
}

/// Whether an account is just as [`make_first`] makes it: nobody said anything about it, and nothing was
/// received.
fn is_as_made(context: &JobContext, account: &Account) -> anyhow::Result<bool> {
    if account.name != DEFAULT_NAME || !RawStore::new(&context.data, account.account_id.as_str()).receipts()?.is_empty()
    {
        return Ok(false);
    }
    let zones = context.state()?.zones()?;
    let mut mine = zones.iter().filter(|stay| stay.account_id == account.account_id);
    Ok(mine.all(|stay| stay.valid_from.is_none() && stay.zone == context.settings.home_zone()))
}

fn note(zone: Tz) -> String {
    format!(
        "made the account {DEFAULT_NAME:?} in the time zone {zone}; another zone: `music-tracker account set \
         {DEFAULT_NAME} --zone ZONE`"
    )
}
