//! The month itself: who listens, and what runs when.

mod look;

use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Months, TimeDelta, Utc};
use chrono_tz::Tz;
use ingest::{account, connect, import, lastfm, listenbrainz, replay, spotify};
use platform::state::TroubleKind;
use platform::{FixedClock, JobContext, Settings, Stop, Summary, new_run_id};
use simulator::export::{KeySet, Package};
use simulator::server::{Options, Rotation, Server, Shape};
use simulator::{AccountPlan, Elsewhere, Feeds, Listing, Scenario};
use tokio::runtime::Runtime;

use super::chance::Chance;
use super::requests;
use super::weather::Weather;
use crate::killed;
use crate::world::World;

const POLLS_PER_DAY: usize = 125;
/// So many kinds of faults are met in a life at least.
const KINDS: usize = 8;
const TICK: TimeDelta = TimeDelta::minutes(30);
const LOOKED_AGAIN: TimeDelta = TimeDelta::hours(17);

/// One month.
pub(super) struct Month {
    seed: u64,
    chance: Chance,
    folder: World,
    server: Server,
    _runtime: Runtime,
    weather: Weather,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    now: DateTime<Utc>,
    /// How many polls were killed, and whether an export came before the end.
    kills: usize,
    has_early_export: bool,
    /// Nothing runs from then to then.
    outage: (DateTime<Utc>, DateTime<Utc>),
    /// When the login dies that Ada has from the beginning.
    login_ends: DateTime<Utc>,
    exports: Vec<Package>,
    /// The last time that these answered well.
    listened: HashMap<&'static str, DateTime<Utc>>,
    settings: Settings,
    /// How long what took, for people who wait.
    spent: BTreeMap<&'static str, Duration>,
    wrong: Vec<String>,
}

fn at(text: &str) -> DateTime<Utc> {
    simulator::parse_instant(text).unwrap()
}

