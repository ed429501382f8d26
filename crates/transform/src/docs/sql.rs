//! SQL and prose as HTML.

use super::lineage::escaped;
use crate::project::lexer::{Kind, pieces};

/// Words that are shown as keywords.
const KEYWORDS: &[&str] = &[
    "all",
    "and",
    "anti",
    "as",
    "between",
    "by",
    "case",
    "cast",
    "cross",
    "current",
    "date",
    "desc",
    "distinct",
    "else",
    "end",
    "except",
    "exists",
    "false",
    "filter",
    "first",
    "from",
    "full",
    "group",
    "having",
    "in",
    "inner",
    "intersect",
    "interval",
    "is",
    "join",
    "last",
    "left",
    "like",
    "limit",
    "not",
    "null",
    "nulls",
    "on",
    "or",
    "order",
    "over",
    "partition",
    "preceding",
    "right",
    "row",
    "rows",
    "select",
    "semi",
    "then",
    "timestamp",
    "true",
    "try_cast",
    "unbounded",
    "union",
    "using",
    "values",
    "when",
    "where",
    "with",
    "within",
];

/// A query with colours; `link` says where the page of a name is.
pub(super) fn highlighted(text: &str, link: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    for piece in pieces(text) {
        let shown = escaped(piece.text);
        match piece.kind {
            Kind::Space | Kind::Sign => out += &shown,
            Kind::Comment => out += &format!("<i class=\"c\">{shown}</i>"),
            Kind::Text | Kind::OddText => out += &format!("<span class=\"t\">{shown}</span>"),
            Kind::Number => out += &format!("<span class=\"n\">{shown}</span>"),
            Kind::Word if KEYWORDS.contains(&piece.text.to_ascii_lowercase().as_str()) => {
                out += &format!("<b>{shown}</b>");
            }
            Kind::Word | Kind::QuotedName => match link(piece.text) {
                Some(href) => out += &format!("<a href=\"{}\">{shown}</a>", escaped(&href)),
                None => out += &shown,
            },
        }
    }
    out
}

/// Paragraphs of a header, with `code` in backticks.
pub(super) fn prose(text: &str) -> String {
    let paragraphs = text.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty());
    paragraphs.map(|paragraph| format!("<p>{}</p>\n", code(paragraph))).collect()
}

/// One line of text, with `code` in backticks.
pub(super) fn code(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escaped(text);
    }
    let part = |(index, part): (usize, &&str)| match index % 2 {
        0 => escaped(part),
        _ => format!("<code>{}</code>", escaped(part)),
    };
    parts.iter().enumerate().map(part).collect()
}

/// The first sentence of a text.
pub(super) fn first_sentence(text: &str) -> String {
    let line = text.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    let end = line.find(". ").map_or(line.len(), |end| end + 1);
    line[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_keeps_every_letter_and_runs_nothing() {
        let shown = highlighted("select '<script>' as x -- </pre>\nfrom \"a\"", |name| {
            (name == "\"a\"").then(|| "a.html".to_owned())
        });
        assert_eq!(
            shown,
            "<b>select</b> <span class=\"t\">&#39;&lt;script&gt;&#39;</span> <b>as</b> x \
             <i class=\"c\">-- &lt;/pre&gt;</i>\n<b>from</b> <a href=\"a.html\">&quot;a&quot;</a>"
        );
    }

    #[test]
    fn backticks_make_code_and_stay_where_they_have_no_partner() {
        assert_eq!(prose("One `a < b` two.\n\nThree."), "<p>One <code>a &lt; b</code> two.</p>\n<p>Three.</p>\n");
        assert_eq!(code("It`s <b>"), "It`s &lt;b&gt;");
    }

    #[test]
    fn a_sentence_ends_with_its_point() {
        assert_eq!(first_sentence("Every play,\nonce. More.\n\nRest."), "Every play, once.");
        assert_eq!(first_sentence("No point"), "No point");
    }
}
