//! The rows of the enrichment tables, and how they get there.
//!
//! A row is a struct whose fields are the columns of its table; a test holds the two together.
//! Facts are written in batches. A batch is one part of the same name in each table, and counts
//! when its part of `lookups`, written last, is there: what a killed program left of others is
//! taken out by the next start.

mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use platform::{DataDir, files};
use polars::prelude::DataFrame;
use serde::Serialize;

pub use rows::{
    AlbumCredit, AlbumFacts, AlbumLink, Alias, AreaFacts, AreaParent, ArtistFacts, ArtistLink, Coordinates, GenreVote,
    Lookup, RecordingFacts, TrackCredit, TrackFacts,
};

use crate::manifest::{Manifest, Part, Partition};
use crate::schema::{self, ENRICHMENT_TABLES, LOOKUPS, Table};
use crate::{compact, frames, parts};

/// What answers say.
#[derive(Debug, Clone, Default, PartialEq)]
#[allow(missing_docs, reason = "each field is the table of its name")]
pub struct Facts {
    pub artist_links: Vec<ArtistLink>,
    pub tracks: Vec<TrackFacts>,
    pub recordings: Vec<RecordingFacts>,
    pub track_credits: Vec<TrackCredit>,
    pub artists: Vec<ArtistFacts>,
    pub artist_aliases: Vec<Alias>,
    pub genre_votes: Vec<GenreVote>,
    pub areas: Vec<AreaFacts>,
    pub area_parents: Vec<AreaParent>,
    pub area_coordinates: Vec<Coordinates>,
    pub album_links: Vec<AlbumLink>,
    pub albums: Vec<AlbumFacts>,
    pub album_credits: Vec<AlbumCredit>,
    pub lookups: Vec<Lookup>,
}

impl Facts {
    /// Adds what another answer says.
    pub fn add(&mut self, other: Self) {
        self.artist_links.extend(other.artist_links);
        self.tracks.extend(other.tracks);
        self.recordings.extend(other.recordings);
        self.track_credits.extend(other.track_credits);
        self.artists.extend(other.artists);
        self.artist_aliases.extend(other.artist_aliases);
        self.genre_votes.extend(other.genre_votes);
        self.areas.extend(other.areas);
        self.area_parents.extend(other.area_parents);
        self.area_coordinates.extend(other.area_coordinates);
        self.album_links.extend(other.album_links);
        self.albums.extend(other.albums);
        self.album_credits.extend(other.album_credits);
        self.lookups.extend(other.lookups);
    }

    /// The rows of each table that has any, in the order of [`ENRICHMENT_TABLES`].
    fn frames(&self) -> anyhow::Result<Vec<(&'static Table, DataFrame)>> {
        let mut frames = Vec::new();
        let mut add = |table: &'static Table, frame: anyhow::Result<DataFrame>| -> anyhow::Result<()> {
            let frame = frame?;
            if frame.height() > 0 {
                frames.push((table, frame));
            }
            Ok(())
        };
        add(&schema::ARTIST_LINKS, of_rows(&schema::ARTIST_LINKS, &self.artist_links))?;
        add(&schema::TRACKS, of_rows(&schema::TRACKS, &self.tracks))?;
        add(&schema::RECORDINGS, of_rows(&schema::RECORDINGS, &self.recordings))?;
        add(&schema::TRACK_CREDITS, of_rows(&schema::TRACK_CREDITS, &self.track_credits))?;
        add(&schema::ARTISTS, of_rows(&schema::ARTISTS, &self.artists))?;
        add(&schema::ARTIST_ALIASES, of_rows(&schema::ARTIST_ALIASES, &self.artist_aliases))?;
        add(&schema::GENRE_VOTES, of_rows(&schema::GENRE_VOTES, &self.genre_votes))?;
        add(&schema::AREAS, of_rows(&schema::AREAS, &self.areas))?;
        add(&schema::AREA_PARENTS, of_rows(&schema::AREA_PARENTS, &self.area_parents))?;
        add(&schema::AREA_COORDINATES, of_rows(&schema::AREA_COORDINATES, &self.area_coordinates))?;
        add(&schema::ALBUM_LINKS, of_rows(&schema::ALBUM_LINKS, &self.album_links))?;
        add(&schema::ALBUMS, of_rows(&schema::ALBUMS, &self.albums))?;
        add(&schema::ALBUM_CREDITS, of_rows(&schema::ALBUM_CREDITS, &self.album_credits))?;
        add(&schema::LOOKUPS, of_rows(&schema::LOOKUPS, &self.lookups))?;
        Ok(frames)
    }
}

