//! An account that shall be no more.

use anyhow::Context;
use lake::raw::RawStore;
use platform::state::Account;
use platform::{JobContext, Stop};

use super::erase::{erase_account, forget_published};
use super::{copies, corrections};
use crate::question;
use crate::session::Session;

/// Removes an account. One with a history goes only with `erase`, and only when the person who
/// types says so a second time.
///
/// # Errors
/// A [`Stop::Usage`] when it has a history and `erase` was not said; a [`Stop::NeedsPerson`]
/// when nobody confirmed.
pub fn remove(context: &JobContext, name: &str, erase: bool, yes: bool) -> anyhow::Result<String> {
    let account = context.state()?.chosen_account(Some(name))?.context("the account vanished")?;
    may_go(context, &account, erase)?;
    if !yes {
        confirm(&account.name)?;
    }
    let session = Session::begin_deciding(context, &account, !yes)?;
    // Others could work while the person thought.
    let had_history = may_go(context, &account, erase)?;
    // What cannot be read as text at all is for a person to mend before anything goes.
    platform::corrections::texts(&context.data)?;
    let rows = erase_account(context, account.account_id.as_str())?;
    // Said again after a kill, there may be no receipts left, and still published rows.
    if erase {
        forget_published(&context.data)?;
    }
    let corrections = corrections::rename(&context.data, &account, None)?;
    context.state()?.remove_account(&account.account_id)?;
    session.end_for_good()?;
    let mut said = if !had_history && !erase {
        format!("{:?} is gone; it had no history.", account.name)
    } else {
        format!(
            "{:?} is gone: {rows} rows of listening history, the raw files, the logins, the settings and {} \
             corrections. {}",
            account.name,
            corrections.lines,
            copies::left(&context.data)
        )
    };
    if !corrections.not_understood.is_empty() {
        said += "\nThese corrections make no sense and stay as they are; look whether they are of that person:\n  ";
        said += &corrections.not_understood.join("\n  ");
    }
    Ok(said)
}

/// Whether it has a history, which goes only with `erase`.
fn may_go(context: &JobContext, account: &Account, erase: bool) -> anyhow::Result<bool> {
    let receipts = RawStore::new(&context.data, account.account_id.as_str()).receipts()?;
    if !receipts.is_empty() && !erase {
        return Err(Stop::Usage(format!(
            "{:?} has a history ({} imports and answers of services are kept). `music-tracker account remove {:?} \
             --erase` deletes all of it for good; `music-tracker account pause` only stops the fetching, and \
             `music-tracker account merge` moves it to another account",
            account.name,
            receipts.len(),
            account.name
        ))
        .into());
    }
    Ok(!receipts.is_empty())
}

fn confirm(name: &str) -> anyhow::Result<()> {
    let question = format!("This deletes everything that is kept about {name:?}, for good. Type the name to go on:");
    let refusal = match question::ask(&question)? {
        Some(answer) if answer == name => return Ok(()),
        Some(_) => "nothing was deleted".to_owned(),
        None => format!("this deletes the history of {name:?} for good: say so with --yes"),
    };
    Err(Stop::NeedsPerson(refusal).into())
}
