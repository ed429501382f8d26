//! A story that is played through the real programs, and the list of what must come out.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde_json::Value;
use simulator::export::{Package, PackageKind, Told};
use simulator::server::{Options, Server};
use simulator::{Kind, TruePlay, World};
use tempfile::TempDir;

/// What the list of recent plays shows at most.
const PAGE: usize = 50;

/// What happens, in this order: the exports are imported one by one, then Spotify is polled.
pub(super) struct Story {
    pub(super) world: World,
    pub(super) exports: Vec<Package>,
    pub(super) polls: Vec<DateTime<Utc>>,
}

/// One line of a fact, as truth and star schema both tell it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    account: String,
    day: i64,
    second: i64,
    /// Empty where nobody told it.
    title: String,
    /// Of tracks only: what else there is has other words for it.
    artist: String,
    album: String,
    /// Where someone told it.
    ms_played: Option<i64>,
    is_counted: bool,
}

/// A story and a data folder in which it is played.
pub(super) struct Household {
    story: Story,
    folder: TempDir,
}

impl Household {
    pub(super) fn of(story: Story) -> Self {
        Self { story, folder: TempDir::new().unwrap() }
    }

    /// Plays the story and compares.
    #[track_caller]
    pub(super) fn check(self) {
        self.make_accounts();
        self.import_all();
        let expected = self.expected();
        let this = self.poll_all();
        this.refresh("fct_track_played dim_account dim_album dim_artist dim_track");
        let got = this.facts();
        let differences: Vec<_> = expected
            .iter()
            .filter(|(line, count)| got.get(*line) != Some(count))
            .map(|(line, count)| format!("missing {line:?} × {count}, got {:?}", got.get(line)))
            .chain(
                got.iter()
                    .filter(|(line, _)| !expected.contains_key(*line))
                    .map(|(line, count)| format!("extra {line:?} × {count}")),
            )
            .take(20)
            .collect();
        assert!(differences.is_empty(), "{} lines expected\n{}", expected.len(), differences.join("\n"));
    }

    /// Builds these models and what they read: all of them take twice as long. Rows come in another
    /// order with every thread, and must not come out otherwise.
    fn refresh(&self, models: &str) {
        let settings = [("MUSIC_TRANSFORM__MODELS", models.to_owned()), ("MUSIC_TRANSFORM__THREADS", "2".to_owned())];
        self.run("transform", &["refresh"], &settings);
    }

    /// The story without polls, up to the star schema.
    pub(super) fn imported(self) -> Self {
        self.make_accounts();
        self.import_all();
        self.refresh("fct_track_played dim_account dim_artist agg_daily fct_session");
        self
    }

    /// The story with polls alone, and what MusicBrainz and ListenBrainz know of its artists.
    pub(super) fn polled_and_enriched(self) -> Self {
        self.make_accounts();
        let this = self.poll_and(|folder, settings| {
            let pace =
                ["MUSICBRAINZ", "LISTENBRAINZ"].map(|name| (format!("MUSIC_{name}__SPACING_MS"), "0".to_owned()));
            let pace = pace.iter().map(|(name, value)| (name.as_str(), value.clone()));
            let settings: Vec<_> = settings.iter().cloned().chain(pace).collect();
            run(folder, "enrich", &["run", "--only", "musicbrainz,listenbrainz"], &settings);
        });
        this.refresh("fct_track_played dim_account dim_artist fct_artist_genre");
        this
    }

