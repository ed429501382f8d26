//! The faults by name.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

/// What goes wrong. In JSON each is `{"fault": "its_name_like_this", …}` with the fields it
/// has here; fields with a default may be left out.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case", deny_unknown_fields)]
pub enum FaultKind {
    /// 429: too many requests.
    RateLimited {
        /// How long to wait (default: no header).
        #[serde(default)]
        retry_after: RetryAfter,
    },
    /// 429 with `"reason": "QUOTA_EXCEEDED"`.
    QuotaExceeded {
        /// How long to wait (default: 48,925 seconds).
        #[serde(default = "hours")]
        retry_after: RetryAfter,
    },
    /// The service is in trouble.
    ServerError {
        /// 500, 502, 503 or 504 (default: 503).
        #[serde(default = "unavailable")]
        status: u16,
        /// What it says (default: nothing).
        #[serde(default)]
        body: ErrorBody,
    },
    /// 503 in the words of the service: there is too much to do, or MusicBrainz was asked too
    /// often.
    Overloaded {
        /// How long to wait (default: no header).
        #[serde(default)]
        retry_after: RetryAfter,
    },
    /// The page of Nominatim for those whom it has shut out.
    Blocked {
        /// 403 or 429, or 200 as it was once (default: 403).
        #[serde(default = "forbidden")]
        status: u16,
    },
    /// The request is accepted and never answered.
    Hang {},
    /// The right answer comes in small pieces.
    Slow {
        /// The pause before each piece (default: 50).
        #[serde(default = "fifty")]
        pause_ms: u64,
        /// How many pieces there are (default: 20).
        #[serde(default = "twenty")]
        pieces: usize,
    },
    /// The right answer ends in the middle, and with it the connection.
    Truncated {},
    /// The connection ends before any answer.
    Dropped {},
    /// 200, but a web page.
    NotJson {},
    /// 200, and this JSON, which need not be an answer to the question.
    Says {
        /// What it says (default: an empty object).
        #[serde(default = "nothing")]
        body: Value,
    },
    /// 200, and far more bytes than anyone wants.
    Oversized {
        /// How many (default: 64 MiB).
        #[serde(default = "plenty")]
        bytes: u64,
    },
    /// 401: the access token expired (Spotify), invalid token (ListenBrainz).
    ExpiredToken {},
    /// 400 `invalid_grant`: someone took the app's access away.
    Revoked {},
    /// 403: the owner of the app no longer has Premium.
    PremiumLapsed {},
    /// 403: the user is not on the app's list.
    NotAllowListed {},
    /// An error in the words of Last.fm: `{"error": 8, "message": …}`.
    ServiceError {
        /// The number: 6 not found, 8 failed, 17 private, 29 too often.
        error: u32,
        /// The HTTP status that goes with it (default: 200).
        #[serde(default = "fine")]
        status: u16,
    },
    /// Recently-played shows plays only some time after they ended.
    LatePlays {
        /// How long after.
        delay_secs: i64,
        /// How many of a thousand plays (default: all).
        #[serde(default = "all")]
        per_mille: u32,
    },
    /// Plays that end while this is on, up to the request, never appear in recently-played.
    LostPlays {
        /// How many of a thousand plays (default: all).
        #[serde(default = "all")]
        per_mille: u32,
    },
    /// ListenBrainz and Last.fm have nothing of what was played from then to then, and count
    /// without it. Switched off, it is all there, as if somebody had imported it just now;
    /// switched on, as if somebody had deleted it.
    WithheldPlays {
        /// The first moment.
        from: DateTime<Utc>,
        /// The moment after the last.
        to: DateTime<Utc>,
    },
    /// Some plays are twice in a page.
    DuplicatedPlays {},
    /// The times of plays are wrong by this much.
    ClockSkew {
        /// How much is added.
        ms: i64,
    },
    /// The plays of a page are in no order.
    OutOfOrder {},
}

impl FaultKind {
    /// Its name in JSON.
    pub fn name(&self) -> &'static str {
        match self {
            Self::RateLimited { .. } => "rate_limited",
            Self::QuotaExceeded { .. } => "quota_exceeded",
            Self::ServerError { .. } => "server_error",
            Self::Overloaded { .. } => "overloaded",
            Self::Blocked { .. } => "blocked",
            Self::Hang {} => "hang",
            Self::Slow { .. } => "slow",
            Self::Truncated {} => "truncated",
            Self::Dropped {} => "dropped",
            Self::NotJson {} => "not_json",
            Self::Says { .. } => "says",
            Self::Oversized { .. } => "oversized",
            Self::ExpiredToken {} => "expired_token",
            Self::Revoked {} => "revoked",
            Self::PremiumLapsed {} => "premium_lapsed",
            Self::NotAllowListed {} => "not_allow_listed",
            Self::ServiceError { .. } => "service_error",
            Self::LatePlays { .. } => "late_plays",
            Self::LostPlays { .. } => "lost_plays",
            Self::WithheldPlays { .. } => "withheld_plays",
            Self::DuplicatedPlays {} => "duplicated_plays",
            Self::ClockSkew { .. } => "clock_skew",
            Self::OutOfOrder {} => "out_of_order",
        }
    }

    /// Whether it changes what the answer says, and no more.
    pub(super) fn is_twist(&self) -> bool {
        matches!(
            self,
            Self::LatePlays { .. }
                | Self::LostPlays { .. }
                | Self::WithheldPlays { .. }
                | Self::DuplicatedPlays {}
                | Self::ClockSkew { .. }
                | Self::OutOfOrder {}
        )
    }

    /// Whether the right answer is never made.
    pub(in crate::server) fn replaces_the_answer(&self) -> bool {
        !self.is_twist() && !matches!(self, Self::Slow { .. } | Self::Truncated {})
    }
}

/// What a 429 says about waiting. In JSON: `30` or `"30"`, `"date"` or `"date:30"`, `null`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "Value")]
pub enum RetryAfter {
    /// Nothing.
    #[default]
    Absent,
    /// So many seconds.
    Secs(i64),
    /// The date so many seconds after the simulated clock, which the `Date` header shows.
    Date(i64),
}

impl TryFrom<Value> for RetryAfter {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        let secs = |text: &str| text.parse().map_err(|_| format!("retry_after: {text} is no number of seconds"));
        match &value {
            Value::Null => Ok(Self::Absent),
            Value::Number(number) => number.as_i64().map(Self::Secs).ok_or_else(|| "retry_after: too large".to_owned()),
            Value::String(text) if text == "date" => Ok(Self::Date(30)),
            Value::String(text) => match text.strip_prefix("date:") {
                Some(text) => secs(text).map(Self::Date),
                None => secs(text).map(Self::Secs),
            },
            other => Err(format!("retry_after: {other} is neither a number nor a date")),
        }
    }
}

/// What a service in trouble says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorBody {
    /// Nothing.
    #[default]
    Empty,
    /// A web page.
    Html,
    /// An error object as the service has them.
    Json,
}

fn nothing() -> Value {
    Value::Object(serde_json::Map::new())
}

fn hours() -> RetryAfter {
    RetryAfter::Secs(48_925)
}

fn unavailable() -> u16 {
    503
}

fn forbidden() -> u16 {
    403
}

fn fine() -> u16 {
    200
}

fn fifty() -> u64 {
    50
}

fn twenty() -> usize {
    20
}

fn plenty() -> u64 {
    64 << 20
}

fn all() -> u32 {
    1_000
}
