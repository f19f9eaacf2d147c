//! Random numbers that nobody has to be surprised by: they spread load, and follow from a seed that the caller drew.

/// The increment of splitmix64 (Steele, Lea, Flood 2014): 2^64 divided by the golden ratio.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// Draws before [`Chance::any_of`] goes along the row instead.
const DRAWS: usize = 8;

/// A sequence of numbers (splitmix64).
#[derive(Clone, Copy, Debug)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub(super) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, or 0 if that is 0. The bias is below one in a billion for ends below 2^34.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let scaled = (u128::from(self.number()) * end as u128) >> 64;
        usize::try_from(scaled).unwrap_or_default()
    }

    /// Any of `among` that `take` takes, of which at most `misses` are not taken. All have the same chance, as long as
    /// most of them are taken.
    pub(super) fn any_of<T>(
        &mut self,
        among: &[u32],
        misses: usize,
        take: impl Fn(u32) -> Option<T>,
    ) -> Option<T> {
        for _ in 0..DRAWS {
            let taken = take(*among.get(self.below(among.len()))?);
            if taken.is_some() {
                return taken;
            }
        }
        let from = self.below(among.len());
        let looked = among.len().min(misses.saturating_add(1));
        among.iter().cycle().skip(from).take(looked).find_map(|position| take(*position))
    }
}
