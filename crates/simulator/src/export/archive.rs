//! Where the files of a package go: into a zip file or into a folder.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Takes files one after the other; what is written belongs to the file begun last.
pub(super) trait Archive: Write {
    fn begin(&mut self, path: &str) -> anyhow::Result<()>;
}

/// A zip file, deflated as it is written.
pub(super) struct ZipArchive(BufWriter<Entries>);

/// The zip writer behind a buffer: rows are small, and each call into it costs.
struct Entries(ZipWriter<File>);

impl Write for Entries {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl ZipArchive {
    pub(super) fn create(path: &Path) -> anyhow::Result<Self> {
        Ok(Self(BufWriter::with_capacity(1 << 16, Entries(ZipWriter::new(File::create(path)?)))))
    }

    pub(super) fn finish(self) -> anyhow::Result<()> {
        let entries = self.0.into_inner().map_err(|error| error.into_error())?;
        entries.0.finish()?.sync_all()?;
        Ok(())
    }
}

impl Write for ZipArchive {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

impl Archive for ZipArchive {
    fn begin(&mut self, path: &str) -> anyhow::Result<()> {
        self.0.flush()?;
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        self.0.get_mut().0.start_file(path, options.large_file(true))?;
        Ok(())
    }
}

/// A folder with the files as they lie in the zip file.
pub(super) struct FolderArchive {
    root: PathBuf,
    file: Option<BufWriter<File>>,
}

impl FolderArchive {
    pub(super) fn create(root: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(root).with_context(|| format!("creating {}", root.display()))?;
        Ok(Self { root: root.to_owned(), file: None })
    }

    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        Ok(self.flush()?)
    }
}

impl Write for FolderArchive {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match &mut self.file {
            Some(file) => file.write(bytes),
            None => Err(std::io::Error::other("no file was begun")),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Archive for FolderArchive {
    fn begin(&mut self, path: &str) -> anyhow::Result<()> {
        self.flush()?;
        let path = self.root.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        self.file = Some(BufWriter::new(File::create(path)?));
        Ok(())
    }
}
