//! Reads bodies into rows: fresh ones while they are kept, and kept ones again. Both go
//! through the same code, which is why a replay gives the same rows.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use lake::parts::Rejection;
use lake::play::{Kind, Play, Source, UnixMs};
use lake::raw::{BodyWriter, Item, Job, Receipt};
use lake::text::Text;

use crate::buckets::{Buckets, Row, Shelf, Span, Writer};
use crate::crew;
use crate::month::Month;
use crate::page;
use crate::rows::pump::{AccountData, Extended, Listens, Place, Pumped, pump};
use crate::session::Session;
use crate::settle::Origin;

/// Rejected rows beyond this many in one body are counted but not listed one by one; their
/// bytes stay in the raw file.
pub(crate) const MAX_REJECTIONS: usize = 200;

/// How much of a rejected row is kept beside its reason.
const EXCERPT_BYTES: usize = 300;

/// What was read of one body.
#[derive(Debug, Default)]
pub(crate) struct Harvest {
    /// Rows found, rejected ones included.
    pub rows: u64,
    /// Rejected rows by reason.
    pub rejected: BTreeMap<&'static str, u64>,
    /// The rejected rows; who and when are filled in when they are stored.
    pub rejections: Vec<Rejection>,
    /// Keys this program does not know.
    pub unknown_keys: BTreeSet<String>,
    /// From the first to the last row of an export file.
    pub span: Span,
    /// Whether any row of an export file is music.
    pub has_music: bool,
    /// Whether an export file breaks off: what came after is missing.
    pub breaks_off: bool,
}

/// Which body this is, by receipt and item, and what bounds its rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stand {
    /// The receipt, by its place in the order of the history.
    pub receipt: u32,
    /// The item in the receipt.
    pub item: u32,
    /// Whose statement it is.
    pub source: Source,
    /// When it was received.
    pub received_at: UnixMs,
}

/// Which rows to take.
pub(crate) type Filter<'f> = &'f (dyn Fn(Shelf) -> bool + Sync);

/// Reads an export file: into `body` on its way, when there is one, and into `rows`.
///
/// # Errors
/// When keeping the body or the rows fails.
pub(crate) fn export_file(
    input: &mut dyn Read,
    body: Option<BodyWriter>,
    stand: Stand,
    name: &str,
    rows: &mut Writer<'_>,
    take: Filter<'_>,
    on_bytes: impl Fn(u64),
) -> anyhow::Result<(Harvest, Pumped)> {
    let mut harvest = Harvest::default();
    let on_row = |place: Place<'_>| harvest.add(place, stand, name, rows, take);
    let received_at = stand.received_at;
    let pumped = match stand.source {
        Source::SpotifyAccountData => pump::<AccountData>(input, body, received_at, on_row, on_bytes)?,
        Source::Listenbrainz => pump::<Listens>(input, body, received_at, on_row, on_bytes)?,
        _ => pump::<Extended>(input, body, received_at, on_row, on_bytes)?,
    };
    harvest.breaks_off = pumped.breaks_off;
    Ok((harvest, pumped))
}

/// Reads one answer of an API.
///
/// # Errors
/// When keeping the rows fails. A page that is no page is one rejected row.
pub(crate) fn api_page(
    body: &[u8],
    stand: Stand,
    name: &str,
    rows: &mut Writer<'_>,
    take: Filter<'_>,
) -> anyhow::Result<Harvest> {
    let mut harvest = Harvest::default();
    match page::parse(stand.source, body, stand.received_at) {
        Err(error) => {
            harvest.rows = 1;
            harvest.reject(stand, name, 0, 0, "invalid_json", error.to_string(), body);
        }
        Ok(page) => {
            for row in page.rows {
                harvest.rows += 1;
                if take((stand.source, Month::of(row.play.at))) {
                    let (receipt, item, ordinal) = (stand.receipt, stand.item, row.index);
                    rows.push(stand.source, &Row { receipt, item, ordinal, play: row.play, credits: row.credits })?;
                }
            }
            for one in page.rejected {
                harvest.rows += 1;
                harvest.reject(stand, name, one.index, one.byte_offset, one.reason, one.detail, one.excerpt.as_bytes());
            }
        }
    }
    Ok(harvest)
}

