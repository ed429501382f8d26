//! People, what there is to listen to, and every play.

mod calendar;
mod catalogue;
mod devices;
pub mod facts;
mod founding;
mod habits;
mod listener;
mod listing;
mod names;
mod navidrome;
mod play;
mod scrobbles;
mod taste;
mod zones;

use std::sync::{Arc, OnceLock};

use chrono::{DateTime, TimeDelta, Utc};

pub use self::catalogue::{Artist, Catalogue, Collection, CollectionKind, Item, Kind};
pub use self::play::{Attribution, Origin, Reason, TruePlay};
pub use self::scrobbles::{Listen, Scrobble};

use self::devices::DEVICES;
use self::facts::Facts;
use self::listing::{Fate, Fates};
use self::play::{Context, Record};
use crate::dice::Dice;
use crate::scenario::{Elsewhere, Feeds, Scenario, Stay};

/// Two plays of one recording by one account end at least this far apart, so that no
/// documented tolerance of the matching (60 seconds at most) can mistake them.
pub(crate) const SPACING_MS: i64 = 200_000;

/// A catalogue and what some people played of it.
#[derive(Debug, Clone)]
pub struct World {
    catalogue: Catalogue,
    accounts: Vec<Account>,
    end: DateTime<Utc>,
    seed: u64,
    /// Made when they are first asked for.
    all_linked: bool,
    facts: OnceLock<Arc<Facts>>,
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
    /// What the person does besides Spotify.
    pub elsewhere: Elsewhere,
    /// The user name at ListenBrainz.
    pub listenbrainz_name: String,
    /// The user token that ListenBrainz gave.
    pub listenbrainz_token: String,
    /// The user name at Last.fm.
    pub lastfm_name: String,
    playlists: Vec<String>,
    records: Vec<Record>,
    navidrome: Vec<Record>,
    fates: Fates,
    /// Which of all plays are scrobbled; empty when nobody is told of any.
    scrobbled: Vec<bool>,
}

impl Account {
    /// How often the person played something on Spotify.
    pub fn play_count(&self) -> usize {
        self.records.len()
    }

    /// How often the person played something on Navidrome.
    pub fn navidrome_count(&self) -> usize {
        self.navidrome.len()
    }

    /// The number of the first play that ended at or after a moment.
    pub(crate) fn first_since(&self, moment: DateTime<Utc>) -> usize {
        let moment_ms = moment.timestamp_millis();
        self.records.partition_point(|record| record.ended_ms < moment_ms)
    }

    /// The numbers of the plays that recently-played has shown by a moment, newest first. What
    /// is hidden for now by `hides` leaves its place to older ones.
    pub(crate) fn recently_played(
        &self,
        now: DateTime<Utc>,
        hides: impl Fn(usize, DateTime<Utc>) -> bool,
    ) -> impl Iterator<Item = usize> {
        let end = self.first_since(now + TimeDelta::milliseconds(1));
        (0..end).rev().filter(move |number| {
            let listed_at = self.listed_at(*number);
            listed_at.is_some_and(|listed_at| listed_at <= now && !hides(*number, self.ended_at(*number)))
        })
    }

