//! Stretches of time in which Spotify's list may have lost plays: it holds the newest 50 and
//! forgets the rest.

pub(crate) mod covers;
mod stretches;

use chrono::{DateTime, TimeDelta, Utc};
use lake::manifest::{Manifest, Part};
use lake::parts;
use lake::play::{Source, UnixMs};
use lake::raw::{Job, Receipt};
use lake::schema::PLAYS;
use platform::state::Gap;

use self::stretches::Cover;
use crate::account::shown;
use crate::fetch::SPOTIFY as LIST;
use crate::month::Month;
use crate::page::{self, Page};
use crate::session::Session;

/// A stretch shorter than this holds no play that counts.
const SHORTEST: TimeDelta = TimeDelta::seconds(30);

/// A play that follows another without a pause begins at its end, but for so much.
const EXACT: TimeDelta = TimeDelta::seconds(3);

/// A list of fifty has a few plays less where some are of what the API does not tell.
const FULL: usize = 45;

/// How far back listening is looked at to estimate what is missing.
const HABIT: TimeDelta = TimeDelta::days(28);

/// Whoever is known for less is taken to listen every day as on that one.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

const SPOTIFY: [Source; 3] = [Source::SpotifyApi, Source::SpotifyExport, Source::SpotifyAccountData];

/// Notes a gap when a list does not reach back to what earlier lists held. Words for what imports
/// leave open of it, if anything.
///
/// The oldest play of a list decides: where it is new, older ones may have been pushed out, whatever
/// else of the list is known (a play may be listed before those that were heard before it). Nothing
/// is missing only where it begins at the end of the last one that is known before it. The list does
/// not say for how long a play was heard, so its start is the earliest that may be: a long track that
/// was skipped leaves room for others. Wherever that cannot be excluded there is a gap, though an
/// empty one perhaps.
///
/// The first list ever is compared with the moment at which the account was connected: the polls from
/// then on may have failed. A list that is not full then holds everything there is.
///
/// What an export knows of the gap closes it like any other, so that it opens when that import is
/// undone. Only before the first list nothing but an export can say what is known.
///
/// # Errors
/// When a live file is missing or damaged; database errors.
pub(crate) fn notice(session: &Session<'_>, receipt: &Receipt, body: &[u8]) -> anyhow::Result<Option<String>> {
    let Ok(page) = page::parse(Source::SpotifyApi, body, receipt.received_at_ms) else { return Ok(None) };
    let Some(oldest) = page.rows.iter().min_by_key(|row| row.play.at) else { return Ok(None) };
    let (oldest_end, oldest_start) = (oldest.play.at, oldest.play.started_at().unwrap_or(oldest.play.at));
    let Some(habit) = habit(session, oldest_end, &page)? else { return Ok(None) };
    if is_next((oldest_start, oldest_end), habit.newest) {
        return Ok(None);
    }
    let (after, mut before) = (instant(habit.newest), instant(oldest_end));
    if is_next((oldest_start, oldest_end), habit.known_to) {
        // Where an export reaches to the list, all that is behind it is the oldest play of the list.
        before = before.min(instant(habit.known_to) + SHORTEST);
    }
    if noticed(session)?.iter().any(|gap| gap.noticed.0 <= after && before <= gap.noticed.1) {
        return Ok(None);
    }
    let share = (oldest_start - habit.newest).max(0) as f64 / habit.observed_ms.max(DAY_MS) as f64;
    let gap = Gap {
        account_id: session.account.account_id.clone(),
        source: Source::SpotifyApi.as_str().to_owned(),
        noticed: (after, before),
        after,
        before,
        detected_at: session.now(),
        run_id: receipt.run_id.clone(),
        estimated_plays: (habit.plays as f64 * share).round() as u32,
        closed_by: None,
    };
    session.context.state()?.add_gap(&gap)?;
    settle(session)?;
    let mut open = session.context.state()?.gaps()?;
    open.retain(|one| {
        let is_it = (&one.account_id, &one.source, one.noticed.1) == (&gap.account_id, &gap.source, gap.noticed.1);
        is_it && one.closed_by.is_none()
    });
    Ok((!open.is_empty()).then(|| open.iter().map(words).collect::<Vec<_>>().join("; ")))
}

/// Whether no play that counts has room between the end of one that is known and the next one, which
/// began and ended then if it was heard whole. A play that was skipped, and others in the time that it
/// would have taken, hardly ever add up to its very length.
fn is_next((start, end): (UnixMs, UnixMs), known: UnixMs) -> bool {
    end - known < SHORTEST.num_milliseconds() || (start < end && (start - known).abs() <= EXACT.num_milliseconds())
}

/// An open gap for people.
fn words(gap: &Gap) -> String {
    let plays = match gap.estimated_plays {
        0 => "none at all".to_owned(),
        1 => "1 play".to_owned(),
        plays => format!("{plays} plays"),
    };
    format!(
        "a gap from {} to {}, perhaps {plays}: ask Spotify for your extended streaming history and import it to fill it",
        shown(gap.after),
        shown(gap.before)
    )
}

