//! The header of a model: what it is, what it reads, what must hold, what its columns mean.

use std::fmt;

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
    /// A table of which a build replaces the rows that changed, where `recompute` says how.
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

/// How an incremental model is brought up to date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recompute {
    /// As a whole.
    Whole,
    /// By the keys of what changed: rows of one key are made of the rows that have it.
    By {
        /// The columns of the key.
        key: Vec<String>,
        /// Tables without the key are joined by the first of these lists of columns that they have to a
        /// table that has it.
        through: Vec<Vec<String>>,
    },
}

impl fmt::Display for Recompute {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => formatter.write_str("whole"),
            Self::By { key, through } => {
                let lists = [key].into_iter().chain(through).map(|columns| columns.join(", "));
                write!(formatter, "by {}", lists.collect::<Vec<_>>().join(" through "))
            }
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
    pub recompute: Option<Recompute>,
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
        let recompute = recompute_rule(file, kind, recompute, problems);
        let tests = tests(file, &key, recompute.as_ref(), sections.take("tests"), problems);
        let header = Self {
            description,
            grain: grain.map(|(_, value)| value).unwrap_or_default(),
            kind: kind.unwrap_or(Kind::Table),
            recompute,
            reads: sections.take("reads").map(|section| section.list()).unwrap_or_default(),
            sort: column_list(file, sections.take("sort"), problems),
            split: split.and_then(|(line, value)| one_column(file, line, &value, problems)),
            tests,
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
) -> Option<Recompute> {
    let forms = "`whole`, `by <columns>` or `by <columns> through <columns>`";
    let (line, message) = match (kind, rule) {
        (Some(Kind::Incremental | Kind::View), Some((line, rule))) => match recompute(&rule) {
            // A view has no rows to replace; its tests look at those that may be new.
            Some(Recompute::Whole) if kind == Some(Kind::View) => (line, "a view is never made as a whole".to_owned()),
            Some(rule) => return Some(rule),
            None => (line, format!("recompute is {forms}, not `{rule}`")),
        },
        (Some(Kind::Incremental), None) => (1, format!("an incremental model needs `recompute:` ({forms})")),
        (_, Some((line, _))) => (line, "`recompute:` is for `kind: incremental` and for views only".to_owned()),
        (_, None) => return None,
    };
    problems.push(Problem::at(file, line, message));
    None
}

/// What stands behind `recompute:`.
pub(super) fn recompute(rule: &str) -> Option<Recompute> {
    let list = |text: &str| -> Option<Vec<String>> {
        text.split(',').map(str::trim).map(|name| is_name(name).then(|| name.to_owned())).collect()
    };
    if rule == "whole" {
        return Some(Recompute::Whole);
    }
    let mut lists = rule.strip_prefix("by ")?.split(" through ").map(list);
    Some(Recompute::By { key: lists.next()??, through: lists.collect::<Option<_>>()? })
}

/// `key:` implies that its columns are unique together and never null, `recompute: by` the latter.
fn tests(
    file: &str,
    key: &[String],
    recompute: Option<&Recompute>,
    section: Option<Section>,
    problems: &mut Vec<Problem>,
) -> Vec<Declared> {
    let mut implied = Vec::new();
    if !key.is_empty() {
        implied.extend([Check::Unique(key.to_vec()), Check::NotNull(key.to_vec())]);
    }
    if let Some(Recompute::By { key: by, .. }) = recompute
        && !by.iter().all(|name| key.contains(name))
    {
        implied.push(Check::NotNull(by.clone()));
    }
    let declared = |check| Declared { check, severity: Severity::Error, allowed: Allowed::Nothing, line: 1 };
    let mut tests: Vec<Declared> = implied.into_iter().map(declared).collect();
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
