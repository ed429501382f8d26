//! Genres: from what people write to the weights of plays.

use super::check;

#[test]
fn spellings_of_a_genre_are_one_genre() {
    check(
        "int_tags_recognised",
        &[(
            "src_genre_votes",
            "answer_id | artist_ref | subject_type | subject | service     | tag                  | genre_mbid | votes
             a         | m          | artist       | m       | musicbrainz | Hip-Hop              | null       | 1
             a         | m          | artist       | m       | musicbrainz | hip hop              | g          | 1
             a         | m          | artist       | m       | musicbrainz | hiphop               | null       | 1
             a         | m          | artist       | m       | musicbrainz | R and B              | null       | 1
             a         | m          | artist       | m       | musicbrainz | drum & bass          | null       | 1
             a         | m          | artist       | m       | musicbrainz | rock'n'roll          | null       | 1
             a         | m          | artist       | m       | musicbrainz | seen live            | null       | 9
             a         | m          | artist       | m       | musicbrainz | bohemian folk metal  | g2         | 1
             a         | m          | artist       | m       | musicbrainz | zwiefacher           | g3         | 1",
        )],
        "tag                 | genre               | genre_family
         hip-hop             | hip hop             | hip hop
         hip hop             | hip hop             | hip hop
         hiphop              | hip hop             | hip hop
         r and b             | r&b                 | r&b
         drum & bass         | drum and bass       | electronic
         rock'n'roll         | rock and roll       | rock
         seen live           | null                | null
         bohemian folk metal | bohemian folk metal | metal
         zwiefacher          | zwiefacher          | other",
    );
}

const LINKED: &str = "artist_id        | artist_mbid
                      spotify:artist:1 | m1
                      spotify:artist:2 | m2
                      spotify:artist:3 | m3
                      spotify:artist:4 | m4
                      spotify:artist:5 | m5
                      spotify:artist:6 | m1";

#[test]
fn votes_for_the_artist_go_before_those_for_albums_and_recordings() {
    check(
        "int_artist_genres",
        &[
            ("int_artists_linked", LINKED),
            (
                "src_genre_votes",
                "answer_id | service      | artist_ref       | subject_type  | subject | tag         | votes | fetched_at
                 a1        | musicbrainz  | m1               | artist        | m1      | rock        | 6     | 2025-01-01 00:00:00Z
                 a1        | musicbrainz  | m1               | artist        | m1      | Pop         | 2     | 2025-01-01 00:00:00Z
                 a1        | musicbrainz  | m1               | artist        | m1      | seen live   | 99    | 2025-01-01 00:00:00Z
                 a2        | listenbrainz | m1               | artist        | m1      | rock        | 5     | 2025-01-01 00:00:00Z
                 a2        | listenbrainz | m1               | artist        | m1      | jazz        | 2     | 2025-01-01 00:00:00Z
                 a3        | musicbrainz  | m1               | recording     | r1      | polka       | 50    | 2025-01-01 00:00:00Z
                 a4        | spotify      | spotify:artist:1 | artist        | s1      | metal       | null  | 2025-01-01 00:00:00Z
                 a5        | musicbrainz  | m2               | artist        | m2      | german      | 3     | 2025-01-01 00:00:00Z
                 a6        | musicbrainz  | m2               | release_group | g1      | techno      | 1     | 2025-01-01 00:00:00Z
                 a6        | musicbrainz  | m2               | release_group | g2      | techno      | 2     | 2025-01-01 00:00:00Z
                 a6        | musicbrainz  | m2               | release_group | g2      | house       | 1     | 2025-01-01 00:00:00Z
                 a7        | musicbrainz  | m3               | recording     | r3      | blues       | 1     | 2025-01-01 00:00:00Z
                 a8        | spotify      | spotify:artist:4 | artist        | s4      | soul        | null  | 2025-01-01 00:00:00Z
                 a8        | spotify      | spotify:artist:4 | artist        | s4      | funk        | null  | 2025-01-01 00:00:00Z
                 a9        | musicbrainz  | m5               | artist        | m5      | ska         | 0     | 2025-01-01 00:00:00Z",
            ),
        ],
        "artist_id        | genre  | genre_family | genre_source  | genre_rank | votes | weight | is_primary
         spotify:artist:1 | rock   | rock         | artist        | 1          | 6     | 0.6    | true
         spotify:artist:1 | jazz   | jazz         | artist        | 2          | 2     | 0.2    | false
         spotify:artist:1 | pop    | pop          | artist        | 3          | 2     | 0.2    | false
         spotify:artist:2 | techno | electronic   | release_group | 1          | 3     | 0.75   | true
         spotify:artist:2 | house  | electronic   | release_group | 2          | 1     | 0.25   | false
         spotify:artist:3 | blues  | blues        | recording     | 1          | 1     | 1.0    | true
         spotify:artist:4 | funk   | r&b          | spotify       | 1          | 1     | 0.5    | true
         spotify:artist:4 | soul   | r&b          | spotify       | 2          | 1     | 0.5    | false
         spotify:artist:6 | rock   | rock         | artist        | 1          | 6     | 0.6    | true
         spotify:artist:6 | jazz   | jazz         | artist        | 2          | 2     | 0.2    | false
         spotify:artist:6 | pop    | pop          | artist        | 3          | 2     | 0.2    | false",
    );
}

