//! The archives that Spotify sends to people who ask for their data.
//!
//! A [`Package`] describes one archive: whose, which span of time, which of the shapes that
//! Spotify has used over the years. Any spans can be asked for, so overlapping exports are
//! two packages of one world.
//!
//! Personal values in the archives (addresses, user names, user agents) are fakes that no
//! other text of the archive contains: see [`PERSONAL_VALUES`].

mod account_data;
mod archive;
mod extended;
mod json;

use std::path::{Path, PathBuf};

use anyhow::Context;
use chrono::{DateTime, Utc};

use self::archive::{Archive, FolderArchive, ZipArchive};
use crate::world::{Attribution, Kind, TruePlay, World};

pub use self::account_data::Told;
pub use self::extended::{KEYS_19, KEYS_21, KEYS_23};

/// Texts that appear only in personal values. A program that stores history must store none
/// of them.
pub const PERSONAL_VALUES: &[&str] =
    &["203.0.113.", "2001:db8:", "user_secret_name", "user_agent_secret", "secret-mail"];

/// Which of the two archives with listening history it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackageKind {
    /// Extended streaming history.
    Extended {
        /// The keys of its rows.
        keys: KeySet,
        /// The names of its files.
        names: FileNames,
    },
    /// Account data: names and minutes only.
    AccountData {
        /// `StreamingHistory0.json` with podcasts mixed in, as before 2024, instead of one
        /// series of files each for music, podcasts and audiobooks.
        is_old: bool,
    },
}

/// The keys of a row of extended history; they changed twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeySet {
    /// Until mid-2024: with user name and user agent. Knows nothing of audiobooks.
    Keys21,
    /// At the end of 2024: without them. Knows nothing of audiobooks.
    Keys19,
    /// Since 2025: with audiobooks.
    Keys23,
}

impl KeySet {
    /// The keys in the order in which they are written.
    pub fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Keys21 => KEYS_21,
            Self::Keys19 => KEYS_19,
            Self::Keys23 => KEYS_23,
        }
    }
}

/// The names of the files of an extended history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileNames {
    /// `Streaming_History_Audio_2021-2023_1.json`, since 2023; videos have a file of their own.
    StreamingHistory,
    /// `endsong_0.json`, before; everything in one series.
    Endsong,
}

/// The folder inside the archive.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum TopFolder {
    /// The usual one of this kind of package.
    #[default]
    Usual,
    /// Another one, such as `MyData`; empty puts the files at the top.
    Named(String),
}

/// One archive of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// The name of the account.
    pub account: String,
    /// What it is.
    pub kind: PackageKind,
    /// The folder inside.
    pub folder: TopFolder,
    /// It holds the plays that ended at this moment or later …
    pub from: DateTime<Utc>,
    /// … and before this one.
    pub to: DateTime<Utc>,
    /// Whether lost names are back.
    pub attribution: Attribution,
    /// A file has no more rows than this.
    pub rows_per_file: usize,
}

impl Package {
    /// Extended streaming history of an account, all of it, as Spotify would name the files
    /// together with this key set.
    pub fn extended(account: impl Into<String>, keys: KeySet) -> Self {
        Self {
            account: account.into(),
            kind: PackageKind::Extended { keys, names: FileNames::StreamingHistory },
            folder: TopFolder::Usual,
            from: DateTime::<Utc>::MIN_UTC,
            to: DateTime::<Utc>::MAX_UTC,
            attribution: Attribution::Missing,
            rows_per_file: 16_000,
        }
    }

    /// The account data of an account, in today's shape. Spotify covers the last year: see
    /// [`between`](Self::between).
    pub fn account_data(account: impl Into<String>) -> Self {
        let kind = PackageKind::AccountData { is_old: false };
        Self { kind, rows_per_file: 10_000, ..Self::extended(account, KeySet::Keys23) }
    }

    /// The same archive in the shape of earlier years: `endsong_0.json`, or
    /// `StreamingHistory0.json`.
    pub fn old_names(mut self) -> Self {
        self.kind = match self.kind {
            PackageKind::Extended { keys, .. } => PackageKind::Extended { keys, names: FileNames::Endsong },
            PackageKind::AccountData { .. } => PackageKind::AccountData { is_old: true },
        };
        self
    }

    /// Only the plays that ended in `from..to`.
    pub fn between(mut self, from: DateTime<Utc>, to: DateTime<Utc>) -> Self {
        (self.from, self.to) = (from, to);
        self
    }

    /// Another folder inside the archive; empty puts the files at the top.
    pub fn in_folder(mut self, folder: impl Into<String>) -> Self {
        self.folder = TopFolder::Named(folder.into());
        self
    }

