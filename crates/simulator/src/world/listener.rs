//! Someone who listens, session by session.

mod blocks;

use chrono::{DateTime, Utc};

use super::SPACING_MS;
use super::catalogue::{Catalogue, Kind};
use super::devices::{self, DEVICES};
use super::play::{Context, Reason, Record};
use super::taste::Taste;
use crate::dice::Dice;
use crate::scenario::Scenario;

/// Before October 2022 exports say `skipped: false` everywhere.
const SKIPS_KNOWN_FROM_MS: i64 = 1_664_582_400_000;
/// A typical track, heard to its end.
const TYPICAL_MS: f64 = 215_000.0;

/// Someone at play.
pub(super) struct Listener<'c> {
    pub(super) dice: Dice,
    pub(super) records: Vec<Record>,
    scenario: &'c Scenario,
    catalogue: &'c Catalogue,
    taste: Taste<'c>,
    /// When each recording ended last.
    last_end_ms: Vec<i64>,
    /// The end of the last play or the start of the session.
    now_ms: i64,
    skip_share: f64,
    /// More plays than fit into days of whole songs.
    is_hasty: bool,
    counts: Counts,
    mood: Mood,
}

/// How many plays of each special kind there were so far.
#[derive(Default)]
struct Counts {
    episodes: usize,
    chapters: usize,
    videos: usize,
    locals: usize,
    unattributed: usize,
}

/// What holds for a whole session.
#[derive(Default)]
struct Mood {
    device: u8,
    incognito: bool,
    offline: bool,
    /// Why the last play of the session ended; none at its beginning.
    last_end: Option<Reason>,
    /// The session has its plays when there are so many records.
    goal: usize,
    /// When it has to end, whether or not.
    until_ms: i64,
}

/// A play that is about to happen.
struct Choice {
    item: u32,
    context: Context,
    shuffle: bool,
    /// Wait rather than give up when it was played a moment ago.
    is_repeat: bool,
}

impl<'c> Listener<'c> {
    pub(super) fn new(scenario: &'c Scenario, catalogue: &'c Catalogue, per_day: f64, mut dice: Dice) -> Self {
        let taste = Taste::new(catalogue, &mut dice);
        let usual = 0.15 + 0.2 * dice.unit();
        // Whoever plays more than fits into 15 waking hours skips more.
        let mean_ms = 54_000_000.0 / per_day.max(1.0);
        let is_hasty = mean_ms < TYPICAL_MS * (1.0 - usual);
        let hasty = 1.0 - (48_000_000.0 / per_day.max(1.0) - 12_000.0) / (TYPICAL_MS * 0.95);
        Self {
            records: Vec::with_capacity(scenario.plays_per_account),
            scenario,
            catalogue,
            taste,
            last_end_ms: vec![i64::MIN / 2; catalogue.items.len()],
            now_ms: scenario.from.timestamp_millis(),
            skip_share: if is_hasty { hasty.clamp(usual, 0.93) } else { usual },
            is_hasty,
            counts: Counts::default(),
            mood: Mood::default(),
            dice,
        }
    }

    /// Lets the taste drift.
    pub(super) fn month_goes_by(&mut self) {
        self.taste.drift(&mut self.dice);
    }

