//! Folders and single files.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;
use platform::Stop;
use platform::settings::Import as Limits;

use super::sniff::{HEAD_BYTES, Sniffed, sniff};
use super::{Archive, At, ListeningFile, Place, is_zip, nothing_here, zip_file};

/// Deeper than any export, shallower than a mistake like `/`.
const MAX_DEPTH: usize = 8;

/// The loose listening files of a folder as one archive, and each zip in it as another.
pub(super) fn open(folder: &Path, limits: &Limits) -> anyhow::Result<Vec<Archive>> {
    let (mut paths, mut warnings) = (Vec::new(), Vec::new());
    collect(folder, 0, &mut paths, &mut warnings)?;
    paths.sort();
    let name =
        folder.file_name().map_or_else(|| folder.display().to_string(), |name| name.to_string_lossy().into_owned());
    let mut loose = Archive::empty(name, Place::Loose);
    loose.warnings = warnings;
    let mut archives = Vec::new();
    for path in paths {
        let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
        if is_zip(&path).unwrap_or_default() {
            match zip_file::open(&path, limits) {
                Ok(archive) => archives.push(archive),
                Err(error) => loose.warnings.push(format!("{error:#}")),
            }
        } else {
            add(&mut loose, name, &path, limits)
                .unwrap_or_else(|error| loose.warnings.push(format!("{error:#}; not read")));
        }
    }
    if !loose.files.is_empty() {
        archives.insert(0, loose);
    } else if archives.is_empty() {
        return Err(match loose.warnings.is_empty() {
            true => nothing_here(&folder.display().to_string(), &loose.others),
            false => Stop::Usage(loose.warnings.join("; ")).into(),
        });
    } else {
        archives[0].warnings.extend(loose.warnings);
    }
    Ok(archives)
}

/// A single file as an archive of its own.
pub(super) fn open_file(path: &Path, limits: &Limits) -> anyhow::Result<Archive> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut archive = Archive::empty(name.clone(), Place::Loose);
    add(&mut archive, name, path, limits)?;
    if archive.files.is_empty() {
        return Err(match archive.warnings.pop() {
            Some(warning) => Stop::Usage(warning).into(),
            None => nothing_here(&path.display().to_string(), &archive.others),
        });
    }
    Ok(archive)
}

fn add(archive: &mut Archive, name: String, path: &Path, limits: &Limits) -> anyhow::Result<()> {
    let bytes = fs::metadata(path).with_context(|| format!("looking at {}", path.display()))?.len();
    let mut head = Vec::new();
    File::open(path)
        .and_then(|file| file.take(HEAD_BYTES as u64).read_to_end(&mut head))
        .with_context(|| format!("reading {}", path.display()))?;
    match sniff(&name, &head) {
        Sniffed::Listening(_) if bytes > limits.max_file_bytes => {
            archive
                .warnings
                .push(format!("{name}: {bytes} bytes are more than MUSIC_IMPORT__MAX_FILE_BYTES allows; not read"));
        }
        Sniffed::Listening(source) => {
            archive.files.push(ListeningFile { name, source, bytes, at: At::Path(path.to_owned()) });
        }
        Sniffed::Empty => archive.warnings.push(format!("{name}: the file is empty")),
        Sniffed::Utf16 => {
            archive
                .warnings
                .push(format!("{name}: the file is UTF-16 text; save it as UTF-8, or use Spotify's own zip"));
        }
        Sniffed::Other => archive.others.push(name),
    }
    Ok(())
}

fn collect(folder: &Path, depth: usize, paths: &mut Vec<PathBuf>, warnings: &mut Vec<String>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))? {
        let entry = entry?;
        // Links are not followed: they may lead anywhere, also in circles.
        let kind = entry.file_type()?;
        if kind.is_dir() && depth < MAX_DEPTH {
            let below = collect(&entry.path(), depth + 1, paths, warnings);
            below.unwrap_or_else(|error| warnings.push(format!("{error:#}; not read")));
        } else if kind.is_file() {
            paths.push(entry.path());
        }
    }
    Ok(())
}
