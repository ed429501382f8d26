//! `transform refresh`: all models or those that are touched, their tests, publishing.

use std::path::Path;
use std::process::Command;

use crate::entry::{Budget, Entry};
use crate::ground::Ground;
use crate::measure::{once, side_by_side};
use crate::statements::Statements;

pub(crate) fn small(ground: &Ground) -> anyhow::Result<Vec<Entry>> {
    full(ground, 100_000, ["build.full.100k", "build.full.100k.peak_mb"], 192.0)
}

pub(crate) fn large(ground: &Ground) -> anyhow::Result<Vec<Entry>> {
    full(ground, 1_000_000, ["build.full.1m", "build.full.1m.peak_mb"], 512.0)
}

pub(crate) fn huge(ground: &Ground) -> anyhow::Result<Vec<Entry>> {
    full(ground, 10_000_000, ["build.full.10m", "build.full.10m.peak_mb"], 2_048.0)
}

/// What is built is published, all of it.
pub(crate) fn publish(ground: &Ground) -> anyhow::Result<Vec<Entry>> {
    let scratch = ground.scratch()?;
    let data = scratch.path().join("data");
    once(&mut ground.import(&data, 1_000_000)?)?;
    once(&mut refresh(ground, &data))?;
    let publish = || {
        let mut command = ground.job("transform", &data);
        command.arg("publish");
        command
    };
    let [cost] = side_by_side(|_| unpublished(&data), [&publish])?;
    Ok(vec![Entry::new("publish.1m", cost.seconds, "s"), Entry::new("publish.1m.peak_mb", cost.peak_mb, "MiB")])
}

/// From nothing to published, beside DuckDB given the same statements.
fn full(ground: &Ground, plays: u32, names: [&'static str; 2], peak_mb: f64) -> anyhow::Result<Vec<Entry>> {
    let scratch = ground.scratch()?;
    let (data, direct) = (scratch.path().join("data"), scratch.path().join("direct"));
    once(&mut ground.import(&data, plays)?)?;

    let log = scratch.path().join("log");
    once(refresh(ground, &data).env("MUSIC_TRANSFORM__QUERY_LOG", &log))?;
    let statements = Statements::read(&log, &data.join("music_tracker.duckdb"))?;

    let ours = || refresh(ground, &data);
    let theirs = || statements.command(ground, &direct);
    let fresh = |index| match index {
        0 => unbuilt(&data),
        _ => statements.prepare(&data, &direct),
    };
    let [ours, theirs] = side_by_side(fresh, [&ours, &theirs])?;
    Ok(vec![
        Entry::new(names[0], ours.seconds, "s").against(theirs.seconds).budget(Budget::RatioAtMost(1.1)),
        Entry::new(names[1], ours.peak_mb, "MiB").against(theirs.peak_mb).budget(Budget::AtMost(peak_mb)),
    ])
}

/// After some more plays, beside all of it from nothing.
pub(crate) fn incremental(ground: &Ground) -> anyhow::Result<Vec<Entry>> {
    let scratch = ground.scratch()?;
    let data = scratch.path().join("data");
    let import = |path: &Path| once(ground.job("ingest", &data).arg("import").arg(path));
    import(&ground.zipped(1_000_000)?)?;
    once(&mut refresh(ground, &data))?;

    let some = || {
        let mut command = ground.job("transform", &data);
        command.arg("refresh");
        command
    };
    let all = || refresh(ground, &data);
    let mut times = 0;
    let more = |index| {
        if index == 1 {
            return unbuilt(&data);
        }
        times += 1;
        import(&ground.fifty_more(times)?).map(|_| ())
    };
    let [some, all] = side_by_side(more, [&some, &all])?;
    Ok(vec![
        Entry::new("build.incremental.1m", some.seconds, "s").against(all.seconds).budget(Budget::RatioAtMost(0.2)),
        Entry::new("build.incremental.1m.peak_mb", some.peak_mb, "MiB").against(all.peak_mb),
    ])
}

pub(super) fn refresh(ground: &Ground, data: &Path) -> Command {
    let mut command = ground.job("transform", data);
    command.args(["refresh", "--full-refresh"]);
    command
}

/// Takes away what is published.
fn unpublished(data: &Path) -> anyhow::Result<()> {
    for folder in ["processed", "reporting"] {
        if data.join(folder).exists() {
            std::fs::remove_dir_all(data.join(folder))?;
        }
    }
    Ok(())
}

/// Takes away everything after `src/`.
pub(super) fn unbuilt(data: &Path) -> anyhow::Result<()> {
    unpublished(data)?;
    let warehouse = data.join("music_tracker.duckdb");
    if warehouse.exists() {
        std::fs::remove_file(warehouse)?;
    }
    Ok(())
}
