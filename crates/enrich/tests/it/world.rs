//! Simulated services, a data folder with plays, and the program.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use lake::cache::{Cache, Subject};
use lake::identity::{observation_id, play_id};
use lake::manifest::{Manifest, Partition};
use lake::parts::{self, Observation};
use lake::play::{Clock, Credit, Kind, Play, Precision, Source};
use lake::schema::{PLAY_CREDITS, PLAYS, Table};
use platform::state::{CountingRule, Login};
use platform::{DataDir, Report, Sealer, StateDb};
use simulator::server::{BrokenRule, Options, Rule, Server, Service};
use simulator::{AccountPlan, Item, Scenario, World as Life, parse_instant};
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub(crate) const NOW: &str = "2026-11-15T12:00:00Z";

/// The services, a data folder, and what was played.
pub(crate) struct World {
    pub(crate) server: Server,
    _runtime: Runtime,
    folder: TempDir,
    token: Option<String>,
    lookups_per_day: Option<u32>,
    has_openweather: bool,
    /// Several data folders keep one pace.
    pub(crate) is_paced_together: bool,
    pub(crate) spacing_ms: u64,
    /// The rules that this world is there to break.
    pub(crate) forgiven: Vec<Rule>,
}

/// Whatever a test is about: nobody was asked otherwise than they want to be.
impl Drop for World {
    fn drop(&mut self) {
        let mut broken: Vec<BrokenRule> = self.server.broken_rules();
        broken.retain(|one| !self.forgiven.contains(&one.rule));
        assert!(broken.is_empty() || std::thread::panicking(), "{broken:?}");
    }
}

/// What a run of the program gave.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) exit_code: i32,
    pub(crate) report: Report,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn of(output: &Output) -> Self {
        let stdout = String::from_utf8_lossy(&output.stdout);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let last = stdout.lines().last().unwrap_or_default();
        let report = serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: {stdout}{stderr}"));
        Self { exit_code: output.status.code().unwrap(), report, stderr }
    }

    pub(crate) fn count(&self, name: &str) -> u64 {
        self.report.counts.get(name).and_then(serde_json::Value::as_u64).unwrap_or_default()
    }

    #[track_caller]
    pub(crate) fn expect_ok(self) -> Self {
        assert_eq!((self.exit_code, self.report.status.as_str()), (0, "ok"), "{}", self.stderr);
        self
    }
}

impl World {
    /// So many artists, all of them in the catalogue; nobody has heard anything yet.
    pub(crate) fn of(artists: usize, options: Options) -> Self {
        let scenario = Scenario::new(7)
            .account(AccountPlan::at_home("ada", chrono_tz::Europe::Berlin))
            .between(parse_instant("2026-01-01T00:00:00Z").unwrap(), parse_instant("2026-02-01T00:00:00Z").unwrap())
            .plays_per_account(1)
            .artists(artists);
        let now = Some(parse_instant(NOW).unwrap());
        let fast = Options { musicbrainz_interval: Duration::ZERO, nominatim_interval: Duration::ZERO, ..options };
        let runtime = Runtime::new().unwrap();
        let server = runtime.block_on(Server::start(Life::build(&scenario).unwrap(), Options { now, ..fast })).unwrap();
        Self {
            server,
            _runtime: runtime,
            folder: TempDir::new().unwrap(),
            token: None,
            lookups_per_day: None,
            has_openweather: false,
            is_paced_together: false,
            spacing_ms: 0,
            forgiven: Vec::new(),
        }
    }

    /// With a token for ListenBrainz.
    pub(crate) fn with_token(mut self) -> Self {
        self.token = Some(self.life().accounts()[0].listenbrainz_token.clone());
        self
    }

    /// With somebody who is logged in at Spotify, by an app in development mode.
    pub(crate) fn with_spotify(self) -> Self {
        self.with_lookups(300)
    }

    /// The same with so many look-ups a day.
    pub(crate) fn with_lookups(mut self, lookups_per_day: u32) -> Self {
        self.lookups_per_day = Some(lookups_per_day);
        let (data, now) = (self.data(), self.server.now());
        data.make_private_folders().unwrap();
        let mut state = StateDb::open(&data.state_db()).unwrap();
        let account = state.add_account("ada", chrono_tz::Europe::Berlin, CountingRule::default(), now).unwrap();
        state.connect("spotify", &account.account_id, None, now).unwrap();
        let refresh_token = self.server.refresh_token("ada").unwrap().into();
        let login = Login { refresh_token, authorized_at: Some(now), stored_at: now };
        let sealer = Sealer::open(&data.token_key(), None).unwrap();
        state.store_login("spotify", &account.account_id, &login, &sealer).unwrap();
        self
    }

