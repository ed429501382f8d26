//! Folders and files that only the owner of the data may read.
//!
//! It is done folder by folder and not by a umask: what is published is read by other users
//! (a dashboard in a container of its own), so `processed/` and `reporting/` stay open.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use crate::files;

/// Makes a folder that nobody else can enter; one that is there is closed to others.
///
/// # Errors
/// When it can neither be found nor made.
pub fn make_folder(path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        files::make_folder_durable(parent)?;
    }
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => files::sync_folder_of(path),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {
            close(path);
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Makes an empty file that nobody else can read; one that is there is closed to others and
/// keeps its content.
///
/// # Errors
/// When it can neither be opened nor made.
pub fn make_file(path: &Path) -> io::Result<()> {
    File::options().create(true).truncate(false).write(true).mode(0o600).open(path)?;
    close(path);
    Ok(())
}

/// Takes the rights of everybody but the owner away, if there is such a file or folder. Some
/// file systems know no rights and some files have another owner: the work goes on then.
pub fn close(path: &Path) {
    let Ok(metadata) = fs::metadata(path) else { return };
    let mode = metadata.permissions().mode() & 0o7777;
    if mode & 0o077 == 0 {
        return;
    }
    if let Err(error) = fs::set_permissions(path, Permissions::from_mode(mode & 0o7700)) {
        tracing::warn!(path = %path.display(), %error, "others can read this, and it could not be closed to them");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_made_is_private() {
        let root = tempfile::tempdir().unwrap();
        let (folder, file) = (root.path().join("a/b"), root.path().join("a/b/file"));
        make_folder(&folder).unwrap();
        make_file(&file).unwrap();
        assert_eq!((mode(&folder), mode(&file)), (0o700, 0o600));
    }

    #[test]
    fn what_is_there_becomes_private() {
        let root = tempfile::tempdir().unwrap();
        let (folder, file) = (root.path().join("a"), root.path().join("a/file"));
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
        files::write_whole(&file, b"kept").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        make_folder(&folder).unwrap();
        make_file(&file).unwrap();
        assert_eq!((mode(&folder), mode(&file)), (0o700, 0o600));
        assert_eq!(fs::read(&file).unwrap(), b"kept");
    }

    #[test]
    fn what_is_not_there_is_left_alone() {
        close(Path::new("/no/such/file"));
    }
}
