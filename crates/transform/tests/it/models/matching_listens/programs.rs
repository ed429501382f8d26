//! Who told a listen, and on which ways it came.

use super::{CREDITS, duplicates};

/// Somebody lets ListenBrainz copy from Spotify and runs a scrobbler as well.
#[test]
fn a_copy_and_a_scrobble_of_one_play_are_both_its_duplicates() {
    duplicates(
        "play_id | source         | clock | client        | started_at           | ended_at             | track_uri
         e1      | spotify_export | end   | null          | 2024-01-01 09:57:00Z | 2024-01-01 10:00:00Z | u
         c1      | listenbrainz   | end   | listenbrainz  | null                 | 2024-01-01 10:00:00Z | u
         b1      | listenbrainz   | start | web scrobbler | 2024-01-01 09:57:00Z | null                 | u",
        CREDITS,
        "play_id | canonical_play_id
         c1      | e1
         b1      | e1",
    );
}

#[test]
fn a_server_of_ones_own_files_never_played_spotify() {
    duplicates(
        "play_id | source         | clock | client    | started_at           | ended_at             | track_name | album_artist_name
         e1      | spotify_export | end   | null      | 2024-01-01 09:57:00Z | 2024-01-01 10:00:00Z | Song       | Host
         l1      | listenbrainz   | start | navidrome | 2024-01-01 09:57:00Z | null                 | Song       | null
         l2      | submitted      | start | navidrome | 2024-01-01 09:57:01Z | null                 | Song       | null",
        CREDITS,
        "play_id | canonical_play_id | rule
         l1      | l2                | listenbrainz_submitted_names",
    );
}

/// Last.fm told by a player that also told ListenBrainz, which copied the rest from Spotify.
#[test]
fn last_fm_comes_last_and_everyone_before_it_stands() {
    duplicates(
        "play_id | source         | clock | client       | started_at           | ended_at             | track_name | album_artist_name
         l1      | listenbrainz   | start | navidrome    | 2024-01-01 10:00:00Z | null                 | Song       | null
         l2      | lastfm         | start | null         | 2024-01-01 10:00:30Z | null                 | Song       | null
         l3      | listenbrainz   | end   | listenbrainz | 2024-01-01 11:57:00Z | 2024-01-01 12:00:00Z | Song       | null
         l4      | lastfm         | start | null         | 2024-01-01 11:57:10Z | null                 | Song       | null
         a1      | spotify_api    | end   | null         | 2024-01-01 13:57:00Z | 2024-01-01 14:00:00Z | Song       | Host
         f1      | lastfm         | start | null         | 2024-01-01 13:57:10Z | null                 | Song       | Host",
        CREDITS,
        "play_id | canonical_play_id | rule
         l2      | l1                | lastfm_listenbrainz_names
         l4      | l3                | lastfm_listenbrainz_copy_names
         f1      | a1                | lastfm_api_names",
    );
}
