//! Every request to an upstream service: who asked what and when, what interfered, what was
//! answered, and which plays were in the answer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, USER_AGENT};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::encoding::{basic, field_of};
use super::faults::{self, Interference, Twists};
use super::manners::{self, BrokenRule, InFlight, Rule};
use super::state::Shared;
use super::targets::{Service, Target};

/// More than any honest form has.
const FORM_BYTES: usize = 1 << 20;

/// One line of the log of requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequestLine {
    /// The service that was asked.
    pub service: Service,
    /// Its endpoint; see [`Service::endpoints`].
    pub endpoint: &'static str,
    /// The method and the path.
    pub path: String,
    /// The simulated time at which it arrived.
    pub at: DateTime<Utc>,
    /// The time of this machine at which it arrived: the pace of real programs.
    pub really_at: DateTime<Utc>,
    /// The status of the answer; none while there is none, and when there never was one.
    pub status: Option<u16>,
    /// The account it was about, as far as one can tell.
    pub account: Option<String>,
    /// The client id of the app, or the beginning of an API key.
    pub app: Option<String>,
    /// The developer account of a registered app.
    pub developer: Option<String>,
    /// The beginning of the token with which it was asked.
    pub token: Option<String>,
    /// The fault that answered or broke the answer.
    pub fault: Option<&'static str>,
    /// How many requests the service was answering then, this one included.
    pub at_once: usize,
    /// As what the program introduced itself.
    pub user_agent: Option<String>,
}

/// The most requests that came within any span of simulated time of this length, its end
/// excluded. Choose the lines first: those of one service, one app, one developer.
pub fn peak<'l>(lines: impl IntoIterator<Item = &'l RequestLine>, span: TimeDelta) -> usize {
    let mut times: Vec<DateTime<Utc>> = lines.into_iter().map(|line| line.at).collect();
    times.sort_unstable();
    let within = |(first, start): (usize, &DateTime<Utc>)| times.partition_point(|at| *at < *start + span) - first;
    times.iter().enumerate().map(within).max().unwrap_or(0)
}

/// Who asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Caller {
    pub(super) account: Option<String>,
    app: Option<String>,
    token: Option<String>,
}

impl Caller {
    pub(super) fn of(account: Option<&str>, app: Option<&str>, token: Option<&str>) -> Self {
        let beginning = |token: &str| token.chars().take(8).collect();
        Self { account: account.map(str::to_owned), app: app.map(str::to_owned), token: token.map(beginning) }
    }

    /// What can be told before anyone looks at the request.
    fn before(shared: &Shared, target: Target, parts: &Parts, form: &str) -> Self {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let query = parts.uri.query().unwrap_or_default();
        let name = |index: usize| shared.name_of(index);
        match (target.service, target.endpoint) {
            (Service::Spotify, "token") => {
                let token = field_of(form, "refresh_token").or_else(|| field_of(form, "code"));
                let app = basic(header).map(|(id, _)| id).or_else(|| field_of(form, "client_id"));
                let owner = token.as_deref().and_then(|token| shared.live().grants.owner(token));
                Self::of(owner.map(name), app.as_deref(), token.as_deref())
            }
            (Service::Spotify, "authorize") => {
                let account = shared.live().login_as;
                Self::of(Some(name(account)), field_of(query, "client_id").as_deref(), None)
            }
            (Service::Spotify, _) => {
                let token = header.strip_prefix("Bearer ");
                let live = shared.live();
                let access = token.and_then(|token| live.grants.access(token));
                Self::of(
                    access.map(|access| name(access.grant.account)),
                    access.map(|access| access.client_id.as_str()),
                    token,
                )
            }
            (Service::ListenBrainz, _) => {
                let user = parts.uri.path().split('/').nth(4).unwrap_or_default();
                let account = shared.world.accounts().iter().find(|account| account.listenbrainz_name == user);
                Self::of(account.map(|account| account.name.as_str()), None, header.strip_prefix("Token "))
            }
            (Service::LastFm, _) => {
                let user = field_of(query, "user").unwrap_or_default();
                let account =
                    shared.world.accounts().iter().find(|account| account.lastfm_name.eq_ignore_ascii_case(&user));
                let key: Option<String> = field_of(query, "api_key").map(|key| key.chars().take(8).collect());
                Self::of(account.map(|account| account.name.as_str()), key.as_deref(), None)
            }
            (Service::OpenWeather, _) => {
                let key: Option<String> = field_of(query, "appid").map(|key| key.chars().take(8).collect());
                Self::of(None, key.as_deref(), None)
            }
            (Service::MusicBrainz | Service::Wikidata | Service::Nominatim, _) => Self::default(),
        }
    }
}

/// Which plays an answer holds: the place of the account and the numbers.
#[derive(Debug, Clone)]
pub(super) struct Served {
    pub(super) service: Service,
    pub(super) account: usize,
    pub(super) numbers: Vec<usize>,
}

