//! Real plays: their gaps, their local time, how long they were heard, whether they count.

use super::check;

#[test]
fn gaps_are_filled_from_the_other_reports() {
    check(
        "int_plays_resolved",
        &[(
            "src_plays",
            "observation_id | play_id | account_id | source               | kind         | ended_at             | ms_played | duration_ms | track_uri | track_name | context_uri
             e1             | e1      | ann        | spotify_export       | track        | 2024-01-01 10:00:00Z | 90000     | null        | u1        | Song       | null
             a1             | a1      | ann        | spotify_api          | track        | 2024-01-01 10:00:01Z | null      | 180000      | u1        | Song       | playlist
             e2             | e2      | ann        | spotify_export       | unattributed | 2024-01-01 12:00:00Z | 90000     | null        | null      | null       | null
             a2             | a2      | ann        | spotify_api          | track        | 2024-01-01 12:00:01Z | null      | 180000      | u2        | Other      | null
             e3             | e3      | ann        | spotify_export       | unattributed | 2024-01-01 14:00:00Z | 90000     | null        | null      | null       | null",
        )],
        "play_id | track_id | kind         | source         | ms_played | duration_ms | context_uri | ended_at
         e1      | u1       | track        | spotify_export | 90000     | 180000      | playlist    | 2024-01-01 10:00:00Z
         e2      | u2       | track        | spotify_export | 90000     | 180000      | null        | 2024-01-01 12:00:00Z
         e3      | unknown  | unattributed | spotify_export | 90000     | null        | null        | 2024-01-01 14:00:00Z",
    );
}

#[test]
fn account_data_tells_the_api_how_long() {
    check(
        "int_plays_resolved",
        &[(
            "src_plays",
            "observation_id | play_id | account_id | source               | kind  | ended_at             | ms_played | track_uri | track_name | album_artist_name
             a1             | a1      | ann        | spotify_api          | track | 2024-01-01 10:00:40Z | null      | u1        | Song       | Ann
             d1             | d1      | ann        | spotify_account_data | track | 2024-01-01 10:00:00Z | 90000     | null      | Song       | Ann",
        )],
        "play_id | track_id | source      | ms_played
         a1      | u1       | spotify_api | 90000",
    );
}

#[test]
fn the_day_and_the_clock_are_those_of_the_place() {
    check(
        "int_plays_resolved",
        &[
            (
                "src_account_zones",
                "account_id | zone                | valid_from
                 kolkata    | Asia/Kolkata        | null
                 howe       | Australia/Lord_Howe | null
                 berlin     | Europe/Berlin       | null
                 mover      | Europe/Berlin       | 2020-01-01 00:00:00Z
                 mover      | Asia/Tokyo          | 2024-07-03 12:00:00Z",
            ),
            (
                "int_plays_merged",
                "play_id    | account_id | ended_at
                 half-hour  | kolkata    | 2024-01-01 18:29:59.999Z
                 midnight   | kolkata    | 2024-01-01 18:30:00Z
                 howe-std   | howe       | 2024-07-01 00:00:00Z
                 howe-dst   | howe       | 2024-12-01 00:00:00Z
                 before-dst | berlin     | 2024-03-31 00:59:59Z
                 after-dst  | berlin     | 2024-03-31 01:00:00Z
                 first-2am  | berlin     | 2024-10-27 00:30:00Z
                 second-2am | berlin     | 2024-10-27 01:30:00Z
                 long-ago   | mover      | 2011-01-01 00:00:00Z
                 at-home    | mover      | 2024-07-03 11:59:59Z
                 abroad     | mover      | 2024-07-03 12:00:00Z
                 homeless   | nobody     | 2024-07-03 12:00:00Z",
            ),
        ],
        "play_id    | zone                | played_date | second_of_day
         half-hour  | Asia/Kolkata        | 2024-01-01  | 86399
         midnight   | Asia/Kolkata        | 2024-01-02  | 0
         howe-std   | Australia/Lord_Howe | 2024-07-01  | 37800
         howe-dst   | Australia/Lord_Howe | 2024-12-01  | 39600
         before-dst | Europe/Berlin       | 2024-03-31  | 7199
         after-dst  | Europe/Berlin       | 2024-03-31  | 10800
         first-2am  | Europe/Berlin       | 2024-10-27  | 9000
         second-2am | Europe/Berlin       | 2024-10-27  | 9000
         long-ago   | Europe/Berlin       | 2011-01-01  | 3600
         at-home    | Europe/Berlin       | 2024-07-03  | 50399
         abroad     | Asia/Tokyo          | 2024-07-03  | 75600
         homeless   | UTC                 | 2024-07-03  | 43200",
    );
}

