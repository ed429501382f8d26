//! When something that was asked is asked again.

use chrono::TimeDelta;
use lake::play::UnixMs;

/// So long an answer is good.
pub(crate) const GOOD_FOR: TimeDelta = TimeDelta::days(180);

/// The wait after the first answer that was no use; each further one doubles it.
const FIRST_RETRY: TimeDelta = TimeDelta::days(7);

/// The same after an answer that could not be read: the service has a bad day.
const FIRST_REREAD: TimeDelta = TimeDelta::days(1);

/// What an answer was good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// It said something.
    Found,
    /// It said that nothing is known.
    Missed,
    /// It said that several are, and not which.
    Several,
    /// Nobody can tell what it said.
    Unreadable,
}

impl Use {
    /// Nothing certain is known.
    pub(crate) fn is_miss(self) -> bool {
        matches!(self, Self::Missed | Self::Several)
    }
}

/// The answers about one subject to one way of asking, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Past(Vec<(UnixMs, Use)>);

impl Past {
    /// Adds an answer that came at `at`.
    pub(crate) fn add(&mut self, at: UnixMs, answer: Use) {
        let place = self.0.partition_point(|(earlier, _)| *earlier <= at);
        self.0.insert(place, (at, answer));
    }

    /// What the newest answer was good for.
    pub(crate) fn newest(&self) -> Option<Use> {
        self.0.last().map(|(_, answer)| *answer)
    }

    /// What the newest answer that can be read said.
    fn newest_readable(&self) -> Option<Use> {
        self.0.iter().rev().map(|(_, answer)| *answer).find(|answer| *answer != Use::Unreadable)
    }

    /// Whether the newest answer that can be read knew nothing certain.
    pub(crate) fn is_gone(&self) -> bool {
        self.newest_readable().is_some_and(Use::is_miss)
    }

    /// Whether the newest answer that can be read knew several.
    pub(crate) fn is_doubtful(&self) -> bool {
        self.newest_readable() == Some(Use::Several)
    }

    /// How many answers in a row, up to the newest, knew nothing certain.
    pub(crate) fn misses(&self) -> usize {
        self.0.iter().rev().take_while(|(_, answer)| answer.is_miss()).count()
    }

    /// When to ask again; `None` for at once, because it was never asked.
    pub(crate) fn again_at(&self) -> Option<UnixMs> {
        let (last, newest) = self.0.last()?;
        let is_alike = |answer: Use| answer == *newest || (answer.is_miss() && newest.is_miss());
        let alike = self.0.iter().rev().take_while(|(_, answer)| is_alike(*answer)).count();
        let wait = match newest {
            Use::Found => GOOD_FOR,
            Use::Missed | Use::Several => doubled(FIRST_RETRY, alike),
            Use::Unreadable => doubled(FIRST_REREAD, alike),
        };
        Some(last + wait.num_milliseconds())
    }

    /// Whether it is time to ask.
    pub(crate) fn is_due(&self, now: UnixMs) -> bool {
        self.again_at().is_none_or(|at| at <= now)
    }
}

/// The wait after so many answers in a row that were no use.
fn doubled(first: TimeDelta, answers: usize) -> TimeDelta {
    let doublings = u32::try_from(answers.saturating_sub(1)).unwrap_or(u32::MAX).min(16);
    (first * 2_i32.pow(doublings)).min(GOOD_FOR)
}

#[cfg(test)]
mod tests {
    use super::Use::{Found, Missed, Several, Unreadable};
    use super::*;

    const DAY: i64 = 24 * 60 * 60 * 1_000;

    fn past(answers: &[(i64, Use)]) -> Past {
        let mut past = Past::default();
        answers.iter().for_each(|(day, answer)| past.add(day * DAY, *answer));
        past
    }

    #[track_caller]
    fn again_after(answers: &[(i64, Use)], expected_days: i64) {
        assert_eq!(past(answers).again_at(), Some(expected_days * DAY));
    }

    #[test]
    fn what_was_found_is_good_for_half_a_year() {
        again_after(&[(0, Found)], 180);
        again_after(&[(0, Missed), (10, Found)], 190);
        assert!(!past(&[(0, Found)]).is_due(179 * DAY));
        assert!(past(&[(0, Found)]).is_due(180 * DAY));
    }

    #[test]
    fn what_was_not_found_is_asked_ever_later() {
        again_after(&[(0, Missed)], 7);
        again_after(&[(0, Missed), (7, Missed)], 7 + 14);
        again_after(&[(7, Missed), (0, Missed), (21, Missed)], 21 + 28);
        again_after(&[(0, Found), (180, Missed)], 187);
        again_after(&[(0, Missed), (7, Several)], 7 + 14);
        again_after(&(0..40).map(|day| (day, Missed)).collect::<Vec<_>>(), 39 + 180);
    }

    #[test]
    fn what_could_not_be_read_is_asked_again_soon() {
        again_after(&[(0, Unreadable)], 1);
        again_after(&[(0, Missed), (7, Unreadable), (8, Unreadable)], 8 + 2);
        again_after(&[(0, Missed), (7, Unreadable), (8, Missed)], 8 + 7);
        assert!(past(&[(0, Found), (180, Missed), (187, Unreadable)]).is_gone());
        assert!(!past(&[(0, Missed), (7, Found), (187, Unreadable)]).is_gone());
        assert!(past(&[(0, Found), (180, Several), (187, Unreadable)]).is_doubtful());
        assert!(!past(&[(0, Several), (7, Missed)]).is_doubtful());
    }

    #[test]
    fn what_was_never_asked_is_due() {
        assert!(Past::default().is_due(0));
        assert_eq!(Past::default().newest(), None);
    }
}
