//! Whether the star schema holds every play that was published, once, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;
use simulator::export::Told;
use simulator::{Account, TruePlay, World};

use super::schema::Fact;

/// A scrobble may be told so many seconds late.
const LATE_SCROBBLE_SECS: i64 = 2;

/// The plays of an account that somebody told of.
pub(super) struct Published<'w> {
    account: &'w Account,
    plays: BTreeMap<usize, TruePlay<'w>>,
    by_end: BTreeMap<i64, Vec<usize>>,
    by_start: BTreeMap<i64, Vec<usize>>,
    by_minute: BTreeMap<i64, Vec<usize>>,
}

impl<'w> Published<'w> {
    pub(super) fn of(world: &'w World, account: &'w Account, numbers: &BTreeSet<usize>) -> Self {
        let plays: BTreeMap<usize, TruePlay<'w>> =
            numbers.iter().map(|number| (*number, world.play(account, *number))).collect();
        let mut this =
            Self { account, plays, by_end: BTreeMap::new(), by_start: BTreeMap::new(), by_minute: BTreeMap::new() };
        for (number, play) in &this.plays {
            this.by_end.entry(play.ended_at.timestamp()).or_default().push(*number);
            this.by_start.entry(play.started_at.timestamp()).or_default().push(*number);
            this.by_minute.entry(Told::of(play).minute.timestamp()).or_default().push(*number);
        }
        this
    }

    /// Says which of them are missing, and which lines of the fact are nobody's.
    pub(super) fn check(&self, facts: &[Fact]) -> Vec<String> {
        let mut left: BTreeSet<usize> = self.plays.keys().copied().collect();
        let mut wrong = Vec::new();
        let mut mine: Vec<&Fact> = facts.iter().filter(|fact| fact.account == self.account.name).collect();
        // What knows the moment best chooses first.
        let is_vague = |fact: &&Fact| ["spotify_account_data", "lastfm"].contains(&fact.source.as_str());
        mine.sort_by_key(is_vague);
        for fact in mine {
            let found = self.candidates(fact).into_iter().find(|number| left.contains(number));
            match found {
                Some(number) => {
                    left.remove(&number);
                    wrong.extend(self.wrong_day(fact, number));
                }
                None => wrong.push(format!("extra: {fact:?}; near it: {}", self.near(fact))),
            }
        }
        wrong.extend(left.iter().map(|number| {
            let play = &self.plays[number];
            format!(
                "missing: {} of {}: {:?} from {} to {} ({} ms, {:?}, late {}, lost {})",
                number,
                play.account,
                play.item.title,
                play.started_at,
                play.ended_at,
                play.ms_played,
                play.kind,
                play.is_late,
                play.is_lost,
            )
        }));
        wrong
    }

    fn candidates(&self, fact: &Fact) -> Vec<usize> {
        let end = fact.ended_ms.div_euclid(1_000);
        let start = fact.started_ms.map_or(end, |ms| ms.div_euclid(1_000));
        let at = |map: &BTreeMap<i64, Vec<usize>>, from: i64, to: i64| -> Vec<usize> {
            map.range(from..=to).flat_map(|(_, numbers)| numbers.iter().copied()).collect()
        };
        let found = match (fact.source.as_str(), fact.client.as_str()) {
            ("spotify_export" | "spotify_api", _) | ("listenbrainz", "listenbrainz") => at(&self.by_end, end, end),
            ("spotify_account_data", _) => at(&self.by_minute, end, end),
            ("listenbrainz", _) => at(&self.by_start, start, start),
            _ => at(&self.by_start, start - LATE_SCROBBLE_SECS, start),
        };
        let is_named = |number: &usize| fact.kind == "unattributed" || self.plays[number].item.title == fact.title;
        found.into_iter().filter(is_named).collect()
    }

    fn wrong_day(&self, fact: &Fact, number: usize) -> Option<String> {
        let local = self.plays[&number].local;
        let day = i64::from(local.year()) * 10_000 + i64::from(local.month()) * 100 + i64::from(local.day());
        let is_exact = ["spotify_export", "spotify_api"].contains(&fact.source.as_str());
        (is_exact && day != fact.day).then(|| format!("wrong day: {fact:?} was on {day}"))
    }

    /// What was played around a line that nobody claims.
    fn near(&self, fact: &Fact) -> String {
        let is_near = |play: &&TruePlay<'_>| {
            play.item.title == fact.title && (play.ended_at.timestamp_millis() - fact.ended_ms).abs() < 900_000
        };
        let shown = self.plays.values().filter(is_near).map(|play| {
            format!("{} from {} to {} of {} ms", play.number, play.started_at, play.ended_at, play.item.duration_ms)
        });
        shown.collect::<Vec<_>>().join(", ")
    }
}
