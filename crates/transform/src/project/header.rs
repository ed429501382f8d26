//! The header of a model: what it is, what it reads, what must hold, what its columns mean.

use super::check::{Allowed, Check, Declared, Severity, is_name};
use super::problem::Problem;
use super::sections::{Item, Section, Sections};

/// How a model is kept in the warehouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A table, made anew by every build.
    Table,
    /// A view.
    View,
    /// A table that will learn to replace only what changed; built as a table for now.
    Incremental,
}

impl Kind {
    /// The word in the header.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::View => "view",
            Self::Incremental => "incremental",
        }
    }
}

/// Everything a header says.
#[derive(Debug, Clone)]
pub struct Header {
    /// The prose.
    pub description: String,
    /// What one row is.
    pub grain: String,
    /// Table or view.
    pub kind: Kind,
    /// The columns of the grain.
    pub key: Vec<String>,
    /// How an incremental model is brought up to date.
    pub recompute: Option<String>,
    /// The tables its query names, with the line that says so.
    pub reads: Vec<Item>,
    /// The order of rows in the published file.
    pub sort: Vec<String>,
    /// The time column that divides the published table into history and recent.
    pub split: Option<String>,
    /// What must hold.
    pub tests: Vec<Declared>,
    /// Descriptions by column, with their lines.
    pub columns: Vec<(Item, String)>,
}

const KEYS: &[&str] = &["grain", "kind", "key", "recompute", "reads", "sort", "split", "tests", "columns"];

impl Header {
    /// Reads the header at the top of `text`; `None` when what it says cannot be used.
    pub(crate) fn parse(file: &str, text: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        let before = problems.len();
        let mut sections = Sections::parse(file, text, KEYS, problems);
        let description = std::mem::take(&mut sections.description);
        if description.is_empty() {
            problems.push(Problem::at(file, 1, "begin the file with `-- ` and a sentence that says what this is"));
        }
        let mut scalar = |key: &str| sections.take(key).map(|section| (section.line, section.value()));
        let (grain, kind, recompute, split) = (scalar("grain"), scalar("kind"), scalar("recompute"), scalar("split"));
        let mut missing = |key: &str, hint: &str| {
            problems.push(Problem::at(file, 1, format!("the header lacks `{key}:` ({hint})")));
        };
        if grain.as_ref().is_none_or(|(_, value)| value.is_empty()) {
            missing("grain", "one row per …");
        }
        if kind.is_none() {
            missing("kind", "table, view or incremental");
        }
        let kind = kind.and_then(|(line, value)| match value.as_str() {
            "table" => Some(Kind::Table),
            "view" => Some(Kind::View),
            "incremental" => Some(Kind::Incremental),
            other => {
                problems.push(Problem::at(file, line, format!("kind is table, view or incremental, not `{other}`")));
                None
            }
        });
        let key = column_list(file, sections.take("key"), problems);
        let header = Self {
            description,
            grain: grain.map(|(_, value)| value).unwrap_or_default(),
            kind: kind.unwrap_or(Kind::Table),
            recompute: recompute_rule(file, kind, recompute, problems),
            reads: sections.take("reads").map(|section| section.list()).unwrap_or_default(),
            sort: column_list(file, sections.take("sort"), problems),
            split: split.and_then(|(line, value)| one_column(file, line, &value, problems)),
            tests: tests(file, &key, sections.take("tests"), problems),
            columns: columns(file, sections.take("columns"), problems),
            key,
        };
        for item in &header.reads {
            if !is_name(&item.text) {
                problems.push(Problem::at(file, item.line, format!("`{}` is no name of a table", item.text)));
            }
        }
        (problems.len() == before).then_some(header)
    }
}

fn recompute_rule(
    file: &str,
    kind: Option<Kind>,
    rule: Option<(usize, String)>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    match (kind, rule) {
        (Some(Kind::Incremental), Some((line, rule))) => {
            let by = rule.strip_prefix("by ").map(|columns| columns.split(',').all(|name| is_name(name.trim())));
            if rule != "append" && rule != "whole" && by != Some(true) {
                let message = format!("recompute is append, whole or `by <columns>`, not `{rule}`");
                problems.push(Problem::at(file, line, message));
            }
            Some(rule)
        }
        (Some(Kind::Incremental), None) => {
            problems.push(Problem::at(
                file,
                1,
                "an incremental model needs `recompute:` (append, whole or by <columns>)",
            ));
            None
        }
        (_, Some((line, _))) => {
            problems.push(Problem::at(file, line, "`recompute:` is for `kind: incremental` only"));
            None
        }
        (_, None) => None,
    }
}

/// `key:` implies that its columns are unique together and never null.
fn tests(file: &str, key: &[String], section: Option<Section>, problems: &mut Vec<Problem>) -> Vec<Declared> {
    let mut tests: Vec<Declared> = Vec::new();
    if !key.is_empty() {
        for check in [Check::Unique(key.to_vec()), Check::NotNull(key.to_vec())] {
            tests.push(Declared { check, severity: Severity::Error, allowed: Allowed::Nothing, line: 1 });
        }
    }
    let items = section.map(|section| section.items(file, problems)).unwrap_or_default();
    for item in items {
        match Declared::parse(item.line, &item.text) {
            Ok(test) if tests.iter().any(|other| other.check == test.check) => {}
            Ok(test) => tests.push(test),
            Err(message) => problems.push(Problem::at(file, item.line, message)),
        }
    }
    tests
}

fn columns(file: &str, section: Option<Section>, problems: &mut Vec<Problem>) -> Vec<(Item, String)> {
    let items = section.map(|section| section.items(file, problems)).unwrap_or_default();
    let mut columns: Vec<(Item, String)> = Vec::new();
    for Item { line, text } in items {
        let (name, description) = text.split_once(' ').map_or((text.as_str(), ""), |(name, rest)| (name, rest.trim()));
        if !is_name(name) || description.is_empty() {
            problems.push(Problem::at(file, line, format!("write `<column>  <description>`, not `{text}`")));
        } else if columns.iter().any(|(item, _)| item.text == name) {
            problems.push(Problem::at(file, line, format!("the column `{name}` is described twice")));
        }
        columns.push((Item { line, text: name.to_owned() }, description.to_owned()));
    }
    columns
}

fn column_list(file: &str, section: Option<Section>, problems: &mut Vec<Problem>) -> Vec<String> {
    let items = section.map(|section| section.list()).unwrap_or_default();
    items.into_iter().filter_map(|item| one_column(file, item.line, &item.text, problems)).collect()
}

fn one_column(file: &str, line: usize, text: &str, problems: &mut Vec<Problem>) -> Option<String> {
    if is_name(text) {
        return Some(text.to_owned());
    }
    problems.push(Problem::at(file, line, format!("`{text}` is no column name")));
    None
}
