//! The tests that a header declares.

/// What must hold for every row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// No two rows share these values; nulls count as equal.
    Unique(Vec<String>),
    /// None of these columns is ever null.
    NotNull(Vec<String>),
    /// Every combination that is not null exists in another model.
    References {
        /// Here.
        columns: Vec<String>,
        /// The other model.
        model: String,
        /// There, in the same order.
        targets: Vec<String>,
    },
    /// Every value that is not null is, as text, one of these words.
    Accepted {
        /// The column.
        column: String,
        /// The words.
        words: Vec<String>,
    },
    /// Every value that is not null lies between two SQL literals, both included.
    Between {
        /// The column.
        column: String,
        /// The lowest good value.
        low: String,
        /// The highest good value.
        high: String,
    },
    /// A boolean SQL expression that is never false.
    Expression(String),
}

/// What happens when rows break a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Everything is rolled back and the job fails.
    Error,
    /// It is reported.
    Warn,
}

/// How many rows may break a test before it is broken.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Allowed {
    /// None.
    #[default]
    Nothing,
    /// So many.
    Rows(i64),
    /// So many of a hundred rows of the table.
    Percent(f64),
}

impl Allowed {
    /// Whether a single row breaks the test, so that it may be asked of new rows alone: of a test that may be
    /// broken, all breaches are counted.
    pub(crate) fn is_strict(self, severity: Severity) -> bool {
        severity == Severity::Error && self == Self::Nothing
    }

    /// Reads `above <number>` or `above <number>%` from the beginning of `text`, and gives the rest.
    pub(crate) fn parse(text: &str) -> Result<(Self, &str), String> {
        let Some(rest) = text.strip_prefix("above ") else { return Ok((Self::Nothing, text)) };
        let rest = rest.trim_start();
        let (number, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        let allowed = match number.strip_suffix('%') {
            Some(percent) => percent.parse().ok().filter(|percent| (0.0..100.0).contains(percent)).map(Self::Percent),
            None => number.parse().ok().filter(|rows| *rows >= 0).map(Self::Rows),
        };
        let allowed = allowed.ok_or_else(|| format!("write `above 10` or `above 1.5%`, not `above {number}`"))?;
        Ok((allowed, rest.trim_start()))
    }
}

/// A declared test.
#[derive(Debug, Clone, PartialEq)]
pub struct Declared {
    /// What must hold.
    pub check: Check,
    /// How bad a breach is.
    pub severity: Severity,
    /// How many rows may break it.
    pub allowed: Allowed,
    /// The line of the header.
    pub line: usize,
}

impl Declared {
    /// Reads `[warn] [above <number>[%]] <test> <arguments>`.
    pub(crate) fn parse(line: usize, text: &str) -> Result<Self, String> {
        let (severity, rest) = match text.split_once(' ') {
            Some(("warn", rest)) => (Severity::Warn, rest.trim()),
            Some(("error", rest)) => (Severity::Error, rest.trim()),
            _ => (Severity::Error, text),
        };
        let (allowed, rest) = Allowed::parse(rest)?;
        let (name, arguments) = rest.split_once(' ').map_or((rest, ""), |(name, rest)| (name, rest.trim()));
        if arguments.is_empty() {
            return Err(format!("the test `{text}` says nothing about what it tests"));
        }
        let check = match name {
            "unique" => Check::Unique(names(arguments)?),
            "not_null" => Check::NotNull(names(arguments)?),
            "references" => references(arguments)?,
            "accepted" => accepted(arguments)?,
            "between" => between(arguments)?,
            "expression" => Check::Expression(arguments.to_owned()),
            other => {
                return Err(format!(
                    "unknown test `{other}`; the tests are: unique, not_null, references, accepted, between, expression"
                ));
            }
        };
        Ok(Self { check, severity, allowed, line })
    }
}

impl Check {
    /// A name for reports and for the file of failing rows: `references_track_id`.
    pub fn name(&self) -> String {
        match self {
            Self::Unique(columns) => format!("unique_{}", columns.join("_")),
            Self::NotNull(columns) => format!("not_null_{}", columns.join("_")),
            Self::References { columns, model, .. } => format!("references_{}_{model}", columns.join("_")),
            Self::Accepted { column, .. } => format!("accepted_{column}"),
            Self::Between { column, .. } => format!("between_{column}"),
            Self::Expression(_) => "expression".to_owned(),
        }
    }

