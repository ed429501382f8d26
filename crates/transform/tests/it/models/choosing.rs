//! One observation per play, and what a track is called.

use super::check;

#[test]
fn the_fullest_observation_is_chosen_then_the_latest_then_the_greater() {
    check(
        "int_play_observations_chosen",
        &[(
            "src_plays",
            "observation_id | play_id | source         | track_uri | offline | ingested_at
             old-full       | fuller  | spotify_export | u         | false   | 2024-01-01
             new-empty      | fuller  | spotify_export | u         | null    | 2024-02-01
             old            | later   | spotify_export | u         | false   | 2024-01-01
             new            | later   | spotify_export | u         | true    | 2024-02-01
             a              | tied    | spotify_export | u         | false   | 2024-01-01
             b              | tied    | spotify_export | u         | true    | 2024-01-01
             only           | once    | spotify_api    | u         | null    | 2024-01-01",
        )],
        "play_id | observation_id
         fuller  | old-full
         later   | new
         tied    | b
         once    | only",
    );
}

#[test]
fn a_track_is_its_uri_or_its_names_whatever_their_case() {
    check(
        "int_tracks_described",
        &[(
            "src_plays",
            "observation_id | play_id | source               | kind    | ended_at   | track_uri       | track_name | album_artist_name | album_name
             1              | 1       | spotify_export       | track   | 2024-01-01 | spotify:track:1 | Song       | Ann               | null
             2              | 2       | spotify_account_data | track   | 2024-01-02 | null            | Song       | Ann               | null
             3              | 3       | spotify_account_data | track   | 2024-01-03 | null            | ' SONG'    | ann               | null
             4              | 4       | spotify_account_data | track   | 2024-01-04 | null            | Song       | Bo                | null
             5              | 5       | spotify_account_data | episode | 2024-01-05 | null            | Song       | null              | Ann
             6              | 6       | spotify_account_data | track   | 2024-01-06 | null            | SongA      | nn                | null",
        )],
        "track_uri       | track_kind | track_name | artist_key
         spotify:track:1 | track      | Song       | ann
         null            | track      | ' SONG'    | ann
         null            | track      | Song       | bo
         null            | episode    | Song       | null
         null            | track      | SongA      | nn",
    );
}

#[test]
fn what_account_data_calls_unknown_has_no_name() {
    check(
        "int_play_observations_chosen",
        &[(
            "src_plays",
            "observation_id | play_id | source               | kind         | track_name    | album_artist_name
             1              | 1       | spotify_account_data | track        | Unknown Track | Unknown Artist
             2              | 2       | spotify_account_data | track        | Unknown Track | Ann
             3              | 3       | spotify_export       | unattributed | null          | null
             4              | 4       | spotify_export       | local        | ''            | Ann",
        )],
        "play_id | known_by | title_key
         1       | nothing  | null
         2       | names    | unknown track
         3       | nothing  | null
         4       | nothing  | null",
    );
}

#[test]
fn a_nameless_row_is_absorbed_by_one_row_of_the_same_end_and_length() {
    check(
        "int_unattributed_plays_absorbed",
        &[(
            "src_plays",
            "observation_id | play_id | account_id | source         | ended_at            | ms_played | track_uri | track_name
             1              | named   | ann        | spotify_export | 2024-01-01 10:00:00 | 5000      | u1        | Song
             2              | lost-a  | ann        | spotify_export | 2024-01-01 10:00:00 | 5000      | null      | null
             3              | lost-b  | ann        | spotify_export | 2024-01-01 10:00:00 | 5000      | null      | null
             4              | longer  | ann        | spotify_export | 2024-01-01 10:00:00 | 6000      | null      | null
             5              | later   | ann        | spotify_export | 2024-01-01 10:00:01 | 5000      | null      | null
             6              | other   | bo         | spotify_export | 2024-01-01 10:00:00 | 5000      | null      | null",
        )],
        "play_id | canonical_play_id | rule
         lost-a  | named             | export_unattributed",
    );
}

#[test]
fn a_row_may_gain_its_uri_in_two_steps() {
    check(
        "int_unattributed_plays_absorbed",
        &[(
            "src_plays",
            "observation_id | play_id | account_id | source         | ended_at            | ms_played | track_uri | track_name
             1              | full    | ann        | spotify_export | 2024-01-01 10:00:00 | 5000      | u1        | Song
             2              | names   | ann        | spotify_export | 2024-01-01 10:00:00 | 5000      | null      | song
             3              | other   | ann        | spotify_export | 2024-01-01 10:00:00 | 5000      | null      | Another
             4              | nothing | ann        | spotify_export | 2024-01-01 10:00:00 | 5000      | null      | null",
        )],
        "play_id | canonical_play_id | rule
         names   | full              | export_names_only
         nothing | full              | export_unattributed",
    );
}

/// A mapping that ListenBrainz adds days later is another observation of the same play.
#[test]
fn a_mapping_that_comes_later_is_the_same_play_and_the_fuller_word() {
    check(
        "int_plays_merged",
        &[
            (
                "src_plays",
                "observation_id | play_id | account_id | source       | clock | kind  | started_at           | track_name | recording_mbid | ingested_at
                 before         | b1      | ann        | listenbrainz | start | track | 2024-01-01 10:00:00Z | Song       | null           | 2024-01-02 00:00:00Z
                 mapped         | b1      | ann        | listenbrainz | start | track | 2024-01-01 10:00:00Z | Song       | m1             | 2024-01-01 00:00:00Z",
            ),
            ("src_play_credits", "observation_id | position | artist_name\nbefore | 1 | A feat. B\nmapped | 1 | A"),
        ],
        "play_id | observation_id
         b1      | mapped",
    );
}

#[test]
fn equal_titles_of_different_artists_are_different_tracks() {
    check(
        "int_play_observations_united",
        &[
            (
                "src_plays",
                "observation_id | play_id | account_id | source    | clock | kind  | started_at           | track_name
                 x              | x       | ann        | lastfm    | start | track | 2024-01-01 10:00:00Z | Intro
                 y              | y       | ann        | submitted | start | track | 2024-01-01 11:00:00Z | Intro",
            ),
            ("src_play_credits", "observation_id | position | artist_name\nx | 1 | One\ny | 1 | Two"),
        ],
        "observation_id | artist_key | track_id
         x              | one        | name:8e16dd2cc065679ad0407464882d1f06
         y              | two        | name:79450f377466d40d99687352fdbd991b",
    );
}