    /// With a key for OpenWeather.
    pub(crate) fn with_openweather(mut self) -> Self {
        self.has_openweather = true;
        self
    }

    /// With a token that ListenBrainz does not accept.
    pub(crate) fn with_wrong_token(mut self) -> Self {
        self.token = Some("00000000-0000-4000-8000-000000000000".to_owned());
        self
    }

    pub(crate) fn life(&self) -> &Life {
        self.server.world()
    }

    pub(crate) fn data(&self) -> DataDir {
        DataDir::new(self.folder.path().join("data"), None)
    }

    /// The first track of each artist of Spotify's catalogue.
    pub(crate) fn tracks(&self) -> Vec<&Item> {
        let mut seen = BTreeSet::new();
        let catalogue = self.life().catalogue();
        let is_first = |item: &&Item| {
            item.kind == simulator::Kind::Track && item.artists.len() == 1 && seen.insert(item.artists[0])
        };
        catalogue.items.iter().filter(is_first).collect()
    }

    /// Plays of these tracks as the API tells them: with artists, ISRC and album.
    pub(crate) fn hear(&self, tracks: &[&Item]) {
        self.tell(Source::SpotifyApi, tracks, true);
    }

    /// The same without the album, so that only the artists are asked about.
    pub(crate) fn hear_without_albums(&self, tracks: &[&Item]) {
        self.tell(Source::SpotifyApi, tracks, false);
    }

    /// The same as an export tells them: the album artist by name, and nothing else.
    pub(crate) fn import(&self, tracks: &[&Item]) {
        self.tell(Source::SpotifyExport, tracks, false);
    }

    /// The same as ListenBrainz tells them: with the MBIDs of artists that it knows.
    pub(crate) fn listen(&self, tracks: &[&Item]) {
        self.tell(Source::Listenbrainz, tracks, false);
    }

    /// Plays of an export: the URI of the track, its title, and the album artist.
    pub(crate) fn import_rows(&self, rows: &[(String, String, &str)]) {
        let from = parse_instant("2026-10-01T00:00:00Z").unwrap().timestamp_millis();
        let plays = (0..).zip(rows).map(|(number, (uri, title, artist))| {
            let at = from + number * 240_000;
            let raw = DateTime::<Utc>::from_timestamp_millis(at).unwrap().to_rfc3339();
            let mut play = Play::at(at, raw.into(), Clock::End, Precision::Millisecond);
            play.kind = Kind::Track;
            play.track_uri = Some(uri.as_str().into());
            play.track_name = Some(title.as_str().into());
            play.album_artist_name = Some((*artist).into());
            (play, Vec::new())
        });
        self.store(Source::SpotifyExport, &plays.collect::<Vec<_>>());
    }

    /// Listens of a program that knows titles and names only.
    pub(crate) fn scrobble(&self, rows: &[(&str, &str)]) {
        let from = parse_instant("2026-10-02T00:00:00Z").unwrap().timestamp_millis();
        let plays = (0..).zip(rows).map(|(number, (title, artist))| {
            let at = from + number * 240_000;
            let raw = DateTime::<Utc>::from_timestamp_millis(at).unwrap().to_rfc3339();
            let mut play = Play::at(at, raw.into(), Clock::Start, Precision::Second);
            play.kind = Kind::Track;
            play.track_name = Some((*title).into());
            let credit =
                Credit { artist_name: (*artist).into(), artist_uri: None, artist_mbid: None, join_phrase: None };
            (play, vec![credit])
        });
        self.store(Source::Lastfm, &plays.collect::<Vec<_>>());
    }

    /// What a person said of artists: the action, the artist, and the value.
    pub(crate) fn correct(&self, lines: &[[&str; 3]]) {
        let lines = (1..).zip(lines).map(|(id, [action, artist, value])| format!("c{id},{action},{artist},{value}\n"));
        let text = format!("id,action,artist,value\n{}", lines.collect::<String>());
        platform::files::write_whole(&self.path("corrections/artists.csv"), text.as_bytes()).unwrap();
    }

    /// Everybody who was asked about in this way.
    pub(crate) fn asked(&self, method: &str) -> Vec<Subject> {
        let cache = Cache::new(&self.data());
        let answers = cache.answer_ids().unwrap().into_iter().map(|id| cache.read(&id).unwrap().question);
        answers.filter(|question| question.method == method).flat_map(|question| question.subjects).collect()
    }

