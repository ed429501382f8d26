//! `ingest spotify` when nothing was played since the last poll.

use std::path::Path;
use std::process::Command;

use crate::entry::{Budget, Entry};
use crate::ground::{Ground, world};
use crate::measure::{Cost, once, side_by_side};
use crate::upstream::Upstream;

const PLAYS: u32 = 100_000;
const LIST: &str = "GET /v1/me/player/recently-played";

/// Polls on top of a history of 100,000 plays.
pub(crate) fn nothing_new(ground: &Ground) -> anyhow::Result<Vec<Entry>> {
    let scratch = ground.scratch()?;
    let data = scratch.path();
    once(&mut ground.import(data, PLAYS)?)?;
    let spotify = Upstream::start(ground, &world(PLAYS))?;
    let poll = || poll(ground, &spotify, data);
    once(&mut poll())?;
    let before = spotify.requests(LIST)?;
    let mut polls = 0;
    let count = |_| {
        polls += 1;
        Ok(())
    };
    let [Cost { peak_mb, .. }] = side_by_side(count, [&poll])?;
    let requests = (spotify.requests(LIST)? - before) / f64::from(polls);
    Ok(vec![
        Entry::new("poll.peak_mb", peak_mb, "MiB").budget(Budget::AtMost(40.0)),
        Entry::new("poll.requests", requests, "requests").budget(Budget::AtMost(1.0)),
    ])
}

fn poll(ground: &Ground, spotify: &Upstream, data: &Path) -> Command {
    let mut command = ground.job("ingest", data);
    command
        .arg("spotify")
        .env("SPOTIFY_BASE_URL", spotify.text("/base_url"))
        .env("SPOTIFY_ACCOUNTS_BASE_URL", spotify.text("/accounts_base_url"))
        .env("SPOTIFY_CLIENT_ID", "bench")
        .env("SPOTIFY_CLIENT_SECRET", "bench")
        .env("SPOTIFY_REFRESH_TOKEN", spotify.text("/accounts/0/refresh_token"));
    command
}
