//! People, what there is to listen to, and every play.

mod calendar;
mod catalogue;
mod devices;
mod founding;
mod habits;
mod listener;
mod names;
mod play;
mod taste;
mod zones;

use chrono::{DateTime, TimeDelta, Utc};

pub use self::catalogue::{Artist, Catalogue, Collection, CollectionKind, Item, Kind};
pub use self::play::{Attribution, Reason, TruePlay};

use self::devices::DEVICES;
use self::play::{Context, Record};
use crate::dice::Dice;
use crate::scenario::{Scenario, Stay};

/// Two plays of one recording by one account end at least this far apart, so that no
/// documented tolerance of the matching (60 seconds at most) can mistake them.
pub(crate) const SPACING_MS: i64 = 200_000;

/// A catalogue and what some people played of it.
#[derive(Debug, Clone)]
pub struct World {
    catalogue: Catalogue,
    accounts: Vec<Account>,
    end: DateTime<Utc>,
}

/// Someone who listens.
#[derive(Debug, Clone)]
pub struct Account {
    /// The name in the scenario.
    pub name: String,
    /// Spotify's name for the user (`id` of `/v1/me`).
    pub spotify_id: String,
    /// The pseudonym that Spotify gives since May 2026 (`account_id` of `/v1/me`).
    pub spotify_account_id: String,
    /// The refresh token that the simulated token service knows.
    pub refresh_token: String,
    /// Where the person is, and when.
    pub stays: Vec<Stay>,
    playlists: Vec<String>,
    records: Vec<Record>,
}

impl Account {
    /// How often the person played something.
    pub fn play_count(&self) -> usize {
        self.records.len()
    }

    /// The number of the first play that ended at or after a moment.
    pub(crate) fn first_since(&self, moment: DateTime<Utc>) -> usize {
        let moment_ms = moment.timestamp_millis();
        self.records.partition_point(|record| record.ended_ms < moment_ms)
    }

    /// The numbers of the plays that recently-played knows at a moment, newest first.
    pub(crate) fn recently_played(&self, now: DateTime<Utc>) -> impl Iterator<Item = usize> + '_ {
        let end = self.first_since(now + TimeDelta::milliseconds(1));
        (0..end).rev().filter(|number| self.records[*number].in_api)
    }
}

impl World {
    /// Makes the world of a scenario.
    ///
    /// # Errors
    /// The scenario contradicts itself; the message says where.
    pub fn build(scenario: &Scenario) -> anyhow::Result<Self> {
        scenario.check()?;
        let catalogue = founding::found(scenario.seed, scenario.artists);
        let accounts = scenario.accounts.iter().map(|plan| {
            let mut dice = Dice::new(scenario.seed, &format!("identity of {}", plan.name));
            let life = habits::live(scenario, plan, &catalogue);
            Account {
                name: plan.name.clone(),
                spotify_id: format!("{}-{}", plan.name.to_lowercase().replace(' ', "-"), dice.base62(6).to_lowercase()),
                spotify_account_id: dice.base62(22),
                refresh_token: format!("AQ{}", dice.base62(129)),
                stays: plan.stays.clone(),
                playlists: life.playlists,
                records: life.records,
            }
        });
        Ok(Self { accounts: accounts.collect(), catalogue, end: scenario.to })
    }

    /// The moment at which the history ends.
    pub fn end(&self) -> DateTime<Utc> {
        self.end
    }

    /// Everything there is to listen to.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Everyone, in the order of the scenario.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// The account with this name.
    pub fn account(&self, name: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.name == name)
    }

    /// How many plays there are in all.
    pub fn play_count(&self) -> usize {
        self.accounts.iter().map(Account::play_count).sum()
    }

    /// Every play, account by account, each in order of time.
    pub fn plays(&self) -> impl Iterator<Item = TruePlay<'_>> {
        self.accounts.iter().flat_map(|account| (0..account.play_count()).map(|number| self.play(account, number)))
    }

    /// The plays of an account in order of time; none when there is no such account.
    pub fn plays_of(&self, account: &str) -> impl Iterator<Item = TruePlay<'_>> {
        self.account(account)
            .into_iter()
            .flat_map(|account| (0..account.play_count()).map(|number| self.play(account, number)))
    }

    /// The plays of an account that ended in `from..to`, in order of time.
    pub fn plays_between(
        &self,
        account: &str,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> impl Iterator<Item = TruePlay<'_>> {
        self.account(account).into_iter().flat_map(move |account| {
            (account.first_since(from)..account.first_since(to)).map(|number| self.play(account, number))
        })
    }

    /// One play of an account of this world.
    pub(crate) fn play<'w>(&'w self, account: &'w Account, number: usize) -> TruePlay<'w> {
        let record = &account.records[number];
        let ended_at = DateTime::from_timestamp_millis(record.ended_ms).unwrap_or_default();
        let item = self.catalogue.item(record.item);
        let zone = zones::zone_at(&account.stays, ended_at);
        TruePlay {
            account: &account.name,
            number,
            started_at: ended_at - TimeDelta::milliseconds(i64::from(record.ms_played)),
            ended_at,
            ms_played: record.ms_played,
            kind: if record.unattributed { Kind::Unattributed } else { item.kind },
            item,
            collection: self.catalogue.collection(item.collection),
            zone,
            local: ended_at.with_timezone(&zone).naive_local(),
            conn_country: zones::country_of(zone),
            platform: DEVICES[usize::from(record.device)].name_at(record.ended_ms),
            shuffle: record.shuffle,
            skipped: record.skipped,
            offline: record.offline,
            incognito: record.incognito,
            reason_start: record.reason_start,
            reason_end: record.reason_end,
            context_uri: match Context::unpack(record.context) {
                Context::None => None,
                Context::Collection(index) => self.catalogue.collection(index).uri(),
                Context::Artist(index) => self.catalogue.artist(index).uri(),
                Context::Playlist(index) => account.playlists.get(index as usize).cloned(),
            },
            in_api: record.in_api,
            in_video_file: record.in_video_file,
            catalogue: &self.catalogue,
        }
    }
}
