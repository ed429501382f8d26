//! What Spotify told last of tracks and albums. Every page of recently played tracks describes all of
//! its tracks: what it says is kept where it is news.

use std::collections::{BTreeMap, HashMap};

use lake::facts::{AlbumCredit, AlbumFacts, Facts, TrackFacts};
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
    /// Who made it, all of them in one text.
    Artists,
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

/// The artists of each album in each answer, and when it came.
fn of_credits(credits: &[AlbumCredit]) -> BTreeMap<(String, String), (UnixMs, String)> {
    let mut by_album: BTreeMap<(String, String), BTreeMap<i64, &AlbumCredit>> = BTreeMap::new();
    for one in credits {
        let album = (one.answer_id.clone(), one.album_ref.clone());
        by_album.entry(album).or_default().insert(one.position, one);
    }
    let artists = by_album.into_iter().map(|(album, credits)| {
        let at = credits.values().map(|one| one.fetched_at).max().unwrap_or_default();
        let named: Vec<_> = credits.values().map(|one| (&one.artist_uri, &one.artist_name)).collect();
        (album, (at, format!("{named:?}")))
    });
    artists.collect()
}

impl Told {
    /// Takes in what was told of tracks and albums.
    pub(crate) fn take_in(&mut self, facts: &Facts) {
        for one in facts.tracks.iter().filter(|one| one.service == "spotify") {
            of_track(one).for_each(|(column, value)| self.add(&one.track_uri, column, one.fetched_at, value));
        }
        for one in facts.albums.iter().filter(|one| one.service == "spotify") {
            of_album(one).for_each(|(column, value)| self.add(&one.album_ref, column, one.fetched_at, value));
        }
        for ((_, album), (at, artists)) in of_credits(&facts.album_credits) {
            self.add(&album, Column::Artists, at, artists);
        }
    }

    /// Leaves out of what a page says whatever was told before.
    pub(crate) fn leave_news(&self, page: &mut Facts) {
        let artists = of_credits(&page.album_credits);
        page.album_credits.retain(|one| {
            let told = artists.get(&(one.answer_id.clone(), one.album_ref.clone()));
            told.is_some_and(|(_, artists)| self.is_news(&one.album_ref, Column::Artists, artists))
        });
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
