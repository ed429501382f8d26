//! A stretch of time as people type it: `--from` and `--to`, with one meaning for all commands.
//!
//! A day is included by both, and is a day by the listener's own clock. An instant is a moment:
//! `--from` takes what ended at it or later, `--to` what ended before it.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Days, NaiveDate, SecondsFormat, Utc};
use chrono_tz::Tz;
use platform::state::{AccountId, AccountZone};
use platform::{Stop, beginning_of_day};

/// Which plays, by their end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::Args)]
pub struct Period {
    /// The first day, by the listener's own clock (2024-07-03), or an instant (2024-07-03T18:00:00Z): plays that
    /// ended then or later
    #[arg(long, value_name = "WHEN")]
    pub from: Option<When>,
    /// The last day, which is included, by the listener's own clock; or an instant: plays that ended before it
    #[arg(long, value_name = "WHEN")]
    pub to: Option<When>,
}

/// A period as instants: its first, and the first behind it.
pub(crate) type Instants = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

/// One bound of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// A whole day.
    Day(NaiveDate),
    /// A moment.
    Instant(DateTime<Utc>),
}

/// A bound that nobody understands.
#[derive(Debug, thiserror::Error)]
#[error("it is neither a day (2024-07-03) nor an instant (2024-07-03T18:00:00Z)")]
pub struct NoTime;

impl FromStr for When {
    type Err = NoTime;

    fn from_str(text: &str) -> Result<Self, NoTime> {
        if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            return Ok(Self::Day(day));
        }
        DateTime::parse_from_rfc3339(text).map(|at| Self::Instant(at.to_utc())).map_err(|_| NoTime)
    }
}

impl fmt::Display for When {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(formatter),
            Self::Instant(at) => formatter.write_str(&at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
        }
    }
}

/// In words, for a message: `from 2024-07-03 to 2024-07-05`.
impl fmt::Display for Period {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (Some(from), Some(to)) => write!(formatter, "from {from} to {to}"),
            (Some(from), None) => write!(formatter, "from {from} on"),
            (None, Some(to)) => write!(formatter, "until {to}"),
            (None, None) => formatter.write_str("at all"),
        }
    }
}

impl Period {
    /// Refuses two bounds of one kind that nothing lies between.
    ///
    /// # Errors
    /// A [`Stop::Usage`].
    pub(crate) fn in_order(&self) -> Result<(), Stop> {
        match (self.from, self.to) {
            (Some(When::Day(from)), Some(When::Day(to))) if to < from => Err(reversed()),
            (Some(When::Instant(from)), Some(When::Instant(to))) if to <= from => Err(reversed()),
            _ => Ok(()),
        }
    }

    /// The condition on columns of plays: the end, and the day of it by the listener's own clock.
    pub(crate) fn condition(&self, ended_at: &str, played_date: &str) -> String {
        let from = self.from.map(|from| match from {
            When::Day(day) => format!(" and {played_date} >= date '{day}'"),
            When::Instant(_) => format!(" and {ended_at} >= timestamptz '{from}'"),
        });
        let to = self.to.map(|to| match to {
            When::Day(day) => format!(" and {played_date} <= date '{day}'"),
            When::Instant(_) => format!(" and {ended_at} < timestamptz '{to}'"),
        });
        [from, to].into_iter().flatten().collect()
    }

    /// The same as instants, the second of which is not included, where the days are those of one account.
    ///
    /// # Errors
    /// A [`Stop::Usage`] when days are given and no account, or nothing lies in between.
    pub(crate) fn instants(&self, account: Option<&AccountId>, zones: &[AccountZone]) -> Result<Instants, Stop> {
        let begin = |day: NaiveDate| match account {
            Some(account) => beginning(day, account, zones),
            None => Err(Stop::Usage(
                "a day begins at different moments for different people: give --account, or an instant".to_owned(),
            )),
        };
        let instant = |when: When, is_end: bool| match when {
            When::Instant(at) => Ok(at),
            When::Day(day) if is_end => begin(day.checked_add_days(Days::new(1)).unwrap_or(day)),
            When::Day(day) => begin(day),
        };
        let from = self.from.map(|from| instant(from, false)).transpose()?;
        let to = self.to.map(|to| instant(to, true)).transpose()?;
        match from.zip(to) {
            Some((from, to)) if from >= to => Err(reversed()),
            _ => Ok((from, to)),
        }
    }
}

fn reversed() -> Stop {
    Stop::Usage("nothing lies between --from and --to: the first must be earlier".to_owned())
}

/// A day begins at midnight where the account lived then, or with the stay in which it is that day
/// already.
///
/// # Errors
/// A [`Stop::Usage`] for a day that begins twice: somebody flew west over midnight.
fn beginning(day: NaiveDate, account: &AccountId, zones: &[AccountZone]) -> Result<DateTime<Utc>, Stop> {
    let stays: Vec<&AccountZone> = zones.iter().filter(|one| one.account_id == *account).collect();
    let mut begun = None;
    for (index, stay) in stays.iter().enumerate() {
        let midnight = beginning_of_day(day, stay.zone)?;
        let came = stay.valid_from.unwrap_or(DateTime::<Utc>::MIN_UTC);
        let left = stays.get(index + 1).and_then(|next| next.valid_from);
        let at = midnight.max(came);
        if begun.is_none() {
            begun = Some(at).filter(|at| left.is_none_or(|left| *at < left));
        } else if midnight > came {
            let zone = stay.zone;
            let came = came.to_rfc3339_opts(SecondsFormat::AutoSi, true);
            return Err(Stop::Usage(format!(
                "{day} began twice for this account, which is in {zone} from {came} on: give an instant instead of a day"
            )));
        }
    }
    begun.map_or_else(|| beginning_of_day(day, Tz::UTC), Ok)
}
