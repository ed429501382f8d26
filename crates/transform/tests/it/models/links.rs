//! Links to MusicBrainz: which of them hold, how sure they are, and what else is known by them.

use super::check;

#[test]
fn a_link_that_musicbrainz_withdrew_gives_way() {
    check(
        "int_artist_subjects_linked",
        &[
            (
                "src_artist_links",
                "answer_id | subject_type   | subject          | artist_mbid | method | score | fetched_at
                 a1        | spotify_artist | spotify:artist:1 | m-wrong     | url    | null  | 2024-01-01 00:00:00Z
                 a3        | spotify_artist | spotify:artist:1 | m-right     | isrc   | null  | 2024-03-01 00:00:00Z
                 a4        | spotify_artist | spotify:artist:1 | m-guess     | search | 99    | 2024-04-01 00:00:00Z
                 b1        | spotify_artist | spotify:artist:2 | m-2         | url    | null  | 2024-01-01 00:00:00Z
                 c1        | spotify_artist | spotify:artist:3 | m-old       | url    | null  | 2024-01-01 00:00:00Z
                 c3        | spotify_artist | spotify:artist:3 | m-new       | url    | null  | 2024-03-01 00:00:00Z
                 d1        | spotify_artist | spotify:artist:4 | m-4         | url    | null  | 2024-01-01 00:00:00Z
                 e1        | spotify_artist | spotify:artist:5 | m-5         | url    | null  | 2024-01-01 00:00:00Z
                 f1        | artist_name    | Six              | m-6         | search | 97    | 2024-01-01 00:00:00Z",
            ),
            (
                "src_lookups",
                "answer_id | service     | method | subject_type   | subject          | outcome    | fetched_at
                 a1        | musicbrainz | url    | spotify_artist | spotify:artist:1 | found      | 2024-01-01 00:00:00Z
                 a2        | musicbrainz | url    | spotify_artist | spotify:artist:1 | none       | 2024-02-01 00:00:00Z
                 a3        | musicbrainz | isrc   | spotify_artist | spotify:artist:1 | found      | 2024-03-01 00:00:00Z
                 b1        | musicbrainz | url    | spotify_artist | spotify:artist:2 | found      | 2024-01-01 00:00:00Z
                 b2        | musicbrainz | url    | spotify_artist | spotify:artist:2 | refused    | 2024-02-01 00:00:00Z
                 b3        | musicbrainz | url    | spotify_artist | spotify:artist:2 | unreadable | 2024-03-01 00:00:00Z
                 b4        | musicbrainz | url    | spotify_artist | spotify:artist:2 | crowded    | 2024-03-02 00:00:00Z
                 b5        | musicbrainz | search | spotify_artist | spotify:artist:2 | none       | 2024-04-01 00:00:00Z
                 c1        | musicbrainz | url    | spotify_artist | spotify:artist:3 | found      | 2024-01-01 00:00:00Z
                 c2        | musicbrainz | url    | spotify_artist | spotify:artist:3 | none       | 2024-02-01 00:00:00Z
                 c3        | musicbrainz | url    | spotify_artist | spotify:artist:3 | found      | 2024-03-01 00:00:00Z
                 d1        | musicbrainz | url    | spotify_artist | spotify:artist:4 | found      | 2024-01-01 00:00:00Z
                 d2        | musicbrainz | url    | spotify_artist | spotify:artist:4 | ambiguous  | 2024-02-01 00:00:00Z",
            ),
        ],
        "subject_key      | artist_mbid | link_method | link_score | linked_at
         six              | m-6         | search      | 97         | 2024-01-01 00:00:00+00
         spotify:artist:1 | m-right     | isrc        | null       | 2024-03-01 00:00:00+00
         spotify:artist:2 | m-2         | url         | null       | 2024-01-01 00:00:00+00
         spotify:artist:3 | m-new       | url         | null       | 2024-03-01 00:00:00+00
         spotify:artist:5 | m-5         | url         | null       | 2024-01-01 00:00:00+00",
    );
}

