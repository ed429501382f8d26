//! What the services ask of programs: to go slowly, to say who they are, to come one by one.
//! A rule that was broken is written down, and refused as the service would.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

use super::options::Options;
use super::state::Shared;
use super::targets::Service;

/// The part of an interval by which a machine that is busy may hand a request on late. It is what "on
/// average" excuses.
const SLACK: u32 = 10;
/// How many intervals the average is taken of.
const AVERAGED: usize = 10;
/// What Wikidata answers at once for one address.
const WIKIDATA_AT_ONCE: usize = 5;
/// How the libraries introduce themselves whose users said nothing.
const GENERIC: [&str; 10] =
    ["python", "reqwest", "curl", "wget", "java", "go-http-client", "okhttp", "axios", "node", "mozilla"];

/// A rule of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// At most one request per interval, on average over ten intervals, and no two at once.
    Pace,
    /// No more than so many requests at the same time.
    AtOnce,
    /// A User-Agent that names the program.
    UserAgent,
    /// A contact in the User-Agent: a web page or a mail address.
    Contact,
    /// No request when the headers said that none remains.
    Remaining,
}

/// A rule that a request broke.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BrokenRule {
    /// Whose rule.
    pub service: Service,
    /// Which.
    pub rule: Rule,
    /// The place of the request in the [log](super::Server::request_log).
    pub line: usize,
}

/// When each service was asked lately, and how often at this moment.
#[derive(Default)]
pub(super) struct Manners {
    lately: HashMap<Service, VecDeque<Duration>>,
    at_once: HashMap<Service, usize>,
}

impl Manners {
    /// Judges a request that has just come, `received` after the start; the worst comes first.
    pub(super) fn judge(
        &mut self,
        service: Service,
        received: Duration,
        user_agent: Option<&str>,
        options: &Options,
    ) -> Vec<Rule> {
        let mut broken = Vec::new();
        let asks_for_names = matches!(service, Service::MusicBrainz | Service::Wikidata | Service::Nominatim);
        if asks_for_names && options.checks_user_agent {
            broken.extend(user_agent_rule(user_agent.unwrap_or_default()));
        }
        let interval = match service {
            Service::MusicBrainz => options.musicbrainz_interval,
            Service::Nominatim => options.nominatim_interval,
            _ => Duration::ZERO,
        };
        broken.extend(self.is_too_fast(service, received, interval).then_some(Rule::Pace));
        let at_once = self.at_once.get(&service).copied().unwrap_or(0) + 1;
        broken.extend((service == Service::Wikidata && at_once > WIKIDATA_AT_ONCE).then_some(Rule::AtOnce));
        broken
    }

    /// Begins to answer a request; gives how many are being answered now. What ends it is an
    /// [`InFlight`].
    pub(super) fn begin(&mut self, service: Service) -> usize {
        let at_once = self.at_once.entry(service).or_default();
        *at_once += 1;
        *at_once
    }

    fn is_too_fast(&mut self, service: Service, received: Duration, interval: Duration) -> bool {
        let lately = self.lately.entry(service).or_default();
        let since = |earlier: Option<&Duration>| earlier.map(|earlier| received.saturating_sub(*earlier));
        // The request before, and the one that is ten intervals back.
        let last = since(lately.back());
        let first = if lately.len() == AVERAGED { since(lately.front()) } else { None };
        let is_within =
            |span: Option<Duration>, asked: Duration| span.is_some_and(|span| span + interval / SLACK < asked);
        let is_too_fast = is_within(last, interval) || is_within(first, interval * AVERAGED as u32);
        lately.push_back(received);
        if lately.len() > AVERAGED {
            lately.pop_front();
        }
        is_too_fast
    }
}

fn user_agent_rule(user_agent: &str) -> Option<Rule> {
    let name = user_agent.trim().to_lowercase();
    if name.is_empty() || GENERIC.iter().any(|generic| name.starts_with(generic)) {
        return Some(Rule::UserAgent);
    }
    (!name.contains('@') && !name.contains("://")).then_some(Rule::Contact)
}

/// A request that [began](Manners::begin) to be answered; it counts until this is dropped, also when the caller
/// has gone.
pub(super) struct InFlight {
    shared: Arc<Shared>,
    service: Service,
}

