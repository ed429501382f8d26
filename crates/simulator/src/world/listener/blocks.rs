//! What is put on: albums played through, shuffled playlists, an obsession, a podcast. And how
//! each piece of it ends.

use super::{Choice, Listener};
use crate::world::play::{Context, Reason};

impl Listener<'_> {
    /// Something that is put on as a whole.
    pub(super) fn block(&mut self) {
        let shares = self.scenario.shares;
        if self.lacks(self.counts.episodes, shares.podcasts) {
            let show = self.taste.show(&mut self.dice);
            return self.spoken(show);
        }
        if self.lacks(self.counts.chapters, shares.audiobooks) {
            let book = self.taste.book(&mut self.dice);
            return self.spoken(book);
        }
        match self.dice.below(100) {
            0..34 => self.album(),
            34..74 => self.playlist(),
            74..97 => self.radio(),
            _ => self.obsession(),
        }
    }

    /// An album from its first track, mostly to its last.
    fn album(&mut self) {
        let artist = self.taste.artist(&mut self.dice);
        let album = self.taste.album_of(artist, &mut self.dice);
        let tracks = self.catalogue.collection(album).items.clone();
        let shuffle = self.dice.chance(0.05);
        for item in tracks {
            if !self.goes_on() || self.dice.chance(0.03) {
                break;
            }
            self.music(Choice { item, context: Context::Collection(album), shuffle, is_repeat: false });
        }
    }

    /// Some tracks of a playlist, shuffled.
    fn playlist(&mut self) {
        let (playlist, tracks) = self.taste.playlist(&mut self.dice);
        let length = self.dice.about(14.0);
        for item in tracks.into_iter().take(length) {
            if !self.goes_on() {
                break;
            }
            self.music(Choice { item, context: Context::Playlist(playlist), shuffle: true, is_repeat: false });
        }
    }

    /// Tracks of one artist and of others one likes.
    fn radio(&mut self) {
        let artist = self.taste.artist(&mut self.dice);
        for _ in 0..self.dice.about(9.0) {
            if !self.goes_on() {
                break;
            }
            let item = if self.dice.chance(0.6) {
                self.taste.track_of(artist, &mut self.dice)
            } else {
                self.taste.track(&mut self.dice)
            };
            let context = if self.dice.chance(0.1) { Context::None } else { Context::Artist(artist) };
            self.music(Choice { item, context, shuffle: false, is_repeat: false });
        }
    }

    /// One song again and again.
    fn obsession(&mut self) {
        let item = self.taste.track(&mut self.dice);
        let context = Context::Collection(self.catalogue.item(item).collection);
        for _ in 0..1 + self.dice.about(3.0) {
            if !self.goes_on() {
                break;
            }
            self.music(Choice { item, context, shuffle: false, is_repeat: true });
        }
    }

    /// The next pieces of a podcast or a book.
    fn spoken(&mut self, collection: u32) {
        for _ in 0..self.dice.about(1.6) {
            if !self.goes_on() {
                break;
            }
            let (item, left_ms) = self.taste.next_of(collection);
            let patience = if self.is_hasty { 200_000 } else { 2_700_000 };
            let mut ms = (self.dice.between(60_000, patience) as u32).min(left_ms);
            if left_ms - ms < 20_000 {
                ms = left_ms;
            }
            let end = if ms == left_ms { Reason::TrackDone } else { Reason::EndPlay };
            let context = Context::Collection(collection);
            let gap_ms = self.gap_ms();
            if self.push(Choice { item, context, shuffle: false, is_repeat: true }, gap_ms, ms, end) {
                self.taste.heard(collection, ms);
            }
        }
    }

    /// One piece of music, which may be skipped.
    fn music(&mut self, mut choice: Choice) {
        let locals = self.catalogue.locals.clone();
        if !choice.is_repeat && !locals.is_empty() && self.lacks(self.counts.locals, self.scenario.shares.local) {
            choice.item = locals.start + self.dice.below(locals.len()) as u32;
        }
        let duration_ms = self.catalogue.item(choice.item).duration_ms;
        let is_last = self.records.len() + 1 == self.mood.goal;
        let skip_share = if choice.is_repeat { self.skip_share / 3.0 } else { self.skip_share };
        let (ms, end) = if is_last && self.dice.chance(0.4) {
            let goodbye = [Reason::EndPlay, Reason::Logout, Reason::UnexpectedExit, Reason::UnexpectedExitWhilePaused];
            (self.dice.below(duration_ms as usize) as u32, *self.dice.pick(&goodbye))
        } else if self.dice.chance(skip_share) {
            self.skipped(duration_ms)
        } else if self.dice.chance(0.05) {
            (duration_ms - self.dice.below(3_000) as u32, Reason::TrackDone)
        } else {
            (duration_ms, Reason::TrackDone)
        };
        let gap_ms = self.gap_ms();
        self.push(choice, gap_ms, ms, end);
    }

    fn skipped(&mut self, duration_ms: u32) -> (u32, Reason) {
        let ms = match self.dice.below(200) {
            0 => return (0, Reason::TrackError),
            1 => 0,
            place if place < 150 || self.is_hasty => self.dice.between(600, 22_000) as u32,
            _ => self.dice.between(15_000, i64::from(duration_ms) * 4 / 5) as u32,
        };
        let end = match self.dice.below(20) {
            0 => Reason::BackBtn,
            1 => Reason::ClickRow,
            2 => Reason::EndPlay,
            _ => Reason::FwdBtn,
        };
        (ms.min(duration_ms), end)
    }
}
