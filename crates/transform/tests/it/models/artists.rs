//! Who artists are: links to MusicBrainz, names that turn out to be somebody, credits of several, corrections.

use super::check;

#[test]
fn a_link_is_chosen_by_how_it_was_found_and_then_by_its_age() {
    check(
        "int_artist_subjects_linked",
        &[
            (
                "src_artist_links",
                "answer_id | subject_type   | subject         | artist_mbid | method | fetched_at
                 a1        | spotify_artist | spotify:artist:1 | m-url       | url    | 2024-01-01 00:00:00Z
                 a2        | spotify_artist | spotify:artist:1 | m-search    | search | 2025-01-01 00:00:00Z
                 a3        | spotify_artist | spotify:artist:2 | m-old       | url    | 2024-01-01 00:00:00Z
                 a4        | spotify_artist | spotify:artist:2 | m-new       | url    | 2025-01-01 00:00:00Z
                 a5        | spotify_artist | spotify:artist:3 | m-search    | search | 2025-01-01 00:00:00Z
                 a6        | spotify_artist | spotify:artist:3 | m-isrc      | isrc   | 2024-01-01 00:00:00Z
                 a7        | artist_name    | ' Sigur Rós '    | m-names     | names  | 2024-01-01 00:00:00Z
                 a8        | spotify_artist | spotify:artist:4 | m-merged    | url    | 2024-01-01 00:00:00Z
                 a9        | spotify_artist | spotify:artist:5 | m-b         | url    | 2024-01-01 00:00:00Z
                 a9        | spotify_artist | spotify:artist:5 | m-a         | url    | 2024-01-01 00:00:00Z",
            ),
            (
                "src_artists",
                "answer_id | service     | artist_ref | asked_ref | fetched_at
                 b1        | musicbrainz | m-between  | m-merged  | 2024-01-01 00:00:00Z
                 b2        | musicbrainz | m-now      | m-between | 2025-01-01 00:00:00Z",
            ),
            (
                "stg_tracker__credits",
                "observation_id | position | artist_name | artist_mbid
                 o1             | 1        | Heard       | m-heard
                 o2             | 1        | Two         | m-one
                 o3             | 1        | Two         | m-other
                 o4             | 1        | sigur rós   | m-credits",
            ),
        ],
        "subject_type   | subject_key      | artist_mbid | link_method
         spotify_artist | spotify:artist:1 | m-url       | url
         spotify_artist | spotify:artist:2 | m-new       | url
         spotify_artist | spotify:artist:3 | m-isrc      | isrc
         spotify_artist | spotify:artist:4 | m-now       | url
         spotify_artist | spotify:artist:5 | m-a         | url
         artist_name    | sigur rós        | m-names     | names
         artist_name    | heard            | m-heard     | credits",
    );
}

#[test]
fn a_name_is_the_only_artist_of_spotify_that_is_the_same_at_musicbrainz() {
    check(
        "int_artist_names_resolved",
        &[
            (
                "int_artist_names_seen",
                "artist_key | artist_name | only_artist_uri  | artist_uris
                 bjork      | Bjork       | null             | 0
                 twin       | Twin        | null             | 0
                 shared     | Shared      | null             | 2
                 told       | Told        | spotify:artist:9 | 1
                 nobody     | Nobody      | null             | 0",
            ),
            (
                "int_artist_subjects_linked",
                "subject_type   | subject_key      | artist_mbid
                 artist_name    | bjork            | m-bjork
                 spotify_artist | spotify:artist:1 | m-bjork
                 artist_name    | twin             | m-twin
                 spotify_artist | spotify:artist:2 | m-twin
                 spotify_artist | spotify:artist:3 | m-twin
                 artist_name    | shared           | m-shared
                 spotify_artist | spotify:artist:4 | m-shared",
            ),
        ],
        "artist_key | artist_id                             | is_known | is_shared
         bjork      | spotify:artist:1                      | true     | false
         twin       | name:36f9c85db4efa7183e23be412cc83f9d | true     | false
         shared     | name:042694aeaae915d7bcbdb65056ac9940 | true     | true
         told       | spotify:artist:9                      | true     | false
         nobody     | name:141c9196b81f534ae369c1e69ad47d78 | false    | false",
    );
}

