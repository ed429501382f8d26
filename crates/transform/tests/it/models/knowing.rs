//! What is known, and what is not: dimensions with and without enrichment, and the reports about it.

use super::check;

#[test]
fn an_artist_nobody_told_about_is_there_as_unknown() {
    check(
        "dim_artist",
        &[
            (
                "int_track_artists_identified",
                "track_id | artist_id        | artist_name | told_by | last_ended_ms
                 u1       | spotify:artist:a | Ann         | credits | 1
                 u1       | name:b           | Bo          | credits | 1",
            ),
            ("int_tracks_described", "track_id\n u1"),
            ("int_tracks_identified", "track_id\n u1"),
            (
                "int_artists_linked",
                "artist_id        | artist_mbid | artist_group_id | link_method
                 spotify:artist:a | m           | mbid:m          | url",
            ),
            ("int_artist_origins", "artist_mbid | location_id | origin_of\n m | london | begin_area"),
            (
                "int_artist_genres",
                "artist_id        | genre | genre_family | is_primary
                 spotify:artist:a | ska   | reggae       | true
                 spotify:artist:a | pop   | pop          | false",
            ),
            (
                "int_artist_popularity",
                "artist_id        | popularity | popularity_source
                 spotify:artist:a | 70         | spotify",
            ),
            (
                "dim_location",
                "location_id | location_kind | country_code | country | coordinates_precision | latitude
                 london      | city          | GB           | Britain | exact_area            | 51.5
                 unknown     | area          | null         | null    | unknown               | null",
            ),
        ],
        "artist_id        | location_id | primary_genre | genre_family | popularity | popularity_group | popularity_sort | is_popular | country_code | latitude | origin_precision | coordinates_precision
         spotify:artist:a | london      | ska           | reggae       | 70         | Very Popular     | 2               | true       | GB           | 51.5     | city             | exact_area
         name:b           | unknown     | unknown       | unknown      | null       | No data          | 7               | null       | null         | null     | unknown          | unknown
         unknown          | unknown     | unknown       | unknown      | null       | No data          | 7               | null       | null         | null     | unknown          | unknown",
    );
}

#[test]
fn popularity_has_words_at_its_bounds() {
    check(
        "dim_track",
        &[
            (
                "int_tracks_identified",
                "track_id | track_name
                 t0       | A
                 t9       | B
                 t10      | C
                 t49      | D
                 t50      | E
                 t89      | F
                 t90      | G
                 t100     | H
                 none     | I",
            ),
            (
                "src_tracks",
                "answer_id | service | track_uri | popularity | track_number | is_explicit | fetched_at
                 a         | spotify | t0        | 0          | null         | null        | 2024-01-01 00:00:00Z
                 a         | spotify | t9        | 9          | null         | null        | 2024-01-01 00:00:00Z
                 a         | spotify | t10       | 10         | 4            | true        | 2024-01-01 00:00:00Z
                 b         | spotify | t10       | null       | null         | false       | 2025-01-01 00:00:00Z
                 a         | spotify | t49       | 49         | null         | null        | 2024-01-01 00:00:00Z
                 a         | spotify | t50       | 50         | null         | null        | 2024-01-01 00:00:00Z
                 a         | spotify | t89       | 89         | null         | null        | 2024-01-01 00:00:00Z
                 a         | spotify | t90       | 90         | null         | null        | 2024-01-01 00:00:00Z
                 a         | spotify | t100      | 100        | null         | null        | 2024-01-01 00:00:00Z",
            ),
        ],
        "track_id | track_popularity | popularity_group  | popularity_sort | is_popular | track_number | is_explicit
         t0       | 0                | Not Popular       | 6               | false      | null         | null
         t9       | 9                | Not Popular       | 6               | false      | null         | null
         t10      | 10               | Mostly Unknown    | 5               | false      | 4            | false
         t49      | 49               | Niche             | 4               | false      | null         | null
         t50      | 50               | Popular           | 3               | true       | null         | null
         t89      | 89               | Very Popular      | 2               | true       | null         | null
         t90      | 90               | Extremely Popular | 1               | true       | null         | null
         t100     | 100              | Extremely Popular | 1               | true       | null         | null
         none     | null             | No data           | 7               | null       | null         | null
         unknown  | null             | No data           | 7               | null       | null         | null",
    );
}

