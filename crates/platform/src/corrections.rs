//! The files of corrections: what people said about plays, artists, rules and trips.

use crate::DataDir;
use crate::sheet::Sheet;

/// Which plays to leave out or to give away.
pub const PLAYS: Sheet = Sheet {
    name: "plays.csv",
    columns: &[
        "id",
        "action",
        "account",
        "play",
        "from",
        "to",
        "track",
        "artist",
        "context",
        "to_account",
        "reason",
        "created_at",
    ],
    needed: &["id", "action"],
    accounts: &["account", "to_account"],
};

/// Who an artist is, and how it is called.
pub const ARTISTS: Sheet = Sheet {
    name: "artists.csv",
    columns: &["id", "action", "artist", "value", "reason", "created_at", "artist_name"],
    needed: &["id", "action", "artist", "value"],
    accounts: &[],
};

/// Which rules of matching are switched off.
pub const RULES: Sheet = Sheet { name: "rules.csv", columns: &["rule", "reason"], needed: &["rule"], accounts: &[] };

/// Which trips never happened.
pub const TRIPS: Sheet = Sheet {
    name: "trips.csv",
    columns: &["account", "country", "first_play_at", "created_at"],
    needed: &["account", "country", "first_play_at"],
    accounts: &["account"],
};

/// All of them. Other files in the folder are nobody's but the person's.
pub const SHEETS: [&Sheet; 4] = [&PLAYS, &ARTISTS, &RULES, &TRIPS];

/// The files as they are, to see whether they changed.
///
/// # Errors
/// I/O errors; a [`crate::Stop::Usage`] when one is not UTF-8.
pub fn texts(data: &DataDir) -> anyhow::Result<Vec<String>> {
    SHEETS.iter().map(|sheet| sheet.text(data)).collect()
}
