//! Chance that is the same on every machine.
//!
//! Only integer arithmetic and plain divisions are used: `powf`, `ln` and the algorithms of
//! the `rand` crate may differ between platforms or versions, and then one seed would tell
//! two stories.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of chance.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    /// Opens the stream called `name` of a seed; streams do not influence each other.
    pub(crate) fn new(seed: u64, name: &str) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&fnv1a(name).to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// A number in `0.0..1.0`.
    pub(crate) fn unit(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / 4_294_967_296.0
    }

    /// True with probability `p`.
    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// A number in `0..n`; 0 when `n` is 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        let wide = u128::from(self.0.next_u64()) * n as u128;
        (wide >> 64) as usize
    }

    /// A number in `0..n` that is rather low: the smaller of two.
    pub(crate) fn low_below(&mut self, n: usize) -> usize {
        self.below(n).min(self.below(n))
    }

    /// A number in `low..high`; `low` when the range is empty.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = usize::try_from(high.saturating_sub(low)).unwrap_or(0);
        low + self.below(width) as i64
    }

    /// One of the choices.
    pub(crate) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// A number around 0 with variance 1 that looks like a normal distribution.
    pub(crate) fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    /// A number of at least 1 with the given mean (geometric).
    pub(crate) fn about(&mut self, mean: f64) -> usize {
        let mut count = 1;
        while count < 1_000 && self.chance(1.0 - 1.0 / mean.max(1.0)) {
            count += 1;
        }
        count
    }

    /// Puts the items in a random order.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.below(last + 1);
            items.swap(last, other);
        }
    }

    /// A random UUID in its usual form.
    pub(crate) fn uuid(&mut self) -> String {
        let (high, low) = (self.0.next_u64(), self.0.next_u64());
        let (version, variant) = (high & !0xf000 | 0x4000, low & !(0b11 << 62) | 0b10 << 62);
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            version >> 32,
            version >> 16 & 0xffff,
            version & 0xffff,
            variant >> 48,
            variant & 0xffff_ffff_ffff
        )
    }

    /// `length` characters of base 62, as in Spotify's ids.
    pub(crate) fn base62(&mut self, length: usize) -> String {
        const DIGITS: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        (0..length).map(|_| char::from(*self.pick(DIGITS))).collect()
    }
}

/// Picks indices by weight.
pub(crate) struct Wheel(Vec<f64>);

impl Wheel {
    /// A wheel whose slices have these sizes.
    pub(crate) fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let mut total = 0.0;
        Self(
            weights
                .into_iter()
                .map(|weight| {
                    total += weight;
                    total
                })
                .collect(),
        )
    }

    /// A wheel of `n` slices with a long tail (Zipf): the first is the most likely.
    pub(crate) fn long_tail(n: usize, flatness: f64) -> Self {
        Self::new((0..n).map(|rank| 1.0 / (rank as f64 + flatness)))
    }

    /// An index; 0 when the wheel is empty.
    pub(crate) fn spin(&self, dice: &mut Dice) -> usize {
        let point = dice.unit() * self.0.last().copied().unwrap_or(0.0);
        self.0.partition_point(|sum| *sum <= point).min(self.0.len().saturating_sub(1))
    }
}

fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_stable_and_independent() {
        let numbers = |name| (0..3).map(|_| Dice::new(1, name).below(1_000_000)).collect::<Vec<_>>();
        assert_eq!(numbers("a"), numbers("a"));
        assert_ne!(numbers("a"), numbers("b"));
        assert_eq!(Dice::new(42, "golden").base62(8), Dice::new(42, "golden").base62(8));
    }

    #[test]
    fn ranges_are_kept() {
        let mut dice = Dice::new(1, "ranges");
        for _ in 0..1_000 {
            assert!((3..9).contains(&dice.between(3, 9)));
            assert!(dice.below(5) < 5);
            assert!((0.0..1.0).contains(&dice.unit()));
        }
        assert_eq!(dice.below(0), 0);
        assert_eq!(dice.between(9, 3), 9);
    }

    #[test]
    fn a_long_tail_prefers_the_first() {
        let (mut dice, wheel) = (Dice::new(1, "tail"), Wheel::long_tail(100, 1.0));
        let mut counts = [0; 100];
        (0..10_000).for_each(|_| counts[wheel.spin(&mut dice)] += 1);
        assert!(counts[0] > 1_500 && counts[0] > 5 * counts[20] && counts[99] > 0);
    }
}