#[test]
fn an_album_has_facts_where_plays_tell_none() {
    check(
        "dim_album",
        &[
            (
                "int_albums_identified",
                "track_id | album_id | album_kind
                 u1       | told     | album
                 u2       | zero     | album
                 u3       | silent   | album",
            ),
            ("int_tracks_identified", "track_id\n u1\n u2\n u3"),
            (
                "int_tracks_described",
                "track_id | album_name | album_release_date_text | last_ended_ms
                 u1       | A          | 1994-03                 | 1
                 u2       | B          | 0000                    | 1
                 u3       | C          | null                    | 1",
            ),
            (
                "int_album_facts_chosen",
                "album_uri | release_mbid | label | upc | album_type | release_date | release_date_precision | total_tracks | popularity
                 told      | m            | Label | 123 | album      | 1995-01-01   | day                    | 9            | 55
                 zero      | null         | null  | null | null      | 2001         | year                   | null         | null",
            ),
        ],
        "album_id | release_date | release_date_precision | label | upc  | album_type | total_tracks | album_popularity | popularity_group | release_mbid
         told     | 1994-03-01   | month                  | Label | 123  | album      | 9            | 55               | Popular          | m
         zero     | 2001-01-01   | year                   | null  | null | null       | null         | null             | No data          | null
         silent   | null         | null                   | null  | null | null       | null         | null             | No data          | null
         unknown  | null         | null                   | null  | null | null       | null         | null             | No data          | null",
    );
}

#[test]
fn coverage_counts_plays_and_artists_of_each_and_of_all() {
    check(
        "rpt_coverage",
        &[
            (
                "fct_track_played",
                "play_id | account_id | artist_id | album_id | is_music
                 p1      | a          | ann       | x        | true
                 p2      | a          | ann       | x        | true
                 p3      | a          | bo        | unknown  | true
                 p4      | a          | unknown   | unknown  | true
                 p5      | b          | ann       | y        | true
                 p6      | b          | unknown   | unknown  | false",
            ),
            (
                "dim_artist",
                "artist_id | artist_mbid | primary_genre | country | latitude
                 ann       | m           | rock          | UK      | 51.5
                 bo        | m2          | unknown       | null    | null
                 unknown   | null        | unknown       | null    | null",
            ),
            (
                "dim_album",
                "album_id | label | release_date
                 x        | L     | 2001-01-01
                 y        | null  | 2001-01-01
                 unknown  | null  | null",
            ),
            ("dim_account", "account_id | account_name\n a | Ann\n b | Ben"),
        ],
        "account_name | fact               | plays | plays_known | share_of_plays | things | things_known | share_of_things
         Ann          | mbid               | 4     | 3           | 0.75           | 2      | 2            | 1.0
         Ann          | genre              | 4     | 2           | 0.5            | 2      | 1            | 0.5
         Ann          | country            | 4     | 2           | 0.5            | 2      | 1            | 0.5
         Ann          | coordinates        | 4     | 2           | 0.5            | 2      | 1            | 0.5
         Ann          | album_label        | 4     | 2           | 0.5            | 1      | 1            | 1.0
         Ann          | album_release_date | 4     | 2           | 0.5            | 1      | 1            | 1.0
         Ben          | mbid               | 1     | 1           | 1.0            | 1      | 1            | 1.0
         Ben          | genre              | 1     | 1           | 1.0            | 1      | 1            | 1.0
         Ben          | country            | 1     | 1           | 1.0            | 1      | 1            | 1.0
         Ben          | coordinates        | 1     | 1           | 1.0            | 1      | 1            | 1.0
         Ben          | album_label        | 1     | 0           | 0.0            | 1      | 0            | 0.0
         Ben          | album_release_date | 1     | 1           | 1.0            | 1      | 1            | 1.0
         All accounts | mbid               | 5     | 4           | 0.8            | 2      | 2            | 1.0
         All accounts | genre              | 5     | 3           | 0.6            | 2      | 1            | 0.5
         All accounts | country            | 5     | 3           | 0.6            | 2      | 1            | 0.5
         All accounts | coordinates        | 5     | 3           | 0.6            | 2      | 1            | 0.5
         All accounts | album_label        | 5     | 2           | 0.4            | 2      | 1            | 0.5
         All accounts | album_release_date | 5     | 3           | 0.6            | 2      | 2            | 1.0",
    );
}