impl Month {
    pub(super) fn of(seed: u64, days: i64) -> Self {
        let mut chance = Chance::of(seed);
        let to = at("2024-11-12");
        let from = to - TimeDelta::days(days);
        let day = |of_month: i64, chance: &mut Chance| {
            from + TimeDelta::days(of_month * days / 31) + TimeDelta::minutes(chance.between(0, 1440))
        };
        let zones = [Tz::Asia__Kolkata, Tz::America__New_York, Tz::Pacific__Apia, Tz::Australia__Lord_Howe];
        let (away, back) = (day(4, &mut chance), day(14, &mut chance));
        let ada = AccountPlan::at_home("ada", Tz::Europe__Berlin)
            .moves_to(chance.pick(&zones), away)
            .moves_to(Tz::Europe__Berlin, back)
            .elsewhere(Elsewhere::everything(250));
        let only_scrobbles =
            Elsewhere { lastfm: Feeds::ALL, navidrome_plays: 60, late_per_mille: 100, ..Elsewhere::default() };
        let bob = AccountPlan::at_home("bob", Tz::America__St_Johns)
            .moves_to(Tz::America__Denver, day(18, &mut chance))
            .elsewhere(only_scrobbles);
        let scenario = Scenario::new(seed)
            .between(from, to)
            .plays_per_account(55 * days.unsigned_abs() as usize)
            .artists(120)
            .listing(Listing::with(30, 12))
            .account(ada)
            .account(bob);
        let outage_day = chance.between(8, 20);
        let outage = day(outage_day, &mut chance);
        let rotation = [Rotation::Keep, Rotation::Renew, Rotation::Replace][(seed % 3) as usize];
        let authorized_at = from - TimeDelta::days(chance.between(100, 180));
        let options = Options {
            shape: if seed.is_multiple_of(2) { Shape::Development } else { Shape::Extended },
            now: Some(from),
            tokens_expire: true,
            rotation,
            authorized_at: Some(authorized_at),
            listen_window: TimeDelta::seconds(chance.pick(&[20, 600, 86_400])),
            listenbrainz_limit: Some(30),
            ..Options::default()
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let world = simulator::World::build(&scenario).unwrap();
        let server = runtime.block_on(Server::start(world, options)).unwrap();
        let folder = World::new();
        let settings = Settings::from_vars(&vars(&folder, &server)).unwrap();
        Self {
            seed,
            chance,
            folder,
            settings,
            server,
            _runtime: runtime,
            weather: Weather::of(days),
            kills: 0,
            has_early_export: false,
            from,
            to,
            now: from,
            // In a short life something has to happen beside it.
            outage: (outage, outage + TimeDelta::days(2).min(TimeDelta::hours(days * 5))),
            login_ends: authorized_at.checked_add_months(Months::new(6)).unwrap(),
            exports: Vec::new(),
            listened: HashMap::new(),
            spent: BTreeMap::new(),
            wrong: Vec::new(),
        }
    }

    /// Lives it.
    pub(super) fn live(&mut self) {
        self.begin();
        // The last day is quiet, so that everybody comes to say what they know.
        let fair_from = self.to - TimeDelta::hours(24);
        let early_export = (self.seed % 2 == 1).then(|| self.from + (self.to - self.from) * 13 / 31);
        let days = (self.to - self.from).num_days();
        let (fair_ticks, kills_every) = if days < 10 { (12, 25) } else { (48, 60) };
        let mut tick = 0;
        while self.now < self.to {
            self.now += TICK;
            tick += 1;
            self.server.set_now(self.now);
            if (self.outage.0..self.outage.1).contains(&self.now) {
                continue;
            }
            if tick > fair_ticks && self.now < fair_from {
                self.weather.change(&self.server, &mut self.chance, self.now);
            } else {
                self.weather.clear_up(&self.server);
            }
            if early_export.is_some_and(|export| export <= self.now) && !self.has_early_export {
                self.has_early_export = true;
                let until = self.now - TimeDelta::hours(30);
                self.import(Package::extended("ada", KeySet::Keys23).between(self.from, until));
            }
            let is_killed = self.chance.once_in(kills_every);
            if is_killed {
                self.kills += 1;
                self.timed("kills", Self::kill_a_poll);
            }
            self.timed("polls", |month| month.poll(is_killed));
            if tick % 48 == 0 && self.seed.is_multiple_of(2) {
                // As a scheduler does at night. Where nobody does, polls keep the parts few.
                self.timed("compacting", |month| replay::compact(&month.context()).map(drop).unwrap());
            }
            match tick % 8 {
                3 => self.timed("listenbrainz", |month| {
                    month.listen("listenbrainz", |context| listenbrainz::fetch(context, None, false));
                }),
                5 => self.timed("lastfm", |month| {
                    month.listen("lastfm", |context| lastfm::fetch(context, None, false));
                }),
                _ => {}
            }
            if tick % (48 * 7) == 0 {
                super::tell(&format!("seed {}: {} days so far, {}", self.seed, tick / 48, self.spent()));
            }
        }
    }

    fn timed(&mut self, what: &'static str, work: impl FnOnce(&mut Self)) {
        let begun = Instant::now();
        work(self);
        *self.spent.entry(what).or_default() += begun.elapsed();
    }

    /// What its time went into.
    pub(super) fn spent(&self) -> String {
        let spent = self.spent.iter().map(|(what, time)| format!("{what} {:.1} s", time.as_secs_f64()));
        spent.collect::<Vec<_>>().join(", ")
    }

    /// What a life is for did not happen in it: too few kinds of faults, no kill, or no early export
    /// where there is one.
    pub(super) fn was_dull(&self) -> Option<String> {
        let met = self.weather.met(&self.server.request_log());
        let is_dull = met.len() < KINDS || self.kills == 0 || self.has_early_export != (self.seed % 2 == 1);
        let (seed, kills, export) = (self.seed, self.kills, self.has_early_export);
        let lived =
            format!("seed {seed}: {kills} kills, an early export: {export}, {} kinds of faults: {met:?}", met.len());
        super::tell(&lived);
        is_dull.then_some(lived)
    }

    /// Everybody's exports, which the services make some hours before the end.
    pub(super) fn import_exports(&mut self) {
        let until = self.to - TimeDelta::hours(self.chance.between(3, 30));
        for name in ["ada", "bob"] {
            self.import(Package::extended(name, KeySet::Keys23).between(self.from, until));
            self.import(Package::account_data(name).between(self.from, until + TimeDelta::hours(2)));
        }
    }

    fn begin(&mut self) {
        let context = self.context();
        for account in self.server.world().accounts() {
            let (first, moves) = account.stays.split_first().unwrap();
            account::add(&context, &account.name, Some(first.zone.name()), None).unwrap();
            for stay in moves {
                let change = account::Change {
                    zone: Some(stay.zone.name().to_owned()),
                    from: stay.since.map(|since| since.to_rfc3339()),
                    ..account::Change::default()
                };
                account::set(&context, &account.name, &change).unwrap();
            }
            let users = [("listenbrainz", &account.listenbrainz_name), ("lastfm", &account.lastfm_name)];
            for (service, user) in
                users.into_iter().filter(|(service, _)| account.name == "ada" || *service == "lastfm")
            {
                let request = connect::Request {
                    service: service.into(),
                    account: Some(account.name.clone()),
                    user: Some(user.clone()),
                    ..connect::Request::default()
                };
                connect::connect(&context, &request).unwrap();
            }
        }
        let token = self.server.refresh_token("ada").unwrap();
        let mut context = context;
        context.settings.spotify.refresh_token = Some(token.into());
        spotify::poll(&context, Some("ada")).unwrap();
        self.log_in("bob");
    }

    /// The newest plays of both, as the scheduler would. After a killed poll this one may have less
    /// to ask; and where Spotify had just replaced a login that nobody could write down any more,
    /// it has ended, which no program can mend.
    fn poll(&mut self, after_a_kill: bool) {
        let context = self.context();
        let is_fair = self.is_fair(&context) && !after_a_kill;
        let before = self.server.requests();
        let polled = spotify::poll(&context, None);
        let after = self.server.requests();
        let here = format!("seed {} at {}", self.seed, self.now);
        if is_fair {
            match &polled {
                Ok(summary) if !summary.partial => {}
                other => self.wrong.push(format!("{here}: a poll without any trouble gave {other:?}")),
            }
            if !requests::is_steady(&before, &after, 2) {
                self.wrong.push(format!("{here}: a steady poll made {after:?} of {before:?}"));
            }
        }
        self.judge("poll", polled);
        self.sign_in_again(&context);
    }

    fn listen(&mut self, what: &'static str, fetch: impl Fn(&JobContext) -> anyhow::Result<Summary>) {
        let fetched = fetch(&self.context());
        if fetched.as_ref().is_ok_and(|summary| !summary.partial) {
            self.listened.insert(what, self.now);
        }
        self.judge(what, fetched);
    }

    /// A job may be told to come later or to wait for a person; nothing else may go wrong.
    fn judge(&mut self, what: &str, outcome: anyhow::Result<Summary>) {
        let failures = outcome.map_or_else(|error| vec![error], |summary| summary.undone);
        for error in failures {
            if !matches!(Stop::in_chain(&error), Some(Stop::Later { .. } | Stop::NeedsPerson(_))) {
                self.wrong.push(format!("seed {} at {}: {what}: {error:#}", self.seed, self.now));
            }
        }
    }

    /// Nothing is wrong, nobody wants quiet, and there is budget left.
    fn is_fair(&self, context: &JobContext) -> bool {
        let state = context.state().unwrap();
        let used = state.requests_of_day("spotify/default", "polls", self.now).unwrap();
        self.weather.is_fair()
            && state.cooldowns(self.now).unwrap().is_empty()
            && state.connections().unwrap().iter().all(|one| one.trouble.is_none())
            && used as usize + 2 <= POLLS_PER_DAY
            && !(self.now - TICK..=self.now).contains(&self.login_ends)
    }

    /// The real program, killed at some moment of a poll.
    fn kill_a_poll(&mut self) {
        let vars = vars(&self.folder, &self.server);
        let now = self.now.to_rfc3339();
        let mut command = self.folder.command(&["spotify"]);
        let poll = killed::start(command.envs(vars.iter()).env("TRACKER_NOW", now));
        killed::kill_after(poll, Duration::from_millis(self.chance.between(5, 150).unsigned_abs()), 1.0);
    }

    /// Some hours after a login has ended, its owner notices, and logs in on a fair day.
    fn sign_in_again(&mut self, context: &JobContext) {
        let state = context.state().unwrap();
        if !self.weather.is_fair() || !state.cooldowns(self.now).unwrap().is_empty() || !self.chance.once_in(4) {
            return;
        }
        let accounts = state.accounts().unwrap();
        let ended = |one: &platform::state::FetchedSource| {
            one.service == "spotify"
                && one.trouble.as_ref().is_some_and(|trouble| trouble.kind == TroubleKind::LoginEnded)
        };
        let names: Vec<String> = state
            .connections()
            .unwrap()
            .into_iter()
            .filter(ended)
            .filter_map(|one| accounts.iter().find(|account| account.account_id == one.account_id))
            .map(|account| account.name.clone())
            .collect();
        for name in names {
            self.log_in(&name);
        }
    }

    /// Logs in as on a server: the address is opened elsewhere and the last one is pasted.
    fn log_in(&mut self, name: &str) {
        self.server.login_as(name).unwrap();
        let mut command = self.folder.command(&["account", "connect", "spotify", "--account", name, "--no-wait"]);
        let begun =
            command.envs(vars(&self.folder, &self.server)).env("TRACKER_NOW", self.now.to_rfc3339()).output().unwrap();
        let screen = String::from_utf8(begun.stderr).unwrap();
        let address = screen.lines().map(str::trim).find(|line| line.contains("/authorize?")).expect(&screen);
        let request = connect::Request {
            service: "spotify".into(),
            account: Some(name.into()),
            paste: Some(redirect_of(address)),
            ..connect::Request::default()
        };
        connect::connect(&self.context(), &request).unwrap();
    }

    fn import(&mut self, package: Package) {
        let zip = self.folder.path(&format!("export-{}.zip", self.exports.len()));
        package.write_zip(self.server.world(), &zip).unwrap();
        let request = import::Request { paths: vec![zip], account: Some(package.account.clone()), yes: false };
        let imported = import::import(&self.context(), &request);
        if !imported.as_ref().is_ok_and(|summary| !summary.partial) {
            self.wrong.push(format!("seed {}: an import gave {imported:?}", self.seed));
        }
        self.exports.push(package);
    }

    fn context(&self) -> JobContext {
        let clock = Arc::new(FixedClock(self.now));
        let mut settings = self.settings.clone();
        if self.weather.is_silent(self.now) {
            settings.http.timeout_secs = 1;
        }
        JobContext::new(settings, self.folder.data(), clock, new_run_id(self.now))
    }
}

fn vars(folder: &World, server: &Server) -> HashMap<String, String> {
    let data = folder.path("data");
    [
        ("ENVIRONMENT", "testing"),
        ("DATA_DIR", data.to_str().unwrap()),
        ("TIMEZONE", "UTC"),
        ("SPOTIFY_CLIENT_ID", "id"),
        ("SPOTIFY_CLIENT_SECRET", "secret"),
        ("SPOTIFY_BASE_URL", &server.base_url()),
        ("SPOTIFY_ACCOUNTS_BASE_URL", &server.accounts_base_url()),
        ("LISTENBRAINZ_BASE_URL", &server.listenbrainz_base_url()),
        ("LASTFM_BASE_URL", &server.lastfm_base_url()),
        ("LASTFM_API_KEY", "key"),
        ("MUSIC_SPOTIFY__POLLS_PER_DAY", &POLLS_PER_DAY.to_string()),
        // A machine that is busy answers late; where no answer comes, it is not waited for so long.
        ("MUSIC_HTTP__TIMEOUT_SECS", "60"),
        ("MUSIC_HTTP__FIRST_WAIT_MS", "1"),
        ("MUSIC_HTTP__LONGEST_WAIT_MS", "20"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect()
}

/// Where a browser would end up.
fn redirect_of(address: &str) -> String {
    let (host, path) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().find_map(|line| line.strip_prefix("location: ")).expect(&answer).to_owned()
}
