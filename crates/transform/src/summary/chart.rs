//! Charts made of characters.

/// The longest bar.
const BAR_WIDTH: i64 = 30;

/// Names longer than this are cut.
const NAME_WIDTH: usize = 28;

/// `1` → `1 play`, `1234` → `1,234 plays`.
pub(crate) fn plays(number: i64) -> String {
    counted(number, "play")
}

/// A number of things of this name.
pub(crate) fn counted(number: i64, name: &str) -> String {
    format!("{} {name}{}", thousands(number), if number == 1 { "" } else { "s" })
}

/// `1234567` → `1,234,567`.
pub(crate) fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

/// Horizontal bars: name, bar, label.
pub(crate) fn bars(rows: &[(String, i64, String)]) -> String {
    let longest = rows.iter().map(|(_, value, _)| *value).max().unwrap_or_default().max(1);
    let names: Vec<String> = rows.iter().map(|(name, _, _)| cut(name)).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
    let lines = rows.iter().zip(&names).enumerate().map(|(index, ((_, value, label), name))| {
        let eighths = value * BAR_WIDTH * 8 / longest;
        let full = usize::try_from(eighths / 8).unwrap_or_default();
        let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
        let part = usize::try_from(eighths % 8).ok().and_then(|part| rest.get(part)).copied().unwrap_or_default();
        format!("{:>3}  {name:width$}  {}{part} {label}", index + 1, "█".repeat(full))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Upright columns, three characters wide and four lines high, with labels below.
pub(crate) fn columns_chart(values: &[i64], labels: &[String]) -> String {
    const LINES: i64 = 4;
    const STEPS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let highest = values.iter().copied().max().unwrap_or_default().max(1);
    let mut lines: Vec<String> = Vec::new();
    for line in (0..LINES).rev() {
        let cells = values.iter().map(|value| {
            // A value that is not zero shows, however small.
            let eighths = (value * LINES * 8 / highest).max(i64::from(*value > 0));
            let step = usize::try_from((eighths - line * 8).clamp(0, 8)).unwrap_or_default();
            let sign = STEPS.get(step).copied().unwrap_or(' ');
            format!("{sign}{sign} ")
        });
        lines.push(cells.collect::<String>().trim_end().to_owned());
    }
    lines.push(labels.iter().map(|label| format!("{label:<3}")).collect::<String>().trim_end().to_owned());
    lines.join("\n")
}

fn cut(name: &str) -> String {
    if name.chars().count() <= NAME_WIDTH {
        return name.to_owned();
    }
    let start: String = name.chars().take(NAME_WIDTH - 1).collect();
    format!("{}…", start.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (-1234567, "-1,234,567")] {
            assert_eq!(thousands(number), text);
        }
    }

    #[test]
    fn the_longest_bar_is_full() {
        let rows = [("Ann".to_owned(), 8, "eight".to_owned()), ("Bo".to_owned(), 1, "one".to_owned())];
        let text = bars(&rows);
        let full = "█".repeat(30);
        assert_eq!(text, format!("  1  Ann  {full} eight\n  2  Bo   ███▊ one"));
    }

    #[test]
    fn small_values_show() {
        let labels = ["00".to_owned(), "01".to_owned(), "02".to_owned()];
        assert_eq!(columns_chart(&[0, 1, 1000], &labels), "      ██\n      ██\n      ██\n   ▁▁ ██\n00 01 02");
    }

    #[test]
    fn no_rows_are_no_error() {
        assert_eq!(bars(&[]), "");
    }
}
