//! What is known about tracks, artists and albums, and who is who.

use super::check;

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
