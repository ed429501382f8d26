//! Asking a test of the rows that may be new: all others passed it when they were.

use super::{evidence, pairs, repeated};
use crate::engine::sql::quoted;
use crate::increments::{Increments, State};
use crate::marks::Freshness;
use crate::project::{Check, Declared, Model};

/// What a build knows about the rows that it is about to test.
pub(crate) struct Known<'a> {
    /// Which may be new.
    pub increments: &'a Increments<'a>,
    /// Of which tables.
    pub freshness: &'a Freshness,
}

/// A query that finds nothing when a test holds for all rows, if it held for those before; nothing where
/// that takes all rows.
pub(super) fn of_some(
    model: &Model,
    test: &Declared,
    state: &State,
    known: &Known<'_>,
) -> anyhow::Result<Option<String>> {
    let own = quoted(&model.name);
    Ok(match (&test.check, state) {
        (Check::Unique(columns), State::But(fresh)) if fresh.key.iter().all(|name| columns.contains(name)) => {
            Some(repeated(&fresh.relation, columns))
        }
        (Check::Unique(columns), State::But(fresh)) => {
            let is_same = columns.iter().map(|name| format!("own.{0} is not distinct from fresh.{0}", quoted(name)));
            let is_same = is_same.collect::<Vec<_>>().join(" and ");
            let alike = format!("(select own.* from {own} as own semi join {} as fresh on {is_same})", fresh.relation);
            Some(repeated(&alike, columns))
        }
        (Check::References { columns, model: target, targets }, State::But(_) | State::AsBefore) => {
            let gone = known.increments.gone_from(target, targets, known.freshness)?;
            let of_old = |(values, gone): (i64, String)| {
                let pairs = pairs(columns, targets);
                (values > 0).then(|| format!("select 1 from {own} as here semi join {gone} as there on {pairs}"))
            };
            gone.map(|gone| {
                let of_new = match state {
                    State::But(fresh) => Some(format!("select 1 from ({})", evidence(&fresh.relation, &test.check))),
                    _ => None,
                };
                let both: Vec<String> = of_new.into_iter().chain(of_old(gone)).collect();
                if both.is_empty() { "select 1 where false".to_owned() } else { both.join(" union all ") }
            })
        }
        _ => None,
    })
}