#[test]
fn a_second_spotify_id_of_an_artist_keeps_its_row_and_its_link() {
    check(
        "int_artists_linked",
        &[
            (
                "int_artist_subjects_linked",
                "subject_type   | subject_key      | artist_mbid | link_method
                 spotify_artist | spotify:artist:1 | m           | url
                 spotify_artist | spotify:artist:2 | m           | isrc
                 artist_name    | ann              | m-ann       | names
                 artist_name    | anne             | m-anne      | search",
            ),
            (
                "int_artist_names_resolved",
                "artist_key | artist_id
                 ann        | spotify:artist:3
                 anne       | spotify:artist:1",
            ),
        ],
        "artist_id        | artist_mbid | artist_group_id | link_method
         spotify:artist:1 | m           | mbid:m          | url
         spotify:artist:2 | m           | mbid:m          | isrc
         spotify:artist:3 | m-ann       | mbid:m-ann      | names",
    );
}

const CREDITS: &str = "track_id | position | artist_uri | artist_mbid | artist_name          | artist_key           | ended_ms
                       u1       | 1        | null       | null        | Ann feat. Bo         | ann feat. bo         | 1
                       u2       | 1        | null       | null        | Ann & Bo             | ann & bo             | 1
                       u3       | 1        | null       | null        | Ann, Bo & Cy         | ann, bo & cy         | 1
                       u4       | 1        | null       | null        | Ann & Nobody         | ann & nobody         | 1
                       u5       | 1        | null       | null        | Simon & Ann          | simon & ann          | 1
                       u6       | 1        | null       | null        | Ann & Shared         | ann & shared         | 1
                       u7       | 1        | null       | null        | Bo & Ann             | bo & ann             | 1
                       u8       | 1        | null       | null        | Ann                  | ann                  | 1
                       u8       | 2        | null       | null        | Bo ft. Ann           | bo ft. ann           | 1";

const NAMES: &str = "artist_key   | artist_id        | artist_name | is_known | is_shared
                     ann          | spotify:artist:a | Ann         | true     | false
                     bo           | spotify:artist:b | Bo          | true     | false
                     cy           | name:cy          | Cy          | true     | false
                     simon        | spotify:artist:s | Simon       | true     | false
                     shared       | name:shared      | Shared      | true     | true
                     nobody       | name:nobody      | Nobody      | false    | false
                     simon & ann  | name:duo         | Simon & Ann | true     | false";

#[test]
fn a_credit_of_several_is_split_only_where_every_piece_is_known_and_the_whole_is_not() {
    check(
        "int_track_artists_identified",
        &[
            ("int_track_credits_chosen", CREDITS),
            ("int_artist_names_resolved", NAMES),
            (
                "int_tracks_described",
                // `bo & ann` is an album artist of Spotify, which is never several.
                "track_id | track_uri | album_artist_name | artist_key
                 u1       | null      | Ann feat. Bo      | ann feat. bo
                 u2       | null      | null              | null
                 u3       | null      | null              | null
                 u4       | null      | null              | null
                 u5       | null      | null              | null
                 u6       | null      | null              | null
                 u7       | null      | null              | null
                 u8       | null      | null              | null
                 u9       | t9        | Bo & Ann          | bo & ann",
            ),
        ],
        "track_id | position | artist_id                             | artist_name
         u1       | 1        | spotify:artist:a                      | Ann
         u1       | 2        | spotify:artist:b                      | Bo
         u2       | 1        | spotify:artist:a                      | Ann
         u2       | 2        | spotify:artist:b                      | Bo
         u3       | 1        | spotify:artist:a                      | Ann
         u3       | 2        | spotify:artist:b                      | Bo
         u3       | 3        | name:cy                               | Cy
         u4       | 1        | name:54da499698ebe2112bb1d6155c428bf3 | Ann & Nobody
         u5       | 1        | name:duo                              | Simon & Ann
         u6       | 1        | name:d28083b33991ddb5fca669aa8f8c3e0c | Ann & Shared
         u7       | 1        | name:3c62c5fe94b3fbae0bd7dcf17954f0df | Bo & Ann
         u8       | 1        | spotify:artist:a                      | Ann
         u8       | 2        | spotify:artist:b                      | Bo
         u9       | 1        | name:3c62c5fe94b3fbae0bd7dcf17954f0df | Bo & Ann",
    );
}

