//! One pass over one file: hash, mask, keep, read. Memory does not grow with the file.

use std::io::Read;

use anyhow::Context;
use lake::play::UnixMs;
use lake::raw::{BodyWriter, StoredBody};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::mask::Masker;
use super::scan::{self, Found, Nesting, Step};
use super::{Read as RowRead, Reject};

/// How much is read at once.
const PIECE_BYTES: usize = 256 << 10;

/// Some editors put it before UTF-8 text.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// A row, or what stands where one should be, and where.
pub struct Place<'a> {
    /// The row, or why it was not stored.
    pub read: RowRead<'a>,
    /// Counts rows from 0, rejected ones included.
    pub ordinal: u32,
    /// Where it begins in the body.
    pub byte_offset: u64,
    /// Its bytes, masked.
    pub bytes: &'a [u8],
}

/// What one pass over a file found out.
#[derive(Debug)]
pub struct Pumped {
    /// The kept body; `None` when the bytes were only read, or are damaged.
    pub body: Option<StoredBody>,
    /// SHA-256 of the bytes before masking; `None` when they were only read.
    pub original_sha256: Option<String>,
    /// Why the input broke off, or that its checksum is wrong. No byte of it can be trusted.
    pub damage: Option<String>,
    /// The text ends in the middle of a row or of the array: what came after is missing.
    pub breaks_off: bool,
}

/// Reads `input` to its end: each piece is masked, written to `body` (when there is one) and
/// scanned for rows of the form `R`, which go to `on_row`. `received_at` bounds their times;
/// `on_bytes` hears how many bytes were read.
///
/// # Errors
/// When keeping the body fails, or `on_row` does. Rows that cannot be read are no errors, and
/// neither is an input that breaks off: that is told.
pub fn pump<R>(
    mut input: &mut dyn Read,
    mut body: Option<BodyWriter>,
    received_at: UnixMs,
    mut on_row: impl FnMut(Place<'_>) -> anyhow::Result<()>,
    on_bytes: impl Fn(u64),
) -> anyhow::Result<Pumped>
where
    R: RowForm,
{
    let mut masker = Masker::new()?;
    // A kept body is known by its name already.
    let mut original = body.as_ref().map(|_| Sha256::new());
    // bytes[..from] is used up, bytes[from..clean] is masked, the rest may still hold the
    // beginning of a personal value.
    let mut bytes: Vec<u8> = Vec::with_capacity(2 * PIECE_BYTES);
    let (mut from, mut clean, mut dropped, mut ordinal) = (0, 0, 0_u64, 0);
    let (mut damage, mut end) = (None, End::default());
    // Inside an object that is too long to be a row, and was told as one.
    let mut inside: Option<Nesting> = None;
    loop {
        let before = bytes.len();
        let at_end = match Read::by_ref(&mut input).take(PIECE_BYTES as u64).read_to_end(&mut bytes) {
            Ok(read) => read == 0,
            Err(error) => {
                damage = Some(error.to_string());
                true
            }
        };
        if let Some(original) = &mut original {
            original.update(&bytes[before..]);
        }
        on_bytes((bytes.len() - before) as u64);
        let masked = masker.mask(&mut bytes[clean..], at_end);
        if let Some(body) = &mut body {
            body.write(&bytes[clean..clean + masked]).context("keeping the raw file")?;
        }
        clean += masked;
        if dropped == 0 && from == 0 && clean >= BOM.len() && bytes.starts_with(BOM) {
            from = BOM.len();
        }
        let text = scan::text_of(&bytes[..clean]);
        loop {
            let (to, place) = match scan::next::<R::Row<'_>>(&bytes[..clean], text, from, at_end) {
                Step::More(used) => (used, None),
                Step::Place(place) => (place.end, Some(place)),
            };
            if let Some(behind) = inside.as_mut().and_then(|nesting| nesting.end_in(&bytes[from..to])) {
                (from, inside) = (from + behind, None);
                continue;
            }
            let Some(place) = place else {
                end.passes(&bytes[from..to], inside.is_some());
                from = to;
                break;
            };
            end.passes(&bytes[from..place.start], inside.is_some());
            from = to;
            let raw = &bytes[place.start..to];
            end.meets(&place.found, raw, at_end && to == clean);
            let begun = matches!(place.found, Found::TooLong).then(|| Nesting::of(raw));
            let read = match place.found {
                Found::Row(row) => R::read(row, received_at),
                Found::TooLong => rejected("too_long", format!("more than {} bytes are no row", scan::MAX_ROW_BYTES)),
                Found::Damage { at_end: true, detail } => rejected("truncated", detail),
                Found::Misfit { .. } | Found::Damage { .. } if std::str::from_utf8(raw).is_err() => {
                    rejected("not_utf8", "these bytes are not UTF-8 text".into())
                }
                Found::Misfit { detail } => rejected("wrong_type", detail),
                Found::Damage { detail, .. } => rejected("invalid_json", detail),
            };
            // What stands inside is told with it; but a play is one wherever it stands, as what was
            // taken for one long object may be a damaged file.
            if inside.is_some() && read.play.is_err() {
                continue;
            }
            inside = begun;
            on_row(Place { read, ordinal, byte_offset: dropped + place.start as u64, bytes: raw })?;
            ordinal += 1;
        }
        if at_end {
            break;
        }
        bytes.drain(..from);
        dropped += from as u64;
        (clean, from) = (clean - from, 0);
    }
    let original_sha256 =
        original.map(|original| original.finalize().iter().map(|byte| format!("{byte:02x}")).collect());
    let body = body.filter(|_| damage.is_none()).map(BodyWriter::finish).transpose()?;
    Ok(Pumped { body, original_sha256, damage, breaks_off: end.is_missing() || inside.is_some() })
}