    /// The plays that the polls showed.
    pub(super) fn polled_plays(&self) -> Vec<TruePlay<'_>> {
        let Story { world, polls, .. } = &self.story;
        let of_account = |name: &str| {
            let plays: Vec<TruePlay<'_>> = world.plays_of(name).collect();
            let polled = polled(&plays, polls);
            plays.into_iter().zip(polled).filter(|(_, polled)| *polled).map(|(play, _)| play).collect::<Vec<_>>()
        };
        world.accounts().iter().flat_map(|account| of_account(&account.name)).collect()
    }

    /// What really happened.
    pub(super) fn world(&self) -> &World {
        &self.story.world
    }

    /// The rows of an answer.
    pub(super) fn answer(&self, question: &str) -> Vec<Value> {
        let rows = self.run("transform", &["query", "--format", "json", question], &[]);
        rows.lines().map(|row| serde_json::from_str(row).unwrap()).collect()
    }

    fn import_all(&self) {
        for (number, package) in self.story.exports.iter().enumerate() {
            let zip = self.folder.path().join(format!("{number}.zip"));
            package.write_zip(&self.story.world, &zip).unwrap();
            self.run("ingest", &["import", zip.to_str().unwrap(), "--account", &package.account], &[]);
        }
    }

    fn make_accounts(&self) {
        for account in self.story.world.accounts() {
            let (first, moves) = account.stays.split_first().unwrap();
            self.run("ingest", &["account", "add", &account.name, "--zone", first.zone.name()], &[]);
            for stay in moves {
                let since = stay.since.unwrap().to_rfc3339();
                self.run(
                    "ingest",
                    &["account", "set", &account.name, "--zone", stay.zone.name(), "--from", &since],
                    &[],
                );
            }
        }
    }

    fn poll_all(self) -> Self {
        self.poll_and(|_, _| {})
    }

    /// Polls, and does something more while the services are there.
    fn poll_and(self, then: impl FnOnce(&TempDir, &[(&str, String)])) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let Self { story: Story { world, exports, polls }, folder } = self;
        let world = std::sync::Arc::new(world);
        let pace =
            Options { musicbrainz_interval: Duration::ZERO, nominatim_interval: Duration::ZERO, ..Options::default() };
        let server = runtime.block_on(Server::start(std::sync::Arc::clone(&world), pace)).unwrap();
        let settings = [
            ("SPOTIFY_CLIENT_ID", "id".to_owned()),
            ("SPOTIFY_CLIENT_SECRET", "secret".to_owned()),
            ("SPOTIFY_BASE_URL", server.base_url()),
            ("SPOTIFY_ACCOUNTS_BASE_URL", server.accounts_base_url()),
            ("MUSICBRAINZ_BASE_URL", server.musicbrainz_base_url()),
            ("LISTENBRAINZ_BASE_URL", server.listenbrainz_base_url()),
            ("CONTACT", "me@example.org".to_owned()),
        ];
        for (number, at) in polls.iter().enumerate() {
            server.set_now(*at);
            for account in world.accounts().iter().filter(|_| number == 0) {
                let token = ("SPOTIFY_REFRESH_TOKEN", server.refresh_token(&account.name).unwrap());
                let settings: Vec<_> = settings.iter().cloned().chain([token]).collect();
                run(&folder, "ingest", &["spotify", "--account", &account.name], &settings);
            }
            if number > 0 {
                run(&folder, "ingest", &["spotify"], &settings);
            }
        }
        then(&folder, &settings);
        drop(server);
        drop(runtime);
        let world = std::sync::Arc::into_inner(world).unwrap();
        Self { story: Story { world, exports, polls }, folder }
    }

    /// What the star schema must hold: every play that an export or a poll told of.
    fn expected(&self) -> BTreeMap<Line, usize> {
        let Story { world, exports, polls } = &self.story;
        let mut lines = BTreeMap::new();
        // Credits are known of every track that a poll ever showed, whoever played it.
        let mut credits = HashSet::new();
        for account in world.accounts() {
            let plays: Vec<TruePlay<'_>> = world.plays_of(&account.name).collect();
            let seen = plays.iter().zip(polled(&plays, polls)).filter(|(_, polled)| *polled);
            credits.extend(seen.map(|(play, _)| play.item.uri.as_str()));
        }
        for account in world.accounts() {
            let plays: Vec<TruePlay<'_>> = world.plays_of(&account.name).collect();
            for (play, polled) in plays.iter().zip(polled(&plays, polls)) {
                let told_by = |account_data: bool| {
                    let mut packages = exports.iter().filter(|one| is_account_data(one) == account_data);
                    packages.any(|package| package.holds(play))
                };
                let (exported, in_account_data) = (told_by(false), told_by(true));
                if exported || in_account_data || polled {
                    let to_the_second = exported || polled;
                    let knows_length = exported || in_account_data;
                    let told = Telling { to_the_second, exported, knows_length, polled, credits: &credits };
                    *lines.entry(told.line(play)).or_default() += 1;
                }
            }
        }
        lines
    }

    fn facts(&self) -> BTreeMap<Line, usize> {
        let sql = "select account_name, date_id, time_id, ms_played, is_counted,
                          case when track_kind = 'unattributed' or track_name is null then '' else track_name end as title,
                          case when track_uri like 'spotify:track:%' then artist_name else '' end as artist,
                          case when track_uri like 'spotify:track:%' then album_name else '' end as album
                   from fct_track_played
                   join dim_account on dim_account.account_id = fct_track_played.account_id
                   join dim_track on dim_track.track_id = fct_track_played.track_id
                   join dim_artist on dim_artist.artist_id = fct_track_played.artist_id
                   join dim_album on dim_album.album_id = fct_track_played.album_id";
        let mut lines = BTreeMap::new();
        for row in self.answer(sql) {
            let text = |name: &str| row[name].as_str().unwrap().to_owned();
            let number = |name: &str| row[name].as_i64().unwrap();
            let line = Line {
                account: text("account_name"),
                day: number("date_id"),
                second: number("time_id"),
                title: text("title"),
                artist: text("artist"),
                album: text("album"),
                ms_played: row["ms_played"].as_i64(),
                is_counted: row["is_counted"].as_bool().unwrap(),
            };
            *lines.entry(line).or_default() += 1;
        }
        lines
    }

    fn run(&self, program: &str, args: &[&str], settings: &[(&str, String)]) -> String {
        run(&self.folder, program, args, settings)
    }
}

