//! Listens that other programs told, and the plays they are.

use super::check;

const CREDITS: &str = "
    observation_id | position | artist_name
    l1             | 1        | Host
    l2             | 1        | Host
    l3             | 1        | Host
    l4             | 1        | Host";

/// Which plays are duplicates of which, among these rows of `src_plays`, all Ann's, each observation named like its
/// play.
#[track_caller]
fn duplicates(plays: &str, credits: &str, expect: &str) {
    check("int_play_duplicates", &[("src_plays", &given(plays)), ("src_play_credits", credits)], expect);
}

/// The same rows with the columns that are always alike: `play_id` comes first and names the observation.
fn given(plays: &str) -> String {
    let mut lines = plays.lines().map(str::trim).filter(|line| !line.is_empty());
    let header = format!("observation_id | account_id | kind | {}", lines.next().unwrap());
    let row = |line: &str| format!("{} | ann | track | {line}", line.split('|').next().unwrap());
    std::iter::once(header).chain(lines.map(row)).collect::<Vec<_>>().join("\n")
}

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

#[test]
fn repeats_of_a_song_stay_plays_and_one_play_takes_one_listen() {
    duplicates(
        "play_id | source         | clock | started_at           | ended_at             | track_uri
         e1      | spotify_export | end   | 2024-01-01 10:00:00Z | 2024-01-01 10:03:00Z | u
         e2      | spotify_export | end   | 2024-01-01 10:03:00Z | 2024-01-01 10:06:00Z | u
         b1      | listenbrainz   | start | 2024-01-01 10:00:01Z | null                 | u
         b2      | listenbrainz   | start | 2024-01-01 10:03:02Z | null                 | u
         b3      | listenbrainz   | start | 2024-01-01 10:06:00Z | null                 | u",
        CREDITS,
        "play_id | canonical_play_id | distance_s
         b1      | e1                | 1
         b2      | e2                | 2",
    );
}

#[test]
fn a_source_never_merges_with_itself() {
    duplicates(
        "play_id | source       | clock | started_at           | ended_at | track_name
         l1      | lastfm       | start | 2024-01-01 10:00:00Z | null     | Song
         l2      | lastfm       | start | 2024-01-01 10:00:00Z | null     | Song
         l3      | listenbrainz | start | 2024-01-01 12:00:00Z | null     | Song
         l4      | listenbrainz | start | 2024-01-01 12:00:01Z | null     | Song",
        CREDITS,
        "play_id",
    );
}

/// The scrobble is near the listen and the listen near the export, but the scrobble is not near the export.
#[test]
fn chains_do_not_merge_and_a_listen_stands_for_nobody_once_it_is_a_duplicate() {
    duplicates(
        "play_id | source         | clock | started_at           | ended_at             | track_name | album_artist_name
         e1      | spotify_export | end   | 2024-01-01 10:00:00Z | 2024-01-01 10:03:00Z | Song       | Host
         l1      | listenbrainz   | start | 2024-01-01 10:00:50Z | null                 | Song       | null
         l2      | lastfm         | start | 2024-01-01 10:01:15Z | null                 | Song       | null
         l3      | lastfm         | start | 2024-01-01 10:00:00Z | null                 | Song       | null",
        CREDITS,
        "play_id | canonical_play_id | rule
         l1      | e1                | listenbrainz_export_names
         l3      | e1                | lastfm_export_names",
    );
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let rows = [
        "e1 | spotify_export | end   | 2024-01-01 10:00:00Z | 2024-01-01 10:01:00Z | u",
        "e2 | spotify_export | end   | 2024-01-01 10:01:00Z | 2024-01-01 10:02:00Z | u",
        "b1 | listenbrainz   | start | 2024-01-01 10:00:30Z | null                 | u",
        "b2 | listenbrainz   | start | 2024-01-01 10:00:30Z | null                 | u",
        "s1 | submitted      | start | 2024-01-01 10:00:30Z | null                 | u",
        "f1 | lastfm         | start | 2024-01-01 10:00:30Z | null                 | u",
    ];
    let expect = "play_id | canonical_play_id | distance_s
         s1 | e1 | 30
         b1 | e1 | 0
         b2 | e2 | 30";
    for turn in 0..rows.len() {
        let mut shuffled = rows.to_vec();
        shuffled.rotate_left(turn);
        if turn % 2 == 1 {
            shuffled.reverse();
        }
        let header = "play_id | source | clock | started_at | ended_at | track_uri";
        duplicates(&format!("{header}\n{}", shuffled.join("\n")), CREDITS, expect);
    }
}

#[test]
fn a_rule_that_is_switched_off_shows_the_plays_apart() {
    let plays = given(
        "play_id | source               | clock | started_at           | ended_at             | ms_played | track_uri | track_name | album_artist_name
         e1      | spotify_export       | end   | 2024-01-01 10:00:00Z | 2024-01-01 10:03:00Z | 180000    | u1        | Song       | Host
         a1      | spotify_api          | end   | 2024-01-01 10:00:00Z | 2024-01-01 10:03:02Z | null      | u2        | Song       | Host
         e2      | spotify_export       | end   | 2024-01-01 12:00:00Z | 2024-01-01 12:03:00Z | 180000    | u1        | Song       | Host
         l1      | lastfm               | start | 2024-01-01 12:00:00Z | null                 | null      | null      | Song       | null
         d2      | spotify_account_data | end   | 2024-01-01 12:00:00Z | 2024-01-01 12:03:00Z | 179500    | null      | Song       | Host",
    );
    for (off, left) in [
        ("nothing", "a1 | api_same_names\nl1 | lastfm_export_names\nd2 | account_data_near"),
        ("api_same_names", "l1 | lastfm_export_names\nd2 | account_data_near"),
        ("account_data_near", "a1 | api_same_names\nl1 | lastfm_export_names"),
        // What the account data knows of the same play still tells.
        ("lastfm_export_names", "a1 | api_same_names\nl1 | lastfm_account_data_names\nd2 | account_data_near"),
    ] {
        let rules = format!("rule\n{off}");
        check(
            "int_play_duplicates",
            &[("src_plays", &plays), ("src_play_credits", CREDITS), ("src_rules_off", &rules)],
            &format!("play_id | rule\n{left}"),
        );
    }
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

/// The three stages differ in the source they are about, and in nothing else.
#[test]
fn the_stages_of_matching_are_one_text() {
    let text = |source: &str| {
        let path = format!("{}/../../sql/2_intermediate/int_plays_matched_{source}.sql", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let (_, steps) = text.split_once("\npairs_with_canonical as (").unwrap();
        steps.replace(&format!("'{source}'"), "'SOURCE'")
    };
    assert_eq!(text("listenbrainz"), text("submitted"));
    assert_eq!(text("lastfm"), text("submitted"));
}
