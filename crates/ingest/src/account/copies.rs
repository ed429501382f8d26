//! Copies of a history that erasing does not reach.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use platform::DataDir;

/// Where people keep backups: a folder of this name in the data folder, or beside it.
const FOLDER: &str = "backups";

/// What a person has to delete by hand after an erasure. Backups that can be found are named.
pub(crate) fn left(data: &DataDir) -> String {
    // Of a path such as `data` or `.`, the folder above has no name yet.
    let root = fs::canonicalize(data.root()).unwrap_or_else(|_| data.root().to_owned());
    let folders = [Some(root.as_path()), root.parent()];
    let mut backups: Vec<PathBuf> =
        folders.into_iter().flatten().flat_map(|folder| inside(&folder.join(FOLDER))).collect();
    backups.sort();
    if backups.is_empty() {
        return "Backups that were made before now, and copies of the data folder, still hold them: delete those \
                yourself."
            .to_owned();
    }
    let names: String = backups.iter().map(|path| format!("\n  {}", path.display())).collect();
    format!(
        "Backups and copies of the data folder made before now still hold them: delete those yourself, wherever \
             they are. Found here:{names}"
    )
}

/// What lies in a folder; a folder that cannot be read stands for all of it.
fn inside(folder: &Path) -> Vec<PathBuf> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.filter_map(Result::ok).map(|entry| entry.path()).collect(),
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(_) => vec![folder.to_owned()],
    }
}
