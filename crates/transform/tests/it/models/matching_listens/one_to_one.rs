//! A play takes one listen of each source, whatever else is near, and in any order.

use super::{CREDITS, duplicates, given};
use crate::models::check;

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
fn a_listen_is_the_play_that_was_heard_and_not_the_skip_before_it() {
    // The listen began nearest to the start of what was skipped.
    duplicates(
        "play_id | source         | clock | started_at              | ended_at                | ms_played | track_uri | track_name | album_artist_name
         e1      | spotify_export | end   | 2024-01-01 10:00:00.32Z | 2024-01-01 10:00:02Z    | 1680      | u         | Song       | Host
         e2      | spotify_export | end   | 2024-01-01 10:00:02.97Z | 2024-01-01 10:03:58Z    | 235028    | u         | Song       | Host
         b1      | listenbrainz   | start | 2024-01-01 10:00:01Z    | null                    | 235000    | u         | Song       | Host
         f1      | lastfm         | start | 2024-01-01 10:00:01Z    | null                    | null      | null      | Song       | Host",
        CREDITS,
        "play_id | canonical_play_id
         b1      | e2
         f1      | e2",
    );
    // Where nothing else was heard, it may be that after all; and what was told as short is.
    duplicates(
        "play_id | source         | clock | started_at           | ended_at             | ms_played | track_uri
         e1      | spotify_export | end   | 2024-01-01 10:00:00Z | 2024-01-01 10:00:20Z | 20000     | u
         b1      | listenbrainz   | start | 2024-01-01 10:00:01Z | null                 | null      | u
         e2      | spotify_export | end   | 2024-01-01 11:00:00Z | 2024-01-01 11:00:20Z | 20000     | u
         e3      | spotify_export | end   | 2024-01-01 11:00:20Z | 2024-01-01 11:03:20Z | 180000    | u
         b2      | listenbrainz   | start | 2024-01-01 11:00:01Z | null                 | 20000     | u",
        CREDITS,
        "play_id | canonical_play_id
         b1      | e1
         b2      | e2",
    );
}

/// Twice the same song, skipped twice: the first listen began nearer to where the second would have begun
/// if it had been heard whole, but only after a pause of two minutes.
#[test]
fn a_skip_is_likelier_than_a_pause() {
    duplicates(
        "play_id | source      | clock | started_at              | ended_at                | track_uri | track_name | album_artist_name
         a1      | spotify_api | end   | 2024-10-23 23:43:22.64Z | 2024-10-23 23:47:13.87Z | u         | Song       | Host
         a2      | spotify_api | end   | 2024-10-23 23:47:30.33Z | 2024-10-23 23:51:21.56Z | u         | Song       | Host
         f1      | lastfm      | start | 2024-10-23 23:45:31Z    | null                    | null      | Song       | Host
         f2      | lastfm      | start | 2024-10-23 23:50:22Z    | null                    | null      | Song       | Host",
        CREDITS,
        "play_id | canonical_play_id
         f1      | a1
         f2      | a2",
    );
}

/// Two short plays of a song: the first listen began where the second play would have begun if it had been
/// heard whole, but by its end the program had told the second listen.
#[test]
fn a_play_that_goes_on_behind_the_next_listen_is_another() {
    duplicates(
        "play_id | source      | clock | started_at           | ended_at             | track_uri | track_name | album_artist_name
         a1      | spotify_api | end   | 2024-10-30 11:20:02Z | 2024-10-30 11:24:44Z | u         | Song       | Host
         a2      | spotify_api | end   | 2024-10-30 11:23:26Z | 2024-10-30 11:28:07Z | u         | Song       | Host
         f1      | lastfm      | start | 2024-10-30 11:23:47Z | null                 | null      | Song       | Host
         f2      | lastfm      | start | 2024-10-30 11:26:27Z | null                 | null      | Song       | Host",
        CREDITS,
        "play_id | canonical_play_id
         f1      | a1
         f2      | a2",
    );
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
