//! Account data, which knows minutes and names, against exports and the API.

use super::check;

#[track_caller]
fn duplicates(plays: &str, credits: &str, expect: &str) {
    check("int_play_duplicates", &[("src_plays", plays), ("src_play_credits", credits)], expect);
}

const NO_CREDITS: &str = "observation_id";

#[test]
fn minute_length_and_title_are_enough() {
    duplicates(
        "observation_id | play_id | account_id | source               | ended_at             | ms_played | track_uri | track_name | album_artist_name
         e1             | e1      | ann        | spotify_export       | 2024-01-01 10:00:59Z | 5000      | u         | Song       | Ann
         d1             | d1      | ann        | spotify_account_data | 2024-01-01 10:00:00Z | 5000      | null      | SONG       | Whoever
         d2             | d2      | ann        | spotify_account_data | 2024-01-01 10:00:00Z | 6001      | null      | Song       | Ann
         d3             | d3      | ann        | spotify_account_data | 2024-01-01 10:02:00Z | 5000      | null      | Song       | Ann
         d4             | d4      | bo         | spotify_account_data | 2024-01-01 10:00:00Z | 5000      | null      | Song       | Ann",
        NO_CREDITS,
        "play_id | canonical_play_id | rule                    | round | distance_s
         d1      | e1                | account_data_same_title | 1     | 0",
    );
}

#[test]
fn rows_that_are_alike_pair_one_by_one() {
    duplicates(
        "observation_id | play_id | account_id | source               | ended_at             | ms_played | track_uri | track_name
         e1             | e1      | ann        | spotify_export       | 2024-01-01 10:00:01Z | 0         | u         | Song
         e2             | e2      | ann        | spotify_export       | 2024-01-01 10:00:02Z | 0         | u         | Song
         e3             | e3      | ann        | spotify_export       | 2024-01-01 10:00:03Z | 0         | u         | Song
         d1             | d1      | ann        | spotify_account_data | 2024-01-01 10:00:00Z | 0         | null      | Song
         d2             | d2      | ann        | spotify_account_data | 2024-01-01 10:00:00Z | 0         | null      | Song",
        NO_CREDITS,
        "play_id | canonical_play_id | round
         d1      | e1                | 1
         d2      | e2                | 1",
    );
}

#[test]
fn a_renamed_title_and_a_lost_name_are_known_by_minute_and_length() {
    duplicates(
        "observation_id | play_id | account_id | source               | ended_at             | ms_played | track_uri | track_name    | album_artist_name
         e1             | e1      | ann        | spotify_export       | 2024-01-01 10:00:10Z | 5000      | u1        | Song (Live)   | Ann
         d1             | d1      | ann        | spotify_account_data | 2024-01-01 10:00:00Z | 5000      | null      | Song          | Ann
         e2             | e2      | ann        | spotify_export       | 2024-01-01 12:00:10Z | 5000      | null      | null          | null
         d2             | d2      | ann        | spotify_account_data | 2024-01-01 12:00:00Z | 5000      | null      | Song          | Ann
         e3             | e3      | ann        | spotify_export       | 2024-01-01 14:00:10Z | 5000      | u1        | Song          | Ann
         d3             | d3      | ann        | spotify_account_data | 2024-01-01 14:00:00Z | 5000      | null      | Unknown Track | Unknown Artist",
        NO_CREDITS,
        "play_id | canonical_play_id | rule                      | round
         d1      | e1                | account_data_same_artist  | 2
         d2      | e2                | account_data_unattributed | 3
         d3      | e3                | account_data_unattributed | 3",
    );
}

#[test]
fn a_little_time_apart_is_the_same_play_too() {
    duplicates(
        "observation_id | play_id | account_id | source               | ended_at             | ms_played | track_uri | track_name | album_artist_name
         e1             | e1      | ann        | spotify_export       | 2024-01-01 10:00:59Z | 5000      | u1        | Song       | Ann
         d1             | d1      | ann        | spotify_account_data | 2024-01-01 10:00:00Z | 5001      | null      | Song       | Ann
         e2             | e2      | ann        | spotify_export       | 2024-01-01 12:00:40Z | 5000      | u1        | Song       | Ann
         d2             | d2      | ann        | spotify_account_data | 2024-01-01 12:01:00Z | 5000      | null      | song       | ANN
         e3             | e3      | ann        | spotify_export       | 2024-01-01 14:01:59Z | 5000      | u1        | Song       | Ann
         d3             | d3      | ann        | spotify_account_data | 2024-01-01 14:00:00Z | 4000      | null      | Song       | Ann
         e4             | e4      | ann        | spotify_export       | 2024-01-01 16:00:10Z | 5000      | null      | null       | null
         d4             | d4      | ann        | spotify_account_data | 2024-01-01 16:01:00Z | 5050      | null      | Song       | Ann",
        NO_CREDITS,
        "play_id | canonical_play_id | rule                           | round | distance_s
         d1      | e1                | account_data_near              | 4     | 0
         d2      | e2                | account_data_near              | 4     | 20
         d3      | e3                | account_data_near              | 4     | 59
         d4      | e4                | account_data_near_unattributed | 5     | 50",
    );
}

