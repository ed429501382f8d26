//! What ListenBrainz and Last.fm were told of someone's plays, and when.

use std::collections::HashMap;

use super::play::{Origin, TruePlay};
use super::{Account, World};
use crate::dice::Dice;
use crate::world::catalogue::Kind;

/// Two plays of one recording whose starts are closer than this are not told to services that
/// know the start alone: nobody could tell them apart.
pub(crate) const START_SPACING_MS: i64 = 120_000;
/// What was heard for less is not scrobbled.
pub(super) const SCROBBLE_MS: u32 = 30_000;

/// A listen as ListenBrainz keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listen {
    /// The number of the play, as in [`TruePlay::number`].
    pub number: usize,
    /// Where it was played.
    pub origin: Origin,
    /// Unix seconds: the start of a play on Navidrome, the end of one on Spotify.
    pub listened_at: i64,
    /// Unix milliseconds at which ListenBrainz learned of it.
    pub inserted_ms: i64,
    /// Unix milliseconds at which its recording was found in MusicBrainz; never for some.
    pub mapped_ms: Option<i64>,
}

/// A scrobble as Last.fm keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scrobble {
    /// The number of the play, as in [`TruePlay::number`].
    pub number: usize,
    /// Unix seconds: the start of the play, up to two seconds late.
    pub uts: i64,
    /// Unix milliseconds at which Last.fm learned of it.
    pub inserted_ms: i64,
}

impl World {
    /// What ListenBrainz is told of an account's plays in all, by time.
    pub fn listens_of(&self, account: &Account) -> Vec<Listen> {
        let plays = self.everything_of(account).filter(|play| play.in_listenbrainz);
        let mut listens: Vec<Listen> = plays.map(|play| self.listen(account, &play)).collect();
        listens.sort_by_key(|listen| (listen.listened_at, listen.number));
        listens
    }

    /// What Last.fm is told of an account's plays in all, by time.
    pub fn scrobbles_of(&self, account: &Account) -> Vec<Scrobble> {
        let plays = self.everything_of(account).filter(|play| play.in_lastfm);
        let mut scrobbles: Vec<Scrobble> = plays.map(|play| self.scrobble(account, &play)).collect();
        scrobbles.sort_by_key(|scrobble| (scrobble.uts, scrobble.number));
        scrobbles
    }

    fn listen(&self, account: &Account, play: &TruePlay<'_>) -> Listen {
        let mut dice = self.telling("listen", play);
        let (listened_at, inserted_ms) = match play.origin {
            Origin::Navidrome => (play.started_at.timestamp(), self.told_ms(account, play)),
            // It asks Spotify every now and then.
            Origin::Spotify => {
                let listed_at = play.listed_at.unwrap_or(play.ended_at);
                (play.ended_at.timestamp(), listed_at.timestamp_millis() + dice.between(5_000, 1_800_000))
            }
        };
        let mapped_after_ms = match dice.below(100) {
            0..70 => Some(0),
            70..88 => Some(dice.between(60_000, 3 * 86_400_000)),
            _ => None,
        };
        let mapped_ms = mapped_after_ms.map(|after_ms| inserted_ms + after_ms);
        Listen { number: play.number, origin: play.origin, listened_at, inserted_ms, mapped_ms }
    }

    fn scrobble(&self, account: &Account, play: &TruePlay<'_>) -> Scrobble {
        let mut dice = self.telling("scrobble", play);
        let late = if dice.chance(0.8) { 0 } else { 1 + dice.below(2) as i64 };
        let inserted_ms = match play.origin {
            Origin::Navidrome => self.told_ms(account, play),
            Origin::Spotify => play.ended_at.timestamp_millis() + dice.between(1_000, 20_000),
        };
        Scrobble { number: play.number, uts: play.started_at.timestamp() + late, inserted_ms }
    }

    /// When Navidrome tells of a play: at half of it, or when the device is online again.
    fn told_ms(&self, account: &Account, play: &TruePlay<'_>) -> i64 {
        let mut dice = self.telling("told", play);
        let half_ms = (i64::from(play.ms_played) / 2).min(240_000);
        let is_late = dice.below(1_000) < account.elsewhere.late_per_mille as usize;
        let wait_ms = if is_late { dice.between(3_600_000, 5 * 86_400_000) } else { dice.between(200, 3_000) };
        play.started_at.timestamp_millis() + half_ms + wait_ms
    }

    fn telling(&self, what: &str, play: &TruePlay<'_>) -> Dice {
        Dice::new(self.seed, &format!("{what} {} {}", play.account, play.number))
    }
}

/// Which plays are scrobbled, in the order of their numbers: music that was heard and named,
/// and that is no repeat within two minutes.
pub(super) fn scrobbled(world: &World, account: &Account) -> Vec<bool> {
    let (tells, plays) = (account.elsewhere, world.everything_of(account));
    let plays: Vec<(u32, i64, bool)> = plays
        .map(|play| {
            let feeds = [tells.lastfm, tells.listenbrainz].map(|feeds| match play.origin {
                Origin::Spotify => feeds.spotify,
                Origin::Navidrome => feeds.navidrome,
            });
            let is_music = matches!(play.kind, Kind::Track | Kind::Local);
            let is_told = feeds.contains(&true) && is_music && !play.incognito && play.ms_played >= SCROBBLE_MS;
            (play.item.recording, play.started_at.timestamp_millis(), is_told)
        })
        .collect();
    let mut starts: HashMap<u32, Vec<i64>> = HashMap::new();
    for (recording, start_ms, _) in &plays {
        starts.entry(*recording).or_default().push(*start_ms);
    }
    let is_alone = |recording: &u32, start_ms: i64| {
        let near = |other: &&i64| (**other - start_ms).abs() < START_SPACING_MS;
        starts.get(recording).is_some_and(|starts| starts.iter().filter(near).count() == 1)
    };
    plays.iter().map(|(recording, start_ms, is_told)| *is_told && is_alone(recording, *start_ms)).collect()
}
