//! `ingest spotify` when nothing was played since the last poll.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::Context;
use serde_json::Value;

use crate::entry::{Budget, Entry};
use crate::ground::{Ground, world};
use crate::measure::{Cost, once, side_by_side};

const PLAYS: u32 = 100_000;
const LIST: &str = "GET /v1/me/player/recently-played";

/// Polls on top of a history of 100,000 plays.
pub(crate) fn nothing_new(ground: &Ground) -> anyhow::Result<Vec<Entry>> {
    let scratch = ground.scratch()?;
    let data = scratch.path();
    once(ground.job("ingest", data).arg("import").arg(ground.zipped(PLAYS)?))?;
    let spotify = Spotify::start(ground)?;
    let poll = || spotify.poll(ground, data);
    once(&mut poll())?;
    let before = spotify.requests()?;
    let mut polls = 0;
    let count = |_| {
        polls += 1;
        Ok(())
    };
    let [Cost { peak_mb, .. }] = side_by_side(count, [&poll])?;
    let requests = (spotify.requests()? - before) / f64::from(polls);
    Ok(vec![
        Entry::new("poll.peak_mb", peak_mb, "MiB").budget(Budget::AtMost(40.0)),
        Entry::new("poll.requests", requests, "requests").budget(Budget::AtMost(1.0)),
    ])
}

/// The simulator as a child process, ended with its value.
struct Spotify {
    process: Child,
    said: Value,
}

impl Spotify {
    fn start(ground: &Ground) -> anyhow::Result<Self> {
        let mut process = ground
            .program("simulator")
            .args(["serve", "--report", "json"])
            .args(world(PLAYS))
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().context("no output")?).read_line(&mut line)?;
        let said = serde_json::from_str(&line).with_context(|| format!("the simulator said {line:?}"))?;
        Ok(Self { process, said })
    }

    fn poll(&self, ground: &Ground, data: &Path) -> Command {
        let mut command = ground.job("ingest", data);
        command
            .arg("spotify")
            .env("SPOTIFY_BASE_URL", self.text("/base_url"))
            .env("SPOTIFY_ACCOUNTS_BASE_URL", self.text("/accounts_base_url"))
            .env("SPOTIFY_CLIENT_ID", "bench")
            .env("SPOTIFY_CLIENT_SECRET", "bench")
            .env("SPOTIFY_REFRESH_TOKEN", self.text("/accounts/0/refresh_token"));
        command
    }

    /// How often the list of recent plays was asked for.
    fn requests(&self) -> anyhow::Result<f64> {
        let url = self.text("/accounts_base_url");
        let host = url.trim_start_matches("http://").trim_end_matches('/');
        let mut stream = TcpStream::connect(host)?;
        write!(stream, "GET /_control/requests HTTP/1.0\r\nhost: {host}\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let body = answer.split_once("\r\n\r\n").context("no body")?.1;
        Ok(serde_json::from_str::<Value>(body)?[LIST].as_f64().unwrap_or(0.0))
    }

    fn text(&self, pointer: &str) -> &str {
        self.said.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }
}

impl Drop for Spotify {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
