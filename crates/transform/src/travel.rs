//! Trips that a person made and whose time zone nobody told: asked about, accepted, dismissed.

mod dismissed;

use std::fmt::Write as _;

use anyhow::Context;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use md5::{Digest, Md5};
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
    /// Use the local time of this trip
    #[arg(long, value_name = "TRIP", conflicts_with_all = ["dismiss", "dismissed", "undo"])]
    pub accept: Vec<String>,
    /// Another zone than the one suggested, for --accept
    #[arg(long, value_name = "ZONE", requires = "accept")]
    pub zone: Option<String>,
    /// Never suggest this trip again
    #[arg(long, value_name = "TRIP", conflicts_with_all = ["dismissed", "undo"])]
    pub dismiss: Vec<String>,
    /// List what was dismissed
    #[arg(long, conflicts_with = "undo")]
    pub dismissed: bool,
    /// Take a dismissal back, so that the trip is suggested again
    #[arg(long, value_name = "TRIP")]
    pub undo: Vec<String>,
}

impl Request {
    /// Whether nothing is answered, so that nothing changes.
    pub fn is_question(&self) -> bool {
        self.accept.is_empty() && self.dismiss.is_empty() && self.undo.is_empty()
    }
}

/// One suggestion.
struct Trip {
    /// What it is called: see [`trip_id`].
    id: String,
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

/// Lists the suggestions, or accepts or dismisses some, or takes dismissals back.
///
/// # Errors
/// A [`Stop::Usage`] when nothing is published, or there is no such suggestion.
pub fn travel(context: &JobContext, request: &Request) -> anyhow::Result<Summary> {
    told(|| {
        if request.dismissed {
            return dismissed::list(context, request.account.as_deref());
        }
        if !request.undo.is_empty() {
            return dismissed::take_back(context, &request.undo);
        }
        let trips = suggested(context, request.account.as_deref())?;
        let chosen = |id: &String| {
            let missing = || Stop::Usage(format!("there is no suggestion {id}: `music-tracker travel` lists them"));
            trips.iter().find(|trip| trip.id.eq_ignore_ascii_case(id)).ok_or_else(missing)
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
                dismissed::add(context, trip)?;
                let (trip, id) = (described(trip), &trip.id);
                writeln!(text, "will not ask again: {trip}; `music-tracker travel --undo {id}` takes that back")?;
            }
            return Ok(Summary::text(text.trim_end()).count("dismissed", chosen.len()));
        }
        for trip in &trips {
            writeln!(text, "{}  {}: use {} time?", trip.id, described(trip), trip.zone)?;
        }
        text += match trips.len() {
            0 => "no trips to ask about",
            _ => "\n`music-tracker travel --accept TRIP` uses the local time of the trip, `--dismiss TRIP` does not.",
        };
        Ok(Summary::text(text).count("suggestions", trips.len()))
    })
}

/// What a trip is called: it follows from who was where from when on, so that it stays while other trips
/// come and go.
fn trip_id(account_id: &str, country: &str, first: DateTime<Utc>) -> String {
    let named = format!("{account_id} {} {}", country.to_ascii_uppercase(), first.timestamp_millis());
    let digest: [u8; 16] = Md5::digest(named.as_bytes()).into();
    digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
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
        "select account_id, account_name, country, country_name, zone, home_zone, plays,
             epoch_ms(first_play_at), epoch_ms(last_play_at), epoch_ms(next_play_at)
         from rpt_trips order by account_name, account_id, first_play_at",
    )?;
    let mut rows = query.query([])?;
    let mut trips = Vec::new();
    while let Some(row) = rows.next()? {
        let instant = |column: usize| -> anyhow::Result<Option<DateTime<Utc>>> {
            let ms: Option<i64> = row.get(column)?;
            ms.map(|ms| DateTime::from_timestamp_millis(ms).context("an instant out of range")).transpose()
        };
        let (account_id, country): (String, String) = (row.get(0)?, row.get(2)?);
        let first = instant(7)?.unwrap_or_default();
        let trip = Trip {
            id: trip_id(&account_id, &country, first),
            account_id: AccountId::stored(account_id),
            account_name: row.get(1)?,
            country,
            country_name: row.get(3)?,
            zone: parse_zone(&row.get::<_, String>(4)?)?,
            home_zone: parse_zone(&row.get::<_, String>(5)?)?,
            plays: row.get(6)?,
            first,
            last: instant(8)?.unwrap_or_default(),
            next: instant(9)?,
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
    let name = &trip.account_name;
    let forget = |at| format!("`music-tracker account set {name:?} --forget-from {}`", shown(at));
    let mut way_back = vec![match is_set(trip.first) {
        true => format!("`music-tracker account set {name:?} --zone {} --from {}`", trip.home_zone, shown(trip.first)),
        false => forget(trip.first),
    }];
    if let Some(next) = trip.next
        && !is_set(next)
    {
        // Home may have changed meanwhile; what is in force then is where the trip leads back to.
        let home = zone_at(&zones, &trip.account_id, next).unwrap_or(trip.home_zone);
        state.set_zone(&trip.account_id, Some(next), home)?;
        way_back.push(forget(next));
    }
    state.set_zone(&trip.account_id, Some(trip.first), zone)?;
    let done = match trip.next {
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
    };
    Ok(format!("{done}\n  to take that back: {}", way_back.join(", then ")))
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
