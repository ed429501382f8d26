//! Trips that nobody is asked about any more: one line each in `data/corrections/trips.csv`.

use std::fmt::Write as _;

use platform::corrections::TRIPS;
use platform::sheet::Line;
use platform::state::Account;
use platform::{JobContext, Stop, Summary};

use super::{Trip, trip_id};
use crate::correct::shown;

/// Never asks about it again.
pub(super) fn add(context: &JobContext, trip: &Trip) -> anyhow::Result<()> {
    TRIPS.add(&context.data, |_| {
        Ok(vec![
            ("account", trip.account_name.clone()),
            ("country", trip.country.clone()),
            ("first_play_at", shown(trip.first)),
            ("created_at", shown(context.clock.now())),
        ])
    })
}

/// What was dismissed, and what each is called.
///
/// # Errors
/// A [`Stop::Usage`] that names the line of the file that is wrong.
pub(super) fn list(context: &JobContext, account: Option<&str>) -> anyhow::Result<Summary> {
    let state = context.state()?;
    let wanted = account.map(|name| state.chosen_account(Some(name))).transpose()?.flatten();
    let accounts = state.accounts()?;
    let mut text = String::new();
    let mut count = 0;
    for line in TRIPS.read(&context.data)? {
        let (account, id) = named(&line, &accounts)?;
        if wanted.as_ref().is_none_or(|wanted| wanted.name == account) {
            writeln!(text, "{id}  {account}: {} from {}", line.need("country")?, line.need("first_play_at")?)?;
            count += 1;
        }
    }
    text += match count {
        0 => "no trip was dismissed",
        _ => "\n`music-tracker travel --undo TRIP` asks about it again.",
    };
    Ok(Summary::text(text).count("dismissed", count))
}

/// Asks about these trips again.
///
/// # Errors
/// A [`Stop::Usage`] when one of them was not dismissed: then none is taken back.
pub(super) fn take_back(context: &JobContext, ids: &[String]) -> anyhow::Result<Summary> {
    let accounts = context.state()?.accounts()?;
    let is = |line: &Line, id: &String| named(line, &accounts).is_ok_and(|(_, own)| own.eq_ignore_ascii_case(id));
    let lines = TRIPS.read(&context.data)?;
    if let Some(id) = ids.iter().find(|id| !lines.iter().any(|line| is(line, id))) {
        let text = format!("no trip {id} was dismissed: `music-tracker travel --dismissed` lists them");
        return Err(Stop::Usage(text).into());
    }
    TRIPS.remove(&context.data, |line| ids.iter().any(|id| is(line, id)))?;
    let text = format!("will ask again, once the star schema is refreshed: {}", ids.join(", "));
    Ok(Summary::text(text).count("taken_back", ids.len()))
}

/// Whose trip a line is about, and what it is called.
fn named(line: &Line, accounts: &[Account]) -> anyhow::Result<(String, String)> {
    let account = line.need("account")?;
    let known =
        accounts.iter().find(|one| one.account_id.as_str() == account || one.name.eq_ignore_ascii_case(account));
    let (name, account_id) = known.map_or((account, account), |one| (one.name.as_str(), one.account_id.as_str()));
    let first = line.instant("first_play_at")?.unwrap_or_default();
    Ok((name.to_owned(), trip_id(account_id, line.need("country")?, first)))
}
