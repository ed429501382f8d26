//! The way out to one service: every request of every client passes here, in turn with those
//! of other programs, and within what the service bears.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use platform::settings::{Upstream, is_of_this_machine};
use platform::state::{Cooldown, EVERY_CLASS, Refusal, RequestLimit};
use platform::{Clock, JobContext, StateDb};
use reqwest::{Client, RequestBuilder};
use serde::de::IgnoredAny;
use url::Url;

use crate::http::{self, MAX_BODY_BYTES, Reply};
use crate::{ClientError, Policy};

/// A kind of request, with a budget of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Class {
    /// Its name in the state database.
    pub name: &'static str,
    /// The most requests of it in 24 hours.
    pub per_day: Option<u32>,
}

/// So much later than its moment a request is late.
const LATE: TimeDelta = TimeDelta::milliseconds(10);

/// The line to one service.
pub struct Line {
    http: Client,
    policy: Policy,
    service: String,
    spacing: Duration,
    // Between requests of this program; the state database keeps those of others apart.
    limiter: Option<DefaultDirectRateLimiter>,
    state: Mutex<StateDb>,
    // The slots of programs on other data folders, for services that count by address.
    machine: Option<Mutex<StateDb>>,
    clock: Arc<dyn Clock>,
}

impl Line {
    /// A line to `service`, which bears a request every `spacing`.
    ///
    /// # Errors
    /// When the state database cannot be opened or no HTTP client be made.
    pub fn open(context: &JobContext, service: impl Into<String>, spacing: Duration) -> anyhow::Result<Self> {
        let settings = &context.settings;
        let timeout = Duration::from_secs(settings.http.timeout_secs);
        Ok(Self {
            http: http::http_client(settings.contact.as_deref(), timeout)?,
            policy: settings.http.into(),
            service: service.into(),
            spacing,
            limiter: Quota::with_period(spacing).map(RateLimiter::direct),
            state: Mutex::new(context.state()?),
            machine: None,
            clock: Arc::clone(&context.clock),
        })
    }

    /// The same for a service that counts by address: all programs of this machine take turns, whatever their
    /// data folder. Where that cannot be, those of one data folder still do.
    ///
    /// # Errors
    /// As [`Line::open`].
    pub(crate) fn open_by_address(context: &JobContext, service: &str, upstream: &Upstream) -> anyhow::Result<Self> {
        let line = Self::open(context, service, Duration::from_millis(upstream.spacing_ms))?;
        let settings = &context.settings;
        // What runs here bears what it bears: nobody else's pace hangs on it.
        let of_person = settings.state_of_person.as_ref().filter(|_| !is_of_this_machine(&upstream.base_url));
        let Some(folder) = settings.pace_dir.as_ref().or(of_person) else { return Ok(line) };
        let machine = StateDb::open(&folder.join("pace.db")).inspect_err(|error| {
            tracing::warn!(service, "only programs of this data folder keep one pace (see MUSIC_PACE_DIR): {error:#}");
        });
        Ok(Self { machine: machine.ok().map(Mutex::new), ..line })
    }

