//! Corrections of plays, as commands: see what one would do, make it, list them, take it back.
//!
//! They only change files below `data/corrections`; the next refresh applies them.

pub mod artist;
mod genres;
mod near;

use std::fmt::Write as _;

use chrono::{DateTime, SecondsFormat, Utc};
use duckdb::params_from_iter;
use platform::corrections::{PLAYS, RULES};
use platform::state::Account;
use platform::{JobContext, Stop, Summary};

use crate::corrections::{Action, Corrections};
use crate::explain::Published;
use crate::jobs::{told, tree};
use crate::period::Period;
use crate::query::Reader;
use crate::summary;

/// The tables by which plays are found.
const NEEDED: &[&str] = &["fct_track_played", "dim_account", "dim_artist", "dim_track", "bridge_track_artist"];

/// The artists that a name or a key means, as the models choose them.
const MEANT: &str = "select credits.artist_id
    from bridge_track_artist as credits join dim_artist as artists on credits.artist_id = artists.artist_id
    where artists.artist_id = ? or lower(trim(?)) in (lower(trim(artists.artist_name)), lower(trim(credits.credited_as)))";

/// What a correction names: the plays that fit all of it.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Which {
    /// Only plays of this account [default: the only one there is, else everybody's]
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// One play, by its key or the beginning of it
    #[arg(long, value_name = "PLAY_ID")]
    pub play: Option<String>,
    /// When they ended
    #[command(flatten)]
    pub period: Period,
    /// Plays of this track: its URI or key, or its title
    #[arg(long)]
    pub track: Option<String>,
    /// Plays of tracks that credit this artist: the URI or key, or a name that any credit has, or a person gave
    #[arg(long)]
    pub artist: Option<String>,
    /// Plays from this album, playlist or artist page: its URI
    #[arg(long, value_name = "URI")]
    pub context: Option<String>,
}

