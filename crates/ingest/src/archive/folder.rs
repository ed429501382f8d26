//! Folders and single files.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;
use platform::Stop;
use platform::settings::Import as Limits;

use super::sniff::{HEAD_BYTES, Sniffed, sniff};
use super::{Archive, At, ListeningFile, Opened, Place, is_zip, nothing_here, zip_file};

/// Deeper than any export, shallower than a mistake like `/`.
const MAX_DEPTH: usize = 8;

/// The loose listening files of a folder as one archive, and each zip in it as another. What cannot
/// be read is no archive's fault.
pub(super) fn open(folder: &Path, limits: &Limits) -> anyhow::Result<Opened> {
    let mut found = Found::default();
    found.collect(folder, 0)?;
    found.paths.sort();
    let name =
        folder.file_name().map_or_else(|| folder.display().to_string(), |name| name.to_string_lossy().into_owned());
    let mut loose = Archive::empty(name, Place::Loose);
    let mut opened = Opened { archives: Vec::new(), unread: found.unread };
    for path in found.paths {
        let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
        if is_zip(&path).unwrap_or_default() {
            match zip_file::open(&path, limits) {
                Ok(archive) => opened.archives.push(archive),
                Err(error) => opened.unread.push(format!("{error:#}")),
            }
        } else {
            add(&mut loose, name, &path, limits)
                .unwrap_or_else(|error| opened.unread.push(format!("{error:#}; not read")));
        }
    }
    opened.unread.extend(loose.unread.drain(..).map(|why| format!("{}: {why}", loose.name)));
    let mut gave_nothing = if loose.files.is_empty() { std::mem::take(&mut loose.warnings) } else { Vec::new() };
    gave_nothing.extend(found.passed_over.into_values());
    if !loose.files.is_empty() {
        opened.archives.insert(0, loose);
    } else if opened.archives.is_empty() {
        let why: Vec<String> = opened.unread.into_iter().chain(gave_nothing).collect();
        return Err(nothing_here(&folder.display().to_string(), &loose.others, &why));
    }
    // It belongs to none of them, and is told once.
    opened.archives[0].warnings.extend(gave_nothing);
    Ok(opened)
}

/// A single file as an archive of its own.
pub(super) fn open_file(path: &Path, limits: &Limits) -> anyhow::Result<Archive> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut archive = Archive::empty(name.clone(), Place::Loose);
    add(&mut archive, name, path, limits)?;
    if archive.files.is_empty() {
        return Err(match archive.unread.pop().or(archive.warnings.pop()) {
            Some(warning) => Stop::Usage(warning).into(),
            None => nothing_here(&path.display().to_string(), &archive.others, &[]),
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
                .unread
                .push(format!("{name}: {bytes} bytes are more than MUSIC_IMPORT__MAX_FILE_BYTES allows; not read"));
        }
        Sniffed::Listening(source) => {
            archive.files.push(ListeningFile { name, source, bytes, at: At::Path(path.to_owned()) });
        }
        Sniffed::Empty => archive.warnings.push(format!("{name}: the file is empty")),
        Sniffed::Utf16 => {
            archive.unread.push(format!("{name}: the file is UTF-16 text; save it as UTF-8, or use Spotify's own zip"));
        }
        Sniffed::Other => archive.others.push(name),
    }
    Ok(())
}

/// What lies below a folder.
#[derive(Default)]
struct Found {
    paths: Vec<PathBuf>,
    /// What cannot be looked into, and why.
    unread: Vec<String>,
    /// What is not looked into; of each kind the first.
    passed_over: BTreeMap<&'static str, String>,
}

impl Found {
    fn collect(&mut self, folder: &Path, depth: usize) -> anyhow::Result<()> {
        for entry in fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))? {
            let entry = entry?;
            let (kind, path) = (entry.file_type()?, entry.path());
            let shown = path.display();
            if kind.is_dir() && depth == MAX_DEPTH {
                let text = format!("{shown}: folders this deep are not looked into; import it by itself");
                self.passed_over.entry("depth").or_insert(text);
            } else if kind.is_dir() {
                let below = self.collect(&path, depth + 1);
                below.unwrap_or_else(|error| self.unread.push(format!("{error:#}; not read")));
            } else if kind.is_symlink() {
                // It may lead anywhere, also in circles.
                let text = format!("{shown}: links are not followed; import what it leads to by itself");
                self.passed_over.entry("link").or_insert(text);
            } else if kind.is_file() {
                self.paths.push(path);
            }
        }
        Ok(())
    }
}
