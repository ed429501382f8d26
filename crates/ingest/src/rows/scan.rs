//! Finds the objects of a JSON array one by one, in a buffer that is filled as it goes, and
//! finds its way back after bytes that are no JSON: the good rows before and after a
//! damaged place are kept.

use memchr::memchr;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Deserializer, error::Category};

/// The largest object that is waited for. Real rows have under 2 kB.
pub const MAX_ROW_BYTES: usize = 1 << 20;

/// What stands at a place of the array.
#[derive(Debug)]
pub enum Found<T> {
    /// A row.
    Row(T),
    /// An object that is whole but does not have the form of a row.
    Misfit {
        /// Why, in words.
        detail: String,
    },
    /// Bytes that are no JSON object.
    Damage {
        /// Why, in words.
        detail: String,
        /// The file ended inside the object.
        at_end: bool,
    },
    /// The beginning of an object that is too long to be a row; [`Nesting`] finds its end.
    TooLong,
}

/// A place in the body and what stands there.
#[derive(Debug)]
pub struct Place<T> {
    /// What stands there.
    pub found: Found<T>,
    /// Its first byte, in the piece that was scanned.
    pub start: usize,
    /// Behind its last byte.
    pub end: usize,
}

/// Where the scan of a piece of the body stands.
pub enum Step<T> {
    /// The next place; go on at its end.
    Place(Place<T>),
    /// Everything up to here is used; the rest needs more bytes.
    More(usize),
}

/// The part of a piece that is UTF-8 text, up to the first byte that is not. Checked at
/// once it costs a tenth of checking text by text.
pub fn text_of(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
    }
}

/// The next place of `bytes` at or behind `from`; `text` is their [`text_of`]. `at_end` says
/// that no more bytes follow.
pub fn next<'b, T: Deserialize<'b>>(bytes: &'b [u8], text: &'b str, from: usize, at_end: bool) -> Step<T> {
    let start = from + bytes[from..].iter().take_while(|byte| is_between(**byte)).count();
    if start == bytes.len() {
        return Step::More(start);
    }
    if bytes[start] != b'{' {
        return damage(bytes, start, at_end, "found something else than an object".into());
    }
    let mut stream = Deserializer::from_str(text.get(start..).unwrap_or_default()).into_iter::<T>();
    if let Some(Ok(row)) = stream.next() {
        let end = start + stream.byte_offset();
        return Step::Place(Place { found: Found::Row(row), start, end });
    }
    // No row: the bytes tell why.
    let mut stream = Deserializer::from_slice(&bytes[start..]).into_iter::<T>();
    match stream.next() {
        Some(Ok(row)) => {
            let end = start + stream.byte_offset();
            Step::Place(Place { found: Found::Row(row), start, end })
        }
        Some(Err(error)) => match error.classify() {
            Category::Eof if !at_end && bytes.len() - start < MAX_ROW_BYTES => Step::More(start),
            Category::Eof if at_end => cut_off(bytes, start),
            Category::Eof => Step::Place(Place { found: Found::TooLong, start, end: bytes.len() }),
            Category::Data => misfit(bytes, start, at_end, &error),
            _ => damage(bytes, start, at_end, without_position(&error)),
        },
        None => Step::More(start),
    }
}

/// A whole object of the wrong form ends where it ends; one that is also damaged is damage.
fn misfit<T>(bytes: &[u8], start: usize, at_end: bool, error: &serde_json::Error) -> Step<T> {
    let mut stream = Deserializer::from_slice(&bytes[start..]).into_iter::<IgnoredAny>();
    match stream.next() {
        Some(Ok(_)) => {
            let end = start + stream.byte_offset();
            Step::Place(Place { found: Found::Misfit { detail: without_position(error) }, start, end })
        }
        Some(Err(inner)) if inner.is_eof() && at_end => cut_off(bytes, start),
        Some(Err(inner)) if inner.is_eof() && bytes.len() - start < MAX_ROW_BYTES => Step::More(start),
        Some(Err(inner)) if inner.is_eof() => Step::Place(Place { found: Found::TooLong, start, end: bytes.len() }),
        _ => damage(bytes, start, at_end, without_position(error)),
    }
}

fn cut_off<T>(bytes: &[u8], start: usize) -> Step<T> {
    resume(bytes, start, true, Found::Damage { detail: "the file ends inside this row".into(), at_end: true })
}

fn damage<T>(bytes: &[u8], start: usize, at_end: bool, detail: String) -> Step<T> {
    resume(bytes, start, at_end, Found::Damage { detail, at_end: false })
}

/// Skips to the next place where an object can begin: a brace behind `start` that follows a
/// line break, a comma or the array's bracket and is followed by a quote.
fn resume<T>(bytes: &[u8], start: usize, at_end: bool, found: Found<T>) -> Step<T> {
    let mut at = start + 1;
    while let Some(skip) = memchr(b'{', &bytes[at..]) {
        at += skip;
        match bytes[at + 1..].iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'"') if may_follow(&bytes[start..at]) => {
                return Step::Place(Place { found, start, end: at });
            }
            None if !at_end => return wait_or_give_up(bytes, start, at, found),
            _ => at += 1,
        }
    }
    if at_end {
        return Step::Place(Place { found, start, end: bytes.len() });
    }
    wait_or_give_up(bytes, start, bytes.len(), found)
}

