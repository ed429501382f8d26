//! Which time an import covers: the spans of its files of music.
//!
//! A file covers from its first to its last row. Spotify cuts one history into numbered files, so
//! what lies between two files whose numbers follow each other is covered too: in a zip always;
//! among loose files, which may be of several exports, only where they are close. Where a file is
//! missing, or breaks off, its time stays uncovered. Podcasts, audiobooks and videos have files of
//! their own, which say nothing about music. The first file of an extended export begins with the first
//! play there ever was: where nothing is known from before it, there was nothing.

use lake::play::{Source, UnixMs};
use lake::raw::{Item, Job, Receipt};

use super::instant;
use super::stretches::Cover;
use crate::harvest::Harvest;
use crate::session::Session;
use crate::settle::{is_video, parted};

/// Loose files that are farther apart are not taken for two files of one export.
const CLOSE_MS: UnixMs = 7 * 24 * 60 * 60 * 1000;

/// Account data tells the minute of a play and is now and then a little off.
const SAME_MS: UnixMs = 2 * 60 * 1000;

/// Before anything was heard.
const BEGINNING: UnixMs = 0;

/// From the first to the last row of a file, if it is an export's file of music and whole.
pub(crate) fn span(source: Source, name: &str, harvest: &Harvest) -> Option<(UnixMs, UnixMs)> {
    let is_export = matches!(source, Source::SpotifyExport | Source::SpotifyAccountData);
    let is_of_music = is_export && harvest.has_music && !is_video(parted(name).1);
    // Rows of old exports are in no order: those that are missing may lie anywhere.
    harvest.span.bounds().filter(|_| is_of_music && !harvest.breaks_off)
}

/// Writes into the receipts of imports what reading all bodies again said about the spans of their
/// files.
///
/// # Errors
/// When a receipt cannot be read or written.
pub(crate) fn keep_spans(session: &Session<'_>, receipts: &[Receipt], harvests: &[Vec<Harvest>]) -> anyhow::Result<()> {
    for (kept, state) in session.raw.receipts_of(Job::Import)? {
        let Some(place) = receipts.iter().position(|one| one.job == kept.job && one.receipt_id == kept.receipt_id)
        else {
            continue;
        };
        let mut told = Receipt { span: None, ..kept.clone() };
        for (item, harvest) in told.items.iter_mut().zip(&harvests[place]) {
            item.span = span(item.source, &item.name, harvest);
        }
        if told != kept {
            session.raw.write_receipt(&told, state)?;
        }
    }
    Ok(())
}

/// What an import covers; `earliest` is the end of the first play that is known of the account.
pub(super) fn of(receipt: &Receipt, earliest: Option<UnixMs>) -> Vec<Cover> {
    let cover =
        |(first, last)| Cover { receipt_id: receipt.receipt_id.clone(), first: instant(first), last: instant(last) };
    if let Some(whole) = receipt.span {
        return vec![cover(whole)];
    }
    let files: Vec<File<'_>> = receipt.items.iter().filter_map(File::of).collect();
    let mut covers: Vec<Cover> = files.iter().map(|file| cover(file.span)).collect();
    let is_first = |file: &&File<'_>| {
        let is_numbered_so = file.series.0 == Source::SpotifyExport && file.number == Some(0);
        is_numbered_so && earliest.is_none_or(|earliest| file.span.0 <= earliest + SAME_MS)
    };
    covers.extend(files.iter().filter(is_first).map(|file| cover((BEGINNING, file.span.1))));
    for file in &files {
        for next in files.iter().filter(|next| file.is_followed_by(next)) {
            let (earlier, later) = (file.span.min(next.span), file.span.max(next.span));
            if !receipt.is_loose || later.0 - earlier.1 <= CLOSE_MS {
                covers.push(cover((earlier.0, later.1.max(earlier.1))));
            }
        }
    }
    covers
}

/// A file of music.
struct File<'r> {
    span: (UnixMs, UnixMs),
    /// What files of one history share: where they lie, and their names without years and number.
    series: (Source, &'r str, &'r str),
    /// Which of them it is, if its name says so.
    number: Option<u32>,
}

