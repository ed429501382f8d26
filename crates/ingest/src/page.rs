//! A page of plays, as an API answers it: what all of them have in common.

use lake::play::{Credit, Play, Source, UnixMs};
use lake::text::Text;
use serde::Deserialize;
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::rows::Reject;
use crate::{lastfm, listenbrainz, spotify};

/// How much of a rejected item is kept beside its reason.
pub(crate) const EXCERPT_CHARS: usize = 300;

/// What a page says, in the order it came.
#[derive(Debug, PartialEq, Eq)]
pub struct Page<'a> {
    /// The plays.
    pub rows: Vec<Row<'a>>,
    /// The items that are no plays.
    pub rejected: Vec<Rejected>,
}

/// A play of a page.
#[derive(Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// Its place among all items of the page, from 0.
    pub index: u32,
    /// What is said about it.
    pub play: Play<'a>,
    /// The artists of the track, in order.
    pub credits: Vec<Credit<'a>>,
}

/// An item that could not be understood.
#[derive(Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Its place among all items of the page, from 0.
    pub index: u32,
    /// Where it begins in the body.
    pub byte_offset: u64,
    /// A short name: `invalid_json`, `wrong_type`, `missing_key`, `wrong_value` or
    /// `time_out_of_range`.
    pub reason: &'static str,
    /// In words, with the value.
    pub detail: String,
    /// The beginning of the item.
    pub excerpt: String,
}

/// The body as a whole is something else: an error page, or cut off.
#[derive(Debug, thiserror::Error)]
#[error("the body is no page of plays")]
pub struct PageError(#[from] serde_json::Error);

/// Reads an answer of `source`. `received_at` bounds the times.
///
/// # Errors
/// When the body is no page. An item that is wrong by itself is a [`Rejected`] row and does not
/// disturb the others.
pub fn parse(source: Source, body: &[u8], received_at: UnixMs) -> Result<Page<'_>, PageError> {
    match source {
        Source::Listenbrainz => listenbrainz::page::parse(body, received_at),
        Source::Lastfm => lastfm::page::parse(body, received_at),
        _ => spotify::page::parse(body, received_at),
    }
}

/// What one item says: a play and its credits, or `None` for an item that stands there for
/// another purpose.
type Said<'a> = Option<(Play<'a>, Vec<Credit<'a>>)>;

/// Reads the items of `body`, of which each is a slice.
pub(crate) fn read_items<'a>(
    body: &'a [u8],
    items: &[&'a RawValue],
    read: impl Fn(&'a str) -> Result<Said<'a>, Reject>,
) -> Page<'a> {
    let mut page = Page { rows: Vec::with_capacity(items.len()), rejected: Vec::new() };
    for (index, item) in (0..).zip(items) {
        match read(item.get()) {
            Ok(Some((play, credits))) => page.rows.push(Row { index, play, credits }),
            Ok(None) => {}
            Err(Reject { reason, detail }) => page.rejected.push(Rejected {
                index,
                byte_offset: (item.get().as_ptr().addr() - body.as_ptr().addr()) as u64,
                reason,
                detail,
                excerpt: item.get().chars().take(EXCERPT_CHARS).collect(),
            }),
        }
    }
    page
}

/// Reads one item.
pub(crate) fn item<'a, T: Deserialize<'a>>(item: &'a str) -> Result<T, Reject> {
    serde_json::from_str(item).map_err(|error| {
        // The item is whole, so only an impossible escape can still be wrong as JSON.
        let reason = if error.classify() == Category::Data { "wrong_type" } else { "invalid_json" };
        Reject::new(reason, error.to_string())
    })
}

/// An empty identifier or date says nothing. Names stay as given, empty ones too.
pub(crate) fn filled(text: Option<Text<'_>>) -> Option<Text<'_>> {
    text.filter(|text| !text.is_empty())
}
