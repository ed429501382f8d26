//! The reconciliation: every row that was read is accounted for.

use std::collections::{BTreeMap, BTreeSet};

use comfy_table::{CellAlignment, Table, presets};
use platform::{Stop, Summary};
use serde::{Deserialize, Serialize};

use super::files::FileResult;
use crate::archive::Archive;
use crate::harvest::MAX_REJECTIONS;
use crate::months::Settlement;
use crate::settle::Tally;

/// What one file brought: `rows = stored + known + changed + rejected`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FileReport {
    /// Its name in the archive.
    pub name: String,
    /// Whose statement it is.
    pub source: String,
    /// The body it is kept as; empty where it is damaged, and not kept.
    pub raw_id: String,
    /// Rows read.
    pub rows: u64,
    /// New plays.
    pub stored: u64,
    /// Rows that said nothing new.
    pub known: u64,
    /// Known plays about which something new is said.
    pub changed: u64,
    /// Rows that could not be read, by reason.
    pub rejected: BTreeMap<String, u64>,
    /// The file of the same archive that it repeats; its rows are counted there.
    pub repeats: Option<String>,
}

impl FileReport {
    fn rejected_rows(&self) -> u64 {
        self.rejected.values().sum()
    }
}

/// What one archive brought.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ArchiveReport {
    /// Its name.
    pub name: String,
    /// Its listening files.
    pub files: Vec<FileReport>,
    /// How many other files it has, which are not read.
    pub other_files: usize,
    /// Its files that were not imported, or not to their end, and why.
    pub unread: Vec<String>,
    /// What else the person should know.
    pub warnings: Vec<String>,
}

/// What an import brought.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImportReport {
    /// The run, for `--undo`.
    pub run_id: String,
    /// Whose history it is.
    pub account: String,
    /// By archive.
    pub archives: Vec<ArchiveReport>,
    /// Archives, and files of a folder, that were not imported, and why.
    pub refused: Vec<String>,
    /// What the person should know.
    pub warnings: Vec<String>,
}

impl ArchiveReport {
    pub(super) fn new(archive: &Archive, results: &[FileResult], settled: &Settlement) -> Self {
        let mut warnings = archive.warnings.clone();
        let mut unread: Vec<String> = archive.unread.iter().map(|why| format!("{}: {why}", archive.name)).collect();
        let mut unknown_keys = BTreeSet::new();
        let mut files = Vec::new();
        for result in results {
            if let Some(damage) = &result.damage {
                unread.push(format!(
                    "{}: damaged on its way ({damage}), so nothing of this file was imported. Download the zip again; \
                     where that cannot be, unpack it and import the folder: what can be read is then kept",
                    named(archive, &result.item.name)
                ));
            }
            if result.counts() && result.harvest.breaks_off {
                unread.push(format!(
                    "{} breaks off in the middle: what it holds is imported, and what came after is missing. Download \
                     the export again and import it: rows that are known are skipped",
                    named(archive, &result.item.name)
                ));
            }
            unknown_keys.extend(result.harvest.unknown_keys.iter().cloned());
            let mut file = FileReport {
                name: result.item.name.clone(),
                source: result.item.source.as_str().to_owned(),
                raw_id: result.item.raw_id.clone(),
                repeats: result.repeats.clone(),
                ..FileReport::default()
            };
            if result.counts() {
                let tally = settled.tallies.get(&(0, result.place)).copied().unwrap_or_default();
                (file.rows, file.stored) = (result.harvest.rows, tally.stored);
                (file.known, file.changed) = (tally.known, tally.changed);
                let rejected = result.harvest.rejected.iter();
                file.rejected = rejected.map(|(reason, rows)| ((*reason).to_owned(), *rows)).collect();
            }
            files.push(file);
        }
        if !unknown_keys.is_empty() {
            let keys: Vec<_> = unknown_keys.into_iter().collect();
            warnings
                .push(format!("keys this program does not know are kept in the raw files only: {}", keys.join(", ")));
        }
        Self { name: archive.name.clone(), files, other_files: archive.others.len(), unread, warnings }
    }
}

