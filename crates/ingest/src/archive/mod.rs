//! What a person hands over: a zip, a folder or a single file, and the listening files in it.

mod folder;
mod sniff;
mod zip_file;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;
use lake::play::Source;
use platform::Stop;
use platform::settings::Import as Limits;

pub use sniff::Sniffed;

/// One zip or one folder (or a single file): the unit in which equal rows are numbered.
#[derive(Debug)]
pub struct Archive {
    /// What people call it: the file or folder name.
    pub name: String,
    place: Place,
    /// The listening files, in order of name.
    pub files: Vec<ListeningFile>,
    /// Files that hold something else; only named.
    pub others: Vec<String>,
    /// Files that may hold history and are not read, and why.
    pub unread: Vec<String>,
    /// What else the person should know about it.
    pub warnings: Vec<String>,
}

#[derive(Debug)]
enum Place {
    Zip(PathBuf),
    Loose,
}

/// A file with listening history.
#[derive(Debug, Clone)]
pub struct ListeningFile {
    /// Its name inside the archive.
    pub name: String,
    /// Whose statement it is.
    pub source: Source,
    /// Its size, unpacked.
    pub bytes: u64,
    at: At,
}

#[derive(Debug, Clone)]
enum At {
    Entry(usize),
    Path(PathBuf),
}

/// What was found at a place that a person named.
#[derive(Debug)]
pub struct Opened {
    /// The archives: at least one.
    pub archives: Vec<Archive>,
    /// What may hold history and cannot be read, by its own name, and why.
    pub unread: Vec<String>,
}

/// Looks at what lies at `path` and finds the archives with listening history in it. A zip inside
/// a folder is an archive of its own.
///
/// # Errors
/// A [`Stop::Usage`] that says what is wrong with the path and what to do.
pub fn open(path: &Path, limits: &Limits) -> anyhow::Result<Opened> {
    let kind =
        std::fs::metadata(path).map_err(|error| Stop::Usage(format!("{}: cannot be read: {error}", path.display())))?;
    if kind.is_dir() {
        return folder::open(path, limits);
    }
    if !kind.is_file() {
        return Err(Stop::Usage(format!("{}: neither a file nor a folder", path.display())).into());
    }
    if kind.len() == 0 {
        return Err(Stop::Usage(format!("{}: the file is empty", path.display())).into());
    }
    let archive = if is_zip(path)? { zip_file::open(path, limits) } else { folder::open_file(path, limits) };
    Ok(Opened { archives: vec![archive?], unread: Vec::new() })
}

impl Archive {
    fn empty(name: String, place: Place) -> Self {
        Self { name, place, files: Vec::new(), others: Vec::new(), unread: Vec::new(), warnings: Vec::new() }
    }

    /// Whether its files lie loose in a folder, where those of several exports may lie together.
    pub fn is_loose(&self) -> bool {
        matches!(self.place, Place::Loose)
    }

    /// A reader of its files; each thread takes its own.
    ///
    /// # Errors
    /// When the zip cannot be opened again.
    pub fn reader(&self) -> anyhow::Result<ArchiveReader> {
        Ok(match &self.place {
            Place::Zip(path) => ArchiveReader(Some(zip_file::reader(path)?)),
            Place::Loose => ArchiveReader(None),
        })
    }
}

/// Opens the files of one archive, one at a time.
pub struct ArchiveReader(Option<zip_file::Reader>);

impl ArchiveReader {
    /// The bytes of a file, bounded by what the archive promised.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open<'r>(&'r mut self, file: &ListeningFile) -> anyhow::Result<Box<dyn Read + 'r>> {
        match (&file.at, &mut self.0) {
            (At::Entry(index), Some(zip)) => zip_file::entry(zip, *index, file.bytes),
            (At::Path(path), _) => {
                Ok(Box::new(File::open(path).with_context(|| format!("opening {}", path.display()))?))
            }
            (At::Entry(_), None) => anyhow::bail!("{} lies in a zip that is not open", file.name),
        }
    }
}

/// Told by its first bytes, not its name. An empty zip has another signature than a full one.
fn is_zip(path: &Path) -> anyhow::Result<bool> {
    let mut start = Vec::with_capacity(4);
    File::open(path)
        .and_then(|file| file.take(4).read_to_end(&mut start))
        .map_err(|error| Stop::Usage(format!("{}: cannot be read: {error}", path.display())))?;
    let named_zip = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
    Ok(start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") || named_zip)
}

/// What to say of a place without any listening history: that first, and only then what of it could
/// not be looked into, which may have nothing to do with it.
fn nothing_here(name: &str, others: &[String], unread: &[String]) -> anyhow::Error {
    const PACKED: [&str; 7] = [".zip", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar"];
    const SHOWN: usize = 3;
    let is_packed = |other: &&String| PACKED.iter().any(|ending| other.to_lowercase().ends_with(ending));
    let looks_like = |part: &str| {
        let names = others.iter().map(|other| other.to_lowercase());
        names.filter(|other| other.ends_with(".json")).any(|other| other.contains(part))
    };
    let packed: Vec<&String> = others.iter().filter(is_packed).collect();
    let hint = match packed[..] {
        _ if looks_like("userdata") || looks_like("playlist") || looks_like("yourlibrary") => {
            "this looks like Spotify's account data without its streaming history".to_owned()
        }
        _ if looks_like("technical") || looks_like("connectionerror") || looks_like("shareddata") => {
            "this looks like Spotify's technical log".to_owned()
        }
        [] if unread.is_empty() => "it does not look like an export of Spotify".to_owned(),
        [] => "nothing that can be read in it looks like an export of Spotify".to_owned(),
        [one] => format!("{one} is packed in a way that is not looked into: unpack it, and import what it holds"),
        [first, ..] => format!(
            "{} files in it, such as {first}, are packed in a way that is not looked into: if one is your export, unpack \
             it, and import what it holds",
            packed.len()
        ),
    };
    let mut text = format!(
        "{name}: no listening history in it; {hint}. Ask for \"Extended streaming history\" at \
         spotify.com/account/privacy and import the zip that arrives by mail"
    );
    if !unread.is_empty() {
        text += "\nNot looked into:";
    }
    unread.iter().take(SHOWN).for_each(|why| text += &format!("\n  {why}"));
    if unread.len() > SHOWN {
        text += &format!("\n  and {} more", unread.len() - SHOWN);
    }
    Stop::Usage(text).into()
}