#[test]
fn beyond_that_little_time_it_is_another_play() {
    duplicates(
        "observation_id | play_id | account_id | source               | ended_at             | ms_played | track_uri | track_name | album_artist_name
         e1             | e1      | ann        | spotify_export       | 2024-01-01 10:00:10Z | 5000      | u1        | Song       | Ann
         longer         | longer  | ann        | spotify_account_data | 2024-01-01 10:00:00Z | 6001      | null      | Song       | Ann
         e2             | e2      | ann        | spotify_export       | 2024-01-01 12:00:10Z | 5000      | u1        | Song       | Ann
         later          | later   | ann        | spotify_account_data | 2024-01-01 12:02:00Z | 5000      | null      | Song       | Ann
         e3             | e3      | ann        | spotify_export       | 2024-01-01 14:00:10Z | 5000      | u1        | Song       | Ann
         cover          | cover   | ann        | spotify_account_data | 2024-01-01 14:00:00Z | 5001      | null      | Song       | Bob
         e4             | e4      | ann        | spotify_export       | 2024-01-01 16:00:10Z | 5000      | null      | null       | null
         nameless       | n       | ann        | spotify_account_data | 2024-01-01 16:00:00Z | 5051      | null      | Song       | Ann",
        NO_CREDITS,
        "play_id | canonical_play_id",
    );
}

/// A song that is heard again and again: the nearest listening time tells which is which, and
/// what one source has more of stays.
#[test]
fn repeats_pair_by_the_nearest_listening_time() {
    duplicates(
        "observation_id | play_id | account_id | source               | ended_at             | ms_played | track_uri | track_name | album_artist_name
         e1             | e1      | ann        | spotify_export       | 2024-01-01 10:00:20Z | 20000     | u1        | Song       | Ann
         e2             | e2      | ann        | spotify_export       | 2024-01-01 10:00:41Z | 20100     | u1        | Song       | Ann
         e3             | e3      | ann        | spotify_export       | 2024-01-01 10:01:02Z | 20200     | u1        | Song       | Ann
         d1             | d1      | ann        | spotify_account_data | 2024-01-01 10:00:00Z | 20003     | null      | Song       | Ann
         d2             | d2      | ann        | spotify_account_data | 2024-01-01 10:01:00Z | 20097     | null      | Song       | Ann
         d3             | d3      | ann        | spotify_account_data | 2024-01-01 10:01:00Z | 20200     | null      | Song       | Ann
         d4             | d4      | ann        | spotify_account_data | 2024-01-01 10:01:00Z | 20150     | null      | Song       | Ann",
        NO_CREDITS,
        "play_id | canonical_play_id | round
         d1      | e1                | 4
         d2      | e2                | 4
         d3      | e3                | 1",
    );
}

/// Thirty of a hundred rows are a millisecond off: still a hundred plays.
#[test]
fn account_data_beside_an_export_doubles_nothing() {
    let mut plays =
        "observation_id | play_id | account_id | source | ended_at | ms_played | track_uri | track_name | album_artist_name".to_owned();
    let mut expected = "play_id | canonical_play_id".to_owned();
    for play in 0..100 {
        let (hour, minute, told) = (play / 20, play % 20 * 3, 180_000 + play % 10 / 7);
        let time = format!("2024-01-01 {hour:02}:{minute:02}");
        plays += &format!("\ne{play} | e{play} | ann | spotify_export | {time}:30Z | 180000 | u | Song | Ann");
        plays += &format!("\nd{play} | d{play} | ann | spotify_account_data | {time}:00Z | {told} | null | Song | Ann");
        expected += &format!("\nd{play} | e{play}");
    }
    duplicates(&plays, NO_CREDITS, &expected);
}

#[test]
fn an_export_play_stands_for_the_api_and_the_account_data() {
    duplicates(
        "observation_id | play_id | account_id | source               | ended_at             | ms_played | track_uri | track_name | album_artist_name
         e1             | e1      | ann        | spotify_export       | 2024-01-01 10:00:10Z | 5000      | u1        | Song       | Ann
         a1             | a1      | ann        | spotify_api          | 2024-01-01 10:00:11Z | null      | u1        | Song       | Ann
         d1             | d1      | ann        | spotify_account_data | 2024-01-01 10:00:00Z | 5000      | null      | Song       | Ann",
        NO_CREDITS,
        "play_id | canonical_play_id | source
         a1      | e1                | spotify_api
         d1      | e1                | spotify_account_data",
    );
}

