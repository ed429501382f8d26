//! What was heard: tracks, artists, albums and bare names, with how often and since when. It is
//! read from all plays, month by month, so that memory follows the number of tracks.
//!
//! One play may be told by several sources and then counts several times: the numbers order the
//! work and are shown to nobody.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use lake::manifest::{Manifest, Part, Partition};
use lake::parts::{self, Cell};
use lake::play::UnixMs;
use lake::schema::{PLAY_CREDITS, PLAYS};
use platform::{DataDir, progress};

use crate::names;

/// ISRCs of an artist that are worth a question.
const ISRCS: usize = 3;

/// Tracks of a name that are worth a question to Spotify. Where they did not tell whose the name is
/// (Spotify calls the artist otherwise, or several have the name), no other track of it will.
const TRACKS_OF_A_NAME: usize = 2;

/// What was heard for the first time so recently comes first.
const NEW: TimeDelta = TimeDelta::days(7);

/// How much, since when, and until when something was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Listening {
    pub(crate) plays: u64,
    first: UnixMs,
}

impl Default for Listening {
    fn default() -> Self {
        Self { plays: 0, first: UnixMs::MAX }
    }
}

impl Listening {
    fn add(&mut self, plays: u64, first: UnixMs) {
        self.plays += plays;
        self.first = self.first.min(first);
    }

    fn join(&mut self, other: Self) {
        self.add(other.plays, other.first);
    }

    /// Newest first, then most played.
    pub(crate) fn rank(self, now: DateTime<Utc>) -> (bool, std::cmp::Reverse<u64>) {
        (self.first < (now - NEW).timestamp_millis(), std::cmp::Reverse(self.plays))
    }
}

/// A track that a source names by URI.
#[derive(Debug, Clone, Default)]
pub(crate) struct Track {
    pub(crate) name: Option<String>,
    pub(crate) artist_name: Option<String>,
    pub(crate) isrc: Option<String>,
    album_uri: Option<String>,
    album_name: Option<String>,
    is_credited: bool,
    pub(crate) listening: Listening,
}

/// An artist that a source names by URI.
#[derive(Debug, Clone, Default)]
pub(crate) struct Artist {
    pub(crate) uri: String,
    pub(crate) name: Option<String>,
    pub(crate) isrcs: Vec<String>,
    /// The title of one of their tracks.
    pub(crate) title: Option<String>,
    pub(crate) listening: Listening,
}

/// An artist of whom only a name is known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Named {
    pub(crate) name: String,
    /// The track of that name that was heard most, of those that Spotify was not asked about; none when it
    /// was asked about enough.
    pub(crate) track_uri: Option<String>,
    pub(crate) track_name: Option<String>,
    track_plays: u64,
    /// The title that was heard most of those that are another.
    pub(crate) other_title: Option<String>,
    other_plays: u64,
    pub(crate) listening: Listening,
}

/// An album that a source names by URI.
#[derive(Debug, Clone, Default)]
pub(crate) struct Album {
    pub(crate) uri: String,
    pub(crate) name: Option<String>,
    pub(crate) listening: Listening,
}

/// Everything that was heard, in the order in which it is worked on.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(crate) artists: Vec<Artist>,
    pub(crate) names: Vec<Named>,
    pub(crate) albums: Vec<Album>,
    /// Artists of MusicBrainz that a source named itself.
    pub(crate) mbids: Vec<(String, Listening)>,
}

/// What services told of a track.
#[derive(Debug, Clone, Default)]
pub(crate) struct Learned {
    /// URI and name of each artist.
    pub(crate) credits: Vec<(Option<String>, Option<String>)>,
    /// URI and name.
    pub(crate) album: Option<(String, Option<String>)>,
}

/// The same by the URI of the track.
pub(crate) type LearnedTracks = HashMap<String, Learned>;

/// The artists of albums, as URI and name, by the URI of the album.
pub(crate) type AlbumArtists = HashMap<String, BTreeMap<String, Option<String>>>;

/// What the plays say, before it is put in order.
#[derive(Debug, Default)]
pub(crate) struct Plays {
    tracks: HashMap<String, Track>,
    artists: HashMap<String, Artist>,
    names: HashMap<String, Named>,
    mbids: HashMap<String, Listening>,
}

const PLAY_COLUMNS: &[&str] = &[
    "observation_id",
    "kind",
    "started_at",
    "ended_at",
    "track_uri",
    "track_name",
    "track_isrc",
    "album_uri",
    "album_name",
    "album_artist_name",
];

