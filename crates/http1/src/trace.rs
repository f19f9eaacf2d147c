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
    out.extend_from_slice(seed.epoch_seconds.to_be_bytes().map(hex).as_flattened());
    out.push(b'-');
    out.extend_from_slice(seed.random.map(hex).as_flattened());
}

fn hex(byte: u8) -> [u8; 2] {
    [byte >> 4, byte & 15].map(|nibble| if nibble < 10 { b'0' + nibble } else { b'a' + (nibble - 10) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: Seed = Seed {
        epoch_seconds: 0x6789_1234,
        random: [0x12, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45, 0x67, 0x8f],
    };
    const ID: &str = "1-67891234-12456789abcdef012345678f";

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
