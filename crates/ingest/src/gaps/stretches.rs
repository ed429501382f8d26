//! Which stretches of a gap imports cover, and which are still dark.

use chrono::{DateTime, TimeDelta, Utc};
use platform::state::Gap;

/// The end of a play in an export and in the list differ by up to so much. What is left open of
/// a gap and is no longer than this holds no play either.
const TOLERANCE: TimeDelta = TimeDelta::minutes(2);

/// A time that an import covers, and its receipt.
#[derive(Debug, Clone)]
pub(super) struct Cover {
    pub(super) receipt_id: String,
    pub(super) first: DateTime<Utc>,
    pub(super) last: DateTime<Utc>,
}

/// The stretches of a gap, in order: one where nothing covers any of it, or one import all of it.
/// `covers` are in the order of the history.
///
/// Stretches that two imports cover side by side are one, closed by the import that reaches
/// farther. Each has its share of the plays that are missing.
pub(super) fn of(gap: &Gap, covers: &[Cover]) -> Vec<Gap> {
    let mut closed: Vec<Cover> = Vec::new();
    let mut covers: Vec<Cover> = covers.iter().filter_map(|cover| within(gap, cover)).collect();
    // The sort keeps the order of the history where several begin at once.
    covers.sort_by_key(|cover| cover.first);
    for cover in covers {
        match closed.last_mut() {
            Some(before) if cover.first <= before.last + TOLERANCE => {
                if cover.last > before.last {
                    (before.last, before.receipt_id) = (cover.last, cover.receipt_id);
                }
            }
            _ => closed.push(cover),
        }
    }
    let mut stretches = Vec::new();
    let mut from = gap.noticed.0;
    for cover in closed {
        if from < cover.first {
            stretches.push(stretch(gap, from, cover.first, None));
        }
        from = cover.last;
        stretches.push(stretch(gap, cover.first, cover.last, Some(cover.receipt_id)));
    }
    if from < gap.noticed.1 {
        stretches.push(stretch(gap, from, gap.noticed.1, None));
    }
    stretches
}

/// What an import covers of a gap, if anything worth a word.
fn within(gap: &Gap, cover: &Cover) -> Option<Cover> {
    let (after, before) = gap.noticed;
    if cover.last <= after || cover.first >= before {
        return None;
    }
    let first = if cover.first <= after + TOLERANCE { after } else { cover.first };
    let last = if cover.last >= before - TOLERANCE { before } else { cover.last };
    let is_whole = (first, last) == (after, before);
    (is_whole || last - first > TOLERANCE).then(|| Cover { receipt_id: cover.receipt_id.clone(), first, last })
}

fn stretch(gap: &Gap, after: DateTime<Utc>, before: DateTime<Utc>, closed_by: Option<String>) -> Gap {
    let ms = |(from, to): (DateTime<Utc>, DateTime<Utc>)| (to - from).num_milliseconds() as f64;
    let share = ms((after, before)) / ms(gap.noticed);
    let estimated_plays = (f64::from(gap.estimated_plays) * share).round() as u32;
    Gap { after, before, estimated_plays, closed_by, ..gap.clone() }
}

#[cfg(test)]
mod tests {
    use platform::state::AccountId;

    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + minute * 60, 0).unwrap()
    }

    /// A gap from minute 100 to minute 200 with 50 plays; what is left of it as (from, to, plays,
    /// receipt).
    #[track_caller]
    fn check(covers: &[(&str, i64, i64)], expected: &[(i64, i64, u32, &str)]) {
        check_until(200, covers, expected);
    }

    /// As [`check`], of a gap to the minute `end`.
    #[track_caller]
    fn check_until(end: i64, covers: &[(&str, i64, i64)], expected: &[(i64, i64, u32, &str)]) {
        let gap = Gap {
            account_id: AccountId::stored("ann"),
            source: "spotify_api".into(),
            noticed: (at(100), at(end)),
            after: at(100),
            before: at(end),
            detected_at: at(300),
            run_id: "run".into(),
            estimated_plays: 50,
            closed_by: None,
        };
        let covers: Vec<Cover> = covers
            .iter()
            .map(|(id, first, last)| Cover { receipt_id: (*id).into(), first: at(*first), last: at(*last) })
            .collect();
        let found: Vec<_> = of(&gap, &covers)
            .into_iter()
            .map(|one| (one.after, one.before, one.estimated_plays, one.closed_by.unwrap_or_default()))
            .collect();
        let expected: Vec<_> =
            expected.iter().map(|(from, to, plays, id)| (at(*from), at(*to), *plays, (*id).to_owned())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_no_import_reaches_stays_dark() {
        check(&[], &[(100, 200, 50, "")]);
        check(&[("a", 0, 100), ("b", 200, 300)], &[(100, 200, 50, "")]);
        check(&[("a", 0, 102)], &[(100, 200, 50, "")]);
    }

    #[test]
    fn a_short_gap_is_covered_by_what_reaches_into_it_only() {
        check_until(103, &[("a", 0, 99), ("b", 104, 200)], &[(100, 103, 50, "")]);
        check_until(103, &[("a", 0, 100), ("b", 103, 200)], &[(100, 103, 50, "")]);
        check_until(103, &[("a", 0, 101)], &[(100, 103, 50, "a")]);
    }

    #[test]
    fn one_import_covers_all_of_it_the_first_that_does() {
        check(&[("a", 0, 300), ("b", 50, 250)], &[(100, 200, 50, "a")]);
        check(&[("a", 102, 198)], &[(100, 200, 50, "a")]);
    }

    #[test]
    fn what_is_left_is_shorter_and_holds_fewer_plays() {
        check(&[("a", 0, 160)], &[(100, 160, 30, "a"), (160, 200, 20, "")]);
        check(&[("a", 160, 300)], &[(100, 160, 30, ""), (160, 200, 20, "a")]);
        check(&[("a", 120, 180)], &[(100, 120, 10, ""), (120, 180, 30, "a"), (180, 200, 10, "")]);
        check(&[("a", 0, 120), ("b", 180, 300)], &[(100, 120, 10, "a"), (120, 180, 30, ""), (180, 200, 10, "b")]);
    }

    #[test]
    fn imports_that_touch_cover_together() {
        check(&[("a", 0, 150), ("b", 151, 300)], &[(100, 200, 50, "b")]);
        check(&[("b", 120, 300), ("a", 0, 150)], &[(100, 200, 50, "b")]);
        check(&[("a", 110, 170), ("b", 120, 160)], &[(100, 110, 5, ""), (110, 170, 30, "a"), (170, 200, 15, "")]);
    }
}