fn of_rows<R: Serialize>(table: &Table, rows: &[R]) -> anyhow::Result<DataFrame> {
    frames::of_rows(table, rows)
}

/// Where facts lie in their tables: they belong to nobody.
fn partition() -> Partition {
    Partition { account_id: "everybody".to_owned(), source: "answers".to_owned(), month: "all".to_owned() }
}

/// Stores a batch of facts. `name` names it and must be new.
///
/// # Errors
/// Any I/O error; the batch then counts as not written.
pub fn store(data: &DataDir, name: &str, facts: &Facts) -> anyhow::Result<()> {
    for (table, frame) in facts.frames()? {
        let part = parts::write(data, table, &partition(), name, frame)?;
        Manifest::extend(data, table, vec![part])?;
    }
    Ok(())
}

/// Takes out what batches left that are not whole. Call it before anything reads facts; whoever
/// calls holds the lock of enrichment.
///
/// # Errors
/// Any I/O error; a manifest that cannot be read.
pub fn take_out_broken_batches(data: &DataDir, now: DateTime<Utc>) -> anyhow::Result<u64> {
    let lookups = Manifest::read(data, &LOOKUPS)?;
    let whole: BTreeSet<&str> = lookups.files.iter().map(file_name).collect();
    let mut taken = 0;
    for table in ENRICHMENT_TABLES {
        let broken: BTreeSet<String> = Manifest::read(data, table)?
            .files
            .iter()
            .filter(|part| !whole.contains(file_name(part)))
            .map(|part| part.path.clone())
            .collect();
        taken += broken.len() as u64;
        Manifest::exchange(data, table, Vec::new(), &broken, now)?;
    }
    Ok(taken)
}

/// How many parts the facts lie in.
///
/// # Errors
/// When the manifest cannot be read.
pub fn parts(data: &DataDir) -> anyhow::Result<usize> {
    Ok(Manifest::read(data, &LOOKUPS)?.files.len())
}

/// All facts made anew, in the place of those there are.
pub struct Anew<'d> {
    data: &'d DataDir,
    parts: BTreeMap<&'static str, Vec<Part>>,
}

impl<'d> Anew<'d> {
    /// Nothing yet.
    pub fn begin(data: &'d DataDir) -> Self {
        Self { data, parts: BTreeMap::new() }
    }

    /// Adds a batch. It does not count before [`Anew::finish`].
    ///
    /// # Errors
    /// Any I/O error.
    pub fn add(&mut self, name: &str, facts: &Facts) -> anyhow::Result<()> {
        for (table, frame) in facts.frames()? {
            let part = parts::write(self.data, table, &partition(), name, frame)?;
            self.parts.entry(table.name).or_default().push(part);
        }
        Ok(())
    }

    /// Puts the new facts in the place of the old ones, and deletes what was replaced more than a day
    /// ago. Killed in the middle, some tables are old and some are new; a note of it makes the next
    /// start take nothing for broken, and do it again.
    ///
    /// # Errors
    /// Any I/O error.
    pub fn finish(mut self, now: DateTime<Utc>) -> anyhow::Result<()> {
        let note = half_done(self.data);
        files::write_whole(&note, b"")?;
        for table in ENRICHMENT_TABLES {
            let parts = self.parts.remove(table.name).unwrap_or_default();
            Manifest::replace(self.data, table, parts, true, now, |_| true)?;
            compact::sweep(self.data, table, now)?;
        }
        Ok(files::remove_if_there(&note)?)
    }
}

/// Whether any facts were read from answers by a program that read less from them.
///
/// # Errors
/// When the manifest cannot be read.
pub fn are_outdated(data: &DataDir) -> anyhow::Result<bool> {
    Ok(Manifest::read(data, &LOOKUPS)?.files.iter().any(|part| part.schema_version < LOOKUPS.version))
}