impl<'r> File<'r> {
    fn of(item: &'r Item) -> Option<Self> {
        let (folder, base) = parted(&item.name);
        let stem = base.rsplit_once('.').map_or(base, |(stem, _)| stem);
        let series = &base[..base.find(|letter: char| letter.is_ascii_digit()).unwrap_or(base.len())];
        let number = stem[stem.trim_end_matches(|letter: char| letter.is_ascii_digit()).len()..].parse().ok();
        Some(Self { span: item.span?, series: (item.source, folder, series), number })
    }

    fn is_followed_by(&self, next: &Self) -> bool {
        self.series == next.series
            && matches!((self.number, next.number), (Some(one), Some(two)) if two.checked_sub(1) == Some(one))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An import of files with these spans in days.
    fn import(is_loose: bool, files: &[(&str, i64, i64)]) -> Receipt {
        let day = |day: i64| day * 24 * 60 * 60 * 1000;
        let item = |(name, first, last): &(&str, i64, i64)| Item {
            raw_id: (*name).to_owned(),
            source: Source::SpotifyExport,
            name: (*name).to_owned(),
            status: None,
            original_sha256: None,
            bytes: 1,
            span: Some((day(*first), day(*last))),
        };
        Receipt {
            receipt_id: "import".into(),
            job: Job::Import,
            run_id: "run".into(),
            number: 1,
            account_id: "ann".into(),
            received_at_ms: 0,
            origin: "export.zip".into(),
            items: files.iter().map(item).collect(),
            is_loose,
            span: None,
        }
    }

    /// The days between `from` and `to` that the import covers at noon.
    #[track_caller]
    fn check(receipt: &Receipt, dark: &[i64]) {
        check_knowing(receipt, Some(0), dark);
    }

    #[track_caller]
    fn check_knowing(receipt: &Receipt, earliest: Option<UnixMs>, dark: &[i64]) {
        let covers = of(receipt, earliest);
        let is_dark = |day: &i64| {
            let noon = instant((day * 24 + 12) * 60 * 60 * 1000);
            !covers.iter().any(|cover| cover.first <= noon && noon <= cover.last)
        };
        assert_eq!((0..60).filter(is_dark).collect::<Vec<_>>(), dark, "{covers:?}");
    }

    const THREE: [(&str, i64, i64); 3] =
        [("a/Audio_2021-2023_9.json", 0, 10), ("a/Audio_2023_10.json", 30, 40), ("a/Audio_2024_11.json", 41, 60)];

    #[test]
    fn files_that_follow_each_other_cover_what_lies_between() {
        check(&import(false, &THREE), &[]);
        check(&import(false, &[THREE[2], THREE[0], THREE[1]]), &[]);
        check(&import(false, &[("endsong_1.json", 0, 10), ("endsong_0.json", 12, 60)]), &[]);
    }

    #[test]
    fn before_the_first_file_there_was_nothing_unless_something_is_known() {
        let days = |days: i64| days * 24 * 60 * 60 * 1000;
        let first = import(false, &[("a/Audio_2024_0.json", 10, 60)]);
        check_knowing(&first, Some(days(10)), &[]);
        check_knowing(&first, Some(days(5)), &(0..10).collect::<Vec<_>>());
        let second = import(false, &[("a/Audio_2024_1.json", 10, 60)]);
        check_knowing(&second, Some(days(10)), &(0..10).collect::<Vec<_>>());
    }

    #[test]
    fn a_missing_file_is_dark() {
        check(&import(false, &[THREE[0], THREE[2]]), &(10..41).collect::<Vec<_>>());
    }

    #[test]
    fn files_of_other_series_do_not_follow() {
        let folders = [("a/Audio_2021_1.json", 0, 10), ("b/Audio_2023_2.json", 12, 60)];
        check(&import(false, &folders), &[10, 11]);
        let unnumbered = [("mine.json", 0, 10), ("mine too.json", 12, 60)];
        check(&import(false, &unnumbered), &[10, 11]);
    }

    #[test]
    fn loose_files_follow_each_other_only_where_they_are_close() {
        check(&import(true, &THREE), &(10..30).collect::<Vec<_>>());
    }
}
