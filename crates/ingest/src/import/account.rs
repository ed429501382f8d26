//! Whose history an import becomes.

use anyhow::Context;
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
        return Ok((account, None));
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
    let note = format!(
        "made the account {DEFAULT_NAME:?} in the time zone {zone}; another zone: `music-tracker account set \
         {DEFAULT_NAME} --zone ZONE`"
    );
    Ok(account.map(|account| (account, note)))
}
