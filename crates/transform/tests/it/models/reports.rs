//! What dashboards ask: lately played, tracks, hours by country, spoken word, years, sources, quality.

use super::check;

const ACCOUNTS: (&str, &str) = (
    "dim_account",
    "account_id | account_name
     ann        | Ann
     bo         | Bo
     unknown    | Unknown",
);

const ARTISTS: (&str, &str) = (
    "dim_artist",
    "artist_id | artist_name    | country_code | country
     x         | Xenia          | DE           | Germany
     y         | Yves           | null         | Yugoslavia
     unknown   | Unknown artist | null         | null",
);

const TRACKS: (&str, &str) = (
    "dim_track",
    "track_id | artist_id | album_id | track_name
     u1       | x         | a        | One
     u2       | y         | unknown  | Two
     unknown  | unknown   | unknown  | Unknown track",
);

const ALBUMS: (&str, &str) = (
    "dim_album",
    "album_id | album_name
     a        | Album
     s        | Show
     unknown  | Unknown album",
);

const HOURS: (&str, &str) = (
    "dim_time",
    "time_id | time     | hour_of_day | time_of_day | time_of_day_sort
     3600    | 01:00:00 | 1           | Night       | 1
     86399   | 23:59:59 | 23          | Evening     | 4
     -1      | Unknown  | null        | Unknown     | 5",
);

const PLAYS: (&str, &str) = (
    "fct_track_played",
    "play_id | account_id | track_id | artist_id | album_id | context_id | date_id  | time_id | kind         | ms_listened | is_music | is_counted | is_skip | is_finished | played_date | ended_at
     old     | ann        | u1       | x         | a        | unknown    | 20240101 | 86399   | track        | 60000       | true     | true       | false   | true        | 2024-01-01  | 2024-01-01 22:59:59Z
     recent  | ann        | u1       | x         | a        | unknown    | 20240102 | 3600    | track        | 30000       | true     | false      | true    | false       | 2024-01-02  | 2024-01-02 00:00:00Z
     nobody  | ann        | unknown  | unknown   | unknown  | unknown    | 20240102 | 86399   | unattributed | 90000       | true     | true       | false   | null        | 2024-01-02  | 2024-01-02 22:59:59Z
     spoken  | ann        | e1       | unknown   | s        | unknown    | 20240131 | 3600    | episode      | 600000      | false    | true       | false   | true        | 2024-01-31  | 2024-01-31 00:00:00Z
     last    | bo         | u2       | y         | unknown  | unknown    | 20230101 | 86399   | track        | null        | true     | true       | null    | null        | 2023-01-01  | 2023-01-01 23:59:59Z",
);

#[test]
fn lately_is_the_thirty_days_up_to_the_newest_play_of_each_account() {
    let tracks = ("dim_track", "track_id | track_name\nu1 | One\nu2 | Two\ne1 | Talk\nunknown | Unknown track");
    check(
        "rpt_recently_played",
        &[PLAYS, tracks, ARTISTS, ALBUMS, HOURS, ACCOUNTS],
        "play_id | account_name | track_name    | artist_name    | album_name    | context_kind | played_time | minutes_listened
         recent  | Ann          | One           | Xenia          | Album         | unknown      | 01:00:00    | 0.5
         nobody  | Ann          | Unknown track | Unknown artist | Unknown album | unknown      | 23:59:59    | 1.5
         spoken  | Ann          | Talk          | Unknown artist | Show          | unknown      | 01:00:00    | 10
         last    | Bo           | Two           | Yves           | Unknown album | unknown      | 23:59:59    | null",
    );
}

#[test]
fn tracks_are_ranked_by_year_and_in_all() {
    check(
        "rpt_track_plays",
        &[PLAYS, TRACKS, ARTISTS, ALBUMS, ACCOUNTS],
        "account_name | period   | year_num | track_rank | track_name | artist_name | album_name    | plays | counted_plays | skipped_plays | minutes_listened
         Ann          | 2024     | 2024     | 1          | One        | Xenia       | Album         | 2     | 1             | 1             | 1.5
         Ann          | all time | null     | 1          | One        | Xenia       | Album         | 2     | 1             | 1             | 1.5
         Bo           | 2023     | 2023     | 1          | Two        | Yves        | Unknown album | 1     | 1             | 0             | 0
         Bo           | all time | null     | 1          | Two        | Yves        | Unknown album | 1     | 1             | 0             | 0",
    );
}

