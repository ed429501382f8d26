//! When someone listens: how much on which day, and at which hour of the local clock.

use chrono::{Datelike, NaiveDate, NaiveTime, Weekday};

use crate::dice::{Dice, Wheel};

/// How likely a session begins in each local hour of a working day.
const WORKDAY: [f64; 24] = [
    1.2, 0.6, 0.3, 0.15, 0.1, 0.3, 1.5, 4.0, 5.0, 4.0, 3.5, 3.5, 4.0, 3.5, 3.5, 4.0, 5.0, 6.0, 6.0, 5.5, 5.0, 4.5, 3.5,
    2.2,
];
/// The same on a weekend: later, and into the night.
const WEEKEND: [f64; 24] = [
    2.5, 1.8, 1.0, 0.5, 0.2, 0.1, 0.3, 0.8, 2.0, 3.5, 5.0, 5.5, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0, 4.5,
    3.5,
];

/// The hours of one person.
pub(super) struct Clock {
    workday: Wheel,
    weekend: Wheel,
}

impl Clock {
    /// Everyone has the same curve, but owls have it up to two hours later.
    pub(super) fn new(dice: &mut Dice) -> Self {
        let later = dice.below(3);
        let wheel = |curve: [f64; 24]| Wheel::new((0..24).map(|hour| curve[(hour + 24 - later) % 24]));
        Self { workday: wheel(WORKDAY), weekend: wheel(WEEKEND) }
    }

    /// A local time at which a session begins on this day.
    pub(super) fn start(&self, day: NaiveDate, dice: &mut Dice) -> NaiveTime {
        let hour = if is_weekend(day) { self.weekend.spin(dice) } else { self.workday.spin(dice) };
        let second = hour * 3_600 + dice.below(3_600);
        NaiveTime::from_num_seconds_from_midnight_opt(second as u32, dice.below(1_000) as u32 * 1_000_000)
            .unwrap_or_default()
    }
}

/// How many plays each day should have; they sum to `plays`. The last two days have none of
/// their own: they take what did not fit before.
pub(super) fn quotas(days: &[NaiveDate], plays: usize, dice: &mut Dice) -> Vec<usize> {
    let mut quiet_until = None;
    let mut weights: Vec<f64> = Vec::with_capacity(days.len());
    for day in days {
        if dice.chance(0.01) {
            quiet_until = day.checked_add_days(chrono::Days::new(4 + dice.below(8) as u64));
        }
        let mood = 0.3 + 1.4 * dice.unit();
        let kind_of_day = match day.weekday() {
            Weekday::Sat | Weekday::Sun => 1.25,
            Weekday::Fri => 1.1,
            _ => 0.95,
        };
        let quiet = if dice.chance(0.06) { 0.0 } else { 1.0 };
        let holiday = if quiet_until.is_some_and(|until| *day < until) { 0.15 } else { 1.0 };
        weights.push(mood * kind_of_day * quiet * holiday);
    }
    if days.len() > 6 {
        let tail = days.len() - 2;
        weights[tail..].fill(0.0);
    }
    let total = weights.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let (mut sum, mut given) = (0.0, 0);
    weights
        .iter()
        .map(|weight| {
            sum += weight;
            let so_far = (sum / total * plays as f64 + 0.5) as usize;
            let quota = so_far.min(plays) - given;
            given += quota;
            quota
        })
        .collect()
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}
