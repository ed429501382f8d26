//! Sessions, days and their hours, streaks, and how complete a month is.

use super::check;

const ACCOUNTS: (&str, &str) = (
    "dim_account",
    "account_id | account_name
     ann        | Ann
     bo         | Bo",
);

const DATES: &str = "date_id  | date       | year_month | month_start_date | month_end_date
                     20111229 | 2011-12-29 | 2011-12    | 2011-12-01       | 2011-12-31
                     20111230 | 2011-12-30 | 2011-12    | 2011-12-01       | 2011-12-31
                     20111231 | 2011-12-31 | 2011-12    | 2011-12-01       | 2011-12-31
                     20240406 | 2024-04-06 | 2024-04    | 2024-04-01       | 2024-04-30
                     20240407 | 2024-04-07 | 2024-04    | 2024-04-01       | 2024-04-30
                     20240408 | 2024-04-08 | 2024-04    | 2024-04-01       | 2024-04-30";

fn hours_of_days(zones: &str, first: &str, last: &str, expect: &str) {
    let days = format!(
        "account_id | date_id | played_date
         ann | {} | {first}
         ann | {} | {last}",
        first.replace('-', ""),
        last.replace('-', "")
    );
    check(
        "rpt_listening_calendar",
        &[("src_account_zones", zones), ("agg_daily", &days), ("dim_date", DATES), ACCOUNTS],
        expect,
    );
}

#[test]
fn a_day_is_as_long_as_the_clock_makes_it() {
    hours_of_days(
        "account_id | zone                | valid_from
         ann        | Australia/Lord_Howe | null",
        "2024-04-06",
        "2024-04-08",
        "date       | hours_in_day
         2024-04-06 | 24
         2024-04-07 | 24.5
         2024-04-08 | 24",
    );
    // Samoa went over the date line and had no 30th of December.
    hours_of_days(
        "account_id | zone         | valid_from
         ann        | Pacific/Apia | null",
        "2011-12-29",
        "2011-12-31",
        "date       | hours_in_day
         2011-12-29 | 24
         2011-12-30 | 0
         2011-12-31 | 24",
    );
    // From Berlin to Tokyo at noon: seven hours are gone. Then back again, where they come twice.
    hours_of_days(
        "account_id | zone          | valid_from
         ann        | Europe/Berlin | null
         ann        | Asia/Tokyo    | 2024-04-06 10:00:00Z
         ann        | Europe/Berlin | 2024-04-08 10:00:00Z",
        "2024-04-06",
        "2024-04-08",
        "date       | hours_in_day
         2024-04-06 | 17
         2024-04-07 | 24
         2024-04-08 | 31",
    );
    hours_of_days(
        "account_id | zone | valid_from",
        "2024-04-06",
        "2024-04-07",
        "date       | hours_in_day
         2024-04-06 | 24
         2024-04-07 | 24",
    );
}
