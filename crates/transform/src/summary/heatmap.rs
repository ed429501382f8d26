//! A year of days: one column a week, one line a day of the week.

use chrono::{Datelike, Days, NaiveDate};

const WEEKS: u64 = 53;

/// From nothing to much; the darkest is for the top fifth of the days with music.
const SHADES: [char; 5] = ['·', '░', '▒', '▓', '█'];

/// The 53 weeks up to the last of these days. Days before the first are blank.
pub(crate) fn heatmap(days: &[(NaiveDate, i64)]) -> String {
    let Some(last) = days.iter().map(|(day, _)| *day).max() else { return "no days yet".to_owned() };
    let first = days.iter().map(|(day, _)| *day).min().unwrap_or(last);
    let Some(start) = monday(last).checked_sub_days(Days::new(7 * (WEEKS - 1))) else { return String::new() };
    let bounds = bounds(days);
    let mut lines = vec![months(start)];
    for (weekday, label) in ["Mon", "   ", "Wed", "   ", "Fri", "   ", "Sun"].into_iter().enumerate() {
        let mut line = format!("{label} ");
        for week in 0..WEEKS {
            let offset = week * 7 + u64::try_from(weekday).unwrap_or_default();
            let day = start.checked_add_days(Days::new(offset)).filter(|day| *day >= first && *day <= last);
            let minutes = day.map(|day| days.iter().find(|(other, _)| *other == day).map_or(0, |(_, value)| *value));
            line.push(minutes.map_or(' ', |minutes| shade(minutes, &bounds)));
        }
        lines.push(line.trim_end().to_owned());
    }
    let [one, two, three] = bounds;
    lines.push(format!("    · none  ░ to {one}  ▒ to {two}  ▓ to {three}  █ more"));
    lines.join("\n")
}

fn monday(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday()))).unwrap_or(day)
}

/// The minutes that a third, two thirds and four fifths of the days with music stay below.
fn bounds(days: &[(NaiveDate, i64)]) -> [i64; 3] {
    let mut heard: Vec<i64> = days.iter().map(|(_, minutes)| *minutes).filter(|minutes| *minutes > 0).collect();
    heard.sort_unstable();
    let at = |part: usize, of: usize| heard.get((heard.len() * part / of).min(heard.len().saturating_sub(1))).copied();
    [at(1, 3), at(2, 3), at(4, 5)].map(Option::unwrap_or_default)
}

fn shade(minutes: i64, bounds: &[i64; 3]) -> char {
    let level = if minutes <= 0 { 0 } else { 1 + bounds.iter().filter(|bound| minutes > **bound).count() };
    SHADES.get(level).copied().unwrap_or('█')
}

/// Names of months above the week in which each begins, where there is room.
fn months(start: NaiveDate) -> String {
    let mut line = String::from("    ");
    for week in 0..WEEKS {
        let Some(day) = start.checked_add_days(Days::new(week * 7)) else { continue };
        let column = 4 + usize::try_from(week).unwrap_or_default();
        if day.day() <= 7 && line.chars().count() <= column {
            line += &" ".repeat(column - line.chars().count());
            line += &format!("{} ", day.format("%b"));
        }
    }
    line.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_stand_where_they_belong() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let map = heatmap(&[(day("2024-05-15"), 10), (day("2024-05-13"), 0), (day("2024-05-14"), 100)]);
        let lines: Vec<&str> = map.lines().collect();
        assert_eq!(lines[0].chars().nth(4 + 52 - 1), Some('M'), "May begins in the last column but one: {map}");
        assert_eq!(lines[1].chars().last(), Some('·'));
        assert_eq!(lines[2].chars().last(), Some('▒'));
        assert_eq!(lines[3].chars().last(), Some('░'));
        assert_eq!(lines[4], "", "Thursday is not over: {map}");
    }

    #[test]
    fn no_days_are_no_error() {
        assert_eq!(heatmap(&[]), "no days yet");
    }
}
