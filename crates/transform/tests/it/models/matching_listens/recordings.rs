//! When two reports are of the same recording.

use super::{CREDITS, duplicates};

#[test]
fn a_listen_is_known_by_isrc_or_by_mbid() {
    duplicates(
        "play_id | source         | clock | started_at           | ended_at             | track_uri | track_name | track_isrc | recording_mbid
         e1      | spotify_export | end   | 2024-01-01 09:57:00Z | 2024-01-01 10:00:00Z | old       | A          | null       | null
         teacher | spotify_api    | end   | 2023-01-01 09:57:00Z | 2023-01-01 10:00:00Z | old       | A          | QZAB       | null
         b1      | listenbrainz   | start | 2024-01-01 09:57:00Z | null                 | new       | B          | qz-ab      | null
         s2      | submitted      | start | 2024-01-01 11:57:00Z | null                 | null      | C          | null       | M-1
         b2      | listenbrainz   | start | 2024-01-01 11:57:30Z | null                 | null      | D          | null       | m-1
         f2      | lastfm         | start | 2024-01-01 11:57:01Z | null                 | null      | E          | null       | m-1
         s3      | submitted      | start | 2024-01-01 13:57:00Z | null                 | null      | C          | null       | M-1
         b3      | listenbrainz   | start | 2024-01-01 13:57:31Z | null                 | null      | D          | null       | m-1",
        CREDITS,
        "play_id | canonical_play_id | rule
         b1      | e1                | listenbrainz_export_isrc
         b2      | s2                | listenbrainz_submitted_mbid
         f2      | s2                | lastfm_submitted_mbid",
    );
}

#[test]
fn title_and_any_credit_are_enough_also_in_one_text() {
    duplicates(
        "play_id | source         | clock | started_at           | ended_at             | track_name | album_artist_name
         e1      | spotify_export | end   | 2024-01-01 09:57:00Z | 2024-01-01 10:00:00Z | Song       | Guest
         b1      | listenbrainz   | start | 2024-01-01 09:57:00Z | null                 | song       | null
         e2      | spotify_export | end   | 2024-01-01 11:57:00Z | 2024-01-01 12:00:00Z | Song       | Host
         f2      | lastfm         | start | 2024-01-01 11:57:00Z | null                 | song       | null
         e3      | spotify_export | end   | 2024-01-01 13:57:00Z | 2024-01-01 14:00:00Z | Song       | Hostess
         f3      | lastfm         | start | 2024-01-01 13:57:00Z | null                 | song       | null",
        "observation_id | position | artist_name
         b1             | 1        | Host
         b1             | 2        | guest
         f2             | 1        | Host feat. Guest
         f3             | 1        | Host",
        "play_id | canonical_play_id | rule
         b1      | e1                | listenbrainz_export_names
         f2      | e2                | lastfm_export_names",
    );
}

#[test]
fn a_nameless_export_row_is_known_by_the_start() {
    duplicates(
        "play_id | source         | clock | started_at           | ended_at             | track_name
         e1      | spotify_export | end   | 2024-01-01 09:57:00Z | 2024-01-01 10:00:00Z | null
         l1      | lastfm         | start | 2024-01-01 09:57:05Z | null                 | Song
         e2      | spotify_export | end   | 2024-01-01 11:57:00Z | 2024-01-01 12:00:00Z | null
         l2      | lastfm         | start | 2024-01-01 11:57:06Z | null                 | Song",
        CREDITS,
        "play_id | canonical_play_id | rule
         l1      | e1                | lastfm_export_unattributed",
    );
}
