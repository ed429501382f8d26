//! An account that shall be no more.

use std::io::{self, BufRead, IsTerminal, Write};

use anyhow::Context;
use lake::raw::RawStore;
use platform::{JobContext, Stop};

use super::corrections;
use super::erase::{erase_account, forget_published};
use crate::session::Session;

/// Removes an account. One with a history goes only with `erase`, and only when the person who
/// types says so a second time.
///
/// # Errors
/// A [`Stop::Usage`] when it has a history and `erase` was not said; a [`Stop::NeedsPerson`]
/// when nobody confirmed.
pub fn remove(context: &JobContext, name: &str, erase: bool, yes: bool) -> anyhow::Result<String> {
    let account = context.state()?.chosen_account(Some(name))?.context("the account vanished")?;
    let receipts = RawStore::new(&context.data, account.account_id.as_str()).receipts()?;
    if !receipts.is_empty() && !erase {
        return Err(Stop::Usage(format!(
            "{:?} has a history ({} imports and answers of services are kept). `account remove {:?} --erase` deletes \
             all of it for good; `account pause` only stops the fetching, and `account merge` moves it to another account",
            account.name,
            receipts.len(),
            account.name
        ))
        .into());
    }
    if !yes {
        confirm(&account.name)?;
    }
    let session = Session::begin(context, account.clone())?;
    let rows = erase_account(&context.data, account.account_id.as_str())?;
    if !receipts.is_empty() {
        forget_published(&context.data)?;
    }
    let corrections = corrections::rename(&context.data, &account.name, None)?;
    context.state()?.remove_account(&account.account_id)?;
    drop(session);
    if receipts.is_empty() {
        return Ok(format!("{:?} is gone; it had no history", account.name));
    }
    Ok(format!(
        "{:?} is gone: {rows} rows of listening history, the raw files, the logins, the settings and {corrections} \
         corrections. Backups that were made before now, and copies of the data folder, still hold them: delete those \
         yourself.",
        account.name
    ))
}

fn confirm(name: &str) -> anyhow::Result<()> {
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Err(
            Stop::NeedsPerson(format!("this deletes the history of {name:?} for good: say so with --yes")).into()
        );
    }
    write!(io::stderr(), "This deletes everything that is kept about {name:?}, for good. Type the name to go on: ")?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    if answer.trim() == name {
        return Ok(());
    }
    Err(Stop::NeedsPerson("nothing was deleted".into()).into())
}