#[test]
fn artists_not_found_say_why_and_when_to_ask_again() {
    check(
        "rpt_artists_not_found",
        &[
            (
                "dim_artist",
                "artist_id        | artist_name    | artist_mbid | known_by | link_method
                 spotify:artist:1 | One            | null        | uri      | null
                 spotify:artist:2 | Two            | null        | uri      | correction
                 spotify:artist:3 | Three          | m           | uri      | url
                 spotify:artist:4 | Four           | null        | uri      | null
                 spotify:artist:5 | Five           | null        | uri      | null
                 spotify:artist:6 | Six            | null        | uri      | null
                 unknown          | Unknown artist | null        | nothing  | null",
            ),
            (
                "src_lookups",
                "answer_id | service     | method | subject_type   | subject          | outcome   | reason        | fetched_at
                 a1        | musicbrainz | url    | spotify_artist | spotify:artist:1 | none      | no such URL   | 2024-01-01 00:00:00Z
                 a0        | musicbrainz | url    | spotify_artist | spotify:artist:1 | found     | null          | 2023-01-01 00:00:00Z
                 a9        | musicbrainz | url    | spotify_artist | spotify:artist:1 | none      | no such URL   | 2024-01-08 00:00:00Z
                 a2        | musicbrainz | search | spotify_artist | spotify:artist:1 | ambiguous | three of them | 2024-02-01 00:00:00Z
                 a3        | spotify     | tracks | spotify_artist | spotify:artist:1 | refused   | not allowed   | 2024-03-01 00:00:00Z
                 a4        | musicbrainz | url    | spotify_artist | spotify:artist:2 | none      | no such URL   | 2024-01-01 00:00:00Z
                 a5        | musicbrainz | names  | artist_name    | FIVE             | refused   | too busy      | 2024-01-01 00:00:00Z
                 a6        | musicbrainz | url    | spotify_artist | spotify:artist:6 | none      | no such URL   | 2024-01-01 00:00:00Z
                 a7        | musicbrainz | search | spotify_artist | spotify:artist:6 | found     | null          | 2024-02-01 00:00:00Z",
            ),
            ("int_artist_names_resolved", "artist_key | artist_id\n five | spotify:artist:5"),
            (
                "fct_track_played",
                "play_id | artist_id        | is_music
                 p1      | spotify:artist:1 | true
                 p2      | spotify:artist:1 | true
                 p3      | spotify:artist:1 | false
                 p4      | spotify:artist:5 | true
                 p5      | spotify:artist:5 | true
                 p6      | spotify:artist:5 | true",
            ),
        ],
        "place | artist_name | outcome            | reason        | times_asked | plays | asked_at               | retry_at
         1     | Five        | refused            | too busy      | 1           | 3     | 2024-01-01 00:00:00+00 | 2024-01-31 00:00:00+00
         2     | One         | ambiguous          | three of them | 4           | 2     | 2024-02-01 00:00:00+00 | 2024-01-22 00:00:00+00
         3     | Two         | not_at_musicbrainz | no such URL   | 1           | 0     | 2024-01-01 00:00:00+00 | null
         4     | Four        | never_asked        | null          | 0           | 0     | null                   | null
         5     | Six         | found              | null          | 2           | 0     | 2024-02-01 00:00:00+00 | 2024-01-08 00:00:00+00",
    );
}
