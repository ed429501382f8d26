//! Account data, which knows minutes and names, against exports and the API.

use super::check;

#[track_caller]
fn duplicates(plays: &str, credits: &str, expect: &str) {
    check("int_play_duplicates", &[("src_plays", plays), ("src_play_credits", credits)], expect);
}

const NO_CREDITS: &str = "observation_id";

/// Thirty of a hundred rows are a millisecond off: still a hundred plays.
#[test]
fn account_data_beside_an_export_doubles_nothing() {
    let mut plays =
        "observation_id | play_id | account_id | source | ended_at | ms_played | track_uri | track_name | album_artist_name".to_owned();
    let mut expected = "play_id | canonical_play_id".to_owned();
    for play in 0..100 {
        let (hour, minute, told) = (play / 20, play % 20 * 3, 180_000 + play % 10 / 7);
        let time = format!("2024-01-01 {hour:02}:{minute:02}");
        plays += &format!("\ne{play} | e{play} | ann | spotify_export | {time}:30Z | 180000 | u | Song | Ann");
        plays += &format!("\nd{play} | d{play} | ann | spotify_account_data | {time}:00Z | {told} | null | Song | Ann");
        expected += &format!("\nd{play} | e{play}");
    }
    duplicates(&plays, NO_CREDITS, &expected);
}
