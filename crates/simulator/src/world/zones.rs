//! Where someone is at a moment, and what the clock on the wall says there.
//!
//! The pipeline under test computes local time in DuckDB with ICU; this is chrono-tz, so the
//! two can disagree.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use crate::dice::Dice;
use crate::scenario::Stay;

/// The zone in force at a moment.
pub(super) fn zone_at(stays: &[Stay], moment: DateTime<Utc>) -> Tz {
    let after = stays.partition_point(|stay| stay.since.is_none_or(|since| since <= moment));
    stays[after.saturating_sub(1)].zone
}

/// The wall clock of someone at a moment.
pub(super) fn local_at(stays: &[Stay], moment: DateTime<Utc>) -> NaiveDateTime {
    moment.with_timezone(&zone_at(stays, moment)).naive_local()
}

/// The moment at which a wall clock shows a time: by chance one of the two when the hour
/// repeats, an hour later when it is skipped.
pub(super) fn moment_of(zone: Tz, local: NaiveDateTime, dice: &mut Dice) -> DateTime<Utc> {
    let found = zone.from_local_datetime(&local);
    let moment = if dice.chance(0.5) { found.earliest() } else { found.latest() };
    let moment = moment.or_else(|| zone.from_local_datetime(&(local + TimeDelta::hours(1))).earliest());
    moment.map_or_else(|| local.and_utc(), |moment| moment.to_utc())
}

/// Every moment between two at which the wall clock jumps: daylight saving and travel.
pub(super) fn jumps(stays: &[Stay], from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let state = |moment: DateTime<Utc>| {
        let zone = zone_at(stays, moment);
        (zone, zone.offset_from_utc_datetime(&moment.naive_utc()).fix())
    };
    let mut jumps = Vec::new();
    let mut day = from;
    while day < to {
        let (mut before, mut after) = (day, day + TimeDelta::days(1));
        day = after;
        if state(before) == state(after) {
            continue;
        }
        while after - before > TimeDelta::milliseconds(1) {
            let middle = before + TimeDelta::milliseconds((after - before).num_milliseconds() / 2);
            if state(middle) == state(before) { before = middle } else { after = middle }
        }
        jumps.push(after);
    }
    jumps
}

/// The local days from one moment to another, both included.
pub(super) fn days(stays: &[Stay], from: DateTime<Utc>, to: DateTime<Utc>) -> impl Iterator<Item = NaiveDate> {
    let last = local_at(stays, to).date();
    std::iter::successors(Some(local_at(stays, from).date()), |day| day.checked_add_days(Days::new(1)))
        .take_while(move |day| *day <= last)
}

/// The zone someone wakes up in on a day.
pub(super) fn zone_on(stays: &[Stay], day: NaiveDate) -> Tz {
    zone_at(stays, day.and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(12))
}

/// The country Spotify would report from a zone; `ZZ` where this table does not know.
pub(super) fn country_of(zone: Tz) -> &'static str {
    match zone.name() {
        "Europe/Berlin" => "DE",
        "Europe/London" | "Europe/Belfast" => "GB",
        "Europe/Paris" => "FR",
        "Europe/Madrid" | "Atlantic/Canary" => "ES",
        "Europe/Rome" => "IT",
        "Europe/Amsterdam" => "NL",
        "Europe/Brussels" => "BE",
        "Europe/Zurich" => "CH",
        "Europe/Vienna" => "AT",
        "Europe/Warsaw" => "PL",
        "Europe/Prague" => "CZ",
        "Europe/Stockholm" => "SE",
        "Europe/Oslo" => "NO",
        "Europe/Copenhagen" => "DK",
        "Europe/Helsinki" => "FI",
        "Europe/Dublin" => "IE",
        "Europe/Lisbon" | "Atlantic/Azores" => "PT",
        "Europe/Athens" => "GR",
        "Europe/Istanbul" => "TR",
        "Europe/Kyiv" | "Europe/Kiev" => "UA",
        "America/New_York"
        | "America/Chicago"
        | "America/Denver"
        | "America/Los_Angeles"
        | "America/Phoenix"
        | "America/Anchorage"
        | "Pacific/Honolulu" => "US",
        "America/Toronto" | "America/Vancouver" | "America/St_Johns" | "America/Halifax" => "CA",
        "America/Mexico_City" => "MX",
        "America/Sao_Paulo" => "BR",
        "America/Argentina/Buenos_Aires" => "AR",
        "America/Santiago" => "CL",
        "America/Caracas" => "VE",
        "Africa/Cairo" => "EG",
        "Africa/Casablanca" => "MA",
        "Africa/Lagos" => "NG",
        "Africa/Johannesburg" => "ZA",
        "Africa/Nairobi" => "KE",
        "Asia/Dubai" => "AE",
        "Asia/Kolkata" | "Asia/Calcutta" => "IN",
        "Asia/Kathmandu" => "NP",
        "Asia/Tehran" => "IR",
        "Asia/Tokyo" => "JP",
        "Asia/Seoul" => "KR",
        "Asia/Shanghai" => "CN",
        "Asia/Hong_Kong" => "HK",
        "Asia/Singapore" => "SG",
        "Asia/Bangkok" => "TH",
        "Asia/Jakarta" => "ID",
        "Asia/Manila" => "PH",
        "Australia/Lord_Howe"
        | "Australia/Sydney"
        | "Australia/Melbourne"
        | "Australia/Adelaide"
        | "Australia/Darwin"
        | "Australia/Brisbane"
        | "Australia/Perth"
        | "Australia/Eucla" => "AU",
        "Pacific/Auckland" | "Pacific/Chatham" => "NZ",
        _ => "ZZ",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_instant;

    #[test]
    fn jumps_are_found_exactly() {
        let stays = [
            Stay { zone: Tz::Australia__Lord_Howe, since: None },
            Stay { zone: Tz::Europe__London, since: Some(parse_instant("2024-06-01T08:15:30Z").unwrap()) },
        ];
        let found = jumps(&stays, parse_instant("2024-01-01").unwrap(), parse_instant("2025-01-01").unwrap());
        let expected = ["2024-04-06T15:00:00Z", "2024-06-01T08:15:30Z", "2024-10-27T01:00:00Z"];
        assert_eq!(found, expected.map(|moment| parse_instant(moment).unwrap()));
    }
}
