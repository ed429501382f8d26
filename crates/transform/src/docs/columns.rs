//! What the pages say of columns: their types, what numbers are counted in, and what all mean.

use serde::Serialize;

use super::sql::code;

/// A column.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Column {
    pub(super) name: String,
    data_type: String,
    unit: Option<&'static str>,
    description: Option<String>,
    pub(super) is_key: bool,
}

impl Column {
    /// Of that type, as DuckDB names it; without one, nothing was built yet.
    pub(super) fn of(name: &str, data_type: &str, meaning: Option<&str>) -> Self {
        Self {
            name: name.to_owned(),
            data_type: data_type.to_lowercase().replace("timestamp with time zone", "timestamp (UTC)"),
            unit: unit(name, data_type),
            description: meaning.map(code),
            is_key: false,
        }
    }
}

/// What a number is counted in, by the names that columns have here.
fn unit(name: &str, data_type: &str) -> Option<&'static str> {
    // A number of plays in so many days counts plays.
    let has = |word: &str| !name.starts_with("plays_") && name.split('_').any(|part| part == word);
    match data_type {
        "TIMESTAMP WITH TIME ZONE" => Some("instant, UTC"),
        "TIMESTAMP" => Some("local time"),
        "BOOLEAN" | "VARCHAR" | "DATE" => None,
        _ if has("ms") => Some("milliseconds"),
        _ if has("seconds") || name.ends_with("_s") => Some("seconds"),
        _ if has("minutes") => Some("minutes"),
        _ if has("hours") => Some("hours"),
        _ if has("days") => Some("days"),
        _ if has("latitude") || has("longitude") => Some("degrees"),
        _ if has("share") || has("weight") || has("completion") => Some("0 to 1"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_come_from_names() {
        assert_eq!(unit("ms_played", "BIGINT"), Some("milliseconds"));
        assert_eq!(unit("ended_at", "TIMESTAMP WITH TIME ZONE"), Some("instant, UTC"));
        assert_eq!(unit("plays", "BIGINT"), None);
        assert_eq!(unit("track_minutes_text", "VARCHAR"), None);
    }
}
