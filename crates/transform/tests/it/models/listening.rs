//! Real plays: their gaps, their local time, how long they were heard, whether they count.

use super::check;

const COUNTED: &str =
    "play_id  | account_id | kind  | ms_played | duration_ms | reason_end | played_date | second_of_day
                       short    | ACCOUNT    | track | 29999     | 180000      | fwdbtn     | 2024-01-01  | 0
                       half     | ACCOUNT    | track | 30000     | 180000      | fwdbtn     | 2024-01-01  | 0
                       jingle   | ACCOUNT    | track | 20000     | 20000       | trackdone  | 2024-01-01  | 0
                       silent   | ACCOUNT    | track | null      | 180000      | null       | 2024-01-01  | 0
                       nearly   | ACCOUNT    | track | 170000    | 180000      | null       | 2024-01-01  | 0
                       over     | ACCOUNT    | track | 200000    | 180000      | ''         | 2024-01-01  | 0
                       untold   | ACCOUNT    | track | 9000      | null        | null       | 2024-01-01  | 0";

const ACCOUNTS: &str = "account_id | counting_rule
                        thirty     | 30s
                        whole      | finished
                        all        | any";

#[test]
fn a_play_counts_from_thirty_seconds_on() {
    check(
        "fct_track_played",
        &[("dim_account", ACCOUNTS), ("int_plays_resolved", &COUNTED.replace("ACCOUNT   ", "thirty"))],
        "play_id | is_counted | is_finished | is_skip | is_estimated | completion
         short   | false      | false       | true    | false        | 0.16666111111111112
         half    | true       | false       | false   | false        | 0.16666666666666666
         jingle  | false      | true        | false   | false        | 1
         silent  | true       | null        | null    | true         | null
         nearly  | true       | true        | false   | false        | 0.9444444444444444
         over    | true       | true        | false   | false        | 1
         untold  | false      | null        | true    | false        | null",
    );
}

#[test]
fn a_play_counts_when_finished_or_always() {
    let given = [("dim_account", ACCOUNTS), ("int_plays_resolved", &*COUNTED.replace("ACCOUNT   ", "whole"))];
    check(
        "fct_track_played",
        &given,
        "play_id | is_counted
         short   | false
         half    | false
         jingle  | true
         silent  | false
         nearly  | true
         over    | true
         untold  | false",
    );
    let given = [("dim_account", ACCOUNTS), ("int_plays_resolved", &*COUNTED.replace("ACCOUNT   ", "all"))];
    check(
        "fct_track_played",
        &given,
        "play_id | is_counted
         short   | true
         half    | true
         jingle  | true
         silent  | true
         nearly  | true
         over    | true
         untold  | true",
    );
}
