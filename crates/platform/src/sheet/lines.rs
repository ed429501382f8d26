//! The lines of a sheet, each with its place in the text.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::{Change, Sheet};
use crate::Stop;

/// One line, by column.
#[derive(Debug)]
pub struct Line {
    path: PathBuf,
    number: u64,
    /// Where it begins and ends in the file, in bytes.
    span: (usize, usize),
    fields: Vec<(String, String)>,
    /// Why nobody can say what it means.
    fault: Option<String>,
}

/// A whole file, taken apart.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// The names of its columns, in lowercase.
    pub(super) header: Vec<String>,
    /// Where they stand.
    pub(super) header_span: (usize, usize),
    /// What follows.
    pub(super) lines: Vec<Line>,
    /// Why the columns make no sense, with the place: no line does, then.
    header_fault: Option<String>,
}

impl Lines {
    pub(super) fn of(sheet: &Sheet, text: &str, path: PathBuf) -> Self {
        // What some programs put in front of a file to say that it is UTF-8.
        let mark = text.len() - text.trim_start_matches('\u{feff}').len();
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .trim(csv::Trim::All)
            .comment(Some(b'#'))
            .has_headers(false)
            .from_reader(&text.as_bytes()[mark..]);
        let mut all = Self::default();
        let mut record = csv::StringRecord::new();
        let mut before = mark;
        // Text in memory, with any number of values a line, gives no errors.
        while reader.read_record(&mut record).unwrap_or_default() {
            let end = mark + usize::try_from(reader.position().byte()).unwrap_or_default();
            // The reader has a line end at the first of its two bytes.
            let end = end + usize::from(text[..end].ends_with('\r') && text[end..].starts_with('\n'));
            let span = (before + in_front(&text[before..end]), end);
            before = end;
            let number = u64::try_from(text[..span.0].matches('\n').count()).unwrap_or_default() + 1;
            if record.get(0).is_some_and(|first| first.starts_with('#')) {
                continue;
            }
            if all.header.is_empty() {
                all.header = record.iter().map(str::to_lowercase).collect();
                all.header_span = span;
                all.header_fault =
                    fault_of_header(sheet, &all.header).map(|fault| format!("{}:{number}: {fault}", path.display()));
                continue;
            }
            let fault = fault_of_line(&text[span.0..span.1], record.len(), all.header.len());
            let fields = all.header.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
            all.lines.push(Line { path: path.clone(), number, span, fields, fault });
        }
        all
    }

    /// Everything that makes no sense, with its place.
    pub(super) fn faults(&self) -> Vec<String> {
        let of_line = |line: &Line| line.fault.as_ref().map(|fault| format!("{}: {fault}", line.place()));
        let in_lines = self.lines.iter().filter_map(of_line);
        self.header_fault.iter().cloned().chain(in_lines).collect()
    }

    /// The text with its lines changed, and how many of them were.
    pub(super) fn changed(&self, text: &str, change: impl Fn(&Line) -> Change) -> anyhow::Result<(String, usize)> {
        let (mut new, mut changed) = (text.to_owned(), 0);
        if self.header_fault.is_some() {
            return Ok((new, changed));
        }
        // From behind, so that the places before stay what they are.
        for line in self.lines.iter().rev().filter(|line| line.fault.is_none()) {
            let (begin, end) = line.span;
            let instead = match change(line) {
                Change::Keep => continue,
                Change::Drop => String::new(),
                Change::Set(values) => line.with(&values, &text[begin..end])?,
            };
            new.replace_range(begin..end, &instead);
            changed += 1;
        }
        Ok((new, changed))
    }
}

impl Line {
    /// The value of a column, where there is one.
    pub fn get(&self, column: &str) -> Option<&str> {
        let field = self.fields.iter().find(|(name, _)| name == column);
        field.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The value of a column that must have one.
    ///
    /// # Errors
    /// A [`Stop::Usage`] that names the place, when it is empty.
    pub fn need(&self, column: &str) -> anyhow::Result<&str> {
        self.get(column).ok_or_else(|| self.wrong(column, "it is empty"))
    }

    /// The value of a column as an instant.
    ///
    /// # Errors
    /// A [`Stop::Usage`] that names the place, when it is none.
    pub fn instant(&self, column: &str) -> anyhow::Result<Option<DateTime<Utc>>> {
        let Some(text) = self.get(column) else { return Ok(None) };
        let parsed = DateTime::parse_from_rfc3339(text).map(|at| Some(at.to_utc()));
        let message = format!("{text:?} is no instant; they look like 2024-07-03T00:00:00Z");
        parsed.map_err(|_| self.wrong(column, message))
    }

    /// Where it stands: the file and the number of the line.
    pub fn place(&self) -> String {
        format!("{}:{}", self.path.display(), self.number)
    }

    /// An error that names the place.
    pub fn wrong(&self, column: &str, message: impl std::fmt::Display) -> anyhow::Error {
        Stop::Usage(format!("{}: column `{column}`: {message}", self.place())).into()
    }

    /// The line with other values, ended as it was.
    fn with(&self, values: &[(&'static str, String)], raw: &str) -> anyhow::Result<String> {
        let value = |(column, old): &(String, String)| {
            let new = values.iter().find(|(name, _)| name == column);
            new.map_or_else(|| old.clone(), |(_, new)| new.clone())
        };
        let line = csv_line(self.fields.iter().map(value))?;
        let ending = &raw[raw.trim_end_matches(['\r', '\n']).len()..];
        Ok(format!("{}{ending}", line.trim_end_matches('\n')))
    }
}

/// One line of a CSV file.
pub(super) fn csv_line(values: impl Iterator<Item = impl AsRef<[u8]>>) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(values)?;
    Ok(String::from_utf8(writer.into_inner()?)?)
}

/// How many bytes of empty lines and comments the reader counts to the record behind them.
fn in_front(text: &str) -> usize {
    let is_nothing = |line: &&str| line.starts_with('#') || line.trim_end_matches(['\r', '\n']).is_empty();
    text.split_inclusive('\n').take_while(is_nothing).map(str::len).sum()
}

fn fault_of_header(sheet: &Sheet, header: &[String]) -> Option<String> {
    if let Some(unknown) = header.iter().find(|name| !sheet.columns.contains(&name.as_str())) {
        return Some(format!("there is no column `{unknown}`; there are: {}", sheet.columns.join(", ")));
    }
    let missing = sheet.needed.iter().find(|name| !header.iter().any(|one| one == *name))?;
    Some(format!("the column `{missing}` is missing"))
}

fn fault_of_line(raw: &str, found: usize, wanted: usize) -> Option<String> {
    let is_one_line = !raw.trim_end_matches(['\r', '\n']).contains('\n');
    if !is_one_line && !closes_its_quotes(raw) {
        return Some("a quote is opened here and not closed before the end of the line".to_owned());
    }
    (found > wanted).then(|| format!("{found} values for {wanted} columns: quote values with commas"))
}

/// Whether each value that begins with a quote ends with one. A value over several lines that
/// does not has swallowed the lines behind it.
fn closes_its_quotes(raw: &str) -> bool {
    let mut rest = raw.trim_end_matches(['\r', '\n']);
    loop {
        rest = match rest.strip_prefix('"') {
            Some(quoted) => {
                let doubled = quoted.replace("\"\"", "  ");
                let Some(closing) = doubled.find('"') else { return false };
                &quoted[closing + 1..]
            }
            None => &rest[rest.find(',').unwrap_or(rest.len())..],
        };
        match rest.strip_prefix(',') {
            Some(next) => rest = next,
            None => return rest.is_empty(),
        }
    }
}
