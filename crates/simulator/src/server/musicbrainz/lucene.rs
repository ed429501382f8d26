//! The small part of Lucene's query language that programs use: fields, phrases, lists in
//! parentheses, `AND`, `OR`, and backslashes before what has a meaning.

use std::iter::Peekable;
use std::str::Chars;

use crate::facts::normal;

/// One thing that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clause {
    /// Where; the main field when absent.
    pub(super) field: Option<String>,
    /// What.
    pub(super) text: String,
    /// The same without what spellings differ in.
    pub(super) normal: String,
    /// Whether the words must stand together.
    pub(super) is_phrase: bool,
    /// Whether nothing is found without it, or another of its group.
    pub(super) is_needed: bool,
    /// Those within one pair of parentheses belong together.
    group: usize,
}

impl Clause {
    /// Whether anything will do, as long as there is something: `tag:*`.
    pub(super) fn is_anything(&self) -> bool {
        self.text == "*" && !self.is_phrase
    }
}

/// Characters that must be written with a backslash before them outside of a phrase.
const SPECIAL: &str = "+-!(){}[]^\"~*?:\\/&|";

/// Reads a query.
pub(super) fn parse(query: &str) -> Result<Vec<Clause>, String> {
    let mut parser =
        Parser { rest: query.chars().peekable(), clauses: Vec::new(), joins: false, groups: 0, inside: None };
    parser.list(None, false)?;
    if parser.clauses.is_empty() {
        return Err("the query is empty".into());
    }
    Ok(parser.clauses)
}

struct Parser<'q> {
    rest: Peekable<Chars<'q>>,
    clauses: Vec<Clause>,
    /// Whether the last word was `AND`.
    joins: bool,
    groups: usize,
    /// The group of the parentheses that are open.
    inside: Option<usize>,
}

impl Parser<'_> {
    fn list(&mut self, field: Option<&str>, is_inner: bool) -> Result<(), String> {
        loop {
            while self.rest.next_if(|letter| letter.is_whitespace()).is_some() {}
            match self.rest.peek() {
                None if is_inner => return Err("a parenthesis is not closed".into()),
                None => return Ok(()),
                Some(')') if is_inner => {
                    self.rest.next();
                    return Ok(());
                }
                Some('(') => self.group(field)?,
                Some('"') => {
                    let text = self.phrase()?;
                    self.add(field, text, true);
                }
                Some(_) => self.word(field)?,
            }
        }
    }

    /// What stands in parentheses. Those within others count as one.
    fn group(&mut self, field: Option<&str>) -> Result<(), String> {
        self.rest.next();
        let is_outermost = self.inside.is_none();
        if is_outermost {
            self.groups += 1;
            self.inside = Some(self.groups);
        }
        let first = self.clauses.len();
        let is_needed = std::mem::take(&mut self.joins);
        self.list(field, true)?;
        if is_outermost {
            self.inside = None;
            self.clauses[first..].iter_mut().for_each(|one| one.is_needed |= is_needed);
        }
        Ok(())
    }

    fn word(&mut self, field: Option<&str>) -> Result<(), String> {
        let mut word = String::new();
        while let Some(letter) = self.rest.next_if(|letter| !letter.is_whitespace() && !SPECIAL.contains(*letter)) {
            word.push(letter);
            self.escaped(&mut word)?;
        }
        self.escaped(&mut word)?;
        // Hyphens have a meaning only before a word.
        while !word.is_empty() && self.rest.next_if_eq(&'-').is_some() {
            word.push('-');
            while let Some(letter) = self.rest.next_if(|letter| !letter.is_whitespace() && !SPECIAL.contains(*letter)) {
                word.push(letter);
            }
        }
        match (word.as_str(), self.rest.peek()) {
            ("", letter) => Err(format!("unexpected {}", letter.copied().unwrap_or_default())),
            ("OR", _) => Ok(()),
            ("AND", _) => {
                self.joins = true;
                let last = self.clauses.last().map(|last| last.group);
                self.clauses.iter_mut().filter(|one| Some(one.group) == last).for_each(|one| one.is_needed = true);
                Ok(())
            }
            (_, Some(':')) if field.is_none() => {
                self.rest.next();
                match self.rest.peek() {
                    Some('"') => {
                        let text = self.phrase()?;
                        self.add(Some(&word), text, true);
                        Ok(())
                    }
                    Some('(') => self.group(Some(&word)),
                    Some('*') => {
                        self.rest.next();
                        self.add(Some(&word), "*".into(), false);
                        Ok(())
                    }
                    _ => self.word(Some(&word)),
                }
            }
            (_, Some(letter)) if !letter.is_whitespace() && *letter != ')' => Err(format!("unexpected {letter}")),
            _ => {
                self.add(field, word, false);
                Ok(())
            }
        }
    }

    /// Letters behind backslashes.
    fn escaped(&mut self, word: &mut String) -> Result<(), String> {
        while self.rest.next_if_eq(&'\\').is_some() {
            word.push(self.rest.next().ok_or("a backslash stands before nothing")?);
        }
        Ok(())
    }

    fn phrase(&mut self) -> Result<String, String> {
        self.rest.next();
        let mut text = String::new();
        loop {
            match self.rest.next() {
                Some('"') => return Ok(text),
                Some('\\') => text.extend(self.rest.next()),
                Some(letter) => text.push(letter),
                None => return Err("a phrase is not closed".into()),
            }
        }
    }

    fn add(&mut self, field: Option<&str>, text: String, is_phrase: bool) {
        let is_needed = std::mem::take(&mut self.joins);
        let group = self.inside.unwrap_or_else(|| {
            self.groups += 1;
            self.groups
        });
        let normal = normal(&text);
        self.clauses.push(Clause { field: field.map(str::to_owned), text, normal, is_phrase, is_needed, group });
    }
}