fn is_account_data(package: &Package) -> bool {
    matches!(package.kind, PackageKind::AccountData { .. })
}

/// Which of the plays of an account the polls showed.
fn polled(plays: &[TruePlay<'_>], polls: &[DateTime<Utc>]) -> Vec<bool> {
    let mut polled = vec![false; plays.len()];
    for at in polls {
        let seen = plays.iter().enumerate().rev().filter(|(_, play)| play.in_api && play.ended_at <= *at);
        seen.take(PAGE).for_each(|(number, _)| polled[number] = true);
    }
    polled
}

/// Who told of a play, and so what can be known.
struct Telling<'a> {
    to_the_second: bool,
    exported: bool,
    knows_length: bool,
    polled: bool,
    /// The tracks of which the credits are known.
    credits: &'a HashSet<&'a str>,
}

impl Telling<'_> {
    /// Account data knows a play to the minute and is now and then a little off, the list of
    /// recent plays does not know how long it was heard, an export may have lost its name and
    /// names the album artist alone.
    fn line(&self, play: &TruePlay<'_>) -> Line {
        let told = Told::of(play);
        let local = if self.to_the_second { play.local } else { told.minute.with_timezone(&play.zone).naive_local() };
        let ms_played = if self.exported { play.ms_played } else { told.ms_played };
        let ms_played = self.knows_length.then(|| i64::from(ms_played));
        let is_named = self.polled || play.kind != Kind::Unattributed;
        let is_track = is_named && play.item.kind == Kind::Track;
        let first_credit = play.artists().next().filter(|_| self.credits.contains(play.item.uri.as_str()));
        let artist = first_credit.map_or(&play.collection.artist_name, |artist| &artist.name);
        let only = |told: bool, text: &str| if told { text.to_owned() } else { String::new() };
        Line {
            account: play.account.to_owned(),
            day: i64::from(local.year()) * 10_000 + i64::from(local.month()) * 100 + i64::from(local.day()),
            second: i64::from(local.num_seconds_from_midnight()),
            title: only(is_named, &play.item.title),
            artist: only(is_track, artist),
            album: only(is_track, &play.collection.name),
            ms_played,
            is_counted: ms_played.is_none_or(|ms| ms >= 30_000),
        }
    }
}

fn run(folder: &TempDir, program: &str, args: &[&str], settings: &[(&str, String)]) -> String {
    let output = Command::new(beside(program))
        .args(args)
        .current_dir(folder.path())
        .env_clear()
        .envs([("ENVIRONMENT", "testing"), ("DATA_DIR", "data"), ("TIMEZONE", "UTC")])
        .envs(settings.iter().map(|(name, value)| (*name, value.as_str())))
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {args:?}: {stderr}");
    String::from_utf8(output.stdout).unwrap()
}

/// The programs of the workspace are built into one folder; this test runs beside them.
fn beside(program: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_BIN_EXE_music-tracker")).with_file_name(program);
    assert!(
        path.exists(),
        "{} is not built: use `make test`, or `cargo build --workspace --bins` first",
        path.display()
    );
    path
}
