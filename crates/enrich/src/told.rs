//! What Spotify told last of tracks and albums. Every page of recently played tracks describes all of
//! its tracks: what it says is kept where it is news.

use std::collections::HashMap;

use lake::facts::{AlbumFacts, Facts, TrackFacts};
use lake::play::UnixMs;

/// A fact of a track or an album.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Column {
    Explicit,
    Popularity,
    Disc,
    Number,
    Type,
    Total,
    Date,
}

/// The newest value of each fact, and when it was told.
#[derive(Debug, Default)]
pub(crate) struct Told(HashMap<String, Vec<(Column, UnixMs, String)>>);

fn values<'f>(columns: [(Column, Option<String>); 4]) -> impl Iterator<Item = (Column, String)> + 'f {
    columns.into_iter().filter_map(|(column, value)| Some((column, value?)))
}

fn of_track(track: &TrackFacts) -> impl Iterator<Item = (Column, String)> {
    let text = |number: Option<i64>| number.map(|number| number.to_string());
    values([
        (Column::Explicit, track.is_explicit.map(|is_explicit| is_explicit.to_string())),
        (Column::Popularity, text(track.popularity)),
        (Column::Disc, text(track.disc_number)),
        (Column::Number, text(track.track_number)),
    ])
}

fn of_album(album: &AlbumFacts) -> impl Iterator<Item = (Column, String)> {
    let text = |number: Option<i64>| number.map(|number| number.to_string());
    values([
        (Column::Type, album.album_type.clone()),
        (Column::Popularity, text(album.popularity)),
        (Column::Total, text(album.total_tracks)),
        (Column::Date, album.release_date.clone()),
    ])
}

impl Told {
    /// Takes in what was told of tracks and albums.
    pub(crate) fn take_in(&mut self, tracks: &[TrackFacts], albums: &[AlbumFacts]) {
        for one in tracks.iter().filter(|one| one.service == "spotify") {
            of_track(one).for_each(|(column, value)| self.add(&one.track_uri, column, one.fetched_at, value));
        }
        for one in albums.iter().filter(|one| one.service == "spotify") {
            of_album(one).for_each(|(column, value)| self.add(&one.album_ref, column, one.fetched_at, value));
        }
    }

    /// Leaves out of what a page says whatever was told before.
    pub(crate) fn leave_news(&self, page: &mut Facts) {
        page.tracks.retain(|one| of_track(one).any(|(column, value)| self.is_news(&one.track_uri, column, &value)));
        page.albums.retain(|one| of_album(one).any(|(column, value)| self.is_news(&one.album_ref, column, &value)));
    }

    fn add(&mut self, uri: &str, column: Column, at: UnixMs, value: String) {
        let told = self.0.entry(uri.to_owned()).or_default();
        match told.iter_mut().find(|(one, ..)| *one == column) {
            Some((_, before, _)) if *before > at => {}
            Some(one) => *one = (column, at, value),
            None => told.push((column, at, value)),
        }
    }

    fn is_news(&self, uri: &str, column: Column, value: &str) -> bool {
        let told = self.0.get(uri).and_then(|told| told.iter().find(|(one, ..)| *one == column));
        told.is_none_or(|(_, _, before)| before != value)
    }
}
