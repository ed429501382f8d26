//! Whose history an import becomes.

use platform::state::{Account, CountingRule};
use platform::{JobContext, Stop};

/// The name of an account that nobody asked for.
const DEFAULT_NAME: &str = "me";

/// The wanted account, else the only one; without any, one is made, and the note says so.
///
/// # Errors
/// A [`Stop::Usage`] when it is not clear whose.
pub(crate) fn choose(context: &JobContext, wanted: Option<&str>) -> anyhow::Result<(Account, Option<String>)> {
    let mut state = context.state()?;
    if let Some(account) = state.chosen_account(wanted)? {
        return Ok((account, None));
    }
    let zone = context.settings.home_zone();
    let account = match state.add_account(DEFAULT_NAME, zone, CountingRule::default(), context.clock.now()) {
        Ok(account) => account,
        // Another process may have been first.
        Err(error) if error.downcast_ref::<Stop>().is_some() => match state.chosen_account(None)? {
            Some(account) => account,
            None => return Err(error),
        },
        Err(error) => return Err(error),
    };
    let note = format!(
        "made the account {DEFAULT_NAME:?} in the time zone {zone}; another zone: `music-tracker account set {DEFAULT_NAME} --zone ZONE`"
    );
    Ok((account, Some(note)))
}