/// How well a document fits: 0 when it does not.
pub(super) fn score(clauses: &[Clause], fits: impl Fn(&Clause) -> f64) -> f64 {
    let scores: Vec<f64> = clauses.iter().map(&fits).collect();
    let of_group = |group: usize| clauses.iter().zip(&scores).filter(move |(clause, _)| clause.group == group);
    let fits_none = |group: usize| of_group(group).all(|(_, score)| *score <= 0.0);
    let misses = clauses.iter().any(|clause| clause.is_needed && fits_none(clause.group));
    if misses { 0.0 } else { scores.iter().sum() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Vec<(String, String, bool)> {
        let clauses = parse(query).unwrap();
        clauses.into_iter().map(|clause| (clause.field.unwrap_or_default(), clause.text, clause.is_needed)).collect()
    }

    fn clause(field: &str, text: &str, is_needed: bool) -> (String, String, bool) {
        (field.into(), text.into(), is_needed)
    }

    #[test]
    fn what_programs_write_is_read() {
        assert_eq!(read("artist:\"AC\\\\Volt \\\"x\\\"\""), [clause("artist", "AC\\Volt \"x\"", false)]);
        assert_eq!(read("arid:(a-1 OR b-2)"), [clause("arid", "a-1", false), clause("arid", "b-2", false)]);
        assert_eq!(read("arid:\"a\" OR arid:\"b\""), [clause("arid", "a", false), clause("arid", "b", false)]);
        assert_eq!(read("two words"), [clause("", "two", false), clause("", "words", false)]);
        assert_eq!(read("artist:x AND country:DE"), [clause("artist", "x", true), clause("country", "DE", true)]);
        assert_eq!(read("artist:AC\\/DC"), [clause("artist", "AC/DC", false)]);
        assert_eq!(read("artist:\\!\\!\\!"), [clause("artist", "!!!", false)]);
    }

    #[test]
    fn what_is_not_escaped_is_refused() {
        for query in ["", "artist:\"x", "arid:(a OR b", "artist:AC/DC", "artist:(x", "artist:", "a:b:c", "artist:x)"] {
            assert!(parse(query).is_err(), "{query}");
        }
    }
}