#[test]
fn the_newest_votes_count_and_a_persons_word_more() {
    check(
        "int_artist_genres",
        &[
            ("int_artists_linked", LINKED),
            (
                "src_artist_corrections",
                "correction_id | correction_number | part | action | artist           | value
                 c1            | 1                 | 1    | genre  | spotify:artist:2 | Electro
                 c1            | 1                 | 2    | genre  | spotify:artist:2 | My Own Noise",
            ),
            (
                "src_genre_votes",
                "answer_id | service     | artist_ref | subject_type | subject | tag     | votes | fetched_at
                 a1        | musicbrainz | m1         | artist       | m1      | rock    | 9     | 2024-01-01 00:00:00Z
                 a2        | musicbrainz | m1         | artist       | m1      | hip-hop | 1     | 2025-01-01 00:00:00Z
                 a2        | musicbrainz | m1         | artist       | m1      | hip hop | 3     | 2025-01-01 00:00:00Z
                 a1        | musicbrainz | m2         | artist       | m2      | rock    | 9     | 2024-01-01 00:00:00Z",
            ),
        ],
        "artist_id        | genre        | genre_family | genre_source | votes | weight
         spotify:artist:1 | hip hop      | hip hop      | artist       | 3     | 1.0
         spotify:artist:6 | hip hop      | hip hop      | artist       | 3     | 1.0
         spotify:artist:2 | electro      | electronic   | correction   | 1     | 0.5
         spotify:artist:2 | my own noise | experimental | correction   | 1     | 0.5",
    );
}

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
fn an_artist_that_was_merged_does_not_vote_twice() {
    check(
        "int_artist_genres",
        &[
            ("int_artists_linked", "artist_id | artist_mbid\n x | b"),
            (
                "src_artists",
                "answer_id | service     | artist_ref | asked_ref | fetched_at
                 r         | musicbrainz | b          | a         | 2025-01-01 00:00:00Z",
            ),
            (
                "src_genre_votes",
                "answer_id | service     | artist_ref | subject_type  | subject | tag  | votes | fetched_at
                 a1        | musicbrainz | a          | artist        | a       | rock | 5     | 2024-01-01 00:00:00Z
                 a2        | musicbrainz | b          | artist        | b       | rock | 5     | 2025-01-01 00:00:00Z
                 a2        | musicbrainz | b          | artist        | b       | pop  | 6     | 2025-01-01 00:00:00Z",
            ),
        ],
        "genre | votes | genre_rank | is_primary
         pop   | 6     | 1          | true
         rock  | 5     | 2          | false",
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

#[test]
fn everyone_credited_gives_a_track_their_genres() {
    check(
        "int_track_genres",
        &[
            (
                "int_track_artists_identified",
                "track_id | position | artist_id
                 u1       | 1        | ann
                 u1       | 2        | bo
                 u2       | 1        | ann
                 u2       | 2        | nobody
                 u3       | 1        | nobody",
            ),
            (
                "int_artist_genres",
                "artist_id | genre | weight
                 ann       | rock  | 0.75
                 ann       | pop   | 0.25
                 bo        | pop   | 1",
            ),
        ],
        "track_id | genre | weight
         u1       | rock  | 0.375
         u1       | pop   | 0.625
         u2       | rock  | 0.75
         u2       | pop   | 0.25",
    );
}

const PLAYS: &str = "play_id | account_id | track_id | artist_id | album_id | date_id  | time_id | ms_listened | is_music | is_counted | played_date
                     p1      | a          | u1       | ann       | x        | 20240101 | 1       | 60000       | true     | true       | 2024-01-01
                     p2      | a          | u3       | nobody    | x        | 20240101 | 1       | 120000      | true     | true       | 2024-01-01
                     p3      | a          | unknown  | unknown   | x        | 20240101 | 1       | null        | true     | false      | 2024-01-01
                     p4      | a          | e1       | unknown   | x        | 20240101 | 1       | 60000       | false    | true       | 2024-01-01";

/// B9: facts and dimension had different keys for "no genre".
#[test]
fn a_play_of_unknown_genre_has_the_unknown_genre() {
    check(
        "fct_artist_genre",
        &[
            ("fct_track_played", PLAYS),
            (
                "int_track_genres",
                "track_id | genre | weight
                 u1       | rock  | 0.75
                 u1       | pop   | 0.25",
            ),
        ],
        "play_id | genre_id | weight | ms_listened_weighted | is_counted
         p1      | rock     | 0.75   | 45000.0              | true
         p1      | pop      | 0.25   | 15000.0              | true
         p2      | unknown  | 1.0    | 120000.0             | true
         p3      | unknown  | 1.0    | null                 | false",
    );
}

/// B10: the groups were fractions, so that no play was ever in "Group 1 (Most Played)".
#[test]
fn genres_are_ranked_and_grouped_in_fifths() {
    let (mut links, mut plays, mut families) = (
        String::from("artist_id | genre_id | weight\n nobody | unknown | 1\n"),
        String::from("play_id | genre_id | artist_id | weight | ms_listened_weighted | is_counted\n"),
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
fn an_artist_of_unknown_genre_has_the_unknown_genre() {
    check(
        "bridge_artist_genre",
        &[
            ("dim_artist", "artist_id\n ann\n bo"),
            (
                "int_artist_genres",
                "artist_id | genre | genre_source | genre_rank | votes | weight | is_primary
                 ann       | rock  | artist       | 1          | 3     | 1      | true
                 gone      | pop   | artist       | 1          | 3     | 1      | true",
            ),
        ],
        "artist_id | genre_id | genre_source | votes | weight | is_primary
         ann       | rock     | artist       | 3     | 1.0    | true
         bo        | unknown  | nothing      | null  | 1.0    | true",
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

#[test]
fn tags_that_are_no_genre_are_counted() {
    check(
        "rpt_tags_left_out",
        &[(
            "src_genre_votes",
            "answer_id | service      | artist_ref | subject_type | subject | tag       | votes | fetched_at
             a1        | musicbrainz  | m1         | artist       | m1      | seen live | 4     | 2024-01-01 00:00:00Z
             a2        | listenbrainz | m1         | artist       | m1      | seen live | 3     | 2024-01-01 00:00:00Z
             a3        | musicbrainz  | m2         | artist       | m2      | Seen Live | 2     | 2024-01-01 00:00:00Z
             a3        | musicbrainz  | m2         | artist       | m2      | rock      | 2     | 2024-01-01 00:00:00Z",
        )],
        "tag       | artists | votes
         seen live | 2       | 6",
    );
}
