//! Tokens as cookie values: standard base64 for ALB's (S11), upper-case hexadecimal for Classic's.
//!
//! One token has exactly one text. Whatever differs from it in a character, padding and unused bits included, is
//! refused.

use base64_simd::{AsOut, STANDARD};
use elbow_model::key::TargetGroupKey;
use rand_core::CryptoRng;

use super::layout::{self, APPLICATION_PREFIX, CLASSIC_RAW, GROUP_RAW, SESSIONS_MAX, TARGET_RAW};
use super::{Kind, Opened, Session, envelope};
use crate::{Context, Invalid};

/// Opens a token of one session whose sealed length is `RAW` bytes.
pub(super) fn open<const RAW: usize>(
    context: &Context<'_>,
    kind: Kind,
    value: &[u8],
) -> Result<Opened, Invalid> {
    check_base64(value, |len| len == STANDARD.encoded_length(RAW))?;
    let mut raw = [0; RAW];
    let decoded = STANDARD.decode(value, raw.as_mut_slice().as_out()).map_err(|_| Invalid::Encoding)?;
    if decoded.len() != RAW {
        return Err(Invalid::Length);
    }
    let (key, plain) = envelope::open(context, kind, decoded)?;
    layout::read_one(kind, key, plain)
}

pub(super) fn open_application(context: &Context<'_>, value: &[u8]) -> Result<Opened<Vec<Session>>, Invalid> {
    let longest = application_raw_len(SESSIONS_MAX);
    check_base64(value, |len| len <= STANDARD.encoded_length(longest) && len.is_multiple_of(4))?;
    let mut raw = STANDARD.decode_to_vec(value).map_err(|_| Invalid::Encoding)?;
    if !raw
        .len()
        .checked_sub(application_raw_len(0))
        .is_some_and(|sessions| sessions.is_multiple_of(Session::LEN))
    {
        return Err(Invalid::Length);
    }
    let (prefix, sealed) = raw.split_first_chunk_mut().ok_or(Invalid::Length)?;
    if *prefix != APPLICATION_PREFIX {
        return Err(Invalid::Format);
    }
    let (key, plain) = envelope::open(context, Kind::Application, sealed)?;
    layout::read_many(key, plain)
}

pub(super) fn open_classic(
    context: &Context<'_>,
    group: TargetGroupKey,
    value: &[u8],
) -> Result<Opened<Option<Session>>, Invalid> {
    let mut raw = [0; CLASSIC_RAW];
    let mut digits = value.iter().copied();
    for place in &mut raw {
        let (high, low) = digits.next().zip(digits.next()).ok_or(Invalid::Length)?;
        *place = hex(high).ok_or(Invalid::Encoding)? << 4 | hex(low).ok_or(Invalid::Encoding)?;
    }
    if digits.next().is_some() {
        return Err(Invalid::Length);
    }
    let (key, plain) = envelope::open(context, Kind::Classic, &mut raw)?;
    layout::read_classic(key, group, plain)
}

/// Seals the session of `AWSALB` or `AWSALBTG` and appends the text; none and nothing if sealing fails.
pub(crate) fn seal<R: CryptoRng + ?Sized>(
    context: &Context<'_>,
    kind: Kind,
    session: &Session,
    rng: &mut R,
    out: &mut Vec<u8>,
) -> Option<()> {
    let mut raw = [0; GROUP_RAW];
    let raw = match kind {
        Kind::Group => raw.as_mut_slice(),
        _ => raw.get_mut(..TARGET_RAW)?,
    };
    layout::write(kind, std::slice::from_ref(session), envelope::plain_mut(raw));
    envelope::seal(context, kind, raw, rng)?;
    STANDARD.encode_append(&*raw, out);
    Some(())
}

/// Seals the sessions of an application token, at most [`SESSIONS_MAX`], and gives the whole text.
pub(crate) fn seal_application<R: CryptoRng + ?Sized>(
    context: &Context<'_>,
    sessions: &[Session],
    rng: &mut R,
) -> Option<Vec<u8>> {
    let mut raw = vec![0; application_raw_len(sessions.len())];
    let (_, sealed) = raw.split_at_mut_checked(APPLICATION_PREFIX.len())?;
    layout::write(Kind::Application, sessions, envelope::plain_mut(sealed));
    envelope::seal(context, Kind::Application, sealed, rng)?;
    Some(STANDARD.encode_type(raw))
}

/// Seals the session of `AWSELB` and appends the text; none and nothing if sealing fails.
pub(crate) fn seal_classic<R: CryptoRng + ?Sized>(
    context: &Context<'_>,
    session: &Session,
    rng: &mut R,
    out: &mut Vec<u8>,
) -> Option<()> {
    let mut raw = [0; CLASSIC_RAW];
    layout::write_classic(session, envelope::plain_mut(&mut raw));
    envelope::seal(context, Kind::Classic, &mut raw, rng)?;
    out.extend(raw.into_iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]));
    Some(())
}

fn application_raw_len(sessions: usize) -> usize {
    APPLICATION_PREFIX.len() + envelope::OVERHEAD + layout::application_len(sessions)
}

/// Tells a wrong length from a wrong alphabet, so that the reason names what went wrong: a percent-encoded value (S11)
/// has both, and the encoding is why.
fn check_base64(value: &[u8], fits: impl FnOnce(usize) -> bool) -> Result<(), Invalid> {
    if fits(value.len()) {
        return Ok(());
    }
    let base64 = value.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
    Err(if base64 { Invalid::Length } else { Invalid::Encoding })
}

/// The value of an upper-case hexadecimal digit.
const fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// The upper-case hexadecimal digit of a value below sixteen.
const fn digit(value: u8) -> u8 {
    if value < 10 { b'0' + value } else { b'A' + (value - 10) }
}
