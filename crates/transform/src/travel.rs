//! Trips that a person made and whose time zone nobody told: asked about, accepted, dismissed.

use std::fmt::Write as _;

use anyhow::Context;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use platform::corrections::TRIPS;
use platform::sheet::Line;
use platform::state::{AccountId, AccountZone};
use platform::{JobContext, Stop, Summary, parse_zone};

use crate::correct::shown;
use crate::jobs::told;
use crate::query::Reader;

/// What to do about the suggestions.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Request {
    /// Only suggestions for this account
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Use the local time of this trip, by its number
    #[arg(long, value_name = "NUMBER", conflicts_with = "dismiss")]
    pub accept: Vec<i32>,
    /// Another zone than the one suggested, for --accept
    #[arg(long, value_name = "ZONE", requires = "accept")]
    pub zone: Option<String>,
    /// Never suggest this trip again, by its number
    #[arg(long, value_name = "NUMBER")]
    pub dismiss: Vec<i32>,
}

/// One suggestion.
struct Trip {
    number: i32,
    account_id: AccountId,
    account_name: String,
    country: String,
    country_name: String,
    zone: Tz,
    home_zone: Tz,
    plays: i64,
    first: DateTime<Utc>,
    last: DateTime<Utc>,
    next: Option<DateTime<Utc>>,
}

/// Lists the suggestions, or accepts or dismisses some.
///
/// # Errors
/// A [`Stop::Usage`] when nothing is published, or there is no such suggestion.
pub fn travel(context: &JobContext, request: &Request) -> anyhow::Result<Summary> {
    told(|| {
        let trips = suggested(context, request.account.as_deref())?;
        let chosen = |number: &i32| {
            let missing = || Stop::Usage(format!("there is no suggestion {number}: `music-tracker travel` lists them"));
            trips.iter().find(|trip| trip.number == *number).ok_or_else(missing)
        };
        let mut text = String::new();
        if !request.accept.is_empty() {
            let zone = request.zone.as_deref().map(parse_zone).transpose()?;
            let chosen = request.accept.iter().map(chosen).collect::<Result<Vec<_>, _>>()?;
            for trip in &chosen {
                writeln!(text, "{}", accept(context, trip, zone.unwrap_or(trip.zone))?)?;
            }
            return Ok(Summary::text(text.trim_end()).count("accepted", chosen.len()));
        }
        if !request.dismiss.is_empty() {
            let chosen = request.dismiss.iter().map(chosen).collect::<Result<Vec<_>, _>>()?;
            for trip in &chosen {
                dismiss(context, trip)?;
                writeln!(text, "will not ask again: {}", described(trip))?;
            }
            return Ok(Summary::text(text.trim_end()).count("dismissed", chosen.len()));
        }
        for trip in &trips {
            writeln!(text, "{:>3}  {}: use {} time?", trip.number, described(trip), trip.zone)?;
        }
        text += match trips.len() {
            0 => "no trips to ask about",
            _ => {
                "\n`music-tracker travel --accept NUMBER` uses the local time of the trip, `--dismiss NUMBER` does not."
            }
        };
        Ok(Summary::text(text).count("suggestions", trips.len()))
    })
}

/// What is published, less what has been decided since.
fn suggested(context: &JobContext, account: Option<&str>) -> anyhow::Result<Vec<Trip>> {
    let reader = Reader::open(context)?;
    reader.needs("trips are in", &["rpt_trips"])?;
    let state = context.state()?;
    let account = account.map(|name| state.chosen_account(Some(name))).transpose()?.flatten();
    let zones = state.zones()?;
    let dismissed = TRIPS.read(&context.data)?;
    let mut query = reader.duckdb().prepare(
        "select trip_number, account_id, account_name, country, country_name, zone, home_zone, plays,
             epoch_ms(first_play_at), epoch_ms(last_play_at), epoch_ms(next_play_at)
         from rpt_trips order by trip_number",
    )?;
    let mut rows = query.query([])?;
    let mut trips = Vec::new();
    while let Some(row) = rows.next()? {
        let instant = |column: usize| -> anyhow::Result<Option<DateTime<Utc>>> {
            let ms: Option<i64> = row.get(column)?;
            ms.map(|ms| DateTime::from_timestamp_millis(ms).context("an instant out of range")).transpose()
        };
        let trip = Trip {
            number: row.get(0)?,
            account_id: AccountId::stored(row.get::<_, String>(1)?),
            account_name: row.get(2)?,
            country: row.get(3)?,
            country_name: row.get(4)?,
            zone: parse_zone(&row.get::<_, String>(5)?)?,
            home_zone: parse_zone(&row.get::<_, String>(6)?)?,
            plays: row.get(7)?,
            first: instant(8)?.unwrap_or_default(),
            last: instant(9)?.unwrap_or_default(),
            next: instant(10)?,
        };
        let is_wanted = account.as_ref().is_none_or(|one| one.account_id == trip.account_id);
        let is_decided = zone_at(&zones, &trip.account_id, trip.first) != Some(trip.home_zone)
            || dismissed.iter().any(|line| is_about(line, &trip));
        if is_wanted && !is_decided {
            trips.push(trip);
        }
    }
    Ok(trips)
}

