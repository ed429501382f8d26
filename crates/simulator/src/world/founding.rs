//! Makes the catalogue of a world.

use super::catalogue::{Artist, Catalogue, Collection, CollectionKind, Item, Kind};
use super::names::Names;
use crate::dice::Dice;

/// Makes a catalogue with so many artists.
pub(super) fn found(seed: u64, artists: usize) -> Catalogue {
    let mut founder = Founder {
        dice: Dice::new(seed, "catalogue"),
        names: Names::default(),
        catalogue: Catalogue::default(),
        known: artists,
    };
    for _ in 0..artists {
        let artist = Artist { id: Some(founder.dice.base62(22)), name: founder.names.artist(&mut founder.dice) };
        founder.catalogue.artists.push(artist);
    }
    for artist in 0..artists as u32 {
        let first = founder.catalogue.collections.len() as u32;
        founder.discography(artist);
        let albums = (first..founder.catalogue.collections.len() as u32).collect();
        founder.catalogue.albums_of.push(albums);
    }
    founder.compilations(artists / 50 + 1);
    founder.shows(artists / 40 + 2);
    founder.books(artists / 80 + 2);
    founder.local_files(artists / 100 + 1);
    founder.catalogue
}

struct Founder {
    dice: Dice,
    names: Names,
    catalogue: Catalogue,
    known: usize,
}

impl Founder {
    /// Studio albums, a single and a deluxe edition that repeat recordings of them.
    fn discography(&mut self, artist: u32) {
        let mut titles = Names::default();
        let debut = self.dice.between(1962, 2018);
        for number in 0..1 + self.dice.below(3) as i64 {
            let (name, released) = (titles.title(&mut self.dice), debut + 2 * number);
            let first = self.catalogue.items.len() as u32;
            self.collection(CollectionKind::Album, name.clone(), Some(artist), "album", released);
            if number == 0 && artist % 8 == 3 {
                self.made_with(artist - 1);
            }
            for place in 1..=self.dice.between(7, 14) as u32 {
                let title = titles.title(&mut self.dice);
                self.track(artist, title, place);
            }
            let last = self.catalogue.items.len() as u32;
            if self.dice.chance(0.3) {
                let hit = self.catalogue.item(first).title.clone();
                self.collection(CollectionKind::Album, hit, Some(artist), "single", released);
                self.alternate(first, 1);
                self.close();
            }
            if self.dice.chance(0.06) {
                self.collection(CollectionKind::Album, format!("{name} (Deluxe)"), Some(artist), "album", released + 1);
                for (place, original) in (1..).zip(first..last) {
                    self.alternate(original, place);
                }
                for place in last - first + 1..last - first + 4 {
                    let title = titles.title(&mut self.dice);
                    self.track(artist, title, place);
                }
                self.close();
            }
        }
    }

    /// Albums by "Various Artists" that repeat known recordings.
    fn compilations(&mut self, count: usize) {
        let Some(originals) = self.catalogue.items.len().checked_sub(1) else { return };
        let various = self.catalogue.artists.len() as u32;
        self.catalogue.artists.push(Artist { id: Some(self.dice.base62(22)), name: "Various Artists".into() });
        for number in 1..=count {
            let year = self.dice.between(1990, 2021);
            let name =
                format!("{} Hits, Vol. {number}", self.dice.pick(&["Summer", "Radio", "Gold", "Kuschel-Rock's"]));
            self.collection(CollectionKind::Album, name, Some(various), "compilation", year);
            for place in 1..=12 {
                // The well-known artists are at the front.
                let original = self.dice.low_below(originals) as u32;
                self.alternate(self.catalogue.item(original).recording, place);
            }
            self.close();
        }
    }

    fn shows(&mut self, count: usize) {
        for _ in 0..count {
            let (name, publisher) = (self.names.artist(&mut self.dice), self.names.artist(&mut self.dice));
            self.catalogue.shows.push(self.catalogue.collections.len() as u32);
            self.collection(CollectionKind::Show, format!("{name}: the Podcast"), None, "show", 2016);
            self.named_by(publisher);
            let is_video = self.dice.chance(0.2);
            let mut titles = Names::default();
            for number in 1..=self.dice.between(30, 90) as u32 {
                let title = format!("#{number} {}", titles.title(&mut self.dice));
                let duration_ms = self.dice.between(900_000, 5_400_000) as u32;
                self.spoken(Kind::Episode, title, number, duration_ms, is_video);
            }
            self.close();
        }
    }

    fn books(&mut self, count: usize) {
        for _ in 0..count {
            let (title, author) = (self.names.title(&mut self.dice), self.names.artist(&mut self.dice));
            self.catalogue.books.push(self.catalogue.collections.len() as u32);
            self.collection(CollectionKind::Audiobook, title, None, "audiobook", 2020);
            self.named_by(author);
            for number in 1..=self.dice.between(15, 45) as u32 {
                let duration_ms = self.dice.between(600_000, 2_400_000) as u32;
                self.spoken(Kind::Audiobook, format!("Chapter {number}"), number, duration_ms, false);
            }
            self.close();
        }
    }