/// Reads the kept bodies of `receipts` again, in the order of the history. `on_body` hears
/// of each. The harvests come by receipt and item.
///
/// # Errors
/// When a body is missing; a [`DamagedBody`](lake::raw::DamagedBody) when it does not hold what was
/// kept.
pub(crate) fn kept_bodies(
    session: &Session<'_>,
    receipts: &[Receipt],
    buckets: &Buckets,
    take: Filter<'_>,
    on_body: impl Fn() + Sync,
) -> anyhow::Result<Vec<Vec<Harvest>>> {
    let items: Vec<(u32, u32, &Receipt, &Item)> = (0..)
        .zip(receipts)
        .flat_map(|(place, receipt)| (0..).zip(&receipt.items).map(move |(item, body)| (place, item, receipt, body)))
        .collect();
    let harvests = crew::share(
        session.threads(),
        &items,
        || Ok(buckets.writer()),
        |rows, (receipt, item, origin, body)| {
            let stand =
                Stand { receipt: *receipt, item: *item, source: body.source, received_at: origin.received_at_ms };
            let mut input = session.raw.read_body(body.source, &body.raw_id)?;
            let damaged = |detail| session.raw.damaged(body.source, &body.raw_id, &body.name, detail);
            let harvest = if origin.job == Job::Poll {
                let mut bytes = Vec::new();
                input.read_to_end(&mut bytes).map_err(|error| damaged(error.to_string()))?;
                api_page(&bytes, stand, &body.name, rows, take)?
            } else {
                let (harvest, pumped) = export_file(&mut input, None, stand, &body.name, rows, take, |_| ())?;
                if let Some(detail) = pumped.damage {
                    return Err(damaged(detail).into());
                }
                harvest
            };
            on_body();
            Ok(harvest)
        },
        Writer::finish,
    )?;
    let mut harvests = harvests.into_iter();
    Ok(receipts.iter().map(|receipt| harvests.by_ref().take(receipt.items.len()).collect()).collect())
}

/// The origins of the rows of `receipts`.
pub(crate) fn origins(receipts: &[Receipt]) -> Vec<Vec<Origin>> {
    let of = |receipt: &Receipt| receipt.items.iter().map(|item| Origin::of(receipt, item)).collect();
    receipts.iter().map(of).collect()
}

impl Harvest {
    fn add(
        &mut self,
        place: Place<'_>,
        stand: Stand,
        name: &str,
        rows: &mut Writer<'_>,
        take: Filter<'_>,
    ) -> anyhow::Result<()> {
        self.rows += 1;
        if let Some(key) = place.read.unknown_key {
            self.note_unknown(&key);
        }
        if let Ok(play) = &place.read.play {
            self.note_span(play);
        }
        match place.read.play {
            Ok(play) if take((stand.source, Month::of(play.at))) => {
                let (receipt, item, ordinal, credits) = (stand.receipt, stand.item, place.ordinal, place.read.credits);
                rows.push(stand.source, &Row { receipt, item, ordinal, play, credits })
            }
            Ok(_) => Ok(()),
            Err(reject) => {
                self.reject(stand, name, place.ordinal, place.byte_offset, reject.reason, reject.detail, place.bytes);
                Ok(())
            }
        }
    }

    fn note_span(&mut self, play: &Play<'_>) {
        self.span.add(play.at);
        self.has_music |= matches!(play.kind, Kind::Track | Kind::Local);
    }

    fn note_unknown(&mut self, key: &Text<'_>) {
        const ENOUGH: usize = 20;
        if self.unknown_keys.len() < ENOUGH && !self.unknown_keys.contains(&**key) {
            self.unknown_keys.insert(key.chars().take(60).collect());
        }
    }

    #[allow(clippy::too_many_arguments, reason = "one row of the table `rejected`, written in two places")]
    fn reject(
        &mut self,
        stand: Stand,
        name: &str,
        ordinal: u32,
        offset: u64,
        reason: &'static str,
        detail: String,
        bytes: &[u8],
    ) {
        *self.rejected.entry(reason).or_default() += 1;
        if self.rejections.len() < MAX_REJECTIONS {
            self.rejections.push(Rejection {
                source: stand.source,
                file_name: name.to_owned(),
                raw_id: String::new(),
                raw_ordinal: ordinal,
                byte_offset: offset,
                reason: reason.to_owned(),
                detail,
                excerpt: String::from_utf8_lossy(&bytes[..bytes.len().min(EXCERPT_BYTES)]).into_owned(),
                run_id: String::new(),
                ingested_at: stand.received_at,
            });
        }
    }
}
