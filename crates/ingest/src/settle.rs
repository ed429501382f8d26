//! Gives the rows of one month their names, and tells the new from the known.

use lake::identity::{self, Id};
use lake::parts::{Known, Observation};
use lake::play::{Source, UnixMs};
use lake::raw::{Item, Receipt};

use crate::buckets::Row;

/// Where the rows of one body come from.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    /// The body.
    pub raw_id: String,
    /// The run that received it.
    pub run_id: String,
    /// When it was received.
    pub ingested_at: UnixMs,
    /// False for a body that another item of the same archive repeats byte for byte.
    pub counts: bool,
    /// Within it, equal rows are several plays. A row that stands in two folders of a zip, or in
    /// two loose files, is one row of two exports.
    pub folder: String,
    /// It holds music videos, which no other file of an export repeats.
    pub is_video: bool,
}

impl Origin {
    /// The origin of the rows of one body of `receipt`.
    pub(crate) fn of(receipt: &Receipt, item: &Item) -> Self {
        let (folder, base) = parted(&item.name);
        Self {
            raw_id: item.raw_id.clone(),
            run_id: receipt.run_id.clone(),
            ingested_at: receipt.received_at_ms,
            counts: true,
            folder: if receipt.is_loose { item.name.clone() } else { folder.to_owned() },
            is_video: is_video(base),
        }
    }
}

/// A file's folder and its name in there.
pub(crate) fn parted(name: &str) -> (&str, &str) {
    name.rsplit_once(['/', '\\']).unwrap_or(("", name))
}

/// Whether an export's file holds music videos, by its name without folders; people put their own
/// words in front.
pub(crate) fn is_video(base: &str) -> bool {
    base.to_lowercase().contains("streaming_history_video")
}

/// What became of the rows of one body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Tally {
    /// New plays.
    pub stored: u64,
    /// Known plays about which something new is said.
    pub changed: u64,
    /// Rows that said nothing new.
    pub known: u64,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.stored += other.stored;
        self.changed += other.changed;
        self.known += other.known;
    }
}

/// The origins of all bodies, by receipt and item.
pub(crate) type Origins = [Vec<Origin>];

/// Sorts the rows of one month of one source and names them: receipts in their order, and in
/// each folder of a receipt equal rows numbered from 0. New observations are added to `known` and
/// returned; every row is tallied at its body.
///
/// Equal rows are numbered in the order of their content, not of their place, so that two
/// exports that split their files differently give the same names.
pub(crate) fn settle<'r>(
    account_id: &'r str,
    source: Source,
    rows: &'r [Row<'_>],
    origins: &'r Origins,
    known: &mut Known,
    mut tally: impl FnMut(u32, u32, Tally),
) -> Vec<Observation<'r>> {
    let origin = |row: &Row<'_>| &origins[row.receipt as usize][row.item as usize];
    // Rows are large: their places are sorted.
    let mut sorted: Vec<&'r Row<'_>> = rows.iter().filter(|row| origin(row).counts).collect();
    sorted.sort_unstable_by(|left, right| {
        left.receipt
            .cmp(&right.receipt)
            .then_with(|| origin(left).folder.cmp(&origin(right).folder))
            .then_with(|| identity::key(&left.play).cmp(&identity::key(&right.play)))
            .then_with(|| left.play.cmp(&right.play))
            .then_with(|| left.credits.cmp(&right.credits))
            .then_with(|| (&origin(left).raw_id, left.ordinal).cmp(&(&origin(right).raw_id, right.ordinal)))
    });
    let mut new = Vec::new();
    let (mut previous, mut ordinal): (Option<&Row<'_>>, u32) = (None, 0);
    for row in sorted {
        let repeats = previous.is_some_and(|previous| {
            previous.receipt == row.receipt
                && origin(previous).folder == origin(row).folder
                && identity::key(&previous.play) == identity::key(&row.play)
        });
        ordinal = if repeats && source.numbers_repeats() { ordinal + 1 } else { 0 };
        previous = Some(row);

        let play_id = identity::play_id(account_id, source, &row.play, ordinal);
        let observation_id = identity::observation_id(play_id, &row.play, &row.credits);
        let verdict = verdict(known, play_id, observation_id);
        tally(row.receipt, row.item, verdict);
        if verdict.known == 0 {
            let origin = origin(row);
            new.push(Observation {
                observation_id,
                play_id,
                source,
                play: &row.play,
                credits: &row.credits,
                raw_id: &origin.raw_id,
                raw_ordinal: row.ordinal,
                run_id: &origin.run_id,
                ingested_at: origin.ingested_at,
            });
        }
    }
    new.sort_by_key(|observation| (observation.play.at, observation.observation_id));
    new
}

fn verdict(known: &mut Known, play_id: Id, observation_id: Id) -> Tally {
    if !known.observations.insert(observation_id) {
        return Tally { known: 1, ..Tally::default() };
    }
    if known.plays.insert(play_id) {
        Tally { stored: 1, ..Tally::default() }
    } else {
        Tally { changed: 1, ..Tally::default() }
    }
}
