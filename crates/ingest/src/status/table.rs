//! The status for people.

use std::fmt::Write;

use chrono::{DateTime, TimeDelta, Utc};
use comfy_table::{Table, presets};
use platform::state::TroubleKind;

use super::{AccountStatus, SourceStatus, Status};
use crate::account::shown;

pub(super) fn for_people(status: &Status, now: DateTime<Utc>) -> String {
    if status.accounts.is_empty() {
        return "no accounts yet: `music-tracker import ZIP` or `music-tracker account connect spotify` makes one"
            .into();
    }
    let mut text = String::new();
    for account in &status.accounts {
        text += &of_account(account, now);
        text.push('\n');
    }
    let mut limits = Table::new();
    limits.load_preset(presets::NOTHING).set_header(["requests", "kind", "last 24 h", "of", "quiet until"]);
    for limit in &status.limits {
        limits.add_row([
            limit.service.clone(),
            limit.class.clone(),
            limit.used.to_string(),
            limit.per_day.map_or_else(|| "-".to_owned(), |per_day| per_day.to_string()),
            limit
                .cooling_until
                .map_or_else(|| "-".to_owned(), |until| format!("{}, in {}", shown(until), span(until - now))),
        ]);
    }
    text += &limits.to_string();
    for limit in &status.limits {
        if let Some(reason) = &limit.reason {
            write!(text, "\n  ! {}, {}: {reason}", limit.service, limit.class).ok();
        }
    }
    if let Some(lacks) = &status.star_schema.lacks {
        write!(text, "\n\n! {lacks}").ok();
    }
    text
}

pub(crate) fn of_account(account: &AccountStatus, now: DateTime<Utc>) -> String {
    if account.sources.is_empty() {
        let name = &account.name;
        return format!(
            "{name}\n  no plays yet: `music-tracker import ZIP --account {name:?}` or `music-tracker account connect \
             spotify --account {name:?}` brings some\n"
        );
    }
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header([
        "source",
        "newest play",
        "age",
        "rows",
        "fetched",
        "logged in",
        "login ends",
    ]);
    for source in &account.sources {
        table.add_row([
            source.source.clone(),
            source.newest_play.map_or_else(|| "-".to_owned(), shown),
            source.age_seconds.map_or_else(|| "-".to_owned(), |age| span(TimeDelta::seconds(age))),
            source.observations.to_string(),
            fetched(source, now),
            logged_in(source),
            login_ends(source),
        ]);
    }
    let mut text = format!("{}\n{table}\n", account.name);
    for source in &account.sources {
        // Whoever has logged in anew need not do it again.
        let is_told = |kind| !source.login_waits || kind == Some(TroubleKind::Refused);
        if let Some(trouble) = source.trouble.as_ref().filter(|_| is_told(source.trouble_kind)) {
            writeln!(text, "  ! {}: {trouble}", source.source).ok();
        }
        let has_ended = source.trouble_kind == Some(TroubleKind::LoginEnded);
        if let Some(notice) = source.login_notice.as_ref().filter(|_| !source.login_waits && !has_ended) {
            writeln!(text, "  ! {}: {notice}", source.source).ok();
        }
        if source.login_waits {
            let waits = "a login waits: Spotify could not say yet whose it is; `music-tracker spotify` asks again";
            writeln!(text, "  ! {}: {waits}", source.source).ok();
        }
    }
    for gap in account.gaps.iter().filter(|gap| gap.closed_by.is_none()) {
        let plays = if gap.estimated_plays == 0 { "no".to_owned() } else { gap.estimated_plays.to_string() };
        writeln!(
            text,
            "  ! gap: {} to {}, perhaps {plays} plays; an export of Spotify fills it",
            shown(gap.after),
            shown(gap.before)
        )
        .ok();
    }
    let closed = account.gaps.iter().filter(|gap| gap.closed_by.is_some()).count();
    if closed > 0 {
        writeln!(text, "  {closed} gap(s) were filled by imports").ok();
    }
    for run in &account.last_runs {
        let left = run.left.as_ref().map(|left| format!(": {left}")).unwrap_or_default();
        writeln!(text, "  last {}: {} ({}{left})", run.job, shown(run.started_at), run.status).ok();
    }
    writeln!(text, "  raw files {}, typed tables {}", size(account.raw_bytes), size(account.typed_bytes)).ok();
    text
}

fn fetched(source: &SourceStatus, now: DateTime<Utc>) -> String {
    match (source.is_connected, source.is_paused, source.last_success) {
        (false, ..) if source.login_waits => "not yet".to_owned(),
        (false, ..) => "imported".to_owned(),
        (_, true, _) => "paused".to_owned(),
        (_, _, None) => "not yet".to_owned(),
        (_, _, Some(at)) => format!("{} ago", span(now - at)),
    }
}

fn logged_in(source: &SourceStatus) -> String {
    match (source.authorized_at, source.login_ends) {
        (Some(at), _) => at.format("%Y-%m-%d").to_string(),
        (None, Some(_)) => "not known".to_owned(),
        (None, None) => "-".to_owned(),
    }
}

fn login_ends(source: &SourceStatus) -> String {
    match source.login_ends {
        Some(_) if source.trouble_kind == Some(TroubleKind::LoginEnded) => "ended".to_owned(),
        Some(end) if source.authorized_at.is_none() => format!("by {}", end.format("%Y-%m-%d")),
        Some(end) => end.format("%Y-%m-%d").to_string(),
        None => "-".to_owned(),
    }
}

/// The largest unit that fits.
fn span(time: TimeDelta) -> String {
    match time.num_seconds() {
        ..60 => "a moment".to_owned(),
        60..7_200 => format!("{} min", time.num_minutes()),
        7_200..172_800 => format!("{} h", time.num_hours()),
        _ => format!("{} days", time.num_days()),
    }
}

fn size(bytes: u64) -> String {
    indicatif::HumanBytes(bytes).to_string()
}
