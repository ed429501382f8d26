//! Plays on the listener's own music server, in the pauses between those on Spotify.

use std::collections::HashSet;

use super::catalogue::Catalogue;
use super::play::{Context, Reason, Record};
use super::taste::Taste;
use crate::dice::Dice;
use crate::scenario::{AccountPlan, Scenario};

/// Nothing is played on Navidrome so close to a play on Spotify.
const MARGIN_MS: i64 = 300_000;
/// A recording is heard on one of the two only, this long.
const APART_MS: i64 = 3_600_000;
/// A pause shorter than this is no time for the other room.
const LEAST_PAUSE_MS: i64 = 1_800_000;

/// Spreads so many plays over the pauses between `spotify`, in order of their starts.
pub(super) fn live(
    scenario: &Scenario,
    plan: &AccountPlan,
    catalogue: &Catalogue,
    spotify: &[Record],
    plays: usize,
) -> Vec<Record> {
    if plays == 0 {
        return Vec::new();
    }
    let mut dice = Dice::new(scenario.seed, &format!("navidrome of {}", plan.name));
    let taste = Taste::new(catalogue, &mut dice);
    let mut records = Vec::with_capacity(plays);
    let pauses = pauses(scenario, spotify);
    let each = plays.div_ceil(pauses.len().max(1)).max(6);
    let mut sessions: Vec<usize> = (0..pauses.len()).collect();
    dice.shuffle(&mut sessions);
    for pause in sessions {
        let room = plays - records.len();
        if room == 0 {
            break;
        }
        let (from_ms, to_ms) = pauses[pause];
        let near = heard_around(catalogue, spotify, from_ms, to_ms);
        let wanted = (1 + dice.below(2 * each)).min(room);
        let start_ms = dice.between(from_ms, from_ms.max(to_ms - 240_000 * wanted as i64));
        session(&mut records, &mut dice, &taste, catalogue, (start_ms, to_ms), wanted, near);
    }
    records.sort_by_key(|record| (start_of(record), record.item));
    records
}

pub(super) fn start_of(record: &Record) -> i64 {
    record.ended_ms - i64::from(record.ms_played)
}

/// The times in which nothing is played on Spotify, with margins.
fn pauses(scenario: &Scenario, spotify: &[Record]) -> Vec<(i64, i64)> {
    let (first, last) = (scenario.from.timestamp_millis(), scenario.to.timestamp_millis());
    let ends = std::iter::once(first).chain(spotify.iter().map(|record| record.ended_ms));
    let starts = spotify.iter().map(start_of).chain([last]);
    let pauses = ends.zip(starts).filter(|(from, to)| to - from >= LEAST_PAUSE_MS);
    pauses.map(|(from, to)| (from + MARGIN_MS, to - MARGIN_MS)).collect()
}

/// The recordings that are heard on Spotify around a pause.
fn heard_around(catalogue: &Catalogue, spotify: &[Record], from_ms: i64, to_ms: i64) -> HashSet<u32> {
    let first = spotify.partition_point(|record| record.ended_ms < from_ms - APART_MS);
    let around = spotify[first..].iter().take_while(|record| start_of(record) < to_ms + APART_MS);
    around.map(|record| catalogue.item(record.item).recording).collect()
}

/// Some tracks one after the other, none of them twice.
fn session(
    records: &mut Vec<Record>,
    dice: &mut Dice,
    taste: &Taste<'_>,
    catalogue: &Catalogue,
    (mut now_ms, until_ms): (i64, i64),
    wanted: usize,
    mut heard: HashSet<u32>,
) {
    let goal = records.len() + wanted;
    for _ in 0..4 * wanted {
        if records.len() >= goal {
            break;
        }
        let item = taste.track(dice);
        let duration_ms = catalogue.item(item).duration_ms;
        let is_skipped = dice.chance(0.1);
        let ms_played = if is_skipped { dice.between(2_000, 25_000) as u32 } else { duration_ms };
        if now_ms + i64::from(ms_played) >= until_ms || !heard.insert(catalogue.item(item).recording) {
            continue;
        }
        let record = record(item, now_ms, ms_played);
        records.push(record);
        // Now and then the kitchen plays something else from the same moment on.
        let other = taste.track(dice);
        let other_ms = catalogue.item(other).duration_ms;
        let fits = now_ms + i64::from(other_ms) < until_ms && records.len() < goal;
        if dice.chance(0.04) && fits && heard.insert(catalogue.item(other).recording) {
            records.push(self::record(other, now_ms, other_ms));
        }
        now_ms = record.ended_ms + dice.between(100, 4_000);
    }
}

fn record(item: u32, started_ms: i64, ms_played: u32) -> Record {
    Record {
        ended_ms: started_ms + i64::from(ms_played),
        ms_played,
        item,
        context: Context::None.pack(),
        device: 0,
        reason_start: Reason::Unknown,
        reason_end: Reason::Unknown,
        skipped: None,
        offline: None,
        shuffle: false,
        incognito: false,
        unattributed: false,
        in_api: false,
        in_video_file: false,
    }
}