/// Whether facts were being made anew when a program was killed: they must be once more.
pub fn are_half_done(data: &DataDir) -> bool {
    half_done(data).exists() || ENRICHMENT_TABLES.iter().any(|table| Manifest::read(data, table).is_err())
}

fn half_done(data: &DataDir) -> PathBuf {
    data.src().join("facts-half-done")
}

fn file_name(part: &Part) -> &str {
    part.path.rsplit('/').next().unwrap_or(&part.path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(subject: &str) -> Lookup {
        Lookup { answer_id: "a".into(), subject: subject.into(), fetched_at: 1_700_000_000_123, ..Lookup::default() }
    }

    fn heights(data: &DataDir) -> Vec<usize> {
        ENRICHMENT_TABLES.iter().map(|table| parts::read_table(data, table).unwrap().height()).collect()
    }

    #[test]
    fn the_fields_of_a_row_are_the_columns_of_its_table() {
        let one = Facts {
            artist_links: vec![ArtistLink::default()],
            tracks: vec![TrackFacts::default()],
            recordings: vec![RecordingFacts::default()],
            track_credits: vec![TrackCredit::default()],
            artists: vec![ArtistFacts::default()],
            artist_aliases: vec![Alias::default()],
            genre_votes: vec![GenreVote::default()],
            areas: vec![AreaFacts::default()],
            area_parents: vec![AreaParent::default()],
            area_coordinates: vec![Coordinates::default()],
            album_links: vec![AlbumLink::default()],
            albums: vec![AlbumFacts::default()],
            album_credits: vec![AlbumCredit::default()],
            lookups: vec![Lookup::default()],
        };
        // Making a frame fails on a field that is no column and on a column that is no field.
        assert_eq!(one.frames().unwrap().len(), ENRICHMENT_TABLES.len());
    }

    #[test]
    fn a_batch_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::new(folder.path(), None);
        let place = Coordinates { latitude: -33.5, longitude: 151.25, ..Coordinates::default() };
        let facts = Facts { area_coordinates: vec![place], lookups: vec![lookup("x")], ..Facts::default() };
        store(&data, "one", &facts).unwrap();
        let frame = parts::read_table(&data, &schema::AREA_COORDINATES).unwrap();
        assert_eq!(frame.column("latitude").unwrap().f64().unwrap().get(0), Some(-33.5));
        let frame = parts::read_table(&data, &LOOKUPS).unwrap();
        assert_eq!(frame.column("subject").unwrap().str().unwrap().get(0), Some("x"));
        let at = frame.column("fetched_at").unwrap().datetime().unwrap().physical().get(0);
        assert_eq!(at, Some(1_700_000_000_123_000));
    }

    #[test]
    fn a_batch_without_its_lookups_is_taken_out() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::new(folder.path(), None);
        let link = || vec![ArtistLink::default()];
        store(&data, "whole", &Facts { artist_links: link(), lookups: vec![lookup("x")], ..Facts::default() }).unwrap();
        store(&data, "broken", &Facts { artist_links: link(), ..Facts::default() }).unwrap();
        assert_eq!(take_out_broken_batches(&data, DateTime::UNIX_EPOCH).unwrap(), 1);
        assert_eq!(take_out_broken_batches(&data, DateTime::UNIX_EPOCH).unwrap(), 0);
        assert_eq!(heights(&data).iter().sum::<usize>(), 2);
    }

    #[test]
    fn facts_made_anew_take_the_place_of_the_old_ones() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::new(folder.path(), None);
        for name in ["one", "two"] {
            let facts =
                Facts { artist_links: vec![ArtistLink::default()], lookups: vec![lookup("x")], ..Facts::default() };
            store(&data, name, &facts).unwrap();
        }
        let mut anew = Anew::begin(&data);
        anew.add("anew", &Facts { lookups: vec![lookup("x"), lookup("y")], ..Facts::default() }).unwrap();
        anew.finish(DateTime::UNIX_EPOCH).unwrap();
        assert_eq!(heights(&data).iter().sum::<usize>(), 2);
        assert_eq!(super::parts(&data).unwrap(), 1);
        assert!(!are_half_done(&data));
    }
}