    /// The columns it names, as far as that is known without parsing SQL.
    pub(crate) fn columns(&self) -> Vec<&str> {
        match self {
            Self::Unique(columns) | Self::NotNull(columns) | Self::References { columns, .. } => {
                columns.iter().map(String::as_str).collect()
            }
            Self::Accepted { column, .. } | Self::Between { column, .. } => vec![column],
            Self::Expression(_) => Vec::new(),
        }
    }
}

/// A plain lower-case SQL name, which needs no quotes on any engine.
pub(crate) fn is_name(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase())
}

fn names(text: &str) -> Result<Vec<String>, String> {
    text.split(',').map(|name| one_name(name.trim())).collect()
}

fn one_name(text: &str) -> Result<String, String> {
    if is_name(text) { Ok(text.to_owned()) } else { Err(format!("`{text}` is no column name")) }
}

/// `a, b model.c, d`: the last word before the dot is the model.
fn references(text: &str) -> Result<Check, String> {
    let wrong = || format!("write `references column model.column`, not `references {text}`");
    let (left, right) = text.split_once('.').ok_or_else(wrong)?;
    let (columns, model) = left.rsplit_once(' ').ok_or_else(wrong)?;
    let (columns, targets) = (names(columns)?, names(right)?);
    if columns.len() != targets.len() || !is_name(model) {
        return Err(wrong());
    }
    Ok(Check::References { columns, model: model.to_owned(), targets })
}

fn accepted(text: &str) -> Result<Check, String> {
    let (column, rest) = text.split_once(' ').ok_or("write `accepted column word, word`")?;
    let mut words = Vec::new();
    let mut rest = rest.trim();
    while !rest.is_empty() {
        let (word, after) = match rest.strip_prefix('\'') {
            Some(quoted) => quoted.split_once('\'').ok_or_else(|| format!("a quote is not closed: {rest}"))?,
            None => rest.split_once(',').map_or((rest, ""), |(word, _)| (word, &rest[word.len()..])),
        };
        words.push(word.trim().to_owned());
        let after = after.trim_start();
        rest = match after.strip_prefix(',') {
            Some(more) => more.trim(),
            None if after.is_empty() => "",
            None => return Err(format!("expected a comma before `{after}`")),
        };
    }
    Ok(Check::Accepted { column: one_name(column)?, words })
}

fn between(text: &str) -> Result<Check, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [column, low, high] = words.as_slice() else {
        return Err(format!("write `between column low high`, not `between {text}`"));
    };
    Ok(Check::Between { column: one_name(column)?, low: (*low).to_owned(), high: (*high).to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Check) {
        assert_eq!(Declared::parse(1, text).unwrap().check, expected, "{text}");
    }

    fn strings(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn tests_are_read() {
        check("unique a, b", Check::Unique(strings(&["a", "b"])));
        check(
            "references a, b dim_x.c, d",
            Check::References {
                columns: strings(&["a", "b"]),
                model: "dim_x".to_owned(),
                targets: strings(&["c", "d"]),
            },
        );
        check(
            "accepted city 'New York', rome, 'a, b'",
            Check::Accepted { column: "city".to_owned(), words: strings(&["New York", "rome", "a, b"]) },
        );
        check("expression a <= 1, b", Check::Expression("a <= 1, b".to_owned()));
    }

    #[test]
    fn a_warning_is_marked() {
        assert_eq!(Declared::parse(1, "warn unique a").unwrap().severity, Severity::Warn);
        assert_eq!(Declared::parse(1, "unique a").unwrap().severity, Severity::Error);
    }

    #[test]
    fn some_rows_may_be_allowed() {
        let allowed = |text: &str| Declared::parse(1, text).map(|test| (test.allowed, test.severity));
        assert_eq!(allowed("above 10 unique a"), Ok((Allowed::Rows(10), Severity::Error)));
        assert_eq!(allowed("warn above 1.5% unique a"), Ok((Allowed::Percent(1.5), Severity::Warn)));
        assert_eq!(allowed("unique above"), Ok((Allowed::Nothing, Severity::Error)));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "unique",
            "uniq a",
            "unique A b",
            "references a b",
            "between a 1",
            "accepted a 'x",
            "accepted a 'x' y",
            "above ten unique a",
            "above -1 unique a",
            "above 100% unique a",
            "above 1%",
        ] {
            assert!(Declared::parse(1, text).is_err(), "{text}");
        }
    }
}
