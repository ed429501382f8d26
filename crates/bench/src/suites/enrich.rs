//! `enrich run`: who a thousand artists are, what they play and where they come from.

use std::path::Path;
use std::process::Command;

use anyhow::ensure;
use serde_json::Value;

use crate::entry::{Budget, Entry};
use crate::ground::Ground;
use crate::measure::{once, reported};
use crate::upstream::Upstream;

/// So many people with fifty plays each hear more than a thousand artists.
const PEOPLE: usize = 100;
const WORLD: &str = "--seed 1 --from 2024-01-01 --to 2024-01-20 --plays 50 --artists 3000 --all-linked \
                     --share local=0 --share podcasts=0 --share audiobooks=0 \
                     --musicbrainz-interval-ms 0 --nominatim-interval-ms 0";

const SERVICES: [&str; 4] = ["musicbrainz", "listenbrainz", "wikidata", "nominatim"];

/// The ways of asking that are about albums and tracks.
const OF_WORKS: [&str; 5] = [
    "musicbrainz album_url",
    "musicbrainz releases",
    "listenbrainz album_popularity",
    "musicbrainz track_url",
    "listenbrainz recording_popularity",
];

/// Artists that the API told of, all of whom MusicBrainz has the address at Spotify of. The requests
/// are those that the services counted, without those about albums and tracks, for a thousand artists. The
/// services ask for no pauses here, so that the time is that of the program.
pub(crate) fn linked_artists(ground: &Ground) -> anyhow::Result<Vec<Entry>> {
    let scratch = ground.scratch()?;
    let people = (1..=PEOPLE).flat_map(|person| ["--account".to_owned(), format!("p{person}=UTC")]);
    let flags: Vec<String> = WORLD.split_whitespace().map(str::to_owned).chain(people).collect();
    let services = Upstream::start(ground, &flags)?;
    poll_everybody(ground, &services, scratch.path())?;

    let before = asked(&services)?;
    let (cost, report) = reported(&mut enrich(ground, &services, scratch.path()))?;
    let counted = asked(&services)? - before;
    let count = |pointer: &str| report["counts"].pointer(pointer).and_then(Value::as_f64).unwrap_or_default();
    let of_works: f64 = OF_WORKS.iter().map(|way| count(&format!("/requests_by_method/{way}"))).sum();
    let (artists, linked) = (count("/identities"), count("/identities_known"));
    ensure!(artists >= 1_000.0 && linked == artists, "{linked} of {artists} artists were found");
    let per_1000 = (counted - of_works) * 1_000.0 / artists;
    Ok(vec![
        Entry::new("enrich.requests_per_1000", per_1000, "requests").budget(Budget::AtMost(60.0)),
        Entry::new("enrich.wall_s", cost.seconds, "s"),
    ])
}

/// Polls once for each person: Spotify's list has the newest fifty.
fn poll_everybody(ground: &Ground, services: &Upstream, data: &Path) -> anyhow::Result<()> {
    for person in 0..PEOPLE {
        let name = services.text(&format!("/accounts/{person}/name"));
        once(ground.job("ingest", data).args(["account", "add", name, "--zone", "UTC"]))?;
        once(
            ground
                .job("ingest", data)
                .args(["spotify", "--account", name])
                .env("SPOTIFY_BASE_URL", services.text("/base_url"))
                .env("SPOTIFY_ACCOUNTS_BASE_URL", services.text("/accounts_base_url"))
                .env("SPOTIFY_CLIENT_ID", "bench")
                .env("SPOTIFY_CLIENT_SECRET", "bench")
                .env("SPOTIFY_REFRESH_TOKEN", services.text(&format!("/accounts/{person}/refresh_token")))
                .env("MUSIC_SPOTIFY__SPACING_MS", "0"),
        )?;
    }
    Ok(())
}

/// Without the app of Spotify, so that only those are asked who know genres and places.
pub(super) fn enrich(ground: &Ground, services: &Upstream, data: &Path) -> Command {
    let mut command = ground.job("enrich", data);
    command.arg("run").env("CONTACT", "bench@example.org");
    for service in SERVICES {
        let name = service.to_uppercase();
        command
            .env(format!("{name}_BASE_URL"), services.text(&format!("/{service}_base_url")))
            .env(format!("MUSIC_{name}__SPACING_MS"), "0");
    }
    command
}

/// How many requests they counted.
fn asked(services: &Upstream) -> anyhow::Result<f64> {
    let counts = services.get("_control/requests")?;
    let is_one = |path: &str| SERVICES.iter().any(|service| path.contains(&format!(" /{service}/")));
    let counts = counts.as_object().into_iter().flatten();
    Ok(counts.filter(|(path, _)| is_one(path)).filter_map(|(_, count)| count.as_f64()).sum())
}
