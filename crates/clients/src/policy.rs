//! What to do about a request that failed: the one policy of all clients.

use std::time::Duration;

use platform::settings;
use platform::state::EVERY_CLASS;

use crate::ClientError;

/// The quiet a service gets that limits the rate and does not say for how long. Spotify counts
/// over 30 seconds; twice that is safe.
const UNTOLD_WAIT: Duration = Duration::from_secs(60);

/// The same when a day's quota is used up.
const UNTOLD_QUOTA_WAIT: Duration = Duration::from_secs(6 * 60 * 60);

/// A limit of the rate looks at seconds (Spotify's at 30). Whoever asks for longer quiet than this
/// means a quota, also without saying so: bans of 13 hours were seen long before Spotify gave a
/// reason with them. Polls must not miss plays because look-ups used up theirs.
const LONGEST_RATE_WAIT: Duration = Duration::from_secs(10 * 60);

/// How passing troubles are waited out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// How many times a request is repeated at most.
    pub retries: u32,
    /// The wait before the first repetition; each further one doubles it.
    pub first: Duration,
    /// Whoever must wait longer than this gives up, and the next run tries.
    pub longest: Duration,
}

/// The quiet that is kept after an answer that asks to slow down, and does not say for how long.
pub(crate) fn untold_quiet(quota_exceeded: bool) -> Duration {
    if quota_exceeded { UNTOLD_QUOTA_WAIT } else { UNTOLD_WAIT }
}

/// What follows from a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// Ask again after this wait; `None` gives up.
    pub retry: Option<Duration>,
    /// Nobody may ask for so long.
    pub cool_down: Option<CoolDown>,
}

/// The quiet that a service wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoolDown {
    /// For so long.
    pub wait: Duration,
    /// Only for requests of the kind that was refused.
    pub own_class_only: bool,
}

impl From<settings::Http> for Policy {
    fn from(settings: settings::Http) -> Self {
        Self {
            retries: settings.retries,
            first: Duration::from_millis(settings.first_wait_ms),
            longest: Duration::from_millis(settings.longest_wait_ms),
        }
    }
}

impl Policy {
    /// What to do after try `attempt` (0 is the first) failed with `error`. `jitter`, between 0
    /// and 1, makes waits up to half as long again, so that many programs do not come back at
    /// once.
    pub fn decide(&self, error: &ClientError, attempt: u32, jitter: f64) -> Decision {
        let wanted = error.retry_after();
        let cool_down = match error {
            ClientError::RateLimited { quota_exceeded, .. } => {
                let wait = wanted.unwrap_or_else(|| untold_quiet(*quota_exceeded));
                Some(CoolDown { wait, own_class_only: *quota_exceeded || wait > LONGEST_RATE_WAIT })
            }
            _ => wanted.map(|wait| CoolDown { wait, own_class_only: false }),
        };
        let is_passing = error.is_transient() || matches!(error, ClientError::RateLimited { .. });
        let wait = cool_down.map_or(Duration::ZERO, |cool_down| cool_down.wait);
        let retry = if is_passing { self.delay(attempt, wait, jitter) } else { None };
        Decision { retry, cool_down }
    }

    /// The wait before repetition `attempt`, at least `wanted`, or `None` to give up.
    fn delay(&self, attempt: u32, wanted: Duration, jitter: f64) -> Option<Duration> {
        if attempt >= self.retries {
            return None;
        }
        let wait = self.first.saturating_mul(2_u32.saturating_pow(attempt)).max(wanted);
        (wait <= self.longest).then(|| wait.mul_f64(1.0 + jitter.clamp(0.0, 1.0) / 2.0))
    }
}

