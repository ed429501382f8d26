//! How long to wait before a failed request is tried again.

use std::time::Duration;

/// The rules for another try at a request that failed for a passing reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// How many times a request is repeated at most.
    pub retries: u32,
    /// The wait before the first repetition; each further one doubles it.
    pub first: Duration,
    /// Whoever must wait longer than this gives up, and the next run tries.
    pub longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { retries: 2, first: Duration::from_secs(1), longest: Duration::from_secs(20) }
    }
}

impl Backoff {
    /// The wait before repetition `attempt` (0 is the first), or `None` to give up.
    /// `retry_after` is what the service asked for; `jitter`, between 0 and 1, makes the wait
    /// up to half as long again, so that many programs do not come back at once.
    pub fn delay(&self, attempt: u32, retry_after: Option<Duration>, jitter: f64) -> Option<Duration> {
        if attempt >= self.retries {
            return None;
        }
        let doubled = self.first.saturating_mul(2_u32.saturating_pow(attempt));
        let wanted = doubled.max(retry_after.unwrap_or_default());
        (wanted <= self.longest).then(|| wanted.mul_f64(1.0 + jitter.clamp(0.0, 1.0) / 2.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff = Backoff { retries: 4, first: Duration::from_secs(1), longest: Duration::from_secs(5) };

    fn check(attempt: u32, retry_after: Option<u64>, jitter: f64, expected_ms: Option<u64>) {
        let delay = BACKOFF.delay(attempt, retry_after.map(Duration::from_secs), jitter);
        assert_eq!(delay, expected_ms.map(Duration::from_millis));
    }

    #[test]
    fn doubles_and_then_gives_up() {
        check(0, None, 0.0, Some(1_000));
        check(1, None, 0.0, Some(2_000));
        check(2, None, 0.0, Some(4_000));
        check(3, None, 0.0, None); // 8 s is longer than the longest wait
        check(4, None, 0.0, None);
        check(u32::MAX, None, 0.0, None);
    }

    #[test]
    fn honours_what_the_service_asks_for() {
        check(0, Some(3), 0.0, Some(3_000));
        check(2, Some(3), 0.0, Some(4_000));
        check(0, Some(48_925), 0.0, None);
    }

    #[test]
    fn jitter_only_lengthens() {
        check(0, None, 0.5, Some(1_250));
        check(0, None, 1.0, Some(1_500));
        check(0, None, 7.0, Some(1_500));
        check(0, Some(5), 1.0, Some(7_500));
    }

    #[test]
    fn no_retries_means_none() {
        assert_eq!(Backoff { retries: 0, ..BACKOFF }.delay(0, None, 0.0), None);
    }

    #[test]
    fn huge_numbers_do_not_overflow() {
        let endless = Backoff { retries: u32::MAX, first: Duration::from_secs(1), longest: Duration::from_secs(60) };
        assert_eq!(endless.delay(1_000, Some(Duration::MAX), 1.0), None);
    }
}
