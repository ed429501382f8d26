//! What is known about tracks, artists and albums, and who is who.

use super::check;

#[test]
fn the_api_knows_better_and_nothing_known_is_lost() {
    check(
        "int_tracks_described",
        &[(
            "src_plays",
            "observation_id | play_id | source         | kind  | ended_at   | track_uri | track_name   | track_isrc | album_name | album_uri | duration_ms | ms_played | reason_end
             e1             | e1      | spotify_export | track | 2024-03-01 | u1        | Song (2024)  | null       | Album      | null      | null        | 170000    | trackdone
             a1             | a1      | spotify_api    | track | 2024-01-01 | u1        | Song         | qz-1       | null       | b1        | 180000      | null      | null
             a2             | a2      | spotify_api    | track | 2024-02-01 | u1        | Song newest  | null       | null       | b1        | 180000      | null      | null
             e2             | e2      | spotify_export | track | 2024-01-01 | u2        | Old name     | null       | Album      | null      | null        | 90000     | trackdone
             e3             | e3      | spotify_export | track | 2024-01-02 | u2        | New name     | null       | Album      | null      | null        | 100000    | trackdone
             e4             | e4      | spotify_export | track | 2024-01-03 | u2        | New name     | null       | Album      | null      | null        | 100001    | trackdone
             e5             | e5      | spotify_export | track | 2024-01-04 | u2        | New name     | null       | Album      | null      | null        | 5         | fwdbtn
             e6             | e6      | spotify_export | track | 2024-01-04 | u3        | null         | null       | null       | null      | null        | 5         | fwdbtn",
        )],
        "track_id | track_name | isrc | album_name | album_uri | duration_ms | is_duration_estimated
         u1       | Song       | QZ1  | Album      | b1        | 180000      | false
         u2       | New name   | null | Album      | null      | 100000      | true
         u3       | u3         | null | null       | null      | null        | false",
    );
}

#[test]
fn the_newest_api_play_tells_the_credits() {
    check(
        "int_track_credits_chosen",
        &[
            (
                "src_plays",
                "observation_id | play_id | source      | kind  | ended_at   | track_uri
                 old            | old     | spotify_api | track | 2024-01-01 | u1
                 new            | new     | spotify_api | track | 2024-02-01 | u1
                 silent         | silent  | spotify_api | track | 2024-03-01 | u1",
            ),
            (
                "src_play_credits",
                "observation_id | position | artist_name | artist_uri
                 old            | 1        | Ann         | a
                 old            | 2        | Bo          | b
                 old            | 3        | Cy          | c
                 new            | 1        | Bo          | b
                 new            | 2        | Ann B       | a",
            ),
        ],
        "track_id | position | artist_uri | artist_name
         u1       | 1        | b          | Bo
         u1       | 2        | a          | Ann B",
    );
}

/// `api1` taught who Ann, Bo and the two Cys are; the exports know names only.
const TAUGHT: [(&str, &str); 2] = [
    (
        "src_plays",
        "observation_id | play_id | account_id | source         | kind  | ended_at   | track_uri | track_name | album_name | album_artist_name | album_uri
         api1           | api1    | ann        | spotify_api    | track | 2024-01-01 | u1        | One        | First      | Ann               | b1
         api2           | api2    | ann        | spotify_api    | track | 2024-01-02 | u2        | Two        | Cy one     | Cy                | b2
         api3           | api3    | ann        | spotify_api    | track | 2024-01-03 | u3        | Three      | Cy two     | Cy                | b3
         exp4           | exp4    | ann        | spotify_export | track | 2024-02-01 | u4        | Four       | Other      | ANN               | null
         exp5           | exp5    | ann        | spotify_export | track | 2024-02-02 | u5        | Five       | cy two     | Cy                | null
         exp6           | exp6    | ann        | spotify_export | track | 2024-02-03 | u6        | Six        | Elsewhere  | Cy                | null
         exp7           | exp7    | ann        | spotify_export | track | 2024-02-04 | u7        | Seven      | Own        | Dee               | null
         exp8           | exp8    | ann        | spotify_export | track | 2024-02-05 | u8        | Eight      | Own        | dee               | null
         exp9           | exp9    | ann        | spotify_export | track | 2024-02-06 | u9        | Nine       | null       | null              | null",
    ),
    (
        "src_play_credits",
        "observation_id | position | artist_name | artist_uri
         api1           | 1        | Ann         | ann
         api1           | 2        | Bo          | bo
         api2           | 1        | Cy          | cy-one
         api3           | 1        | Cy          | cy-two",
    ),
];

