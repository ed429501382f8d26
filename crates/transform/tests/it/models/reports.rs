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
         Ann          | told_twice        | 0     | 4         | 0
         Ann          | without_zone      | 4     | 4         | 1
         Ann          | open_gap          | 1     | null      | null
         Ann          | rejected_row      | 0     | null      | null
         Ann          | silent_omission   | 1     | null      | null
         Ann          | unanswered_trip   | 0     | null      | null
         Ann          | corrected_play    | 0     | null      | null",
    );
}
