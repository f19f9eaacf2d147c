//! `X-Amzn-Trace-Id` (R7): `Root=1-<8 hex seconds>-<24 hex>`, and `Self=…` in front of a root that came along.

use crate::chars;

/// A client whose headers are larger than this gets a new root instead of its own fields (R7). Bytes.
pub const MAX_HEADERS: usize = 7 * 1024;

/// What makes one trace id unlike any other. Time and randomness come from the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed {
    /// Seconds since the Unix epoch.
    pub epoch_seconds: u32,
    /// 96 random bits.
    pub random: [u8; 12],
}

/// Appends the header's value to `out`. `incoming` is the client's value, `headers_size` the size of its head in
/// bytes.
pub fn write(out: &mut Vec<u8>, incoming: Option<&[u8]>, headers_size: usize, seed: Seed) {
    let incoming = incoming.filter(|_| headers_size <= MAX_HEADERS).unwrap_or_default();
    let fields = || incoming.split(|&b| b == b';').map(chars::trim_ows).filter(|field| !field.is_empty());
    let has_root = fields().any(|field| has_name(field, b"Root"));
    out.extend_from_slice(if has_root { b"Self=" } else { b"Root=" });
    write_id(out, seed);
    for field in fields().filter(|field| !has_name(field, b"Self")) {
        out.push(b';');
        out.extend(field.iter().map(|&b| if chars::is_value_byte(b) { b } else { b' ' }));
    }
}

fn has_name(field: &[u8], name: &[u8]) -> bool {
    field.split(|&b| b == b'=').next().is_some_and(|found| found.eq_ignore_ascii_case(name))
}

fn write_id(out: &mut Vec<u8>, seed: Seed) {
    out.extend_from_slice(b"1-");
    out.extend_from_slice(&hex(seed.epoch_seconds));
    out.push(b'-');
    for bytes in seed.random.as_chunks().0 {
        out.extend_from_slice(&hex(u32::from_be_bytes(*bytes)));
    }
}

/// Eight digits, all made at once, because every request has 32 of them: each byte of one number is a digit.
const fn hex(word: u32) -> [u8; 8] {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const LETTERS_ABOVE: u64 = (b'a' - b'9' - 1) as u64;
    let halves = word as u64;
    let halves = (halves | halves << 16) & 0x0000_ffff_0000_ffff;
    let bytes = (halves | halves << 8) & 0x00ff_00ff_00ff_00ff;
    let nibbles = (bytes | bytes << 4) & (15 * ONES);
    // Those from 10 on reach the next bit.
    let letters = (nibbles + 6 * ONES) >> 4 & ONES;
    (nibbles + b'0' as u64 * ONES + letters * LETTERS_ABOVE).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: Seed = Seed {
        epoch_seconds: 0x6789_1234,
        random: [0x12, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45, 0x67, 0x8f],
    };
    const ID: &str = "1-67891234-12456789abcdef012345678f";

    #[test]
    fn digits_are_those_of_the_number() {
        for word in [0, 1, 0x0123_4567, 0x89ab_cdef, 0x9a0f_a9f0, u32::MAX] {
            assert_eq!(std::str::from_utf8(&hex(word)).unwrap(), format!("{word:08x}"));
        }
    }

    fn written(incoming: Option<&str>, size: usize) -> String {
        let mut out = Vec::new();
        write(&mut out, incoming.map(str::as_bytes), size, SEED);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_root_is_made_kept_or_made_anew() {
        let cases = [
            (None, format!("Root={ID}")),
            (Some(""), format!("Root={ID}")),
            (Some("Root=1-1-a"), format!("Self={ID};Root=1-1-a")),
            (Some("Root=1-1-a;CalledFrom=app"), format!("Self={ID};Root=1-1-a;CalledFrom=app")),
            (Some("Self=1-0-0;Root=1-1-a"), format!("Self={ID};Root=1-1-a")),
            (Some("Root=1-1-a; Self=1-0-0 ;X=y"), format!("Self={ID};Root=1-1-a;X=y")),
            (Some("CalledFrom=app"), format!("Root={ID};CalledFrom=app")),
            (Some("Root=1\u{1}"), format!("Self={ID};Root=1 ")),
        ];
        for (incoming, expected) in cases {
            assert_eq!(written(incoming, 500), expected, "{incoming:?}");
        }
    }

    #[test]
    fn large_headers_lose_their_fields() {
        assert_eq!(written(Some("Root=1-1-a;X=y"), MAX_HEADERS + 1), format!("Root={ID}"));
        assert_eq!(written(Some("Root=1-1-a"), MAX_HEADERS), format!("Self={ID};Root=1-1-a"));
    }
}
