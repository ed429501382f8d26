//! How soon to ask again: the list holds 50 plays, so whoever skips through songs needs to be
//! asked more often than whoever hears albums.

use std::time::Duration;

use chrono::{DateTime, Utc};
use lake::play::Source;
use platform::settings;

use crate::page;

/// What is usual.
const USUAL: Duration = Duration::from_secs(30 * 60);

/// Half a list: a poll that fails once may be made up for by the next.
const HALF_LIST: usize = 25;

/// The share of the day's budget that polling plans with; the rest is for repetitions.
const PLANNED_SHARE: f64 = 0.8;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// When to ask again for an account whose list is `body`, with `listeners` accounts on one
/// budget.
pub(super) fn advice(body: &[u8], settings: &settings::Spotify, listeners: usize, now: DateTime<Utc>) -> Duration {
    let page = page::parse(Source::SpotifyApi, body, now.timestamp_millis());
    let mut ends: Vec<i64> = page.map(|page| page.rows.iter().map(|row| row.play.at).collect()).unwrap_or_default();
    ends.sort_unstable();
    // The fastest that half a list was ever filled, as far as this list tells.
    let fastest = ends.windows(HALF_LIST).map(|window| window[HALF_LIST - 1] - window[0]).min();
    let needed = fastest.map_or(USUAL, |ms| Duration::from_millis(u64::try_from(ms).unwrap_or_default()));
    let polls = f64::from(settings.polls_per_day.max(1)) * PLANNED_SHARE / listeners.max(1) as f64;
    needed.min(USUAL).max(DAY.div_f64(polls.max(1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A list of 50 plays that ended `every` seconds after each other.
    fn list(every: i64) -> Vec<u8> {
        let item = |place: i64| {
            let at = DateTime::from_timestamp(1_790_000_000 + place * every, 0).unwrap();
            format!(r#"{{"track":{{"uri":"spotify:track:{place}","name":"x"}},"played_at":"{}"}}"#, at.to_rfc3339())
        };
        format!(r#"{{"items":[{}]}}"#, (0..50).map(item).collect::<Vec<_>>().join(",")).into_bytes()
    }

    #[track_caller]
    fn check(body: &[u8], listeners: usize, expected_secs: u64) {
        let settings = platform::Settings::from_vars(&Default::default()).unwrap().spotify;
        let now = DateTime::from_timestamp(1_790_100_000, 0).unwrap();
        assert_eq!(advice(body, &settings, listeners, now).as_secs(), expected_secs);
    }

    #[test]
    fn who_skips_a_lot_is_asked_more_often() {
        check(&list(200), 1, 30 * 60);
        check(&list(40), 1, 24 * 40);
        check(br#"{"items":[]}"#, 1, 30 * 60);
    }

    #[test]
    fn never_more_often_than_the_budget_allows() {
        check(&list(5), 1, 360);
        check(&list(5), 3, 1080);
    }
}