/// A file and where it lies; a file that was handed over by itself lies nowhere.
fn named(archive: &Archive, file: &str) -> String {
    if archive.name == file { file.to_owned() } else { format!("{}: {file}", archive.name) }
}

impl ImportReport {
    pub(super) fn new(run_id: &str, account: &str) -> Self {
        Self {
            run_id: run_id.to_owned(),
            account: account.to_owned(),
            archives: Vec::new(),
            refused: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn files(&self) -> impl Iterator<Item = &FileReport> {
        self.archives.iter().flat_map(|archive| &archive.files)
    }

    fn total(&self) -> (u64, Tally, BTreeMap<&str, u64>) {
        let (mut rows, mut tally, mut rejected) = (0, Tally::default(), BTreeMap::new());
        for file in self.files() {
            rows += file.rows;
            tally += Tally { stored: file.stored, changed: file.changed, known: file.known };
            for (reason, count) in &file.rejected {
                *rejected.entry(reason.as_str()).or_default() += count;
            }
        }
        (rows, tally, rejected)
    }

    /// Whether something could not be read.
    pub(super) fn is_partial(&self) -> bool {
        !self.refused.is_empty()
            || self.files().any(|file| !file.rejected.is_empty())
            || self.archives.iter().any(|one| !one.warnings.is_empty() || !one.unread.is_empty())
    }

    /// The result of the job; `undone` is why the refused archives were.
    pub(super) fn into_summary(self, mut undone: Vec<anyhow::Error>) -> Summary {
        let (rows, tally, rejected) = self.total();
        let rejected_rows: u64 = rejected.values().sum();
        let mut warnings = self.warnings.clone();
        warnings.extend(self.archives.iter().flat_map(|archive| archive.warnings.iter().cloned()));
        let unread = self.archives.iter().flat_map(|archive| &archive.unread);
        undone.extend(unread.map(|why| Stop::Usage(why.clone()).into()));
        let partial = self.is_partial();
        let text = self.text() + &self.way_back();
        let mut summary = Summary { partial, undone, warnings, text, ..Summary::default() }
            .count("files", self.files().count())
            .count("rows", rows)
            .count("stored", tally.stored)
            .count("known", tally.known)
            .count("changed", tally.changed)
            .count("rejected", rejected_rows);
        for (reason, count) in rejected {
            summary = summary.count(&format!("rejected_{reason}"), count);
        }
        summary
    }

    /// What people read of it.
    pub(super) fn text(&self) -> String {
        let (rows, tally, rejected) = self.total();
        let rejected_rows: u64 = rejected.values().sum();
        let mut table = Table::new();
        table.load_preset(presets::NOTHING);
        table.set_header(["file", "rows", "= new", "+ known", "+ changed", "+ rejected"]);
        for file in self.files() {
            let name = match &file.repeats {
                Some(other) => format!("{} (the same as {other})", file.name),
                None => file.name.clone(),
            };
            table.add_row([
                name,
                thousands(file.rows),
                thousands(file.stored),
                thousands(file.known),
                thousands(file.changed),
                thousands(file.rejected_rows()),
            ]);
        }
        if self.files().count() > 1 {
            table.add_row([
                "all".to_owned(),
                thousands(rows),
                thousands(tally.stored),
                thousands(tally.known),
                thousands(tally.changed),
                thousands(rejected_rows),
            ]);
        }
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        let mut text = format!("Imported for {:?}:\n\n{table}\n", self.account);
        for (reason, count) in &rejected {
            text += &format!("\nrejected: {} × {reason}", thousands(*count));
        }
        if rejected_rows > 0 {
            text += &format!(
                "\n(kept in the raw files; see the first {MAX_REJECTIONS} of each file with `music-tracker query \"select * \
                 from rpt_rejected_rows\"`)"
            );
        }
        text
    }

    /// How to take it back; nothing where it brought nothing.
    pub(super) fn way_back(&self) -> String {
        let (_, tally, _) = self.total();
        match tally.stored + tally.changed {
            0 => String::new(),
            _ => format!("\nTo take this import back: `music-tracker import --undo {}`", self.run_id),
        }
    }
}

/// 1234567 → `1,234,567`.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}
