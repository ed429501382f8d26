//! What was heard, in the order in which it is worked on.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use lake::identity::named_artist;

use super::pieces::pieces;
use super::{Album, Artist, Heard, Listening, Named, Plays};
use crate::corrected::Corrected;
use crate::known::Known;
use crate::names;
use crate::question::{Kind, Method};

/// Tracks of a name that are worth an answer of Spotify. Where they did not tell whose the name is
/// (Spotify calls the artist otherwise, or several have the name), no other track of it will.
const TRACKS_OF_A_NAME: usize = 2;

/// Somebody who was merged into others may stand for others themselves; the models follow as often.
const REPLACEMENTS: usize = 2;

impl Plays {
    /// Puts everything in order: newest first, then most played. What was learned of a track, and who
    /// made an album, counts like what the plays say; what people said of artists goes before that.
    pub(crate) fn in_order(&self, known: &Known, corrected: &Corrected, now: DateTime<Utc>) -> Heard {
        let mut plays = Self { artists: self.artists.clone(), names: self.names.clone(), ..Self::default() };
        let mut albums: HashMap<&str, Album> = HashMap::new();
        let mut tracks_told: HashMap<String, usize> = HashMap::new();
        // Of equals the first counts: it must be the same in every run.
        let mut tracks: Vec<_> = self.tracks.iter().collect();
        tracks.sort_unstable_by_key(|(uri, _)| *uri);
        let mut album_artists: HashSet<String> = HashSet::new();
        for (uri, track) in tracks {
            let learned = known.tracks.get(uri);
            let (album_uri, album_name) = match learned.and_then(|learned| learned.album.as_ref()) {
                Some((uri, name)) => {
                    (track.album_uri.as_ref().or(Some(uri)), track.album_name.as_ref().or(name.as_ref()))
                }
                None => (track.album_uri.as_ref(), track.album_name.as_ref()),
            };
            if let Some(album_uri) = album_uri {
                let album = albums.entry(album_uri).or_default();
                album.listening.join(track.listening);
                album.name = album.name.take().or_else(|| album_name.cloned());
            }
            album_artists.extend(track.artist_name.as_deref().map(names::key));
            if track.is_credited {
                continue;
            }
            let mut is_known = false;
            for (artist_uri, name) in learned.map(|learned| learned.credits.as_slice()).unwrap_or_default() {
                if let Some(artist_uri) = artist_uri {
                    let isrc = track.isrc.clone();
                    plays.artist(artist_uri, name.as_deref(), isrc, track.name.as_deref(), track.listening);
                    is_known = true;
                }
            }
            match &track.artist_name {
                Some(name) if is_known => *tracks_told.entry(names::key(name)).or_default() += 1,
                Some(name) => plays.name(name, Some(uri), track.name.as_deref(), track.listening),
                None => {}
            }
        }
        for (key, named) in &mut plays.names {
            let is_told = tracks_told.get(key).is_some_and(|tracks| *tracks >= TRACKS_OF_A_NAME);
            named.track = self.track_to_ask(named, known).filter(|_| !is_told);
        }
        for (album, &Album { listening, .. }) in &albums {
            // Their plays are counted with the tracks.
            let listening = Listening { plays: 0, ..listening };
            for (artist, name) in known.album_artists.get(*album).into_iter().flatten() {
                plays.artist(artist, name.as_deref(), None, None, listening);
            }
        }
        plays.forget_names_of_artists();
        if corrected.are_any_replaced() {
            (0..REPLACEMENTS).for_each(|_| plays.give_way(corrected));
        }
        let pieces = self.add_pieces(&mut plays, &album_artists, corrected);
        let again = self.tracks.iter().filter(|(_, track)| track.listening.plays > 1);
        let mut heard = Heard {
            artists: plays.artists.into_iter().map(|(uri, artist)| Artist { uri, ..artist }).collect(),
            names: plays.names.into_values().collect(),
            albums: albums.into_iter().map(|(uri, album)| Album { uri: uri.to_owned(), ..album }).collect(),
            tracks: again.map(|(uri, track)| (uri.clone(), track.listening)).collect(),
            mbids: self.mbids.iter().map(|(mbid, listening)| (mbid.clone(), *listening)).collect(),
            recordings: self.recordings.iter().map(|(mbid, listening)| (mbid.clone(), *listening)).collect(),
            mbids_of_names: self.mbids_of_names.clone(),
            pieces,
        };
        heard.artists.iter_mut().for_each(|one| one.titles.choose(one.name.as_deref().unwrap_or_default()));
        heard.names.iter_mut().for_each(|one| one.titles.choose(&one.name));
        heard.artists.sort_by_cached_key(|one| (one.listening.rank(now), one.uri.clone()));
        heard.names.sort_by_cached_key(|one| (one.listening.rank(now), one.name.clone()));
        heard.albums.sort_by_cached_key(|one| (one.listening.rank(now), one.uri.clone()));
        for told in [&mut heard.tracks, &mut heard.mbids, &mut heard.recordings] {
            told.sort_by_cached_key(|(id, listening)| (listening.rank(now), id.clone()));
        }
        heard
    }

