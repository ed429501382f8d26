//! Paging as ListenBrainz does it: bounds in seconds, both exclusive; with `min_ts` the
//! oldest listens after it, else the newest; always shown newest first; and a window of time
//! that moves on nine times before the search is given up.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::world::Listen;

/// The search is given up after so many windows.
const PASSES: usize = 10;
/// Each window is so much wider than the last.
const WIDER: i64 = 3;
/// Where one window follows another, the listens of this many seconds are found by both.
const OVERLAP_SECS: i64 = 1;

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) count: usize,
    min_ts: Option<i64>,
    max_ts: Option<i64>,
}

impl Bounds {
    /// What a query asks for; no page has more than `most`.
    pub(super) fn asked_for(query: &HashMap<String, String>, most: usize) -> Result<Self, String> {
        let number = |name: &str| match query.get(name).map(|text| text.parse::<i64>()) {
            None => Ok(None),
            Some(Ok(number)) if number >= 0 => Ok(Some(number)),
            Some(Ok(_)) => Err(format!("'{name}' should be greater than or equal to 0")),
            Some(Err(_)) => Err(format!("Invalid {name} argument: {}", query[name])),
        };
        let (count, min_ts, max_ts) = (number("count")?, number("min_ts")?, number("max_ts")?);
        if let (Some(min_ts), Some(max_ts)) = (min_ts, max_ts)
            && max_ts <= min_ts
        {
            return Err("max_ts should be greater than min_ts".into());
        }
        let count = usize::try_from(count.unwrap_or(25)).unwrap_or(most).min(most);
        Ok(Self { count, min_ts, max_ts })
    }

    /// The page, newest first. `known` is in order of time.
    pub(super) fn page(&self, known: &[Listen], window: TimeDelta, now: DateTime<Utc>) -> Vec<Listen> {
        let (Some(first), Some(last)) = (known.first(), known.last()) else {
            return Vec::new();
        };
        let mut search = Search { known, found: Vec::new(), count: self.count };
        let mut width = window.num_seconds().max(1);
        match (self.min_ts, self.max_ts) {
            (Some(min_ts), Some(max_ts)) => {
                search.forwards(min_ts, max_ts);
                search.found.reverse();
            }
            (Some(min_ts), None) => {
                let mut from = min_ts;
                for _ in 0..PASSES {
                    if search.forwards(from, from + width) || from > now.timestamp() {
                        break;
                    }
                    from = (from + width - OVERLAP_SECS - 1).max(min_ts);
                    width *= WIDER;
                }
                search.found.reverse();
            }
            (None, max_ts) => {
                let max_ts = max_ts.unwrap_or(last.listened_at + 1);
                let mut to = max_ts;
                for _ in 0..PASSES {
                    if search.backwards(to - width, to) || to < first.listened_at {
                        break;
                    }
                    to = (to - width + OVERLAP_SECS + 1).min(max_ts);
                    width *= WIDER;
                }
            }
        }
        search.found
    }
}

struct Search<'k> {
    known: &'k [Listen],
    found: Vec<Listen>,
    count: usize,
}

impl Search<'_> {
    /// Takes the oldest listens in a window, and says whether that is enough.
    fn forwards(&mut self, after: i64, before: i64) -> bool {
        let window = self.window(after, before);
        let room = self.count - self.found.len();
        self.found.extend(self.known[window].iter().take(room));
        self.found.len() >= self.count
    }

    /// Takes the newest listens in a window, and says whether that is enough.
    fn backwards(&mut self, after: i64, before: i64) -> bool {
        let window = self.window(after, before);
        let room = self.count - self.found.len();
        self.found.extend(self.known[window].iter().rev().take(room));
        self.found.len() >= self.count
    }

    fn window(&self, after: i64, before: i64) -> std::ops::Range<usize> {
        let from = self.known.partition_point(|listen| listen.listened_at <= after);
        let to = self.known.partition_point(|listen| listen.listened_at < before);
        from..to.max(from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Origin;

    fn listens(times: &[i64]) -> Vec<Listen> {
        let listen = |(number, listened_at): (usize, &i64)| Listen {
            number,
            origin: Origin::Navidrome,
            listened_at: *listened_at,
            inserted_ms: 0,
            mapped_ms: None,
        };
        times.iter().enumerate().map(listen).collect()
    }

    /// The times on the page that a query gives.
    fn page(times: &[i64], query: &[(&str, &str)], window_secs: i64) -> Vec<i64> {
        let query = query.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let now = DateTime::from_timestamp(1_000_000, 0).unwrap();
        let bounds = Bounds::asked_for(&query, 1_000).unwrap();
        let page = bounds.page(&listens(times), TimeDelta::seconds(window_secs), now);
        page.iter().map(|listen| listen.listened_at).collect()
    }

    #[test]
    fn a_lower_bound_gives_the_oldest_newest_first() {
        let times = [10, 20, 30, 40, 50];
        assert_eq!(page(&times, &[("count", "2"), ("min_ts", "10")], 1_000), [30, 20]);
        assert_eq!(page(&times, &[("count", "2"), ("max_ts", "50")], 1_000), [40, 30]);
        assert_eq!(page(&times, &[("count", "2")], 1_000), [50, 40]);
        assert_eq!(page(&times, &[("min_ts", "10"), ("max_ts", "40")], 1_000), [30, 20]);
    }

    #[test]
    fn a_page_boundary_may_fall_into_a_second() {
        assert_eq!(page(&[10, 20, 20, 20, 30], &[("count", "2"), ("min_ts", "5")], 1_000), [20, 10]);
        assert_eq!(page(&[10, 20, 20, 20, 30], &[("min_ts", "20")], 1_000), [30]);
    }

    #[test]
    fn windows_overlap_and_double() {
        // The first window ends before 100; the second finds 99 again.
        assert_eq!(page(&[50, 99, 150], &[("min_ts", "0")], 100), [150, 99, 99, 50]);
    }

    #[test]
    fn a_long_silence_looks_like_the_end() {
        let times = [10, 900_000];
        assert_eq!(page(&times, &[("min_ts", "10")], 10), Vec::<i64>::new());
        assert_eq!(page(&times, &[("min_ts", "10")], 100), [900_000]);
        assert_eq!(page(&times, &[("max_ts", "900000")], 10), Vec::<i64>::new());
    }

    #[test]
    fn wrong_bounds_are_named() {
        let refused = |query: &[(&str, &str)]| {
            let query = query.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
            Bounds::asked_for(&query, 1_000).unwrap_err()
        };
        assert_eq!(refused(&[("min_ts", "7"), ("max_ts", "7")]), "max_ts should be greater than min_ts");
        assert_eq!(refused(&[("count", "-1")]), "'count' should be greater than or equal to 0");
        assert_eq!(refused(&[("max_ts", "now")]), "Invalid max_ts argument: now");
        let query = HashMap::from([("count".to_owned(), "9999".to_owned())]);
        assert_eq!(Bounds::asked_for(&query, 1_000).unwrap().count, 1_000);
    }
}
