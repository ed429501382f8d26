//! What becomes of a play in Spotify's list: shown at once, shown late, never shown.

use chrono::TimeDelta;

use crate::dice::Dice;
use crate::scenario::Listing;

/// The listing of one account. Plays do not influence each other, so whatever else changes,
/// one play has one fate.
#[derive(Debug, Clone)]
pub(super) struct Fates {
    listing: Listing,
    seed: u64,
    account: String,
}

/// What becomes of one play that the list would show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Shown,
    Late(TimeDelta),
    Lost,
}

impl Fates {
    pub(super) fn new(listing: Listing, seed: u64, account: &str) -> Self {
        Self { listing, seed, account: account.to_owned() }
    }

    pub(super) fn of(&self, number: usize) -> Fate {
        let Listing { late_per_mille, late_from_secs, late_to_secs, lost_per_mille } = self.listing;
        if late_per_mille == 0 && lost_per_mille == 0 {
            return Fate::Shown;
        }
        let mut dice = Dice::new(self.seed, &format!("listing of {} {number}", self.account));
        if dice.below(1_000) < lost_per_mille as usize {
            Fate::Lost
        } else if dice.below(1_000) < late_per_mille as usize {
            Fate::Late(TimeDelta::seconds(dice.between(late_from_secs, late_to_secs)))
        } else {
            Fate::Shown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_met_and_repeat() {
        let fates = Fates::new(Listing::with(200, 100), 7, "ada");
        let count = |is: &dyn Fn(Fate) -> bool| (0..2_000).filter(|number| is(fates.of(*number))).count();
        assert!((150..250).contains(&count(&|fate| fate == Fate::Lost)));
        assert!((300..420).contains(&count(&|fate| matches!(fate, Fate::Late(_)))));
        assert_eq!(fates.of(17), fates.of(17));
        let honest = Fates::new(Listing::default(), 7, "ada");
        assert!((0..100).all(|number| honest.of(number) == Fate::Shown));
    }
}
