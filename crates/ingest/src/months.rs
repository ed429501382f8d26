//! From buckets of rows to parts of `plays` and `play_credits`, month by month.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;

use anyhow::Context;
use lake::manifest::{Manifest, Part, Partition, part_path};
use lake::parts::{self, Known};
use lake::schema::{PLAY_CREDITS, PLAYS};
use platform::DataDir;
use platform::files::remove_if_there;

use crate::buckets::{self, Buckets, Shelf};
use crate::crew;
use crate::overlap::{self, Overlap, Titles};
use crate::session::Session;
use crate::settle::{Origins, Tally, settle};

/// With what the rows are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Against {
    /// With what `src/` holds: only news is stored.
    Known,
    /// The same, and how far both agree is told: is it one person's listening? That takes reading
    /// all that any source says about these months.
    KnownOfOnePerson,
    /// With nothing: the months are made anew.
    Nothing,
}

/// Written parts that nobody sees yet, and what became of the rows.
#[derive(Debug, Default)]
pub(crate) struct Settlement {
    plays: Vec<Part>,
    credits: Vec<Part>,
    /// By receipt and item.
    pub tallies: BTreeMap<(u32, u32), Tally>,
    /// How the rows agree with what was known before.
    pub overlap: Overlap,
}

impl Settlement {
    /// The sum of all tallies.
    pub(crate) fn total(&self) -> Tally {
        let mut total = Tally::default();
        self.tallies.values().for_each(|tally| total += *tally);
        total
    }

    /// The months that get parts.
    pub(crate) fn partitions(&self) -> BTreeSet<Partition> {
        self.plays.iter().map(|part| part.partition.clone()).collect()
    }

    /// Makes the parts visible. Credits first: a play is never there without its credits.
    ///
    /// # Errors
    /// Any I/O error.
    pub(crate) fn commit(self, data: &DataDir) -> anyhow::Result<()> {
        Manifest::extend(data, &PLAY_CREDITS, self.credits)?;
        Manifest::extend(data, &PLAYS, self.plays)
    }

    /// Deletes the parts, which nobody saw.
    ///
    /// # Errors
    /// Any I/O error.
    pub(crate) fn discard(self, data: &DataDir) -> anyhow::Result<()> {
        for (table, parts) in [(&PLAY_CREDITS, self.credits), (&PLAYS, self.plays)] {
            for part in parts {
                remove_if_there(&part_path(data, table, &part))?;
            }
        }
        Ok(())
    }

    /// Makes the parts visible in place of everything that stood in `partitions`. With
    /// `over_damage` a manifest that cannot be read counts as empty.
    ///
    /// # Errors
    /// Any I/O error.
    pub(crate) fn replace(
        self,
        session: &Session<'_>,
        partitions: &HashSet<Partition>,
        over_damage: bool,
    ) -> anyhow::Result<()> {
        let is_gone = |partition: &Partition| partitions.contains(partition);
        for (table, add) in [(&PLAY_CREDITS, self.credits), (&PLAYS, self.plays)] {
            Manifest::replace(session.data(), table, add, over_damage, session.now(), is_gone)?;
        }
        Ok(())
    }
}

/// The partition of one month of one source of the session's account.
pub(crate) fn partition(session: &Session<'_>, (source, month): Shelf) -> Partition {
    Partition {
        account_id: session.account_id().to_owned(),
        source: source.as_str().to_owned(),
        month: month.to_string(),
    }
}

/// Settles all months of `buckets` and writes their parts under `part_name`, which must be new or
/// a repetition of the same work. Nothing is visible before the settlement is committed.
///
/// # Errors
/// Any I/O error.
pub(crate) fn settle_months(
    session: &Session<'_>,
    buckets: &Buckets,
    origins: &Origins,
    against: Against,
    part_name: &str,
    on_month: impl Fn() + Sync,
) -> anyhow::Result<Settlement> {
    let manifest = match against {
        Against::Known | Against::KnownOfOnePerson => Some(Manifest::read(session.data(), &PLAYS)?),
        Against::Nothing => None,
    };
    let videos = match against {
        Against::KnownOfOnePerson => Some(overlap::videos(&session.raw)?),
        Against::Known | Against::Nothing => None,
    };
    let shelves = buckets.shelves();
    let settled = crew::share(
        session.threads(),
        &shelves,
        || Ok(()),
        |(), shelf| {
            let settled =
                settle_month(session, buckets, *shelf, origins, videos.as_ref(), manifest.as_ref(), part_name)?;
            on_month();
            Ok(settled)
        },
        |()| Ok(()),
    )?;
    let mut all = Settlement::default();
    for month in settled {
        all.plays.extend(month.plays);
        all.credits.extend(month.credits);
        all.overlap += month.overlap;
        for (item, tally) in month.tallies {
            *all.tallies.entry(item).or_default() += tally;
        }
    }
    Ok(all)
}

fn settle_month(
    session: &Session<'_>,
    buckets: &Buckets,
    shelf: Shelf,
    origins: &Origins,
    videos: Option<&HashSet<String>>,
    manifest: Option<&Manifest>,
    part_name: &str,
) -> anyhow::Result<Settlement> {
    let (data, partition) = (session.data(), partition(session, shelf));
    let titles = match manifest.zip(videos) {
        Some((manifest, videos)) => Titles::known(data, manifest, &partition, buckets.span(shelf), videos)?,
        None => Titles::none(),
    };
    let mut known = match manifest {
        Some(manifest) => parts::known(data, manifest, &partition)?,
        None => Known::default(),
    };
    let mut settled = Settlement { overlap: titles.overlap(), ..Settlement::default() };
    for (place, piece) in buckets.pieces(shelf)?.iter().enumerate() {
        let bytes = fs::read(piece).with_context(|| format!("reading {}", piece.display()))?;
        let rows = buckets::rows(&bytes)?;
        settled.overlap.add_rows(&rows, origins, &titles);
        let tallies = &mut settled.tallies;
        let new = settle(session.account_id(), shelf.0, &rows, origins, &mut known, |receipt, item, tally| {
            *tallies.entry((receipt, item)).or_default() += tally;
        });
        if !new.is_empty() {
            let name = if place == 0 { part_name.to_owned() } else { format!("{part_name}-{place}") };
            settled.plays.push(parts::write_plays(data, &partition, &name, &new)?);
            settled.credits.extend(parts::write_credits(data, &partition, &name, &new)?);
        }
    }
    Ok(settled)
}