    /// A later export, in which lost names are back.
    pub fn restored(mut self) -> Self {
        self.attribution = Attribution::Restored;
        self
    }

    /// Files of at most so many rows (at least one).
    pub fn rows_per_file(mut self, rows: usize) -> Self {
        self.rows_per_file = rows.max(1);
        self
    }

    /// Whether the package has a row for this play.
    pub fn holds(&self, play: &TruePlay<'_>) -> bool {
        let knows_books = match self.kind {
            PackageKind::Extended { keys, .. } => keys == KeySet::Keys23,
            PackageKind::AccountData { is_old } => !is_old,
        };
        play.account == self.account
            && (self.from..self.to).contains(&play.ended_at)
            && (knows_books || play.item.kind != Kind::Audiobook)
    }

    /// The plays that the package has rows for, in order of time.
    pub fn plays<'w>(&'w self, world: &'w World) -> impl Iterator<Item = TruePlay<'w>> {
        world.plays_between(&self.account, self.from, self.to).filter(|play| self.holds(play))
    }

    /// Writes the package as a zip file. Returns what is in it.
    ///
    /// # Errors
    /// There is no such account, or the file cannot be written.
    pub fn write_zip(&self, world: &World, path: &Path) -> anyhow::Result<Contents> {
        let partial = partial_of(path);
        let mut archive = ZipArchive::create(&partial).with_context(|| format!("creating {}", partial.display()))?;
        let contents = self.write(world, &mut archive).with_context(|| format!("writing {}", partial.display()))?;
        archive.finish()?;
        std::fs::rename(&partial, path).with_context(|| format!("renaming to {}", path.display()))?;
        Ok(contents)
    }

    /// Writes the package as it looks when unpacked into a folder. Returns what is in it.
    ///
    /// # Errors
    /// There is no such account, or a file cannot be written.
    pub fn write_folder(&self, world: &World, folder: &Path) -> anyhow::Result<Contents> {
        let mut archive = FolderArchive::create(folder)?;
        let contents = self.write(world, &mut archive).with_context(|| format!("writing {}", folder.display()))?;
        archive.finish()?;
        Ok(contents)
    }

    fn write(&self, world: &World, archive: &mut dyn Archive) -> anyhow::Result<Contents> {
        let account = world.account(&self.account).with_context(|| format!("no account is called {}", self.account))?;
        let numbers = account.first_since(self.from)..account.first_since(self.to);
        let mut writer = PackageWriter { package: self, archive, contents: Contents::default() };
        let show = |number| world.play(account, number);
        match self.kind {
            PackageKind::Extended { keys, names } => extended::write(&mut writer, keys, names, numbers, &show)?,
            PackageKind::AccountData { is_old } => account_data::write(&mut writer, is_old, numbers, &show)?,
        }
        Ok(writer.contents)
    }

    fn folder(&self) -> &str {
        match (&self.folder, self.kind) {
            (TopFolder::Named(name), _) => name,
            (TopFolder::Usual, PackageKind::Extended { .. }) => "Spotify Extended Streaming History",
            (TopFolder::Usual, PackageKind::AccountData { .. }) => "Spotify Account Data",
        }
    }
}

/// Where a file is while it is not complete.
pub(crate) fn partial_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".partial");
    name.into()
}

/// What was written into an archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// The files with listening history, in order, with their numbers of rows.
    pub files: Vec<(String, usize)>,
}

impl Contents {
    /// The number of rows in all files.
    pub fn rows(&self) -> usize {
        self.files.iter().map(|(_, rows)| rows).sum()
    }
}

/// Puts files into an archive and counts them.
struct PackageWriter<'a> {
    package: &'a Package,
    archive: &'a mut dyn Archive,
    contents: Contents,
}

impl PackageWriter<'_> {
    /// Writes a file of history: one row for each of the plays.
    fn history<'w>(
        &mut self,
        name: String,
        plays: impl Iterator<Item = TruePlay<'w>>,
        mut row: impl FnMut(&mut json::Row, &TruePlay<'w>),
    ) -> anyhow::Result<()> {
        self.begin(&name)?;
        let mut file = json::Array::default();
        for play in plays {
            row(file.row(), &play);
            self.archive.write_all(file.take_row())?;
        }
        self.archive.write_all(file.end())?;
        self.contents.files.push((name, file.rows()));
        Ok(())
    }

    /// Writes a file that holds no history.
    fn other(&mut self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        self.begin(name)?;
        Ok(self.archive.write_all(bytes)?)
    }

    fn begin(&mut self, name: &str) -> anyhow::Result<()> {
        let folder = self.package.folder();
        let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        self.archive.begin(&path)
    }
}
