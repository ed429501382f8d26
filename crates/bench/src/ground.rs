//! Where measuring happens: the release programs, the histories that are made once and
//! kept, and scratch folders that are not.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use tempfile::TempDir;

/// The programs and the folder to work in.
pub(crate) struct Ground {
    programs: PathBuf,
    folder: PathBuf,
}

impl Ground {
    /// The programs beside this one; a folder `bench` beside the result.
    pub(crate) fn at(output: &Path) -> anyhow::Result<Self> {
        let programs = std::env::current_exe()?.with_file_name("");
        let folder = std::path::absolute(output)?.with_file_name("bench");
        std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        Ok(Self { programs, folder })
    }

    /// A program as a small server runs it: production settings, nothing of this shell's.
    pub(crate) fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.current_dir(&self.folder).env_clear().env("ENVIRONMENT", "production").env("TIMEZONE", "UTC");
        command
    }

    /// A job on a data folder.
    pub(crate) fn job(&self, name: &str, data: &Path) -> Command {
        let mut command = self.program(name);
        command.arg("--data-dir").arg(data);
        command
    }

    /// The import of an extended export of about this many plays.
    pub(crate) fn import(&self, data: &Path, plays: u32) -> anyhow::Result<Command> {
        let mut command = self.job("ingest", data);
        command.arg("import").arg(self.zipped(plays)?);
        Ok(command)
    }

    /// What is made once and kept, by its name.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A folder that goes away with its value.
    pub(crate) fn scratch(&self) -> anyhow::Result<TempDir> {
        Ok(tempfile::tempdir_in(&self.folder)?)
    }

    /// An extended export of about this many plays, zipped.
    pub(crate) fn zipped(&self, plays: u32) -> anyhow::Result<PathBuf> {
        self.export(&world(plays), &format!("export-{plays}.zip"), &[])
    }

    /// The same export as a folder of JSON files.
    pub(crate) fn unzipped(&self, plays: u32) -> anyhow::Result<PathBuf> {
        self.export(&world(plays), &format!("export-{plays}"), &["--unpacked"])
    }

    /// How many rows an export really has.
    pub(crate) fn rows(&self, plays: u32) -> anyhow::Result<f64> {
        let note = self.zipped(plays)?.with_extension("rows");
        Ok(std::fs::read_to_string(&note)?.trim().parse()?)
    }

    /// About as many plays as a few polls bring: lately, and each time behind those of the last time.
    pub(crate) fn fifty_more(&self, time: u32) -> anyhow::Result<PathBuf> {
        // What is published as recent depends on the day.
        let today = chrono::Utc::now().date_naive();
        let from = today - chrono::Days::new(30) + chrono::Days::new(u64::from(time) * 5);
        let to = from + chrono::Days::new(5);
        self.export(&world_between(&from.to_string(), &to.to_string(), 50), &format!("export-of-{from}.zip"), &[])
    }

    fn export(&self, world: &[String], name: &str, flags: &[&str]) -> anyhow::Result<PathBuf> {
        let path = self.path(name);
        if path.exists() {
            return Ok(path);
        }
        eprintln!("making {name}");
        let unfinished = self.folder.join(format!("unfinished-{name}"));
        let output = self
            .program("simulator")
            .args(["export", "--report", "json", "--out"])
            .arg(&unfinished)
            .args(world)
            .args(flags)
            .stderr(Stdio::inherit())
            .output()?;
        ensure!(output.status.success(), "simulator export failed");
        let report: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        std::fs::write(path.with_extension("rows"), report["counts"]["rows"].to_string())?;
        std::fs::rename(unfinished, &path)?;
        Ok(path)
    }
}

/// The simulated listener, the same for every measurement.
pub(crate) fn world(plays: u32) -> Vec<String> {
    world_between("2006-06-01", "2026-01-01", plays)
}

fn world_between(from: &str, to: &str, plays: u32) -> Vec<String> {
    let flags = format!("--seed 1 --from {from} --to {to} --account ada=Europe/Berlin --plays {plays}");
    flags.split(' ').map(str::to_owned).collect()
}