    fn local_files(&mut self, albums: usize) {
        let first = self.catalogue.items.len() as u32;
        for _ in 0..albums {
            let artist = self.catalogue.artists.len() as u32;
            let name = self.names.artist(&mut self.dice);
            self.catalogue.artists.push(Artist { id: None, name });
            let (mut titles, album) = (Names::default(), self.names.title(&mut self.dice));
            self.collection(CollectionKind::LocalAlbum, album, Some(artist), "album", 2001);
            for place in 1..=10 {
                let title = titles.title(&mut self.dice);
                self.track(artist, title, place);
            }
            self.close();
        }
        self.catalogue.locals = first..self.catalogue.items.len() as u32;
        for index in self.catalogue.locals.clone() {
            let item = &self.catalogue.items[index as usize];
            let album = self.catalogue.collection(item.collection);
            let seconds = item.duration_ms / 1_000;
            let words = [&album.artist_name, &album.name, &item.title].map(|words| plus_encoded(words));
            let uri = format!("spotify:local:{}:{seconds}", words.join(":"));
            let item = &mut self.catalogue.items[index as usize];
            (item.kind, item.id, item.isrc, item.uri) = (Kind::Local, None, None, uri);
            (item.duration_ms, item.popularity, item.explicit) = (seconds * 1_000, 0, false);
            item.artists.truncate(1);
        }
    }

    /// Opens a collection; the items made from now on belong to it.
    fn collection(
        &mut self,
        kind: CollectionKind,
        name: String,
        artist: Option<u32>,
        album_type: &'static str,
        year: i64,
    ) {
        let (release_date, release_date_precision) = match self.dice.below(20) {
            0..3 => (format!("{year}"), "year"),
            3 => (format!("{year}-{:02}", self.dice.between(1, 13)), "month"),
            _ => (format!("{year}-{:02}-{:02}", self.dice.between(1, 13), self.dice.between(1, 29)), "day"),
        };
        let first = self.catalogue.items.len() as u32;
        let artist_name = artist.map(|index| self.catalogue.artist(index).name.clone()).unwrap_or_default();
        let id = (kind != CollectionKind::LocalAlbum).then(|| self.dice.base62(22));
        self.close();
        self.catalogue.collections.push(Collection {
            kind,
            id,
            name,
            artist,
            also_by: None,
            artist_name,
            album_type,
            release_date,
            release_date_precision,
            items: first..first,
        });
    }

    fn made_with(&mut self, artist: u32) {
        if let Some(open) = self.catalogue.collections.last_mut() {
            open.also_by = Some(artist);
        }
    }

    fn named_by(&mut self, name: String) {
        if let Some(open) = self.catalogue.collections.last_mut() {
            open.artist_name = name;
        }
    }

    /// Counts the items that were added to the collection opened last.
    fn close(&mut self) {
        let end = self.catalogue.items.len() as u32;
        if let Some(open) = self.catalogue.collections.last_mut() {
            open.items.end = end;
        }
    }

    fn track(&mut self, artist: u32, mut title: String, track_number: u32) {
        let mut artists = vec![artist];
        if self.dice.chance(0.12) {
            for _ in 0..self.dice.about(1.3).min(3) {
                let guest = self.dice.below(self.known) as u32;
                if !artists.contains(&guest) {
                    artists.push(guest);
                }
            }
            if artists.len() > 1 && self.dice.chance(0.6) {
                title = format!("{title} (feat. {})", self.catalogue.artist(artists[1]).name);
            }
        }
        let isrc = self.dice.chance(0.98).then(|| {
            let country = *self.dice.pick(&["DE", "GB", "US", "QM", "SE", "JP", "FR"]);
            let (number, registrant) = (self.catalogue.items.len(), self.dice.pick(&["A1B", "UM7", "XN4", "KT2"]));
            format!("{country}{registrant}{:02}{:05}", number / 100_000 % 100, number % 100_000)
        });
        // Mostly three to four minutes, now and then an interlude or a symphony.
        let seconds = match self.dice.below(40) {
            0 => self.dice.between(25, 90) as f64,
            1 => self.dice.between(480, 1_500) as f64,
            _ => (215.0 + 45.0 * self.dice.bell()).max(95.0),
        };
        let (id, explicit) = (self.dice.base62(22), self.dice.chance(0.1));
        let popularity = self.dice.low_below(100) as u32;
        let duration_ms = (seconds * 1_000.0) as u32 + self.dice.below(1_000) as u32;
        self.push(Item {
            kind: Kind::Track,
            uri: format!("spotify:track:{id}"),
            id: Some(id),
            title,
            artists,
            collection: 0,
            isrc,
            recording: 0,
            duration_ms,
            disc_number: 1,
            track_number,
            explicit,
            popularity,
            is_video: false,
        });
    }

    fn spoken(&mut self, kind: Kind, title: String, track_number: u32, duration_ms: u32, is_video: bool) {
        let id = self.dice.base62(22);
        self.push(Item {
            kind,
            uri: format!("spotify:episode:{id}"),
            id: Some(id),
            title,
            artists: Vec::new(),
            collection: 0,
            isrc: None,
            recording: 0,
            duration_ms,
            disc_number: 1,
            track_number,
            explicit: false,
            popularity: 0,
            is_video,
        });
    }

    /// The same recording once more, on the album opened last.
    fn alternate(&mut self, original: u32, track_number: u32) {
        let (id, recording) = (self.dice.base62(22), self.catalogue.item(original).recording);
        let original = self.catalogue.item(original).clone();
        self.push(Item { uri: format!("spotify:track:{id}"), id: Some(id), track_number, ..original });
        if let Some(item) = self.catalogue.items.last_mut() {
            item.recording = recording;
        }
    }

    fn push(&mut self, mut item: Item) {
        item.recording = self.catalogue.items.len() as u32;
        item.collection = self.catalogue.collections.len() as u32 - 1;
        self.catalogue.items.push(item);
    }
}

/// Writes words as they appear in `spotify:local:` URIs: form encoding.
fn plus_encoded(words: &str) -> String {
    let mut encoded = String::new();
    for byte in words.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => encoded.push(char::from(byte)),
            b' ' => encoded.push('+'),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
