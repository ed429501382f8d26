//! One CSV file of corrections: read with the places of what is wrong, changed as a whole.

use std::io::ErrorKind;
use std::path::PathBuf;

use anyhow::Context;
use chrono::{DateTime, Utc};
use platform::files::{FileLock, write_whole};
use platform::{DataDir, Stop};

/// A file and its columns.
#[derive(Debug)]
pub(crate) struct Sheet {
    pub(crate) name: &'static str,
    /// In the order in which this program writes them; a person may order them otherwise.
    pub(crate) columns: &'static [&'static str],
    /// Those without which a line says nothing.
    pub(crate) needed: &'static [&'static str],
}

/// One line, by column.
#[derive(Debug)]
pub(crate) struct Line {
    path: PathBuf,
    number: u64,
    /// Where it begins and ends in the file, in bytes.
    span: (usize, usize),
    fields: Vec<(String, String)>,
}

impl Sheet {
    pub(crate) fn path(&self, data: &DataDir) -> PathBuf {
        data.corrections().join(self.name)
    }

    /// The whole file; empty where there is none.
    pub(crate) fn text(&self, data: &DataDir) -> anyhow::Result<String> {
        let path = self.path(data);
        match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                Err(Stop::Usage(format!("{} is not UTF-8: save it as UTF-8", path.display())).into())
            }
            other => other.with_context(|| format!("reading {}", path.display())),
        }
    }

    /// Its lines. A line that begins with `#` is a comment.
    ///
    /// # Errors
    /// A [`Stop::Usage`] that names the line and the column that is wrong.
    pub(crate) fn read(&self, data: &DataDir) -> anyhow::Result<Vec<Line>> {
        self.lines_of(&self.text(data)?, self.path(data)).map(|(_, lines)| lines)
    }

    /// Adds a line and writes the file anew, under the lock of all corrections. `fill` sees the
    /// lines there are and gives the values of the new one.
    pub(crate) fn add(
        &self,
        data: &DataDir,
        fill: impl FnOnce(&[Line]) -> anyhow::Result<Vec<(&'static str, String)>>,
    ) -> anyhow::Result<()> {
        let _lock = lock(data)?;
        let text = self.text(data)?;
        let (header, lines) = self.lines_of(&text, self.path(data))?;
        let new = fill(&lines)?;
        let value = |column: &str| new.iter().find(|(name, _)| *name == column).map_or("", |(_, value)| value.as_str());
        let keeps_header = new.iter().all(|(name, value)| value.is_empty() || header.iter().any(|one| one == name));
        let whole = if keeps_header && !header.is_empty() {
            let newline = if text.ends_with('\n') { "" } else { "\n" };
            format!("{text}{newline}{}", csv_line(header.iter().map(|column| value(column)))?)
        } else {
            // The file is new, or lacks a column.
            let mut whole = csv_line(self.columns.iter().copied())?;
            for line in &lines {
                whole += &csv_line(self.columns.iter().map(|column| line.get(column).unwrap_or_default()))?;
            }
            whole + &csv_line(self.columns.iter().map(|column| value(column)))?
        };
        self.write(data, &whole)
    }

    /// Takes out the line that `is_it`; whether there was one.
    pub(crate) fn remove(&self, data: &DataDir, is_it: impl Fn(&Line) -> bool) -> anyhow::Result<bool> {
        let _lock = lock(data)?;
        let text = self.text(data)?;
        let (_, lines) = self.lines_of(&text, self.path(data))?;
        let Some(line) = lines.iter().find(|line| is_it(line)) else { return Ok(false) };
        let (begin, end) = line.span;
        let rest = text[end..].trim_start_matches(['\r', '\n']);
        self.write(data, &format!("{}{rest}", &text[..begin]))?;
        Ok(true)
    }

    fn write(&self, data: &DataDir, text: &str) -> anyhow::Result<()> {
        let path = self.path(data);
        write_whole(&path, text.as_bytes()).with_context(|| format!("writing {}", path.display()))
    }

    fn lines_of(&self, text: &str, path: PathBuf) -> anyhow::Result<(Vec<String>, Vec<Line>)> {
        let mark = text.len() - text.trim_start_matches('\u{feff}').len();
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .trim(csv::Trim::All)
            .has_headers(false)
            .from_reader(&text.as_bytes()[mark..]);
        let stop = |number: u64, message: String| -> anyhow::Error {
            Stop::Usage(format!("{}:{number}: {message}", path.display())).into()
        };
        let mut header: Vec<String> = Vec::new();
        let mut lines: Vec<Line> = Vec::new();
        let mut record = csv::StringRecord::new();
        loop {
            let at = reader.position().clone();
            if !reader.read_record(&mut record).map_err(|error| stop(at.line(), error.to_string()))? {
                break;
            }
            // The reader counts the empty lines before a record as part of it.
            let before = mark + usize::try_from(at.byte())?;
            let blank = text[before..].len() - text[before..].trim_start_matches(['\r', '\n']).len();
            let span = (before + blank, mark + usize::try_from(reader.position().byte())?);
            let number = u64::try_from(text[..span.0].matches('\n').count())? + 1;
            if record.get(0).is_some_and(|first| first.starts_with('#')) {
                continue;
            }
            if header.is_empty() {
                header = record.iter().map(str::to_lowercase).collect();
                if let Some(unknown) = header.iter().find(|name| !self.columns.contains(&name.as_str())) {
                    let known = self.columns.join(", ");
                    return Err(stop(number, format!("there is no column `{unknown}`; there are: {known}")));
                }
                if let Some(missing) = self.needed.iter().find(|name| !header.iter().any(|one| one == *name)) {
                    return Err(stop(number, format!("the column `{missing}` is missing")));
                }
                continue;
            }
            if record.len() > header.len() {
                let (found, wanted) = (record.len(), header.len());
                return Err(stop(number, format!("{found} values for {wanted} columns: quote values with commas")));
            }
            let fields = header.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
            lines.push(Line { path: path.clone(), number, span, fields });
        }
        Ok((header, lines))
    }
}

impl Line {
    /// The value of a column, where there is one.
    pub(crate) fn get(&self, column: &str) -> Option<&str> {
        let field = self.fields.iter().find(|(name, _)| name == column);
        field.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The value of a column that must have one.
    pub(crate) fn need(&self, column: &str) -> anyhow::Result<&str> {
        self.get(column).ok_or_else(|| self.wrong(column, "it is empty"))
    }

    /// The value of a column as an instant.
    pub(crate) fn instant(&self, column: &str) -> anyhow::Result<Option<DateTime<Utc>>> {
        let Some(text) = self.get(column) else { return Ok(None) };
        let parsed = DateTime::parse_from_rfc3339(text).map(|at| Some(at.to_utc()));
        let message = format!("{text:?} is no instant; they look like 2024-07-03T00:00:00Z");
        parsed.map_err(|_| self.wrong(column, message))
    }

    /// An error that names the place.
    pub(crate) fn wrong(&self, column: &str, message: impl std::fmt::Display) -> anyhow::Error {
        Stop::Usage(format!("{}:{}: column `{column}`: {message}", self.path.display(), self.number)).into()
    }
}

fn lock(data: &DataDir) -> anyhow::Result<FileLock> {
    FileLock::wait(&data.lock("corrections")).context("taking the lock of corrections")
}

fn csv_line<'v>(values: impl Iterator<Item = &'v str>) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(values)?;
    Ok(String::from_utf8(writer.into_inner()?)?)
}
