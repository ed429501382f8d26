//! Whatever services say, a build goes through.

use crate::story::Story;

use super::check;

const PLAY: &str = "play_id | account_id | source      | clock | kind  | ended_at             | ms_played | track_uri | track_name | album_uri | album_name
                    p1      | ANN        | spotify_api | end   | track | 2024-01-01 10:03:00Z | 180000    | u1        | Song       | alb       | Album";

#[test]
fn a_value_that_cannot_be_stops_no_build() {
    let mut story = Story::new();
    story.receive(PLAY);
    story.told(
        "lookups",
        "answer_id | service     | method | subject_type   | subject          | outcome    | reason  | fetched_at
         a1        | musicbrainz | url    | spotify_artist | spotify:artist:2 | unreadable | no list | 2024-01-01 00:00:00Z
         a2        | musicbrainz | old    | spotify_artist | spotify:artist:2 | unreadable | no way  | 2024-01-02 00:00:00Z",
    );
    story.told(
        "track_credits",
        "answer_id | service | track_uri | position      | artist_name | artist_uri       | fetched_at
         a1        | spotify | u1        | 1             | Ann         | spotify:artist:1 | 2024-01-01 00:00:00Z
         a1        | spotify | u1        | 1             | Ann         | spotify:artist:1 | 2024-01-01 00:00:00Z
         a1        | spotify | u1        | 2             | Bo          | spotify:artist:2 | 2024-01-01 00:00:00Z
         a1        | spotify | u1        | 0             | Zero        | spotify:artist:3 | 2024-01-01 00:00:00Z
         a1        | spotify | u1        | 3000000000    | Far         | spotify:artist:4 | 2024-01-01 00:00:00Z",
    );
    story.told(
        "tracks",
        "answer_id | service | track_uri | popularity | disc_number | track_number | duration_ms | fetched_at
         a1        | spotify | u1        | 101        | 3000000000  | 3000000000   | -1          | 2024-01-01 00:00:00Z",
    );
    story.told(
        "album_credits",
        "answer_id | service | album_ref | position   | artist_name | artist_uri       | fetched_at
         a1        | spotify | alb       | 0          | Zero        | spotify:artist:3 | 2024-01-01 00:00:00Z
         a1        | spotify | alb       | 2          | Ann         | spotify:artist:1 | 2024-01-01 00:00:00Z
         a1        | spotify | alb       | 2          | Bo          | spotify:artist:2 | 2024-01-01 00:00:00Z
         a1        | spotify | alb       | 3          |             | spotify:artist:5 | 2024-01-01 00:00:00Z
         a1        | spotify | alb       | 4          | Nobody      | null             | 2024-01-01 00:00:00Z
         a1        | spotify | alb       | 3000000000 | Far         | spotify:artist:4 | 2024-01-01 00:00:00Z",
    );
    story.told(
        "albums",
        "answer_id | service | album_ref | popularity | total_tracks | release_date | release_date_precision | fetched_at
         a1        | spotify | alb       | 101        | 3000000000   | 1999-99-99   | decade                 | 2024-01-01 00:00:00Z",
    );
    story.told(
        "artists",
        "answer_id | service     | artist_ref       | country_code | popularity | alias_count | listeners | area_id | area_name | fetched_at
         a1        | spotify     | spotify:artist:1 | null         | 3000000000 | null        | null      | null    | null      | 2024-01-01 00:00:00Z
         a1        | musicbrainz | m1               | Germany      | -1         | 3000000000  | -5        | here    |           | 2024-01-01 00:00:00Z",
    );
    story.told(
        "artist_links",
        "answer_id | subject_type   | subject          | artist_mbid | method | score      | fetched_at
         a1        | spotify_artist | spotify:artist:1 | m1          | search | 3000000000 | 2024-01-01 00:00:00Z",
    );
    story.told(
        "genre_votes",
        "answer_id | service     | artist_ref | subject_type | subject | tag     | genre_mbid | votes       | fetched_at
         a1        | musicbrainz | m1         | artist       | m1      | rock    | null       | 3000000000  | 2024-01-01 00:00:00Z
         a1        | musicbrainz | m1         | artist       | m1      | pop     | null       | 1           | 2024-01-01 00:00:00Z
         a1        | musicbrainz | m1         | artist       | m1      | jazz    | null       | -3000000000 | 2024-01-01 00:00:00Z
         a1        | musicbrainz | m1         | artist       | m1      | unknown | g          | 2           | 2024-01-01 00:00:00Z",
    );
    story.told(
        "areas",
        "answer_id | area_id | area_name | iso_3166_1 | iso_3166_2 | fetched_at
         a1        | here    |           | DEU        |            | 2024-01-01 00:00:00Z",
    );
    story.told(
        "area_coordinates",
        "answer_id | service   | area_id | country_code | latitude | longitude | fetched_at
         a1        | nominatim | here    | deu          | nan      | 500       | 2024-01-01 00:00:00Z",
    );
    story.refresh();
    assert_eq!(
        story.ask("select artist_name, artist_mbid, link_score, popularity, primary_genre, location_name, artists.country_code
                   from dim_artist as artists join dim_location using (location_id) where artist_id <> 'unknown' order by 1"),
        "Ann,m1,,,rock,here, Bo,,,,unknown,Unknown place, spotify:artist:5,,,,unknown,Unknown place,"
    );
    assert_eq!(
        story.ask(
            "select track_popularity, disc_number, track_number, duration_ms from dim_track where track_id = 'u1'"
        ),
        ",,,"
    );
    assert_eq!(
        story.ask("select album_popularity, total_tracks, release_date from dim_album where album_id = 'alb'"),
        ",,"
    );
    assert_eq!(
        story.ask(
            "select position, artist_id, weight from bridge_album_artist where album_id = 'alb' order by position"
        ),
        "1,spotify:artist:1,0.5 2,spotify:artist:5,0.5"
    );
    assert_eq!(
        story.ask(
            "select genre_id, votes from bridge_artist_genre where artist_id = 'spotify:artist:1' order by votes desc"
        ),
        "rock,1000000 pop,1"
    );
    assert_eq!(
        story.ask("select outcome, reason, times_asked from rpt_artists_not_found where artist_name = 'Bo'"),
        "unreadable,no way,2"
    );
}

#[test]
fn the_smallest_share_of_a_track_is_one() {
    let mut credits = String::from("track_id | position | artist_id\n u1 | 1 | ann\n");
    for position in 2..=999 {
        credits += &format!("u1 | {position} | other\n");
    }
    check(
        "int_track_genres",
        &[
            ("int_track_artists_identified", &credits),
            (
                "int_artist_genres",
                "artist_id | genre | weight
                 ann       | ska   | 0.0000001
                 ann       | rock  | 0.9999999
                 other     | rock  | 1",
            ),
        ],
        "track_id | genre | weight
         u1       | rock  | 1.0
         u1       | ska   | 1e-09",
    );
}
