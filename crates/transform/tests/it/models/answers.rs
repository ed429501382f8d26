//! The daily table and the answers.

use super::check;

const PLAYS: &str = "play_id | account_id | date_id  | played_date | time_id | artist_id | track_id | kind         | is_music | is_counted | is_skip | is_estimated | ms_listened
                     p1      | ann        | 20240101 | 2024-01-01  | 3600    | x         | u1       | track        | true     | true       | false   | false        | 60000
                     p2      | ann        | 20240101 | 2024-01-01  | 3601    | x         | u1       | track        | true     | false      | true    | false        | 1000
                     p3      | ann        | 20240101 | 2024-01-01  | 3602    | y         | u2       | local        | true     | true       | null    | true         | 30000
                     p4      | ann        | 20240101 | 2024-01-01  | 3603    | unknown   | unknown  | unattributed | true     | true       | false   | false        | 40000
                     p8      | ann        | 20240101 | 2024-01-01  | 3603    | unknown   | unknown  | unattributed | true     | true       | false   | false        | 0
                     p5      | ann        | 20240101 | 2024-01-01  | 3604    | unknown   | e1       | episode      | false    | true       | false   | false        | 500000
                     p6      | ann        | 20240103 | 2024-01-03  | 7200    | unknown   | c1       | audiobook    | false    | true       | false   | false        | 700000
                     p7      | bo         | 20230103 | 2023-01-03  | 7200    | y         | u2       | track        | true     | true       | null    | true         | null";

const ACCOUNTS: &str = "account_id | account_name
                        ann        | Ann
                        bo         | Bo";

#[test]
fn the_clock_has_every_hour_of_the_week() {
    let hours = "time_id | hour_of_day | time_of_day | time_of_day_sort
                 3600    | 1           | Night       | 1
                 3601    | 1           | Night       | 1
                 3602    | 1           | Night       | 1
                 3603    | 1           | Night       | 1
                 3604    | 1           | Night       | 1
                 7200    | 2           | Night       | 1";
    let monday = "date_id  | date       | year_num | day_of_week | day_of_week_name
                  20240101 | 2024-01-01 | 2024     | 1           | Monday
                  20240103 | 2024-01-03 | 2024     | 3           | Wednesday";
    check(
        "rpt_listening_clock",
        &[("fct_track_played", PLAYS), ("dim_date", monday), ("dim_time", hours), ("dim_account", ACCOUNTS)],
        "account_name | year_num | day_of_week_name | hour_of_day | plays | counted_plays | minutes_listened
         Ann          | 2024     | Monday           | 1           | 5     | 4             | 2.2
         Ann          | 2024     | Monday           | 2           | 0     | 0             | 0
         Ann          | 2024     | Wednesday        | 1           | 0     | 0             | 0
         Ann          | 2024     | Wednesday        | 2           | 0     | 0             | 0",
    );
}