    fn ended_at(&self, number: usize) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.records[number].ended_ms).unwrap_or_default()
    }

    /// From when on recently-played shows a play on Spotify.
    fn listed_at(&self, number: usize) -> Option<DateTime<Utc>> {
        if !self.records[number].in_api {
            return None;
        }
        match self.fates.of(number) {
            Fate::Shown => Some(self.ended_at(number)),
            Fate::Late(delay) => Some(self.ended_at(number) + delay),
            Fate::Lost => None,
        }
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
            let elsewhere = plan.elsewhere.unwrap_or(scenario.elsewhere);
            let plays = elsewhere.navidrome_plays;
            let mut names = Dice::new(scenario.seed, &format!("listenbrainz of {}", plan.name));
            Account {
                elsewhere,
                listenbrainz_name: format!("{}-listens", plan.name.to_lowercase().replace(' ', "-")),
                listenbrainz_token: names.uuid(),
                lastfm_name: format!("{}_fm", plan.name.to_lowercase().replace(' ', "_")),
                navidrome: navidrome::live(scenario, plan, &catalogue, &life.records, plays),
                fates: Fates::new(scenario.listing, scenario.seed, &plan.name),
                scrobbled: Vec::new(),
                name: plan.name.clone(),
                spotify_id: format!("{}-{}", plan.name.to_lowercase().replace(' ', "-"), dice.base62(6).to_lowercase()),
                spotify_account_id: dice.base62(22),
                refresh_token: format!("AQ{}", dice.base62(129)),
                stays: plan.stays.clone(),
                playlists: life.playlists,
                records: life.records,
            }
        });
        let accounts = accounts.collect();
        let mut world = Self {
            accounts,
            catalogue,
            end: scenario.to,
            seed: scenario.seed,
            all_linked: scenario.all_linked,
            facts: OnceLock::new(),
        };
        for index in 0..world.accounts.len() {
            let account = &world.accounts[index];
            if account.elsewhere != Elsewhere::default() {
                world.accounts[index].scrobbled = scrobbles::scrobbled(&world, account);
            }
        }
        Ok(world)
    }

    /// The moment at which the history ends.
    pub fn end(&self) -> DateTime<Utc> {
        self.end
    }

    /// Everything there is to listen to.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// What MusicBrainz and others know about the catalogue's artists.
    pub fn facts(&self) -> &Facts {
        self.facts.get_or_init(|| Arc::new(Facts::of(self.seed, &self.catalogue, self.all_linked)))
    }

    /// Everyone, in the order of the scenario.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// The account with this name.
    pub fn account(&self, name: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.name == name)
    }

    /// How many plays on Spotify there are in all.
    pub fn play_count(&self) -> usize {
        self.accounts.iter().map(Account::play_count).sum()
    }

    /// Every play on Spotify, account by account, each in order of time.
    pub fn plays(&self) -> impl Iterator<Item = TruePlay<'_>> {
        self.accounts.iter().flat_map(|account| (0..account.play_count()).map(|number| self.play(account, number)))
    }

    /// The plays of an account on Spotify in order of time; none when there is no such account.
    pub fn plays_of(&self, account: &str) -> impl Iterator<Item = TruePlay<'_>> {
        self.account(account)
            .into_iter()
            .flat_map(|account| (0..account.play_count()).map(|number| self.play(account, number)))
    }

    /// The plays of an account on Spotify that ended in `from..to`, in order of time.
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

    /// Every play of an account, those on Spotify and then those on Navidrome.
    pub fn everything_of<'w>(&'w self, account: &'w Account) -> impl Iterator<Item = TruePlay<'w>> {
        let count = account.play_count() + account.navidrome_count();
        (0..count).map(|number| self.play(account, number))
    }

    /// One play of an account of this world, by its [number](TruePlay::number).
    ///
    /// # Panics
    /// There is no such play.
    pub fn play<'w>(&'w self, account: &'w Account, number: usize) -> TruePlay<'w> {
        let (record, origin) = match number.checked_sub(account.records.len()) {
            None => (&account.records[number], Origin::Spotify),
            Some(number) => (&account.navidrome[number], Origin::Navidrome),
        };
        let listed_at = if origin == Origin::Spotify { account.listed_at(number) } else { None };
        let is_scrobbled = account.scrobbled.get(number).copied().unwrap_or(false);
        let tells = |feeds: Feeds| if origin == Origin::Spotify { feeds.spotify } else { feeds.navidrome };
        let (elsewhere, in_api) = (account.elsewhere, listed_at.is_some());
        let is_listed = if origin == Origin::Spotify { in_api } else { is_scrobbled };
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
            platform: match origin {
                Origin::Spotify => DEVICES[usize::from(record.device)].name_at(record.ended_ms),
                Origin::Navidrome => "navidrome",
            },
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
            in_api,
            in_video_file: record.in_video_file,
            origin,
            listed_at,
            is_late: listed_at.is_some_and(|listed_at| listed_at > ended_at),
            is_lost: !in_api && origin == Origin::Spotify && (record.in_api || record.belongs_on_the_list(item)),
            in_listenbrainz: tells(elsewhere.listenbrainz) && is_listed,
            in_lastfm: tells(elsewhere.lastfm) && is_scrobbled,
            catalogue: &self.catalogue,
        }
    }
}