    fn tell(&self, source: Source, tracks: &[&Item], has_albums: bool) {
        let catalogue = self.life().catalogue();
        let from = parse_instant("2026-10-01T00:00:00Z").unwrap().timestamp_millis();
        let is_api = source == Source::SpotifyApi;
        let rows: Vec<(Play<'_>, Vec<Credit<'_>>)> = (0..)
            .zip(tracks)
            .map(|(number, item)| {
                let at = from + number * 240_000;
                let raw = DateTime::<Utc>::from_timestamp_millis(at).unwrap().to_rfc3339();
                let mut play = Play::at(at, raw.into(), Clock::End, Precision::Millisecond);
                let album = catalogue.collection(item.collection);
                play.kind = Kind::Track;
                play.track_uri = (source != Source::Listenbrainz).then(|| item.uri.as_str().into());
                play.track_name = Some(item.title.as_str().into());
                play.album_name = Some(album.name.as_str().into());
                play.album_artist_name = Some(album.artist_name.as_str().into());
                let mut credits = Vec::new();
                if source == Source::Listenbrainz {
                    let recording = self.life().facts().recording(item.recording);
                    play.recording_mbid = recording.map(|recording| recording.mbid.as_str().into());
                    credits.extend(item.artists.iter().map(|artist| Credit {
                        artist_name: catalogue.artist(*artist).name.as_str().into(),
                        artist_uri: None,
                        artist_mbid: self.life().facts().artist(*artist as usize).mbid.map(Into::into),
                        join_phrase: None,
                    }));
                }
                if is_api {
                    play.track_isrc = item.isrc.as_deref().map(Into::into);
                    play.album_uri = album.uri().filter(|_| has_albums).map(Into::into);
                    credits.extend(item.artists.iter().map(|artist| {
                        let artist = catalogue.artist(*artist);
                        let uri = artist.uri().map(Into::into);
                        Credit {
                            artist_name: artist.name.as_str().into(),
                            artist_uri: uri,
                            artist_mbid: None,
                            join_phrase: None,
                        }
                    }));
                }
                (play, credits)
            })
            .collect();
        self.store(source, &rows);
    }

    fn store(&self, source: Source, rows: &[(Play<'_>, Vec<Credit<'_>>)]) {
        let from = parse_instant("2026-10-01T00:00:00Z").unwrap().timestamp_millis();
        let observations: Vec<Observation<'_>> = (0..)
            .zip(rows)
            .map(|(raw_ordinal, (play, credits))| {
                let play_id = play_id("ada", source, play, 0);
                let observation_id = observation_id(play_id, play, credits);
                Observation {
                    observation_id,
                    play_id,
                    source,
                    play,
                    credits,
                    raw_id: "raw",
                    raw_ordinal,
                    run_id: "run",
                    ingested_at: from,
                }
            })
            .collect();
        let data = self.data();
        let partition = Partition { account_id: "ada".into(), source: source.as_str().into(), month: "2026-10".into() };
        let name = format!("part-{}", rows.len());
        let plays = parts::write_plays(&data, &partition, &name, &observations).unwrap();
        let credits = parts::write_credits(&data, &partition, &name, &observations).unwrap();
        Manifest::extend(&data, &PLAYS, vec![plays]).unwrap();
        Manifest::extend(&data, &PLAY_CREDITS, credits.into_iter().collect()).unwrap();
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_enrich"));
        let spacing = self.spacing_ms.to_string();
        command
            .args(args)
            .args(["--report", "json", "--log-format", "text"])
            .current_dir(self.folder.path())
            .env_clear()
            .envs([("ENVIRONMENT", "testing"), ("DATA_DIR", "data"), ("CONTACT", "me@example.org")])
            .env("TRACKER_NOW", self.server.now().to_rfc3339())
            .env("LISTENBRAINZ_BASE_URL", self.server.listenbrainz_base_url())
            .env("MUSICBRAINZ_BASE_URL", self.server.musicbrainz_base_url())
            .env("WIKIDATA_BASE_URL", self.server.wikidata_base_url())
            .env("NOMINATIM_BASE_URL", self.server.nominatim_base_url())
            .env("MUSIC_MUSICBRAINZ__SPACING_MS", &spacing)
            .env("MUSIC_NOMINATIM__SPACING_MS", &spacing)
            .stdin(Stdio::null());
        if self.spacing_ms > 0 {
            // A clock that stands still would make each turn wait for all before it.
            command.env_remove("TRACKER_NOW");
        }
        if let Some(lookups) = self.lookups_per_day {
            command
                .env("SPOTIFY_CLIENT_ID", "app")
                .env("SPOTIFY_CLIENT_SECRET", "secret")
                .env("SPOTIFY_BASE_URL", self.server.base_url())
                .env("SPOTIFY_ACCOUNTS_BASE_URL", self.server.accounts_base_url())
                .env("MUSIC_SPOTIFY__SPACING_MS", "0")
                .env("MUSIC_SPOTIFY__LOOKUPS_PER_DAY", lookups.to_string());
        }
        if self.has_openweather {
            command.env("OPENWEATHER_BASE_URL", self.server.openweather_base_url()).env("OPENWEATHER_API_KEY", "key");
        }
        if self.is_paced_together {
            command.env("MUSIC_PACE_DIR", self.folder.path().join("pace"));
        }
        if let Some(token) = &self.token {
            command.env("LISTENBRAINZ_TOKEN", token);
        }
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        Ran::of(&self.command(args).output().unwrap())
    }

