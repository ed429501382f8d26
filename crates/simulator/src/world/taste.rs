//! What someone likes: favourite artists that change slowly, playlists, podcasts half heard.

use std::collections::HashMap;

use super::catalogue::{Catalogue, Kind};
use crate::dice::{Dice, Wheel};

/// What an account reaches for.
pub(super) struct Taste<'c> {
    catalogue: &'c Catalogue,
    everyone: Wheel,
    favourites: Vec<u32>,
    ranks: Wheel,
    playlists: Vec<Vec<u32>>,
    shows: Vec<u32>,
    books: Vec<u32>,
    heard: HashMap<u32, Bookmark>,
}

/// How far someone is in a podcast or a book.
#[derive(Default, Clone, Copy)]
struct Bookmark {
    place: u32,
    heard_ms: u32,
}

impl<'c> Taste<'c> {
    pub(super) fn new(catalogue: &'c Catalogue, dice: &mut Dice) -> Self {
        let mut taste = Self {
            catalogue,
            everyone: catalogue.popularity(),
            favourites: Vec::new(),
            ranks: Wheel::long_tail(catalogue.albums_of.len().min(30), 2.5),
            playlists: Vec::new(),
            shows: (0..4).map(|_| *dice.pick(&catalogue.shows)).collect(),
            books: (0..3).map(|_| *dice.pick(&catalogue.books)).collect(),
            heard: HashMap::new(),
        };
        taste.favourites = (0..catalogue.albums_of.len().min(30)).map(|_| taste.everyone.spin(dice) as u32).collect();
        for _ in 0..10 {
            let length = 25 + dice.below(60);
            let tracks = (0..length).map(|_| taste.track(dice)).collect();
            taste.playlists.push(tracks);
        }
        taste
    }

    /// A month goes by: one artist rises, one is discovered, a playlist gets new tracks.
    pub(super) fn drift(&mut self, dice: &mut Dice) {
        let risen = 1 + dice.below(self.favourites.len() - 1);
        self.favourites.swap(risen, risen / 2);
        let last = self.favourites.len() - 1;
        self.favourites[last] = self.everyone.spin(dice) as u32;
        self.favourites.swap(last, last / 3);
        let fresh: Vec<u32> = (0..4).map(|_| self.track(dice)).collect();
        let playlist = dice.below(self.playlists.len());
        for track in fresh {
            let place = dice.below(self.playlists[playlist].len());
            self.playlists[playlist][place] = track;
        }
    }

    /// An artist: mostly a favourite, sometimes anyone.
    pub(super) fn artist(&self, dice: &mut Dice) -> u32 {
        if dice.chance(0.78) { self.favourites[self.ranks.spin(dice)] } else { self.everyone.spin(dice) as u32 }
    }

    /// An album of an artist.
    pub(super) fn album_of(&self, artist: u32, dice: &mut Dice) -> u32 {
        *dice.pick(&self.catalogue.albums_of[artist as usize])
    }

    /// A track of an artist; the first tracks of an album are its hits.
    pub(super) fn track_of(&self, artist: u32, dice: &mut Dice) -> u32 {
        let album = self.catalogue.collection(self.album_of(artist, dice));
        let length = album.items.len();
        album.items.start + dice.low_below(length) as u32
    }

    /// Any track to one's taste; now and then one from a compilation.
    pub(super) fn track(&self, dice: &mut Dice) -> u32 {
        if dice.chance(0.03) {
            let item = dice.below(self.catalogue.items.len()) as u32;
            if self.catalogue.item(item).kind == Kind::Track {
                return item;
            }
        }
        let artist = self.artist(dice);
        self.track_of(artist, dice)
    }

    /// A playlist and its tracks in a shuffled order.
    pub(super) fn playlist(&self, dice: &mut Dice) -> (u32, Vec<u32>) {
        let index = dice.low_below(self.playlists.len());
        let mut tracks = self.playlists[index].clone();
        dice.shuffle(&mut tracks);
        (index as u32, tracks)
    }

    pub(super) fn playlist_count(&self) -> usize {
        self.playlists.len()
    }

    /// A podcast this person follows.
    pub(super) fn show(&self, dice: &mut Dice) -> u32 {
        *dice.pick(&self.shows)
    }

    /// A book this person listens to.
    pub(super) fn book(&self, dice: &mut Dice) -> u32 {
        *dice.pick(&self.books)
    }

    /// Where to go on in a show or book: the item and how much of it is left.
    pub(super) fn next_of(&self, collection: u32) -> (u32, u32) {
        let mark = self.heard.get(&collection).copied().unwrap_or_default();
        let item = self.catalogue.collection(collection).items.start + mark.place;
        (item, self.catalogue.item(item).duration_ms - mark.heard_ms)
    }

    /// Moves the bookmark on; after the last item it starts again.
    pub(super) fn heard(&mut self, collection: u32, ms: u32) {
        let (item, left_ms) = self.next_of(collection);
        let mark = self.heard.entry(collection).or_default();
        if ms < left_ms {
            mark.heard_ms += ms;
        } else {
            let length = self.catalogue.collection(collection).items.len() as u32;
            let place = item - self.catalogue.collection(collection).items.start + 1;
            *mark = Bookmark { place: place % length, heard_ms: 0 };
        }
    }
}
