//! What a person says about artists goes before what is worked out.

use super::check;

const NAMES: &str = "artist_key         | artist_id        | artist_name        | is_known | is_shared
                     hall               | spotify:artist:h | Hall               | true     | false
                     oates              | spotify:artist:o | Oates              | true     | false
                     garfunkel          | spotify:artist:g | Garfunkel          | true     | false
                     simon              | spotify:artist:s | Simon              | true     | false
                     daryl hall & oates | spotify:artist:d | Daryl Hall & Oates | true     | false";

/// Credits by names alone, one track each.
fn credits(names: &[&str]) -> (String, String) {
    let mut credits = String::from("track_id | position | artist_name | artist_key | ended_ms\n");
    let mut tracks = String::from("track_id\n");
    for (index, name) in names.iter().enumerate() {
        credits += &format!("u{index} | 1 | {name} | {} | 1\n", name.to_lowercase());
        tracks += &format!("u{index}\n");
    }
    (credits, tracks)
}

#[test]
fn an_artist_that_a_person_spoke_of_is_not_split() {
    let (credits, tracks) = credits(&[
        "Hall & Oates",
        "Simon & Garfunkel",
        "Hall & Simon",
        "Oates & Simon",
        "Hall, Garfunkel",
        "Oates, Garfunkel",
    ]);
    let given = [
        ("int_artist_names_resolved", NAMES),
        ("int_track_credits_chosen", credits.as_str()),
        ("int_tracks_described", tracks.as_str()),
        (
            "src_artist_corrections",
            "correction_id | correction_number | part | action | artist            | value
             c1            | 1                 | 1    | merge  | Hall & Oates      | Daryl Hall & Oates
             c2            | 2                 | 1    | link   | Simon & Garfunkel | 5d02f264-e225-41ff-83f7-d9b1f0b1874a
             c3            | 3                 | 1    | link   | Hall & Simon      | none
             c4            | 4                 | 1    | mask   | Oates & Simon     | Two people
             c5            | 5                 | 1    | genre  | Hall, Garfunkel   | folk
             c6            | 6                 | 1    | merge  | The Pair          | Oates, Garfunkel",
        ),
    ];
    check(
        "int_track_artists_identified",
        &given,
        "track_id | position | artist_id                             | artist_name
         u0       | 1        | spotify:artist:d                      | Daryl Hall & Oates
         u1       | 1        | name:db45c0f82ba0bddc3b8580cfc408bd31 | Simon & Garfunkel
         u2       | 1        | spotify:artist:h                      | Hall
         u2       | 2        | spotify:artist:s                      | Simon
         u3       | 1        | name:9a082524d36f7edf80548ac06728c693 | Oates & Simon
         u4       | 1        | name:919e797d5e8d721813a18c720280c516 | Hall, Garfunkel
         u5       | 1        | name:18ddf6b1ee9628f2258456a8077f7263 | Oates, Garfunkel",
    );
    check(
        "int_artists_linked",
        &given,
        "artist_id                             | artist_mbid                          | link_method
         name:db45c0f82ba0bddc3b8580cfc408bd31 | 5d02f264-e225-41ff-83f7-d9b1f0b1874a | correction",
    );
}

#[test]
fn a_name_that_several_artists_share_is_not_split() {
    let (credits, tracks) = credits(&["Hall & Oates", "Simon & Garfunkel", "Hall & Simon"]);
    check(
        "int_artists_replaced",
        &[
            ("int_artist_names_resolved", NAMES),
            ("int_track_credits_chosen", &credits),
            ("int_tracks_described", &tracks),
            (
                "src_lookups",
                "answer_id | service      | method | subject_type | subject           | outcome    | fetched_at
                 a1        | musicbrainz  | search | artist_name  | Hall & Oates      | none       | 2024-01-01 00:00:00Z
                 a2        | musicbrainz  | search | artist_name  | Hall & Oates      | ambiguous  | 2025-01-01 00:00:00Z
                 a3        | musicbrainz  | search | artist_name  | hall & oates      | unreadable | 2025-02-01 00:00:00Z
                 a4        | listenbrainz | names  | artist_name  | Hall & Oates      | none       | 2025-03-01 00:00:00Z
                 a7        | musicbrainz  | search | artist_name  | Hall & Oates      | crowded    | 2025-04-01 00:00:00Z
                 a5        | musicbrainz  | search | artist_name  | Simon & Garfunkel | ambiguous  | 2024-01-01 00:00:00Z
                 a6        | musicbrainz  | search | artist_name  | Simon & Garfunkel | none       | 2025-01-01 00:00:00Z",
            ),
        ],
        "new_artist_id    | part
         spotify:artist:g | 2
         spotify:artist:h | 1
         spotify:artist:s | 1
         spotify:artist:s | 2",
    );
}