impl CoolDown {
    /// The class of requests that it is about.
    pub(crate) fn class(self, own: &'static str) -> &'static str {
        if self.own_class_only { own } else { EVERY_CLASS }
    }
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;

    use super::*;

    const POLICY: Policy = Policy { retries: 4, first: Duration::from_secs(1), longest: Duration::from_secs(5) };

    fn status(code: u16, retry_after: Option<u64>) -> ClientError {
        ClientError::Status {
            url: "http://127.0.0.1/".parse().unwrap(),
            status: StatusCode::from_u16(code).unwrap(),
            retry_after: retry_after.map(Duration::from_secs),
        }
    }

    fn limited(retry_after: Option<u64>, quota_exceeded: bool) -> ClientError {
        ClientError::RateLimited { retry_after: retry_after.map(Duration::from_secs), quota_exceeded }
    }

    #[track_caller]
    fn retries(error: &ClientError, attempt: u32, jitter: f64, expected_ms: Option<u64>) {
        assert_eq!(POLICY.decide(error, attempt, jitter).retry, expected_ms.map(Duration::from_millis));
    }

    #[track_caller]
    fn cools_down(error: &ClientError, expected: Option<(u64, bool)>) {
        let expected =
            expected.map(|(secs, own_class_only)| CoolDown { wait: Duration::from_secs(secs), own_class_only });
        assert_eq!(POLICY.decide(error, 0, 0.0).cool_down, expected);
    }

    #[test]
    fn a_server_in_trouble_is_asked_again_ever_later_and_then_left() {
        retries(&status(503, None), 0, 0.0, Some(1_000));
        retries(&status(503, None), 1, 0.0, Some(2_000));
        retries(&status(503, None), 2, 0.0, Some(4_000));
        retries(&status(503, None), 3, 0.0, None); // 8 s is longer than the longest wait
        retries(&status(503, None), 4, 0.0, None);
        retries(&status(503, None), u32::MAX, 0.0, None);
        cools_down(&status(503, None), None);
    }

    #[test]
    fn what_a_service_asks_for_is_honoured_and_remembered() {
        retries(&status(503, Some(3)), 0, 0.0, Some(3_000));
        retries(&status(503, Some(3)), 2, 0.0, Some(4_000));
        retries(&limited(Some(3), false), 0, 0.0, Some(3_000));
        cools_down(&status(503, Some(3)), Some((3, false)));
        cools_down(&limited(Some(3), false), Some((3, false)));
    }

    #[test]
    fn a_ban_of_hours_is_remembered_and_never_slept_through() {
        for quota_exceeded in [true, false] {
            retries(&limited(Some(48_925), quota_exceeded), 0, 0.0, None);
        }
    }

    #[test]
    fn a_ban_of_hours_is_for_requests_of_its_kind_whatever_its_reason() {
        for quota_exceeded in [true, false] {
            cools_down(&limited(Some(48_925), quota_exceeded), Some((48_925, true)));
        }
        cools_down(&limited(Some(600), false), Some((600, false)));
    }

    #[test]
    fn a_service_that_does_not_say_how_long_gets_quiet_all_the_same() {
        retries(&limited(None, false), 0, 0.0, None);
        cools_down(&limited(None, false), Some((60, false)));
        cools_down(&limited(None, true), Some((21_600, true)));
    }

    #[test]
    fn what_only_a_person_can_mend_is_not_repeated() {
        for error in [
            ClientError::Reauthorize { message: String::new() },
            ClientError::Forbidden { message: String::new() },
            ClientError::Unauthorized { message: String::new() },
            ClientError::Settings { message: String::new() },
            ClientError::NotFound { message: String::new() },
            status(400, None),
            status(404, None),
        ] {
            retries(&error, 0, 0.0, None);
            cools_down(&error, None);
        }
    }

    #[test]
    fn jitter_only_lengthens() {
        retries(&status(500, None), 0, 0.5, Some(1_250));
        retries(&status(500, None), 0, 1.0, Some(1_500));
        retries(&status(500, None), 0, 7.0, Some(1_500));
        retries(&status(500, Some(5)), 0, 1.0, Some(7_500));
    }

    #[test]
    fn no_retries_means_none() {
        assert_eq!(Policy { retries: 0, ..POLICY }.decide(&status(500, None), 0, 0.0).retry, None);
    }

    #[test]
    fn huge_numbers_do_not_overflow() {
        let endless = Policy { retries: u32::MAX, first: Duration::from_secs(1), longest: Duration::from_secs(60) };
        assert_eq!(endless.decide(&limited(Some(u64::MAX), false), 1_000, 1.0).retry, None);
    }
}
