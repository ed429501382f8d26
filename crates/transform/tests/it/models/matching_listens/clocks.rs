//! Starts compare with starts, ends with ends, and by how much they may differ.

use super::{CREDITS, duplicates};

#[test]
fn the_start_of_a_listen_is_the_start_of_an_export_play() {
    duplicates(
        "play_id | source         | clock | client  | started_at           | ended_at             | track_uri | ms_played
         e1      | spotify_export | end   | null    | 2024-01-01 09:57:00Z | 2024-01-01 10:00:00Z | u         | 180000
         s1      | submitted      | start | pano    | 2024-01-01 09:56:58Z | null                 | u         | null
         b1      | listenbrainz   | start | scrobby | 2024-01-01 09:57:03Z | 2024-01-01 10:00:03Z | u         | null",
        CREDITS,
        "play_id | canonical_play_id | source       | rule                    | round | distance_s
         s1      | e1                | submitted    | submitted_export_uri    | 1     | 2
         b1      | e1                | listenbrainz | listenbrainz_export_uri | 1     | 3",
    );
}

#[test]
fn a_pause_makes_an_export_begin_later_than_the_listen_up_to_two_minutes() {
    duplicates(
        "play_id | source         | clock | started_at           | ended_at             | track_uri
         e1      | spotify_export | end   | 2024-01-01 10:02:00Z | 2024-01-01 10:05:00Z | u
         b1      | listenbrainz   | start | 2024-01-01 10:00:00Z | null                 | u
         e2      | spotify_export | end   | 2024-01-01 12:02:01Z | 2024-01-01 12:05:00Z | u
         b2      | listenbrainz   | start | 2024-01-01 12:00:00Z | null                 | u
         e3      | spotify_export | end   | 2024-01-01 14:00:00Z | 2024-01-01 14:03:00Z | u
         b3      | listenbrainz   | start | 2024-01-01 14:01:00Z | null                 | u
         e4      | spotify_export | end   | 2024-01-01 16:00:00Z | 2024-01-01 16:03:00Z | u
         b4      | listenbrainz   | start | 2024-01-01 16:01:01Z | null                 | u",
        CREDITS,
        "play_id | canonical_play_id | distance_s
         b1      | e1                | 120
         b3      | e3                | 60",
    );
}

#[test]
fn a_skip_makes_an_api_play_seem_to_begin_early_but_nothing_begins_after_the_end() {
    duplicates(
        "play_id | source       | clock | started_at           | ended_at             | track_uri
         a1      | spotify_api  | end   | 2024-01-01 09:57:00Z | 2024-01-01 10:00:00Z | u
         b1      | listenbrainz | start | 2024-01-01 09:59:00Z | null                 | u
         a2      | spotify_api  | end   | 2024-01-01 11:58:00Z | 2024-01-01 12:00:00Z | u
         b2      | listenbrainz | start | 2024-01-01 12:00:30Z | null                 | u",
        CREDITS,
        "play_id | canonical_play_id | rule                 | distance_s
         b1      | a1                | listenbrainz_api_uri | 120",
    );
}

#[test]
fn a_song_that_was_skipped_and_begun_again_is_two_plays_with_a_listen_each() {
    duplicates(
        "play_id | source       | clock | started_at           | ended_at             | track_uri
         a1      | spotify_api  | end   | 2024-01-01 09:57:30Z | 2024-01-01 10:00:30Z | u
         a2      | spotify_api  | end   | 2024-01-01 10:00:30Z | 2024-01-01 10:03:30Z | u
         b1      | listenbrainz | start | 2024-01-01 10:00:00Z | null                 | u
         b2      | listenbrainz | start | 2024-01-01 10:00:31Z | null                 | u",
        CREDITS,
        "play_id | canonical_play_id | round | distance_s
         b2      | a2                | 1     | 1
         b1      | a1                | 2     | 150",
    );
}

#[test]
fn account_data_tells_the_minute_in_which_a_listen_ended() {
    duplicates(
        "play_id | source               | clock | started_at           | ended_at             | track_name | album_artist_name
         d1      | spotify_account_data | end   | 2024-01-01 09:57:00Z | 2024-01-01 10:00:00Z | Song       | Host
         l1      | lastfm               | start | 2024-01-01 09:57:40Z | null                 | song       | null
         d2      | spotify_account_data | end   | 2024-01-01 11:57:00Z | 2024-01-01 12:00:00Z | Song       | Nobody
         l2      | lastfm               | start | 2024-01-01 11:57:40Z | null                 | song       | null",
        CREDITS,
        "play_id | canonical_play_id | rule                      | distance_s
         l1      | d1                | lastfm_account_data_names | 0",
    );
}

#[test]
fn what_listenbrainz_copied_from_spotify_is_compared_by_its_end() {
    duplicates(
        "play_id | source         | clock | client       | started_at           | ended_at                 | track_uri
         a1      | spotify_api    | end   | null         | 2024-01-01 09:57:00Z | 2024-01-01 10:00:00.497Z | u
         c1      | listenbrainz   | end   | listenbrainz | 2024-01-01 09:57:00Z | 2024-01-01 10:00:00Z     | u
         e2      | spotify_export | end   | null         | 2024-01-01 11:59:00Z | 2024-01-01 12:00:00Z     | u
         c2      | listenbrainz   | end   | listenbrainz | null                 | 2024-01-01 12:00:04Z     | u
         e3      | spotify_export | end   | null         | 2024-01-01 13:57:00Z | 2024-01-01 14:00:00Z     | u
         b3      | listenbrainz   | start | other        | 2024-01-01 14:00:00Z | null                     | u",
        CREDITS,
        "play_id | canonical_play_id | rule                         | distance_s
         c1      | a1                | listenbrainz_copy_api_uri    | 0.497
         c2      | e2                | listenbrainz_copy_export_uri | 4",
    );
}
