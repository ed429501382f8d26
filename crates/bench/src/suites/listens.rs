//! `ingest listenbrainz`: the first walk through a long history.

use anyhow::ensure;

use crate::entry::{Budget, Entry};
use crate::ground::{Ground, world};
use crate::measure::{once, reported};
use crate::upstream::Upstream;

/// So many plays, of which some were too short to be told, make half a million listens.
const PLAYS: u32 = 660_000;
const LISTENS: f64 = 500_000.0;

/// So many listens a page has.
const PAGE: f64 = 1_000.0;

/// Half a million listens, once: the service answers 500 times, and what it costs to keep
/// each answer is measured, not the pause between them that good manners ask for.
pub(crate) fn whole_history(ground: &Ground) -> anyhow::Result<Vec<Entry>> {
    let scratch = ground.scratch()?;
    let flags: Vec<String> = world(PLAYS).into_iter().chain(["--listenbrainz".into(), "spotify".into()]).collect();
    let service = Upstream::start(ground, &flags)?;
    let user = service.text("/accounts/0/listenbrainz_name");
    let job = |args: &[&str]| {
        let mut command = ground.job("ingest", scratch.path());
        command
            .args(args)
            .env("LISTENBRAINZ_BASE_URL", service.text("/listenbrainz_base_url"))
            .env("MUSIC_LISTENBRAINZ__SPACING_MS", "0");
        command
    };
    once(&mut job(&["account", "connect", "listenbrainz", "--user", user]))?;
    let held = service.get(&format!("listenbrainz/1/user/{user}/listen-count"))?["payload"]["count"].as_f64();
    let held = held.unwrap_or_default();
    ensure!(held >= LISTENS, "the history has only {held} listens");

    let pages = format!("GET /listenbrainz/1/user/{user}/listens");
    let before = service.requests(&pages)?;
    let (cost, report) = reported(&mut job(&["listenbrainz"]))?;
    let requests = service.requests(&pages)? - before;
    let stored = report["counts"]["stored"].as_f64().unwrap_or_default();
    // Each page begins with the second in which the one before it broke off.
    let most = (held / (PAGE - 1.0)).ceil() + 2.0;
    Ok(vec![
        Entry::new("listens.peak_mb", cost.peak_mb, "MiB").budget(Budget::AtMost(150.0)),
        Entry::new("listens.requests", requests, "requests").budget(Budget::AtMost(most)),
        Entry::new("listens.rows", stored, "plays").against(held).budget(Budget::RatioAtLeast(1.0)),
        Entry::new("listens.rows_per_s", stored / cost.seconds, "rows/s"),
    ])
}
