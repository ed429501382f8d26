//! The cost of a program, measured from outside: wall clock and peak memory of the process.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, ensure};
use serde_json::Value;
use wait4::Wait4;

/// Every number is the median of this many runs.
const RUNS: usize = 5;

/// What a program cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) seconds: f64,
    pub(crate) peak_mb: f64,
}

/// The median cost of `commands`, each of them made and run several times in turn, so that
/// a slow moment of the machine hits all of them. `fresh` prepares the ground before each run.
pub(crate) fn side_by_side<const N: usize>(
    mut fresh: impl FnMut(usize) -> anyhow::Result<()>,
    commands: [&dyn Fn() -> Command; N],
) -> anyhow::Result<[Cost; N]> {
    let mut costs = [const { Vec::new() }; N];
    for _ in 0..RUNS {
        for (index, command) in commands.iter().enumerate() {
            fresh(index)?;
            costs[index].push(once(&mut command())?);
        }
    }
    Ok(costs.map(|costs| median(&costs)))
}

/// Runs a program to its end; that it fails is an error.
pub(crate) fn once(command: &mut Command) -> anyhow::Result<Cost> {
    run(command, Stdio::null())
}

/// Runs a job to its end, and reads its report.
pub(crate) fn reported(command: &mut Command) -> anyhow::Result<(Cost, Value)> {
    let output = tempfile::NamedTempFile::new()?;
    let cost = run(command, output.reopen()?.into())?;
    let output = std::fs::read_to_string(output.path())?;
    let report = output.lines().last().unwrap_or_default();
    Ok((cost, serde_json::from_str(report).with_context(|| format!("reading the report {report:?}"))?))
}

fn run(command: &mut Command, output: Stdio) -> anyhow::Result<Cost> {
    let name = format!("{:?}", Path::new(command.get_program()).file_name().unwrap_or_default());
    let errors = tempfile::NamedTempFile::new()?;
    command.stdin(Stdio::null()).stdout(output).stderr(errors.reopen()?);
    let start = Instant::now();
    let mut child = command.spawn().with_context(|| format!("starting {name}"))?;
    let end = child.wait4().with_context(|| format!("waiting for {name}"))?;
    let seconds = start.elapsed().as_secs_f64();
    ensure!(
        end.status.success(),
        "{name} failed ({}):\n{}",
        end.status,
        std::fs::read_to_string(errors.path()).unwrap_or_default()
    );
    Ok(Cost { seconds, peak_mb: end.rusage.maxrss as f64 / f64::from(1 << 20) })
}

fn median(costs: &[Cost]) -> Cost {
    let middle = |value: fn(&Cost) -> f64| {
        let mut values: Vec<f64> = costs.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    Cost { seconds: middle(|cost| cost.seconds), peak_mb: middle(|cost| cost.peak_mb) }
}