impl InFlight {
    pub(super) fn of(shared: &Arc<Shared>, service: Service) -> Self {
        Self { shared: Arc::clone(shared), service }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        if let Some(count) = self.shared.live().manners.at_once.get_mut(&self.service) {
            *count = count.saturating_sub(1);
        }
    }
}

/// What the service says to someone who broke a rule; nothing where it lets it pass.
pub(super) fn refusal(service: Service, rule: Rule) -> Option<Response> {
    let forbidden = "Please set a User-Agent that identifies your application and how to contact you.";
    Some(match (service, rule) {
        (_, Rule::Contact) => return None,
        (Service::MusicBrainz, Rule::UserAgent) => {
            (StatusCode::FORBIDDEN, Json(json!({"error": forbidden, "help": super::musicbrainz::HELP}))).into_response()
        }
        (Service::MusicBrainz, _) => musicbrainz_overload(),
        (Service::Nominatim, Rule::UserAgent) => (StatusCode::FORBIDDEN, Html(BLOCKED)).into_response(),
        (Service::Nominatim, _) => (StatusCode::TOO_MANY_REQUESTS, Html(BLOCKED)).into_response(),
        (Service::Wikidata, Rule::UserAgent) => (StatusCode::FORBIDDEN, forbidden).into_response(),
        _ => (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, "1")], "Too Many Requests").into_response(),
    })
}

/// 503 as MusicBrainz has it for those who ask too often.
pub(super) fn musicbrainz_overload() -> Response {
    let error = "Your requests are exceeding the allowable rate limit. Please see \
                 https://wiki.musicbrainz.org/XMLWebService for more information.";
    let body = json!({"error": error, "help": super::musicbrainz::HELP});
    (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
}

/// The page of Nominatim for those who ask too often.
pub(super) const BLOCKED: &str = "<html>\n<head>\n<title>Bandwidth limit exceeded</title>\n</head>\n<body>\n\
    <h1>Bandwidth limit exceeded</h1>\n<p>You are blocked for now, because you used the geocoder too much or did \
    not say which application you are.</p>\n</body>\n</html>\n";

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(intervals: &[u64], options: &Options) -> Vec<usize> {
        let (mut manners, mut received) = (Manners::default(), Duration::from_secs(3));
        let mut judge = |wait: &u64| {
            received += Duration::from_millis(*wait);
            let rules = manners.judge(Service::MusicBrainz, received, Some("player/1 ( me@example.org )"), options);
            rules.contains(&Rule::Pace)
        };
        intervals.iter().map(&mut judge).enumerate().filter(|(_, is_broken)| *is_broken).map(|(at, _)| at).collect()
    }

    #[test]
    fn the_pace_is_an_average_with_a_little_slack() {
        let options = Options::default();
        assert!(broken(&[1_000; 40], &options).is_empty());
        assert!(broken(&[0, 1_090, 910, 1_090, 910, 1_050], &options).is_empty(), "one was handed on late");
        assert_eq!(broken(&[0, 1_000, 500, 1_000], &options), [2]);
        let hasty = broken(&[980; 40], &options);
        assert_eq!(hasty.first(), Some(&10), "200 ms too early after ten");
        assert_eq!(broken(&[0, 1, 1_000], &options), [1], "the next is welcome again");
        let fast = Options { musicbrainz_interval: Duration::from_millis(20), ..Options::default() };
        assert!(broken(&[20; 40], &fast).is_empty());
        assert!(!broken(&[2; 40], &fast).is_empty());
        assert!(!broken(&[15; 40], &fast).is_empty(), "what is excused follows the interval");
        let free = Options { musicbrainz_interval: Duration::ZERO, ..Options::default() };
        assert!(broken(&[0; 40], &free).is_empty());
    }

    #[test]
    fn programs_say_who_they_are() {
        for (user_agent, rule) in [
            ("", Some(Rule::UserAgent)),
            ("python-requests/2.31", Some(Rule::UserAgent)),
            ("Mozilla/5.0 (https://x.example)", Some(Rule::UserAgent)),
            ("player/1.2", Some(Rule::Contact)),
            ("player/1.2 ( me@example.org )", None),
            ("player/1.2 ( https://example.org/player )", None),
        ] {
            assert_eq!(user_agent_rule(user_agent), rule, "{user_agent}");
        }
    }
}