/// One correction, as it is typed.
#[derive(Debug, Clone, clap::Args)]
pub struct Wanted {
    /// Leave the plays out, or give them to somebody else
    #[arg(value_enum)]
    pub action: Action,
    /// Which plays
    #[command(flatten)]
    pub which: Which,
    /// Whose they are, for `reassign`
    #[arg(long, value_name = "NAME")]
    pub to_account: Option<String>,
    /// Why, for whoever reads it later
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

/// The same, with names and dates understood.
struct Meant {
    account: Option<Account>,
    play_id: Option<String>,
    canonical_play_id: Option<String>,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    to_account: Option<Account>,
}

/// Shows what a correction would change, and changes nothing.
///
/// # Errors
/// A [`Stop::Usage`] when it makes no sense, or nothing is published to look at.
pub fn preview(context: &JobContext, wanted: &Wanted) -> anyhow::Result<Summary> {
    told(|| {
        let meant = meant(context, wanted)?;
        let mut summary = effect(context, wanted, &meant)?;
        summary.text += "\nNothing is changed yet: `music-tracker correct add` with the same words does it.";
        Ok(summary)
    })
}

/// Makes a correction.
///
/// # Errors
/// A [`Stop::Usage`] when it makes no sense.
pub fn add(context: &JobContext, wanted: &Wanted) -> anyhow::Result<Summary> {
    told(|| {
        let meant = meant(context, wanted)?;
        let mut summary = match effect(context, wanted, &meant) {
            Ok(summary) => summary,
            Err(error) => match Stop::in_chain(&error) {
                // Before the first refresh there is nothing to look at, and nothing against it.
                Some(Stop::Usage(_)) => Summary::default(),
                _ => return Err(error),
            },
        };
        let accounts = context.state()?.accounts()?;
        Corrections::read(&context.data, &accounts)?;
        let artist = lasting(context, wanted.which.artist.as_deref().unwrap_or_default())?;
        let mut made = String::new();
        PLAYS.add(&context.data, |lines| {
            let id = free_id(&context.run_id, &|id| lines.iter().any(|line| line.get("id") == Some(id)));
            made.clone_from(&id);
            let instant = |at: Option<DateTime<Utc>>| at.map(shown).unwrap_or_default();
            let text = |value: &Option<String>| value.clone().unwrap_or_default();
            let name = |account: &Option<Account>| account.as_ref().map_or_else(String::new, |one| one.name.clone());
            Ok(vec![
                ("id", id),
                ("action", wanted.action.as_str().to_owned()),
                ("account", name(&meant.account)),
                ("play", text(&meant.play_id)),
                ("from", instant(meant.from)),
                ("to", instant(meant.to)),
                ("track", text(&wanted.which.track)),
                ("artist", artist),
                ("context", text(&wanted.which.context)),
                ("to_account", name(&meant.to_account)),
                ("reason", text(&wanted.reason)),
                ("created_at", shown(context.clock.now())),
            ])
        })?;
        summary.text +=
            &format!("\nMade the correction {made}; take it back with `music-tracker correct undo {made}`.");
        summary.text = summary.text.trim_start().to_owned();
        Ok(summary.count("correction_id", made))
    })
}

/// Takes a correction back.
///
/// # Errors
/// A [`Stop::Usage`] when there is none of that name.
pub fn undo(context: &JobContext, id: &str) -> anyhow::Result<Summary> {
    if !PLAYS.remove(&context.data, |line| line.get("id") == Some(id))? {
        let text = format!("there is no correction {id:?}: `music-tracker correct list` shows them");
        return Err(Stop::Usage(text).into());
    }
    Ok(Summary::text(format!("took the correction {id} back")).count("correction_id", id))
}

/// The corrections there are, and how many plays each of them acts on.
///
/// # Errors
/// A [`Stop::Usage`] that names the line of the file that is wrong.
pub fn list(context: &JobContext) -> anyhow::Result<Summary> {
    told(|| {
        let accounts = context.state()?.accounts()?;
        let corrections = Corrections::read(&context.data, &accounts)?;
        let acted = plays_corrected(context)?;
        let mut table = comfy_table::Table::new();
        table.load_preset(comfy_table::presets::NOTHING).set_header(["id", "does", "to plays", "now", "reason"]);
        for (line, one) in PLAYS.read(&context.data)?.iter().zip(&corrections.plays) {
            let named: Vec<String> = ["account", "play", "from", "to", "track", "artist", "context"]
                .iter()
                .filter_map(|column| Some(format!("{column} {}", line.get(column)?)))
                .collect();
            let does = match line.get("to_account") {
                Some(to) => format!("{} to {to}", one.action.as_str()),
                None => one.action.as_str().to_owned(),
            };
            let plays = acted.iter().find(|(id, _)| *id == one.id).map_or(0, |(_, plays)| *plays);
            let reason = one.reason.clone().unwrap_or_default();
            table.add_row([one.id.clone(), does, named.join(", "), summary::plays(plays), reason]);
        }
        let rules = RULES.read(&context.data)?;
        let mut text = match corrections.plays.len() {
            0 => "no corrections of plays: `music-tracker correct add --help` shows how to make one".to_owned(),
            _ => table.to_string(),
        };
        for line in &rules {
            let reason = line.get("reason").map(|reason| format!(": {reason}")).unwrap_or_default();
            text += &format!("\nthe rule {} is switched off{reason}", line.need("rule")?);
        }
        Ok(Summary::text(text).count("corrections", corrections.plays.len()).count("rules_off", rules.len()))
    })
}

/// Switches a rule of matching off, or on again.
///
/// # Errors
/// A [`Stop::Usage`] when there is no such rule, or it is so already.
pub fn rule(context: &JobContext, name: &str, on: bool, reason: Option<&str>) -> anyhow::Result<Summary> {
    let known = tree(context, None)?.rules();
    if !known.iter().any(|rule| rule == name) {
        return Err(Stop::Usage(format!("there is no rule {name:?}; there are: {}", known.join(", "))).into());
    }
    if on {
        if !RULES.remove(&context.data, |line| line.get("rule") == Some(name))? {
            return Err(Stop::Usage(format!("nobody switched the rule {name} off")).into());
        }
        return Ok(Summary::text(format!("the rule {name} acts again")).count("rule", name));
    }
    RULES.add(&context.data, |lines| {
        if lines.iter().any(|line| line.get("rule") == Some(name)) {
            return Err(Stop::Usage(format!("the rule {name} is switched off already")).into());
        }
        Ok(vec![("rule", name.to_owned()), ("reason", reason.unwrap_or_default().to_owned())])
    })?;
    let text = format!("the rule {name} no longer acts; `music-tracker correct rule on {name}` switches it on again");
    Ok(Summary::text(text).count("rule", name))
}

fn meant(context: &JobContext, wanted: &Wanted) -> anyhow::Result<Meant> {
    let state = context.state()?;
    let which = &wanted.which;
    let accounts = state.accounts()?;
    let account = match &which.account {
        Some(name) => state.chosen_account(Some(name))?,
        None if accounts.len() == 1 => accounts.first().cloned(),
        None => None,
    };
    let to_account = match (&wanted.to_account, wanted.action) {
        (Some(name), Action::Reassign) => state.chosen_account(Some(name))?,
        (None, Action::Reassign) => return Err(usage("say whose the plays are with --to-account")),
        (Some(_), Action::Exclude) => return Err(usage("--to-account is for `reassign`; `exclude` leaves plays out")),
        (None, Action::Exclude) => None,
    };
    if let (Some(from), Some(to)) = (&account, &to_account)
        && from.account_id == to.account_id
    {
        return Err(usage(&format!("these plays are {:?}'s already: name another account with --to-account", to.name)));
    }
    let zones = state.zones()?;
    let (from, to) = which.period.instants(account.as_ref().map(|one| &one.account_id), &zones)?;
    let names_something = [&which.play, &which.track, &which.artist, &which.context];
    if from.is_none() && to.is_none() && names_something.iter().all(|named| named.is_none()) {
        return Err(usage("say which plays: --play, --from, --to, --track, --artist or --context"));
    }
    let found = match &which.play {
        Some(play) => Some(Published::open(context, "a play is found by")?.find(play)?),
        None => None,
    };
    let (play_id, canonical_play_id) = found.map(|found| (found.play_id, found.canonical_play_id)).unzip();
    Ok(Meant { account, play_id, canonical_play_id, from, to, to_account })
}

/// A text that goes on meaning the artist: the key in place of a name that a person gave, which may be
/// taken back.
fn lasting(context: &JobContext, artist: &str) -> anyhow::Result<String> {
    let Ok(reader) = Reader::open(context) else { return Ok(artist.to_owned()) };
    if !NEEDED.iter().all(|table| reader.has(table)) {
        return Ok(artist.to_owned());
    }
    let mut query = reader.duckdb().prepare(
        "select artist_id from dim_artist
         where lower(trim(artist_name)) = lower(trim(?1)) and not exists
             (select 1 from bridge_track_artist where lower(trim(credited_as)) = lower(trim(?1)))",
    )?;
    let keys: Vec<String> = query.query_map([artist], |row| row.get(0))?.collect::<duckdb::Result<_>>()?;
    Ok(match <[String; 1]>::try_from(keys) {
        Ok([key]) => key,
        Err(_) => artist.to_owned(),
    })
}

/// What it would change, by what is published now.
fn effect(context: &JobContext, wanted: &Wanted, meant: &Meant) -> anyhow::Result<Summary> {
    let reader = Reader::open(context)?;
    reader.needs("corrected plays are found by", NEEDED)?;
    let which = &wanted.which;
    let mut conditions = vec!["true".to_owned()];
    let mut values: Vec<String> = Vec::new();
    let mut also = |condition: &str, value: Option<String>| {
        if let Some(value) = value {
            values.extend(std::iter::repeat_n(value, condition.matches('?').count()));
            conditions.push(condition.to_owned());
        }
    };
    also("plays.account_id = ?", meant.account.as_ref().map(|one| one.account_id.to_string()));
    also("plays.play_id = ?", meant.canonical_play_id.clone());
    also("plays.ended_at >= ?::timestamptz", meant.from.map(shown));
    also("plays.ended_at < ?::timestamptz", meant.to.map(shown));
    also("(plays.track_id = ? or lower(trim(tracks.track_name)) = lower(trim(?)))", which.track.clone());
    let of_artist =
        format!("plays.track_id in (select track_id from bridge_track_artist where artist_id in ({MEANT}))");
    also(&of_artist, which.artist.clone());
    also("plays.context_uri = ?", which.context.clone());
    let from = format!(
        "from fct_track_played as plays
         join dim_track as tracks on plays.track_id = tracks.track_id
         join dim_account as accounts on plays.account_id = accounts.account_id
         where {}",
        conditions.join(" and ")
    );
    let day = "strftime(timezone(plays.zone, plays.ended_at), '%Y-%m-%d %H:%M')";
    let totals = format!(
        "select count(*), cast(round(coalesce(sum(plays.ms_listened), 0) / 60000) as bigint),
             arg_min({day}, plays.ended_at), arg_max({day}, plays.ended_at) {from}"
    );
    let (plays, minutes, first, last): (i64, i64, Option<String>, Option<String>) =
        reader.duckdb().query_row(&totals, params_from_iter(&values), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?;
    let does = match (&wanted.action, &meant.to_account) {
        (Action::Reassign, Some(to)) => format!("to be given to {:?}", to.name),
        _ => "to be left out".to_owned(),
    };
    let mut text = format!("{}, {}, {does}", summary::plays(plays), summary::counted(minutes, "minute"));
    if let (Some(first), Some(last)) = (&first, &last) {
        text += &format!("\n  first {first}, last {last}");
    }
    let examples = format!(
        "select {day} || '  ' || accounts.account_name || '  ' || tracks.artist_track
         {from} order by plays.ended_at desc, plays.play_id limit 5"
    );
    let mut query = reader.duckdb().prepare(&examples)?;
    for example in query.query_map(params_from_iter(&values), |row| row.get::<_, String>(0))? {
        write!(text, "\n  {}", example?)?;
    }
    if plays > 5 {
        text += "\n  …";
    }
    let warnings = if plays == 0 { vec![near::warning(&reader, which)?] } else { Vec::new() };
    let summary = Summary { warnings, ..Summary::text(text) }.count("plays", plays).count("minutes", minutes);
    Ok(summary.count("first", first).count("last", last))
}

/// How many plays each correction acts on, where anything is published.
fn plays_corrected(context: &JobContext) -> anyhow::Result<Vec<(String, i64)>> {
    let Ok(reader) = Reader::open(context) else { return Ok(Vec::new()) };
    if !reader.has("rpt_corrected_plays") {
        return Ok(Vec::new());
    }
    let mut query =
        reader.duckdb().prepare("select correction_id, count(*) from rpt_corrected_plays group by correction_id")?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<duckdb::Result<_>>()?)
}

/// A short name from the run that makes it.
fn free_id(run_id: &str, is_taken: &dyn Fn(&str) -> bool) -> String {
    let short = run_id.rsplit('-').next().unwrap_or(run_id);
    let mut id = short.to_owned();
    let mut number = 2;
    while is_taken(&id) {
        id = format!("{short}-{number}");
        number += 1;
    }
    id
}

/// An instant as the files of corrections hold it.
pub(crate) fn shown(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn usage(text: &str) -> anyhow::Error {
    Stop::Usage(text.to_owned()).into()
}
