//! Writing and reading bodies.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::PathBuf;
use std::time::SystemTime;

use anyhow::Context;
use platform::files;
use sha2::{Digest, Sha256};
use zstd::stream::read::Decoder;
use zstd::stream::write::Encoder;

use super::{RawStore, listed};
use crate::play::Source;

/// Fast, and JSON still shrinks to a tenth.
const ZSTD_LEVEL: i32 = 1;

/// A body that lies in its final place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBody {
    /// SHA-256 of the bytes, 64 lowercase hexadecimal digits.
    pub raw_id: String,
    /// How many bytes.
    pub bytes: u64,
}

/// A body that does not hold what was kept under its name.
#[derive(Debug, thiserror::Error)]
#[error(
    "the raw file {} (of {name}) is damaged: {detail}. Import what it came from again, or restore it from a backup, \
     and run this again; until then everything stays as it is",
    path.display()
)]
pub struct DamagedBody {
    path: PathBuf,
    name: String,
    detail: String,
}

/// A body that is durable but not yet part of the history.
#[derive(Debug)]
pub struct HeldBody {
    partial: PathBuf,
    path: PathBuf,
}

impl HeldBody {
    /// Makes it part of the history.
    ///
    /// # Errors
    /// Any I/O error.
    pub fn keep(self) -> anyhow::Result<()> {
        files::put_in_place(&self.partial, &self.path).with_context(|| format!("storing {}", self.path.display()))
    }

    /// Forgets it.
    ///
    /// # Errors
    /// Any I/O error.
    pub fn discard(self) -> anyhow::Result<()> {
        Ok(files::remove_if_there(&self.partial)?)
    }
}

/// Takes a body in pieces. Until [`BodyWriter::finish`] it is a `.partial` file, which is
/// deleted when the writer is dropped.
pub struct BodyWriter {
    store: RawStore,
    source: Source,
    partial: PathBuf,
    encoder: Option<Encoder<'static, File>>,
    hash: Sha256,
    bytes: u64,
}

impl BodyWriter {
    /// Adds bytes.
    ///
    /// # Errors
    /// Any I/O error.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        match &mut self.encoder {
            Some(encoder) => encoder.write_all(bytes),
            None => Ok(()),
        }
    }

    /// Makes the body durable under its hash. One that lies there already is replaced: it may have
    /// been damaged since.
    ///
    /// # Errors
    /// Any I/O error; nothing is then kept.
    pub fn finish(mut self) -> anyhow::Result<StoredBody> {
        let raw_id = hex(self.hash.clone().finalize().as_slice());
        let path = self.store.body_path(self.source, &raw_id);
        if let Some(encoder) = self.encoder.take() {
            encoder.finish()?.sync_all()?;
            if let Some(folder) = path.parent() {
                files::make_folder_durable(folder)?;
            }
            files::put_in_place(&self.partial, &path).with_context(|| format!("storing {}", path.display()))?;
        }
        Ok(StoredBody { raw_id, bytes: self.bytes })
    }
}

impl Drop for BodyWriter {
    fn drop(&mut self) {
        // A leftover that cannot be deleted now is swept away later.
        drop(files::remove_if_there(&self.partial));
    }
}

impl RawStore {
    /// Starts a body. `label` tells apart the bodies that are written at the same time.
    ///
    /// # Errors
    /// Any I/O error.
    pub fn body_writer(&self, source: Source, label: &str) -> anyhow::Result<BodyWriter> {
        let folder = self.source_folder(source);
        files::make_folder_durable(&folder).with_context(|| format!("making {}", folder.display()))?;
        let partial = files::partial_path(&folder.join(label));
        let file = File::create(&partial).with_context(|| format!("creating {}", partial.display()))?;
        let mut encoder = Encoder::new(file, ZSTD_LEVEL)?;
        encoder.include_checksum(true)?;
        Ok(BodyWriter { store: self.clone(), source, partial, encoder: Some(encoder), hash: Sha256::new(), bytes: 0 })
    }

    /// Makes a body durable that is there in one piece, before anyone looks into it. It
    /// stays a `.partial` file until [`HeldBody::keep`]; a killed program leaves it for
    /// [`RawStore::held_body`].
    ///
    /// # Errors
    /// Any I/O error.
    pub fn hold_body(&self, source: Source, bytes: &[u8]) -> anyhow::Result<HeldBody> {
        let path = self.body_path(source, &Self::raw_id_of(bytes));
        let partial = files::partial_path(&path);
        let hold = || -> io::Result<()> {
            if let Some(folder) = path.parent() {
                files::make_folder_durable(folder)?;
            }
            let mut encoder = Encoder::new(File::create(&partial)?, ZSTD_LEVEL)?;
            encoder.include_checksum(true)?;
            encoder.write_all(bytes)?;
            encoder.finish()?.sync_all()?;
            files::sync_folder_of(&partial)
        };
        hold().with_context(|| format!("keeping {}", partial.display()))?;
        Ok(HeldBody { partial, path })
    }

