//! Masks personal values in place: IP address, user name and user agent never reach the
//! disk. One pass over the bytes, length-preserving, the same for bytes that are no JSON.

use aho_corasick::packed::Searcher;
use aho_corasick::{AhoCorasick, packed};
use memchr::memchr3;

/// The keys whose values are personal, as they stand in an export.
const KEYS: [&str; 4] = ["\"ip_addr\"", "\"ip_addr_decrypted\"", "\"username\"", "\"user_agent_decrypted\""];

/// The longest key; as many bytes may have to wait for the next piece.
const LONGEST_KEY: usize = 22;

const MASK: u8 = b'x';

/// Masks a stream of bytes that arrives in pieces.
pub struct Masker {
    keys: Keys,
    state: State,
    /// How many brackets and braces are open in the value.
    depth: u32,
}

/// The search for keys: by vector instructions where the processor has them.
enum Keys {
    Fast(Searcher),
    Anywhere(AhoCorasick),
}

impl Keys {
    fn new() -> anyhow::Result<Self> {
        Ok(match packed::Config::new().builder().extend(KEYS).build() {
            Some(fast) => Self::Fast(fast),
            None => Self::Anywhere(AhoCorasick::new(KEYS)?),
        })
    }

    /// Behind the first key.
    fn find_end(&self, bytes: &[u8]) -> Option<usize> {
        match self {
            Self::Fast(keys) => keys.find(bytes).map(|key| key.end()),
            Self::Anywhere(keys) => keys.find(bytes).map(|key| key.end()),
        }
    }
}

enum State {
    /// Looking for a key.
    Between,
    /// Behind a key: blanks, a colon, then the value.
    Behind,
    /// Inside a text value.
    Text,
    /// Inside a text value, behind a backslash.
    Escape,
    /// Inside a list or an object, between its texts and numbers.
    Nested,
    /// Inside a bare value, such as a number where a text should be.
    Bare,
}

