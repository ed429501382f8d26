//! One CSV file that people and programs both write: read with the places of what is wrong, and
//! changed so that whatever a change is not about stays byte for byte as somebody wrote it.

mod lines;

use std::io::ErrorKind;
use std::path::PathBuf;

use anyhow::Context;

pub use self::lines::Line;
use self::lines::{Lines, csv_line};
use crate::files::{FileLock, write_whole};
use crate::{DataDir, Stop, private};

/// A file of corrections and its columns.
#[derive(Debug)]
pub struct Sheet {
    /// Its name.
    pub name: &'static str,
    /// In the order in which this program writes them; a person may order them otherwise.
    pub columns: &'static [&'static str],
    /// Those without which a line says nothing.
    pub needed: &'static [&'static str],
    /// Those in which an account stands, by name or id.
    pub accounts: &'static [&'static str],
}

/// What becomes of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It stays as it was written.
    Keep,
    /// It goes.
    Drop,
    /// These of its values become others.
    Set(Vec<(&'static str, String)>),
}

/// What [`Sheet::change_each`] did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// How many lines.
    pub lines: usize,
    /// What makes no sense and was therefore left as it is, each with its place.
    pub not_understood: Vec<String>,
}

impl Sheet {
    /// Where it lies.
    pub fn path(&self, data: &DataDir) -> PathBuf {
        data.corrections().join(self.name)
    }

    /// The whole file; empty where there is none.
    ///
    /// # Errors
    /// A [`Stop::Usage`] when it is not UTF-8; I/O errors.
    pub fn text(&self, data: &DataDir) -> anyhow::Result<String> {
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
    pub fn read(&self, data: &DataDir) -> anyhow::Result<Vec<Line>> {
        Ok(self.understood(data, &self.text(data)?)?.lines)
    }

    /// What makes no sense in it, each with its place.
    ///
    /// # Errors
    /// As [`Sheet::text`].
    pub fn not_understood(&self, data: &DataDir) -> anyhow::Result<Vec<String>> {
        Ok(Lines::of(self, &self.text(data)?, self.path(data)).faults())
    }

    /// Adds a line, under the lock of all corrections. `fill` sees the lines there are and gives
    /// the values of the new one.
    ///
    /// # Errors
    /// As [`Sheet::read`]; errors of `fill`; I/O errors.
    pub fn add(
        &self,
        data: &DataDir,
        fill: impl FnOnce(&[Line]) -> anyhow::Result<Vec<(&'static str, String)>>,
    ) -> anyhow::Result<()> {
        let _lock = lock(data)?;
        let mut text = self.text(data)?;
        let Lines { mut header, header_span: (begin, end), lines, .. } = self.understood(data, &text)?;
        let new = fill(&lines)?;
        if header.is_empty() {
            header = self.columns.iter().map(ToString::to_string).collect();
            end_line(&mut text);
            text += &csv_line(header.iter())?;
        } else if let lacking = lacking(&header, &new)
            && !lacking.is_empty()
        {
            // A line may be shorter than the header, so the others stay as they are.
            header.extend(lacking);
            text.replace_range(begin..end, &csv_line(header.iter())?);
        }
        let value =
            |column: &String| new.iter().find(|(name, _)| name == column).map_or("", |(_, value)| value.as_str());
        end_line(&mut text);
        text += &csv_line(header.iter().map(value))?;
        self.write(data, &text)
    }

    /// Takes out the lines that `is_it`; whether there were any.
    ///
    /// # Errors
    /// As [`Sheet::read`]; I/O errors.
    pub fn remove(&self, data: &DataDir, is_it: impl Fn(&Line) -> bool) -> anyhow::Result<bool> {
        let _lock = lock(data)?;
        let text = self.text(data)?;
        let lines = self.understood(data, &text)?;
        let (new, removed) = lines.changed(&text, |line| if is_it(line) { Change::Drop } else { Change::Keep })?;
        if removed > 0 {
            self.write(data, &new)?;
        }
        Ok(removed > 0)
    }

    /// Does with each line what `change` says. Comments, the order, and every line that makes no
    /// sense stay as they are: what they mean is for a person to say.
    ///
    /// # Errors
    /// As [`Sheet::text`]; I/O errors.
    pub fn change_each(&self, data: &DataDir, change: impl Fn(&Line) -> Change) -> anyhow::Result<Changed> {
        let _lock = lock(data)?;
        let text = self.text(data)?;
        let lines = Lines::of(self, &text, self.path(data));
        let not_understood = lines.faults();
        let (new, changed) = lines.changed(&text, change)?;
        if changed > 0 {
            self.write(data, &new)?;
        }
        Ok(Changed { lines: changed, not_understood })
    }

    fn understood(&self, data: &DataDir, text: &str) -> anyhow::Result<Lines> {
        let lines = Lines::of(self, text, self.path(data));
        match lines.faults().into_iter().next() {
            Some(fault) => Err(Stop::Usage(fault).into()),
            None => Ok(lines),
        }
    }

    fn write(&self, data: &DataDir, text: &str) -> anyhow::Result<()> {
        let path = self.path(data);
        private::make_folder(&data.corrections()).context("making the folder of corrections")?;
        write_whole(&path, text.as_bytes()).with_context(|| format!("writing {}", path.display()))
    }
}

/// Columns of new values that a header does not have.
fn lacking(header: &[String], new: &[(&'static str, String)]) -> Vec<String> {
    let lacks = |(name, value): &&(&str, String)| !value.is_empty() && !header.iter().any(|one| one == name);
    new.iter().filter(lacks).map(|(name, _)| (*name).to_owned()).collect()
}

/// What is added begins on a line of its own.
fn end_line(text: &mut String) {
    if !text.trim_start_matches('\u{feff}').is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

fn lock(data: &DataDir) -> anyhow::Result<FileLock> {
    FileLock::wait(&data.lock("corrections")).context("taking the lock of corrections")
}

#[cfg(test)]
mod tests;
