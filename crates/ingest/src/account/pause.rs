//! Fetching that a person wants to rest for a while.

use anyhow::Context;
use platform::{JobContext, Stop};

use crate::fetch::SERVICES;

/// Stops (or resumes) the fetching of one source of an account, or of all of them.
///
/// # Errors
/// A [`Stop::Usage`] when there is nothing to stop.
pub fn pause(context: &JobContext, name: &str, service: Option<&str>, is_paused: bool) -> anyhow::Result<String> {
    let mut state = context.state()?;
    let account = state.chosen_account(Some(name))?.context("the account vanished")?;
    let mut mine = state.connections()?;
    mine.retain(|one| one.account_id == account.account_id && service.is_none_or(|service| one.service == service));
    if mine.is_empty() {
        return Err(Stop::Usage(format!(
            "{name:?} has connected nothing of that kind: `music-tracker status` shows what is"
        ))
        .into());
    }
    let mut titles = Vec::new();
    for one in &mine {
        state.pause(&one.service, &one.account_id, is_paused)?;
        let title = SERVICES.iter().find(|service| service.name == one.service).map(|service| service.title);
        titles.push(title.unwrap_or(&one.service).to_owned());
    }
    let (verb, is) = if titles.len() == 1 { ("rests", "is") } else { ("rest", "are") };
    let (titles, name) = (titles.join(" and "), &account.name);
    Ok(if is_paused {
        format!(
            "{titles} of {name:?} {verb} until `music-tracker account resume {name:?}`, but for commands that name the \
             account. Spotify's list holds 50 plays: what is heard beyond that in the meantime only an export brings back"
        )
    } else {
        format!("{titles} of {name:?} {is} fetched again")
    })
}
