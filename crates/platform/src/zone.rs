//! Time zones, as people type them, and the days in them.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};

use crate::Stop;

/// How alike a name must be to the one that was meant, of 1.
const ALIKE: f64 = 0.9;

/// The IANA zone of this name, however it is capitalised.
///
/// # Errors
/// A [`Stop::Usage`] when there is none.
pub fn parse_zone(name: &str) -> Result<Tz, Stop> {
    let named = |zone: &&Tz| zone.name().eq_ignore_ascii_case(name.trim());
    TZ_VARIANTS.iter().find(named).copied().ok_or_else(|| {
        let meant = match nearest(name) {
            Some(zone) => format!("did you mean {zone}?"),
            None => "they look like Europe/Berlin, America/New_York, Asia/Kolkata".to_owned(),
        };
        Stop::Usage(format!("{name:?} is no IANA time zone; {meant}"))
    })
}

/// The zone whose name is most like this one, if it is much like it.
fn nearest(name: &str) -> Option<Tz> {
    let likeness = |zone: &Tz| strsim::jaro_winkler(&zone.name().to_lowercase(), &name.to_lowercase());
    let rated = TZ_VARIANTS.iter().map(|zone| (likeness(zone), *zone));
    let best = rated.max_by(|(one, _), (other, _)| one.total_cmp(other))?;
    (best.0 >= ALIKE).then_some(best.1)
}

/// The first moment of a day in a zone: where clocks go forward at midnight, it begins an hour later.
///
/// # Errors
/// A [`Stop::Usage`] for a day that the zone left out, as Samoa did when it crossed the date line.
pub fn beginning_of_day(day: NaiveDate, zone: Tz) -> Result<DateTime<Utc>, Stop> {
    let midnight = day.and_time(NaiveTime::MIN);
    let local = zone.from_local_datetime(&midnight).earliest();
    let later = || zone.from_local_datetime(&(midnight + TimeDelta::hours(1))).earliest();
    let at = local.or_else(later).ok_or_else(|| Stop::Usage(format!("{day} did not exist in {zone}")))?;
    Ok(at.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn begins(zone: &str, day: &str, expected: Option<&str>) {
        let day = beginning_of_day(day.parse().unwrap(), parse_zone(zone).unwrap());
        assert_eq!(day.ok().map(|at| at.to_rfc3339()).as_deref(), expected);
    }

    #[test]
    fn a_name_that_is_typed_wrong_leads_to_the_right_one() {
        assert_eq!(parse_zone("america/new_york").unwrap(), Tz::America__New_York);
        for (typed, meant) in
            [("Asia/Tokio", "Asia/Tokyo?"), ("America/New_Yrok", "America/New_York?"), ("x", "look like")]
        {
            let said = parse_zone(typed).unwrap_err().to_string();
            assert!(said.contains(meant), "{said}");
        }
    }

    #[test]
    fn a_day_begins_when_its_clocks_say_so() {
        begins("Europe/Berlin", "2024-07-03", Some("2024-07-02T22:00:00+00:00"));
        // The clocks went from 00:00 to 01:00.
        begins("America/Santiago", "2024-09-08", Some("2024-09-08T04:00:00+00:00"));
        begins("Africa/Cairo", "2024-04-26", Some("2024-04-25T22:00:00+00:00"));
        // They went from 01:00 to 00:00 at its end: midnight came once, and then once more.
        begins("America/Havana", "2024-11-03", Some("2024-11-03T04:00:00+00:00"));
        begins("Pacific/Apia", "2011-12-30", None);
    }
}
