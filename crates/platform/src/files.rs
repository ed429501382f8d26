//! Files that are whole or absent, and locks that die with their process.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The ending of a file that is still being written; whoever finds one may delete it.
pub const PARTIAL: &str = "partial";

/// `x.parquet` → `x.parquet.partial`, in the same folder so that the rename is atomic.
pub fn partial_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(PARTIAL);
    PathBuf::from(name)
}

/// Writes `path` so that it either exists with all its bytes or not at all: bytes go to
/// `path.partial`, are synced, renamed into place, and the folder is synced.
///
/// # Errors
/// Any I/O error; the old content of `path`, if there was one, is then untouched.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_whole_with(path, |file| file.write_all(bytes))
}

/// [`write_whole`] for content that is produced while it is written.
///
/// # Errors
/// Any I/O error, also those of `fill`.
pub fn write_whole_with(path: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let partial = partial_path(path);
    let mut file = File::create(&partial)?;
    fill(&mut file)?;
    file.sync_all()?;
    drop(file);
    put_in_place(&partial, path)
}

/// Renames a finished and synced file to its final name and syncs the folder, so that the
/// new name survives a power cut.
///
/// # Errors
/// Any I/O error.
pub fn put_in_place(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    sync_folder_of(to)
}

/// Makes the entries of the folder that holds `path` durable.
///
/// # Errors
/// Any I/O error.
pub fn sync_folder_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Deletes a file; that it is already gone is no error.
///
/// # Errors
/// Any other I/O error.
pub fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// An exclusive lock between processes, held while this value lives. The kernel frees it
/// when the process ends, however it ends.
#[derive(Debug)]
pub struct FileLock {
    _file: File,
}

impl FileLock {
    /// Takes the lock, waiting for as long as another process holds it.
    ///
    /// # Errors
    /// Any I/O error.
    pub fn wait(path: &Path) -> io::Result<Self> {
        let file = lock_file(path)?;
        file.lock()?;
        Ok(Self { _file: file })
    }

    /// Takes the lock if it is free; `None` when another process holds it.
    ///
    /// # Errors
    /// Any I/O error.
    pub fn try_take(path: &Path) -> io::Result<Option<Self>> {
        let file = lock_file(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

fn lock_file(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    File::options().create(true).truncate(false).write(true).open(path)
}
