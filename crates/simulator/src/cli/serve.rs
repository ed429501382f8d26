//! `simulator serve`.

use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use clap::ValueEnum;
use serde_json::json;

use super::Report;
use super::describe::ScenarioArgs;
use crate::parse_instant;
use crate::server::{App, Batch, Fault, Options, Rotation, Server, Shape};

pub(super) const EXAMPLES: &str = "\
Services, all at one port:
  Spotify       GET /authorize, POST /api/token, GET /v1/me, GET /v1/me/player/recently-played,
                GET /v1/{tracks,albums,artists}/ID, with --shape extended also ?ids=ID,ID
  ListenBrainz  GET /listenbrainz/1/validate-token, /listenbrainz/1/user/NAME/listens,
                /listenbrainz/1/user/NAME/listen-count
                GET, POST /listenbrainz/1/metadata/lookup/, .../metadata/recording/,
                GET .../metadata/artist/, POST .../popularity/{artist,recording,release-group}
  Last.fm       GET /lastfm/2.0/?method=user.getrecenttracks
  MusicBrainz   GET /musicbrainz/ws/2/{url,isrc,artist,area,recording,release,release-group}
  Wikidata      GET, POST /wikidata/sparql
  Nominatim     GET /nominatim/search
  OpenWeather   GET /openweather/geo/1.0/direct

