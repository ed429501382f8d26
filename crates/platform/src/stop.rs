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

    /// The place of the error that decides the exit code of several: what only a person can mend
    /// goes before what another try may, and that before what needs nothing but time. Of equals,
    /// the first.
    pub fn most_pressing(errors: &[anyhow::Error]) -> Option<usize> {
        let patience = |error: &anyhow::Error| match Self::in_chain(error) {
            Some(Self::NeedsPerson(_)) => 0,
            Some(Self::Usage(_)) => 1,
            None => 2,
            Some(Self::Later { .. }) => 3,
        };
        (0..errors.len()).min_by_key(|place| patience(&errors[*place]))
    }

    /// The decisive `Stop` of an error chain, if there is one.
    pub fn in_chain(error: &anyhow::Error) -> Option<&Stop> {
        // The chain hides what was attached as context, the error itself does not.
        error.downcast_ref::<Stop>().or_else(|| error.chain().find_map(|cause| cause.downcast_ref::<Stop>()))
    }
}

#[cfg(test)]
mod tests {
    use anyhow::{Context, anyhow};

    use super::*;

    fn check(error: anyhow::Error, exit_code: u8) {
        assert_eq!(Stop::in_chain(&error).map_or(1, Stop::exit_code), exit_code, "{error:#}");
    }

    #[test]
    fn a_person_is_called_before_anybody_waits() {
        let later = || Stop::Later { reason: "busy".into(), retry_at: None }.into();
        let usage = || Stop::Usage("not a zip".into()).into();
        let person = || Stop::NeedsPerson("log in".into()).into();
        assert_eq!(Stop::most_pressing(&[]), None);
        assert_eq!(Stop::most_pressing(&[later(), anyhow!("torn"), usage(), person()]), Some(3));
        assert_eq!(Stop::most_pressing(&[later(), usage(), usage()]), Some(1));
        assert_eq!(Stop::most_pressing(&[later(), anyhow!("torn"), later()]), Some(1));
        assert_eq!(Stop::most_pressing(&[later(), later()]), Some(0));
    }

    #[test]
    fn it_decides_wherever_it_stands() {
        let person = || Stop::NeedsPerson("log in".into());
        check(person().into(), 3);
        check(anyhow!("refused").context(person()), 3);
        check(anyhow!("refused").context(person()).context("polling"), 3);
        check(Err::<(), _>(person()).context("polling").context("for alice").unwrap_err(), 3);
        check(anyhow!("refused").context("polling"), 1);
    }
}
