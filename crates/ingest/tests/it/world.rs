//! A data folder of its own, the program, and files to feed it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use lake::parts;
use lake::schema::{PLAYS, Table};
use platform::{DataDir, Report};
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A data folder and a place for input, deleted at the end.
pub(crate) struct World {
    folder: TempDir,
}

/// What a run of the program gave.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) exit_code: i32,
    pub(crate) report: Report,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn of(output: &Output) -> Self {
        let stdout = String::from_utf8_lossy(&output.stdout);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let last = stdout.lines().last().unwrap_or_default();
        let report = serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: {stdout}{stderr}"));
        Self { exit_code: output.status.code().unwrap(), report, stderr }
    }

    pub(crate) fn count(&self, name: &str) -> u64 {
        self.report.counts.get(name).and_then(serde_json::Value::as_u64).unwrap_or_default()
    }

    #[track_caller]
    pub(crate) fn expect_ok(self) -> Self {
        assert_eq!(self.exit_code, 0, "{}", self.stderr);
        self
    }

    /// The reconciliation: rows = stored + known + changed + rejected.
    #[track_caller]
    pub(crate) fn expect_counts(self, stored: u64, known: u64, changed: u64, rejected: u64) -> Self {
        self.expect_ok().counted([stored, known, changed, rejected])
    }

    /// It did a part of its work, with these counts, and says what is left with this exit code.
    #[track_caller]
    pub(crate) fn expect_left(self, exit_code: i32, words: &str, counts: [u64; 4]) -> Self {
        assert_eq!((self.exit_code, self.report.status.as_str()), (exit_code, "partial"), "{}", self.stderr);
        let error = self.report.error.as_ref().expect("an error in the report");
        assert_eq!(i32::from(error.exit_code), exit_code);
        assert!(error.message.contains(words) && self.stderr.contains(words), "{words:?} in {self:?}");
        self.counted(counts)
    }

    #[track_caller]
    fn counted(self, expected: [u64; 4]) -> Self {
        let counts = ["stored", "known", "changed", "rejected"].map(|name| self.count(name));
        assert_eq!(counts, expected, "stored, known, changed, rejected; {}", self.stderr);
        assert_eq!(self.count("rows"), counts.iter().sum::<u64>(), "every row is accounted for");
        self
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn data(&self) -> DataDir {
        DataDir::new(self.path("data"), None)
    }

    /// Another world with the same data folder.
    pub(crate) fn twin(&self) -> Self {
        let twin = Self::new();
        for from in self.files("") {
            let to = twin.path("data").join(from.strip_prefix(self.path("data")).unwrap());
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::copy(from, to).unwrap();
        }
        twin
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ingest"));
        command
            .args(args)
            .args(["--report", "json", "--log-format", "text"])
            .current_dir(self.folder.path())
            .env_clear()
            .envs([("ENVIRONMENT", "testing"), ("TIMEZONE", "Europe/Berlin"), ("DATA_DIR", "data")])
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn ingest(&self, args: &[&str]) -> Ran {
        Ran::of(&self.command(args).output().unwrap())
    }

    /// What a person reads in a terminal.
    pub(crate) fn said_to_people(&self, args: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ingest"));
        command.args(args).args(["--report", "text"]).current_dir(self.folder.path()).env_clear();
        let output = command.env("DATA_DIR", "data").stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn import(&self, path: &Path) -> Ran {
        self.ingest(&["import", path.to_str().unwrap()])
    }

    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::File::create(&path).unwrap().write_all(bytes.as_ref()).unwrap();
        path
    }

    pub(crate) fn zip(&self, name: &str, files: &[(&str, String)]) -> PathBuf {
        let path = self.path(name);
        let mut zip = ZipWriter::new(std::fs::File::create(&path).unwrap());
        for (name, content) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content.as_bytes()).unwrap();
        }
        zip.finish().unwrap();
        path
    }

    /// The rows of a table as text, sorted, without the named columns.
    pub(crate) fn rows(&self, table: &Table, without: &[&str]) -> Vec<String> {
        let frame = parts::read_table(&self.data(), table).unwrap();
        let columns = table.columns.iter().filter(|column| !without.contains(&column.name));
        let columns: Vec<_> = columns.map(|column| frame.column(column.name).unwrap()).collect();
        let row = |row| columns.iter().map(|column| format!("{:?}", column.get(row).unwrap())).collect::<Vec<_>>();
        let mut rows: Vec<String> = (0..frame.height()).map(|number| row(number).join("|")).collect();
        rows.sort();
        rows
    }

    /// What the history says, whoever brought it.
    pub(crate) fn plays(&self) -> Vec<String> {
        self.rows(
            &PLAYS,
            &["account_id", "observation_id", "play_id", "raw_id", "raw_ordinal", "run_id", "ingested_at"],
        )
    }

    /// All files below a folder of the data folder.
    pub(crate) fn files(&self, folder: &str) -> Vec<PathBuf> {
        fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() { walk(&path, files) } else { files.push(path) }
            }
        }
        let mut files = Vec::new();
        walk(&self.path("data").join(folder), &mut files);
        files.sort();
        files
    }
}

/// A row of an extended export; `minute` counts from 2024-01-01T00:00Z.
pub(crate) fn row(minute: u32, track: u32) -> String {
    row_with(minute, track, "")
}

/// A row with more keys at its end, such as `, "skipped": true`.
pub(crate) fn row_with(minute: u32, track: u32, more: &str) -> String {
    let at = chrono::DateTime::from_timestamp(1_704_067_200 + i64::from(minute) * 60, 0).unwrap();
    format!(
        r#"{{"ts": "{}", "username": "secret-user", "platform": "ios", "ms_played": 45000, "conn_country": "DE",
    "ip_addr_decrypted": "203.0.113.7", "user_agent_decrypted": "secret-agent",
    "master_metadata_track_name": "Song {track}", "master_metadata_album_artist_name": "Artist {}",
    "master_metadata_album_album_name": "Album", "spotify_track_uri": "spotify:track:{track:022}",
    "reason_start": "trackdone", "reason_end": "trackdone", "shuffle": false{more}}}"#,
        at.format("%Y-%m-%dT%H:%M:%SZ"),
        track % 7,
    )
}

/// Rows as the text of a file.
pub(crate) fn rows(rows: impl IntoIterator<Item = String>) -> String {
    format!("[\n  {}\n]", rows.into_iter().collect::<Vec<_>>().join(",\n  "))
}

pub(crate) const AUDIO: &str = "Spotify Extended Streaming History/Streaming_History_Audio_2024_0.json";
