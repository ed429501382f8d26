//! Sessions, days and their hours, streaks, and how complete a month is.

use super::check;

const ACCOUNTS: (&str, &str) = (
    "dim_account",
    "account_id | account_name
     ann        | Ann
     bo         | Bo",
);

#[test]
fn a_session_ends_after_more_than_thirty_minutes_of_silence() {
    check(
        "fct_session",
        &[(
            "fct_track_played",
            "play_id | account_id | date_id  | time_id | kind      | is_music | is_counted | is_skip | is_estimated | ms_listened | played_date | started_at              | ended_at
             p1      | ann        | 20240101 | 86280   | track     | true     | true       | false   | false        | 180000      | 2024-01-01  | 2024-01-01 23:55:00Z    | 2024-01-01 23:58:00Z
             p2      | ann        | 20240102 | 1800    | track     | true     | false      | true    | true         | 1000        | 2024-01-02  | 2024-01-02 00:28:00Z    | 2024-01-02 00:30:00Z
             p3      | ann        | 20240102 | 3780    | episode   | false    | true       | false   | false        | 120000      | 2024-01-02  | 2024-01-02 01:00:00.001Z | 2024-01-02 01:03:00Z
             p4      | bo         | 20240102 | 1800    | audiobook | false    | true       | false   | false        | 5000        | 2024-01-02  | 2024-01-02 00:28:00Z    | 2024-01-02 00:30:00Z",
        )],
        "session_id        | date_id  | time_id | plays | music_plays | counted_plays | skipped_plays | episode_plays | audiobook_plays | ms_listened | ms_listened_estimated | music_ms | duration_ms | played_date
         ann:1704153300000 | 20240101 | 86280   | 2     | 2           | 1             | 1             | 0             | 0               | 181000      | 1000                  | 181000   | 2100000     | 2024-01-01
         ann:1704157200001 | 20240102 | 3780    | 1     | 0           | 0             | 0             | 1             | 0               | 120000      | 0                     | 0        | 179999      | 2024-01-02
         bo:1704155280000  | 20240102 | 1800    | 1     | 0           | 0             | 0             | 0             | 1               | 5000        | 0                     | 0        | 120000      | 2024-01-02",
    );
}

#[test]
fn what_plays_beside_something_long_is_in_its_session() {
    // The long one begins first and ends last; two begin at once, and one claims to end before it begins.
    check(
        "fct_session",
        &[(
            "fct_track_played",
            "play_id | account_id | is_music | started_at           | ended_at
             long    | ann        | false    | 2024-01-01 10:00:00Z | 2024-01-01 12:00:00Z
             short   | ann        | true     | 2024-01-01 10:10:00Z | 2024-01-01 10:13:00Z
             beside  | ann        | true     | 2024-01-01 11:30:00Z | 2024-01-01 11:33:00Z
             after   | ann        | true     | 2024-01-01 12:30:00Z | 2024-01-01 12:33:00Z
             twin1   | ann        | true     | 2024-01-01 15:00:00Z | 2024-01-01 15:00:00Z
             twin2   | ann        | true     | 2024-01-01 15:00:00Z | 2024-01-01 15:03:00Z
             odd     | ann        | true     | 2024-01-01 18:00:00Z | 2024-01-01 15:10:00Z",
        )],
        "plays | started_at           | ended_at
         4     | 2024-01-01 10:00:00Z | 2024-01-01 12:33:00Z
         3     | 2024-01-01 15:00:00Z | 2024-01-01 15:10:00Z",
    );
}

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