/// What a server remembers of its requests.
#[derive(Default)]
pub(super) struct Journal {
    pub(super) counts: BTreeMap<String, u64>,
    pub(super) lines: Vec<RequestLine>,
    pub(super) broken: Vec<BrokenRule>,
    served: BTreeMap<(Service, usize), BTreeSet<usize>>,
}

impl Journal {
    pub(super) fn keep(&mut self, served: &Served) {
        let plays = self.served.entry((served.service, served.account)).or_default();
        plays.extend(served.numbers.iter().copied());
    }

    /// How many requests a service has had.
    pub(super) fn asked(&self, service: Service) -> usize {
        self.lines.iter().filter(|line| line.service == service).count()
    }

    /// The numbers of the plays that were in an answer of a service, in order.
    pub(super) fn served(&self, service: Service, account: usize) -> BTreeSet<usize> {
        self.served.get(&(service, account)).cloned().unwrap_or_default()
    }
}

/// Every request to an upstream service passes here, before its token is looked at.
pub(super) async fn attend(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let target = Target::of(request.uri().path());
    let (parts, mut body) = request.into_parts();
    let mut form = String::new();
    if target.endpoint == "token" {
        match to_bytes(body, FORM_BYTES).await {
            Ok(bytes) => {
                form = String::from_utf8_lossy(&bytes).into_owned();
                body = Body::from(bytes);
            }
            Err(error) => return (axum::http::StatusCode::BAD_REQUEST, error.to_string()).into_response(),
        }
    }
    let caller = Caller::before(&shared, target, &parts, &form);
    let path = format!("{} {}", parts.method, parts.uri.path());
    let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let mut request = Request::from_parts(parts, body);

    let Noted { interference, now, line, broken } = shared.note(target, caller, path, user_agent);
    let _in_flight = InFlight::of(&shared, target.service);
    let refusal = broken.into_iter().find_map(|rule| manners::refusal(target.service, rule));
    request.extensions_mut().insert(Twists(interference.twists));
    let mut response = match (&interference.fault, refusal) {
        (Some(fault), _) if fault.replaces_the_answer() => faults::answer(fault, target, now).await,
        (_, Some(refusal)) => refusal,
        _ => next.run(request).await,
    };
    let is_sent = !matches!(interference.fault, Some(faults::FaultKind::Dropped {}));
    let caller = response.extensions_mut().remove::<Caller>().unwrap_or_default();
    shared.complete(line, is_sent.then_some(response.status().as_u16()), caller);
    faults::spoil(interference.fault.as_ref(), response, &shared).await
}

/// What is known of a request before it is answered.
struct Noted {
    interference: Interference,
    now: DateTime<Utc>,
    /// The place in the log.
    line: usize,
    broken: Vec<Rule>,
}

impl Shared {
    /// Writes a request down and decides what happens to it.
    fn note(&self, target: Target, caller: Caller, path: String, user_agent: Option<String>) -> Noted {
        let mut live = self.live();
        let (now, service) = (live.now, target.service);
        // Under the lock, so that the log is in the order of these times.
        let received = self.started.elapsed();
        let broken = live.manners.judge(service, received, user_agent.as_deref(), &self.options);
        let at_once = live.manners.begin(service);
        let interference = live.faults.take(target, caller.account.as_deref());
        *live.journal.counts.entry(path.clone()).or_default() += 1;
        let line = live.journal.lines.len();
        let app = caller.app.as_deref().and_then(|app| self.app(app).ok().flatten());
        live.journal.lines.push(RequestLine {
            service: target.service,
            endpoint: target.endpoint,
            path,
            at: now,
            really_at: really_now(),
            status: None,
            account: caller.account,
            developer: app.map(|app| app.developer.clone()),
            app: caller.app,
            token: caller.token,
            fault: interference.fault.as_ref().map(faults::FaultKind::name),
            at_once,
            user_agent,
        });
        self.noted.notify_all();
        live.journal.broken.extend(broken.iter().map(|rule| BrokenRule { service, rule: *rule, line }));
        Noted { interference, now, line, broken }
    }

    /// Adds to a line what is known when there is an answer.
    fn complete(&self, line: usize, status: Option<u16>, caller: Caller) {
        let mut live = self.live();
        let place = line;
        let line = &mut live.journal.lines[place];
        line.status = status;
        line.account = caller.account.or(line.account.take());
        line.app = caller.app.or(line.app.take());
        let service = line.service;
        if service == Service::ListenBrainz && status == Some(429) && line.fault.is_none() {
            live.journal.broken.push(BrokenRule { service, rule: Rule::Remaining, line: place });
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "what is simulated stands still between two requests")]
fn really_now() -> DateTime<Utc> {
    Utc::now()
}
