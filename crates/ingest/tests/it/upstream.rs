//! All upstream services on loopback, with the truth about one listener, Ada.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use simulator::server::{App, Fault, FaultKind, Options, Rotation, Server, Service};
use simulator::{AccountPlan, Elsewhere, Scenario, World as Life, parse_instant};
use tokio::runtime::Runtime;

use crate::world::{Ran, World};

pub(crate) const SECRET: &str = "the-secret-of-the-app";

/// Where people come back to who have put a server with a certificate before this machine.
pub(crate) const BEHIND_HTTPS: &str = "https://music.example.org/spotify/back";

/// The services, and a clock that programs and services share.
pub(crate) struct Upstream {
    pub(crate) server: Server,
    has_secret: bool,
    _runtime: Runtime,
}

impl Upstream {
    /// A year of some 1,500 plays on Spotify and 300 on a music server, all of them told to
    /// ListenBrainz and Last.fm; it is mid-November.
    pub(crate) fn start() -> Self {
        Self::with(Options::default(), Some(SECRET))
    }

    pub(crate) fn with(options: Options, secret: Option<&str>) -> Self {
        static YEAR: LazyLock<Arc<Life>> = LazyLock::new(|| life("2026-01-01", 1_500, 300));
        Self::of(Arc::clone(&YEAR), options, secret)
    }

    /// The same with so many plays on Spotify.
    pub(crate) fn busy(plays: usize, options: Options, secret: Option<&str>) -> Self {
        Self::of(life("2026-01-01", plays, 300), options, secret)
    }

    /// Some weeks of few plays, with days off.
    pub(crate) fn quiet(options: Options) -> Self {
        Self::of(life("2026-10-01", 120, 20), options, Some(SECRET))
    }

    fn of(life: Arc<Life>, options: Options, secret: Option<&str>) -> Self {
        let options = Options {
            now: Some(parse_instant("2026-11-15T12:00:00Z").unwrap()),
            apps: vec![App {
                client_id: "the-app".to_owned(),
                client_secret: secret.map(str::to_owned),
                // Without a port, it stands for any.
                redirect_uris: vec!["http://127.0.0.1/callback".to_owned(), BEHIND_HTTPS.to_owned()],
                developer: "dev".to_owned(),
            }],
            lastfm_api_key: Some("the-key".to_owned()),
            ..options
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let server = runtime.block_on(Server::start(life, options)).unwrap();
        Self { server, has_secret: secret.is_some(), _runtime: runtime }
    }

    /// The environment of a program that talks to these services, at their time.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        let mut settings = vec![
            ("TRACKER_NOW", self.server.now().to_rfc3339()),
            ("SPOTIFY_BASE_URL", self.server.base_url()),
            ("SPOTIFY_ACCOUNTS_BASE_URL", self.server.accounts_base_url()),
            ("LISTENBRAINZ_BASE_URL", self.server.listenbrainz_base_url()),
            ("LASTFM_BASE_URL", self.server.lastfm_base_url()),
            ("LASTFM_API_KEY", "the-key".to_owned()),
            ("SPOTIFY_CLIENT_ID", "the-app".to_owned()),
        ];
        if self.has_secret {
            settings.push(("SPOTIFY_CLIENT_SECRET", SECRET.to_owned()));
        }
        settings
    }

    /// Lets time go by.
    pub(crate) fn wait(&self, time: TimeDelta) {
        self.server.set_now(self.server.now() + time);
    }

    pub(crate) fn at(&self, instant: &str) -> DateTime<Utc> {
        let at = parse_instant(instant).unwrap();
        self.server.set_now(at);
        at
    }

    /// The next request to an endpoint meets this.
    pub(crate) fn once(&self, service: Service, endpoint: &str, kind: FaultKind) {
        self.server.switch_on(Fault::new(service, kind).at(endpoint).times(1)).unwrap();
    }

    /// How many listens ListenBrainz knows by now.
    pub(crate) fn listens(&self) -> usize {
        let (world, now_ms) = (self.server.world(), self.server.now().timestamp_millis());
        let listens = world.listens_of(world.account("ada").unwrap());
        listens.iter().filter(|listen| listen.inserted_ms <= now_ms).count()
    }

    /// How many scrobbles Last.fm knows by now.
    pub(crate) fn scrobbles(&self) -> usize {
        let (world, now_ms) = (self.server.world(), self.server.now().timestamp_millis());
        let scrobbles = world.scrobbles_of(world.account("ada").unwrap());
        scrobbles.iter().filter(|scrobble| scrobble.inserted_ms <= now_ms).count()
    }

    /// How many requests a service has had.
    pub(crate) fn requests(&self, service: Service) -> usize {
        self.server.asked(service)
    }

    /// Whether a service has had so many requests; waits a moment for them.
    pub(crate) fn is_asked(&self, service: Service, times: usize) -> bool {
        self.server.wait_until_asked(service, times, Duration::from_millis(50))
    }

    /// A browser that opens `url` and is sent on: where it ends up.
    pub(crate) fn browse(&self, url: &str) -> String {
        let rest = url.strip_prefix("http://").unwrap();
        let (host, path) = rest.split_once('/').unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        write!(stream, "GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let location = answer.lines().find_map(|line| line.strip_prefix("location: "));
        location.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }
}

/// Ada's life from then to December, with so many plays on Spotify and on her music server.
fn life(from: &str, plays: usize, plays_at_home: usize) -> Arc<Life> {
    let scenario = Scenario::new(11)
        .account(AccountPlan::at_home("ada", chrono_tz::Europe::Berlin))
        .between(parse_instant(from).unwrap(), parse_instant("2026-12-01").unwrap())
        .plays_per_account(plays)
        .artists(60)
        .elsewhere(Elsewhere::everything(plays_at_home));
    Arc::new(Life::build(&scenario).unwrap())
}

/// Options under which each refresh gives a new refresh token, and the old one is dead.
pub(crate) fn rotating() -> Options {
    Options { rotation: Rotation::Replace, tokens_expire: true, ..Options::default() }
}

impl World {
    pub(crate) fn command_at(&self, upstream: &Upstream, args: &[&str]) -> Command {
        let mut command = self.command(args);
        command.envs(upstream.settings());
        command
    }

    /// Runs a job against the services.
    pub(crate) fn job(&self, upstream: &Upstream, args: &[&str]) -> Ran {
        Ran::of(&self.command_at(upstream, args).output().unwrap())
    }

    /// Runs a command that answers in words: exit code, and all it said.
    pub(crate) fn says(&self, upstream: &Upstream, args: &[&str]) -> (i32, String) {
        let output = self.command_at(upstream, args).output().unwrap();
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        (output.status.code().unwrap(), said)
    }

    /// Logs Ada in as a person without a browser on this machine does.
    #[track_caller]
    pub(crate) fn log_in(&self, upstream: &Upstream, more: &[&str]) -> (i32, String) {
        let begin = [&["account", "connect", "spotify", "--no-wait"], more].concat();
        let (code, said) = self.says(upstream, &begin);
        assert_eq!(code, 0, "{said}");
        let url = said.split_whitespace().find(|word| word.contains("/authorize?")).unwrap();
        let back = upstream.browse(url);
        self.says(upstream, &["account", "connect", "spotify", "--paste", &back])
    }
}
