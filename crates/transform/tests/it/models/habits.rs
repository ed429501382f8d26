//! What is new and what comes back: discoveries, loyalty, comebacks, skips; two people's taste.

use super::check;

const ACCOUNTS: (&str, &str) = (
    "dim_account",
    "account_id | account_name
     ann        | Ann
     bo         | Bo",
);

const ARTISTS: (&str, &str) = (
    "dim_artist",
    "artist_id | artist_group_id | artist_name
     x         | mbid:1          | Xenia
     x2        | mbid:1          | Xenia (live)
     y         | y               | Yves
     unknown   | unknown         | Unknown artist",
);

const ARTIST_DAYS: (&str, &str) = (
    "agg_artist_daily",
    "account_id | artist_id | date_id  | played_date | plays | counted_plays | skipped_plays | ms_listened
     ann        | x         | 20231220 | 2023-12-20  | 2     | 0             | 2             | 20000
     ann        | x         | 20240101 | 2024-01-01  | 3     | 2             | 1             | 400000
     ann        | x         | 20240130 | 2024-01-30  | 1     | 1             | 0             | 180000
     ann        | x         | 20240131 | 2024-01-31  | 1     | 1             | 0             | 180000
     ann        | x         | 20240729 | 2024-07-29  | 4     | 4             | 0             | 720000
     ann        | x         | 20240827 | 2024-08-27  | 1     | 1             | 0             | 180000
     ann        | x         | 20240828 | 2024-08-28  | 1     | 1             | 0             | 180000
     ann        | y         | 20240101 | 2024-01-01  | 1     | 1             | 0             | 180000
     ann        | y         | 20240628 | 2024-06-28  | 1     | 1             | 0             | 180000
     ann        | unknown   | 20240901 | 2024-09-01  | 5     | 5             | 0             | 900000
     bo         | x         | 20240101 | 2024-01-01  | 1     | 1             | 0             | 180000
     bo         | x2        | 20240102 | 2024-01-02  | 2     | 2             | 0             | 360000
     bo         | unknown   | 20240102 | 2024-01-02  | 9     | 9             | 0             | 0",
);

const PLAYS: (&str, &str) = (
    "fct_track_played",
    "play_id | account_id | artist_id | track_id | date_id  | ended_at             | is_music | is_counted
     p0      | ann        | x         | skipped  | 20240101 | 2024-01-01 08:00:00Z | true     | false
     p1      | ann        | x         | late     | 20240101 | 2024-01-01 10:00:00Z | true     | true
     p2      | ann        | x         | early    | 20240101 | 2024-01-01 09:00:00Z | true     | true
     p3      | ann        | y         | other    | 20240101 | 2024-01-01 12:00:00Z | true     | true
     p4      | ann        | y         | early    | 20240628 | 2024-06-28 12:00:00Z | true     | true
     p5      | bo         | x         | early    | 20240101 | 2024-01-01 12:00:00Z | true     | true
     p6      | bo         | x2        | late     | 20240102 | 2024-01-02 12:00:00Z | true     | true",
);

const TRACKS: (&str, &str) = (
    "dim_track",
    "track_id | artist_id | track_name
     early    | x         | Early
     late     | y         | Late
     other    | y         | Other
     unknown  | unknown   | Unknown track",
);

#[test]
fn an_artist_is_discovered_by_a_play_that_counts() {
    check(
        "rpt_artist_loyalty",
        &[ARTIST_DAYS, PLAYS, ARTISTS, TRACKS, ACCOUNTS],
        "account_name | artist_name  | discovered_date | discovery_track_name | last_played_date | counted_plays | plays_in_first_30_days | days_heard | months_heard | months_since_discovery | loyalty  | longest_absence_days | days_since_last_play | minutes_listened | share_skipped
         Ann          | Xenia        | 2024-01-01      | Early                | 2024-08-28       | 10            | 3                      | 6          | 3            | 8                      | 0.375    | 180                  | 0                    | 31               | 0.230769
         Ann          | Yves         | 2024-01-01      | Other                | 2024-06-28       | 2             | 1                      | 2          | 2            | 8                      | 0.25     | 179                  | 61                   | 6                | 0
         Bo           | Xenia        | 2024-01-01      | Early                | 2024-01-01       | 1             | 1                      | 1          | 1            | 1                      | 1        | null                 | 1                    | 3                | 0
         Bo           | Xenia (live) | 2024-01-02      | Late                 | 2024-01-02       | 2             | 2                      | 1          | 1            | 1                      | 1        | null                 | 0                    | 6                | 0",
    );
}

#[test]
fn who_was_away_for_half_a_year_comes_back() {
    // The one was away for 180 days, the other for 179.
    check(
        "rpt_comebacks",
        &[ARTIST_DAYS, PLAYS, ARTISTS, TRACKS, ACCOUNTS],
        "account_name | artist_name | away_since_date | returned_date | days_away | plays_before | plays_in_next_30_days
         Ann          | Xenia       | 2024-01-31      | 2024-07-29    | 180       | 4            | 5",
    );
}