    pub(crate) fn enrich(&self) -> Ran {
        self.run(&["run"])
    }

    /// Starts the program and leaves it alone.
    pub(crate) fn start(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Lets time go by.
    pub(crate) fn wait(&self, time: TimeDelta) {
        self.server.set_now(self.server.now() + time);
    }

    /// Every request to MusicBrainz and to Nominatim had a moment of its own, as far from the one before as the pace
    /// wants, and none came earlier. (A packet may be late and the next one not: what comes says nothing of the pace
    /// by itself.)
    #[track_caller]
    pub(crate) fn assert_pace(&self) {
        let pace =
            if self.is_paced_together { self.folder.path().join("pace/pace.db") } else { self.data().state_db() };
        let spacing = i64::try_from(self.spacing_ms).unwrap();
        for (service, at_least) in [(Service::MusicBrainz, 16), (Service::Nominatim, 1)] {
            let state = rusqlite::Connection::open(&pace).unwrap();
            let mut query = state.prepare("select at_ms from requests where service = ?1 order by at_ms").unwrap();
            let slots: Vec<i64> =
                query.query_map([service.name()], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
            let log = self.server.request_log();
            let asked = log.iter().filter(|line| line.service == service);
            let mut arrivals: Vec<i64> = asked.map(|line| line.really_at.timestamp_millis()).collect();
            arrivals.sort_unstable();
            let (slots_count, count) = (slots.len(), arrivals.len());
            assert!(count >= at_least && count == slots_count, "{count} and {slots_count} of {}", service.name());
            let close = slots.windows(2).filter(|two| two[1] - two[0] < spacing).count();
            let early = arrivals.iter().zip(&slots).filter(|(arrival, slot)| arrival < slot).count();
            assert_eq!((close, early), (0, 0), "of {count} requests to {}", service.name());
        }
    }

    /// A second data folder with the same plays, which the program works on with this command.
    pub(crate) fn elsewhere(&self, args: &[&str]) -> Command {
        let copied =
            Command::new("cp").arg("-R").arg(self.data().root()).arg(self.folder.path().join("other")).status();
        assert!(copied.unwrap().success());
        let mut command = self.command(args);
        command.env("DATA_DIR", "other");
        command
    }

    /// How many requests there were so far.
    pub(crate) fn requests(&self) -> usize {
        self.server.request_log().len()
    }

    /// The rows of a table as text, sorted, without what differs from run to run.
    pub(crate) fn rows(&self, table: &Table) -> Vec<String> {
        let frame = parts::read_table(&self.data(), table).unwrap();
        let hidden = ["answer_id", "run_id", "fetched_at"];
        let columns: Vec<_> = table.columns.iter().filter(|column| !hidden.contains(&column.name)).collect();
        let mut rows: Vec<String> = (0..frame.height())
            .map(|row| {
                let cell = |name: &str| format!("{:?}", frame.column(name).unwrap().get(row).unwrap());
                columns.iter().map(|column| cell(column.name)).collect::<Vec<_>>().join("|")
            })
            .collect();
        rows.sort();
        rows
    }

    /// One text column of a table beside another.
    pub(crate) fn pairs(&self, table: &Table, key: &str, value: &str) -> Vec<(String, Option<String>)> {
        let frame = parts::read_table(&self.data(), table).unwrap();
        let (keys, values) = (frame.column(key).unwrap().str().unwrap(), frame.column(value).unwrap().str().unwrap());
        let pairs = keys.iter().zip(values.iter());
        pairs.map(|(key, value)| (key.unwrap_or_default().to_owned(), value.map(str::to_owned))).collect()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("data").join(name)
    }
}
