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

const DATES: &str = "date_id  | date       | year_num | year_text | day_of_week | day_of_week_name
                     20230103 | 2023-01-03 | 2023     | 2023      | 2           | Tuesday
                     20240101 | 2024-01-01 | 2024     | 2024      | 1           | Monday
                     20240102 | 2024-01-02 | 2024     | 2024      | 2           | Tuesday
                     20240103 | 2024-01-03 | 2024     | 2024      | 3           | Wednesday";

const ACCOUNTS: &str = "account_id | account_name
                        ann        | Ann
                        bo         | Bo";

const ARTISTS: &str = "artist_id | artist_name
                       x         | Xenia
                       y         | Yves";

#[test]
fn a_day_keeps_music_and_spoken_word_apart() {
    check(
        "agg_daily",
        &[("fct_track_played", PLAYS)],
        "account_id | date_id  | plays | music_plays | counted_plays | skipped_plays | unattributed_plays | music_ms | music_ms_estimated | artists | tracks | episode_plays | episode_ms | audiobook_plays | audiobook_ms
         ann        | 20240101 | 6     | 5           | 4             | 1             | 2                  | 131000   | 30000              | 2       | 2      | 1             | 500000     | 0               | 0
         ann        | 20240103 | 1     | 0           | 0             | 0             | 0                  | 0        | 0                  | 0       | 0      | 0             | 0          | 1               | 700000
         bo         | 20230103 | 1     | 1           | 1             | 0             | 0                  | 0        | 0                  | 1       | 1      | 0             | 0          | 0               | 0",
    );
}

#[test]
fn top_artists_are_ranked_by_year_and_in_all() {
    check(
        "rpt_top_artists",
        &[("fct_track_played", PLAYS), ("dim_date", DATES), ("dim_account", ACCOUNTS), ("dim_artist", ARTISTS)],
        "account_name | period   | year_num | artist_rank | artist_name | plays | counted_plays | tracks | minutes_listened | share_of_plays
         Ann          | 2024     | 2024     | 1           | Xenia       | 2     | 1             | 1      | 1                | 0.25
         Ann          | 2024     | 2024     | 2           | Yves        | 1     | 1             | 1      | 0.5              | 0.25
         Ann          | all time | null     | 1           | Xenia       | 2     | 1             | 1      | 1                | 0.25
         Ann          | all time | null     | 2           | Yves        | 1     | 1             | 1      | 0.5              | 0.25
         Bo           | 2023     | 2023     | 1           | Yves        | 1     | 1             | 1      | 0                | 1
         Bo           | all time | null     | 1           | Yves        | 1     | 1             | 1      | 0                | 1",
    );
}

#[test]
fn silent_days_are_in_the_calendar() {
    check(
        "rpt_listening_calendar",
        &[("fct_track_played", PLAYS), ("dim_date", DATES), ("dim_account", ACCOUNTS)],
        "account_name | date       | plays | counted_plays | music_minutes | episode_minutes | audiobook_minutes
         Ann          | 2024-01-01 | 6     | 4             | 2.2           | 8.3             | 0
         Ann          | 2024-01-02 | 0     | 0             | 0             | 0               | 0
         Ann          | 2024-01-03 | 1     | 0             | 0             | 0               | 11.7
         Bo           | 2023-01-03 | 1     | 1             | 0             | 0               | 0",
    );
}

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

#[test]
fn a_rejected_row_is_shown_with_its_place_and_its_reason() {
    check(
        "rpt_rejected_rows",
        &[
            (
                "src_rejected",
                "account_id | source         | file_name      | raw_id | raw_ordinal | byte_offset | reason       | detail     | excerpt | run_id | ingested_at
                 ann        | spotify_export | endsong_0.json | f00d   | 6           | 1234        | invalid_json | no bracket | {       | r1     | 2024-01-01 10:00:00Z
                 gone       | spotify_api    | null           | beef   | 0           | 11          | missing_key  | track      | {}      | r2     | 2024-01-02 10:00:00Z",
            ),
            ("stg_tracker__accounts", ACCOUNTS),
        ],
        "account_name | source         | file_name      | row_number | byte_offset | reason       | detail     | excerpt | raw_id | run_id | received_at
         Ann          | spotify_export | endsong_0.json | 7          | 1234        | invalid_json | no bracket | {       | f00d   | r1     | 2024-01-01 10:00:00Z
         gone         | spotify_api    | null           | 1          | 11          | missing_key  | track      | {}      | beef   | r2     | 2024-01-02 10:00:00Z",
    );
}

#[test]
fn without_rejected_rows_there_is_an_empty_table() {
    check("rpt_rejected_rows", &[], "account_name | row_number | reason | received_at");
}
