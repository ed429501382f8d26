//! What a world is made from.

mod services;

use std::collections::HashSet;
use std::str::FromStr;

use anyhow::{Context, bail, ensure};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;

pub use self::services::{Elsewhere, Feeds, Listing};

/// Everything a [`World`](crate::World) follows from.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The seed of all chance.
    pub seed: u64,
    /// No play starts before this moment.
    pub from: DateTime<Utc>,
    /// Every play ends before this moment.
    pub to: DateTime<Utc>,
    /// How many plays each account should have. It is met exactly unless so many do not fit
    /// into the time; a per-account number keeps an account's history the same when another
    /// account is added.
    pub plays_per_account: usize,
    /// Who listens.
    pub accounts: Vec<AccountPlan>,
    /// What is played besides plain tracks.
    pub shares: Shares,
    /// How many artists the catalogue has; about 20 tracks each.
    pub artists: usize,
    /// Whether MusicBrainz has the address at Spotify of every artist. Otherwise some are harder to
    /// find, or not there.
    pub all_linked: bool,
    /// Share of export rows that Spotify wrote twice, byte for byte. Both count as true
    /// plays. Off by default: such a pair breaks the distance promised for equal tracks.
    pub exact_doubles: f64,
    /// What everyone does besides Spotify, unless the account says otherwise. Nothing by
    /// default; whatever it is, the plays on Spotify stay the same.
    pub elsewhere: Elsewhere,
    /// What Spotify's list of recent plays does wrong. Nothing by default.
    pub listing: Listing,
}

impl Scenario {
    /// A scenario without accounts: three years, 10,000 plays each.
    pub fn new(seed: u64) -> Self {
        let midnight =
            |year| NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default().and_time(NaiveTime::MIN).and_utc();
        Self {
            seed,
            from: midnight(2022),
            to: midnight(2025),
            plays_per_account: 10_000,
            accounts: Vec::new(),
            shares: Shares::default(),
            artists: 1_200,
            all_linked: false,
            exact_doubles: 0.0,
            elsewhere: Elsewhere::default(),
            listing: Listing::default(),
        }
    }

    /// Adds an account.
    pub fn account(mut self, plan: AccountPlan) -> Self {
        self.accounts.push(plan);
        self
    }

    /// Adds alice, who lives in Berlin and travels, and bob, who lives on Lord Howe Island,
    /// where the clocks move by half an hour, and later in London.
    pub fn household(self) -> Self {
        let day = |year, month, day| {
            NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default().and_time(NaiveTime::MIN).and_utc()
        };
        self.account(
            AccountPlan::at_home("alice", Tz::Europe__Berlin)
                .moves_to(Tz::Asia__Kolkata, day(2023, 2, 3))
                .moves_to(Tz::Europe__Berlin, day(2023, 2, 24))
                .moves_to(Tz::America__New_York, day(2023, 10, 20))
                .moves_to(Tz::Europe__Berlin, day(2023, 11, 12)),
        )
        .account(AccountPlan::at_home("bob", Tz::Australia__Lord_Howe).moves_to(Tz::Europe__London, day(2024, 2, 1)))
    }

    /// Sets the time span.
    pub fn between(mut self, from: DateTime<Utc>, to: DateTime<Utc>) -> Self {
        (self.from, self.to) = (from, to);
        self
    }

    /// Sets how much each account plays.
    pub fn plays_per_account(mut self, plays: usize) -> Self {
        self.plays_per_account = plays;
        self
    }

    /// Sets what is played besides plain tracks.
    pub fn shares(mut self, shares: Shares) -> Self {
        self.shares = shares;
        self
    }

    /// Sets the size of the catalogue; small ones are made faster.
    pub fn artists(mut self, artists: usize) -> Self {
        self.artists = artists;
        self
    }

    /// Lets MusicBrainz have the address of every artist.
    pub fn all_linked(mut self, all_linked: bool) -> Self {
        self.all_linked = all_linked;
        self
    }

    /// Sets the share of doubled export rows.
    pub fn exact_doubles(mut self, share: f64) -> Self {
        self.exact_doubles = share;
        self
    }

    /// Sets what everyone does besides Spotify.
    pub fn elsewhere(mut self, elsewhere: Elsewhere) -> Self {
        self.elsewhere = elsewhere;
        self
    }

    /// Sets what Spotify's list of recent plays does wrong.
    pub fn listing(mut self, listing: Listing) -> Self {
        self.listing = listing;
        self
    }

    pub(crate) fn check(&self) -> anyhow::Result<()> {
        ensure!(self.from < self.to, "the scenario must end after it begins");
        ensure!(!self.accounts.is_empty(), "the scenario has no account");
        ensure!(self.artists >= 8, "a catalogue needs at least 8 artists");
        let shares = &self.shares;
        for share in [shares.podcasts, shares.audiobooks, shares.video, shares.local, shares.unattributed] {
            ensure!((0.0..=1.0).contains(&share), "a share lies between 0 and 1, not {share}");
        }
        ensure!(shares.podcasts + shares.audiobooks <= 0.9, "at least a tenth of the plays must be music");
        self.listing.check()?;
        let mut names = HashSet::new();
        for plan in &self.accounts {
            ensure!(names.insert(&plan.name), "two accounts are called {}", plan.name);
            ensure!(!plan.stays.is_empty(), "account {} has no zone", plan.name);
            let since: Vec<_> = plan.stays.iter().map(|stay| stay.since).collect();
            ensure!(since.is_sorted() && since[0].is_none(), "the zones of {} are not in order of time", plan.name);
        }
        Ok(())
    }
}

