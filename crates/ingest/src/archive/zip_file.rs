//! Zips. Nothing is ever unpacked to the disk; sizes and ratios are checked before and
//! while reading.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use anyhow::Context;
use platform::Stop;
use platform::settings::Import as Limits;
use zip::ZipArchive;
use zip::read::ZipFile;

use super::sniff::{HEAD_BYTES, Sniffed, sniff};
use super::{Archive, At, ListeningFile, Place, nothing_here};

/// An open zip.
pub(super) type Reader = ZipArchive<BufReader<File>>;

/// A real export has a few dozen files.
const MAX_ENTRIES: usize = 10_000;

/// Far more than twenty years of listening fill.
const MAX_LISTENING_FILES: usize = 2_000;

pub(super) fn reader(path: &Path) -> anyhow::Result<Reader> {
    let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    ZipArchive::new(BufReader::with_capacity(128 << 10, file)).map_err(|error| {
        let size = std::fs::metadata(path).map(|metadata| metadata.len()).unwrap_or_default();
        let shown = path.display();
        let mut start = [0; 4];
        let begins_well =
            File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start == *b"PK\x03\x04";
        Stop::Usage(match begins_well {
            true => {
                format!("{shown}: the zip is cut off or damaged ({error}; {size} bytes are there). Download it again")
            }
            false => format!("{shown}: not a zip ({error})"),
        })
        .into()
    })
}

/// Lists the listening files of a zip.
pub(super) fn open(path: &Path, limits: &Limits) -> anyhow::Result<Archive> {
    let mut zip = reader(path)?;
    let shown = path.display().to_string();
    if zip.len() > MAX_ENTRIES {
        return Err(Stop::Usage(format!("{shown}: {} files are too many for an export of Spotify", zip.len())).into());
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut archive = Archive::empty(name, Place::Zip(path.to_owned()));
    let (mut total, mut encrypted) = (0_u64, false);
    match counted(path, &zip).with_context(|| format!("reading the end of {shown}"))? {
        Some(entries) if entries > zip.len() => archive.unread.push(format!(
            "it lists {entries} files under {} names: of those that share a name only the last is read. Unpack it, \
             and import the folder",
            zip.len()
        )),
        _ => {}
    }
    for index in 0..zip.len() {
        let entry = zip.by_index_raw(index).with_context(|| format!("{shown}: reading its list of files"))?;
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        let (bytes, packed) = (entry.size(), entry.compressed_size());
        if entry.is_dir() {
            continue;
        }
        if entry.enclosed_name().is_none() {
            archive.unread.push(format!("{name:?}: its path leads out of the archive; not read"));
            continue;
        }
        if entry.encrypted() {
            encrypted = true;
            archive
                .unread
                .push(format!("{name}: encrypted; not read. Unpack it with its password and import the folder"));
            continue;
        }
        drop(entry);
        let is_json = name.to_lowercase().ends_with(".json");
        if !is_json && !matches!(sniff(&name, &head(&mut zip, index).0), Sniffed::Listening(_)) {
            archive.others.push(name);
            continue;
        }
        if bytes > limits.max_file_bytes || bytes / packed.max(1) > limits.max_ratio {
            archive.unread.push(format!(
                "{name}: {bytes} bytes packed into {packed} is no honest file (limits: MUSIC_IMPORT__MAX_FILE_BYTES, \
                 MUSIC_IMPORT__MAX_RATIO); not read"
            ));
            continue;
        }
        total = total.saturating_add(bytes);
        if total > limits.max_archive_bytes {
            return Err(Stop::Usage(format!(
                "{shown}: it unpacks to more than MUSIC_IMPORT__MAX_ARCHIVE_BYTES allows; nothing was read"
            ))
            .into());
        }
        classify(&mut zip, index, name, bytes, &mut archive);
    }
    if archive.files.is_empty() {
        if encrypted {
            let text = format!("{shown}: the zip is encrypted. Unpack it with its password and import the folder");
            return Err(Stop::Usage(text).into());
        }
        let why = [archive.unread, archive.warnings].concat();
        if !why.is_empty() {
            return Err(Stop::Usage(format!("{shown}: {}", why.join("; "))).into());
        }
        return Err(nothing_here(&shown, &archive.others, &[]));
    }
    if archive.files.len() > MAX_LISTENING_FILES {
        let text = format!("{shown}: {} listening files are too many for one export", archive.files.len());
        return Err(Stop::Usage(text).into());
    }
    archive.files.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(archive)
}

/// How many entries the end of a zip counts, where it can say. [`ZipArchive`] knows entries by their
/// names.
fn counted(path: &Path, zip: &Reader) -> io::Result<Option<usize>> {
    // https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.16
    const END_BYTES: usize = 22;
    const TOO_MANY_TO_SAY: u16 = u16::MAX;
    let mut end = [0; END_BYTES];
    let mut file = File::open(path)?;
    let behind_entries = i64::try_from(END_BYTES + zip.comment().len()).map_err(io::Error::other)?;
    file.seek(SeekFrom::End(-behind_entries))?;
    file.read_exact(&mut end)?;
    let entries = u16::from_le_bytes([end[10], end[11]]);
    Ok((end.starts_with(b"PK\x05\x06") && entries != TOO_MANY_TO_SAY).then_some(entries.into()))
}

/// The first bytes of an entry, as far as they can be unpacked.
fn head(zip: &mut Reader, index: usize) -> (Vec<u8>, io::Result<usize>) {
    let mut head = Vec::new();
    let looked = zip
        .by_index(index)
        .map_err(io::Error::from)
        .and_then(|entry| entry.take(HEAD_BYTES as u64).read_to_end(&mut head));
    (head, looked)
}

fn classify(zip: &mut Reader, index: usize, name: String, bytes: u64, archive: &mut Archive) {
    let (head, looked) = head(zip, index);
    if let Err(error) = looked
        && head.is_empty()
    {
        archive.unread.push(format!("{name}: cannot be unpacked here: {error}. Unpack the zip and import the folder"));
        return;
    }
    match sniff(&name, &head) {
        Sniffed::Listening(source) => archive.files.push(ListeningFile { name, source, bytes, at: At::Entry(index) }),
        Sniffed::Empty => archive.warnings.push(format!("{name}: the file is empty")),
        Sniffed::Utf16 => {
            archive.unread.push(format!("{name}: the file is UTF-16 text, not what Spotify sends; not read"))
        }
        Sniffed::Other => archive.others.push(name),
    }
}

/// The bytes of one entry; reading more of them than the zip's list promised is an error.
pub(super) fn entry<'z>(zip: &'z mut Reader, index: usize, promised: u64) -> anyhow::Result<Box<dyn Read + 'z>> {
    let entry = zip.by_index(index).context("opening the packed file")?;
    Ok(Box::new(Bounded { entry, left: promised }))
}

struct Bounded<'z> {
    entry: ZipFile<'z, BufReader<File>>,
    left: u64,
}

impl Read for Bounded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.entry.read(buffer)?;
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| io::Error::other("it unpacks to more than the zip says: a zip bomb"))?;
        Ok(read)
    }
}
