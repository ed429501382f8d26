//! The star's dimensions and bridge.

use super::{check, tried};

#[test]
fn a_day_knows_its_iso_week_and_the_year_of_that_week() {
    // One play, so that the calendar is that day, thirty more, and the unknown one; the week is what matters here.
    for (date, expect) in [
        ("2024-12-30", "20241230 | 1 | 1  | 2025 | 2025-W01 | 2024 | 4 | 365 | false | 2024-12-30 | 2024-12-31"),
        ("2021-01-03", "20210103 | 7 | 53 | 2020 | 2020-W53 | 2021 | 1 | 3   | true  | 2020-12-28 | 2021-01-31"),
        ("2024-02-29", "20240229 | 4 | 9  | 2024 | 2024-W09 | 2024 | 1 | 60  | false | 2024-02-26 | 2024-02-29"),
    ] {
        let days = days_of(date);
        assert!(days.contains(&squeezed(expect)), "{expect} is not among\n{}", days.join("\n"));
        assert_eq!(days.len(), 32);
    }
}

fn days_of(date: &str) -> Vec<String> {
    let given = format!("play_id | played_date\n p | {date}");
    let columns = "date_id | day_of_week | week_of_year | iso_year | iso_week | year_num | quarter | day_of_year \
                   | is_weekend | week_start_date | month_end_date";
    let (found, _) = tried("dim_date", &[("int_plays_resolved", &given)], columns).unwrap();
    found.to_string().lines().skip(1).map(squeezed).collect()
}

fn squeezed(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_account_that_listened_has_a_row() {
    check(
        "dim_account",
        &[
            (
                "src_accounts",
                "account_id | name | counting_rule
                 ann        | Ann  | any
                 quiet      | Bo   | finished",
            ),
            (
                "src_account_zones",
                "account_id | zone          | valid_from
                 ann        | Europe/Berlin | null
                 ann        | Asia/Tokyo    | 2024-07-03 12:00:00Z",
            ),
            (
                "int_plays_resolved",
                "play_id | account_id
                 p1      | ann
                 p2      | ann
                 p3      | gone",
            ),
        ],
        "account_id | account_name | counting_rule | zone
         ann        | Ann          | any           | Asia/Tokyo
         quiet      | Bo           | finished      | UTC
         gone       | gone         | 30s           | UTC
         unknown    | Unknown      | 30s           | UTC",
    );
}

#[test]
fn a_track_is_described_in_words() {
    check(
        "dim_track",
        &[
            (
                "dim_artist",
                "artist_id | artist_name
                 ann       | Ann
                 unknown   | Unknown artist",
            ),
            (
                "int_tracks_identified",
                "track_id | artist_id | track_name | duration_ms
                 u1       | ann       | Song       | 245999
                 u2       | unknown   | Jingle     | 29999
                 u3       | ann       | Untold     | null
                 u4       | ann       | Suite      | 3600000",
            ),
        ],
        "track_id | artist_track  | track_seconds | track_minutes | track_duration | track_length      | track_length_sort
         u1       | Ann - Song    | 245           | 4.1           | 4:05           | average           | 3
         u2       | Jingle        | 29            | 0.5           | 0:29           | very short        | 1
         u3       | Ann - Untold  | null          | null          | null           | unknown           | 7
         u4       | Ann - Suite   | 3600          | 60            | 60:00          | possibly too long | 6
         unknown  | Unknown track | null          | null          | null           | unknown           | 7",
    );
}

#[test]
fn a_release_date_may_be_partial_or_no_date() {
    check(
        "dim_album",
        &[
            (
                "int_albums_identified",
                "track_id | album_id | album_kind
                 u1       | day      | album
                 u2       | month    | album
                 u3       | year     | album
                 u4       | zero     | album
                 u5       | silent   | album",
            ),
            (
                "int_tracks_identified",
                "track_id
                 u1
                 u2
                 u3
                 u4
                 u5",
            ),
            (
                "int_tracks_described",
                "track_id | album_name | album_release_date_text | last_ended_ms
                 u1       | A          | 1994-03-28              | 1
                 u2       | B          | 1994-03                 | 1
                 u3       | C          | 1989                    | 1
                 u4       | D          | 0000                    | 1
                 u5       | null       | null                    | 1",
            ),
        ],
        "album_id | album_name    | artist_id | release_date | release_date_precision | release_year | release_decade
         day      | A             | unknown   | 1994-03-28   | day                    | 1994         | 1990
         month    | B             | unknown   | 1994-03-01   | month                  | 1994         | 1990
         year     | C             | unknown   | 1989-01-01   | year                   | 1989         | 1980
         zero     | D             | unknown   | null         | null                   | null         | null
         silent   | silent        | unknown   | null         | null                   | null         | null
         unknown  | Unknown album | unknown   | null         | null                   | null         | null",
    );
}

#[test]
fn every_track_has_credits_that_share_it() {
    check(
        "bridge_track_artist",
        &[
            (
                "dim_track",
                "track_id
                 u1
                 u2
                 unknown",
            ),
            (
                "int_track_artists_identified",
                "track_id | position | artist_id | told_by
                 u1       | 1        | ann       | credits
                 u1       | 2        | bo        | credits
                 u2       | 1        | ann       | album_artist
                 u9       | 1        | cy        | credits",
            ),
        ],
        "track_id | position | artist_id | role     | told_by      | weight
         u1       | 1        | ann       | primary  | credits      | 0.5
         u1       | 2        | bo        | credited | credits      | 0.5
         u2       | 1        | ann       | primary  | album_artist | 1
         unknown  | 1        | unknown   | primary  | nothing      | 1",
    );
}

#[test]
fn a_context_knows_what_it_is_and_is_named_where_that_is_known() {
    check(
        "dim_context",
        &[
            (
                "int_plays_resolved",
                "play_id | context_uri
                 p1      | spotify:album:a
                 p2      | spotify:album:a
                 p3      | spotify:artist:x
                 p4      | spotify:playlist:p
                 p5      | spotify:user:ann:playlist:q
                 p6      | spotify:user:ann:collection
                 p7      | spotify:show:s
                 p8      | spotify:station:t
                 p9      | null",
            ),
            (
                "dim_album",
                "album_id        | album_name
                 spotify:album:a | Debut
                 spotify:show:s  | Talk
                 unknown         | Unknown album",
            ),
            (
                "dim_artist",
                "artist_id        | artist_name
                 spotify:artist:x | Xenia
                 unknown          | Unknown artist",
            ),
        ],
        "context_id                  | context_kind | context_name
         spotify:album:a             | album        | Debut
         spotify:artist:x            | artist       | Xenia
         spotify:playlist:p          | playlist     | null
         spotify:user:ann:playlist:q | playlist     | null
         spotify:user:ann:collection | collection   | null
         spotify:show:s              | show         | Talk
         spotify:station:t           | other        | null
         unknown                     | unknown      | null",
    );
}
