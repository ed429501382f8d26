//! What answers have said so far, as far as the next questions depend on it.

mod read;

use std::collections::{BTreeSet, HashMap, HashSet};

use lake::facts::{AlbumCredit, Facts};
use lake::play::UnixMs;

use crate::areas::Areas;
use crate::batches::Batches;
use crate::due::{Past, Use};
use crate::genres;
use crate::heard::{AlbumArtists, LearnedTracks};
use crate::links::{Link, Links};
use crate::names;
use crate::question::{Kind, Method};
use crate::told::Told;

/// What is known of an artist of MusicBrainz.
#[derive(Debug, Clone, Default)]
pub(crate) struct ArtistArea {
    /// The area they began in.
    pub(crate) begin: Option<String>,
    /// The area they are based in.
    pub(crate) area: Option<String>,
    pub(crate) country: Option<String>,
}

/// So often an artist that was merged is followed; the models follow as often.
const MERGES: usize = 2;

/// Everything that is known.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pasts: HashMap<(Kind, Method), HashMap<String, Past>>,
    batches: Batches,
    /// How often something found no place in an answer about many.
    crowded: HashMap<(Method, String), u32>,
    pub(crate) answered: HashSet<String>,
    links: Links,
    pub(crate) tracks: LearnedTracks,
    pub(crate) album_artists: AlbumArtists,
    /// How often anything was told of a track or an album, also that there is none: what was heard is in order
    /// until it is more.
    pub(crate) told_of_tracks: u64,
    pub(crate) artists: HashMap<String, ArtistArea>,
    merged: HashMap<String, String>,
    with_genres: HashSet<String>,
    pub(crate) areas: Areas,
    pub(crate) placed: HashSet<String>,
    /// The release of each album, and when and by which answer it was told.
    releases: HashMap<String, (String, (UnixMs, String))>,
    groups: HashMap<String, String>,
    recordings_of_tracks: HashMap<String, String>,
    /// Recordings that were found by their ISRC or by their names.
    pub(crate) recordings: BTreeSet<String>,
    told_of_releases: HashMap<String, TellsOfAlbum>,
    pub(crate) told: Told,
}

/// What an answer about an album may leave open.
#[derive(Debug, Clone, Copy, Default)]
struct TellsOfAlbum {
    label: bool,
    upc: bool,
    date: bool,
}

impl Known {
    /// Takes in what an answer says.
    pub(crate) fn take_in(&mut self, facts: &Facts) {
        for one in &facts.lookups {
            self.lookup(&one.answer_id, &one.method, &one.subject_type, &one.subject, &one.outcome, one.fetched_at);
        }
        for one in &facts.artist_links {
            let told = (one.fetched_at, one.answer_id.clone());
            let link = Link { method: one.method.clone(), mbid: one.artist_mbid.clone(), told };
            self.link(&one.subject_type, &one.subject, link);
        }
        for one in &facts.track_credits {
            self.credit(&one.track_uri, one.artist_uri.as_deref(), one.artist_name.as_deref());
        }
        for one in &facts.tracks {
            if let Some(album) = &one.album_uri {
                self.album(&one.track_uri, album, one.album_name.as_deref());
            }
            if let Some(recording) = &one.recording_mbid {
                self.recordings_of_tracks.insert(one.track_uri.clone(), recording.clone());
            }
        }
        for one in facts.artists.iter().filter(|one| one.service == "musicbrainz") {
            let areas = ArtistArea {
                begin: one.begin_area_id.clone(),
                area: one.area_id.clone(),
                country: one.country_code.clone(),
            };
            self.artist(&one.artist_ref, one.asked_ref.as_deref(), areas);
        }
        facts.genre_votes.iter().for_each(|one| self.genre(&one.artist_ref, &one.tag, one.genre_mbid.is_some()));
        for one in &facts.areas {
            let texts = [&one.area_name, &one.area_type, &one.iso_3166_1].map(Option::as_deref);
            self.area(&one.area_id, one.asked_id.as_deref(), texts, one.is_ended);
        }
        for one in &facts.area_parents {
            self.areas.put_in(&one.area_id, &one.parent_id, one.is_ended);
        }
        self.placed.extend(facts.area_coordinates.iter().map(|one| one.area_id.clone()));
        self.told.take_in(facts);
        facts.album_credits.iter().for_each(|one| self.album_credit(one));
        for one in facts.albums.iter().filter(|one| one.service == "musicbrainz") {
            self.release(&one.album_ref, [&one.label, &one.upc, &one.release_date].map(Option::is_some));
            self.group(&one.album_ref, one.release_group_id.as_deref());
        }
        for one in &facts.album_links {
            self.album_link(&one.album_uri, &one.release_mbid, (one.fetched_at, one.answer_id.clone()));
        }
        self.recordings.extend(facts.recordings.iter().map(|one| one.recording_mbid.clone()));
    }