    /// The end of the last play.
    pub(super) fn free_from(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.now_ms).unwrap_or_default()
    }

    /// Listens to so many plays, from `start` or whenever the previous session is over, but not
    /// beyond `until`. Returns how many it became.
    pub(super) fn session(&mut self, start: DateTime<Utc>, plays: usize, until: DateTime<Utc>) -> usize {
        let before = self.records.len();
        let start_ms = start.timestamp_millis();
        if plays == 0 || start < self.scenario.from {
            return 0;
        }
        self.now_ms = start_ms.max(self.now_ms + self.dice.between(2_000, 40_000));
        self.mood = Mood {
            device: devices::choose(&mut self.dice),
            incognito: self.dice.chance(0.02),
            offline: self.dice.chance(0.04),
            last_end: None,
            goal: before + plays,
            until_ms: until.min(self.scenario.to).timestamp_millis(),
        };
        let mut fruitless = 0;
        while self.goes_on() && fruitless < 20 {
            let so_far = self.records.len();
            self.block();
            fruitless = if self.records.len() == so_far { fruitless + 1 } else { 0 };
        }
        self.records.len() - before
    }

    /// The history and the URIs of the playlists in it.
    pub(super) fn into_history(mut self) -> (Vec<Record>, Vec<String>) {
        let playlists = (0..self.taste.playlist_count()).map(|_| format!("spotify:playlist:{}", self.dice.base62(22)));
        let playlists = playlists.collect();
        (self.records, playlists)
    }

    fn goes_on(&self) -> bool {
        self.records.len() < self.mood.goal && self.now_ms < self.mood.until_ms
    }

    /// Whether there are fewer plays of a kind than its share asks for.
    fn lacks(&mut self, count: usize, share: f64) -> bool {
        count as f64 + 2.0 * self.dice.unit() < share * (self.records.len() + 1) as f64
    }

    /// The silence before the next play.
    fn gap_ms(&mut self) -> i64 {
        if self.mood.last_end.is_some() && !self.is_hasty && self.dice.chance(0.02) {
            return self.dice.between(30_000, 480_000);
        }
        match self.mood.last_end {
            None => 1,
            Some(Reason::TrackDone) => self.dice.between(200, 1_600),
            Some(_) => self.dice.between(40, 500),
        }
    }

    /// Plays it; false when it was played too recently or would not end in time.
    fn push(&mut self, choice: Choice, gap_ms: i64, ms_played: u32, reason_end: Reason) -> bool {
        let item = self.catalogue.item(choice.item);
        let mut ended_ms = self.now_ms + gap_ms + i64::from(ms_played);
        let earliest_ms = self.last_end_ms[item.recording as usize] + SPACING_MS;
        if ended_ms < earliest_ms {
            if !choice.is_repeat {
                return false;
            }
            ended_ms = earliest_ms + self.dice.between(0, 30_000);
        }
        // Plays of under a second may share the second in which they end, but two rows of an
        // export never look the same without their names.
        while self.records.iter().rev().take(6).any(|record| is_twin(record, ended_ms, ms_played)) {
            ended_ms += 1_000;
        }
        if ended_ms >= self.scenario.to.timestamp_millis() {
            self.now_ms = self.mood.until_ms;
            return false;
        }
        let shares = self.scenario.shares;
        let is_heard = ms_played >= 30_000;
        let is_music = matches!(item.kind, Kind::Track | Kind::Local);
        // Only plays that were heard lose their names: a nameless row is matched by its time
        // alone, and around a play of 30 seconds there is no other end.
        let can_lose = item.kind == Kind::Track && is_heard;
        let unattributed = can_lose && self.lacks(self.counts.unattributed, shares.unattributed);
        let is_clip =
            item.kind == Kind::Track && is_heard && !unattributed && self.lacks(self.counts.videos, shares.video);
        let reason_start = self.reason_start(is_clip);
        let reason_end = if self.dice.chance(0.002) { Reason::Empty } else { reason_end };
        let in_api = is_music && !unattributed && !self.mood.incognito;
        let record = Record {
            ended_ms,
            ms_played,
            item: choice.item,
            context: choice.context.pack(),
            device: self.mood.device,
            reason_start,
            reason_end,
            skipped: self.skip_flag(ended_ms, reason_end),
            offline: (!self.dice.chance(0.01)).then_some(self.mood.offline),
            shuffle: choice.shuffle,
            incognito: self.mood.incognito,
            unattributed,
            in_api: in_api && self.dice.chance(if is_heard { 0.995 } else { 0.04 }),
            in_video_file: is_clip || item.is_video,
        };
        self.counts.episodes += usize::from(item.kind == Kind::Episode);
        self.counts.chapters += usize::from(item.kind == Kind::Audiobook);
        self.counts.locals += usize::from(item.kind == Kind::Local);
        self.counts.videos += usize::from(is_clip);
        self.counts.unattributed += usize::from(unattributed);
        self.last_end_ms[item.recording as usize] = ended_ms;
        self.now_ms = ended_ms;
        self.mood.last_end = Some(reason_end);
        self.records.push(record);
        if self.goes_on() && self.dice.chance(self.scenario.exact_doubles) {
            self.records.push(Record { in_api: false, ..record });
        }
        true
    }

    fn reason_start(&mut self, is_clip: bool) -> Reason {
        if self.dice.chance(0.003) {
            return *self.dice.pick(&[Reason::Empty, Reason::Unknown]);
        }
        if is_clip && self.dice.chance(0.3) {
            return Reason::SwitchedToVideo;
        }
        match self.mood.last_end {
            Some(end @ (Reason::TrackDone | Reason::FwdBtn | Reason::BackBtn | Reason::ClickRow)) => end,
            Some(_) => Reason::PlayBtn,
            None => {
                *self.dice.pick(&[Reason::ClickRow, Reason::PlayBtn, Reason::AppLoad, Reason::Remote, Reason::UriOpen])
            }
        }
    }

    fn skip_flag(&mut self, ended_ms: i64, end: Reason) -> Option<bool> {
        if ended_ms < SKIPS_KNOWN_FROM_MS {
            return Some(false);
        }
        let is_skip = matches!(end, Reason::FwdBtn | Reason::BackBtn | Reason::ClickRow | Reason::EndPlay);
        (!self.dice.chance(0.002)).then_some(is_skip)
    }
}

const _: () = assert!(DEVICES.len() < 256);

/// Whether two plays end in the same second after the same time.
fn is_twin(record: &Record, ended_ms: i64, ms_played: u32) -> bool {
    record.ms_played == ms_played && record.ended_ms.div_euclid(1_000) == ended_ms.div_euclid(1_000)
}
