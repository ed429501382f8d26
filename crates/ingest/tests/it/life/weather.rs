//! What goes wrong in a month, and when.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use simulator::server::{ErrorBody, Fault, FaultKind, RequestLine, RetryAfter, Server, Service};

use super::chance::Chance;

/// How long a service is left alone that limits the rate without a word about time.
const UNTOLD_SECS: i64 = 60;

/// Something that went wrong with a service, by its name, from when until when.
struct Spell {
    service: Service,
    fault: &'static str,
    /// Whether the answer came all the same, and said something else.
    is_twist: bool,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

/// The faults that are on, and what services asked for.
#[derive(Default)]
pub(super) struct Weather {
    /// In a short life it changes faster.
    is_hasty: bool,
    spells: Vec<Spell>,
    passing: Vec<(u64, DateTime<Utc>)>,
    /// Until when a service may never answer at all.
    silent_until: Option<DateTime<Utc>>,
    /// Since when, and by which fault of which service, so many seconds of quiet are asked for.
    pub(super) wishes: Vec<(DateTime<Utc>, Service, &'static str, i64)>,
}

impl Weather {
    /// That of so many days.
    pub(super) fn of(days: i64) -> Self {
        Self { is_hasty: days < 10, ..Self::default() }
    }

    /// The kinds of faults that somebody met who asked then.
    pub(super) fn met(&self, log: &[RequestLine]) -> BTreeSet<&'static str> {
        let is_met = |spell: &&Spell| {
            log.iter()
                .filter(|line| line.service == spell.service && spell.from <= line.at && line.at < spell.until)
                .any(|line| match spell.is_twist {
                    true => line.status == Some(200) && line.fault.is_none(),
                    false => line.fault == Some(spell.fault),
                })
        };
        self.spells.iter().filter(is_met).map(|spell| spell.fault).collect()
    }

    /// Whether nothing is wrong.
    pub(super) fn is_fair(&self) -> bool {
        self.passing.is_empty()
    }

    /// Whether it may be waited for an answer that never comes.
    pub(super) fn is_silent(&self, now: DateTime<Utc>) -> bool {
        self.silent_until.is_some_and(|until| now < until)
    }

    /// Lets the weather change. What is switched on is over after some time, if not before.
    pub(super) fn change(&mut self, server: &Server, chance: &mut Chance, now: DateTime<Utc>) {
        self.passing.retain(|(id, until)| {
            let is_over = *until <= now;
            if is_over {
                server.switch_off(*id);
            }
            !is_over
        });
        if self.passing.len() < 2 && chance.once_in(if self.is_hasty { 3 } else { 9 }) {
            let (fault, hours) = self.something_new(chance);
            let is_wish = |kind: &FaultKind| match kind {
                FaultKind::RateLimited { retry_after } | FaultKind::QuotaExceeded { retry_after } => Some(*retry_after),
                _ => None,
            };
            if let Some(wish) = is_wish(&fault.kind) {
                let secs = match wish {
                    RetryAfter::Absent => UNTOLD_SECS,
                    RetryAfter::Secs(secs) | RetryAfter::Date(secs) => secs,
                };
                self.wishes.push((now, fault.service, fault.kind.name(), secs));
            }
            let until = now + TimeDelta::minutes(hours * 60 - 1);
            if matches!(fault.kind, FaultKind::Hang {}) {
                self.silent_until = Some(until);
            }
            self.spells.push(Spell {
                service: fault.service,
                fault: fault.kind.name(),
                is_twist: matches!(
                    fault.kind,
                    FaultKind::DuplicatedPlays {}
                        | FaultKind::OutOfOrder {}
                        | FaultKind::LatePlays { .. }
                        | FaultKind::LostPlays { .. }
                ),
                from: now,
                until,
            });
            let id = server.switch_on(fault).unwrap();
            self.passing.push((id, until));
        }
    }

    /// Something that goes wrong, and for how many hours at most: rather what has not been yet.
    fn something_new(&self, chance: &mut Chance) -> (Fault, i64) {
        let is_new = |(fault, _): &(Fault, i64)| {
            let is_it = |spell: &Spell| (spell.service, spell.fault) == (fault.service, fault.kind.name());
            !self.spells.iter().any(is_it)
        };
        let draws: Vec<_> = (0..8).map(|_| trouble(chance, self.is_hasty)).collect();
        let chosen = draws.iter().position(is_new).unwrap_or_default();
        draws.into_iter().nth(chosen).unwrap()
    }