#[test]
fn hours_are_told_by_country_and_the_unknown_one_is_among_them() {
    check(
        "rpt_hours_by_country",
        &[PLAYS, ARTISTS, HOURS, ACCOUNTS],
        "account_name | month   | year_num | country_id | country_code | country    | hour_of_day | time_of_day | plays | counted_plays | month_start_date
         Ann          | 2024-01 | 2024     | DE         | DE           | Germany    | 1           | Night       | 1     | 0             | 2024-01-01
         Ann          | 2024-01 | 2024     | DE         | DE           | Germany    | 23          | Evening     | 1     | 1             | 2024-01-01
         Ann          | 2024-01 | 2024     | unknown    | null         | Unknown    | 23          | Evening     | 1     | 1             | 2024-01-01
         Bo           | 2023-01 | 2023     | Yugoslavia | null         | Yugoslavia | 23          | Evening     | 1     | 1             | 2023-01-01",
    );
}

#[test]
fn spoken_word_is_apart_from_music() {
    check(
        "rpt_spoken_word",
        &[PLAYS, ALBUMS, ACCOUNTS],
        "account_name | year_num | kind    | show_name | parts | plays | finished_plays | minutes_listened
         Ann          | 2024     | episode | Show      | 1     | 1     | 1              | 10",
    );
}

#[test]
fn a_year_is_told_by_what_was_first_in_it() {
    check(
        "rpt_year_in_review",
        &[
            (
                "agg_daily",
                "account_id | date_id  | played_date | music_plays | counted_plays | music_ms | episode_ms | audiobook_ms
                 ann        | 20230101 | 2023-01-01  | 5           | 4             | 600000   | 0          | 0
                 ann        | 20230102 | 2023-01-02  | 5           | 0             | 600000   | 60000      | 0
                 ann        | 20240101 | 2024-01-01  | 0           | 0             | 0        | 0          | 60000",
            ),
            (
                "rpt_top_artists",
                "account_id | period   | year_num | artist_rank | artist_name | counted_plays
                 ann        | 2023     | 2023     | 1           | Xenia       | 3
                 ann        | 2023     | 2023     | 2           | Yves        | 1
                 ann        | all time | null     | 1           | Yves        | 9",
            ),
            (
                "rpt_track_plays",
                "account_id | period | year_num | track_rank | track_name | artist_name | counted_plays
                 ann        | 2023   | 2023     | 1          | One        | Xenia       | 2",
            ),
            (
                "rpt_top_genres",
                "account_id | period | year_num | genre_rank | genre
                 ann        | 2023   | 2023     | 1          | unknown
                 ann        | 2023   | 2023     | 2          | rock",
            ),
            (
                "rpt_new_and_known",
                "account_id | month   | year_num | new_artists | new_tracks
                 ann        | 2023-01 | 2023     | 2           | 3
                 ann        | 2023-02 | 2023     | 1           | 1",
            ),
            (
                "rpt_streaks",
                "account_id | days | first_date | last_date
                 ann        | 9    | 2022-12-24 | 2023-01-01
                 ann        | 2    | 2023-05-01 | 2023-05-02",
            ),
            (
                "fct_session",
                "session_id | account_id | date_id  | duration_ms
                 s1         | ann        | 20230101 | 90000
                 s2         | ann        | 20230102 | 600000",
            ),
            ACCOUNTS,
        ],
        "account_name | year_num | music_plays | counted_plays | music_minutes | episode_minutes | audiobook_minutes | days_heard | artists | new_artists | tracks | new_tracks | top_artist_name | top_artist_plays | top_track_name | top_genre | busiest_date | busiest_date_minutes | longest_streak_days | sessions | longest_session_minutes
         Ann          | 2023     | 10          | 4             | 20            | 1               | 0                 | 1          | 2       | 3           | 1      | 4          | Xenia           | 3                | One            | rock      | 2023-01-01   | 10                   | 9                   | 2        | 10
         Ann          | 2024     | 0           | 0             | 0             | 0               | 1                 | 0          | 0       | 0           | 0      | 0          | null            | 0                | null           | null      | null         | null                 | 0                   | 0        | null",
    );
}