#[test]
fn an_album_of_several_is_by_the_first_of_them() {
    check(
        "int_artist_names_identified",
        &[
            ("int_track_credits_chosen", CREDITS),
            ("int_artist_names_resolved", NAMES),
            (
                "int_tracks_described",
                "track_id | artist_key
                 u1       | ann feat. bo
                 u9       | ann",
            ),
        ],
        "artist_key   | artist_id
         ann feat. bo | spotify:artist:a
         ann          | spotify:artist:a",
    );
}

const CORRECTIONS: &str = "correction_id | correction_number | part | action | artist           | value
                           c1            | 1                 | 1    | merge  | Beatles          | spotify:artist:b
                           c2            | 2                 | 1    | split  | Ann and Cy       | ann
                           c2            | 2                 | 2    | split  | Ann and Cy       | Cy
                           c3            | 3                 | 1    | link   | ANN              | none
                           c4            | 4                 | 1    | link   | spotify:artist:b | M-BEATLES
                           c5            | 5                 | 1    | merge  | cy               | Cyril
                           c6            | 6                 | 1    | merge  | Cy               | somebody else
                           c7            | 7                 | 1    | merge  | Fab Four         | Beatles";

#[test]
fn what_a_person_says_goes_before_everything() {
    let names = "artist_key | artist_id        | artist_name | is_known
                 ann        | spotify:artist:a | Ann         | true
                 beatles    | name:beatles     | Beatles     | false
                 fab four   | name:four        | Fab Four    | false
                 the duo    | spotify:artist:d | The Duo     | true
                 ann and cy | spotify:artist:d | Ann and Cy  | true";
    let credits = "track_id | position | artist_uri       | artist_name | artist_key | ended_ms
                   u1       | 1        | null             | Beatles     | beatles    | 1
                   u2       | 1        | spotify:artist:d | The Duo     | the duo    | 1
                   u2       | 2        | spotify:artist:b | The Beatles | the beatles | 1
                   u3       | 1        | null             | Cy          | cy         | 1
                   u4       | 1        | null             | Fab Four    | fab four   | 1
                   u4       | 2        | null             | Beatles     | beatles    | 1";
    let tracks = "track_id
                  u1
                  u2
                  u3
                  u4";
    check(
        "int_track_artists_identified",
        &[
            ("src_artist_corrections", CORRECTIONS),
            ("int_artist_names_resolved", names),
            ("int_track_credits_chosen", credits),
            ("int_tracks_described", tracks),
        ],
        "track_id | position | artist_id                             | artist_name
         u1       | 1        | spotify:artist:b                      | null
         u2       | 1        | spotify:artist:a                      | Ann
         u2       | 2        | name:05e064fb0b7bcd3a2a466f55f5e8df08 | Cyril
         u2       | 3        | spotify:artist:b                      | The Beatles
         u3       | 1        | name:05e064fb0b7bcd3a2a466f55f5e8df08 | Cyril
         u4       | 1        | spotify:artist:b                      | null",
    );
    check(
        "int_artists_linked",
        &[
            ("src_artist_corrections", CORRECTIONS),
            ("int_artist_names_resolved", names),
            ("int_track_credits_chosen", credits),
            ("int_tracks_described", tracks),
            (
                "int_artist_subjects_linked",
                "subject_type   | subject_key      | artist_mbid | link_method
                 spotify_artist | spotify:artist:a | m-wrong     | url
                 spotify_artist | spotify:artist:d | m-duo       | url
                 spotify_artist | spotify:artist:b | m-other     | url",
            ),
        ],
        "artist_id        | artist_mbid | artist_group_id  | link_method
         spotify:artist:a | null        | spotify:artist:a | correction
         spotify:artist:b | m-beatles   | mbid:m-beatles   | correction",
    );
}