const CREDIT_COLUMNS: &[&str] = &["observation_id", "artist_name", "artist_uri", "artist_mbid"];

/// What a credit needs to know of its play.
struct Credited {
    at: UnixMs,
    track: Option<String>,
    track_name: Option<String>,
}

impl Plays {
    /// Reads all plays.
    ///
    /// # Errors
    /// When a live file is missing or damaged.
    pub(crate) fn read(data: &DataDir) -> anyhow::Result<Self> {
        let (plays, credits) = (Manifest::read(data, &PLAYS)?, Manifest::read(data, &PLAY_CREDITS)?);
        let mut by_partition: BTreeMap<&Partition, (Vec<&Part>, Vec<&Part>)> = BTreeMap::new();
        plays.files.iter().for_each(|part| by_partition.entry(&part.partition).or_default().0.push(part));
        credits.files.iter().for_each(|part| by_partition.entry(&part.partition).or_default().1.push(part));
        let bar = progress::count_bar(by_partition.len() as u64, "looking through the plays");
        let mut heard = Self::default();
        for (plays, credits) in by_partition.into_values() {
            let mut credited = HashMap::new();
            for part in plays {
                parts::each_row(data, &PLAYS, part, PLAY_COLUMNS, |row| {
                    heard.play(row, (!credits.is_empty()).then_some(&mut credited));
                })?;
            }
            for part in credits {
                parts::each_row(data, &PLAY_CREDITS, part, CREDIT_COLUMNS, |row| heard.credit(row, &credited))?;
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(heard)
    }

    fn play(&mut self, row: &[Cell<'_>], credited: Option<&mut HashMap<String, Credited>>) {
        let [id, kind, started_at, ended_at, uri, name, isrc, album_uri, album_name, artist_name] = row else { return };
        let owned = |cell: &Cell<'_>| cell.text().map(str::to_owned);
        let Some(at) = ended_at.int().or(started_at.int()) else { return };
        if !matches!(kind.text(), Some("track" | "local")) {
            return;
        }
        let is_catalogued = |uri: &&str| uri.starts_with("spotify:track:");
        if let Some(uri) = uri.text().filter(is_catalogued) {
            let track = self.tracks.entry(uri.to_owned()).or_default();
            track.listening.add(1, at);
            track.name = owned(name).or(track.name.take());
            track.artist_name = owned(artist_name).or(track.artist_name.take());
            track.isrc = owned(isrc).or(track.isrc.take());
            track.album_uri = owned(album_uri).or(track.album_uri.take());
            track.album_name = owned(album_name).or(track.album_name.take());
        } else if let Some(artist_name) = artist_name.text() {
            self.name(artist_name, None, name.text(), 1, at);
        }
        if let (Some(credited), Some(id)) = (credited, id.text()) {
            let track = owned(uri).filter(|uri| is_catalogued(&uri.as_str()));
            credited.insert(id.to_owned(), Credited { at, track, track_name: owned(name) });
        }
    }

    fn credit(&mut self, row: &[Cell<'_>], credited: &HashMap<String, Credited>) {
        let [id, name, uri, mbid] = row else { return };
        let Some(play) = id.text().and_then(|id| credited.get(id)) else { return };
        if let Some(mbid) = mbid.text() {
            self.mbids.entry(mbid.to_owned()).or_default().add(1, play.at);
        }
        match (uri.text(), name.text()) {
            (Some(uri), name) => {
                let isrc = play.track.as_ref().and_then(|track| {
                    let track = self.tracks.get_mut(track)?;
                    track.is_credited = true;
                    track.isrc.clone()
                });
                self.artist(uri, name, isrc, play.track_name.as_deref(), Listening { plays: 1, first: play.at });
            }
            // An artist with an MBID needs no finding.
            (None, Some(name)) if mbid.text().is_none() => {
                self.name(name, play.track.clone(), play.track_name.as_deref(), 1, play.at);
            }
            _ => {}
        }
    }

    fn artist(
        &mut self,
        uri: &str,
        name: Option<&str>,
        isrc: Option<String>,
        title: Option<&str>,
        listening: Listening,
    ) {
        let artist = self.artists.entry(uri.to_owned()).or_default();
        artist.listening.join(listening);
        artist.title = artist.title.take().or(title.map(str::to_owned));
        artist.name = name.map(str::to_owned).or(artist.name.take());
        if let Some(isrc) = isrc.filter(|isrc| artist.isrcs.len() < ISRCS && !artist.isrcs.contains(isrc)) {
            artist.isrcs.push(isrc);
        }
    }

    fn name(&mut self, name: &str, track: Option<String>, title: Option<&str>, plays: u64, at: UnixMs) {
        let name = name.trim();
        if name.is_empty() {
            return;
        }
        let named = self.names.entry(names::key(name)).or_default();
        named.listening.add(plays, at);
        let title = title.map(str::to_owned);
        let is_other = |one: &Option<String>| {
            one.is_some() && one.as_deref().map(names::plain) != title.as_deref().map(names::plain)
        };
        if named.track_plays < plays || (named.track_uri.is_none() && track.is_some()) {
            if is_other(&named.track_name) {
                (named.other_title, named.other_plays) = (named.track_name.take(), named.track_plays);
            }
            (named.track_uri, named.track_name, named.track_plays) = (track, title, plays);
        } else if named.other_plays < plays && title.is_some() && is_other(&named.track_name) {
            (named.other_title, named.other_plays) = (title, plays);
        }
        if named.name.is_empty() {
            name.clone_into(&mut named.name);
        }
    }

    /// Puts everything in order: newest first, then most played. What was `learned` of a track, and who
    /// made an album, counts like what the plays say.
    pub(crate) fn in_order(&self, learned: &LearnedTracks, made_by: &AlbumArtists, now: DateTime<Utc>) -> Heard {
        let mut plays = Self {
            artists: self.artists.clone(),
            names: self.names.clone(),
            mbids: HashMap::new(),
            tracks: HashMap::new(),
        };
        let mut albums: HashMap<&str, Album> = HashMap::new();
        let mut tracks_told: HashMap<String, usize> = HashMap::new();
        // Of equals the first counts: it must be the same in every run.
        let mut tracks: Vec<_> = self.tracks.iter().collect();
        tracks.sort_unstable_by_key(|(uri, _)| *uri);
        for (uri, track) in tracks {
            let Listening { plays: count, first } = track.listening;
            let learned = learned.get(uri);
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
            if track.is_credited {
                continue;
            }
            let credits = learned.map(|learned| learned.credits.as_slice()).unwrap_or_default();
            let mut is_known = false;
            for (artist_uri, name) in credits {
                if let Some(artist_uri) = artist_uri {
                    let isrc = track.isrc.clone();
                    plays.artist(artist_uri, name.as_deref(), isrc, track.name.as_deref(), track.listening);
                    is_known = true;
                }
            }
            match &track.artist_name {
                Some(name) if is_known => *tracks_told.entry(names::key(name)).or_default() += 1,
                Some(name) => plays.name(name, Some(uri.clone()), track.name.as_deref(), count, first),
                None => {}
            }
        }
        for (key, named) in &mut plays.names {
            let is_told = tracks_told.get(key).is_some_and(|tracks| *tracks >= TRACKS_OF_A_NAME);
            named.track_uri = named.track_uri.take().filter(|_| !is_told);
        }
        for (album, &Album { listening, .. }) in &albums {
            // Their plays are counted with the tracks.
            let listening = Listening { plays: 0, ..listening };
            for (artist, name) in made_by.get(*album).into_iter().flatten() {
                plays.artist(artist, name.as_deref(), None, None, listening);
            }
        }
        plays.forget_names_of_artists();
        let mut heard = Heard {
            artists: plays.artists.into_iter().map(|(uri, artist)| Artist { uri, ..artist }).collect(),
            names: plays.names.into_values().collect(),
            albums: albums.into_iter().map(|(uri, album)| Album { uri: uri.to_owned(), ..album }).collect(),
            mbids: self.mbids.iter().map(|(mbid, listening)| (mbid.clone(), *listening)).collect(),
        };
        heard.artists.sort_by_cached_key(|one| (one.listening.rank(now), one.uri.clone()));
        heard.names.sort_by_cached_key(|one| (one.listening.rank(now), one.name.clone()));
        heard.albums.sort_by_cached_key(|one| (one.listening.rank(now), one.uri.clone()));
        heard.mbids.sort_by_cached_key(|(mbid, listening)| (listening.rank(now), mbid.clone()));
        heard
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
            if let (Some(named), Some(artist)) = (self.names.remove(&key), self.artists.get_mut(&uri)) {
                artist.listening.join(named.listening);
            }
        }
    }
}
