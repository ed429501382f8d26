//! The real programs, in a folder of their own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder with an export of so many plays, and nothing of ours yet.
pub(crate) struct Home {
    folder: TempDir,
    /// The models that are wanted, as the settings name them; nothing means all.
    wanted: &'static str,
}

/// How many.
pub(crate) const PLAYS: &str = "120";

impl Home {
    pub(crate) fn new() -> Self {
        Self::with_models("")
    }

    /// Where only the plays matter: all models take twice as long.
    pub(crate) fn of_plays() -> Self {
        Self::with_models("fct_track_played rpt_play_sources")
    }

    pub(crate) fn with_models(wanted: &'static str) -> Self {
        let home = Self { folder: TempDir::new().unwrap(), wanted };
        let export = "export --seed 5 --account me=UTC --artists 10 --out export.zip --plays";
        let mut words: Vec<&str> = export.split(' ').collect();
        words.push(PLAYS);
        home.run("simulator", &words);
        home
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A program in whatever folder this is, for a question that needs none.
    pub(crate) fn command_anywhere(program: &str, words: &[&str]) -> Command {
        let program = Path::new(env!("CARGO_BIN_EXE_music-tracker")).with_file_name(program);
        let mut command = Command::new(program);
        command.args(words).env_clear();
        command
    }

    /// A program in this folder, that has its settings from nowhere else.
    pub(crate) fn command(&self, program: &str, words: &[&str]) -> Command {
        let program = Path::new(env!("CARGO_BIN_EXE_music-tracker")).with_file_name(program);
        assert!(program.exists(), "{} is not built: use `make test`", program.display());
        let mut command = Command::new(program);
        command
            .args(words)
            .current_dir(self.folder.path())
            .env_clear()
            .env("TIMEZONE", "UTC")
            .env("MUSIC_TRANSFORM__MODELS", self.wanted);
        command
    }

    /// Runs it; it must succeed.
    #[track_caller]
    pub(crate) fn run(&self, program: &str, words: &[&str]) -> Output {
        let output = self.command(program, words).output().unwrap();
        assert!(output.status.success(), "{program} {words:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    /// How many plays are published.
    #[track_caller]
    pub(crate) fn published(&self) -> String {
        let question = ["query", "--format", "csv", "select count(*) as plays from fct_track_played"];
        let answer = String::from_utf8(self.run("music-tracker", &question).stdout).unwrap();
        answer.trim_start_matches("plays").trim().to_owned()
    }
}

/// All files in a folder and in those below it.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}
