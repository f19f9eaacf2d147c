//! The target's own `Set-Cookie` values: whether one has the application cookie's name, and its attributes.

use super::{Pieces, pair, trim};

/// The last of these `Set-Cookie` values that sets a cookie of this name; the last is the one a client keeps. Only the
/// name counts, so a value that deletes the cookie is found too (S40).
pub(crate) fn find<'a>(values: impl Iterator<Item = &'a [u8]>, name: &str) -> Option<&'a [u8]> {
    values.filter(|value| sets(value, name)).last()
}

fn sets(value: &[u8], name: &str) -> bool {
    cookie(value).is_some_and(|(found, _)| found == name.as_bytes())
}

/// The name and value of the cookie that a `Set-Cookie` value sets.
pub(crate) fn cookie(value: &[u8]) -> Option<(&[u8], &[u8])> {
    Pieces::new(value).next().and_then(pair)
}

/// The attributes of a `Set-Cookie` value: what follows the first semicolon, as names with an optional value.
pub(crate) fn attributes(value: &[u8]) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
    Pieces::new(value).skip(1).map(|piece| match pair(piece) {
        Some((name, value)) => (name, Some(value)),
        None => (trim(piece), None),
    })
}