    /// Everything is well from now on.
    pub(super) fn clear_up(&mut self, server: &Server) {
        server.clear_faults();
        self.passing.clear();
    }

    /// How much quiet the fault that answered at `at` asked for.
    pub(super) fn wish(&self, service: Service, fault: &str, at: DateTime<Utc>) -> Option<TimeDelta> {
        let mut wishes = self.wishes.iter().rev();
        let is_it = |wish: &&(DateTime<Utc>, Service, &str, i64)| wish.0 <= at && wish.1 == service && wish.2 == fault;
        wishes.find(is_it).map(|wish| TimeDelta::seconds(wish.3))
    }
}

/// Something that goes wrong, and for how many hours at most; nothing for half a day where it `is_hasty`.
fn trouble(chance: &mut Chance, is_hasty: bool) -> (Fault, i64) {
    let longest = if is_hasty { 4 } else { 16 };
    let service = match chance.between(0, 10) {
        0..7 => Service::Spotify,
        7..9 => Service::ListenBrainz,
        _ => Service::LastFm,
    };
    let wait = match chance.between(0, 5) {
        0 => RetryAfter::Absent,
        1 => RetryAfter::Secs(chance.between(1, 60)),
        2 => RetryAfter::Date(chance.between(1, 3_600)),
        3 => RetryAfter::Secs(chance.between(60, 7_200)),
        _ if is_hasty => RetryAfter::Date(chance.between(3_600, 7_200)),
        _ => RetryAfter::Date(chance.between(3_600, 36_000)),
    };
    let broken = match chance.between(0, 7) {
        0 => FaultKind::RateLimited { retry_after: wait },
        1 | 2 => {
            let body = chance.pick(&[ErrorBody::Empty, ErrorBody::Html, ErrorBody::Json]);
            FaultKind::ServerError { status: chance.pick(&[500, 502, 503, 504]), body }
        }
        3 => FaultKind::Dropped {},
        4 => FaultKind::NotJson {},
        5 => FaultKind::Slow { pause_ms: 1, pieces: 7 },
        _ => FaultKind::OutOfOrder {},
    };
    let times = chance.between(1, 8).unsigned_abs();
    // ListenBrainz and Last.fm are asked every four hours.
    let hours = if service == Service::Spotify { 3 } else { 5 };
    let short = |kind| (Fault::new(service, kind).times(times), hours);
    if service == Service::LastFm {
        return match chance.between(0, 3) {
            0 => {
                let kind =
                    FaultKind::ServiceError { error: chance.pick(&[8, 11, 16]), status: chance.pick(&[200, 500]) };
                short(kind)
            }
            1 => (Fault::new(service, FaultKind::Truncated {}).at("recent-tracks").times(times), hours),
            _ => short(broken),
        };
    }
    if service == Service::ListenBrainz {
        return match chance.between(0, 4) {
            0 => (Fault::new(service, FaultKind::Truncated {}).times(times), 9),
            1 => (Fault::new(service, FaultKind::DuplicatedPlays {}), chance.between(5, 20)),
            _ => short(broken),
        };
    }
    let hours = chance.between(2, longest);
    let list = |kind| Fault::new(service, kind).at("recently-played");
    match chance.between(0, 16) {
        0 => {
            let retry_after = RetryAfter::Secs(if is_hasty { 2 } else { 13 } * 3_600);
            (list(FaultKind::QuotaExceeded { retry_after }).times(1), 3)
        }
        1 => (list(FaultKind::Truncated {}).times(times), 3),
        2 => (list(FaultKind::ExpiredToken {}).times(times), 3),
        3 => (Fault::new(service, FaultKind::Hang {}).times(1), 1),
        4 => (list(FaultKind::PremiumLapsed {}), hours),
        5 | 6 => (list(FaultKind::DuplicatedPlays {}), hours),
        7 => (list(FaultKind::OutOfOrder {}), hours),
        8 => (list(FaultKind::LatePlays { delay_secs: chance.between(600, 20_000), per_mille: 400 }), hours),
        9 => (list(FaultKind::LostPlays { per_mille: 150 }), hours),
        10 => (list(FaultKind::RateLimited { retry_after: wait }).times(times), 3),
        11 => (Fault::new(service, FaultKind::RateLimited { retry_after: wait }).at("token").times(times), 3),
        12 => (Fault::new(service, FaultKind::Revoked {}).at("token").times(1), 1),
        13 => (Fault::new(service, broken).at("token").times(times), 3),
        _ => (Fault::new(service, broken).at("recently-played").times(times), 3),
    }
}