    /// The track of a name that was heard most, of those that did not tell their artists. One that Spotify
    /// does not have comes last: it would keep the others from being asked about.
    fn track_to_ask(&self, named: &Named, known: &Known) -> Option<(String, Option<String>)> {
        let kind = Kind::SpotifyTrack;
        let is_told = |uri: &str| {
            known.tracks.get(uri).is_some_and(|learned| learned.credits.iter().any(|(artist, _)| artist.is_some()))
        };
        let is_missed = |uri: &str| [Method::Track, Method::Tracks].iter().any(|how| known.is_missed(kind, *how, uri));
        let tracks = named.tracks.iter().filter(|uri| !is_told(uri));
        let (uri, track) = tracks
            .filter_map(|uri| Some((uri, self.tracks.get(uri)?)))
            .min_by_key(|(uri, track)| (is_missed(uri), Reverse(track.listening.plays), *uri))?;
        Some((uri.clone(), track.name.clone()))
    }

    /// A name that just one artist with a URI has is that artist's.
    fn forget_names_of_artists(&mut self) {
        let (mut once, mut often): (HashMap<String, String>, HashSet<String>) = Default::default();
        for (uri, artist) in &self.artists {
            if let Some(name) = &artist.name
                && once.insert(names::key(name), uri.clone()).is_some()
            {
                often.insert(names::key(name));
            }
        }
        for (key, uri) in once.into_iter().filter(|(key, _)| !often.contains(key)) {
            let Some(artist) = self.artists.get_mut(&uri) else { continue };
            artist.is_only_of_name = true;
            if let Some(named) = self.names.remove(&key) {
                artist.listening.join(named.listening);
                artist.titles.join(&named.titles);
            }
        }
    }

    /// Whoever was merged into another, or stands for several, is nobody to ask about: whom they stand for are,
    /// also where those were never heard themselves.
    fn give_way(&mut self, corrected: &Corrected) {
        let (mut of_names, mut of_keys): (HashMap<String, String>, HashMap<String, String>) = Default::default();
        for (uri, artist) in self.artists.iter().filter(|(_, artist)| artist.is_only_of_name) {
            of_names.extend(artist.name.as_deref().map(|name| (names::key(name), uri.clone())));
        }
        for key in self.names.keys().chain(of_names.keys()) {
            of_keys.insert(named_artist(key), key.clone());
        }
        let mut standing: Vec<(String, Listening)> = Vec::new();
        let mut replace = |subject: Option<&[String]>, listening: Listening| {
            standing.extend(subject.into_iter().flatten().map(|one| (one.clone(), listening)));
            subject.is_none()
        };
        self.artists.retain(|uri, artist| {
            let name = artist.name.as_deref().filter(|_| artist.is_only_of_name);
            let others = corrected.replaced_by(uri).or_else(|| corrected.replaced_by(name?));
            replace(others, artist.listening)
        });
        self.names.retain(|key, named| replace(corrected.replaced_by(key), named.listening));
        for (other, listening) in standing {
            if other.starts_with("spotify:artist:") {
                self.artists.entry(other).or_default().listening.join(listening);
                continue;
            }
            let key = names::key(&other);
            let key = of_keys.get(&key).cloned().unwrap_or(key);
            if let Some(artist) = of_names.get(&key).and_then(|uri| self.artists.get_mut(uri)) {
                artist.listening.join(listening);
            } else if self.names.contains_key(&key) || !key.starts_with("name:") {
                self.name(if other.starts_with("name:") { &key } else { &other }, None, None, listening);
            }
        }
    }

    /// Adds the pieces of names that may be those of several, where nobody is known under a piece, and returns
    /// them by the whole. What is on an album of Spotify is one artist, whatever its name looks like, and so is
    /// who has an MBID, or whom a person said something about. A name that two artists share is no piece.
    fn add_pieces(
        &self,
        plays: &mut Self,
        album_artists: &HashSet<String>,
        corrected: &Corrected,
    ) -> HashMap<String, Vec<String>> {
        let mut of_artists: HashMap<String, bool> = HashMap::new();
        for artist in plays.artists.values() {
            if let Some(name) = &artist.name {
                *of_artists.entry(names::key(name)).or_default() |= artist.is_only_of_name;
            }
        }
        let mut wholes = HashMap::new();
        let mut found: HashMap<String, Named> = HashMap::new();
        let mut open: Vec<(String, String, Listening)> =
            plays.names.iter().map(|(key, named)| (key.clone(), named.name.clone(), named.listening)).collect();
        while let Some((key, whole, listening)) = open.pop() {
            let key = &key;
            if album_artists.contains(key) || self.mbids_of_names.contains_key(key) || corrected.is_one(key) {
                continue;
            }
            let mut pieces = pieces(key);
            if pieces.is_empty() || pieces.iter().any(|piece| of_artists.get(piece) == Some(&false)) {
                continue;
            }
            pieces.retain(|piece| !of_artists.contains_key(piece));
            for piece in &pieces {
                let is_told = self.mbids_of_names.contains_key(piece) || corrected.replaced_by(piece).is_some();
                if is_told || plays.names.contains_key(piece) {
                    continue;
                }
                let one = found.entry(piece.clone()).or_default();
                piece.clone_into(&mut one.name);
                one.listening.join(listening);
                one.pieces_of.push(whole.clone());
                open.push((piece.clone(), piece.clone(), listening));
            }
            wholes.insert(key.clone(), pieces);
        }
        plays.names.extend(found);
        wholes
    }
}
