//! Why a service gave us nothing usable.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use platform::Stop;
use reqwest::StatusCode;
use url::Url;

use crate::policy;

/// The variants are the decisions of a caller: wait, sign in again, correct a setting, tell
/// a person, try later.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Stop asking until then. Waits of many hours are normal once a quota is used up, so a
    /// caller keeps the moment instead of sleeping.
    #[error("asked to slow down{}{}", quota_words(*.quota_exceeded), wait_words(.retry_after))]
    RateLimited {
        /// How long, where the service says so.
        retry_after: Option<Duration>,
        /// The account's quota is used up; a moment's patience does not help.
        quota_exceeded: bool,
    },
    /// The access token is not accepted: refresh it once and ask again.
    #[error("access token was rejected: {message}")]
    Unauthorized {
        /// The service's words.
        message: String,
    },
    /// The refresh token is dead: a person must sign in again. Never retried.
    #[error("sign-in has expired or was withdrawn: {message}")]
    Reauthorize {
        /// The service's words.
        message: String,
    },
    /// The service does not know this app: a person must correct the settings.
    #[error("wrong settings: {message}")]
    Settings {
        /// What is wrong, in the service's words where it said so.
        message: String,
    },
    /// The service refuses: a removed endpoint, a listener who is not on the app's list, an
    /// owner without Premium. The message tells which.
    #[error("access was refused: {message}")]
    Forbidden {
        /// The service's words.
        message: String,
    },
    /// There is nobody of that name.
    #[error("not found: {message}")]
    NotFound {
        /// The service's words.
        message: String,
    },
    /// An earlier answer asked for quiet, and it is not over. Nothing was sent.
    #[error("wants quiet until {}: {reason}", .until.format("%Y-%m-%d %H:%M:%S UTC"))]
    CoolingDown {
        /// Until then.
        until: DateTime<Utc>,
        /// Why.
        reason: String,
    },
    /// The requests of this kind that a day may have are used up. Nothing was sent.
    #[error("the day's budget of {per_day} requests ({class}) is used up until {}", .until.format("%Y-%m-%d %H:%M:%S UTC"))]
    BudgetSpent {
        /// Which kind.
        class: &'static str,
        /// The budget.
        per_day: u32,
        /// When the next request is free.
        until: DateTime<Utc>,
    },
    /// What must be remembered about the service could not be read or written.
    #[error("the state database cannot be used")]
    Memory {
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Any other answer that is no success.
    #[error("{} answered {status}", short(.url))]
    Status {
        /// What was asked.
        url: Url,
        /// The answer.
        status: StatusCode,
        /// How long the service wants to be left alone, where it says so.
        retry_after: Option<Duration>,
    },
    /// No complete answer came.
    #[error("request to {} did not complete", short(.url))]
    Transport {
        /// What was asked.
        url: Url,
        /// What happened.
        source: reqwest::Error,
    },
    /// The body is larger than any honest answer; the rest of it was not read.
    #[error("{} answered with more than {limit_bytes} bytes", short(.url))]
    TooLarge {
        /// What was asked.
        url: Url,
        /// The most that is read.
        limit_bytes: usize,
    },
    /// A success without the content that makes it one.
    #[error("{} gave an answer that makes no sense: {detail}", short(.url))]
    Unreadable {
        /// What was asked.
        url: Url,
        /// What is wrong with it, without quoting it.
        detail: String,
    },
}