#[test]
fn an_artist_is_called_what_a_person_calls_it() {
    check(
        "dim_artist",
        &[
            (
                "int_track_artists_identified",
                "track_id | artist_id        | artist_name | told_by | last_ended_ms
                 u1       | spotify:artist:a | Ann         | credits | 1
                 u1       | spotify:artist:b | Bo          | credits | 1
                 u1       | spotify:artist:c | null        | credits | 1",
            ),
            ("int_tracks_described", "track_id\n u1"),
            ("int_tracks_identified", "track_id\n u1"),
            (
                "src_artist_corrections",
                "correction_id | correction_number | part | action | artist           | value
                 c1            | 1                 | 1    | rename | spotify:artist:a | Anna
                 c2            | 2                 | 1    | mask   | spotify:artist:a | Artist 1
                 c3            | 3                 | 1    | rename | spotify:artist:b | Bob",
            ),
            (
                "int_artists_linked",
                "artist_id        | artist_mbid | artist_group_id
                 spotify:artist:a | m-a         | mbid:m-a
                 spotify:artist:c | m-c         | mbid:m-c",
            ),
            (
                "int_artist_facts_chosen",
                "artist_mbid | artist_name | sort_name | disambiguation | artist_type
                 m-a         | Ann         | Ann       | from Aachen    | Person
                 m-c         | Cyril       | Cyril     | null           | Group",
            ),
        ],
        "artist_id        | artist_name    | mask_name | sort_name | disambiguation | artist_type | artist_group_id
         spotify:artist:a | Artist 1       | Artist 1  | null      | null           | Person      | mbid:m-a
         spotify:artist:b | Bob            | null      | null      | null           | null        | spotify:artist:b
         spotify:artist:c | Cyril          | null      | Cyril     | null           | Group       | mbid:m-c
         unknown          | Unknown artist | null      | null      | null           | null        | unknown",
    );
}

#[test]
fn answers_about_a_track_credit_like_plays_of_the_api() {
    check(
        "int_track_credits_chosen",
        &[
            (
                "int_play_observations_chosen",
                "observation_id | track_id | source       | ended_at
                 o1             | u1       | spotify_api  | 2024-01-01 00:00:00Z
                 o2             | u2       | spotify_api  | 2024-06-01 00:00:00Z
                 o3             | u3       | listenbrainz | 2024-06-01 00:00:00Z",
            ),
            (
                "stg_tracker__credits",
                "observation_id | position | artist_name | artist_uri
                 o1             | 1        | Old         | x
                 o2             | 1        | New         | y
                 o3             | 1        | Listened    | null",
            ),
            (
                "src_track_credits",
                "answer_id | service      | track_uri | position | artist_name | artist_uri | artist_mbid | fetched_at
                 a1        | spotify      | u1        | 1        | Ann         | a          | null        | 2024-03-01 00:00:00Z
                 a1        | spotify      | u1        | 2        | Bo          | b          | null        | 2024-03-01 00:00:00Z
                 a1        | spotify      | u2        | 1        | Older       | o          | null        | 2024-03-01 00:00:00Z
                 a2        | listenbrainz | u1        | 1        | Later       | null       | m           | 2025-03-01 00:00:00Z
                 a2        | listenbrainz | u3        | 1        | Guessed     | null       | m           | 2025-03-01 00:00:00Z
                 a2        | listenbrainz | u4        | 1        | Looked Up   | null       | m           | 2025-03-01 00:00:00Z",
            ),
        ],
        "track_id | position | artist_name | artist_uri | artist_mbid
         u1       | 1        | Ann         | a          | null
         u1       | 2        | Bo          | b          | null
         u2       | 1        | New         | y          | null
         u3       | 1        | Listened    | null       | null
         u4       | 1        | Looked Up   | null       | m",
    );
}

#[test]
fn answers_tell_what_exports_do_not() {
    check(
        "int_tracks_described",
        &[
            (
                "int_play_observations_united",
                "observation_id | track_id | track_uri | kind  | source         | track_name | isrc | duration_ms | ms_played | reason_end | ended_at
                 o1             | u1       | u1        | track | spotify_export | Song       | null | null        | 100000    | trackdone  | 2024-01-01 00:00:00Z
                 o2             | u2       | u2        | track | spotify_api    | Other      | AB   | 5000        | null      | null       | 2024-01-01 00:00:00Z",
            ),
            (
                "src_tracks",
                "answer_id | service      | track_uri | track_isrc   | duration_ms | album_uri | album_name | fetched_at
                 a1        | spotify      | u1        | de-ab1234567 | 200000      | null      | Old Name   | 2024-01-01 00:00:00Z
                 a2        | spotify      | u1        | null         | null        | alb       | Album      | 2025-01-01 00:00:00Z
                 a3        | listenbrainz | u1        | wrong        | 1           | null      | null       | 2026-01-01 00:00:00Z
                 a1        | spotify      | u2        | CD           | 6000        | null      | null       | 2024-01-01 00:00:00Z",
            ),
        ],
        "track_id | isrc       | duration_ms | is_duration_estimated | album_uri | album_name | album_key
         u1       | DEAB1234567 | 200000     | false                 | alb       | Album      | album
         u2       | AB         | 5000        | false                 | null      | null       | null",
    );
}

