//! What people said about plays, artists, rules and trips, in files below `data/corrections`.
//!
//! The files are plain CSV that may be edited by hand; a line that cannot be understood stops
//! the build with its place, because publishing plays that somebody took out would be worse.

pub(crate) mod artists;

use anyhow::Context;
use chrono::{DateTime, Utc};
use platform::DataDir;
use platform::corrections::{PLAYS, RULES, TRIPS};
use platform::sheet::Line;
use platform::state::Account;

use crate::engine::snapshots::{Row, instant};
use artists::ArtistCorrection;

/// What a correction does to the plays it concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Action {
    /// They are left out of everything.
    Exclude,
    /// They are another account's.
    Reassign,
}

impl Action {
    /// The word in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exclude => "exclude",
            Self::Reassign => "reassign",
        }
    }
}

/// One line of `plays.csv`; what it does not name is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlayCorrection {
    pub(crate) id: String,
    pub(crate) action: Action,
    pub(crate) account_id: Option<String>,
    pub(crate) play_id: Option<String>,
    pub(crate) from: Option<DateTime<Utc>>,
    pub(crate) to: Option<DateTime<Utc>>,
    pub(crate) track: Option<String>,
    pub(crate) artist: Option<String>,
    pub(crate) context_uri: Option<String>,
    pub(crate) to_account_id: Option<String>,
    pub(crate) reason: Option<String>,
}

/// Everything that is in force.
#[derive(Debug, Default)]
pub(crate) struct Corrections {
    pub(crate) plays: Vec<PlayCorrection>,
    pub(crate) artists: Vec<ArtistCorrection>,
    rules_off: Vec<(String, Option<String>)>,
    trips_dismissed: Vec<(String, String, DateTime<Utc>)>,
}

impl Corrections {
    /// Reads and checks the files.
    ///
    /// # Errors
    /// A [`platform::Stop::Usage`] that names the file, the line and the column that is wrong.
    pub(crate) fn read(data: &DataDir, accounts: &[Account]) -> anyhow::Result<Self> {
        let mut plays: Vec<PlayCorrection> = Vec::new();
        for line in PLAYS.read(data)? {
            let correction = play_correction(&line, accounts)?;
            if plays.iter().any(|other| other.id == correction.id) {
                return Err(line.wrong("id", format!("there are two corrections {:?}", correction.id)));
            }
            plays.push(correction);
        }
        let mut rules_off: Vec<(String, Option<String>)> = Vec::new();
        for line in RULES.read(data)? {
            let rule = line.need("rule")?.to_owned();
            if !rules_off.iter().any(|(other, _)| *other == rule) {
                rules_off.push((rule, line.get("reason").map(str::to_owned)));
            }
        }
        let mut trips_dismissed = Vec::new();
        for line in TRIPS.read(data)? {
            let account = account_id(&line, "account", accounts)?.unwrap_or_default();
            let first_play_at = line.instant("first_play_at")?.unwrap_or_default();
            trips_dismissed.push((account, line.need("country")?.to_uppercase(), first_play_at));
        }
        Ok(Self { plays, artists: artists::read(data)?, rules_off, trips_dismissed })
    }

    /// Refuses rules that are switched off but do not exist, where the names of all are known.
    ///
    /// # Errors
    /// A [`platform::Stop::Usage`] with the line.
    pub(crate) fn check_rules(data: &DataDir, known: &[String]) -> anyhow::Result<()> {
        for line in RULES.read(data)?.into_iter().filter(|_| !known.is_empty()) {
            let rule = line.need("rule")?;
            if !known.iter().any(|name| name == rule) {
                let message = format!("there is no rule {rule:?}; there are: {}", known.join(", "));
                return Err(line.wrong("rule", message));
            }
        }
        Ok(())
    }

    /// The rows of a source table that corrections fill.
    pub(crate) fn rows(&self, table: &str) -> Vec<Row> {
        match table {
            "play_corrections" => (1..)
                .zip(&self.plays)
                .map(|(number, one): (u64, _)| {
                    vec![
                        Some(one.id.clone()),
                        Some(number.to_string()),
                        Some(one.action.as_str().to_owned()),
                        one.account_id.clone(),
                        one.play_id.clone(),
                        one.track.clone(),
                        one.artist.clone(),
                        one.context_uri.clone(),
                        one.to_account_id.clone(),
                        one.reason.clone(),
                        one.from.map(instant),
                        one.to.map(instant),
                    ]
                })
                .collect(),
            "artist_corrections" => artists::rows(&self.artists),
            "rules_off" => {
                self.rules_off.iter().map(|(rule, reason)| vec![Some(rule.clone()), reason.clone()]).collect()
            }
            "trips_dismissed" => {
                let row = |(account_id, country, first_play_at): &(String, String, DateTime<Utc>)| {
                    vec![Some(account_id.clone()), Some(country.clone()), Some(instant(*first_play_at))]
                };
                self.trips_dismissed.iter().map(row).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn play_correction(line: &Line, accounts: &[Account]) -> anyhow::Result<PlayCorrection> {
    let text = |column: &str| line.get(column).map(str::to_owned);
    let correction = PlayCorrection {
        id: line.need("id")?.to_owned(),
        action: match line.need("action")? {
            "exclude" => Action::Exclude,
            "reassign" => Action::Reassign,
            other => return Err(line.wrong("action", format!("write exclude or reassign, not {other:?}"))),
        },
        account_id: account_id(line, "account", accounts)?,
        play_id: text("play"),
        from: line.instant("from")?,
        to: line.instant("to")?,
        track: text("track"),
        artist: text("artist"),
        context_uri: text("context"),
        to_account_id: account_id(line, "to_account", accounts)?,
        reason: text("reason"),
    };
    if let (Some(from), Some(to)) = (correction.from, correction.to)
        && from >= to
    {
        return Err(line.wrong("to", "it must be later than `from`"));
    }
    match (correction.action, &correction.to_account_id) {
        (Action::Reassign, None) => return Err(line.wrong("to_account", "say whose the plays are")),
        (Action::Exclude, Some(_)) => return Err(line.wrong("to_account", "only `reassign` gives plays away")),
        _ => {}
    }
    let PlayCorrection { play_id, from, to, track, artist, context_uri, .. } = &correction;
    let is_bounded = from.is_some() || to.is_some();
    if !is_bounded && [play_id, track, artist, context_uri].iter().all(|named| named.is_none()) {
        return Err(line.wrong("play", "name a play, a range of time, a track, an artist or a context"));
    }
    Ok(correction)
}

fn account_id(line: &Line, column: &str, accounts: &[Account]) -> anyhow::Result<Option<String>> {
    let Some(wanted) = line.get(column) else { return Ok(None) };
    let named = |one: &&Account| one.account_id.as_str() == wanted || one.name.eq_ignore_ascii_case(wanted);
    let found = accounts.iter().find(named).with_context(|| format!("there is no account {wanted:?}"));
    found.map(|one| Some(one.account_id.to_string())).map_err(|error| line.wrong(column, format!("{error:#}")))
}
