//! Genres: from what people write to the weights of plays.

use super::check;

/// B19: the genre that is common elsewhere was an artist's first, whatever people said about them.
#[test]
fn the_first_genre_of_an_artist_is_the_one_with_most_votes_and_not_the_commonest() {
    let mut votes =
        String::from("answer_id | service | artist_ref | subject_type | subject | tag | votes | fetched_at\n");
    for (artist, tag, count) in [
        ("m1", "rock", 2),
        ("m1", "jazz", 5),
        ("m2", "rock", 90),
        ("m3", "rock", 90),
        ("m4", "rock", 3),
        ("m4", "folk", 3),
    ] {
        votes += &format!("a | musicbrainz | {artist} | artist | {artist} | {tag} | {count} | 2025-01-01 00:00:00Z\n");
    }
    check(
        "int_artist_genres",
        &[
            ("int_artists_linked", "artist_id | artist_mbid\n ann | m1\n bo | m2\n cy | m3\n dee | m4"),
            ("src_genre_votes", &votes),
        ],
        "artist_id | genre | genre_rank | is_primary
         ann       | jazz  | 1          | true
         ann       | rock  | 2          | false
         bo        | rock  | 1          | true
         cy        | rock  | 1          | true
         dee       | folk  | 1          | true
         dee       | rock  | 2          | false",
    );
}

#[test]
fn ten_genres_share_an_artist() {
    let mut votes =
        String::from("answer_id | service | artist_ref | subject_type | subject | tag | votes | fetched_at\n");
    for genre in ["rock", "pop", "jazz", "folk", "metal", "punk", "blues", "country", "reggae", "latin", "techno"] {
        let count = if genre == "rock" { 11 } else { 1 };
        votes += &format!("a | musicbrainz | m1 | artist | m1 | {genre} | {count} | 2025-01-01 00:00:00Z\n");
    }
    check(
        "int_artist_genres",
        &[("int_artists_linked", "artist_id | artist_mbid\n x | m1"), ("src_genre_votes", &votes)],
        "genre   | genre_rank | weight
         rock    | 1          | 0.55
         blues   | 2          | 0.05
         country | 3          | 0.05
         folk    | 4          | 0.05
         jazz    | 5          | 0.05
         latin   | 6          | 0.05
         metal   | 7          | 0.05
         pop     | 8          | 0.05
         punk    | 9          | 0.05
         reggae  | 10         | 0.05",
    );
}

/// B10: the groups were fractions, so that no play was ever in "Group 1 (Most Played)".
#[test]
fn genres_are_ranked_and_grouped_in_fifths() {
    let (mut links, mut plays, mut families) = (
        String::from("artist_id | genre_id | weight\n nobody | unknown | 1\n"),
        String::from("play_id | genre_id | track_id | weight | ms_listened_weighted | is_counted\n"),
        String::from("artist_id | genre | genre_family\n"),
    );
    for genre in 1..=10 {
        links += &format!("ann | g{genre:02} | 0.1\n");
        families += &format!("ann | g{genre:02} | rock\n");
        // g01 and g02 are played equally often; g10 is not played at all.
        for play in 0..(if genre == 1 { 8 } else { 10 - genre }) {
            plays += &format!("p{play} | g{genre:02} | ann | 0.1 | 6000 | true\n");
        }
    }
    links += "bo | g10 | 1\n";
    plays += "q | unknown | nobody | 1 | 90000 | true\n q2 | g09 | ann | 1 | 60000 | false\n";
    check(
        "dim_genre",
        &[
            ("bridge_artist_genre", &links),
            ("bridge_track_artist", "track_id | position | artist_id\n ann | 1 | ann\n nobody | 1 | nobody"),
            ("int_artist_genres", &families),
            ("fct_artist_genre", &plays),
            (
                "dim_artist",
                "artist_id | artist_name | popularity
                 ann       | Ann         | 40
                 bo        | Bo          | 60
                 nobody    | Nobody      | null",
            ),
        ],
        "genre   | genre_family | rank_by_tracks_played | tracks_grouping | group_by_tracks_played | total_tracks_played_in_genre | total_minutes_played_in_genre | top_artist_in_genre | most_popular_artist_in_genre | artists
         g01     | rock         | 1                     | 1               | Group 1 (Most Played)  | 8                            | 0.8                           | Ann                 | Ann                          | 1
         g02     | rock         | 1                     | 1               | Group 1 (Most Played)  | 8                            | 0.8                           | Ann                 | Ann                          | 1
         g03     | rock         | 3                     | 2               | Group 2                | 7                            | 0.7                           | Ann                 | Ann                          | 1
         g04     | rock         | 4                     | 2               | Group 2                | 6                            | 0.6                           | Ann                 | Ann                          | 1
         g05     | rock         | 5                     | 3               | Group 3                | 5                            | 0.5                           | Ann                 | Ann                          | 1
         g06     | rock         | 6                     | 3               | Group 3                | 4                            | 0.4                           | Ann                 | Ann                          | 1
         g07     | rock         | 7                     | 4               | Group 4                | 3                            | 0.3                           | Ann                 | Ann                          | 1
         g08     | rock         | 8                     | 4               | Group 4                | 2                            | 0.2                           | Ann                 | Ann                          | 1
         g09     | rock         | 9                     | 5               | Group 5 (Least Played) | 1                            | 0.1                           | Ann                 | Ann                          | 1
         g10     | rock         | 10                    | 5               | Group 5 (Least Played) | 0                            | 0.0                           | null                | Bo                           | 2
         unknown | unknown      | null                  | null            | null                   | 1                            | 1.5                           | null                | null                         | 1",
    );
}

#[test]
fn genres_of_a_year_add_up_to_its_plays() {
    let given = [
        (
            "fct_artist_genre",
            "play_id | account_id | genre_id | artist_id | date_id  | weight | ms_listened_weighted | is_counted
             p1      | a          | rock     | ann       | 20240131 | 0.75   | 45000                | true
             p1      | a          | grunge   | ann       | 20240131 | 0.25   | 15000                | true
             p2      | a          | unknown  | nobody    | 20240201 | 1      | 60000                | true
             p3      | a          | rock     | ann       | 20240201 | 1      | 60000                | false",
        ),
        (
            "dim_genre",
            "genre_id | genre   | genre_family
             rock     | rock    | rock
             grunge   | grunge  | rock
             unknown  | unknown | unknown",
        ),
        (
            "dim_date",
            "date_id  | year_num | year_text | month_start_date
             20240131 | 2024     | 2024      | 2024-01-01
             20240201 | 2024     | 2024      | 2024-02-01",
        ),
        ("dim_account", "account_id | account_name\n a | Ann"),
    ];
    check(
        "rpt_top_genres",
        &given,
        "period   | genre_rank | genre   | counted_plays | plays_with_genre | minutes_listened | share_of_plays
         2024     | 1          | unknown | 1.0           | 1                | 1.0              | 0.5
         2024     | 2          | rock    | 0.75          | 1                | 0.8              | 0.375
         2024     | 3          | grunge  | 0.25          | 1                | 0.3              | 0.125
         all time | 1          | unknown | 1.0           | 1                | 1.0              | 0.5
         all time | 2          | rock    | 0.75          | 1                | 0.8              | 0.375
         all time | 3          | grunge  | 0.25          | 1                | 0.3              | 0.125",
    );
    check(
        "rpt_genre_families_by_month",
        &given,
        "month   | genre_family | counted_plays | minutes_listened | share_of_plays
         2024-01 | rock         | 1.0           | 1.0              | 1.0
         2024-02 | unknown      | 1.0           | 1.0              | 1.0",
    );
}
