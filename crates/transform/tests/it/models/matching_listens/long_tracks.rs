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

/// Where a song ended by the word of the API just when the listen began, and the program told that song as
/// well, the long track came after it here and there.
#[test]
fn the_play_before_tells_when_a_long_track_began_that_was_skipped() {
    duplicates(
        "play_id | source       | clock | client | started_at           | ended_at             | track_name | album_artist_name
         a1      | spotify_api  | end   | null   | 2024-01-01 09:58:00Z | 2024-01-01 10:01:00Z | Song       | Host
         m1      | spotify_api  | end   | null   | 2024-01-01 09:50:00Z | 2024-01-01 10:30:00Z | Mix        | Host
         b1      | listenbrainz | start | phone  | 2024-01-01 09:58:00Z | null                 | Song       | Host
         l1      | listenbrainz | start | phone  | 2024-01-01 10:01:02Z | null                 | Mix        | Host",
        CREDITS,
        "play_id | canonical_play_id | rule                              | distance_s
         b1      | a1                | listenbrainz_api_names            | 0
         l1      | m1                | listenbrainz_api_names_since_last | 2",
    );
}

/// One play of it elsewhere, which alone was scrobbled, and another on Spotify would look like each of these:
/// eleven seconds later (1), after what another program told (2), after another song (3), followed by another
/// song (4) or by itself (5) before the end, with a play in between (6), and after nothing that is known (7).
#[test]
fn the_play_before_tells_nothing_where_the_long_track_may_have_been_played_twice() {
    duplicates(
        "play_id | source       | clock | client | started_at           | ended_at             | track_name | album_artist_name
         a1      | spotify_api  | end   | null   | 2024-01-01 09:58:00Z | 2024-01-01 10:01:00Z | Song       | Host
         m1      | spotify_api  | end   | null   | 2024-01-01 09:50:00Z | 2024-01-01 10:30:00Z | Mix        | Host
         b1      | listenbrainz | start | phone  | 2024-01-01 09:58:00Z | null                 | Song       | Host
         l1      | listenbrainz | start | phone  | 2024-01-01 10:01:11Z | null                 | Mix        | Host
         a2      | spotify_api  | end   | null   | 2024-01-02 09:58:00Z | 2024-01-02 10:01:00Z | Song       | Host
         m2      | spotify_api  | end   | null   | 2024-01-02 09:50:00Z | 2024-01-02 10:30:00Z | Mix        | Host
         b2      | listenbrainz | start | other  | 2024-01-02 09:58:00Z | null                 | Song       | Host
         l2      | listenbrainz | start | phone  | 2024-01-02 10:01:02Z | null                 | Mix        | Host
         a3      | spotify_api  | end   | null   | 2024-01-03 09:58:00Z | 2024-01-03 10:01:00Z | Song       | Host
         m3      | spotify_api  | end   | null   | 2024-01-03 09:50:00Z | 2024-01-03 10:30:00Z | Mix        | Host
         b3      | listenbrainz | start | phone  | 2024-01-03 09:58:00Z | null                 | Tune       | Host
         l3      | listenbrainz | start | phone  | 2024-01-03 10:01:02Z | null                 | Mix        | Host
         a4      | spotify_api  | end   | null   | 2024-01-04 09:58:00Z | 2024-01-04 10:01:00Z | Song       | Host
         m4      | spotify_api  | end   | null   | 2024-01-04 09:50:00Z | 2024-01-04 10:30:00Z | Mix        | Host
         b4      | listenbrainz | start | phone  | 2024-01-04 09:58:00Z | null                 | Song       | Host
         l4      | listenbrainz | start | phone  | 2024-01-04 10:01:02Z | null                 | Mix        | Host
         n4      | listenbrainz | start | phone  | 2024-01-04 10:12:00Z | null                 | Tune       | Host
         a5      | spotify_api  | end   | null   | 2024-01-05 09:58:00Z | 2024-01-05 10:01:00Z | Song       | Host
         m5      | spotify_api  | end   | null   | 2024-01-05 09:50:00Z | 2024-01-05 10:30:00Z | Mix        | Host
         b5      | listenbrainz | start | phone  | 2024-01-05 09:58:00Z | null                 | Song       | Host
         l5      | listenbrainz | start | phone  | 2024-01-05 10:01:02Z | null                 | Mix        | Host
         n5      | listenbrainz | start | phone  | 2024-01-05 10:12:00Z | null                 | Mix        | Host
         a6      | spotify_api  | end   | null   | 2024-01-06 09:58:00Z | 2024-01-06 10:01:00Z | Song       | Host
         m6      | spotify_api  | end   | null   | 2024-01-06 09:50:00Z | 2024-01-06 10:30:00Z | Mix        | Host
         b6      | listenbrainz | start | phone  | 2024-01-06 09:58:00Z | null                 | Song       | Host
         l6      | listenbrainz | start | phone  | 2024-01-06 10:01:02Z | null                 | Mix        | Host
         n6      | spotify_api  | end   | null   | 2024-01-06 10:02:00Z | 2024-01-06 10:05:00Z | Tune       | Host
         m7      | spotify_api  | end   | null   | 2024-01-07 09:50:00Z | 2024-01-07 10:30:00Z | Mix        | Host
         b7      | listenbrainz | start | phone  | 2024-01-07 09:58:00Z | null                 | Song       | Host
         l7      | listenbrainz | start | phone  | 2024-01-07 10:01:02Z | null                 | Mix        | Host",
        CREDITS,
        "play_id | canonical_play_id
         b1      | a1
         b2      | a2
         b4      | a4
         b5      | a5
         b6      | a6",
    );
}

