//! Whose a source becomes. Accounts come and go while a person logs in or a service is asked, and a login
//! must not become another person's.

use platform::state::{Account, BegunLogin};
use platform::{JobContext, Stop};

use crate::import::make_first_account;

/// Whose a login is that comes to its end: of the account that it was begun for, or that is `wanted`.
/// `None` for one that was begun when there was no account, where there is none still.
///
/// # Errors
/// A [`Stop::Usage`] when a person must say whose it is.
pub(super) fn of_login(
    context: &JobContext,
    begun: &BegunLogin,
    wanted: Option<&str>,
) -> anyhow::Result<Option<Account>> {
    let state = context.state()?;
    let wanted = if wanted.is_some() { state.chosen_account(wanted)? } else { None };
    let begun_for = match &begun.account_name {
        Some(account_id) => state.account(account_id)?,
        None => None,
    };
    let reason = match (begun_for, wanted) {
        (Some(one), Some(other)) if one.account_id != other.account_id => {
            return Err(Stop::Usage(format!(
                "this login was begun for {:?}, not for {:?}: leave --account away, or begin again",
                one.name, other.name
            ))
            .into());
        }
        (Some(account), _) | (None, Some(account)) => return Ok(Some(account)),
        (None, None) if begun.account_name.is_some() => {
            "the account that this login was begun for is no more".to_owned()
        }
        (None, None) => match others(context)? {
            Some(reason) => reason,
            None => return Ok(None),
        },
    };
    Err(Stop::Usage(format!(
        "{reason}. Say whose it is: `music-tracker account connect spotify --account NAME --paste -` with the address of \
         the browser's last page goes on"
    ))
    .into())
}

/// The account that a source is connected to now that its service has said yes: the one that was
/// `chosen` before, else the first one. What is told about a new one comes along.
///
/// # Errors
/// A [`Stop::Usage`] when the chosen one is gone, or none was chosen and there are accounts by now.
pub(super) fn agreed(context: &JobContext, chosen: Option<Account>) -> anyhow::Result<(Account, Option<String>)> {
    const AGAIN: &str = "begin again, and say whose it is with --account NAME";
    if let Some(chosen) = chosen {
        let there = context.state()?.account(chosen.account_id.as_str())?;
        let gone = || Stop::Usage(format!("the account {:?} was removed in the meantime: {AGAIN}", chosen.name));
        return Ok((there.ok_or_else(gone)?, None));
    }
    if let Some((account, note)) = make_first_account(context)? {
        return Ok((account, Some(note)));
    }
    let reason = others(context)?.unwrap_or_else(|| "an account came and went in the meantime".to_owned());
    Err(Stop::Usage(format!("{reason}: {AGAIN}")).into())
}

/// Why it cannot be told whose something is that was begun when there was no account.
fn others(context: &JobContext) -> anyhow::Result<Option<String>> {
    let accounts = context.state()?.accounts()?;
    let names: Vec<_> = accounts.iter().map(|account| account.name.as_str()).collect();
    let reason = format!("when this was begun there was no account, and now there are: {}", names.join(", "));
    Ok((!names.is_empty()).then_some(reason))
}