    /// Whether it is time to ask this about that.
    pub(crate) fn is_due(&self, kind: Kind, method: Method, subject: &str, now: UnixMs) -> bool {
        self.past(kind, method, subject).is_none_or(|past| past.is_due(now))
    }

    /// Whether it was never answered.
    pub(crate) fn is_new(&self, kind: Kind, method: Method, subject: &str) -> bool {
        self.past(kind, method, subject).is_none()
    }

    /// Whether it was asked, and nothing or nothing certain is known.
    pub(crate) fn is_missed(&self, kind: Kind, method: Method, subject: &str) -> bool {
        self.past(kind, method, subject).is_some_and(|past| past.newest().is_some_and(Use::is_miss))
    }

    /// Whether the newest answer that can be read knew several.
    pub(crate) fn is_doubtful(&self, kind: Kind, method: Method, subject: &str) -> bool {
        self.past(kind, method, subject).is_some_and(Past::is_doubtful)
    }

    /// How many answers in a row, up to the newest, knew nothing.
    pub(crate) fn misses(&self, kind: Kind, method: Method, subject: &str) -> usize {
        self.past(kind, method, subject).map_or(0, Past::misses)
    }

    /// Whether it was asked, and nobody can tell what the newest answer said.
    pub(crate) fn is_unreadable(&self, kind: Kind, method: Method, subject: &str) -> bool {
        self.past(kind, method, subject).is_some_and(|past| past.newest() == Some(Use::Unreadable))
    }

    fn past(&self, kind: Kind, method: Method, subject: &str) -> Option<&Past> {
        self.pasts.get(&(kind, method))?.get(subject_key(kind, subject).as_str())
    }

    /// The most subjects for which a question of this kind is not refused, where it was lately.
    pub(crate) fn limit(&self, method: Method, now: UnixMs) -> Option<usize> {
        self.batches.limit(method, now)
    }

    /// Among how many others it was refused lately; the least if it was several times.
    pub(crate) fn refused_among(&self, kind: Kind, method: Method, subject: &str, now: UnixMs) -> Option<usize> {
        self.batches.refused_among(method, &subject_key(kind, subject), now)
    }

    /// How often the answers about many had no room for this one.
    pub(crate) fn crowded(&self, method: Method, subject: &str) -> u32 {
        self.crowded.get(&(method, subject.to_owned())).copied().unwrap_or_default()
    }

    /// The artist of MusicBrainz that somebody was found to be. An address counts only as long as
    /// MusicBrainz has it: somebody may have taken a wrong one away. What was found by a name or by titles
    /// counts until it leads to several. The models withdraw the same.
    pub(crate) fn linked(&self, kind: Kind, subject: &str) -> Option<&Link> {
        let past = |method| self.past(kind, method, subject);
        self.links.best(kind, &subject_key(kind, subject), |method| match Method::of_name(method) {
            Some(Method::ArtistUrls) => past(Method::ArtistUrls).is_some_and(Past::is_gone),
            Some(guess @ (Method::ArtistSearch | Method::ArtistNames)) => past(guess).is_some_and(Past::is_doubtful),
            _ => false,
        })
    }

    /// The MBID that an artist has today, where they were merged into another.
    pub(crate) fn today<'a>(&'a self, mbid: &'a str) -> &'a str {
        let mut today = mbid;
        // Two of the table of MusicBrainz may have been merged into each other.
        for _ in 0..MERGES {
            let Some(later) = self.merged.get(today).filter(|later| *later != mbid) else { break };
            today = later;
        }
        today
    }

    /// The release of MusicBrainz that an album of Spotify is, as long as MusicBrainz has its address.
    pub(crate) fn release_of(&self, album_uri: &str) -> Option<&str> {
        let is_gone = self.past(Kind::SpotifyAlbum, Method::AlbumUrls, album_uri).is_some_and(Past::is_gone);
        self.releases.get(album_uri).filter(|_| !is_gone).map(|(release, _)| release.as_str())
    }

    /// The album that a release is an edition of.
    pub(crate) fn release_group_of(&self, release: &str) -> Option<&str> {
        self.groups.get(release).map(String::as_str)
    }

    /// The recording that a track of Spotify is, where MusicBrainz has its address.
    pub(crate) fn recording_of(&self, track_uri: &str) -> Option<&str> {
        self.recordings_of_tracks.get(track_uri).map(String::as_str)
    }

