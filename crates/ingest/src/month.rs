//! Months: the unit in which rows are compared with what is known, so that a long history
//! needs no more memory than a short one.

use std::fmt;

use chrono::{DateTime, Datelike};
use lake::play::UnixMs;

/// A UTC month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Month(i32);

impl Month {
    /// The month of an instant.
    pub(crate) fn of(at: UnixMs) -> Self {
        let time = DateTime::from_timestamp_millis(at).unwrap_or_default();
        Self(time.year() * 12 + time.month0().cast_signed())
    }
}

impl fmt::Display for Month {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}", self.0.div_euclid(12), self.0.rem_euclid(12) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_begin_at_midnight_utc() {
        assert_eq!(Month::of(1_704_067_199_999).to_string(), "2023-12");
        assert_eq!(Month::of(1_704_067_200_000).to_string(), "2024-01");
    }
}
