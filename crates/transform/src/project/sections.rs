//! The layout of a header: prose, then keys with their values, all in `--` comments.

use super::problem::Problem;

/// The text above a query, taken apart but not yet understood.
#[derive(Debug, Default)]
pub(crate) struct Sections {
    /// The prose before the first key.
    pub(crate) description: String,
    /// Keys in the order of the file.
    pub(crate) sections: Vec<Section>,
}

/// One key and what stands behind and below it.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) key: String,
    pub(crate) line: usize,
    lines: Vec<Line>,
}

/// A piece of text with its place: a value, a list entry, a test, a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its line in the file.
    pub line: usize,
    /// The text.
    pub text: String,
}

#[derive(Debug)]
struct Line {
    number: usize,
    indent: usize,
    text: String,
}

impl Sections {
    /// Reads the comment lines at the top of `text`. `known` are the keys that may occur.
    pub(crate) fn parse(file: &str, text: &str, known: &[&str], problems: &mut Vec<Problem>) -> Self {
        let mut found = Self::default();
        let mut prose: Vec<&str> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let Some(content) = line.strip_prefix("--") else { break };
            let number = index + 1;
            let indent = content.len() - content.trim_start().len();
            let value = content.trim();
            if content.contains('\t') {
                problems.push(Problem::at(file, number, "indent a header with spaces, not with tabs"));
            }
            match key_of(content) {
                Some((key, rest)) if known.contains(&key) => {
                    if found.sections.iter().any(|section| section.key == key) {
                        problems.push(Problem::at(file, number, format!("`{key}:` stands here a second time")));
                    }
                    let start = content.len() - rest.trim_start().len();
                    let mut section = Section { key: key.to_owned(), line: number, lines: Vec::new() };
                    if !rest.trim().is_empty() {
                        section.lines.push(Line { number, indent: start, text: rest.trim().to_owned() });
                    }
                    found.sections.push(section);
                }
                Some((key, _)) if !found.sections.is_empty() => {
                    let all = known.join(", ");
                    problems.push(Problem::at(file, number, format!("unknown key `{key}:`; the keys are: {all}")));
                }
                _ => match found.sections.last_mut() {
                    None => prose.push(value),
                    Some(_) if value.is_empty() => {}
                    Some(_) if indent < 2 => {
                        let message = "expected a key such as `grain:`; lines that belong to a key are indented";
                        problems.push(Problem::at(file, number, message));
                    }
                    Some(section) => section.lines.push(Line { number, indent, text: value.to_owned() }),
                },
            }
        }
        found.description = prose.join("\n").trim().to_owned();
        found
    }

    /// Takes the section `key` out, if it is there.
    pub(crate) fn take(&mut self, key: &str) -> Option<Section> {
        let index = self.sections.iter().position(|section| section.key == key)?;
        Some(self.sections.remove(index))
    }
}

/// `" grain: one row"` → `("grain", " one row")`. A key stands one space after the dashes.
fn key_of(content: &str) -> Option<(&str, &str)> {
    let (word, rest) = content.strip_prefix(' ')?.split_once(':')?;
    let sound = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    (sound && (rest.is_empty() || rest.starts_with(' '))).then_some((word, rest))
}

impl Section {
    /// The whole value as one line.
    pub(crate) fn value(&self) -> String {
        self.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// The value as a list with commas.
    pub(crate) fn list(&self) -> Vec<Item> {
        let mut items = Vec::new();
        for line in &self.lines {
            for entry in line.text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
                items.push(Item { line: line.number, text: entry.to_owned() });
            }
        }
        items
    }

    /// The value as items, one a line; a deeper line goes on with the item above it.
    pub(crate) fn items(&self, file: &str, problems: &mut Vec<Problem>) -> Vec<Item> {
        let Some(indent) = self.lines.first().map(|line| line.indent) else { return Vec::new() };
        let mut items: Vec<Item> = Vec::new();
        for line in &self.lines {
            if line.indent < indent {
                let message = format!("items of `{}:` stand at one indent ({indent} spaces here)", self.key);
                problems.push(Problem::at(file, line.number, message));
            }
            match items.last_mut() {
                Some(last) if line.indent > indent => {
                    last.text.push(' ');
                    last.text.push_str(&line.text);
                }
                _ => items.push(Item { line: line.number, text: line.text.clone() }),
            }
        }
        items
    }
}
