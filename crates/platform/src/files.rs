//! Files that are whole or absent, and locks that die with their process.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
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
        make_folder_durable(folder)?;
    }
    let partial = partial_path(path);
    let mut file = File::create(&partial)?;
    fill(&mut file)?;
    file.sync_all()?;
    drop(file);
    put_in_place(&partial, path)
}

/// Renames a finished and synced file to its final name and syncs the folder, so that the
/// new name survives a power cut. Folders that are missing on the way are made.
///
/// # Errors
/// Any I/O error.
pub fn put_in_place(from: &Path, to: &Path) -> io::Result<()> {
    if let Some(folder) = to.parent() {
        make_folder_durable(folder)?;
    }
    fs::rename(from, to)?;
    sync_folder_of(to)
}

/// Makes the entries of the folder that holds `path` durable.
///
/// # Errors
/// Any I/O error.
pub fn sync_folder_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        // The parent of `data` is the current folder, which has no other name.
        Some(folder) if folder.as_os_str().is_empty() => File::open(".")?.sync_all(),
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Makes a folder, and those above it that are missing, so that all of them survive a power
/// cut: a synced file is lost with a folder whose own name was never synced. Where the folder
/// is there already, it costs one look.
///
/// # Errors
/// Any I/O error.
pub fn make_folder_durable(path: &Path) -> io::Result<()> {
    make_folder(path, &mut sync_folder_of)
}

fn make_folder(path: &Path, sync: &mut dyn FnMut(&Path) -> io::Result<()>) -> io::Result<()> {
    if path.as_os_str().is_empty() || path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        make_folder(parent, sync)?;
    }
    match fs::create_dir(path) {
        // Another program made it first and may not have synced it yet.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {}
        other => other?,
    }
    sync(path)
}

/// Deletes a file; that it is already gone is no error.
///
/// # Errors
/// Any other I/O error.
pub fn remove_if_there(path: &Path) -> io::Result<()> {
    unless_gone(fs::remove_file(path))
}

/// Deletes a folder with all that is in it. That it is not there is no error.
///
/// # Errors
/// Any other I/O error.
pub fn remove_folder_if_there(path: &Path) -> io::Result<()> {
    unless_gone(fs::remove_dir_all(path))
}

fn unless_gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// A lock between processes, held while this value lives: by one alone, or by any number that share
/// it. The kernel frees it when the process ends, however it ends.
#[derive(Debug)]
pub struct FileLock {
    file: File,
}

impl FileLock {
    /// Takes the lock, waiting for as long as another process holds it.
    ///
    /// # Errors
    /// Any I/O error.
    pub fn wait(path: &Path) -> io::Result<Self> {
        loop {
            let file = lock_file(path)?;
            file.lock()?;
            if is_at(&file, path)? {
                return Ok(Self { file });
            }
        }
    }

    /// Takes the lock if it is free; `None` when another process holds it.
    ///
    /// # Errors
    /// Any I/O error.
    pub fn try_take(path: &Path) -> io::Result<Option<Self>> {
        Self::try_with(path, File::try_lock)
    }

    /// Shares the lock with others that do; `None` when a process holds it alone.
    ///
    /// # Errors
    /// Any I/O error.
    pub fn try_share(path: &Path) -> io::Result<Option<Self>> {
        Self::try_with(path, File::try_lock_shared)
    }

    fn try_with(path: &Path, lock: impl Fn(&File) -> Result<(), TryLockError>) -> io::Result<Option<Self>> {
        loop {
            let file = lock_file(path)?;
            match lock(&file) {
                Ok(()) if is_at(&file, path)? => return Ok(Some(Self { file })),
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }

    /// Gives the lock back and deletes its file, at `path`, whose name tells of something that is
    /// no more. Whoever waits for it takes another one, at the same path.
    ///
    /// # Errors
    /// Any I/O error.
    pub fn remove(self, path: &Path) -> io::Result<()> {
        remove_if_there(path)
    }
}

/// A program that is being started from another thread has this file, too, until it begins: to
/// close it alone would leave the lock held a little longer.
impl Drop for FileLock {
    fn drop(&mut self) {
        // What cannot be given back is given back when the file is closed.
        drop(self.file.unlock());
    }
}

/// Whether a file that was opened at `path` is still the one there: a lock on a file that was
/// deleted in the meantime keeps nobody out.
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let (held, there) = (file.metadata()?, fs::metadata(path));
    match there {
        Ok(there) => Ok((held.dev(), held.ino()) == (there.dev(), there.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn lock_file(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        make_folder_durable(folder)?;
    }
    File::options().create(true).truncate(false).write(true).open(path)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    /// Makes a folder and tells in whose parents it was made durable.
    fn made(path: &Path) -> Vec<PathBuf> {
        let synced = RefCell::new(Vec::new());
        make_folder(path, &mut |made| {
            assert!(made.is_dir(), "{} was synced before it was made", made.display());
            synced.borrow_mut().push(made.to_owned());
            sync_folder_of(made)
        })
        .unwrap();
        synced.into_inner()
    }

    #[test]
    fn every_new_folder_is_synced_in_its_parent_and_no_other() {
        let root = tempfile::tempdir().unwrap();
        let (a, b) = (root.path().join("a"), root.path().join("a/b"));
        let c = b.join("c");
        assert_eq!(made(&c), [a, b.clone(), c.clone()]);
        assert!(made(&c).is_empty());
        assert_eq!(made(&b.join("d")), [b.join("d")]);
    }

    #[test]
    fn a_file_in_the_place_of_a_folder_is_an_error() {
        let root = tempfile::tempdir().unwrap();
        File::create(root.path().join("a")).unwrap();
        assert!(make_folder_durable(&root.path().join("a")).is_err());
        assert!(make_folder_durable(&root.path().join("a/b")).is_err());
    }

    #[test]
    fn a_path_of_one_word_lies_in_the_current_folder() {
        sync_folder_of(Path::new("data")).unwrap();
        make_folder_durable(Path::new("")).unwrap();
    }

    #[test]
    fn files_come_to_folders_that_are_not_there_yet() {
        let root = tempfile::tempdir().unwrap();
        let (first, second) = (root.path().join("a/b/file"), root.path().join("c/d/file"));
        write_whole(&first, b"whole").unwrap();
        put_in_place(&first, &second).unwrap();
        assert_eq!(fs::read(&second).unwrap(), b"whole");
    }

    #[test]
    fn a_lock_that_was_given_back_is_free_though_a_program_that_starts_has_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.lock");
        let lock = FileLock::wait(&path).unwrap();
        let _in_the_child = lock.file.try_clone().unwrap();
        drop(lock);
        assert!(FileLock::try_take(&path).unwrap().is_some());
    }

    #[test]
    fn a_lock_whose_file_was_deleted_keeps_nobody_out_twice() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.lock");
        let first = FileLock::wait(&path).unwrap();
        // Somebody opened the file just before it went.
        let waiter = lock_file(&path).unwrap();
        first.remove(&path).unwrap();
        assert!(!path.exists());
        waiter.try_lock().unwrap();
        assert!(!is_at(&waiter, &path).unwrap());
        let second = FileLock::try_take(&path).unwrap().unwrap();
        assert!(!is_at(&waiter, &path).unwrap() && is_at(&second.file, &path).unwrap());
        assert!(FileLock::try_take(&path).unwrap().is_none());
    }
}
