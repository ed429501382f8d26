//! Which plays a figure is about, as it is typed.

use crate::engine::sql::literal;
use crate::period::Period;

/// Which plays a figure is about.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Of {
    /// The artist credited first, by name or key
    #[arg(long, value_name = "NAME")]
    pub artist: Option<String>,
    /// The track, by title or key
    #[arg(long, value_name = "TITLE")]
    pub track: Option<String>,
    /// The album they are from, by name or key
    #[arg(long, value_name = "NAME")]
    pub album: Option<String>,
    /// Plays that have this genre, by anybody credited
    #[arg(long, value_name = "GENRE")]
    pub genre: Option<String>,
    /// Where the artist credited first comes from: the country, or its code
    #[arg(long, value_name = "NAME")]
    pub country: Option<String>,
    /// Whose plays [default: everyone's]
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// When the plays ended
    #[command(flatten)]
    pub period: Period,
}

impl Of {
    /// Whether anything was asked for.
    pub(crate) fn is_empty(&self) -> bool {
        let named = [&self.artist, &self.track, &self.album, &self.genre, &self.country, &self.account];
        named.iter().all(|name| name.is_none()) && self.period == Period::default()
    }

    /// The same, as a person would say it.
    pub(super) fn words(&self) -> String {
        let part = |before: &str, name: &Option<String>| name.as_ref().map(|name| format!("{before}{name:?}"));
        let period = (self.period != Period::default()).then(|| self.period.to_string());
        let parts = [
            part("of ", &self.track),
            part("by ", &self.artist),
            part("on ", &self.album),
            part("of the genre ", &self.genre),
            part("from ", &self.country),
            part("heard by ", &self.account),
            period,
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// The condition on names; keys are those of the star schema.
    pub(super) fn names(&self, artist_id: &str, track_id: &str) -> String {
        let mut condition = "true".to_owned();
        for (wanted, key, name) in [
            (&self.artist, artist_id, "artist_name"),
            (&self.track, track_id, "track_name"),
            (&self.account, "account_id", "account_name"),
        ] {
            if let Some(wanted) = wanted {
                let wanted = literal(wanted);
                condition += &format!(" and (lower({name}) = lower({wanted}) or {key} = {wanted})");
            }
        }
        condition
    }

    /// The condition on what only the star schema tells, for plays that are in it.
    pub(super) fn more_names(&self) -> String {
        let mut condition = String::new();
        let is = |name: &str, wanted: &str| format!("lower({name}) = lower({})", literal(wanted));
        if let Some(album) = &self.album {
            condition += &format!(" and ({} or album_id = {})", is("album_name", album), literal(album));
        }
        if let Some(country) = &self.country {
            condition += &format!(" and ({} or {})", is("country", country), is("country_code", country));
        }
        if let Some(genre) = &self.genre {
            condition += &format!(
                " and play_id in (select play_id from fct_artist_genre join dim_genre using (genre_id) where {})",
                is("genre", genre)
            );
        }
        condition
    }

    /// The column and the table that have the names of what was asked for.
    pub(super) fn names_in(&self) -> (&'static str, &'static str) {
        match self {
            Self { genre: Some(_), .. } => ("genre", "dim_genre"),
            Self { country: Some(_), .. } => ("distinct country", "dim_location"),
            Self { album: Some(_), .. } => ("album_name", "dim_album"),
            Self { track: Some(_), .. } => ("track_name", "dim_track"),
            Self { artist: Some(_), .. } => ("artist_name", "dim_artist"),
            _ => ("account_name", "dim_account"),
        }
    }

    /// Whether only the star schema tells which plays are meant.
    pub(super) fn needs_more(&self) -> bool {
        !self.more_names().is_empty()
    }
}
