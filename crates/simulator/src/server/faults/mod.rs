//! What goes wrong on request: by service, endpoint and account, for so many requests or
//! until it is switched off.

mod answers;
mod body;
mod kinds;

use anyhow::{Context, ensure};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

pub(super) use self::answers::{answer, lastfm_message, spoil};
pub use self::kinds::{ErrorBody, FaultKind, RetryAfter};
use super::targets::{Service, Target};
use crate::dice::Dice;

/// Something that goes wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// The service.
    pub service: Service,
    /// One of its [endpoints](Service::endpoints); all of them when absent.
    pub endpoint: Option<String>,
    /// The name of the only account that it is for; all of them when absent.
    pub account: Option<String>,
    /// How many requests are spared before it happens.
    pub spared: u64,
    /// For how many requests; until it is switched off when absent.
    pub times: Option<u64>,
    /// What.
    pub kind: FaultKind,
}

impl Fault {
    /// A fault of all endpoints, until it is switched off.
    pub fn new(service: Service, kind: FaultKind) -> Self {
        Self { service, endpoint: None, account: None, spared: 0, times: None, kind }
    }

    /// Only at one endpoint.
    pub fn at(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// Only for one account.
    pub fn of(mut self, account: impl Into<String>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// Not the first so many times.
    pub fn after(mut self, spared: u64) -> Self {
        self.spared = spared;
        self
    }

    /// Only so many times.
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// Reads `{"service": …, "endpoint": …, "account": …, "spared": …, "times": …, "fault": …}`
    /// and what the kind of fault has besides.
    ///
    /// # Errors
    /// The message says what cannot be meant.
    pub fn read(wish: &Value) -> anyhow::Result<Self> {
        let mut fields: Map<String, Value> = wish.as_object().context("expected an object")?.clone();
        let mut take = |name: &str| fields.remove(name).unwrap_or_default();
        let text = |value: Value, name: &str| match value {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text)),
            other => Err(anyhow::anyhow!("{name}: expected a text, not {other}")),
        };
        let service: Service = serde_json::from_value(take("service")).context("service")?;
        let endpoint = text(take("endpoint"), "endpoint")?;
        let account = text(take("account"), "account")?;
        let spared: Option<u64> = serde_json::from_value(take("spared")).context("spared")?;
        let times: Option<u64> = serde_json::from_value(take("times")).context("times")?;
        let kind: FaultKind = serde_json::from_value(Value::Object(fields)).context("fault")?;
        let fault = Self { service, endpoint, account, spared: spared.unwrap_or_default(), times, kind };
        fault.check()?;
        Ok(fault)
    }

    /// Says what cannot be meant.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        let known = self.service.endpoints();
        if let Some(endpoint) = &self.endpoint {
            ensure!(known.contains(&endpoint.as_str()), "endpoint: {endpoint} is none of {}", known.join(", "));
        }
        Ok(())
    }

    fn applies(&self, target: Target, account: Option<&str>) -> bool {
        self.service == target.service
            && self.endpoint.as_deref().is_none_or(|endpoint| endpoint == target.endpoint)
            && self.account.as_deref().is_none_or(|only| account == Some(only))
    }
}

/// The faults that are switched on.
#[derive(Default)]
pub(super) struct Faults {
    active: Vec<Active>,
    last_id: u64,
}

struct Active {
    id: u64,
    fault: Fault,
    since: DateTime<Utc>,
}

/// What is done to one request.
#[derive(Default)]
pub(super) struct Interference {
    /// A fault that answers, or spoils the answer.
    pub(super) fault: Option<FaultKind>,
    /// What is done to the plays in the answer.
    pub(super) twists: Vec<Twist>,
}

/// A change of what an answer says, and since when it is switched on.
#[derive(Debug, Clone)]
pub(super) struct Twist {
    pub(super) kind: FaultKind,
    pub(super) since: DateTime<Utc>,
}

/// The twists of a request, on their way to its handler.
#[derive(Debug, Clone, Default)]
pub(super) struct Twists(pub(super) Vec<Twist>);