#[test]
fn chains_do_not_merge() {
    // The account data would fit the API, but that play is already an export's.
    duplicates(
        "observation_id | play_id | account_id | source               | ended_at             | ms_played | track_uri | track_name | album_artist_name
         e1             | e1      | ann        | spotify_export       | 2024-01-01 10:00:10Z | 5000      | u1        | Song       | Ann
         a1             | a1      | ann        | spotify_api          | 2024-01-01 10:00:11Z | null      | u1        | Song       | Ann
         d1             | d1      | ann        | spotify_account_data | 2024-01-01 10:00:00Z | 7000      | null      | Song       | Ann",
        NO_CREDITS,
        "play_id | canonical_play_id
         a1      | e1",
    );
}

#[test]
fn a_near_miss_of_an_export_that_has_the_api_play_joins_both() {
    duplicates(
        "observation_id | play_id | account_id | source               | ended_at             | ms_played | track_uri | track_name | album_artist_name
         e1             | e1      | ann        | spotify_export       | 2024-01-01 10:00:10Z | 5000      | u1        | Song       | Ann
         a1             | a1      | ann        | spotify_api          | 2024-01-01 10:00:11Z | null      | u1        | Song       | Ann
         d1             | d1      | ann        | spotify_account_data | 2024-01-01 10:00:00Z | 5004      | null      | Song       | Ann",
        NO_CREDITS,
        "play_id | canonical_play_id
         a1      | e1
         d1      | e1",
    );
}

#[test]
fn the_api_within_the_minute_or_near_it_is_the_same_play() {
    duplicates(
        "observation_id | play_id | account_id | source               | ended_at                 | ms_played | track_uri | track_name | album_artist_name
         a1             | a1      | ann        | spotify_api          | 2024-01-01 10:00:59.999Z | null      | u1        | Song       | Ann
         d1             | d1      | ann        | spotify_account_data | 2024-01-01 10:00:00Z     | 50000     | null      | Song       | Ann
         a2             | a2      | ann        | spotify_api          | 2024-01-01 12:01:05Z     | null      | u1        | Song       | Host
         d2             | d2      | ann        | spotify_account_data | 2024-01-01 12:00:00Z     | 50000     | null      | Song       | Guest
         a3             | a3      | ann        | spotify_api          | 2024-01-01 13:59:00Z     | null      | u1        | Song       | Ann
         d3             | d3      | ann        | spotify_account_data | 2024-01-01 14:00:00Z     | 50000     | null      | Song       | Ann
         a4             | a4      | ann        | spotify_api          | 2024-01-01 15:58:59Z     | null      | u1        | Song       | Ann
         d4             | d4      | ann        | spotify_account_data | 2024-01-01 16:00:00Z     | 50000     | null      | Song       | Ann",
        "observation_id | position | artist_name
         a2             | 2        | Guest",
        "play_id | canonical_play_id | rule                    | round | distance_s
         d1      | a1                | account_data_api_strict | 6     | 0
         d2      | a2                | account_data_api_strict | 6     | 5
         d3      | a3                | account_data_api        | 7     | 60",
    );
}

#[test]
fn of_two_plays_in_a_minute_the_api_lists_the_longer() {
    duplicates(
        "observation_id | play_id | account_id | source               | ended_at             | ms_played | track_uri | track_name | album_artist_name
         a1             | a1      | ann        | spotify_api          | 2024-01-01 10:00:30Z | null      | u1        | Song       | Ann
         long           | long    | ann        | spotify_account_data | 2024-01-01 10:00:00Z | 50000     | null      | Song       | Ann
         short          | short   | ann        | spotify_account_data | 2024-01-01 10:00:00Z | 900       | null      | Song       | Ann",
        NO_CREDITS,
        "play_id | canonical_play_id
         long    | a1",
    );
}

#[test]
fn a_nameless_row_takes_what_the_api_has_left_in_its_minute() {
    duplicates(
        "observation_id | play_id | account_id | source               | ended_at             | ms_played | track_uri | track_name    | album_artist_name
         a1             | a1      | ann        | spotify_api          | 2024-01-01 10:00:10Z | null      | u1        | Song          | Ann
         a2             | a2      | ann        | spotify_api          | 2024-01-01 10:00:50Z | null      | u2        | Other         | Ann
         d1             | d1      | ann        | spotify_account_data | 2024-01-01 10:00:00Z | 50000     | null      | Song          | Ann
         d2             | d2      | ann        | spotify_account_data | 2024-01-01 10:00:00Z | 40000     | null      | Unknown Track | Unknown Artist
         d3             | d3      | ann        | spotify_account_data | 2024-01-01 10:00:00Z | 3000      | null      | Unknown Track | Unknown Artist",
        NO_CREDITS,
        "play_id | canonical_play_id | rule                          | round
         d1      | a1                | account_data_api_strict       | 6
         d2      | a2                | account_data_api_unattributed | 8",
    );
}