/// Each time it came after something, here and there.
#[test]
fn a_long_track_that_was_skipped_early_and_begun_again_after_a_song_takes_both_listens() {
    duplicates(
        "play_id | source       | clock | client | started_at           | ended_at             | track_name | album_artist_name
         a0      | spotify_api  | end   | null   | 2024-01-01 09:57:00Z | 2024-01-01 10:00:00Z | Song       | Host
         a1      | spotify_api  | end   | null   | 2024-01-01 09:25:00Z | 2024-01-01 10:05:00Z | Mix        | Host
         a2      | spotify_api  | end   | null   | 2024-01-01 09:45:00Z | 2024-01-01 10:25:00Z | Mix        | Host
         b0      | listenbrainz | start | phone  | 2024-01-01 09:57:00Z | null                 | Song       | Host
         b1      | listenbrainz | start | phone  | 2024-01-01 10:00:00Z | null                 | Mix        | Host
         b2      | listenbrainz | start | phone  | 2024-01-01 10:05:00Z | null                 | Mix        | Host",
        CREDITS,
        "play_id | canonical_play_id
         b0      | a0
         b1      | a1
         b2      | a2",
    );
}

/// What neither told may have lasted long before it, and a pause after it: as long as both tell the same plays
/// before and after (1), but not where another came before (2) or after (3), or began before the end (4).
#[test]
fn a_long_track_between_the_same_plays_is_the_same() {
    duplicates(
        "play_id | source       | clock | client | started_at           | ended_at             | track_name | album_artist_name
         a1      | spotify_api  | end   | null   | 2024-01-01 09:58:00Z | 2024-01-01 10:01:00Z | Song       | Host
         m1      | spotify_api  | end   | null   | 2024-01-01 09:44:00Z | 2024-01-01 10:24:00Z | Mix        | Host
         z1      | spotify_api  | end   | null   | 2024-01-01 10:24:19Z | 2024-01-01 10:27:19Z | Tune       | Host
         b1      | listenbrainz | start | phone  | 2024-01-01 09:58:00Z | null                 | Song       | Host
         l1      | listenbrainz | start | phone  | 2024-01-01 10:12:00Z | null                 | Mix        | Host
         c1      | listenbrainz | start | phone  | 2024-01-01 10:24:19Z | null                 | Tune       | Host
         a2      | spotify_api  | end   | null   | 2024-01-02 09:58:00Z | 2024-01-02 10:01:00Z | Song       | Host
         m2      | spotify_api  | end   | null   | 2024-01-02 09:44:00Z | 2024-01-02 10:24:00Z | Mix        | Host
         z2      | spotify_api  | end   | null   | 2024-01-02 10:24:19Z | 2024-01-02 10:27:19Z | Tune       | Host
         b2      | listenbrainz | start | phone  | 2024-01-02 09:58:00Z | null                 | Other      | Host
         l2      | listenbrainz | start | phone  | 2024-01-02 10:12:00Z | null                 | Mix        | Host
         c2      | listenbrainz | start | phone  | 2024-01-02 10:24:19Z | null                 | Tune       | Host
         a3      | spotify_api  | end   | null   | 2024-01-03 09:58:00Z | 2024-01-03 10:01:00Z | Song       | Host
         m3      | spotify_api  | end   | null   | 2024-01-03 09:44:00Z | 2024-01-03 10:24:00Z | Mix        | Host
         z3      | spotify_api  | end   | null   | 2024-01-03 10:24:19Z | 2024-01-03 10:27:19Z | Tune       | Host
         b3      | listenbrainz | start | phone  | 2024-01-03 09:58:00Z | null                 | Song       | Host
         l3      | listenbrainz | start | phone  | 2024-01-03 10:12:00Z | null                 | Mix        | Host
         c3      | listenbrainz | start | phone  | 2024-01-03 10:24:19Z | null                 | Other      | Host
         a4      | spotify_api  | end   | null   | 2024-01-04 09:58:00Z | 2024-01-04 10:01:00Z | Song       | Host
         m4      | spotify_api  | end   | null   | 2024-01-04 09:44:00Z | 2024-01-04 10:24:00Z | Mix        | Host
         z4      | spotify_api  | end   | null   | 2024-01-04 10:24:19Z | 2024-01-04 10:27:19Z | Tune       | Host
         b4      | listenbrainz | start | phone  | 2024-01-04 09:58:00Z | null                 | Song       | Host
         l4      | listenbrainz | start | phone  | 2024-01-04 10:12:00Z | null                 | Mix        | Host
         c4      | listenbrainz | start | phone  | 2024-01-04 10:23:45Z | null                 | Tune       | Host",
        CREDITS,
        "play_id | canonical_play_id | rule                             | distance_s
         b1      | a1                | listenbrainz_api_names           | 0
         l1      | m1                | listenbrainz_api_names_between   | 19
         c1      | z1                | listenbrainz_api_names           | 0
         c2      | z2                | listenbrainz_api_names           | 0
         b3      | a3                | listenbrainz_api_names           | 0
         b4      | a4                | listenbrainz_api_names           | 0
         c4      | z4                | listenbrainz_api_names           | 34",
    );
}

