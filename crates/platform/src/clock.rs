//! The one place that reads the system clock.

use chrono::{DateTime, Utc};

/// Tells the time. Services hold one, so that a test can stand at any instant.
pub trait Clock: Send + Sync {
    /// The current instant in UTC.
    fn now(&self) -> DateTime<Utc>;
}

/// The real time of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "this is the seam that all other code goes through")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// A clock that stands still: for tests and for `TRACKER_NOW`.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(
    /// The instant it shows.
    pub DateTime<Utc>,
);

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}
