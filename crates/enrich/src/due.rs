//! When something that was asked is asked again.

use chrono::TimeDelta;
use lake::play::UnixMs;

/// So long an answer is good.
pub(crate) const GOOD_FOR: TimeDelta = TimeDelta::days(180);

/// The wait after the first answer that was no use; each further one doubles it.
const FIRST_RETRY: TimeDelta = TimeDelta::days(7);

/// So long a batch that was refused is not tried again.
pub(crate) const REFUSED_FOR: TimeDelta = TimeDelta::days(30);

/// The answers about one subject to one way of asking, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Past(Vec<(UnixMs, bool)>);

impl Past {
    /// Adds an answer that came at `at`: one that was of use, or one that was not.
    pub(crate) fn add(&mut self, at: UnixMs, was_found: bool) {
        let place = self.0.partition_point(|(earlier, _)| *earlier <= at);
        self.0.insert(place, (at, was_found));
    }

    /// Whether the newest answer was of use.
    pub(crate) fn is_found(&self) -> bool {
        self.0.last().is_some_and(|(_, was_found)| *was_found)
    }

    /// When to ask again; `None` for at once, because it was never asked.
    pub(crate) fn again_at(&self) -> Option<UnixMs> {
        let (last, was_found) = self.0.last()?;
        let misses = self.0.iter().rev().take_while(|(_, was_found)| !was_found).count();
        let wait = if *was_found { GOOD_FOR } else { after_misses(misses) };
        Some(last + wait.num_milliseconds())
    }

    /// Whether it is time to ask.
    pub(crate) fn is_due(&self, now: UnixMs) -> bool {
        self.again_at().is_none_or(|at| at <= now)
    }
}

/// The wait after so many answers in a row that were no use.
fn after_misses(misses: usize) -> TimeDelta {
    let doublings = u32::try_from(misses.saturating_sub(1)).unwrap_or(u32::MAX).min(16);
    (FIRST_RETRY * 2_i32.pow(doublings)).min(GOOD_FOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 60 * 60 * 1_000;

    fn past(answers: &[(i64, bool)]) -> Past {
        let mut past = Past::default();
        answers.iter().for_each(|(day, was_found)| past.add(day * DAY, *was_found));
        past
    }

    #[track_caller]
    fn again_after(answers: &[(i64, bool)], expected_days: i64) {
        assert_eq!(past(answers).again_at(), Some(expected_days * DAY));
    }

    #[test]
    fn what_was_found_is_good_for_half_a_year() {
        again_after(&[(0, true)], 180);
        again_after(&[(0, false), (10, true)], 190);
        assert!(!past(&[(0, true)]).is_due(179 * DAY));
        assert!(past(&[(0, true)]).is_due(180 * DAY));
    }

    #[test]
    fn what_was_not_found_is_asked_ever_later() {
        again_after(&[(0, false)], 7);
        again_after(&[(0, false), (7, false)], 7 + 14);
        again_after(&[(7, false), (0, false), (21, false)], 21 + 28);
        again_after(&[(0, true), (180, false)], 187);
        again_after(&(0..40).map(|day| (day, false)).collect::<Vec<_>>(), 39 + 180);
    }

    #[test]
    fn what_was_never_asked_is_due() {
        assert!(Past::default().is_due(0));
        assert!(!Past::default().is_found());
    }
}
