//! The list of recent plays: the newest 50, in pages, with all that may be wrong with it.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::faults::{FaultKind, Twist, Twists, is_picked};
use super::journal::Served;
use super::shapes;
use super::state::Shared;
use super::targets::Service;
use crate::world::TruePlay;

/// More than the newest 50 plays cannot be had, however one pages.
const REACH: usize = 50;

/// The part of the newest plays that a request asks for.
pub(super) struct Page {
    limit: usize,
    after_ms: Option<i64>,
    before_ms: Option<i64>,
}

impl Page {
    pub(super) fn asked_for(query: &HashMap<String, String>) -> Result<Self, &'static str> {
        let limit = match query.get("limit") {
            None => 20,
            Some(text) => text.parse().ok().filter(|limit| (1..=50).contains(limit)).ok_or("Invalid limit")?,
        };
        let cursor = |name: &str, message| match query.get(name) {
            None => Ok(None),
            Some(text) => text.parse::<i64>().map(Some).map_err(|_| message),
        };
        let (after_ms, before_ms) = (cursor("after", "Invalid after")?, cursor("before", "Invalid before")?);
        if after_ms.is_some() && before_ms.is_some() {
            return Err("You cannot specify both before and after");
        }
        Ok(Self { limit, after_ms, before_ms })
    }

    /// The page, and which plays are on it.
    pub(super) fn answer(
        &self,
        shared: &Shared,
        place: usize,
        twists: &Twists,
        raw_query: Option<&str>,
    ) -> (Value, Served) {
        let account = shared.account(place);
        let shape = shared.shape_of(&account.name);
        let played_ms = |play: &TruePlay<'_>| play.ended_at.timestamp_millis();
        let skew = TimeDelta::milliseconds(twists.skew_ms());
        let plays: Vec<TruePlay<'_>> = newest(shared, place, twists)
            .into_iter()
            .map(|number| shared.world.play(account, number))
            .map(|play| TruePlay { ended_at: play.ended_at + skew, ..play })
            .filter(|play| self.after_ms.is_none_or(|after| played_ms(play) > after))
            .filter(|play| self.before_ms.is_none_or(|before| played_ms(play) < before))
            .take(self.limit)
            .collect();
        let here = format!("{}v1/me/player/recently-played", shared.root);
        let cursors = plays.first().zip(plays.last()).map(|(newest, oldest)| {
            let next = format!("{here}?before={}&limit={}", played_ms(oldest), self.limit);
            let cursors = json!({"after": played_ms(newest).to_string(), "before": played_ms(oldest).to_string()});
            (next, cursors)
        });
        let (next, cursors) = cursors.unzip();
        let plays = twists.disturb(plays, self.limit);
        let answer = json!({
            "items": plays.iter().map(|play| shapes::history_item(play, shape)).collect::<Vec<_>>(),
            "next": next,
            "cursors": cursors,
            "limit": self.limit,
            "href": raw_query.map_or_else(|| here.clone(), |query| format!("{here}?{query}")),
        });
        let numbers = plays.iter().map(|play| play.number).collect();
        (answer, Served { service: Service::Spotify, account: place, numbers })
    }
}

/// The numbers of the plays in the list now, newest first.
fn newest(shared: &Shared, place: usize, twists: &Twists) -> Vec<usize> {
    let (world, account) = (&shared.world, shared.account(place));
    let mut live = shared.live();
    let now = live.now;
    // What was shown once neither gets lost nor comes late.
    let is_twisted = |twist: &&Twist| matches!(twist.kind, FaultKind::LostPlays { .. } | FaultKind::LatePlays { .. });
    let seen = match twists.0.iter().find(is_twisted) {
        Some(_) => live.journal.served(Service::Spotify, place),
        None => BTreeSet::new(),
    };
    for twist in &twists.0 {
        if let FaultKind::LostPlays { per_mille } = twist.kind {
            // What ended in this very moment is part of the next request.
            let since = account.first_since(twist.since)..account.first_since(now + TimeDelta::milliseconds(1));
            let picked = since.filter(|number| is_picked(per_mille, &account.name, *number) && !seen.contains(number));
            let lost = picked.filter(|number| world.play(account, *number).in_api);
            live.lost.extend(lost.map(|number| (place, number)));
        }
    }
    let lost: BTreeSet<usize> = live.lost.range((place, 0)..(place + 1, 0)).map(|(_, number)| *number).collect();
    let is_late = |number: usize, ended_at: DateTime<Utc>| {
        twists.0.iter().any(|twist| match twist.kind {
            FaultKind::LatePlays { delay_secs, per_mille } => {
                let is_due = ended_at + TimeDelta::seconds(delay_secs) <= now;
                !is_due && !seen.contains(&number) && is_picked(per_mille, &account.name, number)
            }
            _ => false,
        })
    };
    let late = account.recently_played(now, |number, _| lost.contains(&number)).take(REACH);
    let late: Vec<usize> = late.filter(|number| is_late(*number, world.play(account, *number).ended_at)).collect();
    live.late.extend(late.into_iter().map(|number| (place, number)));
    drop(live);
    let hides = |number: usize, ended_at| lost.contains(&number) || is_late(number, ended_at);
    account.recently_played(now, hides).take(REACH).collect()
}