/// Whether a file comes to its end.
#[derive(Debug, Default)]
struct End {
    /// The rows stand in an array.
    in_array: bool,
    /// The array is closed behind the last row.
    is_closed: bool,
    /// The last row has no end.
    is_cut: bool,
}

impl End {
    /// What stands between rows.
    fn passes(&mut self, between: &[u8], inside_a_row: bool) {
        self.in_array |= !inside_a_row && between.contains(&b'[');
        self.is_closed |= !inside_a_row && between.contains(&b']');
    }

    /// What stands in the place of a row. Bytes that are none may hold the end of the array, or
    /// stand behind it.
    fn meets<T>(&mut self, found: &Found<T>, bytes: &[u8], is_last: bool) {
        self.is_closed = match found {
            Found::Damage { at_end: false, .. } => self.is_closed || bytes.trim_ascii_end().ends_with(b"]"),
            _ => false,
        };
        self.is_cut = is_last && matches!(found, Found::Damage { at_end: true, .. });
    }

    fn is_missing(&self) -> bool {
        self.is_cut || (self.in_array && !self.is_closed)
    }
}

/// A kind of row that borrows from the bytes it is read from.
pub trait RowForm {
    /// The row.
    type Row<'a>: Deserialize<'a>;

    /// Makes a play of it.
    fn read(row: Self::Row<'_>, received_at: UnixMs) -> RowRead<'_>;
}

/// [`super::extended::Row`]
pub struct Extended;

impl RowForm for Extended {
    type Row<'a> = super::extended::Row<'a>;

    fn read(row: Self::Row<'_>, received_at: UnixMs) -> RowRead<'_> {
        row.read(received_at)
    }
}

/// [`super::account_data::Row`]
pub struct AccountData;

impl RowForm for AccountData {
    type Row<'a> = super::account_data::Row<'a>;

    fn read(row: Self::Row<'_>, received_at: UnixMs) -> RowRead<'_> {
        row.read(received_at)
    }
}

/// [`crate::listenbrainz::page::Listen`]
pub struct Listens;

impl RowForm for Listens {
    type Row<'a> = crate::listenbrainz::page::Listen<'a>;

    fn read(row: Self::Row<'_>, received_at: UnixMs) -> RowRead<'_> {
        match row.read(received_at) {
            Ok((play, credits)) => RowRead { play: Ok(play), credits, unknown_key: None },
            Err(reject) => RowRead { play: Err(reject), credits: Vec::new(), unknown_key: None },
        }
    }
}

fn rejected<'a>(reason: &'static str, detail: String) -> RowRead<'a> {
    RowRead { play: Err(Reject::new(reason, detail)), credits: Vec::new(), unknown_key: None }
}
