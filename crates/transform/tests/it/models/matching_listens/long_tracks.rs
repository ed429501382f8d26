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

/// A mix of 23 minutes, of which seven were heard, with pauses before and after it: neither its start nor
/// its neighbours tell, but the program told nothing else until it ended.
#[test]
fn a_listen_within_a_long_track_is_what_was_heard_of_it() {
    duplicates(
        "play_id | source       | clock | client       | started_at           | ended_at             | track_uri | track_name | album_artist_name
         a1      | listenbrainz | end   | listenbrainz | 2024-01-01 09:49:00Z | 2024-01-01 10:12:00Z | u         | Mix        | Host
         f1      | lastfm       | start | null         | 2024-01-01 10:05:00Z | null                 | null      | Mix        | Host
         f2      | lastfm       | start | null         | 2024-01-01 10:12:30Z | null                 | null      | Song       | Host",
        CREDITS,
        "play_id | canonical_play_id | rule
         f1      | a1                | lastfm_listenbrainz_copy_names_heard",
    );
    // Something else began before the end: so that was another play, on another device.
    duplicates(
        "play_id | source      | clock | started_at           | ended_at             | track_uri | track_name | album_artist_name
         a1      | spotify_api | end   | 2024-01-01 09:49:00Z | 2024-01-01 10:12:00Z | u         | Mix        | Host
         f1      | lastfm      | start | 2024-01-01 10:05:00Z | null                 | null      | Mix        | Host
         f2      | lastfm      | start | 2024-01-01 10:09:00Z | null                 | null      | Song       | Host",
        CREDITS,
        "play_id | canonical_play_id",
    );
}
