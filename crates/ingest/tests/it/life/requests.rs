//! Whether the services were asked no more than they bear. (Time stands still within a tick, so
//! how far apart requests are is looked at with real programs: see the module `pace`.)

use std::collections::BTreeMap;

use chrono::TimeDelta;
use simulator::server::{RequestLine, peak};

use super::weather::Weather;

/// Says where a budget or a wish for quiet was not respected.
pub(super) fn check(log: &[RequestLine], weather: &Weather, polls_per_day: usize) -> Vec<String> {
    let mut wrong = Vec::new();
    let polls = log.iter().filter(|line| line.endpoint == "recently-played");
    let most = peak(polls, TimeDelta::hours(24));
    if most > polls_per_day {
        wrong.push(format!("{most} polls in 24 hours, and {polls_per_day} were allowed"));
    }
    for (place, line) in log.iter().enumerate() {
        let Some(fault @ ("rate_limited" | "quota_exceeded")) = line.fault else {
            if line.status == Some(429) {
                wrong.push(format!("asked too fast: {line:?}"));
            }
            continue;
        };
        let Some(quiet) = weather.wish(line.service, fault, line.at) else { continue };
        let is_meant = |other: &&RequestLine| {
            // Of the polls alone; then nobody needs a token either.
            let is_poll = ["recently-played", "token"].contains(&other.endpoint);
            other.service == line.service && (fault == "rate_limited" || is_poll)
        };
        let later = log[place + 1..].iter().filter(is_meant).find(|other| other.at < line.at + quiet);
        if let Some(later) = later {
            wrong.push(format!("{quiet} of quiet were asked for by {line:?}, but {later:?} came"));
        }
    }
    wrong
}

/// What a poll without any trouble asks: for each account a token and the list, once.
pub(super) fn is_steady(before: &BTreeMap<String, u64>, after: &BTreeMap<String, u64>, accounts: u64) -> bool {
    let asked = |endpoint: &str| {
        let count = |requests: &BTreeMap<String, u64>| requests.get(endpoint).copied().unwrap_or_default();
        count(after) - count(before)
    };
    let all: u64 = after.values().sum::<u64>() - before.values().sum::<u64>();
    asked("POST /api/token") == accounts
        && asked("GET /v1/me/player/recently-played") == accounts
        && all == 2 * accounts
}
