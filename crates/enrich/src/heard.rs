//! What was heard: tracks, artists, albums and bare names, with how often and since when. It is
//! read from all plays, month by month, so that memory follows the number of tracks.
//!
//! One play may be told by several sources and then counts several times: the numbers order the
//! work and are shown to nobody.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use lake::manifest::{Manifest, Part, Partition};
use lake::parts::{self, Cell};
use lake::play::UnixMs;
use lake::schema::{PLAY_CREDITS, PLAYS};
use platform::{DataDir, progress};

pub(crate) use self::titles::Titles;
use crate::names;

mod order;
mod pieces;
mod titles;

/// ISRCs of an artist that are worth a question.
const ISRCS: usize = 3;

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
    /// Whether no other artist with a URI has this name: then it means this one.
    pub(crate) is_only_of_name: bool,
    pub(crate) isrcs: Vec<String>,
    /// Those of their songs by which they can be looked up.
    pub(crate) titles: Titles,
    pub(crate) listening: Listening,
}

/// An artist of whom only a name is known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Named {
    pub(crate) name: String,
    /// Those of the songs of this name by which it can be looked up.
    pub(crate) titles: Titles,
    /// The tracks at Spotify that carry this name and no URI of an artist.
    tracks: BTreeSet<String>,
    /// The one of them that Spotify is to be asked about, with its title; none when it was asked about enough.
    pub(crate) track: Option<(String, Option<String>)>,
    /// The names of several of which this is a piece. Nobody was heard under the piece alone.
    pub(crate) pieces_of: Vec<String>,
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
    /// Tracks that a source names by URI and that were heard again: of the others, which are about half of a
    /// long history, nobody misses how popular they are.
    pub(crate) tracks: Vec<(String, Listening)>,
    /// Artists of MusicBrainz that a source named itself.
    pub(crate) mbids: Vec<(String, Listening)>,
    /// Recordings of MusicBrainz that a source named itself.
    pub(crate) recordings: Vec<(String, Listening)>,
    /// Those that a source named together with a name, by the key of the name.
    mbids_of_names: HashMap<String, BTreeSet<String>>,
    /// The pieces of names that may be those of several, by the key of the whole; without those that an artist
    /// of Spotify is called.
    pieces: HashMap<String, Vec<String>>,
}

impl Heard {
    /// The pieces of a name that may be that of several, as far as no artist of Spotify is called so.
    pub(crate) fn pieces_of(&self, name: &str) -> Option<&[String]> {
        self.pieces.get(&names::key(name)).map(Vec::as_slice)
    }

    /// The artists of MusicBrainz that sources told together with a name.
    pub(crate) fn mbids_of(&self, name: &str) -> impl Iterator<Item = &str> {
        self.mbids_of_names.get(&names::key(name)).into_iter().flatten().map(String::as_str)
    }
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
    mbids_of_names: HashMap<String, BTreeSet<String>>,
    recordings: HashMap<String, Listening>,
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
    "recording_mbid",
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
        let [id, kind, started_at, ended_at, uri, name, isrc, album_uri, album_name, artist_name, recording] = row
        else {
            return;
        };
        let owned = |cell: &Cell<'_>| cell.text().map(str::to_owned);
        let Some(at) = ended_at.int().or(started_at.int()) else { return };
        if !matches!(kind.text(), Some("track" | "local")) {
            return;
        }
        if let Some(mbid) = recording.text() {
            self.recordings.entry(mbid.to_lowercase()).or_default().add(1, at);
        }
        let is_catalogued = |uri: &&str| uri.starts_with("spotify:track:");
        if let Some(uri) = uri.text().filter(is_catalogued) {
            let track = self.tracks.entry(uri.to_owned()).or_default();
            track.listening.add(1, at);
            track.name = owned(name).or(track.name.take());
            track.artist_name = owned(artist_name).or(track.artist_name.take());
            track.isrc = isrc.text().and_then(sound_isrc).or(track.isrc.take());
            track.album_uri = owned(album_uri).or(track.album_uri.take());
            track.album_name = owned(album_name).or(track.album_name.take());
        } else if let Some(artist_name) = artist_name.text() {
            self.name(artist_name, None, name.text(), Listening { plays: 1, first: at });
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
            if let Some(name) = name.text() {
                self.mbids_of_names.entry(names::key(name)).or_default().insert(mbid.to_owned());
            }
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
                let listening = Listening { plays: 1, first: play.at };
                self.name(name, play.track.as_deref(), play.track_name.as_deref(), listening);
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
        artist.titles.add(title, listening.plays);
        artist.name = name.map(str::to_owned).or(artist.name.take());
        if let Some(isrc) = isrc.filter(|isrc| artist.isrcs.len() < ISRCS && !artist.isrcs.contains(isrc)) {
            artist.isrcs.push(isrc);
        }
    }

    fn name(&mut self, name: &str, track: Option<&str>, title: Option<&str>, listening: Listening) {
        let name = name.trim();
        if name.is_empty() {
            return;
        }
        let named = self.names.entry(names::key(name)).or_default();
        named.listening.join(listening);
        named.titles.add(title, listening.plays);
        named.tracks.extend(track.map(str::to_owned));
        if named.name.is_empty() {
            name.clone_into(&mut named.name);
        }
    }
}

/// An ISRC as services write it, without hyphens; what is none leads nowhere.
fn sound_isrc(text: &str) -> Option<String> {
    let isrc = text.trim().replace('-', "").to_uppercase();
    (isrc.len() == 12 && isrc.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(isrc)
}