impl Twists {
    /// By how much the clock of the service is wrong.
    pub(super) fn skew_ms(&self) -> i64 {
        let skews = self.0.iter().map(|twist| if let FaultKind::ClockSkew { ms } = twist.kind { ms } else { 0 });
        skews.sum()
    }

    /// Whether the service has nothing of what was played at this second.
    pub(super) fn withhold(&self, second: i64) -> bool {
        self.0.iter().any(|twist| match &twist.kind {
            FaultKind::WithheldPlays { from, to } => (from.timestamp()..to.timestamp()).contains(&second),
            _ => false,
        })
    }

    /// Doubles and shuffles what a page shows; at most `limit` remain.
    pub(super) fn disturb<T: Clone>(&self, mut items: Vec<T>, limit: usize) -> Vec<T> {
        let mut dice = Dice::new(items.len() as u64, "disorder");
        let wants = |kind: &FaultKind| self.0.iter().any(|twist| twist.kind == *kind);
        if wants(&FaultKind::DuplicatedPlays {}) {
            let doubled = items.iter().enumerate().flat_map(|(place, item)| {
                let count = if place == 0 || dice.chance(0.2) { 2 } else { 1 };
                std::iter::repeat_n(item.clone(), count)
            });
            items = doubled.take(limit.max(2)).collect();
        }
        if wants(&FaultKind::OutOfOrder {}) {
            let half = items.len() / 2;
            items.rotate_left(half);
            let (left, right) = items.split_at_mut(half);
            dice.shuffle(left);
            dice.shuffle(right);
        }
        items
    }
}

impl Faults {
    /// Switches a fault on; the number is for switching it off.
    pub(super) fn switch_on(&mut self, fault: Fault, now: DateTime<Utc>) -> u64 {
        self.last_id += 1;
        self.active.push(Active { id: self.last_id, fault, since: now });
        self.last_id
    }

    pub(super) fn switch_off(&mut self, id: u64) -> bool {
        let before = self.active.len();
        self.active.retain(|active| active.id != id);
        self.active.len() < before
    }

    pub(super) fn clear(&mut self) {
        self.active.clear();
    }

    /// The faults that are on, with how often they will still happen.
    pub(super) fn list(&self) -> Value {
        let shown = self.active.iter().map(|Active { id, fault, since }| {
            json!({
                "id": id, "service": fault.service, "endpoint": fault.endpoint, "account": fault.account,
                "spared": fault.spared, "times": fault.times, "fault": fault.kind.name(), "since": since,
            })
        });
        shown.collect()
    }

    /// What happens to a request now. One fault answers or spoils, the one that was switched
    /// on first; only when none answers, the others change what is said.
    pub(super) fn take(&mut self, target: Target, account: Option<&str>) -> Interference {
        let mut taken = Interference::default();
        let applies = |active: &Active| {
            active.fault.applies(target, account) && !active.fault.kind.is_twist() && active.fault.times != Some(0)
        };
        let first = self.active.iter().position(|active| applies(active) && active.fault.spared == 0);
        self.active.iter_mut().filter(|active| applies(active)).for_each(|active| {
            active.fault.spared = active.fault.spared.saturating_sub(1);
        });
        if let Some(first) = first {
            taken.fault = Some(self.active[first].happen());
        }
        if !taken.fault.as_ref().is_some_and(FaultKind::replaces_the_answer) {
            for active in &mut self.active {
                if active.fault.kind.is_twist() && active.fault.applies(target, account) {
                    taken.twists.push(Twist { kind: active.happen(), since: active.since });
                }
            }
        }
        self.active.retain(|active| active.fault.times != Some(0));
        taken
    }
}

impl Active {
    fn happen(&mut self) -> FaultKind {
        self.fault.times = self.fault.times.map(|times| times.saturating_sub(1));
        self.fault.kind.clone()
    }
}

/// Whether a play is one of so many in a thousand; always the same ones.
pub(super) fn is_picked(per_mille: u32, account: &str, number: usize) -> bool {
    per_mille >= 1_000 || Dice::new(number as u64, account).below(1_000) < per_mille as usize
}
