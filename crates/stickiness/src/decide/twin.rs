//! A cookie and its CORS twin: two names, one value, and which to believe when they differ.
//!
//! Browsers keep the two apart once a host is used over HTTP and HTTPS: the twin set over HTTPS is `Secure`, so a
//! response over HTTP cannot replace it, and it goes stale there while the plain cookie moves on. AWS lets the twin win
//! (S39). Taken literally that would send a moved session back to the target it left, so of two states of one session
//! the later one wins; between two sessions it is the twin.

use crate::Outcome;
use crate::cookie::{Cookies, Name};
use crate::token::Session;

/// Something of which there can be a later state.
pub(super) trait Outdated {
    /// Whether `other` is a later state of the same session.
    fn is_outdated_by(&self, other: &Self) -> bool;
}

impl Outdated for Session {
    fn is_outdated_by(&self, other: &Self) -> bool {
        self.is_outdated_by(other)
    }
}

/// Reads a session from the twin or the plain cookie; or why there is none. `usable` opens a value and says
/// why it cannot be used. Equal values, which is what nearly every client sends, are opened once.
// AWS: unknown what an unusable twin does beside a usable cookie. We use the one that can be used.
pub(super) fn read<'c, L, S: Outdated>(
    cookies: &Cookies<'c, L>,
    (plain, twin): (Name, Name),
    usable: impl Fn(&[u8]) -> Result<S, Outcome>,
) -> Result<S, Outcome>
where
    L: Iterator<Item = &'c [u8]> + Clone,
{
    let (twin, plain) = match (cookies.value(twin), cookies.value(plain)) {
        (None, None) => return Err(Outcome::New),
        (Some(value), None) | (None, Some(value)) => return usable(value),
        (Some(twin), Some(plain)) if twin == plain => return usable(twin),
        (Some(twin), Some(plain)) => (usable(twin), usable(plain)),
    };
    match (twin, plain) {
        (Ok(twin), Ok(plain)) if twin.is_outdated_by(&plain) => Ok(plain),
        (Err(_), Ok(plain)) => Ok(plain),
        (twin, _) => twin,
    }
}
