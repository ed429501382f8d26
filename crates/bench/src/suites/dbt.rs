//! `transform build`: all models and their tests from nothing, beside dbt-duckdb doing the same.

use super::build::unbuilt;
use crate::dbt::{self, Project};
use crate::entry::{Budget, Entry};
use crate::ground::Ground;
use crate::measure::{Cost, once, side_by_side};
use crate::statements::Statements;

/// Time and memory beside dbt's.
pub(crate) fn small(ground: &Ground) -> anyhow::Result<Vec<Entry>> {
    let [ours, theirs, _] = costs(ground, 100_000)?;
    Ok(vec![
        Entry::new("build.dbt.100k", ours.seconds, "s").against(theirs.seconds).budget(Budget::RatioAtMost(0.1)),
        Entry::new("build.dbt.100k.peak_mb", ours.peak_mb, "MiB")
            .against(theirs.peak_mb)
            .budget(Budget::RatioAtMost(0.5)),
    ])
}

/// Where DuckDB's own work is most of it: what either adds to that.
pub(crate) fn large(ground: &Ground) -> anyhow::Result<Vec<Entry>> {
    let [ours, theirs, duckdb] = costs(ground, 1_000_000)?;
    let added = |seconds: f64| (seconds - duckdb.seconds).max(0.01);
    Ok(vec![
        Entry::new("build.dbt.1m", added(ours.seconds), "s more")
            .against(added(theirs.seconds))
            .budget(Budget::RatioAtMost(0.1)),
    ])
}

/// Ours, dbt's, and DuckDB's alone.
fn costs(ground: &Ground, plays: u32) -> anyhow::Result<[Cost; 3]> {
    let program = dbt::installed(ground)?;
    let scratch = ground.scratch()?;
    let folder = |name: &str| scratch.path().join(name);
    let (data, direct, theirs) = (folder("data"), folder("direct"), folder("dbt"));
    once(&mut ground.import(&data, plays)?)?;
    let build = || {
        let mut command = ground.job("transform", &data);
        command.args(["build", "--full-refresh"]);
        command
    };
    let log = folder("log");
    once(build().env("MUSIC_TRANSFORM__QUERY_LOG", &log))?;
    let statements = Statements::read(&log, &data.join("music_tracker.duckdb"))?;
    let project = Project::of(statements.all())?;
    project.prepare(ground, &theirs, &data)?;
    once(&mut Project::command(&theirs, &program))?;
    project.check(&theirs)?;
    let fresh = |index| match index {
        0 => unbuilt(&data),
        1 => project.prepare(ground, &theirs, &data),
        _ => statements.prepare(&data, &direct),
    };
    side_by_side(fresh, [&build, &|| Project::command(&theirs, &program), &|| statements.command(ground, &direct)])
}
