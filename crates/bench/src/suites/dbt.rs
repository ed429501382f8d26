//! `transform build`: all models and their tests from nothing, beside dbt-duckdb doing the same.

use std::path::Path;

use super::build::unbuilt;
use crate::dbt::{self, Project};
use crate::entry::{Budget, Entry};
use crate::ground::Ground;
use crate::measure::{Cost, once, side_by_side};
use crate::statements::Statements;

/// Time and memory beside dbt's.
pub(crate) fn small(ground: &Ground) -> anyhow::Result<Vec<Entry>> {
    let Costs { ours, theirs, .. } = costs(ground, 100_000)?;
    Ok(vec![
        Entry::new("build.dbt.100k", ours.seconds, "s").against(theirs.seconds).budget(Budget::RatioAtMost(0.1)),
        Entry::new("build.dbt.100k.peak_mb", ours.peak_mb, "MiB")
            .against(theirs.peak_mb)
            .budget(Budget::RatioAtMost(0.5)),
    ])
}

/// Where DuckDB's own work is most of it: what either adds to that; and some more plays, for which dbt builds
/// all of it once more.
pub(crate) fn large(ground: &Ground) -> anyhow::Result<Vec<Entry>> {
    let Costs { ours, theirs, duckdb, after_50 } = costs(ground, 1_000_000)?;
    let added = |seconds: f64| (seconds - duckdb.seconds).max(0.01);
    Ok(vec![
        Entry::new("build.dbt.1m", added(ours.seconds), "s more")
            .against(added(theirs.seconds))
            .budget(Budget::RatioAtMost(0.1)),
        Entry::new("build.dbt.1m.peak_mb", ours.peak_mb, "MiB").against(theirs.peak_mb),
        Entry::new("build.dbt.1m.after_50", after_50.seconds, "s")
            .against(theirs.seconds)
            .budget(Budget::RatioAtMost(0.05)),
    ])
}

/// What a build costs.
struct Costs {
    ours: Cost,
    theirs: Cost,
    /// DuckDB's alone, given the same statements.
    duckdb: Cost,
    /// Ours after fifty more plays.
    after_50: Cost,
}

fn costs(ground: &Ground, plays: u32) -> anyhow::Result<Costs> {
    let program = dbt::installed(ground)?;
    let scratch = ground.scratch()?;
    let folder = |name: &str| scratch.path().join(name);
    let (data, direct, theirs, grown) = (folder("data"), folder("direct"), folder("dbt"), folder("grown"));
    let job = |data: &Path, words: &[&str]| {
        let mut command = ground.job("transform", data);
        command.args(words);
        command
    };
    let build = || job(&data, &["build", "--full-refresh"]);
    let build_more = || job(&grown, &["build"]);
    once(&mut ground.import(&data, plays)?)?;
    once(&mut ground.import(&grown, plays)?)?;
    once(&mut build_more())?;
    let log = folder("log");
    once(build().env("MUSIC_TRANSFORM__QUERY_LOG", &log))?;
    let statements = Statements::read(&log, &data.join("music_tracker.duckdb"))?;
    let project = Project::of(statements.all())?;
    project.prepare(ground, &theirs, &data)?;
    once(&mut Project::command(&theirs, &program))?;
    project.check(&theirs)?;
    let mut times = 0;
    let fresh = |index| match index {
        0 => unbuilt(&data),
        1 => project.prepare(ground, &theirs, &data),
        2 => statements.prepare(&data, &direct),
        _ => {
            times += 1;
            once(ground.job("ingest", &grown).arg("import").arg(ground.fifty_more(times)?)).map(|_| ())
        }
    };
    let by_dbt = || Project::command(&theirs, &program);
    let by_duckdb = || statements.command(ground, &direct);
    let [ours, theirs, duckdb, after_50] = side_by_side(fresh, [&build, &by_dbt, &by_duckdb, &build_more])?;
    Ok(Costs { ours, theirs, duckdb, after_50 })
}