impl Default for Scenario {
    /// Seed 1 with the [household](Scenario::household).
    fn default() -> Self {
        Self::new(1).household()
    }
}

/// Someone who listens, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountPlan {
    /// The name by which all other calls know the account.
    pub name: String,
    /// Where the person is, in order of time; the first stay is since ever.
    pub stays: Vec<Stay>,
    /// What the person does besides Spotify; as the scenario says when absent.
    pub elsewhere: Option<Elsewhere>,
}

impl AccountPlan {
    /// Someone who never travels.
    pub fn at_home(name: impl Into<String>, zone: Tz) -> Self {
        Self { name: name.into(), stays: vec![Stay { zone, since: None }], elsewhere: None }
    }

    /// What this person does besides Spotify.
    pub fn elsewhere(mut self, elsewhere: Elsewhere) -> Self {
        self.elsewhere = Some(elsewhere);
        self
    }

    /// From `since` on the person is in `zone`.
    pub fn moves_to(mut self, zone: Tz, since: DateTime<Utc>) -> Self {
        self.stays.push(Stay { zone, since: Some(since) });
        self
    }
}

/// A time zone and the moment from which it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    /// The zone.
    pub zone: Tz,
    /// From when on; `None` is since ever.
    pub since: Option<DateTime<Utc>>,
}

/// Reads `NAME=ZONE[,ZONE@INSTANT…]`, such as `ada=Europe/Berlin,Asia/Kolkata@2023-02-03`.
impl FromStr for AccountPlan {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let Some((name, stays)) = text.split_once('=') else {
            bail!("expected NAME=ZONE[,ZONE@INSTANT...], such as ada=Europe/Berlin");
        };
        ensure!(!name.trim().is_empty(), "the account has no name");
        let mut stays = stays.split(',');
        let zone = |text: &str| text.trim().parse::<Tz>().map_err(|_| anyhow::anyhow!("no such time zone: {text}"));
        let mut plan = Self::at_home(name.trim(), zone(stays.next().unwrap_or_default())?);
        for stay in stays {
            let (name, since) = stay.split_once('@').with_context(|| format!("{stay}: expected ZONE@INSTANT"))?;
            plan = plan.moves_to(zone(name)?, parse_instant(since.trim())?);
        }
        Ok(plan)
    }
}

/// What is played besides plain tracks, as shares of all plays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shares {
    /// Podcast episodes.
    pub podcasts: f64,
    /// Audiobook chapters.
    pub audiobooks: f64,
    /// Music videos.
    pub video: f64,
    /// Local files.
    pub local: f64,
    /// Rows whose names Spotify lost.
    pub unattributed: f64,
}

impl Shares {
    /// Nothing but tracks.
    pub const NONE: Self = Self { podcasts: 0.0, audiobooks: 0.0, video: 0.0, local: 0.0, unattributed: 0.0 };
}

impl Default for Shares {
    fn default() -> Self {
        Self { podcasts: 0.03, audiobooks: 0.01, video: 0.01, local: 0.01, unattributed: 0.005 }
    }
}

/// Reads an instant: RFC 3339, or a date, which is its midnight in UTC.
///
/// # Errors
/// The text is neither.
pub fn parse_instant(text: &str) -> anyhow::Result<DateTime<Utc>> {
    if let Ok(date) = text.parse::<NaiveDate>() {
        return Ok(date.and_time(NaiveTime::MIN).and_utc());
    }
    let instant = DateTime::parse_from_rfc3339(text)
        .with_context(|| format!("{text}: expected 2024-05-01 or 2024-05-01T18:30:00Z"))?;
    Ok(instant.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_read_from_its_flag() {
        let plan: AccountPlan =
            "ada=Europe/Berlin,Asia/Kolkata@2023-02-03,Europe/Berlin@2023-02-24T05:30:00+05:30".parse().unwrap();
        assert_eq!(plan.name, "ada");
        assert_eq!(plan.stays.len(), 3);
        assert_eq!(plan.stays[1].zone, Tz::Asia__Kolkata);
        assert_eq!(plan.stays[2].since, Some(parse_instant("2023-02-24").unwrap()));
    }

    #[test]
    fn wrong_flags_say_what_is_wrong() {
        for (flag, message) in [
            ("ada", "expected NAME=ZONE"),
            ("=Europe/Berlin", "no name"),
            ("ada=Mars/Olympus", "no such time zone"),
            ("ada=Europe/Berlin,Asia/Tokyo", "expected ZONE@INSTANT"),
            ("ada=Europe/Berlin,Asia/Tokyo@soon", "expected 2024-05-01"),
        ] {
            let error = format!("{:#}", flag.parse::<AccountPlan>().unwrap_err());
            assert!(error.contains(message), "{flag}: {error}");
        }
    }

    #[test]
    fn a_scenario_is_checked() {
        assert!(Scenario::default().check().is_ok());
        assert!(Scenario::new(1).check().is_err());
        let twice = Scenario::default().account(AccountPlan::at_home("bob", Tz::UTC));
        assert!(twice.check().is_err());
    }
}
