//! What only the spelling tells: quotes, names of types, words that the parser forgets.

use super::lexer::{Kind, Token, tokens};

/// Names of types that every engine knows.
const TYPES: &[&str] = &[
    "bigint",
    "boolean",
    "date",
    "decimal",
    "double",
    "float",
    "int",
    "integer",
    "smallint",
    "string",
    "timestamp",
    "timestamp_ntz",
    "tinyint",
    "varchar",
];

/// What is written in a way that is not the same everywhere: the line, and what to write.
pub(super) fn misspelled(text: &str) -> Vec<(usize, String)> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let (before, after) = (&tokens[..index], &tokens[index + 1..]);
        found
            .extend(text_or_name(token).or_else(|| word(before, token, after)).map(|why| (token.line, why.to_owned())));
        if token.is_sign(",") && after.first().is_none_or(ends_a_list) {
            found.push((token.line, "a comma behind the last item is for DuckDB alone: take it away".to_owned()));
        }
        if token.is_sign("::") {
            found.extend(after.first().and_then(|name| of_type(name, after.get(1))).map(|why| (token.line, why)));
        }
    }
    casts(&tokens, &mut found);
    from_first(&tokens, &mut found);
    found
}

fn text_or_name(token: &Token<'_>) -> Option<&'static str> {
    let inner = || token.text.get(1..token.text.len() - 1).unwrap_or_default();
    match token.kind {
        Kind::QuotedName => {
            Some("`\"…\"` is text on Spark, not a name: use plain snake_case names, which need no quotes")
        }
        Kind::OddText => Some("text is written in single quotes only; for special signs use `chr(…)`"),
        Kind::Text if inner().contains('\'') => {
            Some("engines disagree about a quote inside a text: use `chr(39)`, joined by `||`")
        }
        Kind::Text if inner().contains('\\') => {
            Some("Spark reads `\\` in a text as an escape: use `chr(92)`, joined by `||`, or a class such as `[.]`")
        }
        Kind::Sign if token.text == "`" => Some("DuckDB does not know backticks: use plain snake_case names"),
        _ => None,
    }
}

fn word(before: &[Token<'_>], token: &Token<'_>, after: &[Token<'_>]) -> Option<&'static str> {
    let follows = |word: &str| before.last().is_some_and(|token| token.is(word));
    let leads = |word: &str| after.first().is_some_and(|token| token.is(word));
    if token.is("recursive") && follows("with") {
        return Some("`with recursive` does not run on every engine: repeat the step a fixed number of times");
    }
    if token.is("lateral") {
        return Some("`lateral` does not run on every engine: join a subquery");
    }
    if token.is("pivot") || token.is("unpivot") {
        return Some("`pivot` does not run on every engine: use `sum(x) filter (where …)`, or `union all`");
    }
    if token.is("materialized") && (follows("as") || follows("not")) {
        return Some("`materialized` is for DuckDB alone: leave it out, or make a model of the step");
    }
    if token.is("by") && leads("all") {
        return Some("`by all` does not run on every engine: name the columns");
    }
    None
}

/// Whether nothing more of a list can follow before this token.
fn ends_a_list(token: &Token<'_>) -> bool {
    token.is_sign(")")
        || ["from", "where", "group", "having", "order", "limit", "union"].iter().any(|word| token.is(word))
}

/// `cast(… as TYPE)`, at any depth.
fn casts(tokens: &[Token<'_>], found: &mut Vec<(usize, String)>) {
    let mut parens: Vec<bool> = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        if token.is_sign("(") {
            let before = index.checked_sub(1).map(|before| tokens[before]);
            parens.push(before.is_some_and(|token| token.is("cast") || token.is("try_cast")));
        } else if token.is_sign(")") {
            parens.pop();
        } else if token.is("as") && parens.last() == Some(&true) {
            let name = tokens.get(index + 1);
            found.extend(name.and_then(|name| Some((name.line, of_type(name, tokens.get(index + 2))?))));
        }
    }
}

fn of_type(name: &Token<'_>, next: Option<&Token<'_>>) -> Option<String> {
    let lower = name.text.to_ascii_lowercase();
    let has_length = next.is_some_and(|next| next.is_sign("("));
    match lower.as_str() {
        "varchar" if has_length => None,
        "varchar" | "text" | "char" | "bpchar" => {
            Some(format!("Spark does not know `{lower}` alone: cast to `string`"))
        }
        "timestamptz" => Some(
            "Spark does not know `timestamptz`: an instant is so already, a local time is `timestamp_ntz`".to_owned(),
        ),
        _ if TYPES.contains(&lower.as_str()) => None,
        _ => Some(format!("not every engine knows the type `{lower}`; they all know {}", TYPES.join(", "))),
    }
}

/// A `from` without a `select` before it.
fn from_first(tokens: &[Token<'_>], found: &mut Vec<(usize, String)>) {
    // For each open parenthesis: whether a select was seen in it, or none is needed.
    let mut seen = vec![false];
    for (index, token) in tokens.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| tokens[before]);
        if token.is_sign("(") {
            seen.push(before.is_some_and(|token| token.kind == Kind::Word && !opens_a_query(&token)));
        } else if token.is_sign(")") {
            seen.pop();
        } else if let Some(seen) = seen.last_mut() {
            if token.is("select") {
                *seen = true;
            } else if ["union", "except", "intersect"].iter().any(|word| token.is(word)) {
                *seen = false;
            } else if token.is("from") && !*seen && !before.is_some_and(|token| token.is("distinct")) {
                found.push((token.line, "`from` without `select` is for DuckDB alone: begin with `select`".to_owned()));
            }
        }
    }
}

/// Whether a parenthesis behind this word holds a query, and not the arguments of a function.
fn opens_a_query(token: &Token<'_>) -> bool {
    const WORDS: &[&str] = &[
        "all",
        "and",
        "any",
        "as",
        "except",
        "exists",
        "from",
        "in",
        "intersect",
        "join",
        "materialized",
        "not",
        "or",
        "select",
        "union",
    ];
    WORDS.iter().any(|word| token.is(word))
}
