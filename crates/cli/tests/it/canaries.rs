//! Secrets and personal values are planted everywhere they come in, everything is run with all
//! that can go wrong and with every log line there is, and then they are looked for everywhere.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use aho_corasick::AhoCorasick;
use chrono::{DateTime, TimeDelta, Utc};
use memchr::memmem;
use platform::{Sealer, StateDb};
use polars::prelude::{ParquetReader, SerReader};
use secrecy::{ExposeSecret, SecretString};
use simulator::export::{KeySet, PERSONAL_VALUES, Package};
use simulator::server::{App, ErrorBody, Fault, FaultKind, Options, RetryAfter, Rotation, Server, Service};
use simulator::{AccountPlan, Elsewhere, Scenario, World, parse_instant};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::databases::{duckdb_text, sqlite_text};
use crate::home::files_below;

const APP: (&str, &str) = ("canary-app", "canary-client-secret-5f1d9c");
/// The two as an `Authorization` header carries them.
const BASIC: &str = "Y2FuYXJ5LWFwcDpjYW5hcnktY2xpZW50LXNlY3JldC01ZjFkOWM";
const KEY: &str = "canary-secret-key-0d41b8e2a6f94c3e8b57";
const OTHER_KEY: &str = "canary-other-key-77aa31c2d9e84b5f9c10aa";
const LASTFM_KEY: &str = "canary-lastfm-key-93be";
const OPENWEATHER_KEY: &str = "canary-openweather-key-41d7";
const WRONG_TOKEN: &str = "AQcanarydeadtoken0123456789";

/// A folder, the services, and what was said and must not be.
struct Mine {
    folder: TempDir,
    server: Server,
    _runtime: Runtime,
    now: DateTime<Utc>,
    said: String,
    canaries: BTreeSet<String>,
}

