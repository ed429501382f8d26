//! Time zones, as people type them.

use chrono_tz::Tz;

use crate::Stop;

/// The IANA zone of this name.
///
/// # Errors
/// A [`Stop::Usage`] when there is none.
pub fn parse_zone(name: &str) -> Result<Tz, Stop> {
    name.parse().map_err(|_| {
        Stop::Usage(format!(
            "{name:?} is no IANA time zone; they look like Europe/Berlin, America/New_York, Asia/Kolkata"
        ))
    })
}
