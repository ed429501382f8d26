//! Where things lie below the data folder. No other code spells these names.

use std::io;
use std::path::{Path, PathBuf};

use crate::private;

/// The data folder (`DATA_DIR`). It can be moved as a whole.
#[derive(Debug, Clone)]
pub struct DataDir {
    root: PathBuf,
    warehouse: Option<PathBuf>,
}

impl DataDir {
    /// The folder `root`; `warehouse` is the place of the star schema when it lies elsewhere
    /// (`DUCKDB_PATH`).
    pub fn new(root: impl Into<PathBuf>, warehouse: Option<PathBuf>) -> Self {
        Self { root: root.into(), warehouse }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Makes the folders that nobody else may read (history, tokens), and closes those that an
    /// older version or a person left open, as well as corrections and the warehouse. What is published
    /// stays readable.
    ///
    /// # Errors
    /// When one can neither be found nor made.
    pub fn make_private_folders(&self) -> io::Result<()> {
        for folder in [self.state(), self.raw(), self.src(), self.cache()] {
            private::make_folder(&folder)?;
        }
        for path in [self.corrections(), self.warehouse()] {
            private::close(&path);
        }
        Ok(())
    }

    /// Listening history as received; never deleted by the program.
    pub fn raw(&self) -> PathBuf {
        self.root.join("raw")
    }

    /// Typed Parquet, one folder per table.
    pub fn src(&self) -> PathBuf {
        self.root.join("src")
    }

    /// Answers about artists, albums and places, by service.
    pub fn cache(&self) -> PathBuf {
        self.root.join("cache")
    }

    /// What people said about plays, rules and trips; written by hand or by commands.
    pub fn corrections(&self) -> PathBuf {
        self.root.join("corrections")
    }

    /// Published Parquet.
    pub fn processed(&self) -> PathBuf {
        self.root.join("processed")
    }

    /// The views that dashboards open.
    pub fn reporting(&self) -> PathBuf {
        self.root.join("reporting")
    }

    /// The star schema; only `transform` opens it.
    pub fn warehouse(&self) -> PathBuf {
        self.warehouse.clone().unwrap_or_else(|| self.root.join("music_tracker.duckdb"))
    }

    /// What cannot be rebuilt: the database, locks, reports.
    pub fn state(&self) -> PathBuf {
        self.root.join("state")
    }

    /// The SQLite database with accounts, zones, tokens and runs.
    pub fn state_db(&self) -> PathBuf {
        self.state().join("tracker.db")
    }

    /// The key that seals tokens, where the settings give none.
    pub fn token_key(&self) -> PathBuf {
        self.state().join("token.key")
    }

    /// A lock file, by what it protects.
    pub fn lock(&self, name: &str) -> PathBuf {
        self.state().join("locks").join(format!("{name}.lock"))
    }

    /// Scratch space of one run; anything in it may be deleted when the run is over.
    pub fn work(&self, run_id: &str) -> PathBuf {
        self.state().join("work").join(run_id)
    }

    /// What each test of the star schema found last.
    pub fn test_results(&self) -> PathBuf {
        self.state().join("test-results.json")
    }

    /// What the last build of the star schema made.
    pub fn last_build(&self) -> PathBuf {
        self.state().join("last-build.json")
    }

    /// Pages that explain the star schema.
    pub fn docs(&self) -> PathBuf {
        self.root.join("docs")
    }

    /// Rows that broke a test, as Parquet, by run.
    pub fn failed_tests(&self, run_id: &str) -> PathBuf {
        self.state().join("failed-tests").join(run_id)
    }
}