#[test]
fn an_estimate_is_bounded_by_the_length_and_by_the_play_before() {
    check(
        "int_plays_estimated",
        &[(
            "int_plays_resolved",
            "play_id  | account_id | ended_at             | ms_played | duration_ms | track_id
             first    | ann        | 2024-01-01 10:00:00Z | null      | 180000      | u
             early    | ann        | 2024-01-01 10:01:00Z | null      | 180000      | u
             whole    | ann        | 2024-01-01 10:11:00Z | null      | 180000      | u
             reported | ann        | 2024-01-01 10:12:00Z | 5000      | 180000      | u
             after    | ann        | 2024-01-01 10:13:00Z | null      | 180000      | u
             unknown  | ann        | 2024-01-01 12:00:00Z | null      | null        | u
             other    | bo         | 2024-01-01 10:13:10Z | null      | 180000      | u",
        )],
        "play_id | ms_listened
         first   | 180000
         early   | 60000
         whole   | 180000
         after   | 60000
         unknown | null
         other   | 180000",
    );
}

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

#[test]
fn a_play_finds_its_keys_or_unknown() {
    check(
        "fct_track_played",
        &[
            ("dim_account", ACCOUNTS),
            (
                "int_tracks_identified",
                "track_id | artist_id | album_id | duration_ms
                 u1       | ann       | album    | 100000",
            ),
            (
                "int_plays_estimated",
                "play_id | ms_listened
                 p2      | 60000",
            ),
            (
                "int_plays_resolved",
                "play_id | account_id | track_id | kind    | ms_played | played_date | second_of_day
                 p1      | thirty     | u1       | track   | 50000     | 2024-02-29  | 86399
                 p2      | thirty     | u1       | episode | null      | 2024-12-31  | 0
                 p3      | stranger   | lost     | local   | 50000     | null        | null",
            ),
        ],
        "play_id | track_id | artist_id | album_id | date_id  | time_id | ms_listened | completion | is_music | is_counted | tracks_played
         p1      | u1       | ann       | album    | 20240229 | 86399   | 50000       | 0.5        | true     | true       | 1
         p2      | u1       | ann       | album    | 20241231 | 0       | 60000       | null       | false    | true       | 1
         p3      | unknown  | unknown   | unknown  | -1       | -1      | 50000       | null       | true     | true       | 1",
    );
}

#[test]
fn an_end_that_nobody_tells_is_estimated_and_says_so() {
    check(
        "int_plays_resolved",
        &[
            (
                "src_plays",
                "observation_id | play_id | account_id | source       | clock | kind  | started_at           | ended_at             | time_estimated | duration_ms | track_name
                 l1             | l1      | ann        | lastfm       | start | track | 2024-01-01 10:00:00Z | null                 | null           | null        | Known
                 l2             | l2      | ann        | lastfm       | start | track | 2024-01-01 12:00:00Z | null                 | null           | null        | Strange
                 l3             | l3      | ann        | lastfm       | start | track | 2024-01-01 12:04:00Z | null                 | null           | null        | Strange
                 b4             | b4      | ann        | listenbrainz | start | track | 2024-01-02 10:00:00Z | 2024-01-02 10:03:00Z | ended_at       | 180000      | Known
                 a5             | a5      | ann        | spotify_api  | end   | track | 2024-01-03 10:00:00Z | 2024-01-03 10:03:00Z | started_at     | 180000      | Known",
            ),
            ("src_play_credits", "observation_id | position | artist_name\nl1 | 1 | Host\nb4 | 1 | Host"),
        ],
        "play_id | started_at           | ended_at             | is_end_estimated | played_date
         l1      | 2024-01-01 10:00:00Z | 2024-01-01 10:03:00Z | true             | 2024-01-01
         l2      | 2024-01-01 12:00:00Z | 2024-01-01 12:04:00Z | true             | 2024-01-01
         l3      | 2024-01-01 12:04:00Z | 2024-01-01 12:04:00Z | true             | 2024-01-01
         b4      | 2024-01-02 10:00:00Z | 2024-01-02 10:03:00Z | true             | 2024-01-02
         a5      | 2024-01-03 10:00:00Z | 2024-01-03 10:03:00Z | false            | 2024-01-03",
    );
}

#[test]
fn a_listen_was_heard_until_the_next_play_began_at_most() {
    check(
        "int_plays_estimated",
        &[(
            "src_plays",
            "observation_id | play_id | account_id | source | clock | kind  | started_at           | duration_ms | track_name
             l1             | l1      | ann        | lastfm | start | track | 2024-01-01 10:00:00Z | 180000      | A
             l2             | l2      | ann        | lastfm | start | track | 2024-01-01 10:01:00Z | 180000      | B
             l3             | l3      | ann        | lastfm | start | track | 2024-01-01 12:00:00Z | null        | C",
        )],
        "play_id | ms_listened
         l1      | 60000
         l2      | 180000
         l3      | null",
    );
}
