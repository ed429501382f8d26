//! Long tracks that were skipped: the API tells their end, a program their start.

use super::{CREDITS, duplicates};

/// A mix of 40 minutes, of which 30 were heard (1) or 25 (2). Where the second began is not to be
/// told from its end and its length, and the same two reports may be two plays: ten minutes on
/// another device that were scrobbled, and, after them, fifteen on Spotify that nobody scrobbled.
/// To take the listen would lose one of those. So the reports of a long track stay apart where more
/// than ten minutes of it were skipped, until an export tells how long it was heard.
#[test]
fn a_listen_is_the_start_of_a_long_track_only_where_ten_minutes_were_skipped_at_most() {
    let reports = "play_id | source       | clock | started_at           | ended_at             | track_uri
         a1      | spotify_api  | end   | 2024-01-01 09:50:00Z | 2024-01-01 10:30:00Z | u
         b1      | listenbrainz | start | 2024-01-01 10:00:00Z | null                 | u
         a2      | spotify_api  | end   | 2024-01-01 11:45:00Z | 2024-01-01 12:25:00Z | u
         b2      | listenbrainz | start | 2024-01-01 12:00:00Z | null                 | u";
    duplicates(
        reports,
        CREDITS,
        "play_id | canonical_play_id | distance_s
         b1      | a1                | 600",
    );
    let export = "e2 | spotify_export | end | 2024-01-01 12:00:00Z | 2024-01-01 12:25:00Z | u";
    duplicates(
        &format!("{reports}\n{export}"),
        CREDITS,
        "play_id | canonical_play_id | distance_s
         b1      | a1                | 600
         a2      | e2                | 0
         b2      | e2                | 0",
    );
}

/// Where the next listen begins at the moment that the API tells, the long track before it was
/// skipped then: the reports are of one play, unless the listen began before the play could have.
#[test]
fn the_next_listen_tells_when_a_long_track_was_skipped() {
    duplicates(
        "play_id | source       | clock | started_at           | ended_at             | track_uri
         a1      | spotify_api  | end   | 2024-01-01 09:45:00Z | 2024-01-01 10:25:00Z | u
         b1      | listenbrainz | start | 2024-01-01 10:10:00Z | null                 | u
         b2      | listenbrainz | start | 2024-01-01 10:25:03Z | null                 | v
         a3      | spotify_api  | end   | 2024-01-01 12:00:00Z | 2024-01-01 12:20:00Z | u
         b3      | listenbrainz | start | 2024-01-01 11:50:00Z | null                 | u
         b4      | listenbrainz | start | 2024-01-01 12:20:00Z | null                 | v
         a5      | spotify_api  | end   | 2024-01-01 14:00:00Z | 2024-01-01 14:40:00Z | u
         b5      | listenbrainz | start | 2024-01-01 14:20:00Z | null                 | u
         b6      | listenbrainz | start | 2024-01-01 14:41:00Z | null                 | v",
        CREDITS,
        "play_id | canonical_play_id | rule                         | distance_s
         b1      | a1                | listenbrainz_api_uri_until_next | 3",
    );
}

/// What another program tells in between is nothing that the first one could have ended with.
#[test]
fn the_next_listen_is_one_of_the_same_program() {
    duplicates(
        "play_id | source       | clock | client    | started_at           | ended_at             | track_uri
         a1      | spotify_api  | end   | null      | 2024-01-01 09:45:00Z | 2024-01-01 10:25:00Z | u
         b1      | listenbrainz | start | phone     | 2024-01-01 10:10:00Z | null                 | u
         n1      | listenbrainz | start | navidrome | 2024-01-01 10:20:00Z | null                 | w
         b2      | listenbrainz | start | phone     | 2024-01-01 10:25:03Z | null                 | v",
        CREDITS,
        "play_id | canonical_play_id | rule
         b1      | a1                | listenbrainz_api_uri_until_next",
    );
}

/// Both plays of a long track are told by both, and the skip of each is long: one report too many.
#[test]
fn a_long_track_that_was_skipped_early_and_begun_again_is_never_fewer_than_two_plays() {
    duplicates(
        "play_id | source       | clock | started_at           | ended_at             | track_uri
         a1      | spotify_api  | end   | 2024-01-01 09:25:00Z | 2024-01-01 10:05:00Z | u
         a2      | spotify_api  | end   | 2024-01-01 09:45:00Z | 2024-01-01 10:25:00Z | u
         b1      | listenbrainz | start | 2024-01-01 10:00:00Z | null                 | u
         b2      | listenbrainz | start | 2024-01-01 10:05:00Z | null                 | u",
        CREDITS,
        "play_id | canonical_play_id
         b1      | a1",
    );
}
