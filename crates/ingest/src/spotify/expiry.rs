//! When a login ends, and what a person is told of it.

use chrono::{DateTime, TimeDelta, Utc};
use platform::state::Login;

/// What to say when the login ends within 30, 7 or 1 days.
pub(crate) fn near(account: &str, login: &Login, now: DateTime<Utc>) -> Option<String> {
    let end = login.expires_at()?;
    let near = [1, 7, 30].into_iter().map(TimeDelta::days).find(|near| end - now <= *near)?;
    let latest = if login.authorized_at.is_none() { " at the latest" } else { "" };
    Some(format!(
        "Spotify ends this login on {}{latest}, within {} day(s): log in again with `music-tracker account connect \
         spotify --account {account:?}`",
        end.format("%Y-%m-%d"),
        near.num_days(),
    ))
}

/// What to say of a login whenever somebody looks: that it ends soon, or that nobody knows when.
pub(crate) fn notice(account: &str, login: &Login, now: DateTime<Utc>) -> Option<String> {
    near(account, login, now).or_else(|| {
        let end = login.expires_at().filter(|_| login.authorized_at.is_none())?;
        Some(format!(
            "this login was given in the settings, and how old it is is not known: Spotify ends it on {} at the latest; \
             connect once with `music-tracker account connect spotify --account {account:?}` to know",
            end.format("%Y-%m-%d")
        ))
    })
}
