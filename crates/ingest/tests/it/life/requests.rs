//! Whether the services were asked no more than they bear.

use chrono::TimeDelta;
use simulator::server::{RequestLine, Service, peak};

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
            other.service == line.service && (fault == "rate_limited" || other.endpoint == line.endpoint)
        };
        let later = log[place + 1..].iter().filter(is_meant).find(|other| other.at < line.at + quiet);
        if let Some(later) = later {
            wrong.push(format!("{quiet} of quiet were asked for by {line:?}, but {later:?} came"));
        }
    }
    wrong
}

/// What a poll without any trouble asks: for each account a token and the list.
pub(super) fn is_steady(lines: &[RequestLine], accounts: usize) -> bool {
    let count = |endpoint: &str| lines.iter().filter(|line| line.endpoint == endpoint).count();
    let spotify = lines.iter().filter(|line| line.service == Service::Spotify).count();
    count("token") == accounts && count("recently-played") == accounts && spotify == 2 * accounts
}
