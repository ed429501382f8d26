//! The star's dimensions and bridge.

use super::tried;

#[test]
fn a_day_knows_its_iso_week_and_the_year_of_that_week() {
    // One play, so that the calendar is that day, thirty more, and the unknown one; the week is what matters here.
    for (date, expect) in [
        ("2024-12-30", "20241230 | 1 | 1  | 2025 | 2025-W01 | 2024 | 4 | 365 | false | 2024-12-30 | 2024-12-31"),
        ("2021-01-03", "20210103 | 7 | 53 | 2020 | 2020-W53 | 2021 | 1 | 3   | true  | 2020-12-28 | 2021-01-31"),
        ("2024-02-29", "20240229 | 4 | 9  | 2024 | 2024-W09 | 2024 | 1 | 60  | false | 2024-02-26 | 2024-02-29"),
    ] {
        let days = days_of(date);
        assert!(days.contains(&squeezed(expect)), "{expect} is not among\n{}", days.join("\n"));
        assert_eq!(days.len(), 32);
    }
}

fn days_of(date: &str) -> Vec<String> {
    let given = format!("play_id | played_date\n p | {date}");
    let columns = "date_id | day_of_week | week_of_year | iso_year | iso_week | year_num | quarter | day_of_year \
                   | is_weekend | week_start_date | month_end_date";
    let (found, _) = tried("dim_date", &[("int_plays_resolved", &given)], columns).unwrap();
    found.to_string().lines().skip(1).map(squeezed).collect()
}

fn squeezed(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}