#[test]
fn popularity_is_spotifys_or_a_percentile() {
    check(
        "int_artist_popularity",
        &[
            (
                "src_artists",
                "answer_id | service | artist_ref       | popularity | fetched_at
                 a1        | spotify | spotify:artist:1 | 80         | 2024-01-01 00:00:00Z
                 a2        | spotify | spotify:artist:1 | 77         | 2025-01-01 00:00:00Z
                 a3        | spotify | spotify:artist:1 | null       | 2026-01-01 00:00:00Z",
            ),
            (
                "int_artists_linked",
                "artist_id        | artist_mbid
                 spotify:artist:1 | m1
                 spotify:artist:2 | m2
                 spotify:artist:3 | m2
                 spotify:artist:4 | m4
                 spotify:artist:5 | m5",
            ),
            (
                "int_artist_facts_chosen",
                "artist_mbid | listeners
                 m1          | 100
                 m2          | 5000
                 m4          | 20
                 m5          | null
                 m9          | 1",
            ),
        ],
        "artist_id        | popularity | popularity_source
         spotify:artist:1 | 77         | spotify
         spotify:artist:2 | 100        | listenbrainz
         spotify:artist:3 | 100        | listenbrainz
         spotify:artist:4 | 0          | listenbrainz",
    );
}

#[test]
fn albums_take_each_fact_from_spotify_first_and_the_newest_that_tells() {
    check(
        "int_album_facts_chosen",
        &[
            (
                "src_albums",
                "answer_id | service     | album_ref | label   | upc | total_tracks | album_type | release_date | release_date_precision | fetched_at
                 a1        | spotify     | alb       | First   | 1   | 10           | album      | 2001         | year                   | 2024-01-01 00:00:00Z
                 a2        | spotify     | alb       | null    | 2   | null         | album      | null         | null                   | 2025-01-01 00:00:00Z
                 a3        | musicbrainz | m1        | MB      | 3   | 12           | EP         | 2001-05-06   | day                    | 2026-01-01 00:00:00Z
                 a4        | musicbrainz | m2        | Only    | 4   | 3            | Single     | 1999-01      | month                  | 2026-01-01 00:00:00Z",
            ),
            (
                "src_album_links",
                "answer_id | album_uri | release_mbid | fetched_at
                 l1        | alb       | m1           | 2024-01-01 00:00:00Z
                 l2        | two       | m0           | 2024-01-01 00:00:00Z
                 l3        | two       | m2           | 2025-01-01 00:00:00Z
                 l4        | three     | m3           | 2025-01-01 00:00:00Z",
            ),
        ],
        "album_uri | release_mbid | label | upc  | total_tracks | album_type | release_date | release_date_precision
         alb       | m1           | First | 2    | 10           | album      | 2001         | year
         two       | m2           | Only  | 4    | 3            | single     | 1999-01      | month
         three     | m3           | null  | null | null         | null       | null         | null",
    );
}

#[test]
fn facts_keep_what_a_later_answer_leaves_out() {
    check(
        "int_artist_facts_chosen",
        &[(
            "src_artists",
            "answer_id | service      | artist_ref | asked_ref | artist_name | gender | country_code | life_begin | listeners | fetched_at
             a1        | musicbrainz  | m          | null      | Bjork       | Female | IS           | 1965       | null      | 2024-01-01 00:00:00Z
             a2        | musicbrainz  | m          | null      | Björk       | null   | is           | 1965-11-21 | null      | 2025-01-01 00:00:00Z
             a3        | listenbrainz | m          | null      | bjork       | null   | XX           | null       | 7         | 2026-01-01 00:00:00Z
             a4        | listenbrainz | old        | null      | null        | null   | null         | null       | 9         | 2026-02-01 00:00:00Z
             a5        | musicbrainz  | m          | old       | null        | null   | null         | null       | null      | 2023-02-01 00:00:00Z",
        )],
        "artist_mbid | artist_name | gender | country_code | life_begin | listeners
         m           | Björk       | Female | IS           | 1965-11-21 | 9",
    );
}