#[test]
fn a_source_says_what_of_it_stands() {
    check(
        "rpt_sources",
        &[
            (
                "int_play_observations_chosen",
                "observation_id | play_id | account_id | source         | started_at           | ended_at             | ingested_at
                 o1             | e1      | ann        | spotify_export | 2024-01-01 09:57:00Z | 2024-01-01 10:00:00Z | 2024-02-01 00:00:00Z
                 o2             | e2      | ann        | spotify_export | 2024-01-02 09:57:00Z | 2024-01-02 10:00:00Z | 2024-02-01 00:00:00Z
                 o3             | e3      | ann        | spotify_export | 2024-01-03 09:57:00Z | 2024-01-03 10:00:00Z | 2024-02-02 00:00:00Z
                 o4             | a1      | ann        | spotify_api    | 2024-01-01 09:57:00Z | 2024-01-01 10:00:01Z | 2024-01-01 11:00:00Z
                 o5             | l1      | gone       | lastfm         | 2024-01-01 09:57:00Z | null                 | 2024-01-01 12:00:00Z",
            ),
            (
                "int_play_observations_passed_over",
                "observation_id | play_id
                 o0             | e1",
            ),
            (
                "int_play_duplicates",
                "play_id | canonical_play_id
                 a1      | e1",
            ),
            (
                "int_plays_corrected",
                "play_id | action
                 e2      | exclude
                 e3      | reassign",
            ),
            ("src_accounts", "account_id | name\nann | Ann"),
        ],
        "account_name | source         | reports | reported_plays | standing_plays | standing_alone_plays | duplicate_plays | excluded_plays | first_play_at        | last_play_at         | last_received_at
         Ann          | spotify_export | 4       | 3              | 2              | 1                    | 0               | 1              | 2024-01-01 10:00:00Z | 2024-01-03 10:00:00Z | 2024-02-02 00:00:00Z
         Ann          | spotify_api    | 1       | 1              | 0              | 0                    | 1               | 0              | 2024-01-01 10:00:01Z | 2024-01-01 10:00:01Z | 2024-01-01 11:00:00Z
         gone         | lastfm         | 1       | 1              | 1              | 1                    | 0               | 0              | 2024-01-01 09:57:00Z | 2024-01-01 09:57:00Z | 2024-01-01 12:00:00Z",
    );
}

#[test]
fn quality_counts_what_is_doubtful() {
    let plays = (
        "fct_track_played",
        "play_id | account_id | track_id | artist_id | ms_played | ms_listened | duration_ms | is_music | is_estimated | is_end_estimated | started_at           | ended_at
         p1      | ann        | u1       | x         | 200000    | 200000      | 180000      | true     | false        | false            | 2024-01-01 10:00:00Z | 2024-01-01 10:03:00Z
         p2      | ann        | unknown  | unknown   | 0         | 0           | null        | true     | false        | false            | 2024-01-01 10:03:00Z | 2024-01-01 10:02:00Z
         p3      | ann        | u1       | unknown   | null      | 180000      | 180000      | true     | true         | true             | 2024-01-01 10:05:00Z | 2024-01-01 10:08:00Z
         p4      | ann        | e1       | unknown   | null      | null        | null        | false    | true         | true             | 2024-01-01 10:09:00Z | 2024-01-01 10:09:00Z",
    );
    let accounts = ("dim_account", "account_id | account_name\nann | Ann\nunknown | Unknown");
    let gaps = ("rpt_gaps", "account_id | state\nann | open\nann | closed");
    let omissions = ("rpt_silent_omissions", "play_id | account_id | is_incognito\nq1 | ann | true\nq2 | ann | null");
    check(
        "rpt_data_quality",
        &[plays, accounts, gaps, omissions],
        "account_name | measure           | found | looked_at | share
         Ann          | without_track     | 1     | 3         | 0.333333
         Ann          | without_artist    | 2     | 3         | 0.666667
         Ann          | without_time      | 1     | 4         | 0.25
         Ann          | time_estimated    | 1     | 4         | 0.25
         Ann          | end_estimated     | 2     | 4         | 0.5
         Ann          | not_heard         | 1     | 4         | 0.25
         Ann          | longer_than_track | 1     | 3         | 0.333333
         Ann          | starts_after_end  | 1     | 4         | 0.25
         Ann          | without_zone      | 4     | 4         | 1
         Ann          | open_gap          | 1     | null      | null
         Ann          | rejected_row      | 0     | null      | null
         Ann          | silent_omission   | 1     | null      | null
         Ann          | unanswered_trip   | 0     | null      | null
         Ann          | corrected_play    | 0     | null      | null",
    );
}