impl ClientError {
    /// Whether the same request may succeed within seconds. Rate limits are not among these:
    /// asking on during one makes it longer.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Status { status, .. } => matches!(status.as_u16(), 408 | 500 | 502 | 503 | 504),
            Self::Transport { source, .. } => !source.is_builder() && !source.is_redirect(),
            // An error page in place of the answer.
            Self::Unreadable { .. } => true,
            _ => false,
        }
    }

    /// The first instant at which another try makes sense, where it is known.
    pub fn retry_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let after = |wait| now.checked_add_signed(TimeDelta::from_std(wait).ok()?);
        match self {
            Self::CoolingDown { until, .. } | Self::BudgetSpent { until, .. } => Some(*until),
            // Where the service does not say, we keep quiet all the same.
            Self::RateLimited { retry_after, quota_exceeded } => {
                after(retry_after.unwrap_or_else(|| policy::untold_quiet(*quota_exceeded)))
            }
            _ => after(self.retry_after()?),
        }
    }

    /// What this means for the job that asked `service`, named as people call it; `None` where
    /// nothing is known but that it failed.
    pub fn stop(&self, service: &str, now: DateTime<Utc>) -> Option<Stop> {
        let later = |reason: String| Stop::Later { reason, retry_at: self.retry_at(now) };
        Some(match self {
            Self::Reauthorize { .. } => Stop::NeedsPerson(format!("the login at {service} has ended")),
            Self::Forbidden { message } | Self::NotFound { message } => Stop::NeedsPerson(message.clone()),
            Self::Settings { .. } => Stop::Usage(format!("the settings for {service} are wrong")),
            Self::RateLimited { .. } | Self::CoolingDown { .. } => later(format!("{service} asks to slow down")),
            Self::BudgetSpent { .. } => later(format!("enough was asked of {service} for today")),
            Self::TooLarge { .. } => later(format!("{service} does not answer properly")),
            // The token is fresh: whoever asked has replaced a refused one. Spotify refuses good ones now and then.
            Self::Unauthorized { .. } => later(format!("{service} refuses a login that it has just renewed")),
            _ if self.is_transient() => later(format!("{service} does not answer properly")),
            _ => return None,
        })
    }

    /// Whether nothing was sent, because the service is not to be asked now.
    pub fn was_held_back(&self) -> bool {
        matches!(self, Self::CoolingDown { .. } | Self::BudgetSpent { .. })
    }

    /// How long the service wants to be left alone, where it says so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } | Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// So much of an address is shown: a question about a hundred things has one of thousands of characters.
const SHOWN: usize = 160;

fn short(url: &Url) -> String {
    let text = url.as_str();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}… ({} characters)", &text[..end], text.len()),
        None => text.to_owned(),
    }
}

fn quota_words(quota_exceeded: bool) -> &'static str {
    if quota_exceeded { ", the quota of the app's owner is used up" } else { "" }
}

fn wait_words(retry_after: &Option<Duration>) -> String {
    retry_after.map(|wait| format!(", for {} s", wait.as_secs())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_limit_reads_well() {
        let retry_after = Some(Duration::from_secs(48_925));
        let error = ClientError::RateLimited { retry_after, quota_exceeded: true };
        assert_eq!(error.to_string(), "asked to slow down, the quota of the app's owner is used up, for 48925 s");
        let error = ClientError::RateLimited { retry_after: None, quota_exceeded: false };
        assert_eq!(error.to_string(), "asked to slow down");
    }

    #[test]
    fn an_address_of_a_question_about_many_is_cut() {
        let url: Url = format!("https://example.org/url?{}", "resource=x&".repeat(600)).parse().unwrap();
        let error = ClientError::Status { url, status: StatusCode::BAD_GATEWAY, retry_after: None };
        let text = error.to_string();
        assert!(text.len() < 250 && text.contains("… (66") && text.ends_with("answered 502 Bad Gateway"), "{text}");
    }

    #[test]
    fn only_passing_troubles_are_transient() {
        let status = |code| ClientError::Status {
            url: "http://127.0.0.1/".parse().unwrap(),
            status: StatusCode::from_u16(code).unwrap(),
            retry_after: None,
        };
        assert!([500, 502, 503, 504].into_iter().all(|code| status(code).is_transient()));
        assert!([302, 400, 404, 501].into_iter().all(|code| !status(code).is_transient()));
        assert!(!ClientError::RateLimited { retry_after: None, quota_exceeded: false }.is_transient());
        assert!(!ClientError::Reauthorize { message: String::new() }.is_transient());
    }
}
