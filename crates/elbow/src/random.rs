//! Randomness from the system.

use std::sync::{Arc, Mutex, PoisonError};

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use crate::failure::Failure;

/// A generator of its own, seeded by the system.
pub(crate) fn generator() -> Result<ChaCha20Rng, Failure> {
    let mut seed = [0; 32];
    aws_lc_rs::rand::fill(&mut seed).map_err(|_| Failure::failed("the system gives no random bytes"))?;
    Ok(ChaCha20Rng::from_seed(seed))
}

/// A source of numbers that nobody can guess, for whoever shares it.
pub(crate) fn numbers() -> Result<Arc<dyn Fn() -> u64 + Send + Sync>, Failure> {
    let generator = Mutex::new(generator()?);
    Ok(Arc::new(move || generator.lock().unwrap_or_else(PoisonError::into_inner).next_u64()))
}