/// Works out anew from the receipts which stretches of the account's gaps an import covers. What
/// none covers stays a gap, with bounds and an estimate of its own.
///
/// # Errors
/// Errors of reading receipts and of the state database.
pub(crate) fn settle(session: &Session<'_>) -> anyhow::Result<()> {
    let gaps = noticed(session)?;
    if gaps.is_empty() {
        return Ok(());
    }
    let exports = session.raw.living_receipts(Some(Job::Import))?;
    let earliest = earliest(session)?;
    let covers: Vec<Cover> = exports.iter().flat_map(|export| covers::of(export, earliest)).collect();
    let stretches: Vec<Gap> = gaps.iter().flat_map(|gap| stretches::of(gap, &covers)).collect();
    session.context.state()?.settle_gaps(&session.account.account_id, &stretches)
}

/// The account's gaps as they were noticed, whatever covers them by now.
fn noticed(session: &Session<'_>) -> anyhow::Result<Vec<Gap>> {
    let mut gaps = session.context.state()?.noticed_gaps()?;
    gaps.retain(|gap| gap.account_id == session.account.account_id);
    Ok(gaps)
}

/// The end of the first play that is known, whoever told it.
fn earliest(session: &Session<'_>) -> anyhow::Result<Option<UnixMs>> {
    let mine = spotify_parts(session)?;
    let month = mine.iter().map(|part| part.partition.month.clone()).min();
    let mut ends = Vec::new();
    for part in mine.iter().filter(|part| Some(&part.partition.month) == month.as_ref()) {
        ends.extend(parts::ends(session.data(), part)?);
    }
    Ok(ends.into_iter().min())
}

/// What is known of plays on Spotify.
fn spotify_parts(session: &Session<'_>) -> anyhow::Result<Vec<Part>> {
    let mut parts = Manifest::read(session.data(), &PLAYS)?.files;
    parts.retain(|part| {
        part.partition.account_id == session.account_id()
            && SPOTIFY.iter().any(|source| source.as_str() == part.partition.source)
    });
    Ok(parts)
}

/// How somebody listened before an instant.
struct Habit {
    /// The end of the last play of a list; where no list ever was, of an export.
    newest: UnixMs,
    /// The end of the last play that is known, whoever told it.
    known_to: UnixMs,
    /// How many plays ended in the four weeks up to then.
    plays: usize,
    /// How much of the four weeks is known.
    observed_ms: i64,
}

/// `None` when nothing was missed before `before` for all that is known, or when an earlier list held the
/// play that ended then.
fn habit(session: &Session<'_>, before: UnixMs, page: &Page) -> anyhow::Result<Option<Habit>> {
    let mut mine = spotify_parts(session)?;
    mine.retain(|part| part.partition.month <= Month::of(before).to_string());
    mine.sort_by(|left, right| right.partition.month.cmp(&left.partition.month));
    let list = Source::SpotifyApi.as_str();
    let has_lists = mine.iter().any(|part| part.partition.source == list);
    let mut ends: Vec<(&str, UnixMs)> = Vec::new();
    let mut newest: Option<UnixMs> = None;
    for part in &mine {
        if let Some(newest) = newest
            && part.partition.month < Month::of(newest - HABIT.num_milliseconds()).to_string()
        {
            break;
        }
        let source = part.partition.source.as_str();
        let of_part = parts::ends(session.data(), part)?;
        if source == list && of_part.contains(&before) {
            return Ok(None);
        }
        ends.extend(of_part.into_iter().filter(|end| *end < before).map(|end| (source, end)));
        newest = ends.iter().filter(|(source, _)| !has_lists || *source == list).map(|(_, end)| *end).max();
    }
    let Some(newest) = newest else { return since_connection(session, page) };
    let known_to = ends.iter().map(|(_, end)| *end).max().unwrap_or(newest);
    ends.retain(|(_, end)| *end <= newest);
    let recent = |wanted: Source| {
        let of =
            |(source, end): &&(&str, UnixMs)| *source == wanted.as_str() && *end > newest - HABIT.num_milliseconds();
        ends.iter().filter(of).count()
    };
    // The same play stands in several sources; the fullest of them tells most.
    let plays = SPOTIFY.map(recent).into_iter().max().unwrap_or_default();
    let oldest = ends.iter().map(|(_, end)| *end).min().unwrap_or(newest);
    Ok(Some(Habit { newest, known_to, plays, observed_ms: (newest - oldest).min(HABIT.num_milliseconds()) }))
}

/// Nothing is known but a first list: as if everything had been known when the account was connected, and
/// somebody listened before the list as in it.
fn since_connection(session: &Session<'_>, page: &Page) -> anyhow::Result<Option<Habit>> {
    let connection = session.context.state()?.connection(LIST.name, &session.account.account_id)?;
    let ends = || page.rows.iter().map(|row| row.play.at);
    let (Some(connection), Some(oldest), Some(newest)) = (connection, ends().min(), ends().max()) else {
        return Ok(None);
    };
    let connected = connection.connected_at.timestamp_millis();
    let habit = Habit { newest: connected, known_to: connected, plays: page.rows.len(), observed_ms: newest - oldest };
    Ok((page.rows.len() >= FULL && connected < oldest).then_some(habit))
}

fn instant(ms: UnixMs) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}