#[test]
fn one_artist_is_one_whoever_told_and_namesakes_stay_apart() {
    check(
        "int_track_artists_identified",
        &TAUGHT,
        "track_id | position | artist_id                             | told_by
         u1       | 1        | ann                                   | credits
         u1       | 2        | bo                                    | credits
         u2       | 1        | cy-one                                | credits
         u3       | 1        | cy-two                                | credits
         u4       | 1        | ann                                   | album_artist
         u5       | 1        | cy-two                                | album_artist
         u6       | 1        | name:975e1b44569f674d2aa23fd185505713 | album_artist
         u7       | 1        | name:66be9f06b8a9d962fc9f89ecb395717c | album_artist
         u8       | 1        | name:66be9f06b8a9d962fc9f89ecb395717c | album_artist",
    );
}

#[test]
fn an_artist_is_called_as_the_credits_spell_it() {
    check(
        "dim_artist",
        &TAUGHT,
        "artist_uri | artist_name    | known_by
         ann        | Ann            | uri
         bo         | Bo             | uri
         cy-one     | Cy             | uri
         cy-two     | Cy             | uri
         null       | Cy             | name
         null       | dee            | name
         null       | Unknown artist | nothing",
    );
}

#[test]
fn albums_are_known_by_uri_or_by_their_names() {
    check(
        "int_albums_identified",
        &[(
            "int_tracks_described",
            "track_id | track_kind | album_uri | album_key | artist_key
             told     | track      | b1        | first     | ann
             same     | track      | null      | first     | ann
             other    | track      | null      | first     | bo
             twice-a  | track      | b2        | hits      | ann
             twice-b  | track      | b3        | hits      | ann
             which    | track      | null      | hits      | ann
             show     | episode    | null      | first     | ann
             none     | track      | null      | null      | ann",
        )],
        "track_id | album_id                              | album_kind
         told     | b1                                    | album
         same     | b1                                    | album
         other    | name:d8178b34e0c1f64e478dbfb2f9ce6bce | album
         twice-a  | b2                                    | album
         twice-b  | b3                                    | album
         which    | name:259081a90527f842d3752cdb25e641fb | album
         show     | name:b4c69c3bb3f129fa6ee51db42aa35b9b | show",
    );
}

#[test]
fn a_recording_joins_re_releases_and_tracks_known_by_name() {
    check(
        "int_tracks_identified",
        &[
            (
                "int_plays_resolved",
                "track_id
                 single
                 album
                 live
                 named
                 vague
                 own",
            ),
            (
                "int_tracks_described",
                "track_id | track_uri | isrc | track_kind | title_key | artist_key
                 single   | single    | QZ1  | track      | song      | ann
                 album    | album     | QZ1  | track      | song      | ann
                 live     | live      | QZ2  | track      | song live | ann
                 named    | null      | null | track      | song      | ann
                 studio   | studio    | QZ3  | track      | hit       | ann
                 vague    | null      | null | track      | hit       | bo
                 own      | own       | null | local      | demo      | ann",
            ),
            (
                "int_track_artists_identified",
                "track_id | position | artist_id
                 single   | 1        | ann
                 album    | 1        | ann
                 live     | 1        | ann
                 named    | 1        | ann
                 vague    | 1        | bo
                 own      | 1        | ann
                 own      | 2        | bo",
            ),
        ],
        "track_id | recording_id | artist_id
         single   | isrc:QZ1     | ann
         album    | isrc:QZ1     | ann
         live     | isrc:QZ2     | ann
         named    | isrc:QZ1     | ann
         vague    | vague        | bo
         own      | own          | ann",
    );
}
