//! The one pass over the files of an archive.

use std::collections::BTreeMap;

use anyhow::Context;
use lake::play::UnixMs;
use lake::raw::{Item, Receipt};
use platform::progress;

use crate::archive::Archive;
use crate::buckets::Buckets;
use crate::crew;
use crate::gaps::covers;
use crate::harvest::{self, Harvest, Stand};
use crate::session::Session;
use crate::settle::Origin;

/// What became of one file.
pub(super) struct FileResult {
    /// Its body; without a name where it is damaged, and not kept.
    pub item: Item,
    /// Its place among the files, which its rows carry.
    pub place: u32,
    /// What was read.
    pub harvest: Harvest,
    /// Another file of the archive that it repeats byte for byte.
    pub repeats: Option<String>,
    /// Why it could not be unpacked as it was packed: no row of it can be trusted.
    pub damage: Option<String>,
}

impl FileResult {
    /// Whether its rows count: not those of a damaged file, and those of a repeated file are
    /// in the other one.
    pub(super) fn counts(&self) -> bool {
        self.repeats.is_none() && self.damage.is_none()
    }
}

/// Reads all files: each is masked, kept as a body, and its rows go into `buckets`.
pub(super) fn read(
    session: &Session<'_>,
    archive: &Archive,
    buckets: &Buckets,
    receipt_id: &str,
    received_at: UnixMs,
) -> anyhow::Result<Vec<FileResult>> {
    let bar = progress::bytes_bar(archive.files.iter().map(|file| file.bytes).sum(), "reading");
    let files: Vec<_> = (0_u32..).zip(&archive.files).collect();
    let results = crew::share(
        session.threads(),
        &files,
        || Ok((archive.reader()?, buckets.writer())),
        |(reader, rows), (place, file)| {
            let body = session.raw.body_writer(file.source, &format!("{receipt_id}-{place}"))?;
            let stand = Stand { receipt: 0, item: *place, source: file.source, received_at };
            let read = || -> anyhow::Result<FileResult> {
                let mut input = reader.open(file)?;
                let on_bytes = |bytes| bar.inc(bytes);
                let (harvest, pumped) =
                    harvest::export_file(&mut input, Some(body), stand, &file.name, rows, &|_| true, on_bytes)?;
                let (raw_id, bytes) = pumped.body.map(|body| (body.raw_id, body.bytes)).unwrap_or_default();
                let item = Item {
                    raw_id,
                    source: file.source,
                    name: file.name.clone(),
                    status: None,
                    original_sha256: pumped.original_sha256,
                    bytes,
                    span: covers::span(file.source, &file.name, &harvest),
                };
                Ok(FileResult { item, place: *place, harvest, repeats: None, damage: pumped.damage })
            };
            read().with_context(|| format!("importing {}", file.name))
        },
        |(_, rows)| rows.finish(),
    )?;
    bar.finish_and_clear();
    Ok(results)
}

/// The origins of the rows, by file. Byte-identical files count once, for the first of them.
pub(super) fn origins(results: &mut [FileResult], receipt: &Receipt) -> Vec<Origin> {
    let mut first: BTreeMap<String, String> = BTreeMap::new();
    for result in results.iter_mut().filter(|result| result.damage.is_none()) {
        match first.get(&result.item.raw_id) {
            Some(name) => result.repeats = Some(name.clone()),
            None => {
                first.insert(result.item.raw_id.clone(), result.item.name.clone());
            }
        }
    }
    results.iter().map(|result| Origin { counts: result.counts(), ..Origin::of(receipt, &result.item) }).collect()
}
