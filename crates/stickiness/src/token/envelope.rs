//! The seal: AES-128-GCM with a random nonce, bound to the kind of token and, but for application tokens, to the load
//! balancer.
//!
//! ```text
//! nonce (12) | key id (4) | ciphertext | tag (16)
//! ```
//!
//! The nonce comes first, so that no two values begin alike (S12). Random 96-bit nonces bound how many tokens one key
//! may seal; `docs/decisions/0002-token-and-keys.md` has the figures.

use aws_lc_rs::aead::{Aad, Nonce};
use rand_core::CryptoRng;

use super::Kind;
use crate::{Context, Invalid, KeyId};

const NONCE: usize = 12;
const KEY_ID: usize = 4;
const TAG: usize = 16;

/// Bytes that the seal adds to the plaintext.
pub(super) const OVERHEAD: usize = NONCE + KEY_ID + TAG;

/// What is authenticated beside the plaintext. A token of another kind or of another load balancer does not open.
///
/// An application token opens for all load balancers of the fleet: those behind each other have one token in common
/// (S49). What keeps a session where it belongs is the target group in it, which is one load balancer's alone.
fn associated_data(context: &Context<'_>, kind: Kind) -> Aad<[u8; 9]> {
    let bound_to = if kind == Kind::Application { 0 } else { context.load_balancer.get() };
    let [a, b, c, d, e, f, g, h] = bound_to.to_be_bytes();
    Aad::from([kind as u8, a, b, c, d, e, f, g, h])
}

/// The plaintext's place inside a sealed token.
pub(super) fn plain_mut(raw: &mut [u8]) -> &mut [u8] {
    let end = raw.len().saturating_sub(TAG);
    raw.get_mut(NONCE + KEY_ID..end).unwrap_or_default()
}

/// Seals the plaintext that stands in its place in `raw`. None if the library refuses, which it has no reason to; the
/// response then goes without this cookie.
pub(super) fn seal<R: CryptoRng + ?Sized>(
    context: &Context<'_>,
    kind: Kind,
    raw: &mut [u8],
    rng: &mut R,
) -> Option<()> {
    let (nonce, rest) = raw.split_first_chunk_mut::<NONCE>()?;
    let (key_id, rest) = rest.split_first_chunk_mut::<KEY_ID>()?;
    let (plain, tag) = rest.split_last_chunk_mut::<TAG>()?;
    rng.fill_bytes(nonce);
    let (id, cipher) = context.keys.sealing(context.now);
    *key_id = id.get().to_be_bytes();
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let sealed = cipher.seal_in_place_separate_tag(nonce, associated_data(context, kind), plain).ok()?;
    *tag = sealed.as_ref().try_into().ok()?;
    Some(())
}

/// Opens `raw` where it stands, and gives its plaintext and the key that sealed it.
pub(super) fn open<'a>(
    context: &Context<'_>,
    kind: Kind,
    raw: &'a mut [u8],
) -> Result<(KeyId, &'a mut [u8]), Invalid> {
    let (nonce, rest) = raw.split_first_chunk_mut::<NONCE>().ok_or(Invalid::Length)?;
    let (key_id, rest) = rest.split_first_chunk_mut::<KEY_ID>().ok_or(Invalid::Length)?;
    let (sealed, tag) = rest.split_last_chunk_mut::<TAG>().ok_or(Invalid::Length)?;
    let id = KeyId::new(u32::from_be_bytes(*key_id));
    let cipher = context.keys.opening(id, context.now).ok_or(Invalid::Key)?;
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let plain = cipher
        .open_in_place_separate_tag(nonce, associated_data(context, kind), tag, sealed)
        .map_err(|_| Invalid::Seal)?;
    Ok((id, plain))
}
