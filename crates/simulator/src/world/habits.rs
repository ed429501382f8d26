//! How someone listens: day by day, session by session.

use chrono::{Datelike, NaiveDate, NaiveTime, TimeDelta};

use super::calendar::{self, Clock};
use super::catalogue::Catalogue;
use super::listener::Listener;
use super::play::Record;
use super::zones;
use crate::dice::Dice;
use crate::scenario::{AccountPlan, Scenario};

/// What someone played, and the URIs of the playlists it was played from.
pub(super) struct Life {
    pub(super) records: Vec<Record>,
    pub(super) playlists: Vec<String>,
}

/// Lives the life of one account. Only the seed, the account's name and zones, the time span
/// and the number of plays matter: other accounts change nothing.
pub(super) fn live(scenario: &Scenario, plan: &AccountPlan, catalogue: &Catalogue) -> Life {
    let mut dice = Dice::new(scenario.seed, &format!("life of {}", plan.name));
    let days: Vec<NaiveDate> = zones::days(&plan.stays, scenario.from, scenario.to).collect();
    let quotas = calendar::quotas(&days, scenario.plays_per_account, &mut dice);
    let mut jumps = zones::jumps(&plan.stays, scenario.from, scenario.to).into_iter().peekable();
    let clock = Clock::new(&mut dice);
    let per_day = scenario.plays_per_account as f64 / days.len() as f64;
    let mut listener = Listener::new(scenario, catalogue, per_day, dice);

    // May be negative: nights of the clock are on credit.
    let mut due = 0_i64;
    for (index, (day, quota)) in days.iter().zip(quotas).enumerate() {
        due += quota as i64;
        if day.day() == 1 {
            listener.month_goes_by();
        }
        let is_flush = index + 2 >= days.len();
        let zone = zones::zone_on(&plan.stays, *day);
        let dawn = zones::moment_of(zone, day.and_time(NaiveTime::MIN), &mut listener.dice);
        let mut left = usize::try_from(due).unwrap_or(0);
        let mut sessions = Vec::new();
        // Everyone is awake when the clocks change and on a journey: most mistakes about local
        // time are made there, so the truth must have plays on both sides.
        while let Some(jump) = jumps.next_if(|jump| *jump < dawn + TimeDelta::days(1)) {
            let plays = (scenario.plays_per_account / 20).min(24);
            sessions.push((jump - TimeDelta::minutes(listener.dice.between(20, 50)), plays));
            left = left.saturating_sub(plays);
        }
        // A person does not open the app for a single song.
        while left >= 4 || (left > 0 && is_flush) {
            let plays = listener.dice.about((due as f64 / 5.0).max(9.0)).min(left);
            let local = day.and_time(clock.start(*day, &mut listener.dice));
            sessions.push((zones::moment_of(zone, local, &mut listener.dice), plays));
            left -= plays;
        }
        sessions.sort_unstable();
        let late = dawn + TimeDelta::hours(31);
        for (start, plays) in sessions {
            let room = scenario.plays_per_account - listener.records.len();
            due -= listener.session(start, plays.min(room), late) as i64;
        }
    }
    // Short or crowded spans: what is left follows the last session.
    for _ in 0..20 {
        let room = scenario.plays_per_account - listener.records.len();
        let start = listener.free_from() + TimeDelta::minutes(5);
        listener.session(start, room, scenario.to);
    }
    let (records, playlists) = listener.into_history();
    Life { records, playlists }
}