fn is_about(line: &Line, trip: &Trip) -> bool {
    let at = line.instant("first_play_at").ok().flatten();
    let is_same_account = line
        .get("account")
        .is_some_and(|name| name == trip.account_id.as_str() || name.eq_ignore_ascii_case(&trip.account_name));
    let is_same_country = line.get("country").is_some_and(|country| country.eq_ignore_ascii_case(&trip.country));
    is_same_account && is_same_country && at.is_some_and(|at| at >= trip.first && at <= trip.last)
}

/// There with the first play, back with the first play elsewhere.
fn accept(context: &JobContext, trip: &Trip, zone: Tz) -> anyhow::Result<String> {
    let mut state = context.state()?;
    if state.account(trip.account_id.as_str())?.is_none() {
        let name = &trip.account_name;
        return Err(Stop::Usage(format!("the account {name:?} is no longer set up: make it again first")).into());
    }
    let zones = state.zones()?;
    let is_set = |at| zones.iter().any(|one| one.account_id == trip.account_id && one.valid_from == Some(at));
    if let Some(next) = trip.next
        && !is_set(next)
    {
        // Home may have changed meanwhile; what is in force then is where the trip leads back to.
        let home = zone_at(&zones, &trip.account_id, next).unwrap_or(trip.home_zone);
        state.set_zone(&trip.account_id, Some(next), home)?;
    }
    state.set_zone(&trip.account_id, Some(trip.first), zone)?;
    let name = &trip.account_name;
    Ok(match trip.next {
        Some(next) => {
            format!(
                "{name:?} lives in {zone} from {} to {}, and at home again after that",
                shown(trip.first),
                shown(next)
            )
        }
        None => format!(
            "{name:?} lives in {zone} from {} on; no play from elsewhere is known yet, so the way back will be asked about",
            shown(trip.first)
        ),
    })
}

fn dismiss(context: &JobContext, trip: &Trip) -> anyhow::Result<()> {
    TRIPS.add(&context.data, |_| {
        Ok(vec![
            ("account", trip.account_name.clone()),
            ("country", trip.country.clone()),
            ("first_play_at", shown(trip.first)),
            ("created_at", shown(context.clock.now())),
        ])
    })
}

/// `Japan, 3 to 17 July 2024, 143 plays`.
fn described(trip: &Trip) -> String {
    let (first, last) = (trip.first.with_timezone(&trip.zone), trip.last.with_timezone(&trip.zone));
    let begin = match (
        first.format("%Y").to_string() == last.format("%Y").to_string(),
        first.format("%m").to_string() == last.format("%m").to_string(),
    ) {
        (true, true) => first.format("%-d").to_string(),
        (true, false) => first.format("%-d %B").to_string(),
        _ => first.format("%-d %B %Y").to_string(),
    };
    let Trip { account_name, country_name, plays, .. } = trip;
    format!("{account_name}: {country_name}, {begin} to {}, {plays} plays", last.format("%-d %B %Y"))
}

/// The zone in force at an instant.
fn zone_at(zones: &[AccountZone], account_id: &AccountId, at: DateTime<Utc>) -> Option<Tz> {
    let own = zones.iter().filter(|one| one.account_id == *account_id).collect::<Vec<_>>();
    // The first zone counts since ever, whatever its date says.
    let current = own.iter().rfind(|one| one.valid_from.is_none_or(|from| from <= at)).or(own.first());
    Some(current.map_or(chrono_tz::UTC, |one| one.zone))
}