    /// Whether MusicBrainz told of a release and left something open that Spotify may know: apps in
    /// development mode are told of no labels.
    pub(crate) fn has_gaps(&self, release: &str, may_know_labels: bool) -> bool {
        let told = self.told_of_releases.get(release);
        told.is_some_and(|told| !told.upc || !told.date || (may_know_labels && !told.label))
    }

    /// Whether any vote for the artist is for a genre.
    pub(crate) fn has_genre(&self, artist_ref: &str) -> bool {
        self.with_genres.contains(artist_ref)
    }

    fn lookup(&mut self, answer: &str, method: &str, kind: &str, subject: &str, outcome: &str, at: UnixMs) {
        self.answered.insert(answer.to_owned());
        let (Some(method), Some(kind)) = (Method::of_name(method), Kind::of_name(kind)) else { return };
        if outcome == "refused" {
            self.batches.refuse(method, subject_key(kind, subject), answer, at);
            return;
        }
        self.batches.accept(method, answer, at);
        // Who found no place in an answer about many was not answered: the next has more room.
        if outcome == "crowded" {
            *self.crowded.entry((method, subject.to_owned())).or_default() += 1;
            return;
        }
        let answer = match outcome {
            "found" => Use::Found,
            "unreadable" => Use::Unreadable,
            "ambiguous" => Use::Several,
            _ => Use::Missed,
        };
        // A track that Spotify does not have sends on to another one of its artist.
        if kind == Kind::SpotifyTrack && answer.is_miss() {
            self.told_of_tracks += 1;
        }
        self.pasts.entry((kind, method)).or_default().entry(subject_key(kind, subject)).or_default().add(at, answer);
    }

    fn link(&mut self, kind: &str, subject: &str, link: Link) {
        if let Some(kind) = Kind::of_name(kind) {
            self.links.add(kind, subject_key(kind, subject), link);
        }
    }

    fn album_link(&mut self, album: &str, release: &str, told: (UnixMs, String)) {
        let before = self.releases.get(album).map(|(_, before)| before);
        if before.is_none_or(|before| *before <= told) {
            self.releases.insert(album.to_owned(), (release.to_owned(), told));
        }
    }

    fn credit(&mut self, track: &str, uri: Option<&str>, name: Option<&str>) {
        let credits = &mut self.tracks.entry(track.to_owned()).or_default().credits;
        let credit = (uri.map(str::to_owned), name.map(str::to_owned));
        if !credits.contains(&credit) {
            credits.push(credit);
            self.told_of_tracks += 1;
        }
    }

    fn album(&mut self, track: &str, uri: &str, name: Option<&str>) {
        let album = Some((uri.to_owned(), name.map(str::to_owned)));
        self.tracks.entry(track.to_owned()).or_default().album = album;
        self.told_of_tracks += 1;
    }

    /// An artist without a URI is who the plays say they are.
    fn album_credit(&mut self, credit: &AlbumCredit) {
        let Some(uri) = &credit.artist_uri else { return };
        let artists = self.album_artists.entry(credit.album_ref.clone()).or_default();
        if artists.insert(uri.clone(), credit.artist_name.clone()).is_none() {
            self.told_of_tracks += 1;
        }
    }

    fn artist(&mut self, mbid: &str, asked: Option<&str>, areas: ArtistArea) {
        // A known value does not give way to an absent one.
        let before = self.artists.remove(mbid).unwrap_or_default();
        let areas = ArtistArea {
            begin: areas.begin.or(before.begin),
            area: areas.area.or(before.area),
            country: areas.country.or(before.country),
        };
        if let Some(asked) = asked {
            self.merged.insert(asked.to_owned(), mbid.to_owned());
        }
        self.artists.insert(mbid.to_owned(), areas);
    }

    fn genre(&mut self, artist: &str, tag: &str, is_marked: bool) {
        if is_marked || genres::is_genre(tag) {
            self.with_genres.insert(artist.to_owned());
        }
    }

    fn release(&mut self, release: &str, [label, upc, date]: [bool; 3]) {
        let told = self.told_of_releases.entry(release.to_owned()).or_default();
        *told = TellsOfAlbum { label: told.label || label, upc: told.upc || upc, date: told.date || date };
    }

    fn group(&mut self, release: &str, group: Option<&str>) {
        if let Some(group) = group {
            self.groups.insert(release.to_owned(), group.to_owned());
        }
    }

    fn area(&mut self, id: &str, asked: Option<&str>, texts: [Option<&str>; 3], is_ended: Option<bool>) {
        [Some(id), asked].into_iter().flatten().for_each(|id| self.areas.describe(id, texts, is_ended));
    }
}

/// Names are compared as SQL compares them; everything else has an identifier.
fn subject_key(kind: Kind, subject: &str) -> String {
    if kind == Kind::ArtistName { names::key(subject) } else { subject.to_owned() }
}
