//! What is known, from the typed tables.

use lake::facts::{AlbumCredit, AlbumFacts, Facts, TrackFacts};
use lake::manifest::Manifest;
use lake::parts::{self, Cell};
use lake::schema::{
    ALBUM_CREDITS, ALBUM_LINKS, ALBUMS, AREA_COORDINATES, AREA_PARENTS, AREAS, ARTIST_LINKS, ARTISTS, GENRE_VOTES,
    LOOKUPS, RECORDINGS, TRACK_CREDITS, TRACKS, Table,
};
use platform::DataDir;

use super::{ArtistArea, Known};
use crate::links::Link;

impl Known {
    /// Reads what the typed tables hold.
    ///
    /// # Errors
    /// When a live file is missing or damaged.
    pub(crate) fn read(data: &DataDir) -> anyhow::Result<Self> {
        let mut known = Self::default();
        let mut each = |table: &Table, columns: &[&str], take: &mut dyn FnMut(&mut Self, &[Cell<'_>])| {
            for part in &Manifest::read(data, table)?.files {
                parts::each_row(data, table, part, columns, |row| take(&mut known, row))?;
            }
            anyhow::Ok(())
        };
        let columns = ["answer_id", "method", "subject_type", "subject", "outcome", "fetched_at"];
        each(&LOOKUPS, &columns, &mut |known, row| {
            if let [
                Cell::Text(answer),
                Cell::Text(method),
                Cell::Text(kind),
                Cell::Text(subject),
                Cell::Text(outcome),
                at,
            ] = row
            {
                known.lookup(answer, method, kind, subject, outcome, at.int().unwrap_or_default());
            }
        })?;
        let columns = ["subject_type", "subject", "artist_mbid", "method", "fetched_at", "answer_id"];
        each(&ARTIST_LINKS, &columns, &mut |known, row| {
            if let [Cell::Text(kind), Cell::Text(subject), Cell::Text(mbid), method, at, answer] = row {
                let text = |cell: &Cell<'_>| cell.text().unwrap_or_default().to_owned();
                let told = (at.int().unwrap_or_default(), text(answer));
                known.link(kind, subject, Link { method: text(method), mbid: (*mbid).to_owned(), told });
            }
        })?;
        each(&TRACK_CREDITS, &["track_uri", "artist_uri", "artist_name"], &mut |known, row| {
            if let [Cell::Text(track), uri, name] = row {
                known.credit(track, uri.text(), name.text());
            }
        })?;
        each(&RECORDINGS, &["recording_mbid"], &mut |known, row| {
            known.recordings.extend(row[0].text().map(str::to_owned));
        })?;
        let told = [
            "service",
            "track_uri",
            "fetched_at",
            "album_uri",
            "album_name",
            "recording_mbid",
            "is_explicit",
            "popularity",
            "disc_number",
            "track_number",
        ];
        each(&TRACKS, &told, &mut |known, row| {
            let [Cell::Text(service), Cell::Text(track), at, album, album_name, recording, explicit, numbers @ ..] =
                row
            else {
                return;
            };
            if let Cell::Text(album) = album {
                known.album(track, album, album_name.text());
            }
            if let Cell::Text(recording) = recording {
                known.recordings_of_tracks.insert((*track).to_owned(), (*recording).to_owned());
            }
            if let ("spotify", [popularity, disc, number]) = (*service, numbers) {
                let [popularity, disc_number, track_number] = [popularity, disc, number].map(|cell| cell.int());
                let track = TrackFacts {
                    service: "spotify".to_owned(),
                    track_uri: (*track).to_owned(),
                    is_explicit: explicit.bool(),
                    popularity,
                    disc_number,
                    track_number,
                    fetched_at: at.int().unwrap_or_default(),
                    ..TrackFacts::default()
                };
                known.told.take_in(&Facts { tracks: vec![track], ..Facts::default() });
            }
        })?;
        let told = [
            "service",
            "album_ref",
            "fetched_at",
            "release_date",
            "album_type",
            "popularity",
            "total_tracks",
            "label",
            "upc",
            "release_group_id",
        ];
        each(&ALBUMS, &told, &mut |known, row| match row {
            [Cell::Text("spotify"), Cell::Text(album), at, date, kind, popularity, total, ..] => {
                let album = AlbumFacts {
                    service: "spotify".to_owned(),
                    album_ref: (*album).to_owned(),
                    album_type: kind.text().map(str::to_owned),
                    release_date: date.text().map(str::to_owned),
                    popularity: popularity.int(),
                    total_tracks: total.int(),
                    fetched_at: at.int().unwrap_or_default(),
                    ..AlbumFacts::default()
                };
                known.told.take_in(&Facts { albums: vec![album], ..Facts::default() });
            }
            [Cell::Text("musicbrainz"), Cell::Text(release), _, date, .., label, upc, group] => {
                known.group(release, group.text());
                known.release(release, [label, upc, date].map(|cell| cell.text().is_some()));
            }
            _ => {}
        })?;
        // All of them at once: who made an album is known from all credits of an answer.
        let told = ["answer_id", "album_ref", "position", "artist_uri", "artist_name", "fetched_at"];
        let mut credits = Vec::new();
        each(&ALBUM_CREDITS, &told, &mut |known, row| {
            if let [Cell::Text(answer), Cell::Text(album), position, uri, name, at] = row {
                let credit = AlbumCredit {
                    answer_id: (*answer).to_owned(),
                    album_ref: (*album).to_owned(),
                    position: position.int().unwrap_or_default(),
                    artist_name: name.text().map(str::to_owned),
                    artist_uri: uri.text().map(str::to_owned),
                    fetched_at: at.int().unwrap_or_default(),
                    ..AlbumCredit::default()
                };
                known.album_credit(&credit);
                credits.push(credit);
            }
        })?;
        let columns = ["service", "artist_ref", "asked_ref", "begin_area_id", "area_id", "country_code"];
        each(&ARTISTS, &columns, &mut |known, row| {
            if let [Cell::Text("musicbrainz"), Cell::Text(mbid), asked, begin, area, country] = row {
                let owned = |cell: &Cell<'_>| cell.text().map(str::to_owned);
                let areas = ArtistArea { begin: owned(begin), area: owned(area), country: owned(country) };
                known.artist(mbid, asked.text(), areas);
            }
        })?;
        each(&GENRE_VOTES, &["artist_ref", "tag", "genre_mbid"], &mut |known, row| {
            if let [Cell::Text(artist), Cell::Text(tag), genre] = row {
                known.genre(artist, tag, genre.text().is_some());
            }
        })?;
        let columns = ["area_id", "asked_id", "area_name", "area_type", "iso_3166_1", "is_ended"];
        each(&AREAS, &columns, &mut |known, row| {
            if let [Cell::Text(id), asked, name, kind, country, ended] = row {
                known.area(id, asked.text(), [name, kind, country].map(|cell| cell.text()), ended.bool());
            }
        })?;
        each(&AREA_PARENTS, &["area_id", "parent_id", "is_ended"], &mut |known, row| {
            if let [Cell::Text(id), Cell::Text(parent), ended] = row {
                known.areas.put_in(id, parent, ended.bool());
            }
        })?;
        each(&AREA_COORDINATES, &["area_id"], &mut |known, row| {
            known.placed.extend(row[0].text().map(str::to_owned));
        })?;
        each(&ALBUM_LINKS, &["album_uri", "release_mbid", "fetched_at", "answer_id"], &mut |known, row| {
            if let [Cell::Text(uri), Cell::Text(release), at, answer] = row {
                let told = (at.int().unwrap_or_default(), answer.text().unwrap_or_default().to_owned());
                known.album_link(uri, release, told);
            }
        })?;
        known.told.take_in(&Facts { album_credits: credits, ..Facts::default() });
        Ok(known)
    }
}