/// Damage that fills the whole buffer is reported as far as it goes, so that memory stays
/// bounded whatever the file holds.
fn wait_or_give_up<T>(bytes: &[u8], start: usize, end: usize, found: Found<T>) -> Step<T> {
    if bytes.len() - start < MAX_ROW_BYTES {
        return Step::More(start);
    }
    Step::Place(Place { found, start, end })
}

fn may_follow(before: &[u8]) -> bool {
    before
        .iter()
        .rev()
        .find(|byte| !matches!(byte, b' ' | b'\t'))
        .is_none_or(|byte| matches!(byte, b'\n' | b'\r' | b',' | b'['))
}

/// Follows an object that began, through pieces of the body, to its end.
#[derive(Debug, Default)]
pub struct Nesting {
    depth: usize,
    in_text: bool,
    is_escaped: bool,
}

impl Nesting {
    /// Behind the beginning of an object.
    pub fn of(beginning: &[u8]) -> Self {
        let mut nesting = Self::default();
        nesting.end_in(beginning);
        nesting
    }

    /// Goes on through `bytes`. Where the object ends in them: behind its last byte, or at a line
    /// break inside a text, which no JSON has, so that what follows is something else.
    pub fn end_in(&mut self, bytes: &[u8]) -> Option<usize> {
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\n' if self.in_text => return Some(at),
                b'\\' => self.is_escaped = self.in_text,
                b'"' => self.in_text = !self.in_text,
                _ if self.in_text => {}
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Some(at + 1);
                    }
                }
                _ => {}
            }
        }
        None
    }
}

fn is_between(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b',' | b'[' | b']')
}

/// serde_json's words without "at line 1 column 5", which would count from the row.
fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rfind(" at line ").map_or(text.clone(), |end| text[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Number {
        n: i64,
    }

    /// What a scan in pieces of every size finds: numbers of rows, `?` for misfits, `!` for
    /// damage, `…` for a cut end.
    #[track_caller]
    fn check(given: &str, expected: &str) {
        for piece in 1..=given.len().max(1) {
            let (mut found, mut from, mut end) = (String::new(), 0, 0);
            loop {
                let at_end = end == given.len();
                let bytes = &given.as_bytes()[..end];
                match next::<Number>(bytes, text_of(bytes), from, at_end) {
                    Step::Place(place) => {
                        from = place.end;
                        match place.found {
                            Found::Row(row) => found += &row.n.to_string(),
                            Found::Misfit { .. } => found.push('?'),
                            Found::Damage { at_end: true, .. } => found.push('…'),
                            Found::Damage { .. } => found.push('!'),
                            Found::TooLong => found.push('~'),
                        }
                    }
                    Step::More(_) if at_end => break,
                    Step::More(used) => {
                        from = used;
                        end = (end + piece).min(given.len());
                    }
                }
            }
            assert_eq!(found, expected, "in pieces of {piece}");
        }
    }

    #[test]
    fn rows_one_by_one() {
        check(r#"[ {"n": 1}, {"n":2},{"n":3} ]"#, "123");
        check("", "");
        check("[]", "");
    }

    #[test]
    fn a_misfit_is_one_row() {
        check(r#"[{"n":1},{"n":"two"},{"m":3},{"n":4}]"#, "1??4");
    }

    #[test]
    fn rows_behind_damage_are_kept() {
        check("[{\"n\":1},\n{\"n\":2 oops},\n{\"n\":3}]", "1!3");
        check("[{\"n\":1},\n\u{fffd}\u{fffd}\n{\"n\":3}]", "1!3");
        check(r#"[{"n":1}, null, {"n":3}]"#, "1!3");
    }

    #[test]
    fn the_cut_end_of_a_file_is_one_row() {
        check(r#"[{"n":1},{"n":2"#, "1…");
        check(r#"[{"n":1},{"n""#, "1…");
    }

    /// A long object and what follows it, in pieces of every size.
    #[track_caller]
    fn check_end(object: &str, rest: &str) {
        let whole = [object, rest].concat();
        for piece in 1..=whole.len() {
            let (mut nesting, mut passed) = (Nesting::default(), 0);
            let end = whole.as_bytes().chunks(piece).find_map(|bytes| {
                let end = nesting.end_in(bytes).map(|end| passed + end);
                passed += bytes.len();
                end
            });
            assert_eq!(end, Some(object.len()), "in pieces of {piece}");
        }
    }

    #[test]
    fn a_long_object_ends_where_it_ends() {
        check_end(r#"{"a": [{"b": "}]"}, "\"}", "\\"], "c": {}}"#, r#", {"n": 1}]"#);
        check_end("{\"a\": \"never closed, ", "\n{\"n\": 1}]");
    }

    #[test]
    fn nested_braces_do_not_confuse() {
        check(r#"[{"n":1,"x":{"n":5}},{"n":"{\"n\":7}"},{"n":2}]"#, "1?2");
    }
}