#[test]
fn new_is_what_never_counted_before_the_month() {
    check(
        "rpt_new_and_known",
        &[
            (
                "fct_track_played",
                "play_id | account_id | artist_id | track_id | date_id  | is_music | is_counted
                 p1      | ann        | x         | u1       | 20231231 | true     | false
                 p2      | ann        | x         | u1       | 20240101 | true     | true
                 p3      | ann        | x         | u1       | 20240131 | true     | true
                 p4      | ann        | unknown   | unknown  | 20240115 | true     | true
                 p5      | ann        | show      | e1       | 20240115 | false    | true
                 p6      | ann        | x         | u1       | 20240201 | true     | true
                 p7      | ann        | x         | u2       | 20240202 | true     | true
                 p8      | ann        | y         | u3       | 20240203 | true     | true
                 p9      | bo         | x         | u1       | 20240203 | true     | true",
            ),
            ACCOUNTS,
        ],
        "account_name | month   | year_num | counted_plays | artists | new_artists | plays_of_new_artists | plays_of_known_artists | share_of_new_artists | tracks | new_tracks | plays_of_new_tracks | month_start_date
         Ann          | 2024-01 | 2024     | 3             | 1       | 1           | 2                    | 0                      | 1                    | 1      | 1          | 2                   | 2024-01-01
         Ann          | 2024-02 | 2024     | 3             | 2       | 1           | 1                    | 2                      | 0.333333             | 3      | 2          | 2                   | 2024-02-01
         Bo           | 2024-02 | 2024     | 1             | 1       | 1           | 1                    | 0                      | 1                    | 1      | 1          | 1                   | 2024-02-01",
    );
}

#[test]
fn shares_of_skips_are_of_what_is_known() {
    check(
        "rpt_completion",
        &[
            (
                "agg_daily",
                "account_id | date_id  | music_plays | estimated_plays | unmeasured_plays | skipped_plays | judged_plays | finished_plays | heard_ms | length_ms
                 ann        | 20240101 | 10          | 1               | 1                | 2             | 5            | 3              | 300      | 400
                 ann        | 20240102 | 2           | 0               | 0                | 0             | 0            | 0              | 0        | 0
                 ann        | 20240201 | 3           | 3               | 0                | 0             | 0            | 0              | 0        | 0
                 ann        | 20240301 | 0           | 0               | 0                | 0             | 0            | 0              | 0        | 0",
            ),
            (
                "dim_date",
                "date_id  | date       | year_month | month_start_date
                 20240101 | 2024-01-01 | 2024-01    | 2024-01-01
                 20240102 | 2024-01-02 | 2024-01    | 2024-01-01
                 20240201 | 2024-02-01 | 2024-02    | 2024-02-01
                 20240301 | 2024-03-01 | 2024-03    | 2024-03-01",
            ),
            ACCOUNTS,
        ],
        "account_name | month   | plays | timed_plays | share_skipped | share_finished | mean_completion
         Ann          | 2024-01 | 12    | 10          | 0.2           | 0.6            | 0.75
         Ann          | 2024-02 | 3     | 0           | null          | null           | null",
    );
}

#[test]
fn two_accounts_share_artists_whatever_row_they_heard() {
    check(
        "rpt_shared_artists",
        &[ARTIST_DAYS, ARTISTS, ACCOUNTS],
        "account_name | other_account_name | artist_group_id | artist_name  | counted_plays | other_counted_plays | share_of_plays | other_share_of_plays | overlap
         Ann          | Bo                 | mbid:1          | Xenia        | 10            | 3                   | 0.833333333    | 1                    | 0.833333333
         Bo           | Ann                | mbid:1          | Xenia (live) | 3             | 10                  | 1              | 0.833333333          | 0.833333333",
    );
}

#[test]
fn a_day_remembers_what_it_heard_most() {
    check(
        "rpt_on_this_day",
        &[
            (
                "fct_track_played",
                "play_id | account_id | artist_id | track_id | date_id  | ms_listened | is_music | is_counted
                 p1      | ann        | x         | early    | 20230704 | 60000       | true     | true
                 p2      | ann        | y         | late     | 20230704 | 60000       | true     | true
                 p3      | ann        | y         | other    | 20230704 | 90000       | true     | true
                 p4      | ann        | unknown   | unknown  | 20230704 | 90000       | true     | true
                 p5      | ann        | unknown   | unknown  | 20230704 | 90000       | true     | true
                 p6      | ann        | x         | early    | 20240704 | 1000        | true     | false
                 p7      | ann        | unknown   | unknown  | 20240705 | 60000       | true     | true",
            ),
            (
                "dim_date",
                "date_id  | date       | year_num | month_num | day_of_month
                 20230704 | 2023-07-04 | 2023     | 7         | 4
                 20240704 | 2024-07-04 | 2024     | 7         | 4
                 20240705 | 2024-07-05 | 2024     | 7         | 5",
            ),
            TRACKS,
            ARTISTS,
            ACCOUNTS,
        ],
        "account_name | date       | month_num | day_of_month | top_artist_name | top_artist_plays | top_track_name | top_track_artist_name | top_track_plays | counted_plays | minutes_listened
         Ann          | 2023-07-04 | 7         | 4            | Yves            | 2                | Other          | Yves                  | 1               | 5             | 6.5
         Ann          | 2024-07-05 | 7         | 5            | null            | 0                | null           | null                  | 0               | 1             | 1",
    );
}