    /// Asks until `judge` finds an answer good, or the policy gives up. `request` is built
    /// anew for each try; `url` is what errors and logs may show of it.
    pub(crate) async fn ask<T>(
        &self,
        class: Class,
        url: &Url,
        request: impl Fn(&Client) -> RequestBuilder,
        judge: impl Fn(Reply) -> Result<T, ClientError>,
    ) -> Result<T, ClientError> {
        let mut attempt = 0;
        loop {
            let error = match self.send(class, url, &request, &judge).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let Some(wait) = self.remember(class, &error, attempt)? else { return Err(error) };
            tracing::debug!(%url, wait_ms = wait.as_millis() as u64, %error, "trying again");
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    /// Asks once, whatever comes of it: for requests that must not be repeated.
    pub(crate) async fn ask_once<T>(
        &self,
        class: Class,
        url: &Url,
        request: impl Fn(&Client) -> RequestBuilder,
        judge: impl Fn(Reply) -> Result<T, ClientError>,
    ) -> Result<T, ClientError> {
        let answer = self.send(class, url, request, judge).await;
        if let Err(error) = &answer {
            self.remember(class, error, 0)?;
        }
        answer
    }

    /// Whether a request may go out now, or in a moment that is waited for. For whoever would
    /// have to ask for something else first.
    pub(crate) fn is_open(&self, class: Class) -> Result<(), ClientError> {
        let now = self.clock.now();
        match self.state(|state| state.refusal(&self.limit(class), now))? {
            Some(refusal) if !self.is_waited_out(&refusal, now) => Err(refused(class, refusal)),
            _ => Ok(()),
        }
    }

    /// How many requests of the class the budget of the day still has.
    pub(crate) fn left(&self, class: Class) -> Result<u32, ClientError> {
        let Some(per_day) = class.per_day else { return Ok(u32::MAX) };
        let now = self.clock.now();
        let spent = self.state(|state| state.requests_of_day(&self.service, class.name, now))?;
        Ok(per_day.saturating_sub(spent))
    }

    async fn send<T>(
        &self,
        class: Class,
        url: &Url,
        request: impl Fn(&Client) -> RequestBuilder,
        judge: impl Fn(Reply) -> Result<T, ClientError>,
    ) -> Result<T, ClientError> {
        self.wait_for_turn(class).await?;
        let reply = http::send(request(&self.http), url, MAX_BODY_BYTES).await?;
        let quiet = reply.quiet;
        let answer = judge(reply)?;
        if let Some(quiet) = quiet {
            self.cool_down(EVERY_CLASS, quiet, "no requests are left in this window")?;
        }
        Ok(answer)
    }

    /// Remembers the quiet that follows from a failure. The wait before the next try, if there
    /// may be one.
    fn remember(&self, class: Class, error: &ClientError, attempt: u32) -> Result<Option<Duration>, ClientError> {
        let decision = self.policy.decide(error, attempt, http::jitter());
        if let Some(cool_down) = decision.cool_down {
            // How long is kept as a moment: what is read later must not say it as a span.
            let reason = match error {
                ClientError::RateLimited { quota_exceeded, .. } => {
                    ClientError::RateLimited { retry_after: None, quota_exceeded: *quota_exceeded }.to_string()
                }
                other => other.to_string(),
            };
            self.cool_down(cool_down.class(class.name), cool_down.wait, &reason)?;
        }
        Ok(decision.retry)
    }

    /// Waits for the next free moment. A cooldown of seconds is waited out, a longer one is
    /// the caller's to know.
    async fn wait_for_turn(&self, class: Class) -> Result<(), ClientError> {
        let limit = self.limit(class);
        if let Some(limiter) = &self.limiter {
            limiter.until_ready().await;
        }
        loop {
            let now = self.clock.now();
            let refusal = match self.state(|state| state.reserve_request(&limit, now))? {
                Ok(wait) => {
                    let wait = self.turn_among_all(&limit, now, wait)?;
                    let slot = TimeDelta::from_std(wait).map_or(now, |wait| now + wait);
                    if wait.is_zero() {
                        return self.keep_distance(&limit, slot);
                    }
                    tokio::time::sleep(wait).await;
                    // Whoever went before may have been told to be quiet; the budget was asked for already.
                    let now = self.clock.now();
                    match self.state(|state| state.refusal(&limit, now))? {
                        Some(cooling @ Refusal::CoolingDown { .. }) => cooling,
                        _ => return self.keep_distance(&limit, slot),
                    }
                }
                Err(refusal) => refusal,
            };
            let Refusal::CoolingDown { until, .. } = &refusal else { return Err(refused(class, refusal)) };
            if !self.is_waited_out(&refusal, now) {
                return Err(refused(class, refusal));
            }
            tokio::time::sleep((*until - now).to_std().unwrap_or_default()).await;
            if self.clock.now() <= now {
                // A clock that stands still, in a test, would never get there.
                return Err(ClientError::CoolingDown { until: *until, reason: "the clock stands still".to_owned() });
            }
        }
    }

    /// On a busy machine a program wakes up late: what comes next would come too soon behind it.
    fn keep_distance(&self, limit: &RequestLimit, slot: DateTime<Utc>) -> Result<(), ClientError> {
        let now = self.clock.now();
        if now - slot < LATE {
            return Ok(());
        }
        self.state(|state| state.sent_late(limit, now))?;
        self.machine.as_ref().map_or(Ok(()), |machine| with(machine, |state| state.sent_late(limit, now)))
    }

    /// The next free moment of this machine that is not before the one of this data folder.
    fn turn_among_all(
        &self,
        limit: &RequestLimit,
        now: DateTime<Utc>,
        wait: Duration,
    ) -> Result<Duration, ClientError> {
        let Some(machine) = &self.machine else { return Ok(wait) };
        let from = TimeDelta::from_std(wait).map_or(now, |wait| now + wait);
        let limit = RequestLimit { per_day: None, ..limit.clone() };
        let more = with(machine, |state| state.reserve_request(&limit, from))?;
        Ok(wait + more.unwrap_or_default())
    }

    fn limit(&self, class: Class) -> RequestLimit {
        RequestLimit { service: self.service.clone(), class: class.name, spacing: self.spacing, per_day: class.per_day }
    }

    /// A cooldown of seconds is.
    fn is_waited_out(&self, refusal: &Refusal, now: DateTime<Utc>) -> bool {
        let Refusal::CoolingDown { until, .. } = refusal else { return false };
        (*until - now).to_std().is_ok_and(|wait| wait <= self.policy.longest)
    }

    /// Remembers that `class` is not to be asked for so long.
    pub(crate) fn cool_down(&self, class: &str, wait: Duration, reason: &str) -> Result<(), ClientError> {
        let wait = TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX);
        let now = self.clock.now();
        let until = now.checked_add_signed(wait).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let cooldown =
            Cooldown { service: self.service.clone(), class: class.to_owned(), until, reason: reason.to_owned() };
        self.state(|state| state.cool_down(&cooldown, now))
    }

    fn state<T>(&self, work: impl FnOnce(&mut StateDb) -> anyhow::Result<T>) -> Result<T, ClientError> {
        with(&self.state, work)
    }
}

fn with<T>(state: &Mutex<StateDb>, work: impl FnOnce(&mut StateDb) -> anyhow::Result<T>) -> Result<T, ClientError> {
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    work(&mut state).map_err(|source| ClientError::Memory { source: source.into() })
}

/// The address of `path` below a base address.
pub(crate) fn join(base_url: &Url, path: &str) -> Result<Url, ClientError> {
    base_url.join(path).map_err(|_| ClientError::Settings { message: format!("{base_url} is no base URL") })
}

fn refused(class: Class, refusal: Refusal) -> ClientError {
    match refusal {
        Refusal::CoolingDown { until, reason } => ClientError::CoolingDown { until, reason },
        Refusal::BudgetSpent { until, per_day } => ClientError::BudgetSpent { class: class.name, per_day, until },
    }
}

/// A success is JSON from end to end. Anything else (an error page with status 200, an empty
/// body) came from something that stands before the service, and passes.
pub(crate) fn json(reply: Reply) -> Result<Reply, ClientError> {
    match serde_json::from_slice::<IgnoredAny>(&reply.body) {
        Ok(IgnoredAny) => Ok(reply),
        Err(error) => Err(ClientError::Unreadable {
            url: reply.url,
            detail: format!("no JSON at line {}, column {}", error.line(), error.column()),
        }),
    }
}