Control, without any token:
  GET, POST        /_control/now           {\"now\": \"2023-07-01T12:00:00Z\"}
  GET              /_control/accounts      names and tokens at each service
  GET              /_control/requests      how often each endpoint was asked
  GET              /_control/requests/log  service, endpoint, simulated time, status, account, app, ...
  GET              /_control/broken-rules  which requests were too fast, too many or nameless
  POST             /_control/login         {\"as\": \"alice\", \"deny\": false}: who logs in at /authorize
  POST             /_control/revoke        {\"account\": \"alice\"}: all tokens of the account are dead
  GET, POST, DELETE /_control/faults       the faults that are on; one more; none
  DELETE           /_control/faults/ID     one less
  GET              /_control/served        numbers of the plays that each service handed out
  GET              /_control/fates         numbers of the plays that recently-played shows late or never

Faults: {\"service\": SERVICE, \"fault\": NAME} and, if wanted, \"endpoint\", \"account\" and \"times\" (for so many requests, else until it is switched off):
  rate_limited      429; retry_after: 30, \"30\", \"date\", \"date:30\" or null
  quota_exceeded    429 with reason QUOTA_EXCEEDED; retry_after (48925)
  server_error      status (503), body: \"empty\", \"html\" or \"json\"
  overloaded        503 in the service's words; retry_after as above
  blocked           the page of Nominatim for those it shut out; status (403)
  hang              accepts and never answers
  slow              the right answer in pieces: pause_ms (50), pieces (20)
  truncated         the right answer breaks off in the middle
  dropped           the connection ends before any answer
  not_json          200 with a web page
  oversized         200 with bytes (67108864) bytes
  expired_token     401
  revoked           400 invalid_grant
  premium_lapsed    403 as when the owner of the app no longer pays
  not_allow_listed  403 as for users the app does not know
  service_error     Last.fm's own: error (6, 8, 17, 29, ...), status (200)
  late_plays        recently-played shows plays delay_secs after their end; per_mille (1000)
  lost_plays        plays that end from now on never appear there; per_mille (1000)
  withheld_plays    ListenBrainz and Last.fm have nothing played from ... to ...; off, it is all there
  duplicated_plays  the same play twice in a page
  clock_skew        times are wrong by ms
  out_of_order      a page in no order
Services: spotify, listenbrainz, lastfm, musicbrainz, wikidata, nominatim, openweather.
Endpoints: authorize, token, me, recently-played, track, album, artist, tracks, albums, artists;
validate-token, listens, listen-count, lookup, recording-metadata, artist-metadata, popularity;
recent-tracks; url, isrc, artist, artist-search, area, area-search, release-group,
release-groups, release, releases, recording, recording-search; sparql; search; direct; and other.

MusicBrainz and Nominatim refuse more than one request per interval, and with Wikidata those
who do not say who they are in the User-Agent.

Examples:
  simulator serve --port 4567
  simulator serve --account ada=Europe/Berlin --plays 2000 --shape extended
  simulator serve --navidrome-plays 500 --listenbrainz spotify,navidrome --lastfm navidrome
  simulator serve --fault '{\"service\": \"spotify\", \"fault\": \"server_error\", \"times\": 3}'
  simulator serve --app '{\"client_id\": \"id\", \"redirect_uris\": [\"http://127.0.0.1/callback\"]}'
  curl -d '{\"now\": \"2023-07-01T12:00:00Z\"}' -H 'content-type: application/json' \\
      http://127.0.0.1:4567/_control/now
  curl -d '{\"service\": \"spotify\", \"endpoint\": \"recently-played\", \"fault\": \"rate_limited\",
      \"retry_after\": \"30\", \"times\": 2}' -H 'content-type: application/json' \\
      http://127.0.0.1:4567/_control/faults
  curl http://127.0.0.1:4567/_control/requests";

#[derive(Debug, clap::Args)]
pub(super) struct ServeArgs {
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,

    /// Which fields Spotify's objects have
    #[arg(long, value_enum, default_value_t = ShapeArg::Development)]
    shape: ShapeArg,

    /// The simulated clock [default: the end of the history]
    #[arg(long, value_name = "INSTANT", value_parser = parse_instant)]
    now: Option<DateTime<Utc>>,

    /// Let access tokens expire after an hour of the simulated clock
    #[arg(long)]
    tokens_expire: bool,

    /// What a refresh without PKCE gives back
    #[arg(long, value_enum, default_value_t = RotationArg::Keep)]
    rotation: RotationArg,

    /// When the first refresh tokens were authorized; they die six months later [default: never]
    #[arg(long, value_name = "INSTANT", value_parser = parse_instant)]
    authorized_at: Option<DateTime<Utc>>,

    /// An app that is registered with Spotify; repeat for more [default: any app is good]
    #[arg(long = "app", value_name = "JSON", value_parser = parse_app)]
    apps: Vec<App>,

    /// A fault that is on from the start; repeat for more
    #[arg(long = "fault", value_name = "JSON", value_parser = parse_fault)]
    faults: Vec<Fault>,

    /// The first window in which ListenBrainz looks for listens; small ones make empty pages
    #[arg(long, value_name = "SECONDS", default_value_t = 2_592_000)]
    listen_window_secs: i64,

    /// How many requests ListenBrainz answers in ten seconds [default: any]
    #[arg(long, value_name = "COUNT")]
    listenbrainz_limit: Option<u32>,

    /// The only API key that Last.fm accepts [default: any]
    #[arg(long, value_name = "KEY")]
    lastfm_api_key: Option<String>,

    /// The time that MusicBrainz asks between two requests; 0 for any
    #[arg(long, value_name = "MS", default_value_t = 1_000)]
    musicbrainz_interval_ms: u64,

    /// The time that Nominatim asks between two requests; 0 for any
    #[arg(long, value_name = "MS", default_value_t = 1_000)]
    nominatim_interval_ms: u64,

    /// Let programs be nameless
    #[arg(long)]
    any_user_agent: bool,

    /// A way to ask for many things at once that is refused; repeat for more
    #[arg(long = "refuse-batch", value_enum, value_name = "WAY")]
    refused_batches: Vec<Batch>,

    /// The only API key that OpenWeather accepts [default: any]
    #[arg(long, value_name = "KEY")]
    openweather_api_key: Option<String>,

    #[command(flatten)]
    scenario: ScenarioArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ShapeArg {
    /// All fields, as apps with extended quota get them.
    Extended,
    /// What is left for apps in development mode since 2026.
    Development,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RotationArg {
    /// No refresh token.
    Keep,
    /// A new one; the old one stays good.
    Renew,
    /// A new one; the old one is dead.
    Replace,
}

impl ServeArgs {
    pub(super) async fn start(&self) -> anyhow::Result<Server> {
        let options = Options {
            shape: match self.shape {
                ShapeArg::Extended => Shape::Extended,
                ShapeArg::Development => Shape::Development,
            },
            rotation: match self.rotation {
                RotationArg::Keep => Rotation::Keep,
                RotationArg::Renew => Rotation::Renew,
                RotationArg::Replace => Rotation::Replace,
            },
            port: self.port,
            now: self.now,
            tokens_expire: self.tokens_expire,
            apps: self.apps.clone(),
            authorized_at: self.authorized_at,
            listen_window: TimeDelta::try_seconds(self.listen_window_secs).context("so many seconds")?,
            listenbrainz_limit: self.listenbrainz_limit,
            lastfm_api_key: self.lastfm_api_key.clone(),
            musicbrainz_interval: Duration::from_millis(self.musicbrainz_interval_ms),
            nominatim_interval: Duration::from_millis(self.nominatim_interval_ms),
            checks_user_agent: !self.any_user_agent,
            refused_batches: self.refused_batches.clone(),
            openweather_api_key: self.openweather_api_key.clone(),
            ..Options::default()
        };
        let server = Server::start(self.scenario.world()?, options).await?;
        for fault in &self.faults {
            server.switch_on(fault.clone())?;
        }
        Ok(server)
    }
}

fn parse_app(text: &str) -> anyhow::Result<App> {
    Ok(serde_json::from_str(text)?)
}

fn parse_fault(text: &str) -> anyhow::Result<Fault> {
    Fault::read(&serde_json::from_str(text)?)
}

/// Where everything is.
pub(super) fn listening(server: &Server) -> Report {
    let now = server.now().to_rfc3339_opts(SecondsFormat::AutoSi, true);
    let accounts = server.world().accounts();
    let mut text = format!(
        "SPOTIFY_BASE_URL={}\nSPOTIFY_ACCOUNTS_BASE_URL={}\nLISTENBRAINZ_BASE_URL={}\nLASTFM_BASE_URL={}\n\
         MUSICBRAINZ_BASE_URL={}\nWIKIDATA_BASE_URL={}\nNOMINATIM_BASE_URL={}\nOPENWEATHER_BASE_URL={}\n\
         simulated clock: {now}, ctrl-c ends",
        server.base_url(),
        server.accounts_base_url(),
        server.listenbrainz_base_url(),
        server.lastfm_base_url(),
        server.musicbrainz_base_url(),
        server.wikidata_base_url(),
        server.nominatim_base_url(),
        server.openweather_base_url(),
    );
    for account in accounts {
        text += &format!(
            "\n\n{} ({} plays)\nSPOTIFY_REFRESH_TOKEN={}",
            account.name,
            account.play_count(),
            account.refresh_token
        );
    }
    let accounts = accounts.iter().map(|account| {
        json!({
            "name": account.name,
            "refresh_token": account.refresh_token,
            "plays": account.play_count(),
            "listenbrainz_name": account.listenbrainz_name,
            "listenbrainz_token": account.listenbrainz_token,
            "lastfm_name": account.lastfm_name,
        })
    });
    let json = json!({
        "job": "simulator serve",
        "base_url": server.base_url(),
        "accounts_base_url": server.accounts_base_url(),
        "listenbrainz_base_url": server.listenbrainz_base_url(),
        "lastfm_base_url": server.lastfm_base_url(),
        "musicbrainz_base_url": server.musicbrainz_base_url(),
        "wikidata_base_url": server.wikidata_base_url(),
        "nominatim_base_url": server.nominatim_base_url(),
        "openweather_base_url": server.openweather_base_url(),
        "now": now,
        "accounts": accounts.collect::<Vec<_>>(),
    });
    Report { text, json }
}
