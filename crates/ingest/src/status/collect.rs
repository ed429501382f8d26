//! Where the facts are: tables, raw files, the state database.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use chrono::DateTime;
use clients::{Class, lastfm, listenbrainz, spotify};
use lake::manifest::{Manifest, Part};
use lake::parts;
use lake::play::Source;
use lake::schema::{PLAYS, TABLES};
use platform::JobContext;
use platform::state::{Account, EVERY_CLASS, Refusal, RequestLimit, TroubleKind};

use super::{AccountStatus, GapStatus, LimitStatus, RunStatus, SourceStatus, StarSchemaStatus, Status, left};
use crate::fetch::{SERVICES, SPOTIFY};
use crate::spotify::expiry;
use crate::spotify::token::UNPROVEN;

pub(super) fn status(context: &JobContext, wanted: Option<&str>) -> anyhow::Result<Status> {
    let state = context.state()?;
    let accounts = match wanted {
        Some(_) => state.chosen_account(wanted)?.into_iter().collect(),
        None => state.accounts()?,
    };
    let accounts = accounts.iter().map(|account| account_status(context, account));
    Ok(Status {
        accounts: accounts.collect::<anyhow::Result<_>>()?,
        limits: limits(context)?,
        star_schema: StarSchemaStatus::of(context)?,
    })
}

/// How one account stands.
pub(crate) fn account_status(context: &JobContext, account: &Account) -> anyhow::Result<AccountStatus> {
    let mut state = context.state()?;
    let id = account.account_id.as_str();
    let plays = Manifest::read(&context.data, &PLAYS)?;
    let mut parts: BTreeMap<&str, Vec<&Part>> = BTreeMap::new();
    for part in plays.files.iter().filter(|part| part.partition.account_id == id) {
        parts.entry(part.partition.source.as_str()).or_default().push(part);
    }
    let connections = state.connections()?;
    let mut sources = Vec::new();
    for source in Source::ALL {
        let connection = SERVICES.iter().find(|service| service.source == source).and_then(|service| {
            connections.iter().find(|one| one.service == service.name && one.account_id == account.account_id)
        });
        let mine = parts.get(source.as_str()).map(Vec::as_slice).unwrap_or_default();
        let login_waits = source == SPOTIFY.source && state.has_login(UNPROVEN, &account.account_id)?;
        if connection.is_none() && mine.is_empty() && !login_waits {
            continue;
        }
        let newest_play = newest(context, mine)?.and_then(DateTime::from_timestamp_millis);
        let mut one = SourceStatus {
            source: source.as_str().to_owned(),
            observations: mine.iter().map(|part| part.rows).sum(),
            newest_play,
            age_seconds: newest_play.map(|at| (context.clock.now() - at).num_seconds()),
            login_waits,
            ..SourceStatus::default()
        };
        if let Some(connection) = connection {
            one.is_connected = true;
            one.user_name.clone_from(&connection.user_name);
            one.is_paused = connection.is_paused;
            (one.trouble, one.trouble_kind) =
                connection.trouble.clone().map(|trouble| (trouble.text, trouble.kind)).unzip();
            one.last_success = connection.last_success;
            match state.login(&connection.service, &account.account_id, &context.sealer()?) {
                Ok(Some(login)) => {
                    one.authorized_at = login.authorized_at;
                    one.login_ends = login.expires_at();
                    one.login_notice = expiry::notice(&account.name, &login, context.clock.now());
                }
                Ok(None) => {}
                Err(error) => {
                    (one.trouble, one.trouble_kind) = (Some(format!("{error:#}")), Some(TroubleKind::Other));
                }
            }
        }
        sources.push(one);
    }
    let gaps = state.gaps()?.into_iter().filter(|gap| gap.account_id == account.account_id);
    let runs = state.last_runs(&account.account_id)?.into_iter();
    Ok(AccountStatus {
        name: account.name.clone(),
        account_id: id.to_owned(),
        sources,
        gaps: gaps
            .map(|gap| GapStatus {
                source: gap.source,
                after: gap.after,
                before: gap.before,
                estimated_plays: gap.estimated_plays,
                closed_by: gap.closed_by,
            })
            .collect(),
        raw_bytes: size_of(&context.data.raw().join(id))?,
        typed_bytes: TABLES
            .iter()
            .map(|table| {
                let manifest = Manifest::read(&context.data, table)?;
                let mine = manifest.files.iter().filter(|part| part.partition.account_id == id);
                Ok(mine.map(|part| part.bytes).sum::<u64>())
            })
            .sum::<anyhow::Result<u64>>()?,
        last_runs: runs
            .map(|run| {
                let left = left::undone(&run);
                RunStatus { job: run.job, run_id: run.run_id, status: run.status, left, started_at: run.started_at }
            })
            .collect(),
    })
}

/// The time of the newest play: it stands in the newest month.
fn newest(context: &JobContext, parts: &[&Part]) -> anyhow::Result<Option<i64>> {
    let Some(month) = parts.iter().map(|part| &part.partition.month).max() else { return Ok(None) };
    let mut newest = None;
    for part in parts.iter().filter(|part| part.partition.month == *month) {
        newest = newest.max(parts::ends(&context.data, part)?.into_iter().max());
    }
    Ok(newest)
}

fn limits(context: &JobContext) -> anyhow::Result<Vec<LimitStatus>> {
    let (mut state, now) = (context.state()?, context.clock.now());
    let settings = &context.settings.spotify;
    let unlimited = |name: &'static str| Class { name, per_day: None };
    let cooldowns = state.cooldowns(now)?;
    [
        (spotify::line_name(settings), spotify::polls(settings)),
        (spotify::line_name(settings), spotify::IDENTITY),
        (spotify::line_name(settings), spotify::lookups(settings)),
        (listenbrainz::LINE.to_owned(), unlimited("listens")),
        (lastfm::LINE.to_owned(), unlimited("scrobbles")),
    ]
    .into_iter()
    .map(|(service, class)| {
        let cooldown = cooldowns
            .iter()
            .filter(|one| one.service == service && (one.class == class.name || one.class == EVERY_CLASS))
            .max_by_key(|one| one.until);
        let mut quiet = cooldown.map(|one| (one.until, one.reason.clone()));
        let (name, per_day) = (class.name, class.per_day);
        let limit = RequestLimit { service: service.clone(), class: name, spacing: Duration::ZERO, per_day };
        if let Some(Refusal::BudgetSpent { until, .. }) = state.refusal(&limit, now)? {
            quiet = Some((until, "the budget of 24 hours is spent".to_owned()));
        }
        let (cooling_until, reason) = quiet.unzip();
        let used = state.requests_of_day(&service, name, now)?;
        Ok(LimitStatus { service, class: name.to_owned(), used, per_day, cooling_until, reason })
    })
    .collect()
}

/// The bytes of all files below a folder; one that is not there has none.
fn size_of(folder: &Path) -> io::Result<u64> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        other => other?,
    };
    let mut bytes = 0;
    for entry in entries {
        let entry = entry?;
        bytes += if entry.file_type()?.is_dir() { size_of(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(bytes)
}
