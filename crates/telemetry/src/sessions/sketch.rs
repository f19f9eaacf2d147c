//! How many different sessions there were, without remembering them: HyperLogLog.
//!
//! A session's id is random, so its bits need no hash. The first of them choose a register, and the register keeps the longest
//! run of zeros that the others of any id began with. Many ids make long runs likely.
//!
//! Registers only grow. So a sketch has as many writers as there are workers, which read a register nearly always and write
//! it nearly never, and the union of two sketches, of two targets or two nodes, is the larger of each two registers.

use std::sync::atomic::{AtomicU8, Ordering};

/// Bits that choose a register.
const INDEX_BITS: u32 = 13;
/// Registers of a sketch; the standard error of an estimate is 1.04 / √8192, which is 1.15 %.
pub(super) const REGISTERS: usize = 1 << INDEX_BITS;
/// Bits whose zeros are counted.
const RUN_BITS: u32 = u64::BITS - INDEX_BITS;

/// A set of ids that grows. Eight kilobytes, whatever it holds.
pub(super) struct Sketch(Box<[AtomicU8]>);

/// The union of sketches, at one moment.
#[derive(Clone)]
pub(super) struct Union(Box<[u8]>);

impl Sketch {
    /// The empty set.
    pub(super) fn new() -> Self {
        Self((0..REGISTERS).map(|_| AtomicU8::new(0)).collect())
    }

    /// Adds an id, whose bits are random.
    pub(super) fn insert(&self, id: u64) {
        let index = (id >> RUN_BITS) as usize;
        // One more than the zeros, and one more than there are bits if there is nothing else.
        let run = ((id << INDEX_BITS) | (1 << (INDEX_BITS - 1))).leading_zeros() as u8 + 1;
        let Some(register) = self.0.get(index) else { return };
        if register.load(Ordering::Relaxed) < run {
            register.fetch_max(run, Ordering::Relaxed);
        }
    }
}

impl Union {
    /// The empty set.
    pub(super) fn new() -> Self {
        Self(vec![0; REGISTERS].into())
    }

    /// Adds all of a sketch.
    pub(super) fn add(&mut self, sketch: &Sketch) {
        for (mine, theirs) in self.0.iter_mut().zip(&sketch.0) {
            *mine = (*mine).max(theirs.load(Ordering::Relaxed));
        }
    }

    /// Adds all of another union.
    pub(super) fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine = (*mine).max(*theirs);
        }
    }

    /// About how many different ids there are: 0 for none, and within 3 % for any number of them nearly always.
    ///
    /// The estimator is that of Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017), algorithm 6,
    /// which needs no correction for small and large numbers.
    pub(super) fn estimate(&self) -> u64 {
        const LARGEST: usize = RUN_BITS as usize + 1;
        let mut counts = [0_u32; LARGEST + 1];
        for register in &self.0 {
            if let Some(count) = counts.get_mut(usize::from(*register)) {
                *count += 1;
            }
        }
        let registers = REGISTERS as f64;
        let [unused, between @ .., full] = &counts;
        let mut z = registers * tau(1.0 - f64::from(*full) / registers);
        for count in between.iter().rev() {
            z = 0.5 * (z + f64::from(*count));
        }
        z += registers * sigma(f64::from(*unused) / registers);
        let estimate = registers * registers / (2.0 * std::f64::consts::LN_2 * z);
        estimate.round() as u64
    }
}

/// What registers that were never used stand for.
fn sigma(mut x: f64) -> f64 {
    if x >= 1.0 {
        return f64::INFINITY;
    }
    let (mut y, mut z) = (1.0, x);
    loop {
        x *= x;
        let before = z;
        z += x * y;
        y += y;
        if z <= before {
            return z;
        }
    }
}

/// What registers that can grow no more stand for.
fn tau(mut x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return 0.0;
    }
    let (mut y, mut z) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let before = z;
        y *= 0.5;
        z -= (1.0 - x).powi(2) * y;
        if z >= before {
            return z / 3.0;
        }
    }
}

impl std::fmt::Debug for Sketch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sketch")
    }
}

impl std::fmt::Debug for Union {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Union(about {})", self.estimate())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ids as random as those of sessions (splitmix64), the same for the same seed.
    fn ids(mut seed: u64) -> impl Iterator<Item = u64> {
        std::iter::from_fn(move || {
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = seed;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            Some(z ^ (z >> 31))
        })
    }

    fn sketch_of(ids: impl Iterator<Item = u64>) -> Sketch {
        let sketch = Sketch::new();
        ids.for_each(|id| sketch.insert(id));
        sketch
    }

    fn count(sketches: &[&Sketch]) -> u64 {
        let mut union = Union::new();
        sketches.iter().for_each(|sketch| union.add(sketch));
        union.estimate()
    }

    #[test]
    fn few_are_counted_nearly_one_by_one() {
        assert_eq!(count(&[]), 0);
        for many in [1, 2, 10, 50] {
            let told = count(&[&sketch_of(ids(7).take(many))]);
            assert!(told.abs_diff(many as u64) <= 1, "{told} of {many}");
        }
    }

    #[test]
    fn the_error_is_within_three_percent_nearly_always_whatever_the_number() {
        let seed = std::env::var("ELBOW_SEED").ok().and_then(|it| it.parse().ok()).unwrap_or(20_251_123);
        println!("replay with ELBOW_SEED={seed}");
        for many in [300, 1_000, 5_000, 8_192, 20_000, 50_000, 200_000] {
            let errors: Vec<f64> = (0..40)
                .map(|run| {
                    let told = count(&[&sketch_of(ids(seed + run * 1_000_003).take(many))]) as f64;
                    (told - many as f64) / many as f64
                })
                .collect();
            let squares: f64 = errors.iter().map(|error| error * error).sum();
            let deviation = (squares / errors.len() as f64).sqrt();
            // 1.15 % is what the theory says; 40 runs tell it to within a third.
            assert!(deviation < 0.017, "{many}: {deviation}");
            let mean = errors.iter().sum::<f64>() / errors.len() as f64;
            assert!(mean.abs() < 0.008, "{many}: it leans by {mean}");
        }
    }

    #[test]
    fn the_same_sessions_count_once_wherever_they_were_seen() {
        let (one, other) = (sketch_of(ids(1).take(3_000)), sketch_of(ids(1).skip(2_000).take(3_000)));
        let both = count(&[&one, &other]);
        assert!((4_850..=5_150).contains(&both), "{both}");
        let mut nodes = Union::new();
        nodes.add(&one);
        let mut second = Union::new();
        second.add(&other);
        nodes.merge(&second);
        assert_eq!(nodes.estimate(), both);
        assert_eq!(count(&[&one, &one]), count(&[&one]));
    }

    #[test]
    fn no_id_is_out_of_bounds() {
        let sketch = sketch_of([0, 1, u64::MAX, u64::MAX >> 13, 1 << 50, 1 << 51].into_iter());
        let told = count(&[&sketch]);
        assert!(told > 0 && told < 100, "{told}");
        let full = Sketch::new();
        (0..REGISTERS as u64).for_each(|index| full.insert(index << RUN_BITS));
        assert!(count(&[&full]) > 1 << 60, "as many as can be told");
    }
}