impl Mine {
    fn new() -> Self {
        let (from, to) = (parse_instant("2024-10-01").unwrap(), parse_instant("2024-12-01").unwrap());
        let scenario = Scenario::new(3)
            .between(from, to)
            .plays_per_account(700)
            .artists(40)
            .elsewhere(Elsewhere::everything(60))
            .account(AccountPlan::at_home("ada", chrono_tz::Europe::Berlin))
            .account(AccountPlan::at_home("bob", chrono_tz::Asia::Tokyo))
            .account(AccountPlan::at_home("eve", chrono_tz::UTC));
        let world = World::build(&scenario).unwrap();
        let app = |id: &str, secret: Option<&str>| App {
            client_id: id.into(),
            client_secret: secret.map(str::to_owned),
            redirect_uris: vec!["http://127.0.0.1/callback".into()],
            developer: "dev".into(),
        };
        let now = parse_instant("2024-10-20T12:00:00Z").unwrap();
        let options = Options {
            now: Some(now),
            tokens_expire: true,
            apps: vec![app(APP.0, Some(APP.1)), app("public-app", None)],
            rotation: Rotation::Replace,
            listenbrainz_needs_token: true,
            lastfm_api_key: Some(LASTFM_KEY.into()),
            openweather_api_key: Some(OPENWEATHER_KEY.into()),
            musicbrainz_interval: Duration::ZERO,
            nominatim_interval: Duration::ZERO,
            ..Options::default()
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let token = world.account("ada").unwrap().listenbrainz_token.clone();
        let mut canaries: BTreeSet<String> =
            [APP.1, BASIC, KEY, OTHER_KEY, LASTFM_KEY, OPENWEATHER_KEY, WRONG_TOKEN, &token]
                .into_iter()
                .chain(PERSONAL_VALUES.iter().copied())
                .map(str::to_owned)
                .collect();
        canaries.extend(world.accounts().iter().map(|account| account.refresh_token.clone()));
        let server = runtime.block_on(Server::start(world, options)).unwrap();
        Self { folder: TempDir::new().unwrap(), server, _runtime: runtime, now, said: String::new(), canaries }
    }

    fn wait(&mut self, time: TimeDelta) {
        self.now += time;
        self.server.set_now(self.now);
    }

    /// Runs `music-tracker`.
    fn run(&mut self, words: &[&str], settings: &[(&str, &str)]) -> (Option<i32>, String) {
        self.start("music-tracker", words, settings)
    }

    /// Runs a program with every log line there is; what it said is kept.
    fn start(&mut self, program: &str, words: &[&str], settings: &[(&str, &str)]) -> (Option<i32>, String) {
        let program = Path::new(env!("CARGO_BIN_EXE_music-tracker")).with_file_name(program);
        assert!(program.exists(), "{} is not built: use `make test`", program.display());
        let (spotify, accounts) = (self.server.base_url(), self.server.accounts_base_url());
        let (listenbrainz, lastfm) = (self.server.listenbrainz_base_url(), self.server.lastfm_base_url());
        let token = &self.server.world().account("ada").unwrap().listenbrainz_token;
        let mut command = Command::new(program);
        command.args(words).current_dir(self.folder.path()).env_clear();
        command.envs([
            ("ENVIRONMENT", "testing"),
            ("TIMEZONE", "UTC"),
            ("LOG_LEVEL", "trace"),
            ("TRACKER_NOW", &self.now.to_rfc3339()),
            ("TRACKER_SECRET_KEY", KEY),
            ("SPOTIFY_CLIENT_ID", APP.0),
            ("SPOTIFY_CLIENT_SECRET", APP.1),
            ("SPOTIFY_BASE_URL", &spotify),
            ("SPOTIFY_ACCOUNTS_BASE_URL", &accounts),
            ("LISTENBRAINZ_BASE_URL", &listenbrainz),
            ("LISTENBRAINZ_TOKEN", token),
            ("LASTFM_BASE_URL", &lastfm),
            ("LASTFM_API_KEY", LASTFM_KEY),
            ("MUSICBRAINZ_BASE_URL", &self.server.musicbrainz_base_url()),
            ("WIKIDATA_BASE_URL", &self.server.wikidata_base_url()),
            ("NOMINATIM_BASE_URL", &self.server.nominatim_base_url()),
            ("OPENWEATHER_BASE_URL", &self.server.openweather_base_url()),
            ("OPENWEATHER_API_KEY", OPENWEATHER_KEY),
            ("CONTACT", "https://tracker.example"),
            // The plays alone, and all of it at the end: that takes twice as long.
            ("MUSIC_TRANSFORM__MODELS", "fct_track_played rpt_play_sources"),
            ("MUSIC_HTTP__TIMEOUT_SECS", "1"),
            ("MUSIC_HTTP__RETRIES", "1"),
        ]);
        command.envs(settings.iter().copied());
        let output = command.output().unwrap();
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        self.said += &said;
        (output.status.code(), said)
    }

    #[track_caller]
    fn works(&mut self, words: &[&str], settings: &[(&str, &str)]) -> String {
        let (code, said) = self.run(words, settings);
        assert_eq!(code, Some(0), "{words:?}: {said}");
        said
    }

    /// Logs in by copy and paste, with mistakes; what comes and goes becomes a canary.
    fn log_in(&mut self, name: &str, settings: &[(&str, &str)]) {
        self.server.login_as(name).unwrap();
        let begin = ["account", "connect", "spotify", "--account", name, "--no-wait"];
        let said = self.works(&begin, settings);
        let address = said.split_whitespace().find(|word| word.contains("/authorize?")).unwrap().to_owned();
        let back = self.browse(&address);
        let field = |name: &str| back.split(['?', '&']).find_map(|pair| pair.strip_prefix(name)).unwrap().to_owned();
        let (state, code) = (field("state="), field("code="));
        self.canaries.insert(code);
        self.canaries.extend(self.verifier(&state));
        let paste = |address: &str| ["account", "connect", "spotify", "--paste", address].map(str::to_owned);
        for (address, expected) in [
            (back.replace(&state, "not-the-state"), Some(2)),
            (back.clone(), Some(0)),
            (back.clone(), Some(2)),
            (back.replace("code=", "cod="), Some(2)),
        ] {
            let words = paste(&address);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let (code, said) = self.run(&words, settings);
            assert_eq!(code, expected, "{said}");
        }
    }

    /// The PKCE verifier of a login that was begun, from a copy of the state database.
    fn verifier(&self, state: &str) -> Option<String> {
        let copy = TempDir::new().unwrap();
        for file in files_below(&self.folder.path().join("data/state")) {
            fs::copy(&file, copy.path().join(file.file_name().unwrap())).unwrap();
        }
        let sealer = Sealer::open(&copy.path().join("token.key"), Some(&SecretString::from(KEY))).unwrap();
        let begun =
            StateDb::open(&copy.path().join("tracker.db")).unwrap().begun_login(state, &sealer, self.now).unwrap();
        begun.unwrap().verifier.map(|verifier| verifier.expose_secret().to_owned())
    }

    fn browse(&self, address: &str) -> String {
        let (host, path) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        write!(stream, "GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap().to_owned()
    }

    fn package(&mut self, name: &str, package: &Package) {
        let zip = self.folder.path().join(name);
        package.write_zip(self.server.world(), &zip).unwrap();
        let words = ["import", name, "--account", &package.account, "--yes", "--report-file", "data/report.json"];
        let (code, said) = self.start("ingest", &words, &[]);
        assert_eq!(code, Some(0), "{said}");
    }

    /// Everything the program wrote or said, readable, by where it stands.
    fn traces(&self) -> Vec<(String, Vec<u8>)> {
        let mut traces = vec![("what was said".to_owned(), self.said.clone().into_bytes())];
        for file in files_below(&self.folder.path().join("data")) {
            let name = file.display().to_string();
            let bytes = fs::read(&file).unwrap();
            match file.extension().and_then(|ending| ending.to_str()) {
                Some("zst") => traces.push((format!("{name}, unpacked"), zstd::decode_all(&bytes[..]).unwrap())),
                Some("parquet") => traces.push((format!("{name}, read"), cells(&file).into_bytes())),
                Some("duckdb") => {
                    let text = duckdb_text(&file, &self.folder.path().join("data"));
                    traces.push((format!("{name}, all its rows"), text.into_bytes()));
                }
                Some("db") => traces.push((format!("{name}, all its rows"), sqlite_text(&file).into_bytes())),
                _ => {}
            }
            traces.push((name, bytes));
        }
        traces.push(("the names of files".to_owned(), names_below(self.folder.path()).into_bytes()));
        traces
    }
}

/// The names of all files and folders, and where links lead.
fn names_below(folder: &Path) -> String {
    let mut names = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        names += &format!("{}\n", path.display());
        match fs::read_link(&path) {
            Ok(target) => names += &format!("{}\n", target.display()),
            Err(_) if path.is_dir() => names += &names_below(&path),
            Err(_) => {}
        }
    }
    names
}

/// All texts of a Parquet file.
fn cells(file: &Path) -> String {
    let frame = ParquetReader::new(File::open(file).unwrap()).finish().unwrap();
    let texts = frame.columns().iter().filter(|column| column.dtype().is_string());
    let columns = texts.map(|column| column.as_materialized_series().clone());
    columns.flat_map(|column| column.iter().map(|cell| format!("{cell}\n")).collect::<Vec<_>>()).collect()
}

fn troubles() -> Vec<Fault> {
    let both = |kind: FaultKind| {
        [("recently-played", kind.clone()), ("token", kind)]
            .map(|(endpoint, kind)| Fault::new(Service::Spotify, kind).at(endpoint).times(2))
    };
    let mut troubles: Vec<Fault> = [
        FaultKind::RateLimited { retry_after: RetryAfter::Secs(30) },
        FaultKind::RateLimited { retry_after: RetryAfter::Date(3_000) },
        FaultKind::QuotaExceeded { retry_after: RetryAfter::Absent },
        FaultKind::ServerError { status: 502, body: ErrorBody::Html },
        FaultKind::ServerError { status: 500, body: ErrorBody::Json },
        FaultKind::Dropped {},
        FaultKind::NotJson {},
        FaultKind::ExpiredToken {},
        FaultKind::PremiumLapsed {},
        FaultKind::NotAllowListed {},
    ]
    .into_iter()
    .flat_map(both)
    .collect();
    let list = |kind| Fault::new(Service::Spotify, kind).at("recently-played").times(2);
    troubles.extend([
        list(FaultKind::Hang {}),
        list(FaultKind::Truncated {}),
        list(FaultKind::Oversized { bytes: 17 << 20 }),
    ]);
    for service in [Service::ListenBrainz, Service::LastFm] {
        for kind in [
            FaultKind::RateLimited { retry_after: RetryAfter::Secs(30) },
            FaultKind::ServerError { status: 503, body: ErrorBody::Html },
            FaultKind::Dropped {},
            FaultKind::Truncated {},
            FaultKind::NotJson {},
            FaultKind::ExpiredToken {},
        ] {
            troubles.push(Fault::new(service, kind).times(2));
        }
    }
    let refused = [8, 9, 10, 17, 29].map(|error| FaultKind::ServiceError { error, status: 403 });
    troubles.extend(refused.map(|kind| Fault::new(Service::LastFm, kind).times(1)));
    troubles
}

/// Asks all services with every key there is, with troubles and then in peace.
fn enrich(mine: &mut Mine) {
    for kind in [FaultKind::ServerError { status: 502, body: ErrorBody::Html }, FaultKind::ExpiredToken {}] {
        for service in [Service::ListenBrainz, Service::Spotify, Service::OpenWeather] {
            mine.server.switch_on(Fault::new(service, kind.clone()).times(4)).unwrap();
        }
        mine.start("enrich", &["run", "--limit", "5"], &[]);
        mine.server.clear_faults();
        mine.wait(TimeDelta::hours(1));
    }
    let (code, said) = mine.start("enrich", &["run", "--log-format", "text"], &[]);
    assert_eq!(code, Some(0), "{said}");
    let asked = mine.server.request_log();
    for service in [Service::ListenBrainz, Service::Spotify, Service::OpenWeather, Service::MusicBrainz] {
        assert!(asked.iter().any(|line| line.service == service), "{} was not asked", service.name());
    }
}

#[test]
fn no_secret_and_nothing_personal_is_left_anywhere() {
    let mut mine = Mine::new();
    for (name, zone) in [("ada", "Europe/Berlin"), ("bob", "Asia/Tokyo"), ("eve", "UTC")] {
        mine.works(&["account", "add", name, "--zone", zone], &[]);
    }
    let public: &[(&str, &str)] = &[("SPOTIFY_CLIENT_ID", "public-app"), ("SPOTIFY_CLIENT_SECRET", "")];
    mine.log_in("ada", &[]);
    mine.log_in("bob", public);
    assert!(mine.canaries.iter().any(|canary| canary.len() == 86), "a verifier was made");
    let eve = mine.server.refresh_token("eve").unwrap();
    mine.works(&["spotify", "--account", "eve"], &[("SPOTIFY_REFRESH_TOKEN", &eve)]);
    for (service, name) in [("listenbrainz", "ada-listens"), ("lastfm", "ada_fm")] {
        mine.works(&["account", "connect", service, "--account", "ada", "--user", name], &[]);
    }
    let fetch = |mine: &mut Mine| {
        let ran = [
            mine.start("ingest", &["spotify", "--account", "ada"], &[]).0,
            mine.start("ingest", &["spotify", "--account", "bob"], public).0,
            mine.start("ingest", &["listenbrainz", "--account", "ada"], &[]).0,
            mine.start("ingest", &["lastfm", "--account", "ada", "--log-format", "text"], &[]).0,
        ];
        mine.server.clear_faults();
        ran
    };
    assert_eq!(fetch(&mut mine), [Some(0); 4]);
    // Any login does for the catalogue, but this one is of another app than the settings name.
    mine.works(&["account", "pause", "bob"], &[]);
    enrich(&mut mine);
    mine.works(&["account", "resume", "bob"], &[]);
    for trouble in troubles() {
        let service = trouble.service;
        mine.wait(TimeDelta::hours(7));
        mine.server.switch_on(trouble).unwrap();
        mine.start("ingest", &[service.name(), "--account", "ada"], &[]);
        mine.server.clear_faults();
    }
    mine.wait(TimeDelta::hours(30));
    mine.log_in("ada", &[]);
    assert_eq!(fetch(&mut mine), [Some(0); 4]);

    for (wrong, settings) in [
        ("another key", [("TRACKER_SECRET_KEY", OTHER_KEY), ("SPOTIFY_REFRESH_TOKEN", "")]),
        ("a dead token", [("SPOTIFY_REFRESH_TOKEN", WRONG_TOKEN), ("LOG_LEVEL", "trace")]),
        ("another secret", [("SPOTIFY_CLIENT_SECRET", OTHER_KEY), ("LOG_LEVEL", "trace")]),
        ("a secret that is no setting", [("MUSIC_SPOTIFY__CLIENT_SECRETS", OTHER_KEY), ("LOG_LEVEL", "trace")]),
    ] {
        mine.server.revoke(if wrong == "a dead token" { "ada" } else { "eve" });
        let (code, said) = mine.run(&["spotify", "--account", "ada"], &settings);
        assert_ne!(code, Some(0), "{wrong}: {said}");
    }

    let (from, to) = (parse_instant("2024-10-01").unwrap(), mine.now);
    mine.package("old.zip", &Package::extended("ada", KeySet::Keys21).between(from, to));
    mine.package("new.zip", &Package::extended("bob", KeySet::Keys23).between(from, to));
    mine.package("data.zip", &Package::account_data("ada").between(from, to));
    let zip = fs::read(mine.folder.path().join("old.zip")).unwrap();
    File::create(mine.folder.path().join("half.zip")).unwrap().write_all(&zip[..zip.len() / 2]).unwrap();
    mine.run(&["import", "half.zip", "--account", "ada"], &[]);
    Package::extended("eve", KeySet::Keys21)
        .write_folder(mine.server.world(), &mine.folder.path().join("folder"))
        .unwrap();
    mine.works(&["import", "folder", "--account", "eve"], &[]);

    for words in [
        &["status"][..],
        &["status", "--report", "text"],
        &["account", "list"],
        &["account", "show", "ada"],
        &["replay"],
        &["compact"],
        &["refresh"],
        &["query", "select * from rpt_play_sources limit 5"],
        &["account", "disconnect", "spotify", "--account", "bob", "--keep"],
    ] {
        mine.works(words, &[("MUSIC_TRANSFORM__MODELS", "")]);
    }

    // The services remember how each token that was used begins.
    mine.canaries.extend(mine.server.request_log().into_iter().filter_map(|line| line.token));
    assert!(mine.canaries.len() > 40, "{} canaries", mine.canaries.len());
    let (mut found, traces) = (BTreeSet::new(), mine.traces());
    let title = mine.server.world().plays_of("ada").find(|play| play.in_api).unwrap().item.title.clone();
    let tells = |kind: &str, what: &str| {
        let tells =
            |(place, bytes): &(String, Vec<u8>)| place.contains(kind) && memmem::find(bytes, what.as_bytes()).is_some();
        assert!(traces.iter().any(tells), "what is not secret is found: {what:?}, {kind}");
    };
    for kind in ["unpacked", "parquet, read", "music_tracker.duckdb, all its rows"] {
        tells(kind, &title);
    }
    // The views of the reporting file, and the rows of the state.
    tells("/reporting-", &title);
    tells("tracker.db, all its rows", "ada-listens");
    tells("the names of files", "fct_track_played.");
    let canaries: Vec<&String> = mine.canaries.iter().collect();
    let search = AhoCorasick::new(&canaries).unwrap();
    for (place, bytes) in traces {
        // Overlapping: the beginning of a token is a canary, and so is the whole.
        for hit in search.find_overlapping_iter(&bytes) {
            let (canary, at) = (canaries[hit.pattern().as_usize()], hit.start());
            let around = String::from_utf8_lossy(&bytes[at.saturating_sub(120)..bytes.len().min(at + 60)]).into_owned();
            found.insert(format!("{canary} in {place}: …{around}…"));
        }
    }
    let shown: Vec<_> = found.iter().take(12).collect();
    assert!(found.is_empty(), "{} canaries sing, such as {shown:#?}", found.len());
}
