//! Listens that other programs told, and the plays they are.

mod long_tracks;
mod one_to_one;

use super::check;

const CREDITS: &str = "
    observation_id | position | artist_name
    l1             | 1        | Host
    l2             | 1        | Host
    l3             | 1        | Host
    l4             | 1        | Host";

/// Which plays are duplicates of which, among these rows of `src_plays`, all Ann's, each observation named like its
/// play.
#[track_caller]
fn duplicates(plays: &str, credits: &str, expect: &str) {
    check("int_play_duplicates", &[("src_plays", &given(plays)), ("src_play_credits", credits)], expect);
}

/// The same rows with the columns that are always alike: `play_id` comes first and names the observation.
fn given(plays: &str) -> String {
    let mut lines = plays.lines().map(str::trim).filter(|line| !line.is_empty());
    let header = format!("observation_id | account_id | kind | {}", lines.next().unwrap());
    let row = |line: &str| format!("{} | ann | track | {line}", line.split('|').next().unwrap());
    std::iter::once(header).chain(lines.map(row)).collect::<Vec<_>>().join("\n")
}
