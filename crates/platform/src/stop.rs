//! Why a job stopped, as far as its caller must act on it.

use chrono::{DateTime, Utc};

/// An error that decides the exit code. Put it anywhere in an `anyhow` chain; every other
/// error means exit 1, "failed, may be retried".
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// Wrong arguments or settings: exit 2.
    #[error("{0}")]
    Usage(String),
    /// Only a person can go on (login expired, a question to answer): exit 3.
    #[error("{0}")]
    NeedsPerson(String),
    /// The same command may succeed later: exit 75.
    #[error("{reason}")]
    Later {
        /// What is in the way.
        reason: String,
        /// The earliest instant at which another try makes sense, where known.
        retry_at: Option<DateTime<Utc>>,
    },
}

impl Stop {
    /// The exit code of the job protocol.
    pub fn exit_code(&self) -> u8 {
        match self {
            Stop::Usage(_) => 2,
            Stop::NeedsPerson(_) => 3,
            Stop::Later { .. } => 75,
        }
    }

    /// The decisive `Stop` of an error chain, if there is one.
    pub fn in_chain(error: &anyhow::Error) -> Option<&Stop> {
        error.chain().find_map(|cause| cause.downcast_ref::<Stop>())
    }
}
