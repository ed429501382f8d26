//! Who artists are: links to MusicBrainz, names that turn out to be somebody, credits of several, corrections.

use super::check;

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