    /// A body that a killed program held, with its bytes. One that is not whole is deleted.
    ///
    /// # Errors
    /// Any I/O error.
    pub fn held_body(&self, source: Source, raw_id: &str) -> anyhow::Result<Option<(HeldBody, Vec<u8>)>> {
        let path = self.body_path(source, raw_id);
        let held = HeldBody { partial: files::partial_path(&path), path };
        if !held.partial.exists() {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        let whole = Decoder::new(File::open(&held.partial)?).and_then(|mut body| body.read_to_end(&mut bytes));
        if whole.is_ok() && Self::raw_id_of(&bytes) == raw_id {
            return Ok(Some((held, bytes)));
        }
        held.discard()?;
        Ok(None)
    }

    /// The names of the bodies of one source that were written at `begun` or later.
    ///
    /// # Errors
    /// Any I/O error.
    pub fn bodies_since(&self, source: Source, begun: SystemTime) -> anyhow::Result<Vec<String>> {
        let mut names = Vec::new();
        for folder in listed(&self.source_folder(source))? {
            if folder.is_dir() {
                let stems =
                    listed(&folder)?.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "zst"));
                for path in stems {
                    let stem = path.file_stem().and_then(|stem| stem.to_str());
                    if let Some(stem) = stem
                        && fs::metadata(&path)?.modified()? >= begun
                    {
                        names.push(stem.to_owned());
                    }
                }
            }
        }
        Ok(names)
    }

    /// Deletes the `.partial` files that killed imports of this source left.
    ///
    /// # Errors
    /// Any I/O error.
    pub fn sweep_partials(&self, source: Source) -> anyhow::Result<()> {
        for path in listed(&self.source_folder(source))? {
            if path.extension().is_some_and(|ending| ending == files::PARTIAL) {
                files::remove_if_there(&path)?;
            }
        }
        Ok(())
    }

    /// The name that these bytes will have.
    pub fn raw_id_of(bytes: &[u8]) -> String {
        hex(Sha256::digest(bytes).as_slice())
    }

    /// Whether the bytes of this name are there.
    pub fn has_body(&self, source: Source, raw_id: &str) -> bool {
        self.body_path(source, raw_id).exists()
    }

    /// Reads a body. What was read may be relied on only when the end was reached without an error:
    /// there it is known whether these are the bytes that were kept. [`RawStore::damaged`] tells
    /// people of one.
    ///
    /// # Errors
    /// When it is missing or damaged at its very beginning.
    pub fn read_body(&self, source: Source, raw_id: &str) -> anyhow::Result<impl Read + use<>> {
        let path = self.body_path(source, raw_id);
        let open = || -> io::Result<Decoder<'static, BufReader<File>>> { Decoder::new(File::open(&path)?) };
        let body = open().with_context(|| format!("reading the raw file {}", path.display()))?;
        Ok(Checked { body, hash: Sha256::new(), raw_id: raw_id.to_owned() })
    }

    /// What to say of a body that could not be read to its end; `name` is what people call it.
    pub fn damaged(&self, source: Source, raw_id: &str, name: &str, detail: String) -> DamagedBody {
        DamagedBody { path: self.body_path(source, raw_id), name: name.to_owned(), detail }
    }

    /// Copies a body to another account, where it may be already.
    ///
    /// # Errors
    /// Any I/O error.
    pub fn copy_body(&self, to: &Self, source: Source, raw_id: &str) -> anyhow::Result<()> {
        let (old, new) = (self.body_path(source, raw_id), to.body_path(source, raw_id));
        if new.exists() {
            return Ok(());
        }
        let mut body = File::open(&old).with_context(|| format!("opening {}", old.display()))?;
        files::write_whole_with(&new, |file| io::copy(&mut body, file).map(drop))
            .with_context(|| format!("writing {}", new.display()))
    }

    /// Deletes a body. Only for bytes that brought nothing, or whose import is undone.
    ///
    /// # Errors
    /// Any I/O error.
    pub fn delete_body(&self, source: Source, raw_id: &str) -> anyhow::Result<()> {
        let path = self.body_path(source, raw_id);
        files::remove_if_there(&path).with_context(|| format!("deleting {}", path.display()))
    }
}

/// A body that is known by its name.
struct Checked<R> {
    body: R,
    hash: Sha256,
    raw_id: String,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.body.read(buffer)?;
        self.hash.update(&buffer[..read]);
        if read == 0 && !buffer.is_empty() && hex(self.hash.clone().finalize().as_slice()) != self.raw_id {
            return Err(io::Error::other("its bytes are not those that were kept"));
        }
        Ok(read)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
