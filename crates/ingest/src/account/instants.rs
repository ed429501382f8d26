//! Instants, as people type them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, TimeZone, Utc};
use chrono_tz::Tz;
use platform::{Stop, beginning_of_day};

/// An instant: RFC 3339 with an offset, or a local date (and time) in `zone`.
pub(super) fn parse_instant(text: &str, zone: Tz) -> anyhow::Result<DateTime<Utc>> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(instant.with_timezone(&Utc));
    }
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Ok(beginning_of_day(day, zone)?);
    }
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M"));
    let local = local.map_err(|_| {
        Stop::Usage(format!(
            "{text:?} is no instant; write 2024-07-03T10:00:00Z, or a local time in {zone} as 2024-07-03 or 2024-07-03T12:00"
        ))
    })?;
    zone.from_local_datetime(&local)
        .earliest()
        .map(|instant| instant.with_timezone(&Utc))
        .ok_or_else(|| Stop::Usage(format!("{text} never happened in {zone}: the clocks were put forward then")).into())
}

/// An instant for people.
pub(crate) fn shown(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
