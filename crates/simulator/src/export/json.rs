//! JSON as Spotify prints it: an array of flat objects, indented by two spaces, not escaped
//! beyond what must be. Written by hand, row by row, so that a file is never in memory.

use std::io::Write;

/// A file that is one array. Take the bytes after every row.
#[derive(Default)]
pub(super) struct Array {
    row: Row,
    rows: usize,
}

impl Array {
    /// Begins a row.
    pub(super) fn row(&mut self) -> &mut Row {
        self.row.bytes.clear();
        self.row.bytes.extend_from_slice(if self.rows == 0 { b"[\n  {" } else { b",\n  {" });
        self.row.has_keys = false;
        self.rows += 1;
        &mut self.row
    }

    /// The bytes of the row just filled.
    pub(super) fn take_row(&mut self) -> &[u8] {
        self.row.bytes.extend_from_slice(b"\n  }");
        &self.row.bytes
    }

    /// The bytes after the last row.
    pub(super) fn end(&self) -> &'static [u8] {
        if self.rows == 0 { b"[]" } else { b"\n]" }
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }
}

/// One object.
#[derive(Default)]
pub(super) struct Row {
    bytes: Vec<u8>,
    has_keys: bool,
}

impl Row {
    /// A text, or null.
    pub(super) fn text<'t>(&mut self, key: &str, value: impl Into<Option<&'t str>>) {
        self.key(key);
        match value.into() {
            None => self.bytes.extend_from_slice(b"null"),
            Some(text) => self.quoted(text),
        }
    }

    /// A number, a flag or null.
    pub(super) fn plain(&mut self, key: &str, value: Option<impl std::fmt::Display>) {
        self.key(key);
        match value {
            None => self.bytes.extend_from_slice(b"null"),
            Some(value) => infallible(write!(self.bytes, "{value}")),
        }
    }

    fn key(&mut self, key: &str) {
        self.bytes.extend_from_slice(if self.has_keys { b",\n    \"" } else { b"\n    \"" });
        self.bytes.extend_from_slice(key.as_bytes());
        self.bytes.extend_from_slice(b"\": ");
        self.has_keys = true;
    }

    fn quoted(&mut self, text: &str) {
        infallible(serde_json::to_writer(&mut self.bytes, text));
    }
}

/// Writing into memory cannot fail.
fn infallible<E>(result: Result<(), E>) {
    debug_assert!(result.is_ok());
}
