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