impl Masker {
    /// A masker at the beginning of a body.
    ///
    /// # Errors
    /// Never in practice: when the search automaton cannot be built.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self { keys: Keys::new()?, state: State::Between, depth: 0 })
    }

    /// Masks `bytes`, which go on where the last call's final bytes ended, and says how many
    /// of them are final. The others (a key may have begun in them) must come again at the
    /// front of the next call; with `is_last` all are final.
    pub fn mask(&mut self, bytes: &mut [u8], is_last: bool) -> usize {
        let mut at = 0;
        while at < bytes.len() {
            match self.state {
                State::Between => match self.keys.find_end(&bytes[at..]) {
                    Some(end) => {
                        at += end;
                        self.state = State::Behind;
                    }
                    None if is_last => at = bytes.len(),
                    None => return bytes.len().saturating_sub(LONGEST_KEY).max(at),
                },
                State::Behind => match bytes[at] {
                    b' ' | b'\t' | b'\r' | b'\n' | b':' => at += 1,
                    b'"' => {
                        at += 1;
                        self.state = State::Text;
                    }
                    b'0'..=b'9' | b'-' => self.state = State::Bare,
                    b'[' | b'{' => self.state = State::Nested,
                    _ => self.state = State::Between,
                },
                State::Nested => {
                    match bytes[at] {
                        b'"' => self.state = State::Text,
                        b'[' | b'{' => self.depth += 1,
                        b']' | b'}' => self.depth -= 1,
                        b'0'..=b'9' => bytes[at] = b'1',
                        _ => {}
                    }
                    if self.depth == 0 {
                        self.state = State::Between;
                    }
                    at += 1;
                }
                State::Text => {
                    let end = memchr3(b'"', b'\\', b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length);
                    bytes[at..end].fill(MASK);
                    at = end;
                    match bytes.get(at) {
                        Some(b'"') => {
                            at += 1;
                            self.state = self.around();
                        }
                        Some(b'\n') => self.cut_off(),
                        Some(_) => {
                            bytes[at] = MASK;
                            at += 1;
                            self.state = State::Escape;
                        }
                        None => {}
                    }
                }
                State::Escape if bytes[at] == b'\n' => self.cut_off(),
                State::Escape => {
                    bytes[at] = MASK;
                    at += 1;
                    self.state = State::Text;
                }
                State::Bare => match bytes[at] {
                    b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E' => {
                        if bytes[at].is_ascii_digit() {
                            bytes[at] = b'1';
                        }
                        at += 1;
                    }
                    _ => self.state = self.around(),
                },
            }
        }
        at
    }

    /// No text of JSON holds a line break: the value was cut off, and what follows is something else,
    /// often a row that nothing is wrong with.
    fn cut_off(&mut self) {
        (self.state, self.depth) = (State::Between, 0);
    }

    /// What surrounds a text or a number.
    fn around(&self) -> State {
        if self.depth == 0 { State::Between } else { State::Nested }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Masks `input` in pieces of `piece` bytes.
    fn masked(input: &str, piece: usize) -> String {
        let mut masker = Masker::new().unwrap();
        let mut bytes = input.as_bytes().to_vec();
        let (mut done, mut end) = (0, 0);
        while end < bytes.len() {
            end = (end + piece).min(bytes.len());
            let is_last = end == bytes.len();
            done += masker.mask(&mut bytes[done..end], is_last);
        }
        String::from_utf8(bytes).unwrap()
    }

    #[track_caller]
    fn check(given: &str, expected: &str) {
        for piece in 1..=given.len() {
            assert_eq!(masked(given, piece), expected, "in pieces of {piece}");
        }
    }

    #[test]
    fn personal_values_are_masked_and_nothing_else() {
        check(
            r#"[{"ip_addr": "203.0.113.7", "username":"ann","user_agent_decrypted" : "Mozilla", "ts": "2024"}]"#,
            r#"[{"ip_addr": "xxxxxxxxxxx", "username":"xxx","user_agent_decrypted" : "xxxxxxx", "ts": "2024"}]"#,
        );
    }

    #[test]
    fn lists_and_objects_are_masked_to_their_ends() {
        check(
            r#"{"ip_addr": ["203.0.113.7", {"v6": "::1", "n": [12]}], "ts": "2024", "username": {}, "x": "y"}"#,
            r#"{"ip_addr": ["xxxxxxxxxxx", {"xx": "xxx", "x": [11]}], "ts": "2024", "username": {}, "x": "y"}"#,
        );
    }

    #[test]
    fn escapes_do_not_end_a_value() {
        check(r#"{"username": "a\"b\\", "ts": "1"}"#, r#"{"username": "xxxxxx", "ts": "1"}"#);
    }

    #[test]
    fn a_title_that_quotes_a_key_is_left_alone() {
        let title = r#"{"master_metadata_track_name": "say \"username\": \"x\" twice"}"#;
        check(title, title);
    }

    #[test]
    fn null_and_numbers_and_cut_off_values() {
        check(
            r#"{"ip_addr_decrypted": null, "ip_addr": 3405803783}"#,
            r#"{"ip_addr_decrypted": null, "ip_addr": 1111111111}"#,
        );
        check(r#"{"username": "cut of"#, r#"{"username": "xxxxxx"#);
    }

    #[test]
    fn a_value_that_is_cut_off_takes_nothing_of_the_next_row() {
        check(
            "{\"ip_addr\": \"203.0.\n{\"ip_addr\": \"::1\", \"ts\": \"2024\"}",
            "{\"ip_addr\": \"xxxxxx\n{\"ip_addr\": \"xxx\", \"ts\": \"2024\"}",
        );
        check("{\"ip_addr\": \"a\\\n{\"ts\": \"2024\"}", "{\"ip_addr\": \"xx\n{\"ts\": \"2024\"}");
        check("{\"ip_addr\": [\"a\n{\"n\": 7}", "{\"ip_addr\": [\"x\n{\"n\": 7}");
    }
}