/// Where the list of Spotify missed it, ListenBrainz may have copied it from there.
#[test]
fn an_end_that_listenbrainz_copied_tells_as_much_as_that_of_the_api() {
    duplicates(
        "play_id | source       | clock | client       | started_at           | ended_at             | track_name | album_artist_name
         k0      | listenbrainz | end   | listenbrainz | 2024-01-01 09:58:00Z | 2024-01-01 10:01:00Z | Song       | Host
         k1      | listenbrainz | end   | listenbrainz | 2024-01-01 09:44:00Z | 2024-01-01 10:24:00Z | Mix        | Host
         f0      | lastfm       | start | null   | 2024-01-01 09:58:00Z | null                 | Song       | Host
         f1      | lastfm       | start | null   | 2024-01-01 10:01:01Z | null                 | Mix        | Host
         k2      | listenbrainz | end   | listenbrainz | 2024-01-02 09:44:00Z | 2024-01-02 10:24:00Z | Mix        | Host
         f2      | lastfm       | start | null   | 2024-01-02 10:05:00Z | null                 | Mix        | Host
         f3      | lastfm       | start | null   | 2024-01-02 10:24:02Z | null                 | Tune       | Host",
        CREDITS,
        "play_id | canonical_play_id | rule
         f0      | k0                | lastfm_listenbrainz_copy_names
         f1      | k1                | lastfm_listenbrainz_copy_names_since_last
         f2      | k2                | lastfm_listenbrainz_copy_names_until_next",
    );
}
