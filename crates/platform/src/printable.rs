//! Text for people that may hold the words of strangers: titles, file names, messages.

use std::borrow::Cow;

/// Puts a visible mark in the place of control characters, with which a hostile export could
/// command the terminal. Line ends and tabs stay. Programs of ours write no styling into
/// their results, so nothing else has a reason to be there.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_command) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|char| if is_command(char) { char::REPLACEMENT_CHARACTER } else { char }).collect())
}

fn is_command(char: char) -> bool {
    // Behind the controls: marks that turn the direction of what follows around, so that a
    // line reads as something else than it is.
    (char.is_control() && !matches!(char, '\n' | '\t'))
        || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(printable(text), expected);
    }

    #[test]
    fn commands_to_the_terminal_become_visible() {
        check("\u{1b}]0;owned\u{7}\u{1b}[2J", "\u{fffd}]0;owned\u{fffd}\u{fffd}[2J");
        check("a\rb\u{8}\u{7f}\u{9b}31m", "a\u{fffd}b\u{fffd}\u{fffd}\u{fffd}31m");
        check("gnp.\u{202e}exe", "gnp.\u{fffd}exe");
    }

    #[test]
    fn all_other_text_stays() {
        for text in ["", "two\nlines\tand a tab", "Sigur Rós – 愛 🎶 ▁▂▃ شادية e\u{301} 👩\u{200d}🎤"]
        {
            check(text, text);
        }
    }
}