#[test]
fn a_link_says_how_it_was_found_how_sure_it_is_and_when() {
    check(
        "dim_artist",
        &[
            (
                "int_track_artists_identified",
                "track_id | artist_id        | artist_name | told_by | last_ended_ms
                 u1       | spotify:artist:a | Ann         | credits | 1
                 u1       | spotify:artist:b | Bo          | credits | 1
                 u1       | spotify:artist:c | Cy          | credits | 1",
            ),
            ("int_tracks_described", "track_id\n u1"),
            ("int_tracks_identified", "track_id\n u1"),
            (
                "int_artist_names_resolved",
                "artist_key | artist_id
                 cy         | spotify:artist:c",
            ),
            (
                "int_artist_subjects_linked",
                "subject_type   | subject_key      | artist_mbid | link_method | link_score | linked_at
                 spotify_artist | spotify:artist:a | m-a         | url         | null       | 2024-01-01 00:00:00Z
                 spotify_artist | spotify:artist:b | m-b         | search      | 98         | 2024-02-01 00:00:00Z
                 artist_name    | cy               | m-c         | search      | 96         | 2024-03-01 00:00:00Z",
            ),
            (
                "src_artist_corrections",
                "correction_id | correction_number | part | action | artist           | value
                 c1            | 1                 | 1    | link   | spotify:artist:b | m-other",
            ),
        ],
        "artist_id        | artist_mbid | link_method | link_score | linked_at
         spotify:artist:a | m-a         | url         | null       | 2024-01-01 00:00:00+00
         spotify:artist:b | m-other     | correction  | null       | null
         spotify:artist:c | m-c         | search      | 96         | 2024-03-01 00:00:00+00
         unknown          | null        | null        | null       | null",
    );
}

#[test]
fn other_names_are_those_of_the_newest_answer() {
    check(
        "rpt_artist_aliases",
        &[
            (
                "dim_artist",
                "artist_id | artist_mbid | mask_name
                 a         | m1          | null
                 b         | m1          | null
                 c         | m2          | Somebody
                 d         | null        | null",
            ),
            ("int_artist_facts_chosen", "artist_mbid | artist_name\n m1 | Prince"),
            (
                "src_artists",
                "answer_id | service     | artist_ref | asked_ref | fetched_at
                 r         | musicbrainz | m1         | m0        | 2024-01-01 00:00:00Z",
            ),
            (
                "src_artist_aliases",
                "answer_id | artist_mbid | alias          | locale | alias_type  | is_primary | fetched_at
                 a1        | m1          | Gone           | null   | null        | null       | 2024-01-01 00:00:00Z
                 a2        | m0          | The Artist     | null   | Artist name | null       | 2025-01-01 00:00:00Z
                 a2        | m0          | プリンス       | ja     | Artist name | true       | 2025-01-01 00:00:00Z
                 a2        | m0          | プリンス       | ja     | Artist name | false      | 2025-01-01 00:00:00Z
                 a2        | m0          | ' '            | null   | null        | null       | 2025-01-01 00:00:00Z
                 a2        | m2          | Masked         | null   | null        | null       | 2025-01-01 00:00:00Z
                 a2        | m9          | Unheard        | null   | null        | null       | 2025-01-01 00:00:00Z",
            ),
        ],
        "artist_mbid | alias_number | artist_name | alias      | alias_locale | alias_type  | is_primary
         m1          | 1            | Prince      | The Artist | null         | Artist name | false
         m1          | 2            | Prince      | プリンス   | ja           | Artist name | true",
    );
}

#[test]
fn a_name_credited_with_an_mbid_that_was_merged_means_one_artist() {
    check(
        "int_artist_subjects_linked",
        &[
            (
                "stg_tracker__credits",
                "observation_id | position | artist_name | artist_mbid
                 o1             | 1        | Heard       | m-old
                 o2             | 1        | heard       | m-new
                 o3             | 1        | Two         | m-new
                 o4             | 1        | Two         | m-other",
            ),
            (
                "src_artists",
                "answer_id | service     | artist_ref | asked_ref | fetched_at
                 b1        | musicbrainz | m-new      | m-old     | 2024-01-01 00:00:00Z",
            ),
        ],
        "subject_type | subject_key | artist_mbid | link_method
         artist_name  | heard       | m-new       | credits",
    );
}