#[test]
fn a_streak_breaks_on_a_day_without_a_counted_play_but_not_on_a_day_that_never_was() {
    check(
        "rpt_streaks",
        &[(
            "rpt_listening_calendar",
            "account_id | account_name | date       | hours_in_day | counted_plays
             ann        | Ann          | 2011-12-28 | 24           | 3
             ann        | Ann          | 2011-12-29 | 24           | 1
             ann        | Ann          | 2011-12-30 | 0            | 0
             ann        | Ann          | 2011-12-31 | 24           | 2
             ann        | Ann          | 2012-01-01 | 24           | 0
             ann        | Ann          | 2012-01-02 | 23           | 5
             bo         | Bo           | 2012-01-01 | 24           | 1
             bo         | Bo           | 2012-01-02 | 24           | 0
             bo         | Bo           | 2012-01-03 | 24           | 1
             bo         | Bo           | 2012-01-04 | 24           | 0",
        )],
        "account_name | streak_rank | days | counted_plays | first_date | last_date  | is_latest
         Ann          | 1           | 3    | 6             | 2011-12-28 | 2011-12-31 | false
         Ann          | 2           | 1    | 5             | 2012-01-02 | 2012-01-02 | true
         Bo           | 1           | 1    | 1             | 2012-01-01 | 2012-01-01 | false
         Bo           | 2           | 1    | 1             | 2012-01-03 | 2012-01-03 | false",
    );
}

#[test]
fn a_month_says_what_is_certain_what_is_estimated_and_what_may_be_missing() {
    // The open gap lies half in January and half in February of Berlin, and two plays in it are known from
    // elsewhere; the closed one is none any more.
    check(
        "rpt_completeness",
        &[
            (
                "src_account_zones",
                "account_id | zone          | valid_from
                 ann        | Europe/Berlin | null",
            ),
            (
                "src_gaps",
                "account_id | source      | noticed_start        | noticed_end          | gap_start            | gap_end              | detected_at          | estimated_plays | closed_by
                 ann        | spotify_api | 2024-01-31 13:00:00Z | 2024-02-01 09:00:00Z | 2024-01-31 13:00:00Z | 2024-02-01 09:00:00Z | 2024-02-01 10:00:00Z | 22              | null
                 ann        | spotify_api | 2024-02-02 13:00:00Z | 2024-02-03 09:00:00Z | 2024-02-02 13:00:00Z | 2024-02-03 09:00:00Z | 2024-02-03 10:00:00Z | 20              | receipt",
            ),
            (
                "int_plays_resolved",
                "play_id | account_id | ended_at
                 p1      | ann        | 2024-01-31 23:30:00Z
                 p2      | ann        | 2024-02-01 08:30:00Z",
            ),
            (
                "agg_daily",
                "account_id | date_id  | played_date | music_plays | estimated_plays | unmeasured_plays | music_ms | music_ms_estimated
                 ann        | 20240130 | 2024-01-30  | 10          | 2               | 1                | 600000   | 120000
                 ann        | 20240131 | 2024-01-31  | 20          | 0               | 0                | 1200000  | 0
                 ann        | 20240301 | 2024-03-01  | 4           | 4               | 0                | 60000    | 60000
                 bo         | 20240301 | 2024-03-01  | 1           | 0               | 0                | 60000    | 0",
            ),
            (
                "dim_date",
                "date_id  | date       | year_month | month_start_date | month_end_date
                 20240130 | 2024-01-30 | 2024-01    | 2024-01-01       | 2024-01-31
                 20240131 | 2024-01-31 | 2024-01    | 2024-01-01       | 2024-01-31
                 20240201 | 2024-02-01 | 2024-02    | 2024-02-01       | 2024-02-29
                 20240301 | 2024-03-01 | 2024-03    | 2024-03-01       | 2024-03-31",
            ),
            ACCOUNTS,
        ],
        "account_name | month   | plays | certain_plays | estimated_plays | unmeasured_plays | missing_plays | minutes_listened | minutes_certain | gap_hours | share_certain | share_estimated | share_missing
         Ann          | 2024-01 | 30    | 27            | 2               | 1                | 10            | 30               | 28              | 10        | 0.675         | 0.075           | 0.25
         Ann          | 2024-02 | 0     | 0             | 0               | 0                | 10            | 0                | 0               | 10        | 0             | 0               | 1
         Ann          | 2024-03 | 4     | 0             | 4               | 0                | 0             | 1                | 0               | 0         | 0             | 1               | 0
         Bo           | 2024-03 | 1     | 1             | 0               | 0                | 0             | 1                | 1               | 0         | 1             | 0               | 0",
    );
}
