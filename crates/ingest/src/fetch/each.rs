//! Fetching for several people in turn, and what became of it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use clients::ClientError;
use platform::state::{Account, AccountId, Trouble, TroubleKind};
use platform::{JobContext, Stop, Summary};
use serde_json::json;

use super::{Outcome, SPOTIFY, Service};
use crate::session::Session;

/// What fetching for one account came to.
pub(crate) struct Fetched {
    /// What it brought.
    pub outcome: Outcome,
    /// What could not be fetched.
    pub left: Option<anyhow::Error>,
}

impl From<Outcome> for Fetched {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, left: None }
    }
}

/// Fetches for each of `accounts` in turn; the trouble of one does not stop the others. Whoever was
/// removed, disconnected or, unless it was `wanted` by name, paused since they were listed is left out.
///
/// # Errors
/// When nothing could be fetched for any of them.
pub(crate) fn for_each(
    context: &JobContext,
    service: Service,
    accounts: Vec<Account>,
    wanted: Option<&str>,
    fetch: impl Fn(&Session<'_>) -> anyhow::Result<Fetched>,
) -> anyhow::Result<Summary> {
    let several = accounts.len() > 1;
    let (mut total, mut lines, mut failures) = (Outcome::default(), Vec::new(), Vec::new());
    let mut soonest: Option<Duration> = None;
    let connected = context.state()?.connections()?;
    for account in accounts {
        let (name, account_id) = (account.name.clone(), account.account_id.clone());
        let was_connected = connected.iter().any(|one| one.service == service.name && one.account_id == account_id);
        let started_at = context.clock.now();
        let begun = match service == SPOTIFY {
            true => Session::begin_poll(context, account),
            false => Session::begin_walk(context, account),
        };
        // It is held until everything is written down: nobody can be erased in between.
        let (session, fetched) = match begun {
            Ok(None) => continue,
            Ok(Some(session)) => {
                let connection = context.state()?.connection(service.name, &account_id)?;
                let is_over = connection.as_ref().map_or(was_connected, |one| one.is_paused && wanted.is_none());
                if is_over {
                    continue;
                }
                let fetched = fetch(&session);
                (Some(session), fetched)
            }
            Err(error) => (None, Err(error)),
        };
        if matches!(&fetched, Ok(Fetched { left: None, .. })) {
            context.state()?.note_success(service.name, &account_id, context.clock.now())?;
        }
        // Whoever had to wait for another job did nothing that would have to be told later on.
        if session.is_some() || !matches!(fetched.as_ref().err().and_then(Stop::in_chain), Some(Stop::Later { .. })) {
            record(context, service, &account_id, started_at, fetched.as_ref())?;
        }
        let failure = match fetched {
            Ok(Fetched { outcome: one, left }) => {
                lines.push(format!("{name}: {} new of {} plays", one.tally.stored, one.rows));
                // People read warnings below the text.
                total.warnings.extend(one.gap.iter().map(|gap| format!("{name}: {gap}")));
                soonest = [soonest, one.ask_again_in].into_iter().flatten().min();
                total.add(Outcome { gap: None, ask_again_in: None, ..one });
                left
            }
            Err(error) => Some(error),
        };
        if let Some(error) = failure {
            if let Some(trouble) = trouble(&error) {
                context.state()?.note_trouble(service.name, &account_id, &trouble)?;
            }
            let text = || format!("fetching from {} for {name:?}", service.title);
            failures.push(if several { error.context(text()) } else { error });
        }
        drop(session);
    }
    if lines.is_empty()
        && let Some(decisive) = Stop::most_pressing(&failures)
    {
        let decisive = failures.swap_remove(decisive);
        failures.iter().for_each(|other| tracing::error!("{other:#}"));
        return Err(decisive);
    }
    if lines.is_empty() {
        lines.push(format!("nothing was fetched from {}: everybody has it paused", service.title));
    }
    lines.extend(soonest.map(|wait| format!("ask again within {} minutes", wait.as_secs() / 60)));
    let needs_person = failures.iter().filter(|error| matches!(Stop::in_chain(error), Some(Stop::NeedsPerson(_))));
    let summary =
        Summary { partial: !failures.is_empty() || total.rejected > 0, text: lines.join("\n"), ..Summary::default() }
            .count("rows", total.rows)
            .count("stored", total.tally.stored)
            .count("changed", total.tally.changed)
            .count("known", total.tally.known)
            .count("rejected", total.rejected)
            .count("needs_person", needs_person.count());
    let summary = match soonest {
        Some(wait) => summary.count("ask_again_in_s", wait.as_secs()),
        None => summary,
    };
    Ok(Summary { warnings: total.warnings, undone: failures, ..summary })
}

/// What only a person can mend, of what went wrong.
fn trouble(error: &anyhow::Error) -> Option<Trouble> {
    let Some(Stop::NeedsPerson(text)) = Stop::in_chain(error) else { return None };
    let (kind, words) = match error.downcast_ref::<ClientError>() {
        Some(ClientError::Reauthorize { .. }) => (TroubleKind::LoginEnded, None),
        Some(ClientError::Forbidden { message } | ClientError::NotFound { message }) => {
            (TroubleKind::Refused, Some(message))
        }
        _ => (TroubleKind::Other, None),
    };
    let text = match words.filter(|words| !text.contains(words.as_str())) {
        Some(words) => format!("{text} (its words: {words})"),
        None => text.clone(),
    };
    Some(Trouble { kind, text })
}

/// Keeps what was fetched for one account, for people who ask.
fn record(
    context: &JobContext,
    service: Service,
    account_id: &AccountId,
    started_at: DateTime<Utc>,
    fetched: Result<&Fetched, &anyhow::Error>,
) -> anyhow::Result<()> {
    let (status, report) = match fetched {
        Ok(Fetched { outcome: one, left }) => {
            let mut report =
                json!({"rows": one.rows, "stored": one.tally.stored, "rejected": one.rejected, "gap": one.gap});
            if let Some(error) = left {
                report["error"] = format!("{error:#}").into();
            }
            (if one.rejected > 0 || left.is_some() { "partial" } else { "ok" }, report)
        }
        Err(error) => ("failed", json!({"error": format!("{error:#}")})),
    };
    context.state()?.record_run(&context.run_id, &service.job(), Some(account_id), status, started_at, &report)
}
