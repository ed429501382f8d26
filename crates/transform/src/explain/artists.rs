//! Whose a play is: everybody credited, why they are who they are, and what a person said of them.

use duckdb::Connection;
use platform::{DataDir, Stop};
use serde::Serialize;

use crate::corrections::artists::{self, ArtistCorrection, text_of};

/// Somebody credited on the track of a play.
#[derive(Debug, Serialize)]
pub(crate) struct Credited {
    pub(crate) artist_id: String,
    pub(crate) artist_name: String,
    /// How the credit spells the name, where that is another one.
    pub(crate) credited_as: Option<String>,
    /// `credits`, `album_artist` or `nothing`.
    pub(crate) told_by: String,
    pub(crate) artist_mbid: Option<String>,
    /// How the MBID was found.
    pub(crate) link_method: Option<String>,
    /// What a person said that made them who they are here, or may have.
    pub(crate) corrections: Vec<Said>,
}

/// A correction of an artist.
#[derive(Debug, Serialize)]
pub(crate) struct Said {
    pub(crate) correction_id: String,
    /// In words: `merge Beatles: The Beatles`.
    pub(crate) what: String,
    pub(crate) reason: Option<String>,
}

/// Everybody credited on a track, the first one first.
pub(super) fn credited(duckdb: &Connection, data: &DataDir, track_id: &str) -> anyhow::Result<Vec<Credited>> {
    let corrections = match artists::read(data) {
        Ok(all) => all,
        // Whoever builds is told of a wrong file; a play is explained all the same.
        Err(error) if matches!(Stop::in_chain(&error), Some(Stop::Usage(_))) => Vec::new(),
        Err(error) => return Err(error),
    };
    let mut query = duckdb.prepare(
        "select artist_id, artist_name, nullif(credited_as, artist_name), told_by, artist_mbid, link_method
         from bridge_track_artist join dim_artist using (artist_id)
         where track_id = ? order by position",
    )?;
    let rows = query.query_map([track_id], |row| {
        Ok(Credited {
            artist_id: row.get(0)?,
            artist_name: row.get(1)?,
            credited_as: row.get(2)?,
            told_by: row.get(3)?,
            artist_mbid: row.get(4)?,
            link_method: row.get(5)?,
            corrections: Vec::new(),
        })
    })?;
    let mut credited: Vec<Credited> = rows.collect::<duckdb::Result<_>>()?;
    for one in &mut credited {
        one.corrections = corrections.iter().filter(|said| speaks_of(said, one)).map(said).collect();
    }
    Ok(credited)
}

fn speaks_of(said: &ArtistCorrection, artist: &Credited) -> bool {
    let names = [Some(&artist.artist_id), Some(&artist.artist_name), artist.credited_as.as_ref()];
    let is =
        |text: &String| names.iter().flatten().any(|name| name.trim().to_lowercase() == text.trim().to_lowercase());
    let others: &[String] = if said.action.is_of_artists() { &said.values } else { &[] };
    is(&said.artist) || said.name.as_ref().is_some_and(is) || others.iter().any(is)
}

fn said(one: &ArtistCorrection) -> Said {
    let artist = one.name.as_ref().unwrap_or(&one.artist);
    let what = format!("{} {artist}: {}", one.action.as_str(), text_of(&one.values));
    Said { correction_id: one.id.clone(), what, reason: one.reason.clone() }
}
