//! Words and signs of a query, as far as spelling matters: DuckDB's parse tree no longer tells
//! how a type, a name or a text was written.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A keyword or a plain name.
    Word,
    /// `'text'`.
    Text,
    /// `"name"`.
    QuotedName,
    /// `E'text'`, `$$text$$`: text in a way of one engine.
    OddText,
    /// A number.
    Number,
    /// One sign; `::` is one.
    Sign,
    /// `-- …` or `/* … */`.
    Comment,
    /// Spaces and line ends.
    Space,
}

/// One token of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'t> {
    pub(crate) kind: Kind,
    /// As it is written, quotes included.
    pub(crate) text: &'t str,
    /// The line, counted from 1.
    pub(crate) line: usize,
}

impl Token<'_> {
    /// Whether it is this keyword.
    pub(crate) fn is(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// Whether it is this sign.
    pub(crate) fn is_sign(&self, sign: &str) -> bool {
        self.kind == Kind::Sign && self.text == sign
    }
}

/// Takes a query apart. Comments and spaces are left out.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    pieces(text).into_iter().filter(|token| !matches!(token.kind, Kind::Comment | Kind::Space)).collect()
}

/// Takes a query apart so that the pieces together are the whole text.
pub(crate) fn pieces(text: &str) -> Vec<Token<'_>> {
    let (mut found, mut at, mut line) = (Vec::new(), 0, 1);
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let (kind, length) = token(rest, first);
        found.push(Token { kind, text: &rest[..length], line });
        line += rest[..length].matches('\n').count();
        at += length;
    }
    found
}

/// The token at the beginning of `rest` and its length.
fn token(rest: &str, first: char) -> (Kind, usize) {
    let while_it = |fits: fn(char) -> bool| rest.find(|sign| !fits(sign)).unwrap_or(rest.len());
    let is_name = |sign: char| sign.is_alphanumeric() || sign == '_' || sign == '$';
    if rest.starts_with("--") {
        return (Kind::Comment, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (Kind::Comment, comment(rest));
    }
    if let Some(body) = rest.strip_prefix(['e', 'E']).filter(|body| body.starts_with('\'')) {
        return (Kind::OddText, 1 + quoted(body, '\'', true));
    }
    if let Some(length) = dollars(rest) {
        return (Kind::OddText, length);
    }
    match first {
        '\'' => (Kind::Text, quoted(rest, '\'', false)),
        '"' => (Kind::QuotedName, quoted(rest, '"', false)),
        _ if first.is_whitespace() => (Kind::Space, while_it(char::is_whitespace)),
        _ if first.is_ascii_digit() => (Kind::Number, while_it(|sign| sign.is_ascii_alphanumeric() || sign == '.')),
        _ if is_name(first) => (Kind::Word, while_it(|sign| sign.is_alphanumeric() || sign == '_' || sign == '$')),
        _ if rest.starts_with("::") => (Kind::Sign, 2),
        _ => (Kind::Sign, first.len_utf8()),
    }
}

/// `/* … */`, which may hold another.
fn comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// The length of a quoted piece; a doubled quote is part of it.
fn quoted(rest: &str, quote: char, has_escapes: bool) -> usize {
    let mut signs = rest.char_indices().skip(1).peekable();
    while let Some((at, sign)) = signs.next() {
        if sign == '\\' && has_escapes {
            signs.next();
        } else if sign == quote && signs.next_if(|(_, next)| *next == quote).is_none() {
            return at + sign.len_utf8();
        }
    }
    rest.len()
}

/// `$$text$$` or `$tag$text$tag$`.
fn dollars(rest: &str) -> Option<usize> {
    let tag = rest.strip_prefix('$')?.split('$').next()?;
    let is_tag = tag.len() + 1 < rest.len() && tag.chars().all(|sign| sign.is_alphabetic() || sign == '_');
    let mark = is_tag.then(|| &rest[..tag.len() + 2])?;
    Some(rest[mark.len()..].find(mark).map_or(rest.len(), |end| mark.len() * 2 + end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(Kind, &str, usize)]) {
        let found: Vec<_> = tokens(text).iter().map(|token| (token.kind, token.text, token.line)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn comments_and_texts_hide_what_is_in_them() {
        check(
            "-- \"a\" 'b\nselect 'it''s \"x\" -- no', /* 'a /* b */ */ \"ü\"\"b\"\n, c",
            &[
                (Kind::Word, "select", 2),
                (Kind::Text, "'it''s \"x\" -- no'", 2),
                (Kind::Sign, ",", 2),
                (Kind::QuotedName, "\"ü\"\"b\"", 2),
                (Kind::Sign, ",", 3),
                (Kind::Word, "c", 3),
            ],
        );
    }

    #[test]
    fn odd_texts_are_told_apart() {
        check(
            "E'a\\'b' $$x'$$ $t$ $$ $t$ end",
            &[
                (Kind::OddText, "E'a\\'b'", 1),
                (Kind::OddText, "$$x'$$", 1),
                (Kind::OddText, "$t$ $$ $t$", 1),
                (Kind::Word, "end", 1),
            ],
        );
    }

    #[test]
    fn numbers_and_casts() {
        check(
            "1e0::int*élan",
            &[
                (Kind::Number, "1e0", 1),
                (Kind::Sign, "::", 1),
                (Kind::Word, "int", 1),
                (Kind::Sign, "*", 1),
                (Kind::Word, "élan", 1),
            ],
        );
    }

    #[test]
    fn a_text_without_an_end_ends_with_the_file() {
        check("'abc", &[(Kind::Text, "'abc", 1)]);
        check("/* abc", &[]);
        check("$", &[(Kind::Word, "$", 1)]);
    }
}
