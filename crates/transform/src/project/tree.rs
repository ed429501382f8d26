//! The files under `sql/`: those in the program, or a folder of one's own.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use platform::Stop;

use super::cases;

/// `sql/` of the repository at the time this program was built.
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/sql_tree.rs"));

/// One file of the tree.
#[derive(Debug, Clone)]
pub struct SqlFile {
    /// Below the root, with `/`: `3_marts/dim_date.sql`.
    pub path: String,
    /// The whole text.
    pub text: Cow<'static, str>,
}

/// All files of a tree of SQL models, sorted by path.
#[derive(Debug, Clone)]
pub struct SqlTree {
    /// How error messages begin a path: `sql`, or the folder that was given.
    pub root: String,
    /// The files.
    pub files: Vec<SqlFile>,
    /// The models that are wanted, with all that they read; all of them when it is empty.
    pub wanted: Vec<String>,
    /// Whether it is known already that headers say what the queries read.
    pub(crate) is_checked: bool,
}

impl SqlTree {
    /// The folder `sql_dir`, else the tree inside the program.
    ///
    /// # Errors
    /// A [`Stop::Usage`] when the folder holds no SQL.
    pub fn load(sql_dir: Option<&Path>) -> anyhow::Result<Self> {
        match sql_dir {
            Some(folder) => Self::from_dir(folder),
            // A test of this crate reads the same files as a folder, and so checks them.
            None => Ok(Self { is_checked: true, ..Self::of(EMBEDDED) }),
        }
    }

    /// The same tree, of which only these models are wanted: names between spaces or commas.
    #[must_use]
    pub fn only(self, models: Option<&str>) -> Self {
        let names = models.unwrap_or_default().split([' ', ',']).filter(|name| !name.is_empty());
        Self { wanted: names.map(str::to_owned).collect(), ..self }
    }

    /// A tree of constant texts (the embedded one).
    pub fn of(files: &[(&'static str, &'static str)]) -> Self {
        let file =
            |(path, text): &(&str, &'static str)| SqlFile { path: path.replace('\\', "/"), text: (*text).into() };
        Self { root: "sql".to_owned(), files: files.iter().map(file).collect(), wanted: Vec::new(), is_checked: false }
    }

    /// Reads every `.sql`, `.csv` and `.toml` file below `folder`.
    ///
    /// # Errors
    /// A [`Stop::Usage`] when the folder holds no SQL; I/O errors.
    pub fn from_dir(folder: &Path) -> anyhow::Result<Self> {
        let mut paths = Vec::new();
        collect(folder, &mut paths).with_context(|| format!("reading the SQL models in {}", folder.display()))?;
        paths.sort();
        let mut files = Vec::new();
        for path in paths {
            let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
            let below = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.push(SqlFile { path: below, text: text.into() });
        }
        if files.is_empty() {
            return Err(Stop::Usage(format!("there are no SQL models in {}", folder.display())).into());
        }
        Ok(Self { root: folder.display().to_string(), files, wanted: Vec::new(), is_checked: false })
    }

    /// The files that a build is made of.
    pub(crate) fn of_builds(&self) -> impl Iterator<Item = &SqlFile> {
        self.files.iter().filter(|file| !file.path.ends_with(cases::ENDING))
    }

    /// The names of the rules of matching; none where the tree has no such seed.
    pub(crate) fn rules(&self) -> Vec<String> {
        let seed = self.files.iter().find(|file| file.path == "seeds/match_rules.csv");
        let lines = seed.map_or("", |seed| seed.text.as_ref()).lines().skip(1);
        lines.filter_map(|line| line.split(',').next()).filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, paths)?;
        } else if path.extension().is_some_and(|ending| ending == "sql" || ending == "csv" || ending == "toml") {
            paths.push(path);
        }
    }
    Ok(())
}
